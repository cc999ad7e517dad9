//! The end of a load: lines that changed their key are found again, lines that came twice become
//! one, what the file no longer has is counted, and the new keys go into the index in order.

use std::collections::{HashMap, HashSet};

use rusqlite::Row;

use super::encoding::{identity, line_numbers, short};
use super::error::StoreError;
use super::load::Loader;
use super::months::held;
use super::revisions::{remove, replace_by, revise_by};
use crate::domain::revision::{Again, Slot, again, pair};
use crate::domain::status::PsaStatus;

/// Invoice number, organization, contract, subscription, offer, charge type.
type Charge = (u32, i64, Option<i64>, Option<Box<str>>, i64, i64);

const CHARGE: &str = "SELECT l.id, l.invoice, c.organization, s.contract, s.key, i.offer, \
     l.charge_type, l.charge_start FROM line l JOIN customer c ON c.id = l.customer \
     JOIN subscription s ON s.id = l.subscription JOIN item i ON i.id = l.item";

/// Does all of it.
pub(super) fn settle(load: &mut Loader<'_>) -> Result<(), StoreError> {
    let mut merged = HashSet::new();
    let mut taken = HashSet::new();
    // A source can begin, or cease, to give its lines ids of their own: taken for other lines, a
    // whole invoice would be posted twice.
    for (stored_own, new_own) in [(false, false), (false, true), (true, false)] {
        if new_own || load.new_without_id > 0 {
            pair_changed(load, &mut merged, &mut taken, stored_own, new_own)?;
        }
    }
    let loaded = &load.loaded;
    let dictionary = &load.dictionary;
    let in_load = |invoice: u32| {
        dictionary
            .number_of_invoice(i64::from(invoice))
            .is_some_and(|n| loaded.get(n as usize).copied().unwrap_or(false))
    };
    load.report.absent = load.known.iter().filter(|k| !k.seen && in_load(k.invoice)).count() as u64;
    index_keys(load, merged)
}

/// Lines without an id of their own change their key with their content (see
/// [`crate::domain::revision::pair`]). Looks among stored and new lines with or without one;
/// `taken` are the new ones that were paired before.
fn pair_changed(
    load: &mut Loader<'_>,
    merged: &mut HashSet<i64>,
    taken: &mut HashSet<i64>,
    stored_own: bool,
    new_own: bool,
) -> Result<(), StoreError> {
    let mut stored_at = Vec::new();
    let mut stored = Vec::new();
    let mut numbers = HashSet::new();
    let mut one = load.tx.prepare_cached(&format!("{CHARGE} WHERE l.id = ?1"))?;
    for (at, known) in load.known.iter().enumerate() {
        let Some(number) = load.dictionary.number_of_invoice(i64::from(known.invoice)) else {
            continue;
        };
        if known.seen
            || known.own_key != stored_own
            || !load.loaded.get(number as usize).is_some_and(|l| *l)
        {
            continue;
        }
        let mut rows = one.query([known.id])?;
        if let Some(r) = rows.next()? {
            stored.push(slot(r, number)?);
            stored_at.push(at);
            numbers.insert(number);
        }
    }
    if stored.is_empty() {
        return Ok(());
    }
    let (mut incoming_ids, mut incoming) = (Vec::new(), Vec::new());
    let mut new = load
        .tx
        .prepare_cached(&format!("{CHARGE} WHERE l.id BETWEEN ?1 AND ?2 AND l.own_key = ?3"))?;
    for (month, touched) in &load.months {
        let mut rows = new.query((touched.first_new, line_numbers(*month).1, new_own))?;
        while let Some(r) = rows.next()? {
            let number = load.dictionary.number_of_invoice(r.get(1)?);
            let id: i64 = r.get(0)?;
            if let Some(number) = number.filter(|n| numbers.contains(n) && !taken.contains(&id)) {
                incoming_ids.push(id);
                incoming.push(slot(r, number)?);
            }
        }
    }
    for (s, i) in pair(&stored, &incoming) {
        let (at, by): (usize, i64) = (stored_at[s], incoming_ids[i]);
        load.known[at].seen = true;
        taken.insert(by);
        merge(load, merged, load.known[at].id, load.known[at].status, by)?;
    }
    Ok(())
}

