//! Loading lines: one transaction that the writing thread holds while batches come in (design 5).
//! What is known of the periods that a load touches is held in memory, so that a line costs no
//! look-up; new lines go in as they come, and what can only be told at the end is done there.

use std::path::PathBuf;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::dictionary::{Codes, Dictionary};
use super::edits::source_number;
use super::encoding::{
    at_position, identity, line_numbers, month, month_of, short, to_amount, to_month,
};
use super::error::StoreError;
use super::incoming::{Incoming, Message};
use super::line_writes::{INSERT, REPLACE, REVISE, bind};
use super::revisions::{next_number, renumber};
use super::sides::{self, SideCodes};
use super::transaction::Transaction;
use super::{Store, connection, reload, threads, withdrawn};
use crate::domain::line::{CanonicalLine, Text};
use crate::domain::load::{LoadReport, LoadedLine, RevisionReport};
use crate::domain::money::Currency;
use crate::domain::period::Period;
use crate::domain::revision::{Again, again};
use crate::domain::status::PsaStatus;

/// An open load: all lines become visible together, or none. Other writes wait until it ends, so
/// its holder must not write to the store in between.
pub struct LoadSession {
    batches: mpsc::Sender<Message>,
    outcome: Option<oneshot::Receiver<Result<LoadReport, StoreError>>>,
    /// What is done when all batches are there, where there is no thread to wait for them.
    waiting: Option<(Store, threads::Work)>,
    path: PathBuf,
}

impl Store {
    /// Begins a load for a source id. Waits for writes that were asked for before.
    pub async fn begin_load(&self, source: &str) -> Result<LoadSession, StoreError> {
        let inline = self.shared.threads.is_inline();
        let (batches, mut incoming) = Incoming::channel(inline);
        let (ready, begun) = oneshot::channel();
        let (answer, outcome) = oneshot::channel();
        let (source, who) = (source.to_owned(), self.who());
        let work: threads::Work = Box::new(move |conn| {
            let _ = ready.send(());
            let many = incoming.are_many();
            let load = |conn: &mut Connection| {
                threads::in_transaction(conn, who, |tx| {
                    let loader = Loader::begin(tx, &source)?;
                    run(loader, incoming)
                })
            };
            let _ = answer.send(if many { unchecked(conn, load) } else { load(conn) });
        });
        let path = self.path().into();
        if inline {
            let waiting = Some((self.clone(), work));
            return Ok(LoadSession { batches, outcome: Some(outcome), waiting, path });
        }
        self.shared.threads.write(threads::Request::Work(work)).await?;
        let mut session = LoadSession { batches, outcome: Some(outcome), waiting: None, path };
        match begun.await {
            Ok(()) => Ok(session),
            Err(_) => Err(session.end().await.err().unwrap_or(StoreError::Closed)),
        }
    }
}

impl LoadSession {
    /// Hands over a batch; waits when the store is behind.
    ///
    /// # Errors
    /// Why the load failed; nothing of it is kept.
    pub async fn push(&mut self, lines: Vec<LoadedLine>) -> Result<(), StoreError> {
        if self.batches.send(Message::Lines(lines)).await.is_ok() {
            return Ok(());
        }
        Err(self.end().await.err().unwrap_or(StoreError::Closed))
    }

    /// Makes the load visible; durable when it returns.
    ///
    /// # Errors
    /// Why the load failed; nothing of it is kept.
    pub async fn finish(self) -> Result<LoadReport, StoreError> {
        self.finish_whole(&[]).await
    }

    /// As [`LoadSession::finish`], of a load that brought all that its source has of these months:
    /// what they no longer have is told.
    ///
    /// # Errors
    /// As [`LoadSession::finish`].
    pub async fn finish_whole(mut self, whole: &[Period]) -> Result<LoadReport, StoreError> {
        let whole = whole.iter().map(|p| month(*p)).collect();
        let _ = self.batches.send(Message::Finish(whole)).await;
        self.end().await
    }

    /// Forgets everything that was pushed. Dropping the session does the same, without waiting.
    pub async fn abort(mut self) -> Result<(), StoreError> {
        let (closed, _) = mpsc::channel(1);
        drop(std::mem::replace(&mut self.batches, closed));
        let _ = self.end().await;
        Ok(())
    }

    async fn end(&mut self) -> Result<LoadReport, StoreError> {
        if let Some((store, work)) = self.waiting.take() {
            store.shared.threads.write(threads::Request::Work(work)).await?;
        }
        let result = match self.outcome.take() {
            Some(outcome) => outcome.await.unwrap_or(Err(StoreError::Closed)),
            None => Err(StoreError::Closed),
        };
        result.map_err(|e| e.at(&self.path))
    }
}

