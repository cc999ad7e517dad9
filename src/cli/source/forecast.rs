//! `addendum source forecast`: shown, and nothing else.

use serde_json::{Value, json};

use super::super::Global;
use super::super::jobs::{perform, unexpected};
use super::super::shell::failure::Failure;
use super::super::shell::output::{Answer, Output};
use super::super::shell::table::{Align, Table};
use crate::domain::line::CanonicalLine;
use crate::domain::money::{Currency, text as money};
use crate::domain::text::harmless;
use crate::worker::forecast::{Expected, Forecast, cost};
use crate::worker::job::{Job, Outcome};

/// Asks the source.
pub(super) async fn run(global: &Global, output: Output) -> Result<Answer, Failure> {
    let Outcome::Forecast(forecast) = perform(global, output, Job::Forecast).await? else {
        return Err(unexpected());
    };
    Answer::new("source", &document(&forecast), text(&forecast))
}

fn document(forecast: &Forecast) -> Value {
    let line = |l: &CanonicalLine| {
        json!({
            "organization_id": l.organization_id, "organization_name": l.organization_name,
            "subscription_id": l.subscription_id, "offer_id": l.offer_id,
            "offer_name": l.offer_name, "charge_type": l.charge_type,
            "billing_cycle": l.billing_cycle, "charge_start_date": l.charge_start,
            "charge_end_date": l.charge_end, "quantity": l.quantity.to_string(),
            "unit_price": l.unit_price.map(|p| p.to_string()), "total": money(l.total),
            "cost": money(cost(l)), "currency": l.currency,
        })
    };
    let total = |(currency, sum): (Currency, Expected)| {
        json!({
            "currency": currency, "lines": sum.lines, "total": money(sum.total),
            "cost": money(sum.cost),
        })
    };
    json!({
        "forecast": forecast.lines.iter().map(line).collect::<Vec<_>>(),
        "money": forecast.by_currency().into_iter().map(total).collect::<Vec<_>>(),
        "left_out": forecast.left_out,
    })
}

fn text(forecast: &Forecast) -> String {
    const NOTE: &str = "A forecast: nothing of it is loaded, so nothing can be posted from it.\n\
                        The bill may differ, and consumption billed afterwards is not in it.";
    if forecast.lines.is_empty() {
        return format!("The source expects nothing to bill.\n\n{NOTE}");
    }
    let mut table = Table::new(&[
        ("Organization", Align::Left),
        ("Lines", Align::Right),
        ("Total", Align::Right),
        ("Cost", Align::Right),
        ("", Align::Left),
    ])
    .shrinking(0);
    for ((name, _, currency), sum) in forecast.by_organization() {
        let row =
            [name, sum.lines.to_string(), money(sum.total), money(sum.cost), currency.to_string()];
        table.row(row);
    }
    for (currency, sum) in forecast.by_currency() {
        let row = [
            "All".to_owned(),
            sum.lines.to_string(),
            money(sum.total),
            money(sum.cost),
            currency.to_string(),
        ];
        table.row(row);
    }
    let mut out = table.text();
    for (reason, n) in &forecast.left_out {
        out.push_str(&format!("\n{n} records left out: {}", harmless(reason)));
    }
    out.push_str(&format!("\n\n{NOTE}"));
    out
}
