//! Everything that is known of a row, as a text to read.

use jiff::tz::TimeZone;

use super::grid::{Tone, columns};
use super::layer::reading::Text;
use super::mapping::name_of;
use super::record::{LineRow, Named, OfferRow, OrganizationRow, Record, Suggestion, clock_text};
use crate::domain::addition::AdditionFields;
use crate::domain::journal::Run;
use crate::domain::money;
use crate::domain::plan::{Action, AgreementTarget, MoneyRow};
use crate::domain::problem::Problem;
use crate::sync::Finding;

/// Title and text of a row's details.
pub fn of(record: &Record, zone: &TimeZone) -> (String, Text) {
    let mut text = Text::default();
    match record {
        Record::Organization(o) => organization(&mut text, o),
        Record::Offer(o) => offer(&mut text, o),
        Record::Line(l) => line(&mut text, l),
        Record::Company(c) => {
            text.field("Company", format!("{} ({})", c.name, c.id));
            text.field("Additions created", c.creates);
            text.field("Additions updated", c.updates);
            text.field("Additions cancelled", c.cancels);
            text.field("Agreements created", c.agreements);
            text.field("Amount", format!("{} {}", money::text(c.amount), c.currency));
        }
        Record::Action(a) => action(&mut text, a),
        Record::Event(e) => {
            text.field("Event", &e.text);
            text.field("What", &e.what);
            text.field("Company", &e.company);
            text.field("Amount", format!("{} {}", money::text(e.amount), e.currency));
            text.heading("Lines");
            for l in &e.lines {
                text.line(l);
            }
        }
        Record::Refused(p) => {
            text.field("Line", &p.line);
            problem(&mut text, &p.problem);
        }
        Record::Run(r) => run(&mut text, r, zone),
        Record::Finding(kind, f) => finding(&mut text, kind, f),
        Record::Log(e) => {
            text.field_toned("Level", e.level, columns::tone_of(e.level));
            text.field("Time", clock_text(e.at, zone));
            text.field("Run", e.run.map(|r| r.to_string()).unwrap_or_default());
            text.field("Line", e.line.as_deref().unwrap_or_default());
            text.heading(&e.title);
            text.line(&e.details);
        }
    }
    (name_of(record), text)
}

fn problem(text: &mut Text, problem: &Problem) {
    text.field_toned("Problem", &problem.message, Tone::Bad);
    text.field("Code", &problem.code);
    text.field_toned("What to do", &problem.remedy, Tone::Hint);
}

fn named(n: &Named) -> String {
    let gone = if n.exists { "" } else { ", gone from the PSA" };
    format!("{} ({}{gone})", n.name, n.id)
}

fn suggestion(text: &mut Text, s: Option<&Suggestion>) {
    if let Some(s) = s {
        text.heading("Suggestion");
        text.field("Record", format!("{} ({})", s.name, s.id));
        text.field("Score", format!("{}%", s.score));
        text.field("Because", &s.reason);
        let sure = if s.sure { "it is sure" } else { "a person must decide" };
        text.field("Map automatically", sure);
    }
}

fn organization(text: &mut Text, o: &OrganizationRow) {
    text.field("Organization", &o.mapping.name);
    text.field("Id", &o.mapping.id);
    text.field("Source", &o.mapping.source);
    text.field("Mapping Status", o.status);
    text.field("Excluded from Sync", if o.mapping.excluded { "Yes" } else { "No" });
    for (i, c) in o.companies.iter().enumerate() {
        text.field(if i == 0 { "Company (default)" } else { "Further company" }, named(c));
    }
    text.field("Lines", o.lines);
    for (currency, amount) in &o.money {
        text.field("Amount", format!("{} {currency}", money::text(*amount)));
    }
    suggestion(text, o.suggestion.as_ref());
}

fn offer(text: &mut Text, o: &OfferRow) {
    text.field("Offer", &o.mapping.name);
    text.field("Id", &o.mapping.id);
    text.field("Source", &o.mapping.source);
    text.field("Part Number", o.mapping.part_number.as_deref().unwrap_or_default());
    text.field("Mapping Status", o.status);
    text.field("Product", o.product.as_ref().map(named).unwrap_or_default());
    text.field("Lines", o.lines);
    for (currency, amount) in &o.money {
        text.field("Amount", format!("{} {currency}", money::text(*amount)));
    }
    suggestion(text, o.suggestion.as_ref());
}

