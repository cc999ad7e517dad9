//! `addendum status`: last times, counts and money by status, what blocks.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Global;
use super::audit;
use super::home;
use super::money;
use super::run_text::state_word;
use super::shell::exit::Exit;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output};
use super::shell::table::wrapped;
use crate::domain::approval::Approval;
use crate::domain::journal::{Run, RunKind};
use crate::domain::money::text as amount;
use crate::worker::Profile;
use crate::worker::overview::{Block, Overview, overview};

/// A keyring that does not answer must not hold a prompt.
const PATIENCE: Duration = Duration::from_millis(400);
/// So many runs are shown as text; JSON has more.
const NAMED: usize = 5;

/// Arguments of `status`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// One line, for a prompt
    #[arg(long)]
    pub short: bool,
    /// Exit 4 when something is not set up, 3 when lines failed or the equation does not hold
    #[arg(long)]
    pub check: bool,
}

/// Tells how things stand.
pub async fn run(global: &Global, args: &Args, output: Output) -> Result<Answer, Failure> {
    let profile = home::open(global).await?;
    let keys = keys_found(&profile).await;
    let view = overview(&profile, keys).await?;
    let text = if args.short { short(&profile, &view) } else { long(&profile, &view, output) };
    let exit = if args.check { verdict(&view) } else { Exit::Done };
    Ok(Answer::new("status", &document(&profile, &view, keys), text)?.ending(exit))
}

async fn keys_found(profile: &Profile) -> Option<bool> {
    let profile = profile.clone();
    let look = tokio::task::spawn_blocking(move || profile.credentials());
    match tokio::time::timeout(PATIENCE, look).await {
        Ok(Ok(Ok(found))) => Some(found.keys),
        _ => None,
    }
}

fn verdict(view: &Overview) -> Exit {
    let failed = view.blocks.iter().any(|b| b.code == "failed" || b.code == "unresolved");
    if view.blocks.iter().any(|b| b.set_up) {
        Exit::NotSetUp
    } else if failed || view.money.iter().any(|m| !m.holds()) {
        Exit::Incomplete
    } else {
        Exit::Done
    }
}

fn document(profile: &Profile, view: &Overview, keys: Option<bool>) -> Value {
    let settings = profile.settings();
    json!({
        "profile": profile.name,
        "site": settings.connectwise.site,
        "company_id": settings.connectwise.company_id,
        "agreement_type": settings.policy.agreement_type,
        "keys_found": keys,
        "times": view.times,
        "periods": view.periods,
        "records": view.records,
        "lines": view.lines,
        "mapping_status": view.mapping,
        "psa_status": view.psa,
        "money": view.money.iter().map(|row| {
            let mut value = money::row_document(row);
            value["holds"] = json!(row.holds());
            value
        }).collect::<Vec<_>>(),
        "audit": view.audit.map(|a| json!({
            "length": a.head.length, "head": a.head.hash, "anchor": a.anchor,
        })),
        "approval": match settings.approval {
            Approval::Off => "off",
            Approval::TwoPerson => "two-person",
        },
        "last_run": view.runs.first().map(run_document),
        "runs": view.runs.iter().map(run_document).collect::<Vec<_>>(),
        "blocks": view.blocks.iter().map(block_document).collect::<Vec<_>>(),
    })
}

fn run_document(run: &Run) -> Value {
    json!({
        "run": run.id.0.to_string(),
        "kind": run.kind,
        "undoes": run.undoes.map(|r| r.0.to_string()),
        "state": run.state,
        "started": run.started,
        "ended": run.ended,
        "counts": run.counts,
    })
}

fn block_document(block: &Block) -> Value {
    json!({
        "code": block.code,
        "message": block.message,
        "remedy": block.remedy,
        "lines": block.lines,
        "money": block.money.iter().map(|(currency, sum)| json!({
            "currency": currency, "amount": amount(*sum),
        })).collect::<Vec<_>>(),
    })
}

/// One line for a prompt: `default: 1200 synced, 3 failed, 14 unmapped`.
fn short(profile: &Profile, view: &Overview) -> String {
    if let Some(block) = view.blocks.iter().find(|b| b.set_up) {
        return format!("{}: {}", profile.name, crate::domain::text::harmless(&block.message));
    }
    let count =
        |map: &std::collections::BTreeMap<&str, u64>, key| map.get(key).copied().unwrap_or(0);
    let mut parts = vec![format!("{} synced", count(&view.psa, "Synced"))];
    for (n, word) in [
        (count(&view.psa, "Not Synced"), "not synced"),
        (count(&view.psa, "Error"), "failed"),
        (count(&view.psa, "Posting"), "unresolved"),
        (count(&view.mapping, "Unmapped"), "unmapped"),
    ] {
        if n > 0 {
            parts.push(format!("{n} {word}"));
        }
    }
    if view.money.iter().any(|m| !m.holds()) {
        parts.push("the equation does not hold".into());
    }
    format!("{}: {}", profile.name, parts.join(", "))
}

