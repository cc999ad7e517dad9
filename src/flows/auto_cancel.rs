//! Auto-cancel: recurring additions whose subscription is missing from a period's load get the
//! last day of the month before as their end (design 6.9). Never on a period that looks partial.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use rust_decimal::Decimal;
use smallvec::{SmallVec, smallvec};

use crate::domain::addition::{OwnAddition, Subject};
use crate::domain::line::{Line, Text};
use crate::domain::period::Period;
use crate::domain::plan::{Action, ActionKind, AgreementTarget, Reason};
use crate::domain::plan_input::{PeriodTotals, PlanInput, SubscriptionKey};
use crate::domain::policy::Policy;

/// What auto-cancel found.
#[derive(Debug, Default)]
pub(super) struct Missing {
    /// Cancels, in marker order.
    pub actions: Vec<Action>,
    /// Why nothing was looked for, or something was left.
    pub notices: Vec<Reason>,
}

/// Looks for additions that no line of a period stands for any more. `periods` are those in scope;
/// of each source only its newest one is judged. `billed` tells whether the plan itself brings an
/// addition up to a period, `lines` gives all lines with whether an addition has them after the
/// plan.
pub(super) fn missing<'a, L: Iterator<Item = (&'a Line, bool)>>(
    input: &PlanInput,
    policy: &Policy,
    periods: &[Period],
    billed: &dyn Fn(&str) -> bool,
    lines: &dyn Fn() -> L,
) -> Missing {
    let mut out = Missing::default();
    let mut newest: BTreeMap<&Text, Period> = BTreeMap::new();
    for (period, source) in input.totals.keys().filter(|(p, _)| periods.contains(p)) {
        let p = newest.entry(source).or_insert(*period);
        *p = (*p).max(*period);
    }
    for (source, period) in newest {
        let waiting: Vec<(&OwnAddition, SubscriptionKey, u32)> = input
            .additions
            .iter()
            .filter_map(|a| still_billing(a, source, period).map(|(key, n)| (a, key, n)))
            .filter(|(a, ..)| !billed(&a.marker))
            .collect();
        if waiting.is_empty() {
            continue;
        }
        let present = input.present.get(&(period, source.clone()));
        let covered = covered(&waiting, source, period, lines());
        let mut candidates: Vec<(&OwnAddition, Why)> = waiting
            .iter()
            .filter_map(|(own, key, occurrence)| {
                let times = present.and_then(|p| p.get(key)).copied().unwrap_or_default();
                if *occurrence > times {
                    Some((*own, Why::Missing))
                } else if covered.get(key).copied().unwrap_or_default() >= times {
                    Some((*own, Why::Elsewhere))
                } else {
                    None
                }
            })
            .collect();
        if candidates.is_empty() {
            continue;
        }
        if input.unloaded.contains(&(period, source.clone())) {
            out.notices.push(Reason {
                code: Cow::Borrowed("partial-period"),
                text: format!(
                    "{} recurring additions have no line in {period}, and nothing is cancelled: lines \
                     were dropped with `addendum unload`; load the month again",
                    candidates.len()
                )
                .into(),
            });
            continue;
        }
        let now = &input.totals[&(period, source.clone())];
        let before = input.totals.get(&(period.previous(), source.clone()));
        if let Some(why) = looks_partial(now, before, policy.partial_share) {
            out.notices.push(Reason {
                code: Cow::Borrowed("partial-period"),
                text: format!(
                    "{} recurring additions have no line in the load of {period}, and nothing is \
                     cancelled: {why}",
                    candidates.len()
                )
                .into(),
            });
            continue;
        }
        candidates.sort_unstable_by(|(a, _), (b, _)| a.marker.cmp(&b.marker));
        for (own, why) in candidates {
            match cancel(input, own, period, why) {
                Ok(action) => out.actions.push(action),
                Err(reason) => out.notices.push(reason),
            }
        }
    }
    out
}

/// Why an addition has no line.
#[derive(Debug, Clone, Copy)]
enum Why {
    /// The load does not have its subscription, or not so often.
    Missing,
    /// All lines of its subscription have other additions: the organization goes to another
    /// company now, or the lines are posted one by one.
    Elsewhere,
}