fn line(text: &mut Text, row: &LineRow) {
    let l = &row.line;
    if let Some(p) = &l.error {
        problem(text, p);
        text.line("");
    }
    text.field("Status in PSA", l.psa_status);
    text.field("Mapping Status", row.mapping);
    text.field("Organization", format!("{} ({})", l.organization_name, l.organization_id));
    text.field("Excluded from Sync", if row.excluded { "Yes" } else { "No" });
    text.field("Offer", format!("{} ({})", l.offer_name, l.offer_id));
    text.field("Subscription", l.subscription_name.as_deref().unwrap_or_default());
    text.field("Subscription Id", l.subscription_id.as_deref().unwrap_or_default());
    text.field("Charge Type", l.charge_type);
    text.field("Billing Cycle", l.billing_cycle.as_deref().unwrap_or_default());
    text.heading("Money");
    text.field("Quantity", l.quantity.normalize());
    text.field("Unit Price", l.unit_price.map(money::text).unwrap_or_default());
    text.field("Unit Cost", l.unit_cost.map(money::text).unwrap_or_default());
    text.field("Total", format!("{} {}", money::text(l.total), l.currency));
    sale(text, row);
    if let Some(r) = &l.revision {
        let now = format!("{} {}: it was changed after posting", money::text(r.total), l.currency);
        text.field_toned("Source says now", now, Tone::Warn);
    }
    text.heading("Dates");
    text.field("Charge", format!("{} to {}", l.charge_start, or_open(l.charge_end)));
    let badge = |b: &str| if b.is_empty() { String::new() } else { format!(" ({b})") };
    if let Some(start) = l.dates.start {
        text.field("Start posted", format!("{start}{}", badge(l.dates.start_badge.as_str())));
    }
    if l.dates.end_badge != Default::default() {
        let end = or_open(l.dates.end);
        text.field("End posted", format!("{end}{}", badge(l.dates.end_badge.as_str())));
    }
    text.heading("In the PSA");
    text.field("Company", row.company.as_ref().map(named).unwrap_or_default());
    text.field("Product", row.product.as_ref().map(named).unwrap_or_default());
    let agreement = row.agreement.as_ref().map_or_else(|| "by rule".to_owned(), named);
    text.field("Agreement", agreement);
    if l.choice.post_once {
        text.field("Post once", "Yes");
    }
    if let Some(p) = &l.posted {
        text.field("Addition", format!("{} on agreement {}", p.addition_id, p.agreement_id));
        text.field("Marker", &p.marker);
        text.field("Posted", format!("{} {}", money::text(p.total), l.currency));
    }
    text.heading("At the source");
    text.field("Invoice", format!("{} of {}", l.invoice_number, l.invoice_date));
    text.field("Invoice Status", l.invoice_status);
    text.field("Contract", l.contract_id.as_deref().unwrap_or_default());
    text.field("Part Number", l.part_number.as_deref().unwrap_or_default());
    text.field("Line", format!("{}/{}", l.source, l.key));
}

/// What the line costs, and what it is sold for.
fn sale(text: &mut Text, row: &LineRow) {
    let Some(s) = &row.sale else { return };
    if let Some(cost) = s.cost {
        text.field("Cost", format!("{} {}", money::text(cost), row.line.currency));
    }
    if s.by_rule || row.line.posted.as_ref().is_some_and(|p| p.sold != p.total) {
        text.field("Sold for", format!("{} {}", money::text(s.sold), row.line.currency));
    }
    if let Some(margin) = s.margin() {
        let tone = if margin.is_sign_negative() && row.line.total > rust_decimal::Decimal::ZERO {
            Tone::Bad
        } else {
            Tone::Plain
        };
        text.field_toned("Margin", format!("{} {}", money::text(margin), row.line.currency), tone);
    }
}

fn or_open(end: Option<jiff::civil::Date>) -> String {
    end.map_or_else(|| "open".into(), |d| d.to_string())
}

