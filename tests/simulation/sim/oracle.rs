//! What must hold, looked at from the PSA's side: no addition twice, none lost, none altered that is
//! not ours, the equation exact, the journal at rest, and the store saying what the PSA holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use addendum::domain::addition::{AdditionFields, OwnAddition, Subject};
use addendum::domain::audit::AuditHead;
use addendum::domain::line::Line;
use addendum::domain::mapping::OrganizationMapping;
use addendum::domain::money::Currency;
use addendum::domain::period::Period;
use addendum::domain::plan::Plan;
use addendum::domain::status::PsaStatus;
use addendum::flows::EquationRow;
use addendum::sandbox::records::Addition;
use addendum::sync::{Finding, Findings};
use addendum::worker::job::ReconcileSummary;
use rust_decimal::Decimal;
use serde_json::Value;

use super::network::Network;
use super::process::Process;

/// What was found wrong.
pub type Verdict = Result<(), String>;

macro_rules! must {
    ($holds:expr, $($told:tt)*) => {
        if !$holds {
            return Err(format!($($told)*));
        }
    };
}

/// The marker of an addition, wherever it stands.
pub fn marker(addition: &Addition) -> Option<&str> {
    let custom = addition.custom_fields.values().filter_map(Value::as_str);
    let mut all = addition.serial_number.as_deref().into_iter().chain(custom);
    all.find(|m| m.starts_with("AD-"))
}

/// The additions that are nobody's business but the people's who made them.
pub fn foreign(network: &Network) -> BTreeMap<i64, Arc<Addition>> {
    let all = network.psa.inspect().shared_additions();
    all.into_iter().filter(|a| marker(a).is_none()).map(|a| (a.id, a)).collect()
}

/// Ours, by marker.
pub fn ours(network: &Network) -> BTreeMap<String, Vec<Arc<Addition>>> {
    let mut by_marker: BTreeMap<String, Vec<Arc<Addition>>> = BTreeMap::new();
    for addition in network.psa.inspect().shared_additions() {
        if let Some(marker) = marker(&addition) {
            by_marker.entry(marker.to_owned()).or_default().push(addition);
        }
    }
    by_marker
}

/// What holds at any moment: nothing is there twice that the network did not make twice, and nothing
/// foreign was touched.
pub fn at_any_time(network: &Network, before: &BTreeMap<i64, Arc<Addition>>) -> Verdict {
    if let Some(wrong) = network.first_wrong() {
        return Err(wrong);
    }
    let doubled = network.doubled();
    for (marker, all) in ours(network).into_iter().filter(|(m, _)| !doubled.contains(m)) {
        let ids: Vec<i64> = all.iter().map(|a| a.id).collect();
        must!(all.len() == 1, "TWICE: the marker {marker} stands on the additions {ids:?}");
    }
    let now = foreign(network);
    for (id, was) in before {
        let is = now.get(id);
        must!(is == Some(was), "ALTERED: the foreign addition {id} was {was:?} and is {is:?}");
    }
    let new: Vec<_> = now.keys().filter(|id| !before.contains_key(id)).collect();
    must!(new.is_empty(), "UNMARKED: the additions {new:?} carry no marker");
    Ok(())
}

/// What was posted before the store was lost, and may be unknown to the new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forgotten {
    /// Nothing.
    Nothing,
    /// Missing cents of lines that a guard refused at first, until their additions showed later ones.
    CentsOfSuperseded,
    /// Whatever rules hold back by now.
    WhatIsHeldBack,
}

