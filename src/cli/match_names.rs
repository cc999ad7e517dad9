//! `addendum match`: what matching would say about lists of one's own.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::shell::failure::Failure;
use super::shell::output::Answer;
use super::shell::table::{Align, Table, fit};
use crate::domain::problem::{FileProblem, FileRefusal};
use crate::domain::text::harmless;
use crate::matching::{self, Asked, Candidate, Catalog, Labelled, Named, Pairs, measure};

/// Arguments of `match`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// CSV with the columns id and name: what can be matched to
    #[arg(long, value_name = "FILE", required_unless_present = "pairs", conflicts_with = "pairs")]
    pub catalog: Option<PathBuf>,
    /// CSV with the column query: what is looked for; with a column id, the right answer, figures
    /// are given
    #[arg(long, value_name = "FILE", required_unless_present = "pairs", conflicts_with = "pairs")]
    pub queries: Option<PathBuf>,
    /// CSV with the columns name1 and name2: how alike each pair is
    #[arg(long, value_name = "FILE")]
    pub pairs: Option<PathBuf>,
    /// Whose names they are
    #[arg(long, value_enum, default_value = "organization")]
    pub kind: Kind,
    /// So many candidates for each query
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub top: u16,
}

/// Whose names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Customers
    Organization,
    /// Products
    Offer,
}

impl From<Kind> for matching::Kind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Organization => Self::Organization,
            Kind::Offer => Self::Offer,
        }
    }
}

/// Matches; needs no home.
pub fn run(args: &Args) -> Result<Answer, Failure> {
    let kind = matching::Kind::from(args.kind);
    if let Some(file) = &args.pairs {
        return pairs(kind, file);
    }
    let (Some(catalog), Some(queries)) = (&args.catalog, &args.queries) else {
        return Err(Failure::usage("--catalog and --queries belong together", "give both"));
    };
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
        let candidates = catalog.candidates(&Asked::name(query.as_str()), usize::from(args.top));
        found.push((query, candidates));
    }
    let mut document = json!({
        "kind": kind,
        "catalog": catalog.len(),
        "queries": found.iter().map(|(query, candidates)| json!({
            "query": query,
            "accepted": candidates.first().is_some_and(|c| c.accepted),
            "candidates": candidates.iter().map(candidate).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    });
    let mut text = text(&found);
    if let Some(m) = figures {
        document["figures"] = json!({
            "queries": m.queries, "top1": four(m.top1), "mrr": four(m.mrr),
            "recall5": four(m.recall5), "accepted": four(m.accepted),
            "precision": four(m.precision),
        });
        text.push_str(&format!(
            "\n\nof {} with a known answer: first {:.3}, mean reciprocal rank {:.3}, among five \
             {:.3},\naccepted {:.3}, of these right {:.4}",
            m.queries, m.top1, m.mrr, m.recall5, m.accepted, m.precision
        ));
    }
    Answer::new("match", &document, text)
}

fn candidate(c: &Candidate) -> Value {
    json!({
        "id": c.id, "name": c.name, "score": rounded(c.score), "lead": rounded(c.lead),
        "reasons": c.reasons, "accepted": c.accepted,
    })
}

/// Four decimals: what the machine's floats add beyond them is noise.
fn rounded(score: f32) -> f64 {
    four(f64::from(score))
}

fn four(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

fn text(found: &[(String, Vec<Candidate>)]) -> String {
    let mut table = Table::new(&[
        ("Query", Align::Left),
        ("", Align::Left),
        ("Id", Align::Left),
        ("Name", Align::Left),
        ("Score", Align::Right),
        ("Lead", Align::Right),
    ])
    .shrinking(3);
    for (query, candidates) in found {
        for (i, c) in candidates.iter().enumerate() {
            table.row([
                if i == 0 { fit(&harmless(query), 24) } else { String::new() },
                if c.accepted { "=".to_owned() } else { String::new() },
                fit(&harmless(&c.id), 12),
                c.name.clone(),
                format!("{:.3}", c.score),
                if i == 0 { format!("{:.3}", c.lead) } else { String::new() },
            ]);
        }
        if candidates.is_empty() {
            table.row([
                fit(&harmless(query), 24),
                String::new(),
                String::new(),
                "-".into(),
                String::new(),
                String::new(),
            ]);
        }
    }
    let accepted = found.iter().filter(|(_, c)| c.first().is_some_and(|c| c.accepted)).count();
    format!(
        "{}\n\n{} queries, {accepted} would be accepted (=), {} are for a person",
        table.text(),
        found.len(),
        found.len() - accepted
    )
}

fn pairs(kind: matching::Kind, file: &Path) -> Result<Answer, Failure> {
    let rows = columns(file, &["name1", "name2"], None)?;
    let all = Pairs::new(kind, rows.iter().flatten().map(String::as_str));
    let scored: Vec<(String, String, f64)> = rows
        .into_iter()
        .map(|mut row| {
            let b = row.pop().unwrap_or_default();
            let a = row.pop().unwrap_or_default();
            let score = rounded(all.likeness(&a, &b));
            (a, b, score)
        })
        .collect();
    let document = json!({
        "kind": kind,
        "pairs": scored.iter().map(|(a, b, score)| json!({
            "name1": a, "name2": b, "score": score,
        })).collect::<Vec<_>>(),
    });
    let mut table =
        Table::new(&[("Score", Align::Right), ("Name 1", Align::Left), ("Name 2", Align::Left)]);
    for (a, b, score) in &scored {
        table.row([format!("{score:.3}"), fit(&harmless(a), 34), fit(&harmless(b), 34)]);
    }
    Answer::new("match", &document, table.text())
}

/// The named columns of a CSV file, row by row, and one that may be there.
fn columns(file: &Path, names: &[&str], maybe: Option<&str>) -> Result<Vec<Vec<String>>, Failure> {
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
        Failure::Files(refusal)
    };
    let bytes = std::fs::read(file).map_err(|e| Failure::file(file, "read", &e))?;
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
