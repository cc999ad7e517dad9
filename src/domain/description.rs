//! The text on the customer's invoice (design 6.6): the template first, then what the rules on
//! dates and money add.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::line::Line;
use super::policy::Policy;

/// ConnectWise's limit of `invoiceDescription`.
pub const LONGEST: usize = 6000;

/// What the rules have to say beyond the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Notes<'a> {
    /// The charge's own dates, when the posted ones are not.
    pub own_dates: Option<(Date, Option<Date>)>,
    /// The real quantity, when the line was collapsed.
    pub quantity: Option<Decimal>,
    /// What was netted, when the addition stands for several lines.
    pub net: Option<&'a str>,
}

/// The invoice description of a line.
pub fn invoice_description(line: &Line, policy: &Policy, notes: Notes<'_>) -> String {
    let subscription = line
        .subscription_name
        .as_deref()
        .filter(|n| !n.trim().is_empty())
        .unwrap_or(&line.offer_name);
    let mut text = fill(&policy.description, |name| {
        Some(match name {
            "subscription" => subscription,
            "charge_type" => policy.charge_name(line.charge_type),
            "offer" => &line.offer_name,
            "organization" => &line.organization_name,
            "invoice" => &line.invoice_number,
            "part_number" => line.part_number.as_deref().unwrap_or(""),
            _ => return None,
        })
    });
    let mut tail = String::new();
    if let Some((start, end)) = notes.own_dates {
        match end {
            Some(end) => tail.push_str(&format!(" ({start} to {end})")),
            None => tail.push_str(&format!(" (from {start})")),
        }
    }
    if let Some(quantity) = notes.quantity {
        tail.push_str(&format!(" (quantity {})", quantity.normalize()));
    }
    if let Some(net) = notes.net {
        tail.push_str(&format!(" ({net})"));
        shorten(&mut tail, LONGEST / 2);
    }
    shorten(&mut text, LONGEST.saturating_sub(tail.len()));
    text.push_str(&tail);
    text
}

/// Fills `{name}` in; a name that is not known stays as it is written.
fn fill<'a>(template: &str, value: impl Fn(&str) -> Option<&'a str>) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let after = &rest[open + 1..];
        match after.find('}').and_then(|close| value(&after[..close]).map(|v| (v, close))) {
            Some((v, close)) => {
                out.push_str(v);
                rest = &after[close + 1..];
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Cuts to so many characters.
fn shorten(text: &mut String, longest: usize) {
    // Bytes are at least as many as characters, and counting them is free.
    if text.len() > longest
        && let Some((end, _)) = text.char_indices().nth(longest)
    {
        text.truncate(end);
    }
}
