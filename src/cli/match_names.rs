//! `addendum match`: what matching would say about lists of one's own.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::shell::failure::Failure;
use super::shell::output::Answer;
use super::shell::table::{Align, Table, fit};
use crate::domain::text::harmless;
use crate::matching::{self, Candidate};
use crate::worker::match_lists::{self, Matched};

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
    let matched = match_lists::search(kind, catalog, queries, usize::from(args.top))?;
    let mut document = json!({
        "kind": kind,
        "catalog": matched.catalog,
        "queries": matched.found.iter().map(|(query, candidates)| json!({
            "query": query,
            "accepted": candidates.first().is_some_and(|c| c.accepted),
            "candidates": candidates.iter().map(candidate).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    });
    let mut text = text(&matched);
    if let Some(m) = matched.figures {
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

fn text(matched: &Matched) -> String {
    let found = &matched.found;
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
    let accepted = matched.accepted();
    format!(
        "{}\n\n{} queries, {accepted} would be accepted (=), {} are for a person",
        table.text(),
        found.len(),
        found.len() - accepted
    )
}

fn pairs(kind: matching::Kind, file: &Path) -> Result<Answer, Failure> {
    let scored: Vec<(String, String, f64)> = match_lists::pairs(kind, file)?
        .into_iter()
        .map(|(a, b, likeness)| (a, b, rounded(likeness)))
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