fn long(profile: &Profile, view: &Overview, output: Output) -> String {
    let settings = profile.settings();
    let named = |s: &str| {
        if s.trim().is_empty() { "not set".to_owned() } else { crate::domain::text::harmless(s) }
    };
    let agreement_type = settings.policy.agreement_type.as_deref().unwrap_or_default();
    let mut out = vec![
        format!("Profile         {}", profile.name),
        format!(
            "ConnectWise     {} at {}",
            named(&settings.connectwise.company_id),
            named(&settings.connectwise.site)
        ),
        format!("Agreement type  {}", named(agreement_type)),
        String::new(),
        output.bold("Last"),
        moment("companies", view.times.companies, Some(view.records.companies)),
        moment("products", view.times.products, Some(view.records.products)),
        moment("agreements", view.times.agreements, Some(view.records.agreements)),
        moment("load", view.times.load, Some(view.lines)),
        moment("sync to PSA", view.times.sync, None),
    ];
    if !view.runs.is_empty() {
        out.push(String::new());
        out.push(output.bold("Runs"));
        out.extend(view.runs.iter().take(NAMED).map(run_line));
    }
    if view.lines > 0 {
        let periods: Vec<String> = view.periods.iter().take(6).map(ToString::to_string).collect();
        out.push(String::new());
        out.push(format!("{} {}", output.bold("Periods"), periods.join(", ")));
        out.push(counts("Mapping Status", &view.mapping));
        out.push(counts("Status in PSA ", &view.psa));
        out.push(String::new());
        out.push(money::rows_text(&view.money));
    }
    if let Some(state) = view.audit.filter(|a| a.head.length > 0) {
        out.push(wrapped("\nAudit journal   ", "                ", &audit::standing(&state)));
    }
    if view.blocks.is_empty() {
        out.push("\nNothing blocks.".into());
    } else {
        out.push(format!("\n{}", output.bold("What blocks")));
        for block in &view.blocks {
            out.push(block_text(block));
        }
    }
    out.join("\n")
}

/// Its number, as `retry --run` and `undo` take it, and what became of it.
fn run_line(run: &Run) -> String {
    let kind = match (run.kind, run.undoes) {
        (RunKind::Undo, Some(undone)) => format!("undo of run {}", undone.0),
        (RunKind::Undo, None) => "undo".to_owned(),
        (RunKind::Sync, _) => "sync".to_owned(),
        (RunKind::Retry, _) => "retry".to_owned(),
        (RunKind::Restore, _) => "restore".to_owned(),
    };
    let c = &run.counts;
    let counted = [
        (c.create, "created"),
        (c.update, "updated"),
        (c.cancel, "cancelled"),
        (c.failed, "failed"),
    ];
    let counted: Vec<String> =
        counted.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    let counted =
        if counted.is_empty() { String::new() } else { format!(": {}", counted.join(", ")) };
    let head = format!("  run {:<4}  {:.0}  ", run.id.0, run.started);
    wrapped(&head, "      ", &format!("{kind}, {}{counted}", state_word(run.state)))
}

fn moment(what: &str, at: Option<Timestamp>, held: Option<u64>) -> String {
    let at = at.map_or("never".to_owned(), |at| format!("{at:.0}"));
    let held = held.map_or(String::new(), |n| format!("{n:>10} held"));
    format!("  {what:<12}  {at:<20}{held}").trim_end().to_owned()
}

fn counts(title: &str, map: &std::collections::BTreeMap<&'static str, u64>) -> String {
    let parts: Vec<String> =
        map.iter().filter(|(_, n)| **n > 0).map(|(word, n)| format!("{word} {n}")).collect();
    format!("{title}  {}", if parts.is_empty() { "-".into() } else { parts.join(", ") })
}

fn block_text(block: &Block) -> String {
    let mut text = block.message.clone();
    if block.lines > 0 {
        let money: Vec<String> =
            block.money.iter().map(|(c, sum)| format!("{} {c}", amount(*sum))).collect();
        text.push_str(&format!(": {} lines, {}", block.lines, money.join(", ")));
    }
    format!("{}\n{}", wrapped("  ", "    ", &text), wrapped("    -> ", "       ", &block.remedy))
}
