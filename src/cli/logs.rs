//! `addendum logs`: the System Logs, kept 30 days.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Global;
use super::home;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output};
use super::shell::signals;
use super::shell::table::wrapped;
use crate::domain::log::{LogEntry, LogLevel};
use crate::store::LogQuery;
use crate::sync::fault;

/// How often `--follow` looks for new entries.
const LOOK: Duration = Duration::from_millis(400);

/// Arguments of `logs`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// This level and worse
    #[arg(long, value_enum, ignore_case = true)]
    pub level: Option<Level>,
    /// Not older: a day (2026-11-21), a time (2026-11-21T08:00:00Z) or how long ago (2h, 7d)
    #[arg(long, value_name = "D", value_parser = since)]
    pub since: Option<Timestamp>,
    /// Only entries with this text
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
    /// At most so many, the newest
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub limit: usize,
    /// Go on printing new entries until stopped; with --json one document a line
    #[arg(short, long)]
    pub follow: bool,
}

/// The levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Level {
    /// Something was done
    Info,
    /// Something was left out
    Warning,
    /// Something failed
    Error,
}

impl From<Level> for LogLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Info => Self::Info,
            Level::Warning => Self::Warning,
            Level::Error => Self::Error,
        }
    }
}

/// Prints the log, the oldest of the chosen entries first.
pub async fn run(global: &Global, args: &Args, output: Output) -> Result<Answer, Failure> {
    let store = home::open(global).await?.store;
    let query = LogQuery {
        level: args.level.map(LogLevel::from),
        since: args.since,
        after: None,
        search: args.search.clone(),
        limit: args.limit,
    };
    let mut entries = store.logs(query.clone()).await.map_err(fault)?;
    entries.reverse();
    if !args.follow {
        let text = if entries.is_empty() {
            "no entries".to_owned()
        } else {
            entries.iter().map(text).collect::<Vec<_>>().join("\n")
        };
        let entries: Vec<Value> = entries.iter().map(document).collect();
        return Answer::new("logs", &json!({ "entries": entries }), text);
    }
    let stop = signals::token(Output { quiet: true, ..output });
    let mut after = entries.last().map_or(0, |e| e.id);
    show(&entries, output);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(LOOK) => {}
        }
        // More than a page may have come since the last look.
        let query = LogQuery { after: Some(after), limit: usize::MAX >> 1, ..query.clone() };
        let mut newer = store.logs(query).await.map_err(fault)?;
        newer.reverse();
        after = newer.last().map_or(after, |e| e.id.max(after));
        show(&newer, output);
    }
    Ok(Answer::said())
}

fn show(entries: &[LogEntry], output: Output) {
    for entry in entries {
        if output.json {
            output.json_line(&document(entry));
        } else {
            output.line(&text(entry));
        }
    }
}

fn document(entry: &LogEntry) -> Value {
    json!({
        "id": entry.id.to_string(),
        "at": entry.at,
        "level": entry.level,
        "title": entry.title,
        "details": entry.details,
        "run": entry.run.map(|r| r.to_string()),
        "line": entry.line,
    })
}

fn text(entry: &LogEntry) -> String {
    let line = entry.line.as_ref().map(|l| format!(" [line {l}]")).unwrap_or_default();
    let head = format!("{:.0}  {:<7}  ", entry.at, entry.level);
    let mut out = wrapped(&head, "      ", &format!("{}{line}", entry.title));
    for line in entry.details.lines().filter(|l| !l.trim().is_empty()) {
        out.push('\n');
        out.push_str(&wrapped("    ", "      ", line));
    }
    out
}

/// A day, a time, or how long ago from now.
pub(super) fn since(text: &str) -> Result<Timestamp, String> {
    crate::domain::since::since(text, Timestamp::now())
}
