//! `addendum load`: invoice lines into the store.

use std::path::PathBuf;

use serde_json::json;

use super::Global;
use super::jobs::{perform, unexpected};
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output};
use super::shell::table::{Align, Table};
use crate::domain::load::LoadReport;
use crate::domain::money::text as money;
use crate::domain::period::Period;
use crate::domain::text::harmless;
use crate::worker::job::{Job, Outcome};

/// So many revisions are shown as text; JSON has all.
const SHOWN: usize = 20;

/// Arguments of `load`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Only lines of this month by invoice date; may be repeated [default: the current and the
    /// previous month; with --from all that the files hold]
    #[arg(long = "period", value_name = "YYYY-MM")]
    pub periods: Vec<Period>,
    /// This file instead of the configured source: CSV, XLSX or JSON Lines; may be repeated
    #[arg(long = "from", value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// Loads.
pub async fn run(global: &Global, args: &Args, output: Output) -> Result<Answer, Failure> {
    let job = Job::Load { files: args.files.clone(), periods: args.periods.clone() };
    let Outcome::Loaded(report) = perform(global, output, job).await? else {
        return Err(unexpected());
    };
    let mut document = json!(report);
    document["revisions"] = report
        .revisions
        .iter()
        .map(|r| {
            json!({
                "line": &*r.line, "organization": &*r.organization, "currency": r.currency,
                "posted": money(r.posted), "source": money(r.source),
                "difference": money(r.difference),
            })
        })
        .collect();
    document["withdrawn"] = report
        .withdrawn
        .iter()
        .map(|w| {
            json!({
                "line": &*w.line, "organization": &*w.organization, "invoice": &*w.invoice,
                "currency": w.currency, "amount": money(w.amount), "posted": w.posted,
            })
        })
        .collect();
    Answer::new("load", &document, text(&report))
}

fn text(report: &LoadReport) -> String {
    let rows = [
        (report.added, "new lines"),
        (report.replaced, "lines changed at the source and replaced"),
        (report.unchanged, "lines unchanged"),
        (report.outside, "lines left out: not in the periods asked for"),
        (report.absent, "lines kept that the source no longer has"),
        (
            report.revisions.len() as u64,
            "synced lines changed at the source: revisions, not altered",
        ),
    ];
    let gone = |posted: bool| report.withdrawn.iter().filter(|w| w.posted == posted).count() as u64;
    let mut out = format!("{:>8}  lines read", report.read);
    let left_out: Vec<(u64, String)> = report
        .left_out
        .iter()
        .map(|(reason, n)| (*n, format!("records left out: {}", harmless(reason))))
        .collect();
    for (n, what) in rows {
        if n > 0 {
            out.push_str(&format!("\n{n:>8}  {what}"));
        }
    }
    for (n, what) in [
        (gone(true), "posted lines no longer at the source: their money stays posted"),
        (gone(false), "lines not posted yet are no longer at the source (`addendum unload`)"),
    ] {
        if n > 0 {
            out.push_str(&format!("\n{n:>8}  {what}"));
        }
    }
    for (n, what) in left_out {
        out.push_str(&format!("\n{n:>8}  {what}"));
    }
    if !report.periods.is_empty() {
        let periods: Vec<String> = report.periods.iter().map(ToString::to_string).collect();
        out.push_str(&format!("\nPeriods: {}", periods.join(", ")));
    }
    if !report.revisions.is_empty() {
        let mut table = Table::new(&[
            ("Line", Align::Left),
            ("Organization", Align::Left),
            ("Posted", Align::Right),
            ("Source", Align::Right),
            ("Difference", Align::Right),
            ("", Align::Left),
        ])
        .shrinking(1);
        for r in report.revisions.iter().take(SHOWN) {
            table.row([
                super::shell::table::fit(&r.line, 24),
                r.organization.to_string(),
                money(r.posted),
                money(r.source),
                money(r.difference),
                r.currency.to_string(),
            ]);
        }
        out.push_str(&format!("\n\n{}", table.text()));
        if report.revisions.len() > SHOWN {
            out.push_str(&format!(
                "\nand {} more; --json lists all",
                report.revisions.len() - SHOWN
            ));
        }
    }
    out.push_str("\n\nnext: `addendum map list --unmapped`, then `addendum plan`");
    out
}
