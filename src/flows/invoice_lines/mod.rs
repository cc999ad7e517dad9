//! The invoice-line flow: what puts the lines in scope on their agreements (design 6).

mod agreements;
mod cents;
mod dates;
mod events;
mod making;
mod netting;
mod notices;
mod planner;
mod posting;
mod recurring;
mod resolve;
mod worth;

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::domain::line::Line;
use crate::domain::money::Currency;
use crate::domain::plan::{MoneyRow, Plan, Reason};
use crate::domain::plan_input::PlanInput;
use crate::domain::policy::{AutoCancel, Policy, ResidualPolicy, Scope};
use crate::domain::problem::Problem;
use crate::domain::status::PsaStatus;

use super::auto_cancel;
use super::basis;
use super::guards::partial;
use agreements::default_type;
use planner::Planner;
use resolve::{Bucket, Standing, Standings};

/// Plans what puts the invoice lines in scope on their agreements.
///
/// # Errors
/// The agreement type is not configured or does not exist ([`Problem`] of kind not-set-up).
pub fn invoice_lines(input: &PlanInput, policy: &Policy, scope: &Scope) -> Result<Plan, Problem> {
    let mut order: Vec<&Line> = input
        .lines
        .iter()
        .filter(|l| scope.periods.is_empty() || scope.periods.contains(&l.period))
        .collect();
    // The order of rows in the input must not matter: the plan has its own.
    order.sort_by(|a, b| {
        (a.period, a.invoice_date, &a.key, &a.source).cmp(&(
            b.period,
            b.invoice_date,
            &b.key,
            &b.source,
        ))
    });
    let picked = Picked::new(scope, policy);
    let mut resolver = Standings::new(input);
    let standings: Vec<Standing> = order.iter().map(|l| resolver.of(l)).collect();
    let kind = default_type(&input.agreement_types, policy)?;
    let mut planner = Planner::new(input, policy, scope, kind, &order, &standings);
    for (line, standing) in order.iter().zip(&standings) {
        if picked.has(line) {
            planner.line(line, *standing);
        }
    }
    planner.net_waiting();
    let in_scope = || order.iter().copied().filter(|l| picked.has(l));

    let periods: Vec<_> = if scope.periods.is_empty() {
        order.iter().map(|l| l.period).collect::<BTreeSet<_>>().into_iter().collect()
    } else {
        scope.periods.iter().copied().collect::<BTreeSet<_>>().into_iter().collect()
    };
    if policy.auto_cancel != AutoCancel::Off && scope.lines.is_empty() && !scope.failed_only {
        let missing =
            auto_cancel::missing(input, policy, &periods, &|marker| planner.bills(marker), &|| {
                order.iter().copied().zip(planner.covered())
            });
        planner.add_cancels(missing);
    }
    let mut done = planner.finish();
    let told = done.notices.iter().any(|n| n.code == "partial-period");
    if !told && !done.actions.is_empty() && scope.lines.is_empty() && !scope.failed_only {
        done.notices.extend(partial::notices(input, policy, &periods));
    }
    let money = money(in_scope(), &done.buckets);
    let basis = basis::basis(input, policy, kind, in_scope(), &done.actions);
    let today = scope.today.unwrap_or(Date::ZERO);
    Ok(Plan {
        schema: "addendum/plan/1".into(),
        run: basis::plan_id(&basis, scope, today),
        today,
        periods,
        only_lines: scope.lines.clone(),
        counts: done.counts,
        money,
        errors: done.errors,
        cancels_need_consent: policy.auto_cancel == AutoCancel::Ask && done.counts.cancel > 0,
        actions: done.actions,
        settled: done.settled,
        superseded: done.superseded,
        notices: done.notices,
        warnings: done.warnings,
        events: done.events,
        sales: done.sales,
        basis,
        made_by: None,
        file: None,
    })
}

/// The lines that the scope names, each by `KEY` or by `SOURCE/KEY`.
struct Picked<'a> {
    failed_only: bool,
    /// Posted lines that are named may lack cents of theirs: they are looked at in a retry too.
    with_posted: bool,
    keys: std::collections::HashSet<&'a str>,
    /// What may be meant by names with a slash: source and key may have slashes of their own.
    of_sources: std::collections::HashSet<(&'a str, &'a str)>,
}

impl<'a> Picked<'a> {
    fn new(scope: &'a Scope, policy: &Policy) -> Self {
        let keys = || scope.lines.iter().map(String::as_str);
        let splits =
            |key: &'a str| key.match_indices('/').map(|(at, _)| (&key[..at], &key[at + 1..]));
        Self {
            failed_only: scope.failed_only,
            with_posted: policy.residual == ResidualPolicy::RoundingLine && !scope.lines.is_empty(),
            keys: keys().collect(),
            of_sources: keys().flat_map(splits).collect(),
        }
    }

    fn has(&self, line: &Line) -> bool {
        let wanted = match line.psa_status {
            PsaStatus::Error => true,
            PsaStatus::Synced => !self.failed_only || self.with_posted,
            PsaStatus::NotSynced | PsaStatus::Posting => !self.failed_only,
        };
        if !wanted {
            return false;
        }
        self.keys.is_empty()
            || self.keys.contains(&*line.key)
            || self.of_sources.contains(&(&*line.source, &*line.key))
    }
}

/// The equation as it stands before the run (design 6.10), with the plan's refusals as failed.
fn money<'a>(lines: impl Iterator<Item = &'a Line>, buckets: &[Bucket]) -> Vec<MoneyRow> {
    let mut rows: std::collections::BTreeMap<Currency, MoneyRow> =
        std::collections::BTreeMap::new();
    for (line, bucket) in lines.zip(buckets) {
        let source = line.source_total();
        let mut m = MoneyRow { source, ..MoneyRow::zero(line.currency) };
        match bucket {
            Bucket::Posted => {
                m.posted = line.posted.as_ref().map_or(line.total, |p| p.total);
                m.revisions = source.saturating_sub(m.posted);
            }
            Bucket::Excluded => m.excluded = source,
            Bucket::Unmapped => m.unmapped = source,
            Bucket::Failed => m.failed = source,
            Bucket::Open => m.open = source,
        }
        rows.entry(line.currency).or_insert_with(|| MoneyRow::zero(line.currency)).add(&m);
    }
    rows.into_values().collect()
}

/// A reason in one line.
fn reason(code: &'static str, text: impl Into<Cow<'static, str>>) -> Reason {
    Reason { code: Cow::Borrowed(code), text: text.into() }
}
