//! What Pax8's items say that no key of a profile can say: which kind of end a period has, which
//! sign a credit has, and whether all items of an invoice came. All three are told by the items of
//! one invoice together, and what they do not tell is refused.

use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Number, Value};

use super::super::collector::Collector;
use super::super::profile::path::text_of;
use super::walk::Found;
use crate::domain::money;

/// Types of items that give money back (their published enumeration).
const CREDITS: [&str; 4] = ["rebate", "payment-credit", "service-credit", "invoice-credit"];

/// Items that Pax8 bills to the customer itself.
const BY_PAX8: &str = "billed by Pax8 itself";

/// The list whose records are the invoices, as `config/sources/pax8.toml` calls it.
const INVOICES: &str = "invoices";

/// Brings the items of one invoice into a form that needs no guessing. What is wrong goes to the
/// problems.
pub(super) fn invoice(mut items: Vec<Found>, to: &mut Collector<'_>) -> Vec<Found> {
    ends(&mut items, to);
    if items.first().is_some_and(|i| i.record.get(INVOICES).is_some()) {
        total(&mut items, to);
    }
    let all = items.len();
    // Pax8 sends these customers a bill of its own: a second one would be a wrong one.
    items.retain(|i| i.record.get("billedByPax8") != Some(&Value::Bool(true)));
    if items.len() < all {
        to.leave_out(BY_PAX8, (all - items.len()) as u64);
    }
    items
}

/// A kind of end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The last day.
    Inclusive,
    /// The day after it.
    Exclusive,
}

/// Which kind of end the period has, where it tells by itself: it is whole months, or goes to the
/// end of a month.
fn told(start: Date, end: Date) -> Option<End> {
    if start == end {
        return Some(End::Inclusive);
    }
    let whole =
        |last: Date| (1..=36).any(|n| start.checked_add(n.months()).is_ok_and(|d| d == last));
    let after = end.tomorrow().ok()?;
    let inclusive = whole(after) || after.day() == 1;
    let exclusive = whole(end) || end.day() == 1;
    match (inclusive, exclusive) {
        (true, false) => Some(End::Inclusive),
        (false, true) => Some(End::Exclusive),
        _ => None,
    }
}

fn date(item: &Value, name: &str) -> Option<Date> {
    item.get(name)?.as_str()?.get(..10)?.parse().ok()
}

/// Makes every end inclusive. A period that does not tell by itself is read as those of the same
/// invoice that do, if they agree.
fn ends(items: &mut [Found], to: &mut Collector<'_>) {
    let told_of = |i: &Found| {
        let (start, end) = (date(&i.record, "startPeriod")?, date(&i.record, "endPeriod")?);
        (start != end).then(|| told(start, end)).flatten()
    };
    let mut kinds: Vec<End> = items.iter().filter_map(told_of).collect();
    kinds.dedup();
    let house = match kinds.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    for item in items {
        let (Some(start), Some(end)) =
            (date(&item.record, "startPeriod"), date(&item.record, "endPeriod"))
        else {
            continue;
        };
        match told(start, end).or(house) {
            Some(End::Inclusive) => {}
            Some(End::Exclusive) => {
                let last = end.yesterday().unwrap_or(end);
                item.record["endPeriod"] = last.to_string().into();
            }
            None => {
                to.enter(&item.page);
                to.problems.push(Some(item.row), Some("endPeriod"), "ambiguous-end", || {
                    (
                        format!(
                            "the period {start} to {end} does not tell whether its end is the last \
                             day or the day after it, and the invoice's other periods do not either"
                        ),
                        "ask Pax8's support which it is, and load the invoice's CSV with a profile \
                         of your own that says so (dates.end)"
                            .into(),
                    )
                });
            }
        }
    }
}

fn number(item: &Value, name: &str) -> Option<Decimal> {
    let text = text_of(item.get(name)?)?;
    Decimal::from_str(text).or_else(|_| Decimal::from_scientific(text)).ok()
}

fn is_credit(item: &Value) -> bool {
    let kind = item.get("type").and_then(Value::as_str).unwrap_or_default();
    CREDITS.iter().any(|c| c.eq_ignore_ascii_case(kind))
}

/// Holds the items against the invoice's total, and learns from it which sign credits have.
///
/// What is due is the sum of `amountDue`; whether tax is in it, and whether the total carries an
/// older balance, is not written down, so each reading is tried and one has to hold to the cent.
fn total(items: &mut [Found], to: &mut Collector<'_>) {
    let Some(first) = items.first() else { return };
    let header = first.record[INVOICES].clone();
    let shown =
        super::super::problems::shown(header.get("id").and_then(text_of).unwrap_or_default());
    to.enter(&first.page);
    let Some(expected) = number(&header, "total") else {
        to.problems.push(None, Some("total"), "missing-control-total", || {
            (
                format!("the invoice {shown} has no total to hold its items against"),
                "load again; if it stays so, tell Pax8's support".into(),
            )
        });
        return;
    };
    let carried = number(&header, "carriedBalance").unwrap_or_default();
    let mut sums = [[Decimal::ZERO; 2]; 2];
    for item in items.iter() {
        let Some(due) = number(&item.record, "amountDue") else {
            to.enter(&item.page);
            to.problems.push(Some(item.row), Some("amountDue"), "missing-value", || {
                let why = "amountDue is empty, so the invoice cannot be held against its total";
                (why.into(), "load again; if it stays so, tell Pax8's support".into())
            });
            return;
        };
        let tax = number(&item.record, "salesTax").unwrap_or_default();
        let signed = |n: Decimal| if is_credit(&item.record) { -n.abs() } else { n };
        for (taxed, sum) in [Decimal::ZERO, tax].into_iter().zip(&mut sums) {
            sum[0] += due + taxed;
            sum[1] += signed(due) + signed(taxed);
        }
    }
    let holds = |reading: usize| {
        sums.iter().any(|taxed| {
            let sum = money::cents(taxed[reading]);
            sum == money::cents(expected) || sum == money::cents(expected - carried)
        })
    };
    if holds(0) {
        return;
    }
    if !holds(1) {
        let sum = money::cents(sums[0][0]);
        to.enter(&items[0].page);
        to.problems.push(None, Some("total"), "control-total", || {
            (
                format!(
                    "the items of invoice {shown} sum up to {sum}, but its total is {expected}: \
                     {} is missing",
                    expected - sum
                ),
                "load again; items are missing or stand there twice. If it stays so, tell Pax8's \
                 support"
                    .into(),
            )
        });
        return;
    }
    for item in items.iter_mut().filter(|i| is_credit(&i.record)) {
        negate(&mut item.record);
    }
}

/// A credit that is written as a positive amount: units go down, prices stay.
fn negate(item: &mut Value) {
    for name in ["quantity", "subTotal", "total", "costTotal", "amountDue", "salesTax"] {
        if let Some(n) = number(item, name).filter(|n| n.is_sign_positive() && !n.is_zero())
            && let Ok(negative) = Number::from_str(&(-n).to_string())
        {
            item[name] = Value::Number(negative);
        }
    }
}

#[cfg(test)]
#[path = "pax8_tests.rs"]
mod tests;
