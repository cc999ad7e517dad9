//! Edits that people make, each with its inverse.

use foldhash::HashMap;
use rusqlite::OptionalExtension;
use serde::Serialize;

use super::audit::{self, About};
use super::encoding::{badges, day, to_badges, to_day};
use super::error::StoreError;
use super::line_rows::status_of;
use super::transaction::Transaction;
use super::{Store, memory};
use crate::domain::audit::AuditKind;
use crate::domain::edit::Edit;
use crate::domain::line::{DateBadge, LineDates, LineId, Text};
use crate::domain::mapping::MappingKind;
use crate::domain::status::PsaStatus;

/// What a record of edits says.
#[derive(Serialize)]
struct Told<'a> {
    edits: Vec<Made<'a>>,
}

/// An edit, and what it replaced.
#[derive(Serialize)]
struct Made<'a> {
    new: &'a Edit,
    old: &'a Edit,
}

impl Store {
    /// Makes edits in one transaction and returns their inverses in the order to apply them.
    /// Unknown organizations and offers are created (named by their id).
    ///
    /// # Errors
    /// [`StoreError::Refused`] for an edit of a line that is Synced, being posted, or not there;
    /// nothing of the list is made then.
    pub async fn edit(&self, edits: Vec<Edit>) -> Result<Vec<Edit>, StoreError> {
        let now = self.now();
        self.write(move |tx| {
            let mut sources = Sources::default();
            memory::decided(tx, &mut sources, &edits, now)?;
            let mut inverses = Vec::with_capacity(edits.len());
            for part in edits.chunks(audit::AT_ONCE) {
                let first = inverses.len();
                for edit in part {
                    inverses.push(make(tx, &mut sources, edit.clone())?);
                }
                let told = part.iter().zip(&inverses[first..]);
                let body = Told { edits: told.map(|(new, old)| Made { new, old }).collect() };
                audit::append(tx, AuditKind::Edited, About::at(now), &body)?;
            }
            inverses.reverse();
            Ok(inverses)
        })
        .await
    }
}

