//! From raw terms to a filter over the columns of one grid.

use super::lexer::{Raw, cut};
use super::{Comparison, Filter, Term, Wanted};
use crate::tui::model::grid::{GridId, Spec, columns};

/// Reads a filter's text; what cannot be understood is left out and named.
pub fn parse(grid: GridId, text: &str) -> (Filter, Vec<String>) {
    let specs = columns::of(grid);
    let (mut terms, mut problems) = (Vec::new(), Vec::new());
    for raw in cut(text) {
        match term(specs, &raw) {
            Ok(Some(t)) => terms.push(t),
            Ok(None) => {}
            Err(problem) => problems.push(problem),
        }
    }
    (Filter { terms }, problems)
}

/// `Ok(None)`: half typed, so it says nothing yet.
fn term(specs: &[Spec], raw: &Raw) -> Result<Option<Term>, String> {
    let (Some(word), Some(operator)) = (&raw.column, &raw.operator) else {
        let wanted = Wanted::Text(raw.text.to_lowercase());
        let term = Term { not: raw.not, column: None, comparison: Comparison::Contains, wanted };
        return Ok((!raw.text.is_empty()).then_some(term));
    };
    let Some(spec) = specs.iter().find(|s| s.answers_to(word)) else {
        let mut starts = specs.iter().filter(|s| s.name.starts_with(&word.to_lowercase()));
        return match (starts.next(), starts.next()) {
            (Some(spec), None) if !word.is_empty() => with(spec, operator, raw),
            _ => Err(format!("no column {word:?}: {}", names(specs))),
        };
    };
    with(spec, operator, raw)
}

fn with(spec: &Spec, operator: &str, raw: &Raw) -> Result<Option<Term>, String> {
    if raw.text.is_empty() {
        return Ok(None);
    }
    let whole = spec.words.iter().any(|w| w.eq_ignore_ascii_case(&raw.text));
    let comparison = match operator {
        ":" if whole => Comparison::Equals,
        ":" => Comparison::Contains,
        "=" => Comparison::Equals,
        ">" => Comparison::Greater,
        ">=" => Comparison::AtLeast,
        "<" => Comparison::Less,
        _ => Comparison::AtMost,
    };
    let text = Wanted::Text(raw.text.to_lowercase());
    let number = || raw.text.replace(',', "").parse().map(Wanted::Number).ok();
    let day = || raw.text.parse().map(Wanted::Day).ok();
    let wanted = match comparison {
        Comparison::Contains => text,
        Comparison::Equals => number().filter(|_| spec.right).or_else(day).unwrap_or(text),
        _ => number().or_else(day).ok_or_else(|| {
            format!("{}{operator} wants a number or a day (YYYY-MM-DD)", spec.name)
        })?,
    };
    Ok(Some(Term { not: raw.not, column: Some(spec.name), comparison, wanted }))
}

fn names(specs: &[Spec]) -> String {
    specs.iter().map(|s| s.name).collect::<Vec<_>>().join(", ")
}