/// Field by field, old and new.
fn action(text: &mut Text, a: &Action) {
    text.field("Action", columns::action_word(a.kind));
    text.field("Company", format!("{} ({})", a.company, a.company_id));
    let agreement = match &a.agreement {
        AgreementTarget::Existing(id) => format!("{} ({id})", a.agreement_name),
        AgreementTarget::New { .. } => format!("{} (new)", a.agreement_name),
    };
    text.field("Agreement", agreement);
    text.field("Addition", a.addition_id.map(|id| id.to_string()).unwrap_or_default());
    text.field("Amount", format!("{} {}", money::text(a.amount), a.currency));
    if !a.sold.is_empty() {
        let sold = a.customers_amount();
        text.field("Sold for", format!("{} {}", money::text(sold), a.currency));
        let margin = sold.saturating_sub(a.amount);
        text.field("Margin", format!("{} {}", money::text(margin), a.currency));
    }
    for reason in &a.reasons {
        text.field_toned("Because", &reason.text, Tone::Hint);
    }
    text.heading("Field: before -> after");
    let rows = [
        ("Product", field(a, |f| f.product_id.to_string())),
        ("Quantity", field(a, |f| f.quantity.normalize().to_string())),
        ("Unit Price", field(a, |f| money::text(f.unit_price))),
        ("Unit Cost", field(a, |f| f.unit_cost.map(money::text).unwrap_or_default())),
        ("Effective Date", field(a, |f| f.effective.to_string())),
        ("Cancelled Date", field(a, |f| or_open(f.cancelled))),
        ("Invoice Description", field(a, |f| f.invoice_description.clone())),
    ];
    for (name, (before, after)) in rows {
        match (before, after) {
            (None, None) => {}
            (Some(b), Some(n)) if b == n => text.field(name, b),
            (b, n) => {
                let shown = |v: Option<String>| v.unwrap_or_else(|| "-".into());
                text.field_toned(name, format!("{} -> {}", shown(b), shown(n)), Tone::Good);
            }
        }
    }
    if let Some(n) = &a.new_agreement {
        text.heading("New agreement");
        text.field("Name", &n.name);
        text.field("Start", n.start);
        text.field("Currency", n.currency);
        text.field("Contact", n.contact_id);
    }
    text.heading("Lines");
    for l in &a.lines {
        text.line(l);
    }
    text.field("Marker", a.marker.as_deref().unwrap_or_default());
}

fn field(a: &Action, of: impl Fn(&AdditionFields) -> String) -> (Option<String>, Option<String>) {
    (a.before.as_deref().map(&of), a.after.as_ref().map(&of))
}

fn run(text: &mut Text, r: &Run, zone: &TimeZone) {
    text.field("Run", r.id.0);
    text.field("Kind", columns::run_word(r.kind));
    text.field("Started", clock_text(r.started, zone));
    text.field("Ended", r.ended.map(|t| clock_text(t, zone)).unwrap_or_default());
    text.field("Undoes", r.undoes.map(|u| u.0.to_string()).unwrap_or_default());
    let c = &r.counts;
    text.heading("Counts");
    for (name, n) in [
        ("Created", c.create),
        ("Updated", c.update),
        ("Cancelled", c.cancel),
        ("Agreements created", c.create_agreement),
        ("Unchanged", c.unchanged),
        ("Skipped, unmapped", c.skipped_unmapped),
        ("Skipped, excluded", c.skipped_excluded),
        ("Failed", c.failed),
        ("Waiting", c.waiting),
    ] {
        text.field(name, n);
    }
    for row in &r.money {
        equation(text, row);
    }
}

/// The equation of one currency, as fields.
pub fn equation(text: &mut Text, row: &MoneyRow) {
    text.heading(format!("Equation in {}", row.currency));
    for (name, amount) in [
        ("Source", row.source),
        ("Posted", row.posted),
        ("Excluded", row.excluded),
        ("Unmapped", row.unmapped),
        ("Failed", row.failed),
        ("Open", row.open),
        ("Revisions", row.revisions),
    ] {
        text.field(name, money::text(amount));
    }
    if row.holds() {
        text.toned("it holds", Tone::Good);
    } else {
        text.toned("it does not hold", Tone::Bad);
    }
}

fn finding(text: &mut Text, kind: &str, f: &Finding) {
    text.field_toned("Finding", kind, Tone::Bad);
    text.field("Marker", &f.marker);
    text.field("Agreement", f.agreement_id);
    text.field("Addition", f.addition_id.map(|id| id.to_string()).unwrap_or_default());
    text.field("Invoiced", if f.invoiced { "Yes" } else { "No" });
    if kind == "unknown" {
        text.line("Another installation has posted it, or a store that was lost.");
        text.line("Load and sync the line that it carries: it is found by its marker.");
    }
    text.heading("Field: posted / in the PSA / source now");
    let shown = |v: &Option<String>| v.clone().unwrap_or_else(|| "-".into());
    for x in &f.fields {
        let values = format!("{} / {} / {}", shown(&x.posted), shown(&x.psa), shown(&x.source));
        text.field(&x.field, values);
    }
    text.heading("Lines");
    for l in &f.lines {
        text.line(l);
    }
}
