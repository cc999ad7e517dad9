//! `addendum source check PROFILE FILE`: what a profile makes of a bill.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::super::shell::exit::Exit;
use super::super::shell::failure::Failure;
use super::super::shell::output::Answer;
use super::super::shell::table::{Align, Table, fit};
use crate::config::SourceSettings;
use crate::domain::load::LoadedLine;
use crate::domain::money::text as money;
use crate::domain::policy::Policy;
use crate::domain::text::harmless;
use crate::sources::{FileLook, Look};
use crate::worker::bill_check;

/// Arguments of `source check`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// A profile that ships with Addendum, or the path of one
    #[arg(value_name = "PROFILE")]
    pub profile: String,
    /// The bill: CSV, XLSX or JSON Lines
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// So many lines are shown
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub lines: usize,
    /// As source.date_order
    #[arg(long, value_name = "mdy|dmy", value_parser = ["mdy", "dmy"])]
    pub date_order: Option<String>,
    /// As source.group_by
    #[arg(long, value_name = "GROUP", default_value = "")]
    pub group_by: String,
    /// As source.leave_out; may be repeated
    #[arg(long, value_name = "NAME")]
    pub leave_out: Vec<String>,
}

/// Looks.
pub(super) async fn run(args: Args) -> Result<Answer, Failure> {
    let chosen = SourceSettings {
        profile: args.profile,
        date_order: args.date_order.unwrap_or_default(),
        group_by: args.group_by,
        leave_out: args.leave_out,
        ..crate::config::Settings::default().source
    };
    let look = bill_check::look(chosen, Policy::default(), args.files, args.lines).await?;
    let good = look.refusal.is_empty();
    let answer = Answer::new("source", &document(&look), text(&look))?;
    Ok(if good { answer } else { answer.ending(Exit::Refused) })
}

fn document(look: &Look) -> Value {
    json!({
        "files": look.files.iter().map(file).collect::<Vec<_>>(),
        "lines": look.lines.iter().map(|l| line(&l.loaded)).collect::<Vec<_>>(),
        "count": look.count,
        "left_out": look.left_out,
        "problems": look.refusal.problems,
        "more": look.refusal.more,
    })
}

fn file(look: &FileLook) -> Value {
    let columns: Vec<Value> = look
        .columns
        .iter()
        .map(|(column, fields)| json!({ "column": column, "fields": fields }))
        .collect();
    json!({
        "file": look.file, "profile": look.profile, "date_order": look.date_order,
        "columns": columns,
    })
}

fn line(loaded: &LoadedLine) -> Value {
    let l = &loaded.line;
    let raw = l.raw.as_deref().and_then(|r| serde_json::from_str::<Value>(r).ok());
    json!({
        "line": loaded.key,
        "line_id": l.line_id,
        "invoice_number": l.invoice_number,
        "invoice_date": l.invoice_date,
        "invoice_status": l.invoice_status.as_str(),
        "organization_id": l.organization_id,
        "organization_name": l.organization_name,
        "contract_id": l.contract_id,
        "subscription_id": l.subscription_id,
        "subscription_name": l.subscription_name,
        "offer_id": l.offer_id,
        "offer_name": l.offer_name,
        "part_number": l.part_number,
        "charge_type": l.charge_type,
        "billing_cycle": l.billing_cycle,
        "charge_start_date": l.charge_start,
        "charge_end_date": l.charge_end,
        "quantity": l.quantity.to_string(),
        "unit_price": l.unit_price.map(money),
        "unit_cost": l.unit_cost.map(money),
        "total": money(l.total),
        "currency": l.currency,
        "extra": l.extra,
        "raw": raw,
    })
}

/// So many problems are shown as text; JSON has more.
const SHOWN: usize = 20;

fn text(look: &Look) -> String {
    let mut out = String::new();
    for file in &look.files {
        out.push_str(&format!("{}: read by {}", harmless(&file.file), harmless(&file.profile)));
        if let Some(order) = file.date_order {
            let words = if order == "mdy" { "month/day/year" } else { "day/month/year" };
            out.push_str(&format!("; dates are {words}"));
        }
        out.push('\n');
        let mut table = Table::new(&[("Column", Align::Left), ("Becomes", Align::Left)]);
        let (used, kept): (Vec<_>, Vec<_>) = file.columns.iter().partition(|(_, f)| !f.is_empty());
        for (column, fields) in used {
            table.row([fit(column, 34), fields.join(", ")]);
        }
        if !table.is_empty() {
            out.push_str(&table.text());
            out.push('\n');
        }
        if !kept.is_empty() {
            out.push_str("kept beside:");
            let mut width = 12;
            for (n, (column, _)) in kept.iter().enumerate() {
                let name = fit(&harmless(column), 34);
                let comma = if n + 1 < kept.len() { "," } else { "" };
                width += name.chars().count() + 2;
                if width > 80 {
                    out.push_str("\n ");
                    width = name.chars().count() + 4;
                }
                out.push_str(&format!(" {name}{comma}"));
            }
            out.push('\n');
        }
        out.push('\n');
    }
    if look.refusal.is_empty() {
        let mut table = Table::new(&[
            ("Organization", Align::Left),
            ("Offer", Align::Left),
            ("Charge", Align::Left),
            ("From", Align::Left),
            ("Quantity", Align::Right),
            ("Total", Align::Right),
            ("", Align::Left),
        ])
        .shrinking(1);
        for l in look.lines.iter().map(|l| &l.loaded.line) {
            table.row([
                fit(&l.organization_name, 14),
                l.offer_name.to_string(),
                l.charge_type.to_string(),
                l.charge_start.to_string(),
                l.quantity.normalize().to_string(),
                money(l.total),
                l.currency.to_string(),
            ]);
        }
        out.push_str(&table.text());
        out.push_str(&format!("\n\n{} lines would be loaded", look.count));
        for (reason, n) in &look.left_out {
            out.push_str(&format!("\n{n} rows are no lines: {}", harmless(reason)));
        }
        return out;
    }
    out.push_str("Nothing would be loaded:\n\n");
    let refusal = &look.refusal;
    for p in refusal.problems.iter().take(SHOWN) {
        let row = p.row.map(|r| format!(", row {r}")).unwrap_or_default();
        let column = p.column.as_ref().map(|c| format!(", column {c}")).unwrap_or_default();
        out.push_str(&format!(
            "{}{row}{column}: {} ({})\n  remedy: {}\n",
            harmless(&p.file),
            p.message,
            p.code,
            p.remedy
        ));
    }
    let more = refusal.more + refusal.problems.len().saturating_sub(SHOWN) as u64;
    if more > 0 {
        out.push_str(&format!("and {more} more problems; --json lists the first 100\n"));
    }
    out.trim_end().to_owned()
}
