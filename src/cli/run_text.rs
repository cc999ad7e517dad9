//! What `plan`, `sync`, `retry` and `undo` have in common: counts, errors, the run's document.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::money;
use super::shell::exit::Exit;
use super::shell::failure::Failure;
use super::shell::output::Answer;
use super::shell::table::{Align, Table, fit, wrapped};
use crate::domain::journal::RunState;
use crate::domain::plan::{Counts, LineProblem};
use crate::domain::problem::Problem;
use crate::domain::text::harmless;
use crate::sync::Left;
use crate::worker::job::SyncSummary;
use crate::worker::plan_file::Errors;

/// So many causes of errors are shown as text; JSON has all.
const SHOWN: usize = 20;
/// So many lines of a cause are named.
const NAMED: usize = 4;

/// A choice of lines and periods, as `plan`, `sync` and `retry` take it.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ScopeArgs {
    /// Only lines of this month by invoice date; may be repeated [default: all that is loaded]
    #[arg(long = "period", value_name = "YYYY-MM")]
    pub periods: Vec<crate::domain::period::Period>,
    /// Only this line; may be repeated
    #[arg(long = "line", value_name = "ID")]
    pub lines: Vec<String>,
    #[command(flatten)]
    pub consent: Consent,
}

/// What is done only when told to (design 6.9).
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct Consent {
    /// Overwrite what a person changed in the PSA
    #[arg(long)]
    pub overwrite_drift: bool,
    /// Post again what a person deleted in the PSA
    #[arg(long)]
    pub repost_deleted: bool,
    /// Post lines that the guard warns of, where billing.guard.action asks for consent
    #[arg(long)]
    pub accept_warnings: bool,
}

impl ScopeArgs {
    /// The scope as the rules take it; today is filled in by the worker.
    pub fn scope(&self) -> crate::domain::policy::Scope {
        crate::domain::policy::Scope {
            periods: self.periods.clone(),
            lines: self.lines.clone(),
            failed_only: false,
            overwrite_drift: self.consent.overwrite_drift,
            repost_deleted: self.consent.repost_deleted,
            accept_warnings: self.consent.accept_warnings,
            today: None,
        }
    }
}

/// The counts, one line a kind that occurred.
pub fn counts_text(counts: &Counts, planned: bool) -> String {
    let to = if planned { "to " } else { "" };
    let d = if planned { "" } else { "d" };
    let rows = [
        (counts.create_agreement, format!("agreements {to}create{d}")),
        (counts.create, format!("additions {to}create{d}")),
        (counts.update, format!("additions {to}update{d}")),
        (
            counts.cancel,
            if planned { "additions to cancel".into() } else { "additions cancelled".into() },
        ),
        (counts.unchanged, "lines unchanged".to_owned()),
        (counts.waiting, "lines waiting (not verified yet, or superseded)".to_owned()),
        (counts.skipped_unmapped, "lines left out: unmapped".to_owned()),
        (counts.skipped_excluded, "lines left out: excluded".to_owned()),
        (counts.failed, "lines failed".to_owned()),
    ];
    let rows: Vec<String> =
        rows.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n:>8}  {what}")).collect();
    if rows.is_empty() { "       0  lines in scope".into() } else { rows.join("\n") }
}

/// Errors for people: lines with the same cause together, the most frequent cause first.
pub fn errors_text(errors: &[LineProblem]) -> String {
    let mut causes: Vec<(&Problem, Vec<&str>)> = Vec::new();
    let mut places: HashMap<(&str, &str), usize> = HashMap::new();
    for e in errors {
        let place = *places.entry((&e.problem.code, &e.problem.message)).or_insert_with(|| {
            causes.push((&e.problem, Vec::new()));
            causes.len() - 1
        });
        causes[place].1.push(&e.line);
    }
    causes.sort_by_key(|(_, lines)| std::cmp::Reverse(lines.len()));
    let mut out = Vec::new();
    for (problem, lines) in causes.iter().take(SHOWN) {
        let count =
            if lines.len() == 1 { "1 line: ".into() } else { format!("{} lines: ", lines.len()) };
        out.push(wrapped(&count, "  ", &format!("{} ({})", problem.message, problem.code)));
        let more = lines.len().saturating_sub(NAMED);
        let mut named = lines.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        if more > 0 {
            named.push_str(&format!(" and {more} more"));
        }
        out.push(wrapped("  lines: ", "    ", &named));
        if !problem.remedy.is_empty() {
            out.push(wrapped("  remedy: ", "    ", &problem.remedy));
        }
    }
    if causes.len() > SHOWN {
        out.push(format!("and {} more causes; --json lists all", causes.len() - SHOWN));
    }
    out.join("\n")
}

/// Words for how a run ended.
pub fn state_word(state: RunState) -> &'static str {
    match state {
        RunState::Running => "not ended",
        RunState::Done => "done",
        RunState::Cancelled => "stopped at a safe point, as asked",
        RunState::Stopped => "stopped by a fault that concerns every line",
    }
}