fn slot(r: &Row<'_>, number: u32) -> Result<Slot<Charge>, StoreError> {
    let key = r.get::<_, Option<String>>(4)?.map(String::into_boxed_str);
    let charge = (number, r.get(2)?, r.get(3)?, key, r.get(5)?, r.get(6)?);
    Ok(Slot { charge, start: r.get(7)? })
}

/// A new line turns out to be a stored one with other content.
fn merge(
    load: &mut Loader<'_>,
    merged: &mut HashSet<i64>,
    stored: i64,
    status: PsaStatus,
    new: i64,
) -> Result<(), StoreError> {
    load.report.added -= 1;
    match again(status, false) {
        Again::Revise => {
            revise_by(load.tx, stored, new)?;
            merged.insert(new);
            load.report_revision(stored)
        }
        Again::Replace | Again::Unchanged => {
            load.report.replaced += 1;
            let id = replace_by(load.tx, stored, new)?;
            if id != new {
                merged.insert(new);
                load.pending.push((hash_of(load, id)?, id));
            }
            Ok(())
        }
    }
}

fn hash_of(load: &Loader<'_>, line: i64) -> Result<i64, StoreError> {
    Ok(short(identity(load.source, &key_of(load, line)?)))
}

fn key_of(load: &Loader<'_>, line: i64) -> Result<String, StoreError> {
    Ok(load
        .tx
        .prepare_cached("SELECT key FROM line WHERE id = ?1")?
        .query_row([line], |r| r.get(0))?)
}

/// Puts the new keys into the index, in its order. A key that is there already, in a period that
/// the load did not touch or twice in the load itself, is the same line.
fn index_keys(load: &mut Loader<'_>, mut merged: HashSet<i64>) -> Result<(), StoreError> {
    let mut pending = std::mem::take(&mut load.pending);
    pending.sort_unstable();
    for pair in pending.windows(2) {
        let [(hash, first), (next_hash, second)] = *pair else { continue };
        if hash == next_hash
            && !merged.contains(&first)
            && !merged.contains(&second)
            && key_of(load, first)? == key_of(load, second)?
        {
            let gone = twice(load, first, second)?;
            merged.insert(gone);
        }
    }
    if held(load.tx)?.iter().any(|h| !load.months.contains_key(&h.month)) {
        let mut elsewhere = load.tx.prepare_cached(
            "SELECT k.line, l.psa_status, l.key FROM line_key k JOIN line l ON l.id = k.line \
             JOIN invoice i ON i.id = l.invoice WHERE k.hash = ?1 AND i.source = ?2",
        )?;
        let mut found = HashMap::new();
        for &(hash, new) in &pending {
            let mut rows = elsewhere.query((hash, load.source))?;
            while let Some(r) = rows.next()? {
                if !merged.contains(&new) && r.get::<_, String>(2)? == key_of(load, new)? {
                    found.insert(new, (r.get::<_, i64>(0)?, r.get::<_, i64>(1)?));
                }
            }
        }
        for (new, (stored, status)) in found {
            let status = super::encoding::at_position(&PsaStatus::ALL, status)?;
            merge(load, &mut merged, stored, status, new)?;
        }
    }
    let mut insert = load.tx.prepare_cached("INSERT INTO line_key (hash, line) VALUES (?1, ?2)")?;
    let late = std::mem::take(&mut load.pending);
    for (hash, line) in pending.into_iter().chain(late) {
        if merged.is_empty() || !merged.contains(&line) {
            insert.execute((hash, line))?;
        }
    }
    Ok(())
}

/// The same new line came twice in one load, from two files: the later content counts. Gives the
/// number that is no longer used.
fn twice(load: &mut Loader<'_>, first: i64, second: i64) -> Result<i64, StoreError> {
    load.report.added -= 1;
    let same: bool = load.tx.query_row(
        "SELECT a.content = b.content FROM line a, line b WHERE a.id = ?1 AND b.id = ?2",
        (first, second),
        |r| r.get(0),
    )?;
    if same {
        load.report.unchanged += 1;
        remove(load.tx, second)?;
        return Ok(second);
    }
    load.report.replaced += 1;
    let kept = replace_by(load.tx, first, second)?;
    Ok(if kept == first { second } else { first })
}
