//! Net additions: what is netted, what it says, and what later lines do to it.

use super::house::{only, reasons, refused};
use super::{House, day, dec};
use crate::domain::addition::Subject;
use crate::domain::charge_type::ChargeType;
use crate::domain::line::{Line, Text};
use crate::domain::line_extra::LineSide;
use crate::domain::net;
use crate::domain::plan::{ActionKind, Plan};
use crate::domain::policy::{PostingMode, RecurringPolicy};

/// A house that nets, with no line yet.
fn house(mode: PostingMode) -> House {
    let mut house = House::new();
    house.policy.posting = mode;
    house
}

/// A leg of a seat change of subscription `s` on 20 June.
fn leg<'h>(house: &'h mut House, key: &str, quantity: &str, total: &str) -> &'h mut Line {
    let line = house.usage(key, "2026-06");
    line.charge_type = ChargeType::Correction;
    line.subscription_id = Some("s".into());
    line.charge_start = day("2026-06-20");
    line.charge_end = Some(day("2026-06-30"));
    (line.quantity, line.total) = (dec(quantity), dec(total));
    (line.unit_price, line.unit_cost) = (None, None);
    line
}

fn seat_change(mode: PostingMode) -> House {
    let mut house = house(mode);
    leg(&mut house, "refund", "10", "-94.08");
    leg(&mut house, "charge", "12", "112.89");
    house
}

fn keys(plan: &Plan) -> Vec<Vec<&str>> {
    plan.actions.iter().map(|a| a.lines.iter().map(|l| &**l).collect()).collect()
}

#[test]
fn an_event_is_one_addition_at_what_it_comes_to() {
    let mut house = seat_change(PostingMode::NetPerEvent);
    let plan = house.plan();
    let action = only(&plan);
    assert_eq!(action.kind, ActionKind::Create);
    assert_eq!(keys(&plan), [["charge", "refund"]]);
    assert_eq!((action.amount, action.line_ids.len()), (dec("18.81"), 2));
    let fields = action.after.as_ref().unwrap();
    // 18.81 does not divide into two seats.
    assert_eq!((fields.quantity, fields.unit_price), (dec("1"), dec("18.81")));
    assert_eq!((fields.effective, fields.cancelled), (day("2026-06-20"), Some(day("2026-06-30"))));
    assert_eq!(
        fields.invoice_description,
        "Office - Correction (10 to 12 seats on 20 Jun, net of 2 lines)"
    );
    assert_eq!(reasons(action), ["netted"]);
    assert_eq!((plan.counts.create, plan.counts.failed), (1, 0));
    let Some(Subject::Net { stem, .. }) = &action.subject else { panic!("{:?}", action.subject) };
    assert_eq!(net::stem_of(action.marker.as_deref().unwrap()), Some(&**stem));
    assert!(plan.events.is_empty(), "it is folded for good");
    house.apply(&plan);
    let again = house.plan();
    assert!(again.actions.is_empty() && again.settled.is_empty());
    assert_eq!(again.money[0].posted, dec("18.81"));
}

#[test]
fn seats_that_divide_the_money_are_the_quantity() {
    let mut house = house(PostingMode::NetPerEvent);
    leg(&mut house, "refund", "12", "-120").unit_cost = Some(dec("8"));
    leg(&mut house, "charge", "8", "80").unit_cost = Some(dec("8"));
    let plan = house.plan();
    let fields = only(&plan).after.as_ref().unwrap();
    assert_eq!((fields.quantity, fields.unit_price), (dec("4"), dec("-10")));
    assert_eq!(fields.unit_cost, Some(dec("-8")));
}

#[test]
fn lines_of_a_month_are_one_addition_that_names_its_parts() {
    let mut house = seat_change(PostingMode::NetPerSubscriptionMonth);
    house.policy.recurring = RecurringPolicy::PerLine;
    let fee = house.fee("s@1", "2026-06");
    (fee.quantity, fee.unit_price, fee.total) = (dec("10"), Some(dec("10.08")), dec("100.80"));
    let plan = house.plan();
    let fields = only(&plan).after.as_ref().unwrap();
    assert_eq!((fields.quantity, fields.unit_price), (dec("1"), dec("119.61")));
    assert_eq!(
        fields.invoice_description,
        "Office - Correction (net of 3 lines: Cycle Fee 100.80, Correction 18.81)"
    );
    assert_eq!((fields.effective, fields.cancelled), (day("2026-06-01"), Some(day("2026-06-30"))));
}

#[test]
fn a_persistent_addition_is_never_netted() {
    let mut house = seat_change(PostingMode::NetPerSubscriptionMonth);
    house.fee("s@1", "2026-06");
    let plan = house.plan();
    assert_eq!(keys(&plan), [vec!["s@1"], vec!["charge", "refund"]]);
    assert!(matches!(plan.actions[0].subject, Some(Subject::Recurring { .. })));
}

