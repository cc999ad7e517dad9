//! A sandbox, a home in a temporary folder and a worker on it, all in this process.

use std::time::Duration;

use addendum::config::{Paths, Settings};
use addendum::connectwise::{ApiKeys, Client, Connection};
use addendum::domain::addition::AdditionFields;
use addendum::domain::decision::Verdict;
use addendum::domain::journal::RunId;
use addendum::domain::period::Period;
use addendum::domain::policy::Scope;
use addendum::domain::psa::MarkerPlace;
use addendum::sandbox::records::Addition;
use addendum::sandbox::{Sandbox, SandboxOptions};
use addendum::worker::job::{
    Event, Job, JobError, Outcome, PullWhat, ReconcileSummary, SyncSummary,
};
use addendum::worker::{Profile, Worker, mapping_file};
use jiff::civil::{Date, date};
use rust_decimal::Decimal;
use secrecy::SecretString;
use tempfile::TempDir;

use crate::state::state;

pub const TODAY: Date = date(2026, 11, 21);

pub fn options() -> SandboxOptions {
    SandboxOptions {
        companies: 30,
        lines: 160,
        tidy: true,
        today: Some(TODAY),
        ..SandboxOptions::default()
    }
}

pub struct Bench {
    pub sandbox: Sandbox,
    pub home: TempDir,
    pub worker: Worker,
    pub events: Vec<Event>,
    concurrency: usize,
}

impl Bench {
    /// Nothing pulled, loaded or mapped yet.
    pub async fn new(options: SandboxOptions) -> Self {
        Self::wide(options, 4).await
    }

    pub async fn wide(options: SandboxOptions, concurrency: usize) -> Self {
        let sandbox = Sandbox::start(options).await.unwrap();
        let home = tempfile::tempdir().unwrap();
        let worker = start(&sandbox, &home, concurrency).await;
        Self { sandbox, home, worker, events: Vec::new(), concurrency }
    }

    /// Pulled, the sample loaded and mapped.
    pub async fn ready(options: SandboxOptions) -> Self {
        let mut bench = Self::new(options).await;
        bench.pull().await;
        bench.load_sample().await;
        bench.map().await;
        bench
    }

    /// The local disk is lost: the same settings, an empty store.
    pub async fn lose_store(&mut self) {
        self.home = tempfile::tempdir().unwrap();
        self.worker = start(&self.sandbox, &self.home, self.concurrency).await;
    }

    pub async fn run(&mut self, job: Job) -> Result<Outcome, JobError> {
        let events = &mut self.events;
        self.worker.run(job, &mut |event| events.push(event)).await
    }

    pub async fn pull(&mut self) {
        self.run(Job::Pull(PullWhat::All)).await.unwrap();
    }

    pub async fn load(&mut self, csv: &str) {
        let file = self.home.path().join("bill.csv");
        std::fs::write(&file, csv).unwrap();
        self.run(Job::Load { files: vec![file], periods: vec![] }).await.unwrap();
    }

    pub async fn load_sample(&mut self) {
        let periods = self.sandbox.sample().periods();
        self.load_periods(&periods).await;
    }

    pub async fn load_periods(&mut self, periods: &[Period]) {
        let mut csv = Vec::new();
        self.sandbox.sample().write_csv(periods, &mut csv).unwrap();
        self.load(std::str::from_utf8(&csv).unwrap()).await;
    }

    pub async fn map(&mut self) {
        let file = self.home.path().join("mapping.csv");
        std::fs::write(&file, self.sandbox.sample().mapping_csv()).unwrap();
        let store = &self.worker.profile().store;
        let prepared = mapping_file::prepare(store, "canonical", &file).await.unwrap();
        mapping_file::apply(store, "map import", prepared).await.unwrap();
    }

    pub fn scope(&self) -> Scope {
        Scope { today: Some(TODAY), ..Scope::default() }
    }

    pub async fn try_sync(&mut self, scope: Scope) -> Result<SyncSummary, JobError> {
        let job = Job::Sync { scope, plan: None, with_cancels: false };
        self.run(job).await.map(synced)
    }

    pub async fn sync(&mut self) -> SyncSummary {
        let scope = self.scope();
        self.try_sync(scope).await.unwrap()
    }

    pub async fn retry(&mut self, scope: Scope) -> Result<SyncSummary, JobError> {
        self.run(Job::Retry { run: None, scope }).await.map(synced)
    }

    /// Decides on what reconcile found.
    pub async fn decide(&mut self, verdicts: &[(&str, Verdict)]) -> ReconcileSummary {
        let verdicts = verdicts.iter().map(|(name, v)| ((*name).to_owned(), *v)).collect();
        match self.run(Job::Decide { periods: vec![], verdicts }).await.unwrap() {
            Outcome::Reconciled(summary) => *summary,
            other => panic!("{other:?}"),
        }
    }

