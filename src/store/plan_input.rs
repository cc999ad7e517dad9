//! The snapshot that flows look at.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashSet;
use rusqlite::Connection;

use super::additions;
use super::encoding::{at_position, line_numbers, month, month_of, to_amount};
use super::error::StoreError;
use super::line_order::in_order;
use super::line_rows::{Codes, each_line, number_of, read_one};
use super::months::{Held, held};
use super::names::Names;
use super::tally::Tally;
use super::totals::revised_totals;
use super::{Store, logs, mappings, psa_records, withdrawn};
use crate::domain::charge_type::ChargeType;
use crate::domain::line::{Line, Text};
use crate::domain::plan_input::PlanInput;
use crate::domain::policy::Scope;
use crate::domain::text::harmless;

impl Store {
    /// The snapshot that flows look at. It holds more lines than the scope names: all of its
    /// periods, and with named lines the others of their subscriptions. The flow picks.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a line in scope that the store does not hold.
    pub async fn plan_input(&self, scope: &Scope) -> Result<PlanInput, StoreError> {
        let scope = scope.clone();
        self.read(move |conn| snapshot(conn, &scope)).await
    }
}

fn snapshot(conn: &Connection, scope: &Scope) -> Result<PlanInput, StoreError> {
    let held = held(conn)?;
    let mut names = Names::all(conn);
    let (seldom, response_error) = seldom(conn)?;
    let mut input = PlanInput { response_error, ..PlanInput::default() };
    psa_records::for_plan(conn, &mut input)?;
    if seldom {
        input.contracts = mappings::contracts(conn)?;
        input.withdrawn = withdrawn::all(conn)?;
        input.unloaded = withdrawn::unloaded(conn)?;
    }
    for o in mappings::organizations(conn)? {
        input.organizations.insert((names.text(&o.source), names.text(&o.id)), o);
    }
    for o in mappings::offers(conn)? {
        input.offers.insert((names.text(&o.source), names.text(&o.id)), o);
    }
    let asked: Vec<i64> = scope.periods.iter().map(|p| month(*p)).collect();
    let in_periods = |m: &i64| asked.is_empty() || asked.contains(m);
    let whole = held.iter().filter(|h| in_periods(&h.month));
    let mut scoped: BTreeSet<i64> = whole.clone().map(|h| h.month).collect();
    if scope.lines.is_empty() {
        for h in whole {
            whole_month(conn, &mut names, *h, &mut input)?;
        }
    } else {
        input.lines = named_lines(conn, &mut names, scope, &in_periods)?;
        scoped = input.lines.iter().map(|l| month_of(l.id.0)).collect();
    }
    in_order(&mut input.lines);
    if !scope.lines.is_empty() {
        for m in &scoped {
            totals_of_month(conn, &mut names, *m, true, &mut input)?;
        }
    }
    let before: BTreeSet<i64> = scoped.iter().map(|m| m - 1).collect();
    let older = held.iter().map(|h| h.month).filter(|m| before.contains(m) && !scoped.contains(m));
    for m in older {
        totals_of_month(conn, &mut names, m, false, &mut input)?;
    }
    input.additions = relevant_additions(conn, scope, &scoped, &input.lines)?;
    Ok(input)
}

/// Whether there is anything in tables that are empty in most stores, and whether the last refresh
/// failed: one question costs less than one for each.
fn seldom(conn: &Connection) -> Result<(bool, bool), StoreError> {
    let mut any = conn.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM contract_agreement) OR EXISTS (SELECT 1 FROM withdrawn) \
         OR EXISTS (SELECT 1 FROM unloaded), EXISTS (SELECT 1 FROM note WHERE name = ?1)",
    )?;
    Ok(any.query_row([logs::RESPONSE_ERROR], |r| Ok((r.get(0)?, r.get(1)?)))?)
}

fn named_lines(
    conn: &Connection,
    names: &mut Names<'_>,
    scope: &Scope,
    in_periods: &dyn Fn(&i64) -> bool,
) -> Result<Vec<Line>, StoreError> {
    let mut lines = Vec::with_capacity(scope.lines.len());
    let mut seen = HashSet::default();
    for key in &scope.lines {
        let Some(id) = number_of(conn, key)? else {
            return Err(StoreError::refused(
                "no-such-line",
                format!("there is no line {} in the store", harmless(key)),
                "Write the line's id as `plan --json` and the grid show it, or load its period.",
            ));
        };
        if !in_periods(&month_of(id)) || !seen.insert(id) {
            continue;
        }
        lines.extend(read_one(conn, names, id)?);
    }
    for id in siblings(conn, &lines)? {
        if seen.insert(id) {
            lines.extend(read_one(conn, names, id)?);
        }
    }
    Ok(lines)
}

