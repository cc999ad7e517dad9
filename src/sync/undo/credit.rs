//! What puts right what cannot be taken back because ConnectWise has invoiced it: an addition with
//! the opposite amount in the open period. It is proposed, and posted only when asked for.

use std::collections::HashMap;

use rust_decimal::Decimal;
use smallvec::{SmallVec, smallvec};

use super::super::Credit;
use super::{Made, Place};
use crate::domain::addition::{AdditionFields, OwnAddition, Subject};
use crate::domain::billing_period;
use crate::domain::line::Text;
use crate::domain::marker::marker;
use crate::domain::money::cents;
use crate::domain::period::Period;
use crate::domain::plan::{Action, ActionKind, AgreementTarget, Reason};
use crate::domain::psa::{Agreement, AgreementStatus};

/// The credit for what a run made of an addition, and the write that posts it. Its marker says which
/// addition of which month it is for, so that there is one at most, whoever asks how often.
///
/// `None`: there is nothing to credit (an ending, a change without money), or no place for it.
pub(super) fn propose(
    made: &Made,
    place: &Place,
    own: &HashMap<Text, OwnAddition>,
) -> Option<(Credit, Action)> {
    if made.action.kind == ActionKind::Cancel {
        return None;
    }
    let agreement = place.agreement.as_ref().filter(|a| a.status == AgreementStatus::Active)?;
    let written = made.outcome.fields.as_ref().or(made.action.after.as_ref())?;
    let of = made.action.marker.clone()?;
    let period = made.action.period.unwrap_or_else(|| Period::of(written.effective));
    let subject = Subject::Credit { of, period };
    let marker: Text = marker(&subject).into();
    let fields = opposite(made, written, agreement, period)?;
    let amount = fields.unit_price;
    let credit = Credit {
        marker: marker.to_string(),
        agreement_id: agreement.id,
        amount,
        currency: made.action.currency,
        from: fields.effective,
        description: fields.invoice_description.clone(),
        posted: own.get(&marker).is_some_and(|a| !a.gone) || place.live.contains_key(&*marker),
    };
    let reason = format!("credits {period}, which ConnectWise has invoiced");
    let action = Action {
        kind: ActionKind::Create,
        agreement: AgreementTarget::Existing(agreement.id),
        addition_id: None,
        marker: Some(marker),
        subject: Some(subject),
        // It settles no line: the lines that it credits stay posted.
        lines: SmallVec::new(),
        line_ids: SmallVec::new(),
        period: Some(period),
        before: None,
        after: Some(fields),
        new_agreement: None,
        sold: Vec::new(),
        amount,
        reasons: smallvec![Reason { code: "credit".into(), text: reason.into() }],
        ..made.action.clone()
    };
    Some((credit, action))
}

/// One unit at the opposite of what the run added to the bill, to the cent.
fn opposite(
    made: &Made,
    written: &AdditionFields,
    agreement: &Agreement,
    period: Period,
) -> Option<AdditionFields> {
    let before = if made.created { None } else { Some(made.before.as_ref()?) };
    let added =
        written.amount().saturating_sub(before.map_or(Decimal::ZERO, AdditionFields::amount));
    let credit = -cents(added);
    if credit.is_zero() {
        return None;
    }
    let cost = |f: &AdditionFields| f.unit_cost.map(|c| f.quantity.saturating_mul(c));
    let unit_cost = cost(written)
        .map(|now| -cents(now.saturating_sub(before.and_then(cost).unwrap_or_default())));
    // The first day that is not invoiced.
    let from = agreement.next_invoice.map_or(written.effective, |n| n.max(written.effective));
    if agreement.end.is_some_and(|end| end < from) {
        return None;
    }
    Some(AdditionFields {
        product_id: written.product_id,
        quantity: Decimal::ONE,
        unit_price: credit,
        unit_cost,
        effective: from,
        cancelled: billing_period::holding(agreement, from).map(|p| p.last),
        invoice_description: format!("Credit for {period}: {}", written.invoice_description),
    })
}
