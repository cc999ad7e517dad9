//! `addendum audit`: the journal of who did what, checked and exported.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::json;

use super::Global;
use super::home;
use super::logs::since;
use super::shell::ask;
use super::shell::exit::Exit;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output};
use super::shell::table::wrapped;
use crate::domain::audit::{Anchoring, AuditReport, kept_head};
use crate::domain::text::harmless;
use crate::store::{AuditState, Store};
use crate::sync::fault;
use crate::worker::audit_file;

/// Faults that are shown as text; JSON has more.
const SHOWN: usize = 20;

/// What is done with it.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Args {
    /// Check that nothing was changed, removed or cut off; exit 3 when something was
    Verify(Verify),
    /// Write the records as JSON Lines
    Export(Export),
    /// Vouch for the journal after a restored backup or a move, when the note beside the store
    /// no longer fits
    Accept(Accept),
}

/// Arguments of `audit verify`.
#[derive(Debug, Clone, clap::Args)]
pub struct Verify {
    /// A head that you kept elsewhere: some record must have it
    #[arg(long, value_name = "HASH", value_parser = |text: &str| kept_head(text).map_err(|p| p.message))]
    pub head: Option<String>,
}

/// Arguments of `audit export`.
#[derive(Debug, Clone, clap::Args)]
pub struct Export {
    /// Not older: a day (2026-11-21), a time (2026-11-21T08:00:00Z) or how long ago (2h, 7d)
    #[arg(long, value_name = "D", value_parser = since)]
    pub since: Option<Timestamp>,
    /// Write them to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Arguments of `audit accept`.
#[derive(Debug, Clone, clap::Args)]
pub struct Accept {
    /// Ask nothing
    #[arg(short, long)]
    pub yes: bool,
}

/// Runs one of them.
pub async fn run(global: &Global, args: &Args, output: Output) -> Result<Answer, Failure> {
    let store = home::open(global).await?.store;
    match args {
        Args::Verify(args) => verify(&store, args).await,
        Args::Export(args) => export(&store, args, output).await,
        Args::Accept(args) => accept(&store, args, output).await,
    }
}

async fn verify(store: &Store, args: &Verify) -> Result<Answer, Failure> {
    let report = store.check_audit(args.head.clone()).await.map_err(fault)?;
    let exit = if report.is_whole() { Exit::Done } else { Exit::Incomplete };
    let document = json!({
        "whole": report.is_whole(),
        "length": report.head.length,
        "head": report.head.hash,
        "anchor": report.anchor,
        "kept_head": args.head,
        "entries": report.entries,
        "faults": report.faults,
        "more": report.more,
    });
    Ok(Answer::new("audit", &document, text(&report, args.head.is_some()))?.ending(exit))
}

/// The check for people.
pub fn text(report: &AuditReport, kept: bool) -> String {
    let head = &report.head;
    if report.is_whole() {
        let noted = match &report.anchor {
            Some(note) if note.length == head.length => "and so says the note beside the store",
            Some(_) | None => "which is not behind the note beside the store",
        };
        let elsewhere = if kept { "; the head that you kept is in it" } else { "" };
        return format!(
            "The audit journal is whole: {} records, {noted}{elsewhere}.\n\
             {} writes of the executor's journal are what the records say.\n\
             head: {}\n\
             Keep the head elsewhere; `addendum audit verify --head HASH` then also sees a journal \
             that was made anew.",
            head.length, report.entries, head.hash
        );
    }
    let mut out = vec![format!(
        "The audit journal is NOT whole: {} faults in {} records.",
        report.faults.len() as u64 + report.more,
        head.length
    )];
    for f in report.faults.iter().take(SHOWN) {
        out.push(wrapped("  ", "    ", &format!("{} ({})", harmless(&f.message), f.code)));
    }
    let more = report.faults.len().saturating_sub(SHOWN) as u64 + report.more;
    if more > 0 {
        out.push(format!("  and {more} more; --json lists the first {}", AuditReport::SHOWN));
    }
    out.push(
        "Copy the data folder away before anything else, and find out who had access to it. After \
         a restored backup or a move to another machine a note that does not fit is to be \
         expected: `addendum audit accept` puts that on record."
            .into(),
    );
    out.join("\n")
}

async fn accept(store: &Store, args: &Accept, output: Output) -> Result<Answer, Failure> {
    if !args.yes && !output.json && ask::can_ask() {
        let question = "Vouch with your name that the audit journal is complete as it is (a \
                        restored backup, a move to another machine)?";
        if !ask::yes(question)? {
            return Err(super::sync::declined());
        }
    }
    store.accept_audit().await.map_err(fault)?;
    let AuditState { head, .. } = store.audit_state().await.map_err(fault)?;
    let document = json!({ "accepted": true, "length": head.length, "head": head.hash });
    let text = format!(
        "On record: {} vouches for the journal as it is.\nhead: {}",
        harmless(crate::worker::who()),
        head.hash
    );
    Answer::new("audit", &document, text)
}

async fn export(store: &Store, args: &Export, output: Output) -> Result<Answer, Failure> {
    let since = args.since.map(Timestamp::as_microsecond);
    if let Some(file) = &args.out {
        return to_file(store, since, file).await;
    }
    if output.json {
        let mut records = Vec::new();
        audit_file::pages(store, since, |record| {
            records.push(record);
            Ok(())
        })
        .await?;
        let AuditState { head, .. } = store.audit_state().await.map_err(fault)?;
        let document = json!({ "length": head.length, "head": head.hash, "records": records });
        return Answer::new("audit", &document, String::new());
    }
    audit_file::pages(store, since, |record| {
        output.json_line(&record);
        Ok(())
    })
    .await?;
    Ok(Answer::said())
}

/// Writes a file of its own rights beside, and gives it the name when it is complete.
async fn to_file(store: &Store, since: Option<i64>, file: &Path) -> Result<Answer, Failure> {
    let (count, head) = audit_file::write(store, since, file).await?;
    let document = json!({
        "file": file.display().to_string(), "records": count,
        "length": head.length, "head": head.hash,
    });
    let text = format!("{count} records written to {}\nhead: {}", file.display(), head.hash);
    Answer::new("audit", &document, text)
}

/// One line on how the journal stands, for `status`.
pub fn standing(state: &AuditState) -> String {
    let how = match state.anchor {
        Anchoring::Fits => "",
        Anchoring::Missing => "; the note beside the store is gone",
        Anchoring::Unreadable => "; the note beside the store cannot be read",
        Anchoring::Differs => "; it does NOT continue what was noted: `addendum audit verify`",
    };
    format!("{} records, head {}{how}", state.head.length, state.head.hash)
}
