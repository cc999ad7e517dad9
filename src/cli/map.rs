//! `addendum map`: mappings.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::Global;
use super::home;
use super::jobs::{perform, unexpected};
use super::map_set::{self, SetArgs};
use super::shell::ask;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output};
use super::shell::table::{Align, Table, fit};
use crate::domain::mapping::MappingKind;
use crate::domain::money::text as amount;
use crate::domain::text::harmless;
use crate::store::Store;
use crate::sync::fault;
use crate::worker::job::{Job, JobError, Outcome};
use crate::worker::mapping_file::{self, ImportError, MappingChange, Prepared};
use crate::worker::mapping_view::{MappingItem, MappingState, mappings};

/// So many rows are shown as text; JSON has all.
const SHOWN: usize = 50;

/// What to do.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Args {
    /// Accept what matching is sure of
    Auto,
    /// Take mappings from a CSV file: kind,platform_id,platform_name,psa_id,psa_name,excluded
    Import {
        /// The file
        file: PathBuf,
        /// Show what would change, and change nothing
        #[arg(long)]
        dry_run: bool,
        /// Ask nothing
        #[arg(short, long)]
        yes: bool,
    },
    /// Write all mappings to a CSV file
    Export {
        /// The file
        file: PathBuf,
    },
    /// Show mappings, those with most money at stake first
    List {
        /// Only what keeps lines from being posted
        #[arg(long)]
        unmapped: bool,
        /// Only these
        #[arg(long, value_enum)]
        kind: Option<Kind>,
    },
    /// Set one mapping, or the choices of one line
    #[command(subcommand)]
    Set(SetArgs),
}

/// The kinds of design 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Organization to company
    Organization,
    /// Offer to catalog item
    Offer,
    /// Contract to agreement
    Contract,
}

impl From<Kind> for MappingKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Organization => Self::Organization,
            Kind::Offer => Self::Offer,
            Kind::Contract => Self::Contract,
        }
    }
}

/// Does it.
pub async fn run(global: &Global, args: &Args, output: Output) -> Result<Answer, Failure> {
    match args {
        Args::Auto => auto(global, output).await,
        Args::Import { file, dry_run, yes } => {
            let profile = home::open(global).await?;
            let source = profile.settings().source.id.clone();
            let prepared = mapping_file::prepare(&profile.store, &source, file).await?;
            import(&profile.store, prepared, *dry_run, *yes, output).await
        }
        Args::Export { file } => {
            let profile = home::open(global).await?;
            let rows =
                mapping_file::export(&profile.store, &profile.settings().matching, file).await?;
            let shown = file.display().to_string();
            let document = json!({ "action": "export", "rows": rows, "file": shown });
            Answer::new("map", &document, format!("{rows} rows in {}", harmless(&shown)))
        }
        Args::List { unmapped, kind } => {
            let profile = home::open(global).await?;
            let mut items = mappings(&profile.store).await.map_err(fault)?;
            items.retain(|i| kind.is_none_or(|k| i.kind == k.into()));
            items.retain(|i| !unmapped || i.state() != MappingState::Mapped);
            let document = json!({
                "action": "list",
                "mappings": items.iter().map(document).collect::<Vec<_>>(),
            });
            Answer::new("map", &document, text(&items, *unmapped))
        }
        Args::Set(args) => map_set::run(global, args).await,
    }
}

/// Shows what a mapping file changes; with a person at the terminal, asks before it does.
async fn import(
    store: &Store,
    prepared: Prepared,
    dry_run: bool,
    yes: bool,
    output: Output,
) -> Result<Answer, Failure> {
    let (report, changes) = (prepared.report, prepared.changes.clone());
    let shown = changed(&changes);
    let asks = !dry_run && !yes && !output.json && !changes.is_empty() && ask::can_ask();
    let agreed = if asks {
        eprintln!("{shown}\n");
        ask::yes(&format!("Make {} changes?", changes.len()))?
    } else {
        !dry_run
    };
    if agreed {
        mapping_file::apply(store, "map import", prepared).await.map_err(fault)?;
    }
    let mut text = String::new();
    if !asks && !shown.is_empty() {
        text = format!("{shown}\n\n");
    }
    text.push_str(&format!(
        "{:>8}  rows read\n{:>8}  organizations changed\n{:>8}  offers changed\n\
         {:>8}  contracts changed\n{:>8}  as they were\n\n{}",
        report.rows,
        report.organizations,
        report.offers,
        report.contracts,
        report.unchanged,
        if agreed { "next: `addendum plan`" } else { "nothing was changed" }
    ));
    let mut document = json!(report);
    document["action"] = json!("import");
    document["applied"] = json!(agreed);
    document["changes"] = json!(changes);
    Answer::new("map", &document, text)
}

