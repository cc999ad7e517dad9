//! What an event says, in one sentence.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{is_charge, is_refund};
use crate::domain::line::Line;
use crate::domain::money;

/// Units before and after, where both can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seats {
    /// What is given back.
    pub before: Decimal,
    /// What is charged.
    pub after: Decimal,
}

/// Units that the refund legs give back and the charge legs charge, of one offer.
pub fn seats(lines: &[&Line]) -> Seats {
    let of = |leg: fn(&Line) -> bool| units(lines.iter().copied().filter(|l| leg(l)));
    Seats { before: of(is_refund), after: of(is_charge) }
}

/// A product that is billed in two parts (a telecom part and the rest) comes twice with the same
/// units, which are counted once; tiers come with different ones, which add up.
fn units<'a>(legs: impl Iterator<Item = &'a Line>) -> Decimal {
    let mut by_subscription: BTreeMap<Option<&str>, Vec<Decimal>> = BTreeMap::new();
    for leg in legs {
        let of = by_subscription.entry(leg.subscription_id.as_deref()).or_default();
        of.push(leg.quantity.abs());
    }
    let each = by_subscription.into_values().map(|of| match of.as_slice() {
        [first, rest @ ..] if rest.iter().all(|q| q == first) => *first,
        of => of.iter().copied().fold(Decimal::ZERO, Decimal::saturating_add),
    });
    each.fold(Decimal::ZERO, Decimal::saturating_add)
}

/// The event in one sentence, without its money: "10 to 12 seats on 20 Jun".
pub fn tell(lines: &[&Line]) -> String {
    let Some(on) = lines.iter().map(|l| l.charge_start).min() else { return String::new() };
    let on = day(on);
    let mut offers: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    for line in lines {
        offers.entry(&line.offer_id).or_default().push(line);
    }
    let of: Vec<(&str, Seats)> =
        offers.values().map(|legs| (&*legs[0].offer_name, seats(legs))).collect();
    let free = lines.iter().any(|l| l.total.is_zero() && !l.quantity.is_zero());
    let refund = lines.iter().any(|l| is_refund(l));
    if let [(_, s)] = of.as_slice() {
        let now = s.after.max(s.before);
        return match (s.before.is_zero(), s.after.is_zero()) {
            (true, false) if free => {
                format!("trial turned paid on {on}: {} {}", number(s.after), word(s.after))
            }
            (true, false) => format!("{} {} from {on}", number(s.after), word(s.after)),
            (false, true) => format!("{} to 0 {} on {on}", number(s.before), word(s.before)),
            (false, false) if s.before == s.after => {
                format!("{} {} at another price on {on}", number(now), word(now))
            }
            (false, false) => {
                format!("{} to {} {} on {on}", number(s.before), number(s.after), word(s.after))
            }
            (true, true) => format!("free of charge from {on}"),
        };
    }
    let left: Vec<_> =
        of.iter().filter(|(_, s)| s.after.is_zero() && !s.before.is_zero()).collect();
    let come: Vec<_> =
        of.iter().filter(|(_, s)| s.before.is_zero() && !s.after.is_zero()).collect();
    if let ([(from, was)], [(to, is)], 2) = (left.as_slice(), come.as_slice(), of.len()) {
        return format!(
            "{} {} of {from} became {} of {to} on {on}",
            number(was.before),
            word(was.before),
            number(is.after)
        );
    }
    if free && !refund {
        let paid = come.iter().fold(Decimal::ZERO, |sum, (_, s)| sum.saturating_add(s.after));
        return format!("trial turned paid on {on}: {} {}", number(paid), word(paid));
    }
    let each: Vec<String> = of
        .iter()
        .map(|(name, s)| format!("{name} {} to {}", number(s.before), number(s.after)))
        .collect();
    format!("{} on {on}", each.join(", "))
}

/// The event in one sentence: "10 to 12 seats on 20 Jun, +18.81".
pub fn tell_with_money(lines: &[&Line], net: Decimal) -> String {
    let sign = if net.is_sign_negative() && !net.is_zero() { "" } else { "+" };
    format!("{}, {sign}{}", tell(lines), money::text(net))
}

fn day(day: Date) -> String {
    day.strftime("%-d %b").to_string()
}

fn number(n: Decimal) -> String {
    n.normalize().to_string()
}

/// Whole units are seats; shares of one are not.
fn word(n: Decimal) -> &'static str {
    if n == Decimal::ONE {
        "seat"
    } else if n.fract().is_zero() {
        "seats"
    } else {
        "units"
    }
}
