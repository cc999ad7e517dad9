//! What a grid shows, as CSV or on the clipboard. Cells that a spreadsheet would take for a formula
//! get an apostrophe before them.

use std::path::PathBuf;

use tokio::io::AsyncWriteExt;

use super::Inner;
use crate::config::private;
use crate::domain::plan::Plan;
use crate::domain::policy::Scope;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::spreadsheet::harmless_cell;
use crate::tui::model::effect::Effect;
use crate::tui::model::grid::{GridId, Spec, Target, Value, ViewQuery, columns};
use crate::tui::model::message::Answer;
use crate::tui::model::record::Record;
use crate::tui::runtime::perform::Heard;
use crate::worker::plan_file;

/// Rows that go to a clipboard at most; terminals take no more than about 100 kB anyway.
const COPIED: u64 = 2_000;
/// Rows that are held at once while a file is written.
const CHUNK: u64 = 5_000;

fn specs(grid: GridId, names: &[&str]) -> Vec<&'static Spec> {
    names.iter().filter_map(|n| columns::of(grid).iter().find(|s| s.name == *n)).collect()
}

/// A cell's text for a spreadsheet. Numbers stay numbers, negative ones too.
pub(super) fn cell(value: &Value) -> String {
    let text = value.show();
    if value.number().is_some() { text } else { harmless_cell(&text) }
}

fn as_csv(rows: &[Vec<String>]) -> Result<Vec<u8>, csv::Error> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    for row in rows {
        csv.write_record(row)?;
    }
    csv.into_inner().map_err(|e| csv::Error::from(e.into_error()))
}

fn record_cells(record: &Record, specs: &[&'static Spec]) -> Vec<String> {
    specs.iter().map(|s| cell(&(s.cell)(record).value)).collect()
}

impl Inner {
    /// Writes a CSV file.
    pub(super) async fn export(
        &self,
        query: ViewQuery,
        names: Vec<&'static str>,
        path: Option<String>,
    ) {
        let result = self.exported(query, &names, path).await;
        self.answer(Answer::Exported(result)).await;
    }

    async fn exported(
        &self,
        query: ViewQuery,
        names: &[&'static str],
        path: Option<String>,
    ) -> Result<(String, u64), Problem> {
        let specs = specs(query.grid, names);
        let path = PathBuf::from(path.unwrap_or_else(|| "addendum.csv".into()));
        let refused = |e: &dyn std::fmt::Display| {
            Problem::new(
                ProblemKind::Refused,
                "export",
                format!("cannot write {}: {e}", path.display()),
                "choose another name or folder; a file that is there is never overwritten",
            )
        };
        // Whoever is at the keyboard may not know what is in a file of the same name.
        let mut how = std::fs::OpenOptions::new();
        how.write(true).create_new(true);
        let file = private::open(&path, &mut how).map_err(|e| refused(&e))?;
        let mut file = tokio::io::BufWriter::new(tokio::fs::File::from_std(file));
        let header: Vec<String> = specs.iter().map(|s| s.title.to_owned()).collect();
        let mut text = as_csv(&[header]).map_err(|e| refused(&e))?;
        let mut at = 0;
        loop {
            file.write_all(&text).await.map_err(|e| refused(&e))?;
            let rows = self.sliced(ViewQuery { start: at, count: CHUNK, ..query.clone() }).await?;
            if rows.is_empty() {
                break;
            }
            at += rows.len() as u64;
            let cells: Vec<Vec<String>> =
                rows.iter().map(|r| record_cells(&r.record, &specs)).collect();
            text = as_csv(&cells).map_err(|e| refused(&e))?;
        }
        file.flush().await.map_err(|e| refused(&e))?;
        Ok((path.display().to_string(), at))
    }

    /// Saves a plan to a file that is not there yet.
    pub(super) async fn save_plan(
        &self,
        plan: &Plan,
        scope: &Scope,
        path: &str,
    ) -> Result<String, Problem> {
        let file = PathBuf::from(path);
        if file.symlink_metadata().is_ok() {
            return Err(Problem::new(
                ProblemKind::Refused,
                "export",
                format!("{path} is there already"),
                "choose another name or folder; a file that is there is never overwritten",
            ));
        }
        plan_file::save(&self.profile.store, &mut plan.clone(), scope, &file).await?;
        Ok(file.display().to_string())
    }

    /// Puts marked rows on the clipboard, tab separated, with a header.
    pub(super) async fn copy(&self, target: Target, names: Vec<&'static str>) {
        if target.count() > COPIED {
            let problem = Problem::new(
                ProblemKind::Refused,
                "too-long-to-copy",
                format!("{} rows are more than a terminal's clipboard takes", target.count()),
                "export to a CSV file instead",
            );
            return self.answer(Answer::Copied(Err(problem))).await;
        }
        let mut rows = Vec::new();
        if let Err(problem) = self.each_of(&target, |some| rows.extend(some)).await {
            return self.answer(Answer::Copied(Err(problem))).await;
        }
        let specs = specs(target.grid(), &names);
        let mut text: Vec<String> =
            vec![specs.iter().map(|s| s.title).collect::<Vec<_>>().join("\t")];
        text.extend(rows.iter().map(|r| record_cells(&r.record, &specs).join("\t")));
        let effect = Effect::Copy { text: text.join("\n"), rows: rows.len() as u64 };
        let _ = self.answers.send(Heard::Terminal(effect)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_numbers_stay_numbers() {
        let shown = |text: &str| cell(&Value::text(text));
        for text in ["=1+1", "+49", "-cmd", "@SUM(A1)", "'=x"] {
            assert_eq!(shown(text), format!("'{text}"));
        }
        assert_eq!(shown("Contoso"), "Contoso");
        assert_eq!(cell(&Value::Money("-12.5".parse().unwrap())), "-12.50");
        assert_eq!(shown("a\u{1b}[2J"), "a\u{fffd}[2J");
    }
}