/// Lets SQLite skip the look-up of each reference of each new line, a third of the cost of a large
/// load: a loader only writes numbers of rows that it read or wrote itself. SQLite prepares all
/// statements anew after it, which costs more than the look-ups of a small one.
fn unchecked<T>(
    conn: &mut Connection,
    work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    connection::loading(conn, true)?;
    conn.pragma_update(None, "foreign_keys", false)?;
    let result = work(conn);
    conn.pragma_update(None, "foreign_keys", true)?;
    connection::loading(conn, false)?;
    result
}

fn run(mut loader: Loader<'_>, mut incoming: Incoming) -> Result<LoadReport, StoreError> {
    loop {
        match incoming.next() {
            Some(Message::Lines(lines)) => loader.push(lines)?,
            Some(Message::Finish(whole)) => return loader.finish(&whole),
            // The error takes the transaction back; nobody reads it.
            None => return Err(StoreError::Other("the load was abandoned".into())),
        }
    }
}

/// A stored line of a touched period.
pub(super) struct Known {
    pub id: i64,
    pub invoice: u32,
    content: [u8; 16],
    pub status: PsaStatus,
    pub own_key: bool,
    revised: bool,
    /// The load has it.
    pub seen: bool,
}

/// A touched period.
pub(super) struct Month {
    /// The first number that this load gives.
    pub first_new: i64,
    next: i64,
}

/// The state of a load.
pub(super) struct Loader<'t> {
    pub tx: &'t Transaction<'t>,
    pub source: i64,
    source_name: Text,
    pub dictionary: Dictionary,
    sides: SideCodes,
    pub months: HashMap<i64, Month>,
    pub known: Vec<Known>,
    by_identity: HashMap<u128, u32>,
    /// Keys of revisions of posted lines, whose own key is another one.
    by_revision: HashMap<u128, u32>,
    /// Lines under such a key: whether the posted line came as well is known at the end.
    deferred: Vec<(u32, LoadedLine)>,
    /// Invoice numbers that the load has, by position.
    pub loaded: Vec<bool>,
    /// Key digests of new lines.
    pub pending: Vec<(i64, i64)>,
    /// New lines without an id of their own.
    pub new_without_id: u64,
    pub report: LoadReport,
    pub months_read: HashSet<i64>,
}

impl<'t> Loader<'t> {
    fn begin(tx: &'t Transaction<'t>, source: &str) -> Result<Self, StoreError> {
        let number = source_number(tx, source)?;
        let dictionary = Dictionary::read(tx, number)?;
        Ok(Self {
            tx,
            source: number,
            source_name: source.into(),
            loaded: vec![false; dictionary.numbers()],
            dictionary,
            sides: SideCodes::default(),
            months: HashMap::new(),
            known: Vec::new(),
            by_identity: HashMap::new(),
            by_revision: HashMap::new(),
            deferred: Vec::new(),
            pending: Vec::new(),
            new_without_id: 0,
            report: LoadReport::default(),
            months_read: HashSet::new(),
        })
    }

    fn push(&mut self, lines: Vec<LoadedLine>) -> Result<(), StoreError> {
        let mut insert = self.tx.prepare_cached(INSERT)?;
        self.report.read += lines.len() as u64;
        for line in lines {
            let codes = self.dictionary.codes(self.tx, &line.line)?;
            self.keep_keys(&line.line)?;
            self.months_read.insert(codes.invoice.month);
            self.touch(codes.invoice.month)?;
            self.touch_invoice(codes.invoice.number)?;
            let identity = identity(self.source, &line.key);
            if let Some(&at) = self.by_identity.get(&identity) {
                self.again(at, &codes, &line)?;
            } else if let Some(&at) = self.by_revision.get(&identity) {
                self.deferred.push((at, line));
            } else {
                self.add(&mut insert, short(identity), &codes, &line)?;
            }
        }
        Ok(())
    }

    /// The invoice is part of the load: all periods in which it stands are.
    fn touch_invoice(&mut self, number: u32) -> Result<(), StoreError> {
        let at = number as usize;
        if self.loaded.len() <= at {
            self.loaded.resize(at + 1, false);
        }
        if !std::mem::replace(&mut self.loaded[at], true) {
            for month in self.dictionary.months_of_number(number).to_vec() {
                self.touch(month)?;
            }
        }
        Ok(())
    }

