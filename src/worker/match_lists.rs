//! What matching says about lists of one's own, in CSV files. Needs no store.

use std::collections::HashMap;
use std::path::Path;

use super::job::JobError;
use super::plan_file::file_problem;
use crate::domain::problem::{FileProblem, FileRefusal};
use crate::domain::text::harmless;
use crate::matching::{Asked, Candidate, Catalog, Kind, Labelled, Measured, Named, Pairs, measure};

/// What was found for each query.
#[derive(Debug, Clone, PartialEq)]
pub struct Matched {
    /// How many records were searched in.
    pub catalog: usize,
    /// Each query with its candidates, best first.
    pub found: Vec<(String, Vec<Candidate>)>,
    /// How good that was, where the right answers are known.
    pub figures: Option<Measured>,
}

impl Matched {
    /// How many queries would be mapped without a person.
    pub fn accepted(&self) -> usize {
        let first = |c: &[Candidate]| c.first().is_some_and(|c| c.accepted);
        self.found.iter().filter(|(_, candidates)| first(candidates)).count()
    }
}

/// Searches a catalog (columns `id`, `name`) for each query (column `query`, and `id` where the
/// right answer is known); at most `top` candidates for each.
///
/// # Errors
/// A file that cannot be read or has not these columns.
pub fn search(kind: Kind, catalog: &Path, queries: &Path, top: usize) -> Result<Matched, JobError> {
    let items = columns(catalog, &["id", "name"], None)?;
    let queries = columns(queries, &["query"], Some("id"))?;
    let items = items
        .into_iter()
        .map(|mut row| {
            let name = row.pop().unwrap_or_default();
            Named { id: row.pop().unwrap_or_default(), name, ..Named::default() }
        })
        .collect();
    let catalog = Catalog::new(kind, items);
    let labelled: Vec<Labelled> = queries
        .iter()
        .filter(|row| row.len() == 2)
        .map(|row| Labelled { query: row[0].clone(), id: row[1].clone() })
        .collect();
    let figures = (!labelled.is_empty()).then(|| measure(&catalog, &labelled));
    let mut found = Vec::new();
    for row in queries {
        let query = row.into_iter().next().unwrap_or_default();
        let candidates = catalog.candidates(&Asked::name(query.as_str()), top);
        found.push((query, candidates));
    }
    Ok(Matched { catalog: catalog.len(), found, figures })
}

/// How alike the two names of each row are (columns `name1`, `name2`), 0 to 1.
///
/// # Errors
/// A file that cannot be read or has not these columns.
pub fn pairs(kind: Kind, file: &Path) -> Result<Vec<(String, String, f32)>, JobError> {
    let rows = columns(file, &["name1", "name2"], None)?;
    let all = Pairs::new(kind, rows.iter().flatten().map(String::as_str));
    let scored = rows.into_iter().map(|mut row| {
        let b = row.pop().unwrap_or_default();
        let a = row.pop().unwrap_or_default();
        let likeness = all.likeness(&a, &b);
        (a, b, likeness)
    });
    Ok(scored.collect())
}

/// The named columns of a CSV file, row by row, and one that may be there.
fn columns(file: &Path, names: &[&str], maybe: Option<&str>) -> Result<Vec<Vec<String>>, JobError> {
    let shown = file.display().to_string();
    let refused = |row: Option<u64>, column: Option<&str>, code: &'static str, message: String| {
        let mut refusal = FileRefusal::default();
        refusal.push(FileProblem {
            file: shown.clone(),
            row,
            column: column.map(str::to_owned),
            code: code.into(),
            message,
            remedy: format!(
                "give UTF-8 CSV whose first row names the columns {}",
                names.join(", ")
            ),
        });
        JobError::Refused(refusal)
    };
    let bytes = std::fs::read(file).map_err(|e| file_problem(file, "read", &e))?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let head: HashMap<String, usize> = reader
        .headers()
        .map_err(|e| refused(Some(1), None, "not-csv", harmless(&e.to_string())))?
        .iter()
        .enumerate()
        .map(|(i, name)| (name.trim().to_lowercase(), i))
        .collect();
    let mut wanted = Vec::new();
    for name in names {
        match head.get(*name) {
            Some(i) => wanted.push(*i),
            None => {
                let message = "the column is missing".to_owned();
                return Err(refused(Some(1), Some(name), "column-missing", message));
            }
        }
    }
    wanted.extend(maybe.and_then(|name| head.get(name)));
    let mut rows = Vec::new();
    for (number, record) in reader.records().enumerate() {
        let record = record.map_err(|e| {
            refused(Some(number as u64 + 2), None, "not-csv", harmless(&e.to_string()))
        })?;
        rows.push(
            wanted.iter().map(|i| record.get(*i).unwrap_or_default().trim().to_owned()).collect(),
        );
    }
    Ok(rows)
}
