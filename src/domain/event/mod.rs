//! Events: what lines that belong together say as one. A seat change comes as "refund everything,
//! charge everything"; people want to read "10 to 12 seats on 20 Jun, +18.81".
//!
//! Lines are of one event when the source says so (an event id within one organization and
//! period). Where it says nothing, a refund and a charge of the same subscription, offer, charge
//! type and charge window are one.

mod tell;

use std::collections::HashMap;

use jiff::civil::Date;

use super::charge_type::ChargeType;
use super::line::Line;
use super::period::Period;

pub use tell::{Seats, seats, tell, tell_with_money};

/// What the lines of an event share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventKey<'a> {
    source: &'a str,
    organization: &'a str,
    period: Period,
    what: What<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum What<'a> {
    /// The source's id.
    Given(&'a str),
    /// The charge and its window.
    Window {
        contract: Option<&'a str>,
        subscription: &'a str,
        offer: &'a str,
        charge_type: ChargeType,
        start: Date,
        end: Option<Date>,
    },
}

impl<'a> EventKey<'a> {
    /// The event that a line may be a part of; absent without an event id and a subscription.
    pub fn of(line: &'a Line) -> Option<Self> {
        let given = line.side.as_ref().and_then(|s| s.event_id.as_deref());
        let what = match given.filter(|id| !id.is_empty()) {
            Some(id) => What::Given(id),
            None => What::Window {
                contract: line.contract_id.as_deref(),
                subscription: line.subscription_id.as_deref()?,
                offer: &line.offer_id,
                charge_type: line.charge_type,
                start: line.charge_start,
                end: line.charge_end,
            },
        };
        let (source, organization) = (&*line.source, &*line.organization_id);
        Some(Self { source, organization, period: line.period, what })
    }

    /// Whether the source names the event.
    pub fn is_given(&self) -> bool {
        matches!(self.what, What::Given(_))
    }

    /// Whether lines with this key are one event: two or more, and where the source does not name
    /// it, one that gives money back and one that takes it.
    pub fn joins(&self, lines: &[&Line]) -> bool {
        lines.len() > 1
            && (self.is_given()
                || (lines.iter().any(|l| is_refund(l)) && lines.iter().any(|l| is_charge(l))))
    }

    /// Everything that the key says, for a digest: the source's own words and nothing of ours, so
    /// that the same bill gives the same everywhere.
    pub fn write(&self, out: &mut Vec<u8>) {
        text(out, Some(self.source));
        text(out, Some(self.organization));
        text(out, Some(&self.period.to_string()));
        match &self.what {
            What::Given(id) => {
                out.push(1);
                text(out, Some(id));
            }
            What::Window { contract, subscription, offer, charge_type, start, end } => {
                out.push(0);
                text(out, *contract);
                text(out, Some(subscription));
                text(out, Some(offer));
                text(out, Some(charge_type.as_str()));
                text(out, Some(&start.to_string()));
                text(out, end.map(|e| e.to_string()).as_deref());
            }
        }
    }
}

/// Length first, so that neighbours cannot run into each other; an absent text is none of them.
fn text(out: &mut Vec<u8>, field: Option<&str>) {
    match field {
        None => out.extend(u64::MAX.to_le_bytes()),
        Some(t) => {
            out.extend((t.len() as u64).to_le_bytes());
            out.extend(t.as_bytes());
        }
    }
}

/// Money back.
pub(super) fn is_refund(line: &Line) -> bool {
    line.total.is_sign_negative() && !line.total.is_zero()
}

/// Money to pay.
pub(super) fn is_charge(line: &Line) -> bool {
    line.total.is_sign_positive() && !line.total.is_zero()
}

/// Positions of the lines that make up each event, in order of its first line; lines that stand
/// alone are in none. The order of the lines decides nothing else.
pub fn fold(lines: &[&Line]) -> Vec<Vec<usize>> {
    let mut place: HashMap<EventKey<'_>, usize> = HashMap::new();
    let mut found: Vec<(EventKey<'_>, Vec<usize>)> = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        let Some(key) = EventKey::of(line) else { continue };
        let at = *place.entry(key).or_insert_with(|| {
            found.push((key, Vec::new()));
            found.len() - 1
        });
        found[at].1.push(n);
    }
    found
        .into_iter()
        .filter(|(key, at)| at.len() > 1 && key.joins(&pick(lines, at)))
        .map(|(_, at)| at)
        .collect()
}

fn pick<'a>(lines: &[&'a Line], at: &[usize]) -> Vec<&'a Line> {
    at.iter().map(|n| lines[*n]).collect()
}
