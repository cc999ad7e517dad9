//! Guards on when something is billed: a share of what the source has prorated already, and a start
//! in a period that ConnectWise has invoiced.

use jiff::civil::Date;

use crate::domain::billing_period;
use crate::domain::guard::{Guard, GuardAction, Warning};
use crate::domain::line::Line;
use crate::domain::psa::Agreement;

/// What is worth a second look about the dates of a new addition. `moved`: its start was moved out
/// of an invoiced period.
pub(in super::super) fn warnings(
    guard: &Guard,
    line: &Line,
    agreement: &Agreement,
    (start, end): (Date, Option<Date>),
    moved: bool,
) -> Vec<Warning> {
    if guard.action == GuardAction::Off {
        return Vec::new();
    }
    let mut found = Vec::new();
    found.extend(prorated_twice(line, agreement, start, end));
    if moved {
        found.push(Warning {
            line: line.key.clone(),
            code: "period-invoiced".into(),
            message: format!(
                "its charge begins on {}, in a period that ConnectWise has invoiced on agreement \
                 {}: it is billed from {start} on",
                line.charge_start, agreement.id
            ),
            remedy: "type another start for it, or refuse such lines with billing.closed_period \
                     = \"refuse\""
                .into(),
        });
    }
    found
}

/// The charge covers a part of a billing period, so the source bills a share of the price; on an
/// agreement that prorates ConnectWise bills a share of that share.
fn prorated_twice(
    line: &Line,
    agreement: &Agreement,
    start: Date,
    end: Option<Date>,
) -> Option<Warning> {
    if !agreement.prorates {
        return None;
    }
    let period = billing_period::holding(agreement, start)?;
    let part =
        |from: Date, to: Option<Date>| from > period.first || to.is_some_and(|to| to < period.last);
    (part(start, end) && part(line.charge_start, line.charge_end)).then(|| Warning {
        line: line.key.clone(),
        code: "prorated-twice".into(),
        message: format!(
            "it covers a part of {} to {}, and agreement {} prorates: ConnectWise bills a share of \
             what the source has prorated already",
            period.first, period.last, agreement.id
        ),
        remedy: "choose an agreement that does not prorate for it, or switch prorating off in \
                 ConnectWise and run `addendum pull agreements`"
            .into(),
    })
}
