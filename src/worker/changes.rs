//! What people change with commands and keys (mappings, choices of lines, settings, credentials), as the
//! System Logs tell it: who, what, old and new. Never a secret.

use std::collections::HashMap;

use serde_json::json;

use crate::config::Paths;
use crate::domain::audit::AuditKind;
use crate::domain::edit::Edit;
use crate::domain::line::{DateBadge, LineDates, LineId, Text};
use crate::domain::log::LogEntry;
use crate::domain::text::harmless;
use crate::store::{Store, StoreError};

use super::person::who;
use super::syslog;

/// So many edits of one command are logged one by one; the rest is counted.
const NAMED: usize = 200;

/// Something that was changed, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What.
    pub what: String,
    /// As it was.
    pub old: String,
    /// As it is.
    pub new: String,
}

/// The name of the terminal app where others have a command.
pub const TERMINAL_APP: &str = "";

/// Makes edits and logs each one that changes something. `command` says how they were asked for.
/// Gives the inverses, as [`Store::edit`] does.
///
/// # Errors
/// Those of [`Store::edit`]: nothing is made then.
pub async fn edit(store: &Store, command: &str, edits: Vec<Edit>) -> Result<Vec<Edit>, StoreError> {
    let inverses = store.edit(edits.clone()).await?;
    let made: Vec<(Edit, Edit)> = edits
        .into_iter()
        .zip(inverses.iter().rev().cloned())
        .filter(|(new, old)| differ(new, old))
        .collect();
    // Made is made: without names, numbers will do.
    let named = &made[..made.len().min(NAMED)];
    let names = Names::of(store, named).await.unwrap_or_default();
    let mut entries: Vec<LogEntry> = named
        .iter()
        .map(|(new, old)| {
            let (change, line) = names.change(new, old);
            let mut entry = entry(command, &change);
            entry.line = line;
            entry
        })
        .collect();
    if made.len() > NAMED {
        let mut entry = syslog::info(format!("Changed: {} more", made.len() - NAMED));
        entry.details = format!("by: {}", hand(command));
        entries.push(entry);
    }
    keep(store, entries).await;
    Ok(inverses)
}

/// Logs changes of settings and credentials. They are made by then, so that a log that cannot be
/// written is told to the program log alone.
pub async fn record(paths: &Paths, command: &str, changes: &[Change]) {
    if changes.is_empty() {
        return;
    }
    match Store::open(&paths.store).await {
        Ok(store) => {
            store.acting_as(who());
            record_in(&store, command, changes).await;
        }
        Err(e) => tracing::error!(error = %e, "the System Logs could not be opened"),
    }
}

/// The same in a store that is open.
pub async fn record_in(store: &Store, command: &str, changes: &[Change]) {
    if changes.is_empty() {
        return;
    }
    let told: Vec<_> = changes
        .iter()
        .map(|c| json!({ "what": c.what, "old": c.old, "new": c.new, "by": hand(command) }))
        .collect();
    if let Err(e) = store.witness(AuditKind::Changed, json!({ "changes": told })).await {
        tracing::error!(error = %e, "the audit journal could not be written");
    }
    keep(store, changes.iter().map(|c| entry(command, c)).collect()).await;
}

async fn keep(store: &Store, entries: Vec<LogEntry>) {
    if entries.is_empty() {
        return;
    }
    if let Err(e) = syslog::keep(store, entries).await {
        tracing::error!(error = %e, "the System Logs could not be written");
    }
}

fn entry(command: &str, change: &Change) -> LogEntry {
    let mut entry = syslog::info(format!("Changed: {}", change.what));
    entry.details = format!("by: {}\nold: {}\nnew: {}", hand(command), change.old, change.new);
    entry
}

/// Who changed it, and with what.
pub(super) fn hand(command: &str) -> String {
    match command {
        TERMINAL_APP => format!("{} in the terminal app", who()),
        command => format!("{} with `addendum {command}`", who()),
    }
}

