//! `addendum reconcile`: read back, prove the equation, list what is missing, doubled or drifted.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Global;
use super::jobs::{perform, unexpected};
use super::money;
use super::shell::exit::Exit;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output};
use super::shell::table::{Align, Table};
use crate::domain::money::text as amount;
use crate::domain::period::Period;
use crate::domain::text::harmless;
use crate::flows::EquationRow;
use crate::sync::Finding;
use crate::worker::job::{Job, Outcome, ReconcileSummary};

/// So many findings of a kind are shown as text; JSON has all.
const SHOWN: usize = 10;

/// Arguments of `reconcile`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Only this month; may be repeated [default: all that is loaded]
    #[arg(long = "period", value_name = "YYYY-MM")]
    pub periods: Vec<Period>,
}

/// Reconciles; findings and an equation that does not hold are exit 3.
pub async fn run(global: &Global, args: &Args, output: Output) -> Result<Answer, Failure> {
    let job = Job::Reconcile(args.periods.clone());
    let Outcome::Reconciled(summary) = perform(global, output, job).await? else {
        return Err(unexpected());
    };
    let exit = if proven(&summary) { Exit::Done } else { Exit::Incomplete };
    Ok(Answer::new("reconcile", &document(&summary), text(&summary))?.ending(exit))
}

/// Whether the PSA returned exactly what was posted, and the equation holds everywhere.
pub fn proven(summary: &ReconcileSummary) -> bool {
    summary.is_proven()
}

/// The periods asked for, else those that hold lines.
fn periods(summary: &ReconcileSummary) -> Vec<Period> {
    if summary.periods.is_empty() {
        let all: BTreeSet<Period> = summary.equation.iter().map(|r| r.period).collect();
        all.into_iter().collect()
    } else {
        summary.periods.clone()
    }
}

fn document(summary: &ReconcileSummary) -> Value {
    let f = &summary.findings;
    let rows = crate::flows::by_currency(&summary.equation);
    json!({
        "periods": periods(summary),
        "proven": proven(summary),
        "missing": f.missing,
        "doubled": f.doubled,
        "drifted": f.drifted,
        "psa": f.proven.iter().map(|p| json!({
            "currency": p.currency, "posted": amount(p.posted), "sold": amount(p.sold), "psa": amount(p.psa),
        })).collect::<Vec<_>>(),
        "money": rows,
        "equation": summary.equation.iter().map(equation_row).collect::<Vec<_>>(),
    })
}

fn equation_row(row: &EquationRow) -> Value {
    let mut value = json!({
        "source_id": &*row.source,
        "organization": &*row.organization,
        "organization_name": &*row.organization_name,
        "period": row.period,
        "holds": row.money.holds(),
    });
    if let (Some(into), Value::Object(from)) =
        (value.as_object_mut(), money::row_document(&row.money))
    {
        into.extend(from);
    }
    value
}

/// The proof for people.
pub fn text(summary: &ReconcileSummary) -> String {
    let f = &summary.findings;
    let periods: Vec<String> = periods(summary).iter().map(ToString::to_string).collect();
    let rows = crate::flows::by_currency(&summary.equation);
    let mut out = format!("Periods: {}\n\n{}", periods.join(", "), money::rows_text(&rows));
    if !f.proven.is_empty() {
        // With price rules customers are asked for something else than what the source bills.
        let priced = f.proven.iter().any(|p| p.sold != p.posted);
        let mut heads = vec![("Read back", Align::Left), ("Posted", Align::Right)];
        if priced {
            heads.push(("Sold for", Align::Right));
        }
        heads.extend([("In the PSA", Align::Right), ("Difference", Align::Right)]);
        let mut table = Table::new(&heads);
        for p in &f.proven {
            let mut cells = vec![p.currency.to_string(), amount(p.posted)];
            if priced {
                cells.push(amount(p.sold));
            }
            cells.extend([amount(p.psa), amount(p.psa - p.sold)]);
            table.row(cells);
        }
        out.push_str(&format!("\n\n{}", table.text()));
    }
    let kinds = [
        ("Missing in the PSA", &f.missing),
        ("Standing twice in the PSA", &f.doubled),
        ("Changed in the PSA", &f.drifted),
    ];
    for (title, list) in kinds {
        if !list.is_empty() {
            out.push_str(&format!("\n\n{title}: {}", list.len()));
            for finding in list.iter().take(SHOWN) {
                out.push_str(&finding_text(finding));
            }
            if list.len() > SHOWN {
                out.push_str(&format!("\n  and {} more; --json lists all", list.len() - SHOWN));
            }
        }
    }
    let broken: Vec<&EquationRow> = summary.equation.iter().filter(|r| !r.money.holds()).collect();
    for row in broken.iter().take(SHOWN) {
        out.push_str(&format!(
            "\nopen: {} in {} {}",
            harmless(&row.organization_name),
            row.period,
            row.money.currency
        ));
    }
    out.push_str(if proven(summary) {
        "\n\nProven to the cent: the PSA returns exactly what was posted, and the equation closes."
    } else {
        "\n\nNot proven.\n\
         next: `addendum sync --overwrite-drift` sets drifted additions back, `--repost-deleted`\n\
         posts deleted ones again; delete one of each doubled pair in the PSA"
    });
    out
}

fn finding_text(finding: &Finding) -> String {
    let addition =
        finding.addition_id.map_or("no addition".to_owned(), |id| format!("addition {id}"));
    let lines = finding.lines.iter().map(|l| harmless(l)).collect::<Vec<_>>().join(", ");
    let mut out = format!(
        "\n  {} on agreement {}, {addition}{}: {}",
        harmless(&finding.marker),
        finding.agreement_id,
        if finding.invoiced { ", invoiced" } else { "" },
        super::shell::table::fit(&lines, 60)
    );
    for field in &finding.fields {
        let show = |v: &Option<String>| harmless(v.as_deref().unwrap_or("-"));
        out.push_str(&format!(
            "\n    {}: posted {}, PSA {}, source {}",
            harmless(&field.field),
            show(&field.posted),
            show(&field.psa),
            show(&field.source)
        ));
    }
    out
}