/// What holds when a run came to its end and nothing is left to do. What people `touched` may differ,
/// and is told then. Where
/// nothing can differ, `reads_back` says whether Addendum is asked as well, with a reconcile.
pub async fn at_rest(
    process: &Process,
    network: &Network,
    plan: &Plan,
    totals: &BTreeMap<(Period, Currency), Decimal>,
    touched: &BTreeSet<String>,
    forgotten: Forgotten,
    reads_back: bool,
) -> Verdict {
    let told = |e: &dyn std::fmt::Display| format!("the store refuses: {e}");
    let store = &process.store;
    journal(process).await?;
    let lines = store.lines_in(&[]).await.map_err(|e| told(&e))?;
    let organizations = store.organizations().await.map_err(|e| told(&e))?;
    let refused: BTreeSet<_> = plan.errors.iter().filter_map(|e| e.line_id).collect();
    let superseded: BTreeSet<_> = plan.superseded.iter().copied().collect();
    for line in &lines {
        let is =
            |o: &&OrganizationMapping| (&o.source, &o.id) == (&line.source, &line.organization_id);
        let organization = organizations.iter().find(is);
        let mapped = organization.is_some_and(|o| !o.excluded && !o.companies.is_empty());
        let failed = line.psa_status == PsaStatus::Error;
        let (key, status) = (&line.key, line.psa_status);
        must!(status != PsaStatus::Posting, "UNRESOLVED: the line {key} is still Posting");
        must!(
            !failed || refused.contains(&line.id) || superseded.contains(&line.id),
            "FAILED: the line {key} is in Error, and no rule refuses it: {:?}",
            line.error
        );
        if mapped && line.invoice_status.may_be_posted() && status != PsaStatus::Synced {
            must!(
                refused.contains(&line.id) || superseded.contains(&line.id),
                "LOST: the line {key} is {status:?}, and no rule holds it back"
            );
        }
    }
    let own = store.own_additions().await.map_err(|e| told(&e))?;
    let live = ours(network);
    let touched = &with_their_cents(touched, &lines);
    let mut differ = BTreeSet::new();
    for o in own.iter().filter(|o| !o.gone) {
        if touched.contains(&*o.marker) {
            match live.get(&*o.marker).map(Vec::as_slice) {
                Some([is]) if same(&o.fields, is) => {}
                _ => {
                    differ.insert(o.marker.to_string());
                }
            }
            continue;
        }
        let all = live.get(&*o.marker).map(Vec::as_slice).unwrap_or_default();
        let [is] = all else {
            return Err(format!("MISSING: {} is on {} additions: {o:?}", o.marker, all.len()));
        };
        must!(
            is.id == o.addition_id && is.agreement_id == o.agreement_id,
            "ELSEWHERE: the store has {} as {} on {}, the PSA as {} on {}",
            o.marker,
            o.addition_id,
            o.agreement_id,
            is.id,
            is.agreement_id
        );
        must!(same(&o.fields, is), "DIFFERS: the store has {:?}, the PSA {is:?}", o.fields);
    }
    let known: BTreeSet<&str> = own.iter().filter(|o| !o.gone).map(|o| &*o.marker).collect();
    // A second copy can arrive when its first one was taken back.
    let doubled = network.doubled();
    let left: BTreeSet<String> = match forgotten {
        Forgotten::Nothing => BTreeSet::new(),
        Forgotten::CentsOfSuperseded => {
            lines.iter().filter(|l| superseded.contains(&l.id)).map(cents_of).collect()
        }
        Forgotten::WhatIsHeldBack => live.keys().cloned().collect(),
    };
    for (marker, all) in live.iter().filter(|(m, _)| !left.contains(*m) && !doubled.contains(*m)) {
        must!(known.contains(marker.as_str()), "ORPHAN: the store does not know {all:?}");
    }
    money(&lines, &own, &live, touched, plan)?;
    planned(plan, totals)?;
    let nothing_differs = touched.is_empty() && doubled.is_empty();
    if !reads_back && nothing_differs && lacking(plan).next().is_none() {
        return Ok(());
    }
    let ReconcileSummary { findings, equation: rows, .. } =
        process.reconcile().await.map_err(|e| told(&e))?;
    equation(&rows, totals)?;
    strangers(&findings, &own, &live)?;
    must!(findings.doubled.is_empty(), "RECONCILE finds {findings:?}");
    let found = findings.missing.iter().chain(&findings.drifted);
    let all: BTreeSet<&str> = found.clone().map(|f| &*f.marker).collect();
    let lack =
        |f: &&Finding| lacking(plan).any(|told| f.lines.iter().any(|l| told.contains(l.as_str())));
    let (lacking_cents, found): (Vec<&Finding>, Vec<&Finding>) = found.partition(lack);
    let found: BTreeSet<&str> = found.iter().map(|f| &*f.marker).collect();
    let untouched = found.iter().find(|m| !touched.contains(**m));
    must!(untouched.is_none(), "RECONCILE finds {untouched:?} in {findings:?}");
    let untold = differ.iter().find(|m| !all.contains(m.as_str()));
    must!(untold.is_none(), "UNTOLD: {untold:?} was changed, and reconcile does not say so");
    let unproven = findings.proven.iter().find(|p| p.posted != p.psa);
    let lacks = lacking(plan).next().is_some();
    must!(unproven.is_none() || !found.is_empty() || lacks, "UNPROVEN: {unproven:?}");
    must!(
        !lacks || unproven.is_some() || !lacking_cents.is_empty(),
        "PROVEN, though {:?}",
        plan.notices
    );
    Ok(())
}

