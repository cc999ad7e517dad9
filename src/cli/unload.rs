//! `addendum unload`: drop loaded lines that are not posted.

use serde_json::json;

use super::Global;
use super::home;
use super::shell::ask;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output};
use crate::domain::money::text as money;
use crate::domain::period::Period;
use crate::domain::text::harmless;
use crate::domain::unload::{Unload, Unloaded};
use crate::sync::fault;
use crate::worker::unload::unload;

/// Arguments of `unload`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Lines of this month by invoice date; may be repeated
    #[arg(long = "period", value_name = "YYYY-MM", required = true)]
    pub periods: Vec<Period>,
    /// Only lines of this invoice; may be repeated
    #[arg(long = "invoice", value_name = "NUMBER")]
    pub invoices: Vec<String>,
    /// Lines of this source, by its id [default: source.id, or the name of source.profile]
    #[arg(long, value_name = "ID")]
    pub source: Option<String>,
    /// Say what would be dropped, and drop nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Ask nothing
    #[arg(short, long)]
    pub yes: bool,
}

/// Drops them. What is posted, or being posted, stays, and so do mappings.
pub async fn run(global: &Global, args: &Args, output: Output) -> Result<Answer, Failure> {
    let profile = home::open(global).await?;
    let source = args.source.clone().unwrap_or_else(|| profile.settings().source.id.clone());
    let what = Unload {
        source: source.into(),
        periods: args.periods.clone(),
        invoices: args.invoices.clone(),
    };
    let asks = !args.yes && !args.dry_run && !output.json && ask::can_ask();
    if args.dry_run || asks {
        let found = profile.store.unloadable(what.clone()).await.map_err(fault)?;
        if args.dry_run {
            return answer(&what, &found, true);
        }
        if found.lines > 0 && !ask::yes(&format!("{}\nDrop them?", text(&what, &found, true)))? {
            return Err(super::sync::declined());
        }
    }
    let dropped = unload(&profile, what.clone()).await?;
    answer(&what, &dropped, false)
}

fn answer(what: &Unload, found: &Unloaded, dry: bool) -> Result<Answer, Failure> {
    let document = json!({
        "dry_run": dry,
        "source_id": &*what.source,
        "periods": what.periods,
        "invoices": what.invoices,
        "lines": found.lines,
        "money": found.money.iter()
            .map(|(currency, sum)| json!({ "currency": currency, "amount": money(*sum) }))
            .collect::<Vec<_>>(),
        "chosen": found.chosen,
        "posted": found.posted,
        "elsewhere": found.elsewhere,
    });
    let mut text = text(what, found, dry);
    if !dry && found.lines > 0 {
        text.push_str(
            "\n\nnext: `addendum load` brings back what the source still has; until then nothing is \
             cancelled because of what is missing in these months",
        );
    }
    Answer::new("unload", &document, text)
}

fn text(what: &Unload, found: &Unloaded, dry: bool) -> String {
    let periods: Vec<String> = what.periods.iter().map(ToString::to_string).collect();
    let sums: Vec<String> =
        found.money.iter().map(|(currency, sum)| format!("{} {currency}", money(*sum))).collect();
    let money = if sums.is_empty() { String::new() } else { format!(" ({})", sums.join(", ")) };
    let mut out = format!(
        "Source {}, {}:\n{:>8}  lines {}{money}",
        harmless(&what.source),
        periods.join(", "),
        found.lines,
        if dry { "to drop" } else { "dropped" },
    );
    let rows = [
        (found.chosen, "of them with choices or dates that somebody typed"),
        (found.posted, "lines stay: they are posted, or being posted"),
        (found.elsewhere, "lines of other sources stay"),
    ];
    for (n, what) in rows.iter().filter(|(n, _)| *n > 0) {
        out.push_str(&format!("\n{n:>8}  {what}"));
    }
    out
}
