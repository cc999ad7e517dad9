//! A plan's actions as rows: the lines of an event as one, unless each is asked for.

use std::collections::HashSet;

use rust_decimal::Decimal;

use super::money::percent;
use super::shell::table::{Align, Table, fit, wrapped};
use crate::domain::money;
use crate::domain::plan::{Action, ActionKind, Plan, PlanEvent};
use crate::domain::text::harmless;

/// So many rows are shown as text; JSON has all actions.
const SHOWN: usize = 20;
/// So many lines that are to be looked at are named.
const WARNED: usize = 10;

/// One row of the table.
enum Row<'a> {
    Action(&'a Action),
    Event(&'a PlanEvent),
}

/// The first rows, and how many more there are.
pub fn rows_text(plan: &Plan, unfold: bool) -> String {
    // With prices by rule, what a line costs is not what it is sold for.
    let priced = plan.actions.iter().any(|a| !a.sold.is_empty());
    let mut heads = vec![("", Align::Left), ("Company", Align::Left), ("What", Align::Left)];
    if priced {
        heads.extend([("Cost", Align::Right), ("Sold for", Align::Right), ("", Align::Right)]);
    } else {
        heads.push(("Money", Align::Right));
    }
    heads.push(("", Align::Left));
    let mut table = Table::new(&heads).shrinking(2);
    let rows = rows(plan, unfold);
    for row in rows.iter().take(SHOWN) {
        let (verb, company, what, cost, sold, currency) = match row {
            Row::Action(a) => (
                verb(a.kind).to_owned(),
                &a.company,
                what(a),
                a.amount,
                a.customers_amount(),
                a.currency,
            ),
            Row::Event(e) => {
                let actions = e.actions.iter().filter_map(|n| plan.actions.get(*n as usize));
                let cost = actions.map(|a| a.amount).fold(Decimal::ZERO, Decimal::saturating_add);
                let what = format!("{}: {}", e.what, e.text);
                (format!("{} lines", e.lines.len()), &e.company, what, cost, e.amount, e.currency)
            }
        };
        let mut cells = vec![verb, fit(&harmless(company), 22), what];
        if priced {
            cells.extend([
                money::text(cost),
                money::text(sold),
                percent(sold.saturating_sub(cost), sold),
            ]);
        } else {
            cells.push(money::text(cost));
        }
        cells.push(currency.to_string());
        table.row(cells);
    }
    let mut out = table.text();
    if rows.len() > SHOWN {
        out.push_str(&format!(
            "\nand {} more; --json lists all, --out FILE saves them",
            rows.len() - SHOWN
        ));
    }
    if !unfold && !plan.events.is_empty() {
        out.push_str(&format!(
            "\n{} events are shown as one row each; --unfold shows their lines",
            plan.events.len()
        ));
    }
    out
}

fn rows(plan: &Plan, unfold: bool) -> Vec<Row<'_>> {
    if unfold || plan.events.is_empty() {
        return plan.actions.iter().map(Row::Action).collect();
    }
    let first: std::collections::HashMap<u32, &PlanEvent> =
        plan.events.iter().filter_map(|e| Some((*e.actions.first()?, e))).collect();
    let folded: HashSet<u32> =
        plan.events.iter().flat_map(|e| e.actions.iter().skip(1).copied()).collect();
    plan.actions
        .iter()
        .filter(|a| !folded.contains(&a.id))
        .map(|a| first.get(&a.id).map_or(Row::Action(a), |e| Row::Event(e)))
        .collect()
}

fn verb(kind: ActionKind) -> &'static str {
    match kind {
        ActionKind::CreateAgreement => "agreement",
        ActionKind::Create => "create",
        ActionKind::Update => "update",
        ActionKind::Cancel => "cancel",
        ActionKind::Delete => "delete",
        ActionKind::DeleteAgreement => "delete agr.",
    }
}

fn what(action: &Action) -> String {
    let mut text = match (&action.after, &action.new_agreement) {
        (Some(fields), _) => fields.invoice_description.clone(),
        (None, Some(new)) => format!("from {}", new.start),
        (None, None) => action.marker.as_deref().unwrap_or_default().to_owned(),
    };
    for reason in &action.reasons {
        text.push_str(&format!(" [{}]", reason.code));
    }
    text
}

/// The first lines that somebody should look at.
pub fn warnings_text(plan: &Plan) -> String {
    let mut out: Vec<String> = Vec::new();
    for w in plan.warnings.iter().take(WARNED) {
        let line = format!("{} ({})", w.message, w.code);
        out.push(wrapped(&format!("{}: ", harmless(&w.line)), "  ", &line));
        out.push(wrapped("  remedy: ", "    ", &w.remedy));
    }
    if plan.warnings.len() > WARNED {
        out.push(format!("and {} more; --json lists all", plan.warnings.len() - WARNED));
    }
    out.join("\n")
}