/// The changes as a table.
fn changed(changes: &[MappingChange]) -> String {
    if changes.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&[
        ("Kind", Align::Left),
        ("Id", Align::Left),
        ("Field", Align::Left),
        ("From", Align::Left),
        ("To", Align::Left),
    ])
    .shrinking(4);
    for c in changes.iter().take(SHOWN) {
        table.row([
            short_kind(c.kind).to_owned(),
            fit(&harmless(&c.platform_id), 12),
            c.field.to_owned(),
            fit(&harmless(&c.from), 20),
            harmless(&c.to),
        ]);
    }
    let more = changes.len().saturating_sub(SHOWN);
    let rest =
        if more > 0 { format!("\nand {more} more; --json lists all") } else { String::new() };
    format!("{}{rest}", table.text())
}

fn short_kind(kind: MappingKind) -> &'static str {
    match kind {
        MappingKind::Organization => "org",
        MappingKind::Offer => "offer",
        MappingKind::Contract => "contract",
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        JobError::from(error).into()
    }
}

async fn auto(global: &Global, output: Output) -> Result<Answer, Failure> {
    let Outcome::Matched { accepted, open, .. } = perform(global, output, Job::MapAuto).await?
    else {
        return Err(unexpected());
    };
    let text = format!(
        "{accepted:>8}  mappings accepted\n{open:>8}  left for a person\n\n\
         next: `addendum map list --unmapped`"
    );
    Answer::new("map", &json!({ "action": "auto", "accepted": accepted, "open": open }), text)
}

/// One mapping as JSON.
pub fn document(item: &MappingItem) -> Value {
    let first = item.targets.first();
    json!({
        "kind": item.kind,
        "source": &*item.source,
        "platform_id": &*item.id,
        "platform_name": &*item.name,
        "psa_id": first.map(|t| t.id),
        "psa_name": first.map(|t| t.name.as_str()),
        "psa": item.targets.iter().map(|t| json!({
            "id": t.id, "name": t.name, "usable": t.usable,
        })).collect::<Vec<_>>(),
        "excluded": item.excluded,
        "state": item.state(),
        "lines": item.lines,
        "money": item.money.iter().map(|(currency, sum)| json!({
            "currency": currency, "amount": amount(*sum),
        })).collect::<Vec<_>>(),
    })
}

fn text(items: &[MappingItem], unmapped: bool) -> String {
    if items.is_empty() {
        return if unmapped { "nothing is unmapped".into() } else { "no mappings yet".into() };
    }
    let mut table = Table::new(&[
        ("Kind", Align::Left),
        ("Id", Align::Left),
        ("Name", Align::Left),
        ("PSA", Align::Left),
        ("Excl.", Align::Left),
        ("Open money", Align::Right),
    ])
    .shrinking(2);
    for item in items.iter().take(SHOWN) {
        let psa = match (item.state(), item.targets.first()) {
            (MappingState::Gone, Some(t)) => format!("{} (gone)", t.id),
            (_, Some(t)) => fit(&harmless(&format!("{} {}", t.id, t.name)), 18),
            (_, None) => "-".to_owned(),
        };
        let more = item.targets.len().saturating_sub(1);
        let money: Vec<String> =
            item.money.iter().map(|(c, sum)| format!("{} {c}", amount(*sum))).collect();
        table.row([
            short_kind(item.kind).to_owned(),
            fit(&harmless(&item.id), 12),
            item.name.to_string(),
            if more > 0 { format!("{psa} +{more}") } else { psa },
            match item.excluded {
                Some(true) => "yes",
                Some(false) => "no",
                None => "",
            }
            .to_owned(),
            match money.as_slice() {
                [] => String::new(),
                [one] => one.clone(),
                // JSON has all currencies.
                [first, ..] => format!("{first} …"),
            },
        ]);
    }
    let mut out = table.text();
    if items.len() > SHOWN {
        out.push_str(&format!("\nand {} more; --json lists all", items.len() - SHOWN));
    }
    let lines: u64 =
        items.iter().filter(|i| i.kind == MappingKind::Organization).map(|i| i.lines).sum();
    out.push_str(&format!("\n\n{} rows", items.len()));
    if lines > 0 {
        out.push_str(&format!("; {lines} lines that are not synced in these organizations"));
    }
    if unmapped {
        out.push_str(
            "\nnext: `addendum map auto`, or\n  \
             `addendum map set organization ID --psa COMPANY --excluded no`,\n  \
             `addendum map set offer ID --psa PRODUCT`",
        );
    }
    out
}