/// The other lines of the lines' subscriptions in their periods: which occurrence a line is, and so
/// its marker, depends on them (design 6.3). The flow plans only what the scope names.
///
/// A month is gone through once, however many lines of it are named.
fn siblings(conn: &Connection, lines: &[Line]) -> Result<Vec<i64>, StoreError> {
    let mut asked: BTreeMap<i64, HashSet<&str>> = BTreeMap::new();
    for line in lines.iter().filter(|l| l.charge_type.is_recurring()) {
        if let Some(key) = line.subscription_id.as_deref() {
            asked.entry(month_of(line.id.0)).or_default().insert(key);
        }
    }
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let mut numbers: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    let mut statement =
        conn.prepare_cached("SELECT id, key FROM subscription WHERE key IS NOT NULL")?;
    let mut rows = statement.query([])?;
    while let Some(r) = rows.next()? {
        let key = r.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        for (month, _) in asked.iter().filter(|(_, keys)| keys.contains(key)) {
            numbers.entry(*month).or_default().push(r.get(0)?);
        }
    }
    let mut found = Vec::new();
    let mut statement = conn.prepare_cached(
        "SELECT id FROM line WHERE id BETWEEN ?1 AND ?2 \
         AND subscription IN (SELECT value FROM json_each(?3))",
    )?;
    for (month, numbers) in numbers {
        let (first, last) = line_numbers(month);
        let ids =
            statement.query_map((first, last, serde_json::to_string(&numbers)?), |r| r.get(0))?;
        for id in ids {
            found.push(id?);
        }
    }
    Ok(found)
}

/// All lines of a month, with what they add up to.
fn whole_month(
    conn: &Connection,
    names: &mut Names<'_>,
    held: Held,
    input: &mut PlanInput,
) -> Result<(), StoreError> {
    input.lines.reserve(usize::try_from(held.at_most()).unwrap_or(0));
    let mut tally = Tally::default();
    let lines = &mut input.lines;
    each_line(conn, names, line_numbers(held.month), |line, codes| {
        tally.add(&line.source, line.currency, line.source_total(), codes, line.charge_type)?;
        lines.push(line);
        Ok(())
    })?;
    tally.finish(names, held.month, true, input)
}

/// What a month adds up to whose lines are not all read.
fn totals_of_month(
    conn: &Connection,
    names: &mut Names<'_>,
    month: i64,
    with_present: bool,
    input: &mut PlanInput,
) -> Result<(), StoreError> {
    let range = line_numbers(month);
    let revised = revised_totals(conn, range)?;
    let mut tally = Tally::default();
    let mut statement = conn.prepare_cached(
        "SELECT id, invoice, customer, item, total, subscription, charge_type FROM line \
         WHERE id BETWEEN ?1 AND ?2",
    )?;
    let mut rows = statement.query(range)?;
    while let Some(r) = rows.next()? {
        let id: i64 = r.get(0)?;
        let codes = Codes {
            invoice: r.get(1)?,
            customer: r.get(2)?,
            item: r.get(3)?,
            subscription: r.get(5)?,
        };
        let total = match revised.get(&id) {
            Some(total) => *total,
            None => to_amount(r.get_ref(4)?)?,
        };
        let charge_type = at_position(&ChargeType::ALL, r.get(6)?)?;
        let invoice = names.invoice(codes.invoice)?;
        tally.add(&invoice.source, invoice.currency, total, codes, charge_type)?;
    }
    tally.finish(names, month, with_present, input)
}

/// All recurring additions, and those of the lines in scope.
fn relevant_additions(
    conn: &Connection,
    scope: &Scope,
    scoped: &BTreeSet<i64>,
    lines: &[Line],
) -> Result<Vec<crate::domain::addition::OwnAddition>, StoreError> {
    use crate::domain::addition::Subject;
    // What was posted once shows the period of its line.
    let months: Vec<String> = scoped.iter().map(i64::to_string).collect();
    let mut found = additions::which(
        conn,
        &format!("WHERE recurring = 1 OR shown IN ({})", months.join(", ")),
    )?;
    if !scope.lines.is_empty() {
        let keys: HashSet<(&Text, &Text)> = lines.iter().map(|l| (&l.source, &l.key)).collect();
        found.retain(|a| match &a.subject {
            Subject::Recurring { .. } => true,
            Subject::Credit { .. } => false,
            Subject::Line { source, key } | Subject::Rounding { source, key } => {
                keys.contains(&(source, key))
            }
            Subject::Net { source, keys: of, .. } => {
                of.iter().any(|key| keys.contains(&(source, key)))
            }
        });
    }
    Ok(found)
}
