//! Auto-cancel: recurring additions whose subscription is missing from a period's load get the
//! last day of the month before as their end (design 6.9). Never on a period that looks partial.

use std::borrow::Cow;

use rust_decimal::Decimal;

use crate::domain::addition::{OwnAddition, Subject};
use crate::domain::line::Text;
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

/// Looks for subscriptions that a period's load lacks. `periods` are those in scope; of each source
/// only its newest one is judged. `shown_later` tells whether the plan itself brings the addition
/// up to a period.
pub(super) fn missing(
    input: &PlanInput,
    policy: &Policy,
    periods: &[Period],
    billed: &dyn Fn(&str) -> bool,
) -> Missing {
    let mut out = Missing::default();
    let mut newest: std::collections::BTreeMap<&Text, Period> = std::collections::BTreeMap::new();
    for (period, source) in input.totals.keys().filter(|(p, _)| periods.contains(p)) {
        let p = newest.entry(source).or_insert(*period);
        *p = (*p).max(*period);
    }
    for (source, period) in newest {
        let mut candidates: Vec<&OwnAddition> = input
            .additions
            .iter()
            .filter(|a| is_missing(input, a, source, period) && !billed(&a.marker))
            .collect();
        if candidates.is_empty() {
            continue;
        }
        let now = &input.totals[&(period, source.clone())];
        let before = input.totals.get(&(period.previous(), source.clone()));
        if let Some(why) = looks_partial(now, before, policy.partial_share) {
            out.notices.push(Reason {
                code: Cow::Borrowed("partial-period"),
                text: format!(
                    "{} recurring additions are not in the load of {period}, and nothing is \
                     cancelled: {why}",
                    candidates.len()
                ),
            });
            continue;
        }
        candidates.sort_unstable_by(|a, b| a.marker.cmp(&b.marker));
        for own in candidates {
            match cancel(input, own, period) {
                Ok(action) => out.actions.push(action),
                Err(reason) => out.notices.push(reason),
            }
        }
    }
    out
}

fn is_missing(input: &PlanInput, own: &OwnAddition, of: &Text, period: Period) -> bool {
    let Subject::Recurring { source, contract, subscription, offer, occurrence, .. } = &own.subject
    else {
        return false;
    };
    if source != of || own.gone || own.fields.cancelled.is_some() || own.shown >= period {
        return false;
    }
    let key = SubscriptionKey {
        contract: contract.clone(),
        subscription: subscription.clone(),
        offer: offer.clone(),
    };
    let billed = input
        .present
        .get(&(period, of.clone()))
        .and_then(|p| p.get(&key))
        .copied()
        .unwrap_or_default();
    *occurrence > billed
}

/// Why a period looks partial: fewer organizations or less money than a share of the month before
/// (settings `billing.partial_share`).
fn looks_partial(
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
        if money.is_sign_positive() && is < *money * share {
            return Some(format!(
                "the load looks partial ({is} {currency}, {money} the month before)"
            ));
        }
    }
    None
}

fn cancel(input: &PlanInput, own: &OwnAddition, period: Period) -> Result<Action, Reason> {
    let end = period.previous().last_day();
    if own.fields.effective > end {
        return Err(Reason {
            code: Cow::Borrowed("cancel-before-start"),
            text: format!(
                "addition {} is not in the load of {period} and starts only on {}: it is left for \
                 a person",
                own.addition_id, own.fields.effective
            ),
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
        lines: Vec::new(),
        line_ids: Vec::new(),
        period: Some(own.shown),
        before: Some(own.fields.clone()),
        after: Some(after),
        new_agreement: None,
        amount: -own.fields.amount(),
        currency: own.currency,
        reasons: vec![Reason {
            code: Cow::Borrowed("subscription-missing"),
            text: format!(
                "its subscription is not in the load of {period}; last billed for {}",
                own.shown
            ),
        }],
    })
}