/// Makes one edit and gives its inverse.
fn make(tx: &Transaction<'_>, sources: &mut Sources, edit: Edit) -> Result<Edit, StoreError> {
    Ok(match edit {
        Edit::Companies { source, organization, companies } => {
            let id = named(tx, "organization", sources.number(tx, &source)?, &organization)?;
            let before: Vec<i64> = {
                let mut statement = tx.prepare_cached(
                    "SELECT company FROM organization_company WHERE organization = ?1 \
                     ORDER BY position",
                )?;
                let rows = statement.query_map([id], |r| r.get(0))?;
                rows.collect::<Result<_, _>>()?
            };
            if !before.is_empty() {
                tx.prepare_cached("DELETE FROM organization_company WHERE organization = ?1")?
                    .execute([id])?;
            }
            let mut insert = tx.prepare_cached(
                "INSERT INTO organization_company (organization, position, company) \
                 VALUES (?1, ?2, ?3)",
            )?;
            let mut seen = Vec::new();
            for company in companies {
                if !seen.contains(&company) {
                    insert.execute((id, seen.len() as i64, company))?;
                    seen.push(company);
                }
            }
            Edit::Companies { source, organization, companies: before }
        }
        Edit::Excluded { source, organization, excluded } => {
            let id = named(tx, "organization", sources.number(tx, &source)?, &organization)?;
            let before = tx
                .prepare_cached("SELECT excluded FROM organization WHERE id = ?1")?
                .query_row([id], |r| r.get(0))?;
            tx.prepare_cached("UPDATE organization SET excluded = ?2 WHERE id = ?1")?
                .execute((id, excluded))?;
            Edit::Excluded { source, organization, excluded: before }
        }
        Edit::Product { source, offer, product } => {
            let id = named(tx, "offer", sources.number(tx, &source)?, &offer)?;
            let before = tx
                .prepare_cached("SELECT product FROM offer WHERE id = ?1")?
                .query_row([id], |r| r.get(0))?;
            tx.prepare_cached("UPDATE offer SET product = ?2 WHERE id = ?1")?
                .execute((id, product))?;
            Edit::Product { source, offer, product: before }
        }
        Edit::Contract { source, contract, company, agreement } => {
            let source_id = sources.number(tx, &source)?;
            tx.execute(
                "INSERT INTO contract (source, key) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                (source_id, &*contract),
            )?;
            let id: i64 = tx.query_row(
                "SELECT id FROM contract WHERE source = ?1 AND key = ?2",
                (source_id, &*contract),
                |r| r.get(0),
            )?;
            let before: Option<i64> = tx
                .query_row(
                    "SELECT agreement FROM contract_agreement WHERE contract = ?1 AND company = ?2",
                    (id, company),
                    |r| r.get(0),
                )
                .optional()?;
            match agreement {
                Some(agreement) => tx.execute(
                    "INSERT INTO contract_agreement (contract, company, agreement) \
                     VALUES (?1, ?2, ?3) \
                     ON CONFLICT (contract, company) DO UPDATE SET agreement = excluded.agreement",
                    (id, company, agreement),
                )?,
                None => tx.execute(
                    "DELETE FROM contract_agreement WHERE contract = ?1 AND company = ?2",
                    (id, company),
                )?,
            };
            Edit::Contract { source, contract, company, agreement: before }
        }
        Edit::RejectCompany { source, organization, company, rejected } => {
            let kind = MappingKind::Organization;
            let number = sources.number(tx, &source)?;
            let before = memory::reject(tx, kind, number, &organization, company, rejected)?;
            Edit::RejectCompany { source, organization, company, rejected: before }
        }
        Edit::RejectProduct { source, offer, product, rejected } => {
            let kind = MappingKind::Offer;
            let number = sources.number(tx, &source)?;
            let before = memory::reject(tx, kind, number, &offer, product, rejected)?;
            Edit::RejectProduct { source, offer, product, rejected: before }
        }
        Edit::LineCompany { line, company } => {
            Edit::LineCompany { line, company: choose(tx, line, "company", company)? }
        }
        Edit::LineProduct { line, product } => {
            Edit::LineProduct { line, product: choose(tx, line, "product", product)? }
        }
        Edit::LineAgreement { line, agreement } => {
            Edit::LineAgreement { line, agreement: choose(tx, line, "agreement", agreement)? }
        }
        Edit::LinePostOnce { line, post_once } => {
            let before = choose(tx, line, "post_once", Some(i64::from(post_once)))?;
            Edit::LinePostOnce { line, post_once: before == Some(1) }
        }
        Edit::LineStart { line, start } => {
            let before = dates(tx, line)?;
            let dates =
                LineDates { start: Some(start), start_badge: DateBadge::UserUpdated, ..before };
            set_dates(tx, line, &dates)?;
            Edit::LineDates { line, dates: before }
        }
        Edit::LineEnd { line, end } => {
            let before = dates(tx, line)?;
            let dates = LineDates { end, end_badge: DateBadge::UserUpdated, ..before };
            set_dates(tx, line, &dates)?;
            Edit::LineDates { line, dates: before }
        }
        Edit::LineDates { line, dates: new } => {
            let before = dates(tx, line)?;
            set_dates(tx, line, &new)?;
            Edit::LineDates { line, dates: before }
        }
    })
}

/// Numbers of sources that are known: edits of thousands of rows are mostly of one.
#[derive(Default)]
pub(super) struct Sources(HashMap<Text, i64>);

impl Sources {
    /// The number of a source, which is created when it is new.
    pub(super) fn number(&mut self, tx: &Transaction<'_>, name: &Text) -> Result<i64, StoreError> {
        if let Some(known) = self.0.get(name) {
            return Ok(*known);
        }
        let number = source_number(tx, name)?;
        self.0.insert(name.clone(), number);
        Ok(number)
    }
}

