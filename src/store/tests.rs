//! What the store's tests share: stores in temporary folders, lines and actions.

use jiff::civil::{Date, date};
use rust_decimal::Decimal;
use smallvec::smallvec;

use super::Store;
use crate::domain::addition::{AdditionFields, Subject};
use crate::domain::charge_type::ChargeType;
use crate::domain::identity::Identities;
use crate::domain::invoice_status::InvoiceStatus;
use crate::domain::journal::{EntryId, Outcome, RunId, RunKind};
use crate::domain::line::{CanonicalLine, Line, LineDates};
use crate::domain::load::{LoadReport, LoadedLine};
use crate::domain::plan::{Action, ActionKind, AgreementTarget, Settled};
use crate::domain::policy::Scope;
use crate::domain::problem::{Problem, ProblemKind};

mod audit;
mod crash;
mod edits_and_logs;
mod in_memory;
mod journal_rules;
mod load_rules;
mod named_lines;
mod sides;

/// A store in a folder that goes with it.
pub(super) struct Fixture {
    _folder: tempfile::TempDir,
    pub store: Store,
}

impl Fixture {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("addendum.db")).await.unwrap();
        Self { _folder: folder, store }
    }

    /// Closes the store as a dying process would, and opens it again.
    pub(super) async fn reopen(&mut self) {
        let path = self.store.path().to_path_buf();
        self.store.close().await;
        self.store = Store::open(&path).await.unwrap();
    }

    pub(super) async fn load(&self, lines: Vec<CanonicalLine>) -> LoadReport {
        let mut session = self.store.begin_load("canonical").await.unwrap();
        session.push(loaded(lines)).await.unwrap();
        let report = session.finish().await.unwrap();
        self.references_hold().await;
        report
    }

    /// Loads do not let SQLite check references, so the tests do.
    pub(super) async fn references_hold(&self) {
        let broken: i64 = self
            .store
            .read(|conn| {
                let sql = "SELECT count(*) FROM pragma_foreign_key_check";
                Ok(conn.query_row(sql, [], |r| r.get(0))?)
            })
            .await
            .unwrap();
        assert_eq!(broken, 0, "references to rows that are not there");
        let (lines, keys): (i64, i64) = self
            .store
            .read(|conn| {
                let sql = "SELECT (SELECT count(*) FROM line), (SELECT count(*) FROM line_key k \
                           JOIN line l ON l.id = k.line)";
                Ok(conn.query_row(sql, [], |r| Ok((r.get(0)?, r.get(1)?)))?)
            })
            .await
            .unwrap();
        assert_eq!(lines, keys, "every line is in the key index, once");
    }

    pub(super) async fn lines(&self) -> Vec<Line> {
        self.store.plan_input(&Scope::default()).await.unwrap().lines
    }

    /// The line with this subscription.
    pub(super) async fn line(&self, subscription: &str) -> Line {
        let mut lines = self.lines().await;
        lines.retain(|l| l.subscription_id.as_deref() == Some(subscription));
        assert_eq!(lines.len(), 1, "one line of {subscription}: {lines:?}");
        lines.remove(0)
    }
}

/// Lines as the sources hand them over, without dates by rule.
pub(super) fn loaded(lines: Vec<CanonicalLine>) -> Vec<LoadedLine> {
    let mut identities = Identities::default();
    lines
        .into_iter()
        .map(|line| {
            let (key, content) = identities.of(&line);
            LoadedLine { key, content, line, dates: LineDates::default() }
        })
        .collect()
}

/// A monthly line of November 2026 without an id of its own.
pub(super) fn line(subscription: &str, total: &str) -> CanonicalLine {
    line_in(date(2026, 11, 1), subscription, total)
}

pub(super) fn line_in(day: Date, subscription: &str, total: &str) -> CanonicalLine {
    let total: Decimal = total.parse().unwrap();
    CanonicalLine {
        line_id: None,
        invoice_number: format!("INV-{}-{:02}", day.year(), day.month()).into(),
        invoice_date: day,
        invoice_status: InvoiceStatus::Verified,
        organization_id: "org-1".into(),
        organization_name: "Fabrikam".into(),
        contract_id: Some("c-1".into()),
        subscription_id: Some(subscription.into()),
        subscription_name: Some(format!("Name of {subscription}").into()),
        offer_id: "offer-1".into(),
        offer_name: "Seats".into(),
        part_number: Some("PN-1".into()),
        charge_type: ChargeType::CycleFee,
        billing_cycle: Some("Monthly".into()),
        charge_start: day,
        charge_end: Some(day.last_of_month()),
        quantity: Decimal::ONE,
        unit_price: Some(total),
        unit_cost: None,
        total,
        currency: "EUR".parse().unwrap(),
        raw: Some("{\"note\":\"kept\"}".into()),
        extra: None,
    }
}

/// The same line with an id of its own.
pub(super) fn with_id(id: &str, mut line: CanonicalLine) -> CanonicalLine {
    line.line_id = Some(id.into());
    line
}

/// A plan's creation for a line, on agreement 9.
pub(super) fn action(line: &Line) -> Action {
    Action {
        id: 0,
        kind: ActionKind::Create,
        company_id: 3,
        company: "Fabrikam".into(),
        agreement: AgreementTarget::Existing(9),
        agreement_name: "Cloud".into(),
        addition_id: None,
        marker: Some(format!("AD-{}", line.key).into()),
        subject: Some(Subject::Line { source: line.source.clone(), key: line.key.clone() }),
        lines: smallvec![line.key.clone()],
        line_ids: smallvec![line.id],
        period: Some(line.period),
        before: None,
        after: Some(fields()),
        new_agreement: None,
        amount: line.total,
        currency: line.currency,
        sold: vec![],
        reasons: smallvec![],
    }
}

pub(super) fn fields() -> AdditionFields {
    AdditionFields {
        product_id: 1,
        quantity: Decimal::ONE,
        unit_price: Decimal::TEN,
        unit_cost: None,
        effective: date(2026, 11, 1),
        cancelled: None,
        invoice_description: "Seats".into(),
    }
}

pub(super) fn outcome(addition: i64) -> Outcome {
    Outcome {
        agreement_id: 9,
        addition_id: Some(addition),
        found: false,
        fields: Some(fields()),
        before: None,
    }
}

pub(super) fn problem(code: &'static str) -> Problem {
    Problem::new(ProblemKind::Incomplete, code, "the line was refused", "try again")
}

pub(super) fn settled(line: &Line, marker: &str) -> Settled {
    Settled {
        line_id: line.id,
        line: line.key.clone(),
        marker: marker.into(),
        period: line.period,
        amount: line.total,
        sold: None,
    }
}

/// A run with these intents.
pub(super) async fn begin(
    f: &Fixture,
    kind: RunKind,
    undoes: Option<RunId>,
    actions: Vec<Action>,
) -> (RunId, Vec<EntryId>) {
    let run = f.store.begin_run(kind, &[], undoes).await.unwrap();
    let entries = f.store.intend(run, actions).await.unwrap();
    (run, entries)
}