    /// Reads what is known of a period, once.
    fn touch(&mut self, month: i64) -> Result<(), StoreError> {
        if self.months.contains_key(&month) {
            return Ok(());
        }
        let next = next_number(self.tx, month)?;
        self.months.insert(month, Month { first_new: next, next });
        let range = line_numbers(month);
        if next == range.0 {
            return Ok(());
        }
        let mut statement = self.tx.prepare_cached(
            "SELECT id, invoice, psa_status, own_key, key, content FROM line \
             WHERE id BETWEEN ?1 AND ?2",
        )?;
        let mut rows = statement.query(range)?;
        while let Some(r) = rows.next()? {
            let invoice: u32 = r.get(1)?;
            if self.dictionary.number_of_invoice(i64::from(invoice)).is_none() {
                continue;
            }
            let key = r.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?;
            let content = r.get_ref(5)?.as_blob().map_err(rusqlite::Error::from)?;
            self.by_identity.insert(identity(self.source, key), self.known.len() as u32);
            self.known.push(Known {
                id: r.get(0)?,
                invoice,
                content: content
                    .try_into()
                    .map_err(|_| StoreError::fault("a stored digest has the wrong length"))?,
                status: at_position(&PsaStatus::ALL, r.get(2)?)?,
                own_key: r.get(3)?,
                revised: false,
                seen: false,
            });
        }
        self.touch_revisions(range)
    }

    fn touch_revisions(&mut self, range: (i64, i64)) -> Result<(), StoreError> {
        let mut statement = self.tx.prepare_cached(
            "SELECT l.key, r.key FROM revision r JOIN line l ON l.id = r.line \
             WHERE r.line BETWEEN ?1 AND ?2",
        )?;
        let mut rows = statement.query(range)?;
        while let Some(r) = rows.next()? {
            let (own, newest): (String, String) = (r.get(0)?, r.get(1)?);
            let Some(&at) = self.by_identity.get(&identity(self.source, &own)) else { continue };
            self.known[at as usize].revised = true;
            if own != newest {
                self.by_revision.insert(identity(self.source, &newest), at);
            }
        }
        Ok(())
    }

    fn next_in(&mut self, month: i64) -> Result<i64, StoreError> {
        let entry = self
            .months
            .get_mut(&month)
            .ok_or_else(|| StoreError::fault("a period was not read before its lines"))?;
        let id = entry.next;
        if id > line_numbers(month).1 {
            return Err(StoreError::fault("more lines in a month than can be numbered"));
        }
        entry.next += 1;
        Ok(id)
    }

    /// A line that the store does not know.
    fn add(
        &mut self,
        insert: &mut rusqlite::Statement<'_>,
        hash: i64,
        codes: &Codes,
        line: &LoadedLine,
    ) -> Result<(), StoreError> {
        let id = self.next_in(codes.invoice.month)?;
        bind(insert, id, codes, line)?;
        if let Some(side) = self.sides.code(self.tx, &line.line)? {
            sides::put(self.tx, id, Some(side))?;
        }
        if let Some(raw) = &line.line.raw {
            self.keep_raw(id, raw)?;
        }
        self.pending.push((hash, id));
        self.new_without_id += u64::from(line.line.line_id.is_none());
        self.report.added += 1;
        Ok(())
    }

    /// What a line tells of its organization and its offer, beside itself.
    fn keep_keys(&mut self, line: &CanonicalLine) -> Result<(), StoreError> {
        let Some(extra) = &line.extra else { return Ok(()) };
        match self.dictionary.organization_and_offer(line) {
            Some((organization, offer)) => {
                self.sides.keep_keys(self.tx, extra, organization, offer)
            }
            None => Ok(()),
        }
    }

    fn keep_raw(&self, id: i64, raw: &str) -> Result<(), StoreError> {
        self.tx
            .prepare_cached("INSERT OR REPLACE INTO line_raw (line, raw) VALUES (?1, ?2)")?
            .execute((id, raw))?;
        Ok(())
    }

    /// A line that the store knows under its key.
    fn again(&mut self, at: u32, codes: &Codes, line: &LoadedLine) -> Result<(), StoreError> {
        let known = &mut self.known[at as usize];
        known.seen = true;
        let (id, revised) = (known.id, known.revised);
        match again(known.status, known.content == line.content) {
            Again::Unchanged => {
                self.report.unchanged += 1;
                if revised {
                    known.revised = false;
                    self.tx
                        .prepare_cached("DELETE FROM revision WHERE line = ?1")?
                        .execute([id])?;
                }
                Ok(())
            }
            Again::Replace => {
                known.content = line.content;
                known.status = PsaStatus::NotSynced;
                self.report.replaced += 1;
                self.replace(at, codes, line)
            }
            Again::Revise => {
                known.revised = true;
                self.revise(id, codes, line)
            }
        }
    }