#[test]
fn what_comes_later_is_netted_with_what_is_left() {
    let mut house = seat_change(PostingMode::NetPerEvent);
    let first = house.sync();
    let marker = only(&first).marker.clone();
    leg(&mut house, "late-1", "12", "-112.89");
    let alone = house.clone().plan();
    assert!(matches!(only(&alone).subject, Some(Subject::Line { .. })), "alone it is itself");
    leg(&mut house, "late-2", "8", "75.26");
    let plan = house.sync();
    assert_eq!(keys(&plan), [["late-1", "late-2"]]);
    assert_ne!(only(&plan).marker, marker);
    assert_eq!(house.line("charge").posted.as_ref().map(|p| p.marker.clone()), marker);
    assert!(house.plan().actions.is_empty());
}

#[test]
fn what_cannot_be_one_addition_is_posted_line_by_line() {
    let differs = |change: fn(&mut House)| {
        let mut house = seat_change(PostingMode::NetPerEvent);
        house.offer("other", 101);
        change(&mut house);
        let plan = house.plan();
        assert_eq!(plan.counts.create, 2, "{:#?}", plan.actions);
        assert!(plan.actions.iter().all(|a| matches!(a.subject, Some(Subject::Line { .. }))));
    };
    differs(|h| h.line("charge").subscription_id = None);
    differs(|h| h.line("charge").choice.product = Some(101));
    differs(|h| h.line("charge").choice.post_once = true);
    differs(|h| {
        h.agreement(11, 1);
        h.line("charge").choice.agreement = Some(11);
        h.line("refund").choice.agreement = Some(10);
    });
    // Both give money back: that is no seat change.
    differs(|h| h.line("charge").total = dec("-1"));
    // One lives beyond its billing period.
    differs(|h| {
        let line = h.line("charge");
        line.dates.end = Some(day("2026-08-31"));
        line.dates.end_badge = crate::domain::line::DateBadge::UserUpdated;
    });
    // ConnectWise bills by the day, and the days differ.
    differs(|h| {
        h.agreement(10, 1).prorates = true;
        for key in ["charge", "refund"] {
            h.line(key).side =
                Some(LineSide { event_id: Some("e".into()), ..LineSide::default() }.into());
        }
        h.line("charge").charge_start = day("2026-06-21");
    });
}

#[test]
fn a_refused_line_leaves_the_others() {
    let mut house = seat_change(PostingMode::NetPerSubscriptionMonth);
    leg(&mut house, "early", "1", "5").charge_start = day("2025-12-31");
    let plan = house.sync();
    assert_eq!(keys(&plan), [["charge", "refund"]]);
    assert_eq!((plan.counts.create, plan.counts.failed), (1, 1));
    assert!(plan.money.iter().all(|m| m.holds()));
}

#[test]
fn a_net_that_was_deleted_in_the_psa_is_posted_again_when_told_to() {
    let mut house = seat_change(PostingMode::NetPerEvent);
    house.sync();
    house.input.additions[0].gone = true;
    for key in ["charge", "refund"] {
        let line = house.line(key);
        line.posted = None;
        line.psa_status = crate::domain::status::PsaStatus::NotSynced;
    }
    let plan = house.plan();
    assert_eq!(plan.counts.failed, 2);
    assert!(plan.errors.iter().all(|e| e.problem.code == "deleted-in-psa"));
    house.scope.repost_deleted = true;
    assert_eq!(
        only(&house.plan()).lines.as_slice(),
        ["charge".into(), "refund".into()] as [Text; 2]
    );
}

#[test]
fn a_line_of_a_net_that_stands_is_not_posted_again() {
    let mut house = seat_change(PostingMode::NetPerEvent);
    house.sync();
    let line = house.line("charge");
    line.posted = None;
    line.psa_status = crate::domain::status::PsaStatus::NotSynced;
    for mode in super::properties::MODES {
        house.policy.posting = mode;
        let plan = house.clone().sync();
        assert!(plan.actions.is_empty() && plan.errors.is_empty(), "{plan:#?}");
        assert_eq!(plan.settled.len(), 1);
        // Its money has changed since: then a person looks.
        let mut other = house.clone();
        other.line("charge").total = dec("112.90");
        assert_eq!(refused(&other.plan()), "in-a-net");
    }
}

#[test]
fn line_by_line_the_plan_tells_events() {
    let mut house = seat_change(PostingMode::PerLine);
    house.usage("else", "2026-06");
    let plan = house.plan();
    assert_eq!(plan.counts.create, 3);
    let [event] = plan.events.as_slice() else { panic!("{:?}", plan.events) };
    assert_eq!(event.text, "10 to 12 seats on 20 Jun, +18.81");
    assert_eq!((&*event.what, &*event.company), ("Office", "Company 1"));
    assert_eq!(event.lines, ["charge".into(), "refund".into()] as [Text; 2]);
    let of: Vec<&str> =
        event.actions.iter().map(|n| &*plan.actions[*n as usize].lines[0]).collect();
    assert_eq!(of, ["charge", "refund"]);
    assert_eq!(event.amount, dec("18.81"));
}
