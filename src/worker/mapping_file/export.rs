//! Writing mapping files: in a fixed order, one row a pair, so that two versions differ only where
//! mappings do.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::resolve::ByKey;
use super::{COLUMNS, Directory, ImportError};
use crate::config::MatchingSettings;
use crate::domain::mapping::MappingKind;
use crate::domain::mapping_memory::MappingKey;
use crate::domain::spreadsheet::harmless_cell;
use crate::matching::Candidate;
use crate::store::Store;
use crate::worker::mapping_view::{MappingItem, Target, mappings};
use crate::worker::plan_file;
use crate::worker::suggest::{Memory, Records, Suggester};

/// Suggestions below this are more noise than help (0 to 1).
const LEAST: f32 = 0.45;

/// One row as written.
pub(super) struct Written {
    kind: MappingKind,
    platform_id: String,
    platform_name: String,
    psa_id: Option<i64>,
    psa_name: String,
    excluded: Option<bool>,
    source: String,
    rejected: String,
    decided: String,
    note: String,
}

/// Writes all mappings. Gives how many rows were written.
///
/// # Errors
/// The store cannot be read, or the file cannot be written: the old one is then untouched.
pub async fn export(
    store: &Store,
    settings: &MatchingSettings,
    file: &Path,
) -> Result<u64, ImportError> {
    let mut items = mappings(store).await?;
    items.sort_by(|a, b| (a.kind, &a.source, &a.id).cmp(&(b.kind, &b.source, &b.id)));
    let directory = Directory::open(store).await?;
    let known = store.mapping_memory().await?;
    let days: HashMap<MappingKey, String> = known
        .decided
        .iter()
        .map(|(key, at)| (key.clone(), at.to_zoned(TimeZone::UTC).date().to_string()))
        .collect();
    let keys = store.stable_keys().await?;
    let memory = Memory::new(&directory.organizations, &directory.offers, keys, known);
    let settings = settings.clone();
    let rows = tokio::task::spawn_blocking(move || {
        let notes = Notes::new(&settings, &directory, memory);
        let mut rows = Vec::new();
        for item in &items {
            let key = (item.kind, item.source.clone(), item.id.clone());
            let rejected = directory.rejected.get(&key);
            let rejected: Vec<String> =
                rejected.into_iter().flatten().map(ToString::to_string).collect();
            rows.extend(written_as(
                item,
                rejected.join(" "),
                days.get(&key).cloned().unwrap_or_default(),
                &notes,
            ));
        }
        rows
    })
    .await
    .map_err(|e| ImportError::Failed(super::died(&e)))?;
    let bytes = written(&rows).map_err(std::io::Error::other);
    bytes
        .and_then(|bytes| plan_file::write(file, &bytes))
        .map_err(|e| ImportError::Failed(plan_file::file_problem(file, "write", &e)))?;
    Ok(rows.len() as u64)
}

/// The rows of one organization, offer or contract: one for each record, or one without.
fn written_as(
    item: &MappingItem,
    rejected: String,
    decided: String,
    notes: &Notes<'_>,
) -> Vec<Written> {
    let row = |target: Option<&Target>| Written {
        kind: item.kind,
        platform_id: item.id.to_string(),
        platform_name: item.name.to_string(),
        psa_id: target.map(|t| t.id),
        psa_name: target.map(|t| t.name.clone()).unwrap_or_default(),
        excluded: item.excluded,
        source: item.source.to_string(),
        rejected: String::new(),
        decided: String::new(),
        note: match target {
            Some(t) if !t.usable => "gone from the PSA, or not usable any more".to_owned(),
            Some(_) => String::new(),
            None => notes.unmapped(item),
        },
    };
    let mut rows: Vec<Written> = item.targets.iter().map(|t| row(Some(t))).collect();
    if rows.is_empty() {
        rows.push(row(None));
    }
    // What is said of all stands in the first row.
    (rows[0].rejected, rows[0].decided) = (rejected, decided);
    rows
}

/// What a reviewer is told of what is not mapped.
struct Notes<'d> {
    suggester: Suggester,
    mappings: ByKey<'d>,
}

impl<'d> Notes<'d> {
    fn new(settings: &MatchingSettings, d: &'d Directory, memory: Memory) -> Self {
        let records = Arc::new(Records::new(settings, &d.companies, &d.products));
        Self { suggester: Suggester::with(records, memory), mappings: d.by_key() }
    }

    fn unmapped(&self, item: &MappingItem) -> String {
        let key = (item.source.clone(), item.id.clone());
        let best = match item.kind {
            MappingKind::Organization => {
                self.mappings.organizations.get(&key).map(|o| self.suggester.organization(o, 2))
            }
            MappingKind::Offer => {
                self.mappings.offers.get(&key).map(|o| self.suggester.offer(o, 2))
            }
            MappingKind::Contract => None,
        };
        best.into_iter()
            .flatten()
            .next()
            .filter(|c| c.score >= LEAST)
            .map_or_else(|| "not mapped".to_owned(), |c| suggested(&c))
    }
}

fn suggested(c: &Candidate) -> String {
    // Percentages would change with every new record; what was seen does not.
    let why = c.reasons.iter().find(|r| r.code != "spelling").map(|r| format!(", {}", r.text));
    format!("not mapped; suggested: {} {}{}", c.id, c.name, why.unwrap_or_default())
}

/// The rows as CSV. A cell that a spreadsheet would take for a formula gets an apostrophe before
/// it, which reading takes away again (design 8).
pub(super) fn written(rows: &[Written]) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(COLUMNS)?;
    for r in rows {
        let excluded = match (r.kind, r.excluded) {
            (MappingKind::Organization, Some(true)) => "yes",
            (MappingKind::Organization, Some(false)) => "no",
            _ => "",
        };
        out.write_record([
            r.kind.as_str(),
            &harmless_cell(&r.platform_id),
            &harmless_cell(&r.platform_name),
            &r.psa_id.map(|id| id.to_string()).unwrap_or_default(),
            &harmless_cell(&r.psa_name),
            excluded,
            &harmless_cell(&r.source),
            &r.rejected,
            &r.decided,
            &harmless_cell(&r.note),
        ])?;
    }
    out.into_inner().map_err(|e| csv::Error::from(e.into_error()))
}

#[cfg(test)]
impl Written {
    /// A row that says this.
    pub(super) fn of(row: &crate::domain::mapping::MappingRow) -> Self {
        Self {
            kind: row.kind,
            platform_id: row.platform_id.clone(),
            platform_name: row.platform_name.clone(),
            psa_id: row.psa_id,
            psa_name: row.psa_name.clone(),
            excluded: row.excluded,
            source: "canonical".into(),
            rejected: "3 4".into(),
            decided: "2026-09-02".into(),
            note: row.platform_name.clone(),
        }
    }
}