/// The subscription and occurrence of an addition of the source that the PSA would bill in this
/// period, though it shows an earlier one.
fn still_billing(own: &OwnAddition, of: &Text, period: Period) -> Option<(SubscriptionKey, u32)> {
    let Subject::Recurring { source, contract, subscription, offer, occurrence, .. } = &own.subject
    else {
        return None;
    };
    let ended = own.fields.cancelled.is_some_and(|end| end < period.first_day());
    if source != of || own.gone || ended || own.shown >= period {
        return None;
    }
    let key = SubscriptionKey {
        contract: contract.clone(),
        subscription: subscription.clone(),
        offer: offer.clone(),
    };
    Some((key, *occurrence))
}

/// How many lines of these subscriptions have an addition.
fn covered<'a>(
    waiting: &[(&OwnAddition, SubscriptionKey, u32)],
    source: &Text,
    period: Period,
    lines: impl Iterator<Item = (&'a Line, bool)>,
) -> HashMap<SubscriptionKey, u32> {
    let asked: HashSet<&str> = waiting.iter().map(|(_, key, _)| &*key.subscription).collect();
    let mut counts = HashMap::new();
    for (line, covered) in lines {
        if covered
            && line.period == period
            && line.source == *source
            && line.charge_type.is_recurring()
            && let Some(subscription) = &line.subscription_id
            && asked.contains(&**subscription)
        {
            let key = SubscriptionKey {
                contract: line.contract_id.clone(),
                subscription: subscription.clone(),
                offer: line.offer_id.clone(),
            };
            *counts.entry(key).or_default() += 1;
        }
    }
    counts
}

/// Why a period looks partial: fewer organizations or less money than a share of the month before
/// (settings `billing.partial_share`).
/// Why a month's load looks partial beside the month before, where it does.
pub(super) fn looks_partial(
    now: &PeriodTotals,
    before: Option<&PeriodTotals>,
    share: Decimal,
) -> Option<String> {
    let Some(before) = before else {
        return Some(
            "the month before is not loaded, so it cannot be told whether the load is whole".into(),
        );
    };
    if Decimal::from(now.organizations) < Decimal::from(before.organizations) * share {
        return Some(format!(
            "the load looks partial ({} organizations, {} the month before)",
            now.organizations, before.organizations
        ));
    }
    for (currency, money) in &before.money {
        let is = now.money.get(currency).copied().unwrap_or_default();
        if money.is_sign_positive() && is < money.saturating_mul(share) {
            return Some(format!(
                "the load looks partial ({is} {currency}, {money} the month before)"
            ));
        }
    }
    None
}

fn cancel(
    input: &PlanInput,
    own: &OwnAddition,
    period: Period,
    why: Why,
) -> Result<Action, Reason> {
    let end = period.previous().last_day();
    if own.fields.effective > end {
        return Err(Reason {
            code: Cow::Borrowed("cancel-before-start"),
            text: format!(
                "addition {} is not in the load of {period} and starts only on {}: it is left for \
                 a person",
                own.addition_id, own.fields.effective
            )
            .into(),
        });
    }
    let mut after = own.fields.clone();
    after.cancelled = Some(end);
    let name =
        |n: Option<&String>| -> Text { n.map_or_else(|| Text::from(""), |n| n.as_str().into()) };
    Ok(Action {
        id: 0,
        kind: ActionKind::Cancel,
        company_id: own.company_id,
        company: name(input.companies.get(&own.company_id).map(|c| &c.name)),
        agreement: AgreementTarget::Existing(own.agreement_id),
        agreement_name: name(input.agreements.get(&own.agreement_id).map(|a| &a.name)),
        addition_id: Some(own.addition_id),
        marker: Some(own.marker.clone()),
        subject: Some(own.subject.clone()),
        lines: SmallVec::new(),
        line_ids: SmallVec::new(),
        period: Some(own.shown),
        before: Some(Box::new(own.fields.clone())),
        after: Some(after),
        new_agreement: None,
        amount: -own.fields.amount(),
        currency: own.currency,
        sold: Vec::new(),
        reasons: smallvec![match why {
            Why::Missing => Reason {
                code: Cow::Borrowed("subscription-missing"),
                text: format!(
                    "its subscription is not in the load of {period}; last billed for {}",
                    own.shown
                )
                .into(),
            },
            Why::Elsewhere => Reason {
                code: Cow::Borrowed("billed-elsewhere"),
                text: format!(
                    "other additions bill its subscription from {period} on; last billed here for \
                     {}",
                    own.shown
                )
                .into(),
            },
        }],
    })
}
