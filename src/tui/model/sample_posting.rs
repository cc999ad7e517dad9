//! Plans, runs and proofs to test with, and a worker that says what a test tells it to.

use rust_decimal::Decimal;
use smallvec::smallvec;

use super::Model;
use super::effect::Effect;
use super::grid::GridId;
use super::message::Message;
use super::record::{CompanyRow, Record, Row, RowId};
use super::sample::{at, day, eur, fill, money, month, on, press};
use super::update::update;
use crate::domain::addition::AdditionFields;
use crate::domain::journal::{Run, RunId, RunKind, RunState};
use crate::domain::plan::{
    Action, ActionKind, AgreementTarget, Basis, Counts, LineProblem, MoneyRow, Plan, Reason,
};
use crate::domain::problem::{Problem, ProblemKind};
use crate::sync::{Finding, FindingField, Findings, ProvenRow, RunReport};
use crate::worker::job::{Event, JobId, Outcome, ReconcileSummary, SyncSummary};

fn fields(unit_price: &str) -> AdditionFields {
    AdditionFields {
        product_id: 900,
        quantity: Decimal::from(5),
        unit_price: money(unit_price),
        unit_cost: Some(money("10.00")),
        effective: day("2026-10-01"),
        cancelled: None,
        invoice_description: "Microsoft 365 E3 - Monthly fee".into(),
    }
}

fn action(id: u32, kind: ActionKind, company: (i64, &str), amount: &str) -> Action {
    Action {
        id,
        kind,
        company_id: company.0,
        company: company.1.into(),
        agreement: AgreementTarget::Existing(70 + company.0),
        agreement_name: "Managed Cloud 2026".into(),
        addition_id: (kind != ActionKind::Create).then_some(4711),
        marker: Some(format!("AD-{id:026}").into()),
        subject: None,
        lines: smallvec![format!("L-{id:06}").into()],
        line_ids: smallvec![],
        period: Some(month("2026-10")),
        before: (kind != ActionKind::Create).then(|| fields("12.00").into()),
        after: Some(fields("12.50")),
        new_agreement: None,
        amount: money(amount),
        currency: eur(),
        sold: vec![],
        reasons: smallvec![Reason {
            code: "start-moved".into(),
            text: "October is invoiced: the start was moved to 2026-11-01".into(),
        }],
    }
}

/// A line that is refused.
pub(crate) fn refused(line: &str) -> LineProblem {
    LineProblem {
        line: line.into(),
        line_id: None,
        problem: Problem::new(
            ProblemKind::PsaRefused,
            "several-agreements",
            "Fabrikam, Inc. has two active agreements of the type Managed Cloud in EUR",
            "choose the line's agreement on the Invoices tab, or end one of the two",
        ),
    }
}

/// A plan with a bit of everything.
pub(crate) fn plan() -> Plan {
    let contoso = (1, "Contoso Limited");
    let actions = vec![
        action(0, ActionKind::Create, contoso, "62.50"),
        action(1, ActionKind::Update, contoso, "62.50"),
        action(2, ActionKind::Create, (2, "株式会社サンプル"), "125.00"),
        action(3, ActionKind::Cancel, contoso, "0"),
    ];
    Plan {
        schema: "addendum/plan/1".into(),
        run: "plan-1".into(),
        today: day("2026-11-02"),
        periods: vec![month("2026-10")],
        only_lines: vec![],
        counts: Counts {
            create: 2,
            update: 1,
            cancel: 1,
            skipped_unmapped: 36,
            failed: 2,
            ..Counts::default()
        },
        money: vec![],
        errors: vec![refused("L-000007"), refused("L-000008")],
        actions,
        settled: vec![],
        superseded: vec![],
        notices: vec![],
        warnings: vec![],
        events: vec![],
        sales: vec![],
        cancels_need_consent: true,
        basis: Basis::default(),
        made_by: None,
        file: None,
    }
}