/// Typed dates come back as all of a line's dates.
fn differ(new: &Edit, old: &Edit) -> bool {
    match (new, old) {
        (Edit::LineStart { start, .. }, Edit::LineDates { dates, .. }) => {
            (dates.start, dates.start_badge) != (Some(*start), DateBadge::UserUpdated)
        }
        (Edit::LineEnd { end, .. }, Edit::LineDates { dates, .. }) => {
            (dates.end, dates.end_badge) != (*end, DateBadge::UserUpdated)
        }
        _ => new != old,
    }
}

/// What things are called.
#[derive(Default)]
struct Names {
    organizations: HashMap<(Text, Text), Text>,
    offers: HashMap<(Text, Text), Text>,
    companies: HashMap<i64, String>,
    products: HashMap<i64, String>,
    agreements: HashMap<i64, String>,
    lines: HashMap<LineId, Text>,
}

impl Names {
    /// Those that the edits need.
    async fn of(store: &Store, made: &[(Edit, Edit)]) -> Result<Self, StoreError> {
        let mut names = Self::default();
        let any = |f: fn(&Edit) -> bool| made.iter().any(|(edit, _)| f(edit));
        if any(|e| {
            matches!(e, Edit::Companies { .. } | Edit::Excluded { .. } | Edit::RejectCompany { .. })
        }) {
            let all = store.organizations().await?;
            names.organizations = all.into_iter().map(|o| ((o.source, o.id), o.name)).collect();
        }
        if any(|e| matches!(e, Edit::Product { .. } | Edit::RejectProduct { .. })) {
            let all = store.offers().await?;
            names.offers = all.into_iter().map(|o| ((o.source, o.id), o.name)).collect();
        }
        if any(|e| {
            matches!(
                e,
                Edit::Companies { .. }
                    | Edit::LineCompany { .. }
                    | Edit::Contract { .. }
                    | Edit::RejectCompany { .. }
            )
        }) {
            names.companies =
                store.companies().await?.into_iter().map(|c| (c.id, c.name)).collect();
        }
        if any(|e| {
            matches!(
                e,
                Edit::Product { .. } | Edit::LineProduct { .. } | Edit::RejectProduct { .. }
            )
        }) {
            names.products =
                store.products().await?.into_iter().map(|p| (p.id, p.description)).collect();
        }
        if any(|e| matches!(e, Edit::Contract { .. } | Edit::LineAgreement { .. })) {
            names.agreements =
                store.agreements().await?.into_iter().map(|a| (a.id, a.name)).collect();
        }
        let ids: Vec<LineId> = made.iter().filter_map(|(edit, _)| line_of(edit)).collect();
        if !ids.is_empty() {
            names.lines =
                store.lines(ids).await?.into_iter().map(|l| (l.id, l.key.clone())).collect();
        }
        Ok(names)
    }

    /// The change in words, and the line that it is about.
    fn change(&self, new: &Edit, old: &Edit) -> (Change, Option<String>) {
        let line = line_of(new).and_then(|id| self.lines.get(&id));
        let what = self.what(new, line.map_or("", |key| &**key));
        let change = Change { what, old: self.value(old, new), new: self.value(new, new) };
        (change, line.map(ToString::to_string))
    }

