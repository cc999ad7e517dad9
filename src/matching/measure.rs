//! Figures of a search on labelled names.

use super::{Asked, Catalog};

/// A name with the record that is right for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// What is searched with.
    pub query: String,
    /// The id of the right record.
    pub id: String,
}

/// How good a search was. Shares, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Measured {
    /// Queries.
    pub queries: usize,
    /// The first candidate is right. Of candidates with one score, the first is a matter of chance:
    /// each counts its part.
    pub top1: f64,
    /// Mean reciprocal rank; candidates with one score share the mean of their ranks.
    pub mrr: f64,
    /// The right one is among the first five.
    pub recall5: f64,
    /// Accepted without a person.
    pub accepted: f64,
    /// The right ones among the accepted; 1 when none was.
    pub precision: f64,
}

/// Candidates that are asked for: beyond them a rank counts as not found.
const DEPTH: usize = 50;

/// Searches with every name.
pub fn measure(catalog: &Catalog, labelled: &[Labelled]) -> Measured {
    let (mut top1, mut mrr, mut five, mut accepted, mut right) = (0.0, 0.0, 0.0, 0u32, 0u32);
    for Labelled { query, id } in labelled {
        let found = catalog.candidates(&Asked::name(query.as_str()), DEPTH);
        if let Some(it) = found.iter().find(|c| c.id == *id) {
            let better = found.iter().filter(|c| c.score > it.score).count() as f64;
            let same = found.iter().filter(|c| c.score == it.score).count() as f64;
            let rank = better + (same + 1.0) / 2.0;
            mrr += 1.0 / rank;
            top1 += if better == 0.0 { 1.0 / same } else { 0.0 };
            five += f64::from(u8::from(rank <= 5.0));
        }
        if let Some(first) = found.first().filter(|c| c.accepted) {
            accepted += 1;
            right += u32::from(first.id == *id);
        }
    }
    let n = labelled.len().max(1) as f64;
    Measured {
        queries: labelled.len(),
        top1: top1 / n,
        mrr: mrr / n,
        recall5: five / n,
        accepted: f64::from(accepted) / n,
        precision: if accepted > 0 { f64::from(right) / f64::from(accepted) } else { 1.0 },
    }
}
