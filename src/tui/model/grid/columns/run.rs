//! Columns of the past runs.

use super::super::column::{Cell, Spec, Tone, Value};
use crate::domain::journal::{Run, RunKind, RunState};
use crate::tui::model::record::Record;

fn cell(record: &Record, of: impl Fn(&Run) -> Cell) -> Cell {
    match record {
        Record::Run(row) => of(row),
        _ => Cell::empty(),
    }
}

fn count(record: &Record, of: impl Fn(&Run) -> u64) -> Cell {
    cell(record, |r| Cell::plain(Value::Count(of(r))))
}

/// The word for what a run is.
pub fn kind_word(kind: RunKind) -> &'static str {
    match kind {
        RunKind::Sync => "sync",
        RunKind::Retry => "retry",
        RunKind::Undo => "undo",
        RunKind::Restore => "restore",
    }
}

fn state(state: RunState) -> Cell {
    match state {
        RunState::Running => Cell::toned(Value::Word("running"), Tone::Warn),
        RunState::Done => Cell::toned(Value::Word("done"), Tone::Good),
        RunState::Cancelled => Cell::toned(Value::Word("cancelled"), Tone::Warn),
        RunState::Stopped => Cell::toned(Value::Word("stopped"), Tone::Bad),
    }
}

/// The columns.
pub static COLUMNS: &[Spec] = &[
    Spec::new("run", "Run", 5, |r| {
        cell(r, |run| Cell::plain(Value::Count(run.id.0.unsigned_abs())))
    })
    .right(),
    Spec::new("kind", "Kind", 6, |r| cell(r, |run| Cell::plain(Value::Word(kind_word(run.kind))))),
    Spec::new("state", "State", 9, |r| cell(r, |run| state(run.state))).also(&["status"]),
    Spec::new("started", "Started (UTC)", 16, |r| {
        cell(r, |run| Cell::plain(Value::text(run.started.strftime("%Y-%m-%d %H:%M").to_string())))
    }),
    Spec::new("create", "Create", 7, |r| count(r, |run| run.counts.create)).right(),
    Spec::new("update", "Update", 7, |r| count(r, |run| run.counts.update)).right(),
    Spec::new("cancel", "Cancel", 7, |r| count(r, |run| run.counts.cancel)).right(),
    Spec::new("failed", "Failed", 7, |r| {
        cell(r, |run| {
            let n = run.counts.failed;
            Cell::toned(Value::Count(n), if n > 0 { Tone::Bad } else { Tone::Plain })
        })
    })
    .right(),
    Spec::new("periods", "Periods", 16, |r| {
        cell(r, |run| {
            let all: Vec<String> = run.periods.iter().map(ToString::to_string).collect();
            Cell::plain(Value::text(all.join(" ")))
        })
    }),
    Spec::new("undoes", "Undoes", 6, |r| {
        cell(r, |run| {
            Cell::plain(run.undoes.map_or(Value::Empty, |u| Value::Count(u.0.unsigned_abs())))
        })
    })
    .right(),
    Spec::new("ended", "Ended (UTC)", 16, |r| {
        cell(r, |run| {
            Cell::plain(
                run.ended.map_or(Value::Empty, |t| {
                    Value::text(t.strftime("%Y-%m-%d %H:%M").to_string())
                }),
            )
        })
    }),
];