/// The answer of `sync`, `retry` and `undo`.
pub fn run_answer(command: &str, summary: &SyncSummary) -> Result<Answer, Failure> {
    let answer = Answer::new(command, &run_document(command, summary), run_text(command, summary))?;
    Ok(answer.ending(run_exit(summary)))
}

/// The run as JSON.
pub fn run_document(command: &str, summary: &SyncSummary) -> Value {
    let run = &summary.report.run;
    let mut document = json!({
        "run": run.id.0.to_string(),
        "state": run.state,
        "periods": run.periods,
        "started": run.started,
        "ended": run.ended,
        "counts": run.counts,
        "money": crate::flows::by_currency(&summary.equation),
        "errors": Errors(&summary.report.errors),
        "cancels_waiting": summary.cancels_waiting,
        "audit": summary.audit,
    });
    if command == "undo" {
        document["undoes"] = json!(run.undoes.map(|r| r.0.to_string()));
        document["left"] = summary
            .left
            .iter()
            .map(|l| {
                json!({
                    "what": l.what, "code": l.problem.code,
                    "message": l.problem.message, "remedy": l.problem.remedy,
                    "credit": l.credit,
                })
            })
            .collect();
    }
    document
}

/// Done, or incomplete: lines failed, the run was stopped, something was left, or the equation is
/// open.
pub fn run_exit(summary: &SyncSummary) -> Exit {
    let run = &summary.report.run;
    let incomplete = run.state != RunState::Done
        || run.counts.failed > 0
        || !summary.report.errors.is_empty()
        || summary.left.iter().any(|l| !l.is_credited())
        || summary.equation.iter().any(|r| !r.money.holds());
    if incomplete { Exit::Incomplete } else { Exit::Done }
}

/// The run for people.
pub fn run_text(command: &str, summary: &SyncSummary) -> String {
    let run = &summary.report.run;
    let rows = crate::flows::by_currency(&summary.equation);
    let mut parts = vec![
        format!("Run {}: {}", run.id.0, state_word(run.state)),
        counts_text(&run.counts, false),
    ];
    if !rows.is_empty() {
        parts.push(String::new());
        parts.push(money::rows_text(&rows));
    }
    if !summary.report.errors.is_empty() {
        parts.push(String::new());
        parts.push(errors_text(&summary.report.errors));
    }
    if summary.cancels_waiting > 0 {
        parts.push(format!(
            "\n{} cancels wait for consent: their subscriptions are missing from the load.\n  \
             see them with `addendum plan`, carry them out with `addendum sync --yes`",
            summary.cancels_waiting
        ));
    }
    if !summary.left.is_empty() {
        parts.push(format!("\n{}", left_text(&summary.left)));
    }
    if let Some(head) = &summary.audit {
        parts.push(format!("\naudit journal: {} records, head {}", head.length, head.hash));
    }
    if let Some(next) = next_step(command, summary) {
        parts.push(format!("\n{next}"));
    }
    parts.join("\n")
}

/// What an undo had to leave and the credit for it, then each reason once.
fn left_text(all: &[Left]) -> String {
    let mut table = Table::new(&[
        ("Left", Align::Left),
        ("Why", Align::Left),
        ("Credit", Align::Right),
        ("", Align::Left),
    ]);
    let mut reasons: Vec<(&Problem, usize)> = Vec::new();
    for left in all {
        let (credit, how) = match &left.credit {
            Some(c) => (
                format!("{} {}", crate::domain::money::text(c.amount), c.currency),
                if c.posted { "posted".to_owned() } else { format!("from {}", c.from) },
            ),
            None => ("-".to_owned(), String::new()),
        };
        table.row([fit(&harmless(&left.what), 26), left.problem.code.to_string(), credit, how]);
        match reasons.iter_mut().find(|(p, _)| p.code == left.problem.code) {
            Some((_, more)) => *more += 1,
            None => reasons.push((&left.problem, 0)),
        }
    }
    let mut out = vec![table.text(), String::new()];
    for (problem, more) in reasons {
        let like = if more > 0 { format!(", and {more} more like it") } else { String::new() };
        let head = format!("{}: ", problem.code);
        out.push(wrapped(&head, "  ", &format!("{}{like}", problem.message)));
        if !problem.remedy.is_empty() {
            out.push(wrapped("  remedy: ", "    ", &problem.remedy));
        }
    }
    out.join("\n")
}

fn next_step(command: &str, summary: &SyncSummary) -> Option<String> {
    let run = &summary.report.run;
    Some(if run.state == RunState::Cancelled || run.state == RunState::Stopped {
        "next: `addendum sync` goes on where this run ended; nothing is posted twice".into()
    } else if run.counts.failed > 0 {
        format!("next: correct the causes, then `addendum retry --run {}`", run.id.0)
    } else if command == "undo" {
        let open = |l: &Left| l.credit.as_ref().is_some_and(|c| !c.posted);
        let undone = run.undoes?;
        return summary.left.iter().any(open).then(|| {
            format!("next: `addendum undo {} --credit` posts the credits, each once", undone.0)
        });
    } else {
        "next: `addendum reconcile` reads it back and proves it to the cent".into()
    })
}
