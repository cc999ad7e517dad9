//! `addendum logs`: the System Logs, kept 30 days.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
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

/// A day, a time, or how long ago.
pub(super) fn since(text: &str) -> Result<Timestamp, String> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    if let Ok(day) = text.parse::<jiff::civil::Date>() {
        return day.to_zoned(TimeZone::UTC).map(|z| z.timestamp()).map_err(|e| e.to_string());
    }
    let ago = text.parse::<jiff::Span>().map_err(|_| {
        "this is no day (2026-11-21), time (2026-11-21T08:00:00Z) or duration (2h, 7d)".to_owned()
    })?;
    let now: Zoned = Timestamp::now().to_zoned(TimeZone::UTC);
    let span = if ago.is_negative() { ago.negate() } else { ago };
    now.checked_sub(span).map(|z| z.timestamp()).map_err(|_| "this is too long ago".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_takes_days_times_and_durations_and_nothing_else() {
        assert_eq!(since("2026-11-21").expect("a day").to_string(), "2026-11-21T00:00:00Z");
        assert_eq!(
            since("2026-11-21T08:00:00Z").expect("a time").to_string(),
            "2026-11-21T08:00:00Z"
        );
        for ago in ["2h", "7d", "1 month", "90 minutes"] {
            assert!(since(ago).expect(ago) < Timestamp::now(), "{ago}");
        }
        for bad in ["", "yesterday", "2026-13-01", "99999999999999999999d", "30000y"] {
            assert!(since(bad).is_err(), "{bad}");
        }
    }
}