/// Rows of the plan's grids.
pub(crate) fn plan_rows(grid: GridId) -> Vec<Row> {
    let plan = plan();
    match grid {
        GridId::Companies => [("Contoso Limited", 1), ("株式会社サンプル", 2)]
            .into_iter()
            .map(|(name, id)| Row {
                id: RowId::Company(id, eur()),
                record: Record::Company(CompanyRow {
                    id,
                    name: name.into(),
                    creates: 1,
                    updates: u64::from(id == 1),
                    cancels: u64::from(id == 1),
                    agreements: 0,
                    amount: money("125.00"),
                    currency: eur(),
                }),
            })
            .collect(),
        GridId::Actions => plan
            .actions
            .into_iter()
            .map(|a| Row { id: RowId::Action(a.id), record: Record::Action(Box::new(a)) })
            .collect(),
        _ => plan
            .errors
            .into_iter()
            .map(|p| Row {
                id: RowId::Refused(p.line.clone()),
                record: Record::Refused(Box::new(p)),
            })
            .collect(),
    }
}

/// A run.
pub(crate) fn run(id: i64, kind: RunKind, state: RunState, failed: u64) -> Run {
    let row = MoneyRow {
        source: money("80652.01"),
        posted: money("3230.40"),
        excluded: money("412.00"),
        unmapped: money("76995.61"),
        failed: money("14.00"),
        ..MoneyRow::zero(eur())
    };
    Run {
        id: RunId(id),
        kind,
        state,
        periods: vec![month("2026-10")],
        started: at("2026-11-02T08:00:00Z"),
        ended: Some(at("2026-11-02T08:03:20Z")),
        counts: Counts { create: 120, update: 94, cancel: 1, failed, ..Counts::default() },
        undoes: (kind == RunKind::Undo).then_some(RunId(1)),
        money: vec![row],
    }
}

/// Rows of the past runs.
pub(crate) fn run_rows() -> Vec<Row> {
    [
        run(3, RunKind::Sync, RunState::Done, 2),
        run(2, RunKind::Undo, RunState::Done, 0),
        run(1, RunKind::Sync, RunState::Cancelled, 0),
    ]
    .into_iter()
    .map(|r| Row { id: RowId::Run(r.id), record: Record::Run(Box::new(r)) })
    .collect()
}

/// How a run ended.
pub(crate) fn summary(failed: u64) -> SyncSummary {
    SyncSummary {
        report: RunReport {
            run: run(3, RunKind::Sync, RunState::Done, failed),
            errors: (0..failed).map(|i| refused(&format!("L-{i:06}"))).collect(),
            stopped: None,
            answers: vec![],
        },
        equation: vec![],
        cancels_waiting: 0,
        left: vec![],
        audit: None,
    }
}

/// An addition that a person changed in the PSA.
pub(crate) fn finding() -> Finding {
    Finding {
        lines: vec!["L-000001".into()],
        marker: "AD-00000000000000000000000001".into(),
        agreement_id: 71,
        addition_id: Some(4711),
        invoiced: false,
        fields: vec![FindingField {
            field: "unitPrice".into(),
            posted: Some("12.50".into()),
            psa: Some("11.00".into()),
            source: Some("12.50".into()),
        }],
    }
}

/// What reconcile says.
pub(crate) fn proof(posted: &str, psa: &str, drifted: Vec<Finding>) -> ReconcileSummary {
    let proven = ProvenRow {
        currency: eur(),
        posted: money(posted),
        sold: money(posted),
        psa: money(psa),
        decided: Decimal::ZERO,
    };
    ReconcileSummary {
        periods: vec![month("2026-10")],
        findings: Findings { drifted, proven: vec![proven], ..Findings::default() },
        equation: vec![],
        decided: vec![],
        restored: None,
    }
}

/// The worker takes the newest job that was handed to it.
pub(crate) fn take(model: &mut Model, job: u64) {
    let ticket = model.jobs.running.last().unwrap().ticket;
    update(model, Message::Submitted { ticket, job: JobId(job) });
    update(model, Message::Worker(Event::Started(JobId(job))));
}

/// The newest job is taken and ends with this.
pub(crate) fn end(model: &mut Model, job: u64, outcome: Outcome) -> Vec<Effect> {
    if model.jobs.running.last().is_some_and(|j| j.id.is_none()) {
        take(model, job);
    }
    update(model, Message::Worker(Event::Ended { job: JobId(job), result: Box::new(Ok(outcome)) }))
}

/// The Sync tab with a plan in front.
pub(crate) fn planned(width: u16, height: u16) -> Model {
    let mut model = on(super::Tab::Sync, width, height);
    press(&mut model, "p");
    end(&mut model, 1, Outcome::Planned(Box::new(plan())));
    for id in [GridId::Companies, GridId::Actions, GridId::Refused] {
        fill(&mut model, id, plan_rows(id));
    }
    model
}