    fn what(&self, edit: &Edit, line: &str) -> String {
        let known = |of: &HashMap<(Text, Text), Text>, source: &Text, id: &Text| {
            let name = of.get(&(source.clone(), id.clone())).map_or("", |n| &**n);
            harmless(&if name.is_empty() || name == &**id {
                id.to_string()
            } else {
                format!("{id} \u{201c}{name}\u{201d}")
            })
        };
        let line = harmless(line);
        match edit {
            Edit::Companies { source, organization, .. } => {
                format!("companies of {}", known(&self.organizations, source, organization))
            }
            Edit::Excluded { source, organization, .. } => {
                let of = known(&self.organizations, source, organization);
                format!("whether {of} is excluded from sync")
            }
            Edit::Product { source, offer, .. } => {
                format!("product of {}", known(&self.offers, source, offer))
            }
            Edit::RejectCompany { source, organization, company, .. } => format!(
                "whether {} is suggested for {}",
                told(&self.companies, *company),
                known(&self.organizations, source, organization)
            ),
            Edit::RejectProduct { source, offer, product, .. } => format!(
                "whether {} is suggested for {}",
                told(&self.products, *product),
                known(&self.offers, source, offer)
            ),
            Edit::Contract { contract, company, .. } => format!(
                "agreement of contract {} for {}",
                harmless(contract),
                told(&self.companies, *company)
            ),
            Edit::LineCompany { .. } => format!("company of line {line}"),
            Edit::LineProduct { .. } => format!("product of line {line}"),
            Edit::LineAgreement { .. } => format!("agreement of line {line}"),
            Edit::LinePostOnce { .. } => format!("whether line {line} is posted once"),
            Edit::LineStart { .. } => format!("start of line {line}"),
            Edit::LineEnd { .. } => format!("end of line {line}"),
            Edit::LineDates { .. } => format!("dates of line {line}"),
        }
    }

    /// What an edit sets; `asked` tells which of a line's dates is meant.
    fn value(&self, edit: &Edit, asked: &Edit) -> String {
        let one = |of, id: &Option<i64>| id.map_or_else(|| "none".to_owned(), |id| told(of, id));
        let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
        match edit {
            Edit::Companies { companies, .. } if companies.is_empty() => "none".to_owned(),
            Edit::Companies { companies, .. } => {
                let all: Vec<String> =
                    companies.iter().map(|id| told(&self.companies, *id)).collect();
                all.join(", ")
            }
            Edit::Excluded { excluded, .. } => yes(*excluded),
            Edit::RejectCompany { rejected, .. } | Edit::RejectProduct { rejected, .. } => {
                yes(!*rejected)
            }
            Edit::Product { product, .. } => one(&self.products, product),
            Edit::LineProduct { product, .. } => by_rule(one(&self.products, product)),
            Edit::Contract { agreement, .. } => one(&self.agreements, agreement),
            Edit::LineAgreement { agreement, .. } => by_rule(one(&self.agreements, agreement)),
            Edit::LineCompany { company, .. } => by_rule(one(&self.companies, company)),
            Edit::LinePostOnce { post_once, .. } => yes(*post_once),
            Edit::LineStart { start, .. } => start.to_string(),
            Edit::LineEnd { end, .. } => end.map_or_else(|| "open".to_owned(), |d| d.to_string()),
            Edit::LineDates { dates, .. } => match asked {
                Edit::LineStart { .. } => start_of(dates),
                Edit::LineEnd { .. } => end_of(dates),
                _ => format!("{} to {}", start_of(dates), end_of(dates)),
            },
        }
    }
}

fn told(of: &HashMap<i64, String>, id: i64) -> String {
    match of.get(&id) {
        Some(name) => format!("{id} \u{201c}{}\u{201d}", harmless(name)),
        None => id.to_string(),
    }
}

fn by_rule(value: String) -> String {
    if value == "none" { "by mapping or rule".to_owned() } else { value }
}

fn start_of(dates: &LineDates) -> String {
    dates.start.map_or_else(|| "by rule".to_owned(), |d| d.to_string())
}

fn end_of(dates: &LineDates) -> String {
    match (dates.end, dates.end_badge) {
        (Some(end), _) => end.to_string(),
        (None, DateBadge::None) => "by rule".to_owned(),
        (None, _) => "open".to_owned(),
    }
}

fn line_of(edit: &Edit) -> Option<LineId> {
    match edit {
        Edit::LineCompany { line, .. }
        | Edit::LineProduct { line, .. }
        | Edit::LineAgreement { line, .. }
        | Edit::LinePostOnce { line, .. }
        | Edit::LineStart { line, .. }
        | Edit::LineEnd { line, .. }
        | Edit::LineDates { line, .. } => Some(*line),
        Edit::Companies { .. }
        | Edit::Excluded { .. }
        | Edit::Product { .. }
        | Edit::RejectCompany { .. }
        | Edit::RejectProduct { .. }
        | Edit::Contract { .. } => None,
    }
}