    /// Takes a run back, with credits for what is invoiced.
    pub async fn credit(&mut self, run: RunId) -> Result<SyncSummary, JobError> {
        self.run(Job::Credit(run)).await.map(synced)
    }

    pub async fn undo(&mut self, run: RunId) -> Result<SyncSummary, JobError> {
        self.run(Job::Undo(run)).await.map(synced)
    }

    pub async fn reconcile(&mut self) -> ReconcileSummary {
        match self.run(Job::Reconcile(vec![])).await.unwrap() {
            Outcome::Reconciled(summary) => *summary,
            other => panic!("{other:?}"),
        }
    }

    /// What the PSA holds of ours.
    pub fn state(&self) -> Vec<String> {
        state(&self.sandbox)
    }

    /// Asserts that every marker stands exactly once.
    pub fn each_once(&self) {
        let mut markers: Vec<String> = self
            .sandbox
            .inspect()
            .all_marked()
            .into_iter()
            .filter_map(|a| a.serial_number)
            .collect();
        let all = markers.len();
        markers.sort();
        markers.dedup();
        assert_eq!(markers.len(), all, "a marker stands twice");
    }
}

fn synced(outcome: Outcome) -> SyncSummary {
    match outcome {
        Outcome::Synced(summary) => *summary,
        other => panic!("{other:?}"),
    }
}

async fn start(sandbox: &Sandbox, home: &TempDir, concurrency: usize) -> Worker {
    let paths = Paths::find(Some(home.path()), "default").unwrap();
    let concurrency_setting = i64::try_from(concurrency).unwrap();
    Settings::write(
        &paths.settings,
        "default",
        &[
            ("connectwise.site".into(), Some(sandbox.site().into())),
            ("connectwise.company_id".into(), Some(sandbox.company_id().into())),
            ("connectwise.client_id".into(), Some(sandbox.client_id().into())),
            ("connectwise.concurrency".into(), Some(concurrency_setting.into())),
            ("connectwise.requests_per_minute".into(), Some(0.into())),
            ("connectwise.settle_seconds".into(), Some(1.into())),
            ("connectwise.timeout_seconds".into(), Some(5.into())),
            ("connectwise.max_retries".into(), Some(3.into())),
            ("billing.agreement_type".into(), Some(sandbox.agreement_type().into())),
        ],
    )
    .unwrap();
    let profile = Profile::open(paths, "default").await.unwrap();
    profile.use_client(client(sandbox, concurrency));
    Worker::start(profile)
}

pub fn client(sandbox: &Sandbox, concurrency: usize) -> Client {
    let connection = Connection {
        site: sandbox.site(),
        company_id: sandbox.company_id().into(),
        client_id: sandbox.client_id().into(),
        concurrency,
        requests_per_minute: 0,
        timeout: Duration::from_secs(5),
        max_retries: 3,
        root_certificate: None,
    };
    let keys = ApiKeys {
        public: SecretString::from(sandbox.public_key()),
        private: SecretString::from(sandbox.private_key()),
    };
    Client::new(&connection, keys, None).unwrap()
}

/// The request that made an addition arrives once more.
pub async fn send_again(sandbox: &Sandbox, made: &Addition) {
    let fields = AdditionFields {
        product_id: made.product_id,
        quantity: made.quantity,
        unit_price: made.unit_price,
        unit_cost: Some(made.unit_cost),
        effective: made.effective,
        cancelled: made.cancelled,
        invoice_description: made.invoice_description.clone(),
    };
    let client = client(sandbox, 1);
    let (marker, place) = (made.serial_number.as_deref().unwrap(), MarkerPlace::SerialNumber);
    let again = client.addition_creation(made.agreement_id, &fields, marker, &place);
    again.send(&client).await.0.unwrap();
}

/// A bill of `lines` one-time lines, spread over `organizations` organizations of the sample.
pub fn one_time_bill(sandbox: &Sandbox, organizations: usize, lines: usize) -> String {
    let month = sandbox.sample().periods()[1];
    let known = crate::seat_changes::a_line_of_each(sandbox, organizations);
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record([
        "line_id",
        "invoice_number",
        "invoice_date",
        "organization_id",
        "organization_name",
        "offer_id",
        "offer_name",
        "charge_type",
        "charge_start_date",
        "charge_end_date",
        "quantity",
        "unit_price",
        "total",
        "currency",
    ])
    .unwrap();
    let day = month.first_day().to_string();
    for n in 0..lines {
        let l = &known[n % organizations];
        let price = Decimal::new(i64::try_from(1000 + n).unwrap(), 2);
        csv.write_record([
            &format!("B{n:05}"),
            "INV-B",
            &day,
            &l.organization_id,
            &l.organization_name,
            &l.offer_id,
            &l.offer_name,
            "OneTimeFee",
            &day,
            &day,
            "2",
            &price.to_string(),
            &(price * Decimal::TWO).to_string(),
            &l.currency.to_string(),
        ])
        .unwrap();
    }
    String::from_utf8(csv.into_inner().unwrap()).unwrap()
}