    fn replace(&mut self, at: u32, codes: &Codes, line: &LoadedLine) -> Result<(), StoreError> {
        let id = self.known[at as usize].id;
        let mut statement = self.tx.prepare_cached(REPLACE)?;
        bind(&mut statement, id, codes, line)?;
        self.tx.prepare_cached("DELETE FROM line_problem WHERE line = ?1")?.execute([id])?;
        let side = self.sides.code(self.tx, &line.line)?;
        sides::put(self.tx, id, side)?;
        match &line.line.raw {
            Some(raw) => self.keep_raw(id, raw)?,
            None => {
                self.tx.prepare_cached("DELETE FROM line_raw WHERE line = ?1")?.execute([id])?;
            }
        }
        if month_of(id) != codes.invoice.month {
            let number = self.next_in(codes.invoice.month)?;
            renumber(self.tx, id, number)?;
            self.known[at as usize].id = number;
        }
        Ok(())
    }

    fn revise(&mut self, id: i64, codes: &Codes, line: &LoadedLine) -> Result<(), StoreError> {
        let mut statement = self.tx.prepare_cached(REVISE)?;
        bind(&mut statement, id, codes, line)?;
        self.tx
            .prepare_cached("UPDATE revision SET raw = ?2, side = ?3 WHERE line = ?1")?
            .execute((id, line.line.raw.as_deref(), self.sides.code(self.tx, &line.line)?))?;
        self.report_revision(id)
    }

    /// Tells of the revision that a line has now. One that says the same under another identity,
    /// because the source gives its lines ids of their own now, is no news.
    pub(super) fn report_revision(&mut self, id: i64) -> Result<(), StoreError> {
        let mut statement = self.tx.prepare_cached(
            "SELECT l.key, l.total, r.total, c.name, i.currency, \
             l.own_key <> r.own_key AND i.number = o.number AND i.date = o.date \
             AND (l.customer, l.item, l.subscription, l.charge_type, l.charge_start, l.charge_end, \
                 l.quantity, l.unit_price, l.unit_cost, l.total, o.currency) \
             IS (r.customer, r.item, r.subscription, r.charge_type, r.charge_start, r.charge_end, \
                 r.quantity, r.unit_price, r.unit_cost, r.total, i.currency) FROM revision r \
             JOIN line l ON l.id = r.line JOIN customer c ON c.id = r.customer \
             JOIN invoice i ON i.id = r.invoice JOIN invoice o ON o.id = l.invoice \
             WHERE r.line = ?1",
        )?;
        let mut rows = statement.query([id])?;
        if let Some(r) = rows.next()? {
            if r.get(5)? {
                self.report.unchanged += 1;
                return Ok(());
            }
            let (posted, source) = (to_amount(r.get_ref(1)?)?, to_amount(r.get_ref(2)?)?);
            let currency: String = r.get(4)?;
            let currency: Currency = super::names::to_currency(&currency)?;
            self.report.revisions.push(RevisionReport {
                line: r.get::<_, String>(0)?.into(),
                organization: r.get::<_, String>(3)?.into(),
                currency,
                posted,
                source,
                difference: source - posted,
            });
        }
        Ok(())
    }

    fn finish(mut self, whole: &[i64]) -> Result<LoadReport, StoreError> {
        for month in whole {
            self.touch(*month)?;
        }
        for (at, line) in std::mem::take(&mut self.deferred) {
            let codes = self.dictionary.codes(self.tx, &line.line)?;
            if std::mem::replace(&mut self.known[at as usize].seen, true) {
                let mut insert = self.tx.prepare_cached(INSERT)?;
                let hash = short(identity(self.source, &line.key));
                self.add(&mut insert, hash, &codes, &line)?;
            } else {
                self.revise(self.known[at as usize].id, &codes, &line)?;
            }
        }
        self.by_identity = HashMap::new();
        reload::settle(&mut self)?;
        withdrawn::settle(&mut self, whole)?;
        self.dictionary.keep_newest_names(self.tx)?;
        let mut months: Vec<i64> = self.months_read.iter().copied().collect();
        months.sort_unstable();
        self.report.periods = months.into_iter().map(to_month).collect::<Result<_, _>>()?;
        tracing::debug!(source = %self.source_name, lines = self.report.read, "load ends");
        Ok(self.report)
    }
}