/// Nothing is open, and no run goes on.
async fn journal(process: &Process) -> Verdict {
    let told = |e: addendum::store::StoreError| format!("the store refuses: {e}");
    let (entries, runs) = process.store.unfinished().await.map_err(told)?;
    must!(runs == 0, "JOURNAL: {runs} runs never ended");
    must!(entries == 0, "JOURNAL: {entries} entries are open");
    Ok(())
}

/// The audit journal is whole, holds the record that was its last one, and vouches for the executor's
/// journal.
pub async fn audit(process: &Process, last: &AuditHead) -> Verdict {
    let kept = Some(last.hash.to_string());
    let report = process.store.check_audit(kept).await.map_err(|e| e.to_string())?;
    must!(report.is_whole(), "AUDIT: {:?}", report.faults);
    Ok(())
}

fn same(fields: &AdditionFields, is: &Addition) -> bool {
    fields.product_id == is.product_id
        && fields.quantity == is.quantity
        && fields.unit_price == is.unit_price
        && fields.effective == is.effective
        && fields.cancelled == is.cancelled
        && fields.invoice_description == is.invoice_description
        && is.bill_customer == "Billable"
}

/// What carries a marker that the store does not know is told, at least on the agreements that it has
/// posted to; and nothing else is.
fn strangers(
    findings: &Findings,
    own: &[OwnAddition],
    live: &BTreeMap<String, Vec<Arc<Addition>>>,
) -> Verdict {
    let told: BTreeSet<&str> = findings.unknown.iter().map(|f| &*f.marker).collect();
    let known: BTreeSet<&str> = own.iter().map(|o| &*o.marker).collect();
    let read: BTreeSet<i64> = own.iter().filter(|o| !o.gone).map(|o| o.agreement_id).collect();
    let wrong = told.iter().find(|m| known.contains(**m) || !live.contains_key(**m));
    must!(wrong.is_none(), "STRANGER: {wrong:?} is none");
    for (marker, all) in live.iter().filter(|(m, _)| !known.contains(m.as_str())) {
        must!(
            told.contains(marker.as_str()) || all.iter().all(|a| !read.contains(&a.agreement_id)),
            "UNTOLD: the store does not know {all:?}, and reconcile does not say so"
        );
    }
    Ok(())
}

/// What the plan says of cents that cannot be posted, because their month was invoiced after the rest
/// of their line had been posted.
fn lacking(plan: &Plan) -> impl Iterator<Item = &str> {
    plan.notices.iter().filter(|n| n.code == "cents-missing").map(|n| &*n.text)
}

