//! First and last day of an addition (design 6.4). Precedence: typed by a user, then rule, then
//! default.

use jiff::civil::Date;

use crate::domain::billing_period;
use crate::domain::line::{DateBadge, Line};
use crate::domain::plan::Reason;
use crate::domain::policy::{ClosedPeriodPolicy, OneTimeEnd, Policy};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::psa::Agreement;

use super::reason;

/// What is posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dates {
    pub start: Date,
    pub end: Option<Date>,
    /// The start was moved out of an invoiced period.
    pub moved: Option<Reason>,
}

/// The start that user, rule or default ask for, before the agreement is looked at.
pub(super) fn wanted_start(line: &Line) -> Date {
    line.dates.start.unwrap_or(line.charge_start)
}

/// Dates of a new recurring addition: open-ended unless a rule or a user says otherwise.
pub(super) fn recurring(line: &Line, a: &Agreement, policy: &Policy) -> Result<Dates, Problem> {
    let (start, moved) = start(line, a, policy)?;
    let end = line.dates.end;
    in_order(line, start, end)?;
    Ok(Dates { start, end, moved })
}

/// Dates of an addition that is posted once: it lives inside one billing period.
pub(super) fn once(line: &Line, a: &Agreement, policy: &Policy) -> Result<Dates, Problem> {
    let (start, moved) = start(line, a, policy)?;
    let period_end = billing_period::holding(a, start).map(|p| p.last);
    let end = match (line.dates.end_badge, line.dates.end) {
        (DateBadge::UserUpdated, end) => end,
        (DateBadge::SystemUpdated, Some(end)) if moved.is_none() || end >= start => Some(end),
        _ => {
            let own = line.charge_end.filter(|e| moved.is_none() || *e >= start);
            match (policy.one_time_end, own, period_end) {
                (OneTimeEnd::ChargeEnd, Some(own), _) | (_, Some(own), None) => Some(own),
                (OneTimeEnd::BillingPeriod, Some(own), Some(last)) => Some(own.min(last)),
                (_, None, last) => last,
            }
        }
    };
    in_order(line, start, end)?;
    Ok(Dates { start, end, moved })
}

fn start(line: &Line, a: &Agreement, policy: &Policy) -> Result<(Date, Option<Reason>), Problem> {
    let wanted = wanted_start(line);
    if let Some(bill_start) = a.bill_start.or(a.start)
        && wanted < bill_start
    {
        return Err(Problem::new(
            ProblemKind::Incomplete,
            "start-before-billing-start",
            format!(
                "the charge starts on {wanted}, and agreement {} bills from {bill_start} on",
                a.id
            ),
            "choose an agreement that bills from then on, type a later start, or change the \
             agreement's billing start in ConnectWise and run `addendum pull agreements`",
        ));
    }
    if let Some(open) = a.invoiced_past(wanted)
        && !a.prorates
    {
        return match policy.closed_period {
            ClosedPeriodPolicy::NextOpen => Ok((
                open,
                Some(reason(
                    "start-moved",
                    format!(
                        "the period that holds {wanted} is invoiced, so it starts on {open}, the \
                         first day of the open one"
                    ),
                )),
            )),
            ClosedPeriodPolicy::Refuse => Err(Problem::new(
                ProblemKind::Incomplete,
                "closed-period",
                format!(
                    "the charge starts on {wanted}, and agreement {} is invoiced up to the day \
                     before {open}",
                    a.id
                ),
                "set billing.closed_period = \"next-open\", or type a start in the open period",
            )),
        };
    }
    Ok((wanted, None))
}

fn in_order(line: &Line, start: Date, end: Option<Date>) -> Result<(), Problem> {
    match end {
        Some(end) if end < start => Err(Problem::new(
            ProblemKind::Incomplete,
            "end-before-start",
            format!("it would end on {end}, before it starts on {start}"),
            match line.dates.end_badge {
                DateBadge::UserUpdated => "type another end or start for the line",
                _ => "type an end for the line, or change the charge-date rules and load it again",
            },
        )),
        _ => Ok(()),
    }
}
