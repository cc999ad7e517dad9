//! A marker that stands on several additions: ConnectWise bills all of them. Restoring leaves the
//! one that is known here, and deletes its copies: what Addendum itself asked for under the marker,
//! and the network delivered once more. Whatever else carries the marker is a person's.

use std::collections::HashMap;

use rust_decimal::Decimal;
use smallvec::{SmallVec, smallvec};

use super::super::Finding;
use super::super::fields::same;
use super::Reading;
use super::left::{not_known, refused};
use crate::domain::addition::AdditionFields;
use crate::domain::line::Text;
use crate::domain::plan::{Action, ActionKind, AgreementTarget, Reason};
use crate::domain::problem::Problem;
use crate::domain::psa::Agreement;

/// The deletion of each copy; none of them when one may not be deleted. `asked` is what was ever
/// asked for under the marker.
pub(super) fn deletions(
    reading: &Reading<'_>,
    companies: &HashMap<i64, String>,
    finding: &Finding,
    agreements: &HashMap<i64, Agreement>,
    asked: &[AdditionFields],
) -> Result<Vec<Action>, Problem> {
    let marker = Text::from(finding.marker.as_str());
    let own = reading.own.get(&marker).ok_or_else(|| not_known(&marker))?;
    let live = reading.live.get(&*marker).map(Vec::as_slice).unwrap_or_default();
    let (known, copies): (Vec<_>, Vec<_>) = live.iter().partition(|a| a.id == own.addition_id);
    if known.is_empty() {
        let id = own.addition_id;
        return Err(refused(
            "doubled",
            format!("none of the additions that carry the marker {marker} is {id}, the posted one"),
            "delete all but one of them in ConnectWise, then adopt the one that is left",
        ));
    }
    let company = companies.get(&own.company_id).map_or("", String::as_str);
    let each = copies.into_iter().map(|copy| {
        if !std::iter::once(&own.fields).chain(asked).any(|a| same(a, &copy.fields)) {
            return Err(refused(
                "not-a-copy",
                format!(
                    "addition {} carries the marker {marker} too, and Addendum never asked for it \
                     as it is",
                    copy.id
                ),
                "look at it in ConnectWise: take the marker off it, or delete it there",
            ));
        }
        let agreement = agreements.get(&copy.agreement_id);
        if let Some(next) = agreement.and_then(|a| a.invoiced_past(copy.fields.effective)) {
            return Err(refused(
                "invoiced",
                format!(
                    "ConnectWise has invoiced addition {}, a copy of {} under the marker {marker} \
                     (up to {next}), and an invoiced record is never deleted",
                    copy.id, own.addition_id
                ),
                "keep it, and correct it with a credit in ConnectWise",
            ));
        }
        Ok(Action {
            id: 0,
            kind: ActionKind::Delete,
            company_id: own.company_id,
            company: company.into(),
            agreement: AgreementTarget::Existing(copy.agreement_id),
            agreement_name: agreement.map_or("", |a| a.name.as_str()).into(),
            addition_id: Some(copy.id),
            marker: Some(marker.clone()),
            subject: Some(own.subject.clone()),
            // Its lines rest on the addition that stays.
            lines: SmallVec::new(),
            line_ids: SmallVec::new(),
            sold: Vec::new(),
            period: Some(own.shown),
            // As it was looked at just now: one that somebody changes meanwhile is left.
            before: Some(Box::new(copy.fields.clone())),
            after: None,
            new_agreement: None,
            amount: Decimal::ZERO.checked_sub(copy.fields.amount()).unwrap_or(Decimal::ZERO),
            currency: own.currency,
            reasons: smallvec![Reason {
                code: "restore".into(),
                text: format!("a copy of addition {}, under the same marker", own.addition_id)
                    .into(),
            }],
        })
    });
    each.collect()
}