/// The money of each Synced line is in the PSA, to the cent, or the plan says which cents are not.
fn money(
    lines: &[Line],
    own: &[OwnAddition],
    live: &BTreeMap<String, Vec<Arc<Addition>>>,
    touched: &BTreeSet<String>,
    plan: &Plan,
) -> Verdict {
    let billed = |marker: &str| -> Decimal {
        live.get(marker).into_iter().flatten().map(|a| a.ext_price()).sum()
    };
    let rounding = |line: &Line| -> Decimal { billed(&cents_of(line)) };
    let lacks = |line: &Line| lacking(plan).any(|told| told.contains(&*line.key));
    let mut shown: BTreeMap<&str, &Line> = BTreeMap::new();
    for line in lines {
        let Some(posted) = &line.posted else { continue };
        if touched.contains(&*posted.marker) || touched.contains(&cents_of(line)) {
            continue;
        }
        let by = own.iter().find(|o| o.marker == posted.marker);
        let Some(by) = by else {
            return Err(format!("MISSING: no addition is known for the line {}", line.key));
        };
        let Subject::Recurring { .. } = by.subject else {
            let is = billed(&posted.marker) + rounding(line);
            must!(
                is == posted.total || lacks(line),
                "MONEY: the line {} was posted with {}, the PSA bills {is}",
                line.key,
                posted.total
            );
            continue;
        };
        let newest = shown.entry(&posted.marker).or_insert(line);
        if line.period > newest.period {
            *newest = line;
        }
    }
    for (marker, line) in shown {
        let total = line.posted.as_ref().map(|p| p.total).unwrap_or_default();
        let is = billed(marker) + rounding(line);
        must!(
            is == total || lacks(line),
            "MONEY: the line {} is {total}, the PSA bills {is}",
            line.key
        );
    }
    Ok(())
}

/// A line and its missing cents are billed by two additions: when one is touched, the other's money
/// is not right any more.
fn with_their_cents(touched: &BTreeSet<String>, lines: &[Line]) -> BTreeSet<String> {
    let mut all = touched.clone();
    for line in lines {
        let Some(posted) = &line.posted else { continue };
        let cents = cents_of(line);
        if touched.contains(&cents) || touched.contains(&*posted.marker) {
            all.extend([cents, posted.marker.to_string()]);
        }
    }
    all
}

/// The marker of a line's missing cents.
fn cents_of(line: &Line) -> String {
    let subject = Subject::Rounding { source: line.source.clone(), key: line.key.clone() };
    addendum::domain::marker::marker(&subject)
}

/// The plan that finds nothing more to do has the equation of all that the source billed.
fn planned(plan: &Plan, totals: &BTreeMap<(Period, Currency), Decimal>) -> Verdict {
    let mut source: BTreeMap<Currency, Decimal> = BTreeMap::new();
    for ((_, currency), total) in totals {
        *source.entry(*currency).or_default() += *total;
    }
    let mut told: BTreeMap<Currency, Decimal> = BTreeMap::new();
    for row in &plan.money {
        must!(row.holds(), "EQUATION: the plan says {row:?}");
        *told.entry(row.currency).or_default() += row.source;
    }
    must!(source == told, "EQUATION: the source billed {source:?}, the plan says {told:?}");
    Ok(())
}

/// The equation holds everywhere, and its left side is what the source billed.
fn equation(rows: &[EquationRow], totals: &BTreeMap<(Period, Currency), Decimal>) -> Verdict {
    let mut source: BTreeMap<(Period, Currency), Decimal> = BTreeMap::new();
    for row in rows {
        must!(row.money.holds(), "EQUATION: {row:?}");
        *source.entry((row.period, row.money.currency)).or_default() += row.money.source;
    }
    must!(source == *totals, "EQUATION: the source billed {totals:?}, the store has {source:?}");
    Ok(())
}