/// The number of a source, which is created when it is new.
pub(super) fn source_number(tx: &Transaction<'_>, name: &str) -> Result<i64, StoreError> {
    let known = tx
        .prepare_cached("SELECT id FROM source WHERE name = ?1")?
        .query_row([name], |r| r.get(0))
        .optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    tx.prepare_cached("INSERT INTO source (name) VALUES (?1)")?.execute([name])?;
    Ok(tx.last_insert_rowid())
}

/// The number of an organization or offer, which is created when it is new.
fn named(tx: &Transaction<'_>, table: &str, source: i64, key: &str) -> Result<i64, StoreError> {
    let known = tx
        .prepare_cached(&format!("SELECT id FROM {table} WHERE source = ?1 AND key = ?2"))?
        .query_row((source, key), |r| r.get(0))
        .optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    tx.prepare_cached(&format!("INSERT INTO {table} (source, key, name) VALUES (?1, ?2, ?2)"))?
        .execute((source, key))?;
    Ok(tx.last_insert_rowid())
}

/// Sets one column of a line's choice and gives the value before. A row that says nothing goes.
fn choose(
    tx: &Transaction<'_>,
    line: LineId,
    column: &str,
    value: Option<i64>,
) -> Result<Option<i64>, StoreError> {
    editable(tx, line)?;
    let before: Option<Option<i64>> = tx
        .prepare_cached(&format!("SELECT {column} FROM line_choice WHERE line = ?1"))?
        .query_row([line.0], |r| r.get(0))
        .optional()?;
    tx.prepare_cached(&format!(
        "INSERT INTO line_choice (line, {column}) VALUES (?1, ?2) \
         ON CONFLICT (line) DO UPDATE SET {column} = excluded.{column}"
    ))?
    .execute((line.0, value))?;
    tx.prepare_cached(
        "DELETE FROM line_choice WHERE line = ?1 AND company IS NULL AND product IS NULL \
         AND agreement IS NULL AND post_once = 0",
    )?
    .execute([line.0])?;
    Ok(before.flatten())
}

/// Refuses lines whose values are fixed (design 6.8).
fn editable(tx: &Transaction<'_>, line: LineId) -> Result<(), StoreError> {
    match status_of(tx, line.0)? {
        Some(PsaStatus::NotSynced | PsaStatus::Error) => Ok(()),
        Some(PsaStatus::Synced) => Err(StoreError::refused(
            "line-synced",
            format!("line {} is Synced: it is frozen", key(tx, line)?),
            "Undo the run that posted it, then change it.",
        )),
        Some(PsaStatus::Posting) => Err(StoreError::refused(
            "line-posting",
            format!("line {} is being posted", key(tx, line)?),
            "Wait until the run ends; `sync` resolves what a dead run left open.",
        )),
        None => Err(StoreError::refused(
            "no-such-line",
            format!("there is no line {line} in the store any more"),
            "The lines were loaded again; choose the line anew.",
        )),
    }
}

fn key(tx: &Transaction<'_>, line: LineId) -> Result<Text, StoreError> {
    let key: String = tx
        .prepare_cached("SELECT key FROM line WHERE id = ?1")?
        .query_row([line.0], |r| r.get(0))?;
    Ok(Text::from(crate::domain::text::harmless(&key)))
}

/// The dates of a line that may be edited.
fn dates(tx: &Transaction<'_>, line: LineId) -> Result<LineDates, StoreError> {
    editable(tx, line)?;
    let (start, end, both): (Option<i64>, Option<i64>, i64) = tx
        .prepare_cached("SELECT start_date, end_date, badges FROM line WHERE id = ?1")?
        .query_row([line.0], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    let (start_badge, end_badge) = to_badges(both);
    Ok(LineDates {
        start: start.map(to_day).transpose()?,
        start_badge,
        end: end.map(to_day).transpose()?,
        end_badge,
    })
}

fn set_dates(tx: &Transaction<'_>, line: LineId, dates: &LineDates) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE line SET start_date = ?2, end_date = ?3, badges = ?4 WHERE id = ?1")?
        .execute((line.0, dates.start.map(day), dates.end.map(day), badges(dates)))?;
    Ok(())
}
