//! What the System Logs say about a run.

use super::super::syslog::{details, entry, info, of_run, warning};
use crate::domain::journal::{Run, RunId, RunKind, RunState};
use crate::domain::log::{LogEntry, LogLevel};
use crate::domain::plan::{LineProblem, Plan};
use crate::sync::{Left, RunReport};

/// Skipped lines that are logged one by one; the rest is counted.
pub(super) const NAMED: usize = 200;
/// Failed lines that are logged one by one; the rest is counted.
const FAILED_NAMED: usize = 5_000;

/// "Sync started".
pub(super) fn started(kind: RunKind, plan: &Plan) -> LogEntry {
    let mut e = info(format!("{} started", word(kind)));
    let periods: Vec<String> = plan.periods.iter().map(ToString::to_string).collect();
    e.details = format!(
        "periods: {}; {} to create, {} to update, {} to cancel",
        if periods.is_empty() { "all".to_owned() } else { periods.join(", ") },
        plan.counts.create,
        plan.counts.update,
        plan.counts.cancel
    );
    e
}

/// WARNING for what the plan left out: each unmapped line up to a bound, and how many more.
pub(super) fn skipped(total: u64, named: Vec<(String, String)>) -> Vec<LogEntry> {
    let more = total.saturating_sub(named.len() as u64);
    let mut entries: Vec<LogEntry> = named
        .into_iter()
        .map(|(line, what)| {
            let mut e = warning(format!("Line {line} was skipped: {what}"));
            e.details = "remedy: map it with `addendum map set` or on the Mapping tab".to_owned();
            e.line = Some(line);
            e
        })
        .collect();
    if more > 0 {
        let mut e = warning(format!("{more} more lines were skipped as unmapped"));
        e.details = "remedy: `addendum map list --unmapped` names what is missing".to_owned();
        entries.push(e);
    }
    entries
}

fn word(kind: RunKind) -> &'static str {
    match kind {
        RunKind::Sync => "Sync",
        RunKind::Retry => "Retry",
        RunKind::Undo => "Undo",
        RunKind::Restore => "Restore",
    }
}

/// "Sync completed" with its counts, and an ERROR for every line that failed.
pub(super) fn completed(report: &RunReport) -> Vec<LogEntry> {
    let mut entries = failed_lines(&report.run, &report.errors, &report.answers);
    entries.push(of_run(summary(&report.run), report.run.id));
    entries
}

fn summary(run: &Run) -> LogEntry {
    let c = &run.counts;
    let ended = match run.state {
        RunState::Done => "completed",
        RunState::Cancelled => "cancelled at a safe point",
        RunState::Stopped => "stopped",
        RunState::Running => "interrupted",
    };
    let mut e = info(format!("{} {ended}", word(run.kind)));
    e.details = format!(
        "run {}: {} created, {} updated, {} cancelled, {} agreements created, {} unchanged, \
         {} unmapped, {} excluded, {} waiting, {} failed",
        run.id.0,
        c.create,
        c.update,
        c.cancel,
        c.create_agreement,
        c.unchanged,
        c.skipped_unmapped,
        c.skipped_excluded,
        c.waiting,
        c.failed
    );
    e
}

fn failed_lines(
    run: &Run,
    errors: &[LineProblem],
    answers: &[(crate::domain::line::Text, String)],
) -> Vec<LogEntry> {
    let raw: std::collections::HashMap<&str, &str> =
        answers.iter().map(|(line, raw)| (&**line, raw.as_str())).collect();
    let mut entries: Vec<LogEntry> = errors
        .iter()
        .take(FAILED_NAMED)
        .map(|failed| {
            let mut e = entry(LogLevel::Error, failed.problem.message.clone());
            e.details = details(&failed.problem);
            if let Some(raw) = raw.get(&*failed.line) {
                e.details.push_str("\nanswer: ");
                e.details.push_str(raw);
            }
            e.line = Some(failed.line.to_string());
            of_run(e, run.id)
        })
        .collect();
    if errors.len() > FAILED_NAMED {
        let more = errors.len() - FAILED_NAMED;
        entries.push(of_run(entry(LogLevel::Error, format!("{more} more lines failed")), run.id));
    }
    entries
}

/// What an undo did and what it left.
pub(super) fn undone(run: RunId, report: &RunReport, left: &[Left]) -> Vec<LogEntry> {
    let mut entries: Vec<LogEntry> = left
        .iter()
        .map(|l| {
            let mut e = warning(format!("Undo of run {} left {}", run.0, l.what));
            e.details = format!("{}\n{}", l.problem.message, details(&l.problem));
            if let Some(c) = &l.credit {
                let posted = if c.posted { "posted" } else { "not posted" };
                let amount = crate::domain::money::text(c.amount);
                e.details.push_str(&format!(
                    "\ncredit: {amount} {} from {}, {posted}",
                    c.currency, c.from
                ));
            }
            of_run(e, report.run.id)
        })
        .collect();
    entries.push(of_run(summary(&report.run), report.run.id));
    entries
}
