//! `addendum reconcile`: read back, prove the equation, list what is missing, doubled, drifted or
//! unknown.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};

use super::Global;
use super::jobs::{perform, unexpected};
use super::money;
use super::shell::exit::Exit;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output};
use super::shell::table::{Align, Table};
use crate::domain::decision::Verdict;
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
    /// Leave what was found under this line (or marker), and say nothing more until it changes
    /// again; may be repeated
    #[arg(long, value_name = "LINE")]
    pub keep: Vec<String>,
    /// Write once more what was posted under this line (or marker), and delete copies of it; may be
    /// repeated
    #[arg(long, value_name = "LINE")]
    pub restore: Vec<String>,
    /// Take what the PSA has under this line (or marker) as what was posted; may be repeated
    #[arg(long, value_name = "LINE")]
    pub adopt: Vec<String>,
}

impl Args {
    /// What is asked for.
    fn job(&self) -> Result<Job, Failure> {
        let verdicts: Vec<(String, Verdict)> = [
            (&self.keep, Verdict::Keep),
            (&self.restore, Verdict::Restore),
            (&self.adopt, Verdict::Adopt),
        ]
        .into_iter()
        .flat_map(|(names, verdict)| names.iter().map(move |n| (n.clone(), verdict)))
        .collect();
        let mut said: HashMap<&str, Verdict> = HashMap::new();
        for (name, verdict) in &verdicts {
            let before = said.insert(name, *verdict);
            if before.is_some_and(|b| b != *verdict) {
                return Err(Failure::usage(
                    format!("two things are asked for {}", harmless(name)),
                    "name each line or marker under one of --keep, --restore and --adopt",
                ));
            }
        }
        let periods = self.periods.clone();
        Ok(if verdicts.is_empty() {
            Job::Reconcile(periods)
        } else {
            Job::Decide { periods, verdicts }
        })
    }
}

/// Reconciles; findings and an equation that does not hold are exit 3.
pub async fn run(global: &Global, args: &Args, output: Output) -> Result<Answer, Failure> {
    let Outcome::Reconciled(summary) = perform(global, output, args.job()?).await? else {
        return Err(unexpected());
    };
    let undone = summary.decided.iter().any(|d| d.problem.is_some());
    let exit = if proven(&summary) && !undone { Exit::Done } else { Exit::Incomplete };
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
        "unknown": f.unknown,
        "kept": f.kept,
        "decided": summary.decided.iter().map(|d| json!({
            "marker": d.marker, "verdict": d.verdict,
            "problem": d.problem.as_ref().map(|p| json!({
                "code": p.code, "message": p.message, "remedy": p.remedy,
            })),
        })).collect::<Vec<_>>(),
        "restored": summary.restored.as_ref().map(|r| r.run.id.0.to_string()),
        "psa": f.proven.iter().map(|p| json!({
            "currency": p.currency, "posted": amount(p.posted), "sold": amount(p.sold), "psa": amount(p.psa),
            "decided": amount(p.decided),
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
        let decided = f.proven.iter().any(|p| !p.decided.is_zero());
        heads.push(("In the PSA", Align::Right));
        if decided {
            heads.push(("Decided", Align::Right));
        }
        heads.push(("Difference", Align::Right));
        let mut table = Table::new(&heads);
        for p in &f.proven {
            let mut cells = vec![p.currency.to_string(), amount(p.posted)];
            if priced {
                cells.push(amount(p.sold));
            }
            cells.push(amount(p.psa));
            if decided {
                cells.push(amount(p.decided));
            }
            cells.push(amount(p.psa - p.sold - p.decided));
            table.row(cells);
        }
        out.push_str(&format!("\n\n{}", table.text()));
    }
    let kinds = [
        ("Missing in the PSA", &f.missing),
        ("Standing twice in the PSA", &f.doubled),
        ("Changed in the PSA", &f.drifted),
        ("Marked as Addendum's, and not known here", &f.unknown),
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
    if !f.kept.is_empty() {
        out.push_str(&format!("\n\nLeft as somebody decided: {}", f.kept.len()));
    }
    for d in &summary.decided {
        out.push_str(&match &d.problem {
            None => format!("\n{}: {}", harmless(&d.marker), d.verdict.as_str()),
            Some(p) => format!(
                "\nnot done: {} ({})\n  remedy: {}",
                harmless(&p.message),
                p.code,
                harmless(&p.remedy)
            ),
        });
    }
    if !f.unknown.is_empty() {
        out.push_str(
            "\nremedy: another installation may have posted them, or a store that was lost. Load and \
             sync\nthe lines that they carry: each is found by its marker. `--keep MARKER` leaves one \
             as it is",
        );
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
         next: decide line by line: `addendum reconcile --restore LINE` writes what was posted once\n\
         more and deletes its copies, `--adopt LINE` takes what the PSA has as posted, `--keep LINE`\n\
         leaves it"
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
