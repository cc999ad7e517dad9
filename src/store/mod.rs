//! The store: all SQL there is, with its migrations. Nobody else knows that it is SQLite. One
//! thread owns the writing connection; the interface is async (design 2).

use std::path::Path;

use jiff::Timestamp;

use crate::domain::addition::{AdditionFields, OwnAddition};
use crate::domain::edit::Edit;
use crate::domain::journal::{Entry, EntryId, Run, RunId, RunKind, RunState, Step};
use crate::domain::line::Line;
use crate::domain::load::{LoadReport, LoadedLine};
use crate::domain::log::{LogEntry, LogLevel};
use crate::domain::mapping::{ContractMapping, OfferMapping, OrganizationMapping};
use crate::domain::period::Period;
use crate::domain::plan::{Action, Counts, LineProblem, MoneyRow, Settled};
use crate::domain::plan_input::PlanInput;
use crate::domain::policy::Scope;
use crate::domain::psa::{Agreement, AgreementType, Company, CustomField, Product};
use crate::domain::totals::LineGroup;

/// Why the store refused.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// to be refined by the store's builder
    #[error("{0}")]
    Other(String),
}

/// A handle on the store; cheap to clone.
#[derive(Clone)]
pub struct Store {}

/// An open load: all lines become visible together, or none.
pub struct LoadSession {}

/// How many records a refresh brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct PullReport {
    /// New here.
    pub added: u64,
    /// Changed.
    pub updated: u64,
    /// No longer in the PSA.
    pub gone: u64,
    /// Held now.
    pub total: u64,
}

/// Things whose last time the dashboard shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// `pull companies`
    Companies,
    /// `pull products`
    Products,
    /// `pull agreements`
    Agreements,
    /// `load`
    Load,
    /// Last Sync to PSA
    Sync,
}

/// Which log entries.
#[derive(Debug, Clone, Default)]
pub struct LogQuery {
    /// This level and worse; absent: all.
    pub level: Option<LogLevel>,
    /// Not older.
    pub since: Option<Timestamp>,
    /// Only newer numbers (for follow).
    pub after: Option<i64>,
    /// Text in title or details.
    pub search: Option<String>,
    /// At most this many, newest first.
    pub limit: usize,
}

#[expect(
    clippy::todo,
    unused_variables,
    reason = "the walls stand first; the rooms are furnished next"
)]
impl Store {
    /// Opens or creates the store, migrating after a backup.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        todo!()
    }

    // ---- loading lines
    /// Begins a load for a source id.
    pub async fn begin_load(&self, source: &str) -> Result<LoadSession, StoreError> {
        todo!()
    }
    /// Periods that hold lines, newest first.
    pub async fn periods(&self) -> Result<Vec<Period>, StoreError> {
        todo!()
    }
    /// One line by its key (`KEY` or `SOURCE/KEY`).
    pub async fn line_by_key(&self, key: &str) -> Result<Option<Line>, StoreError> {
        todo!()
    }

    // ---- mappings
    /// All organizations.
    pub async fn organizations(&self) -> Result<Vec<OrganizationMapping>, StoreError> {
        todo!()
    }
    /// All offers.
    pub async fn offers(&self) -> Result<Vec<OfferMapping>, StoreError> {
        todo!()
    }
    /// All remembered agreements.
    pub async fn contracts(&self) -> Result<Vec<ContractMapping>, StoreError> {
        todo!()
    }
    /// Makes edits in one transaction and returns their inverses in the order to apply them.
    /// Unknown organizations and offers are created (named by their id).
    pub async fn edit(&self, edits: Vec<Edit>) -> Result<Vec<Edit>, StoreError> {
        todo!()
    }

    // ---- PSA records
    /// Replaces the local copy.
    pub async fn keep_companies(&self, all: Vec<Company>) -> Result<PullReport, StoreError> {
        todo!()
    }
    /// Replaces the local copy.
    pub async fn keep_products(&self, all: Vec<Product>) -> Result<PullReport, StoreError> {
        todo!()
    }
    /// Replaces the local copy.
    pub async fn keep_agreements(&self, all: Vec<Agreement>) -> Result<PullReport, StoreError> {
        todo!()
    }
    /// Replaces the local copy.
    pub async fn keep_agreement_types(&self, all: Vec<AgreementType>) -> Result<(), StoreError> {
        todo!()
    }
    /// Replaces the local copy.
    pub async fn keep_custom_fields(&self, all: Vec<CustomField>) -> Result<(), StoreError> {
        todo!()
    }
    /// Adds or replaces one agreement.
    pub async fn keep_agreement(&self, one: Agreement) -> Result<(), StoreError> {
        todo!()
    }
    /// All companies.
    pub async fn companies(&self) -> Result<Vec<Company>, StoreError> {
        todo!()
    }
    /// All catalog items.
    pub async fn products(&self) -> Result<Vec<Product>, StoreError> {
        todo!()
    }
    /// All agreements.
    pub async fn agreements(&self) -> Result<Vec<Agreement>, StoreError> {
        todo!()
    }
    /// All agreement types.
    pub async fn agreement_types(&self) -> Result<Vec<AgreementType>, StoreError> {
        todo!()
    }
    /// All custom fields on additions.
    pub async fn custom_fields(&self) -> Result<Vec<CustomField>, StoreError> {
        todo!()
    }
    /// Remembers whether the last refresh failed (Mapping Status Response Error).
    pub async fn set_response_error(&self, on: bool) -> Result<(), StoreError> {
        todo!()
    }

    // ---- planning
    /// The snapshot that flows look at.
    pub async fn plan_input(&self, scope: &Scope) -> Result<PlanInput, StoreError> {
        todo!()
    }
    /// Lines grouped for the equation; all periods when none is named.
    pub async fn totals(&self, periods: &[Period]) -> Result<Vec<LineGroup>, StoreError> {
        todo!()
    }

    // ---- runs and the journal
    /// Opens a run.
    pub async fn begin_run(
        &self,
        kind: RunKind,
        periods: &[Period],
        undoes: Option<RunId>,
    ) -> Result<RunId, StoreError> {
        todo!()
    }
    /// Writes all intents of a run, durable before it returns. Lines become Posting only with
    /// [`Step::Requested`].
    pub async fn intend(
        &self,
        run: RunId,
        actions: Vec<Action>,
    ) -> Result<Vec<EntryId>, StoreError> {
        todo!()
    }
    /// Makes steps durable, with what follows from them, in one transaction; concurrent callers
    /// share one commit.
    pub async fn record(&self, steps: Vec<Step>) -> Result<(), StoreError> {
        todo!()
    }
    /// Entries with a request and no result, oldest first.
    pub async fn unresolved(&self) -> Result<Vec<Entry>, StoreError> {
        todo!()
    }
    /// Drops the intents of dead runs that were never requested, and marks those runs Stopped.
    pub async fn drop_dead_intents(&self) -> Result<u64, StoreError> {
        todo!()
    }
    /// Lines that become Synced without a write.
    pub async fn settle(&self, run: RunId, settled: Vec<Settled>) -> Result<(), StoreError> {
        todo!()
    }
    /// Lines that the plan refused become Error.
    pub async fn refuse_lines(
        &self,
        run: RunId,
        problems: Vec<LineProblem>,
    ) -> Result<(), StoreError> {
        todo!()
    }
    /// Ends a run.
    pub async fn finish_run(
        &self,
        run: RunId,
        state: RunState,
        counts: Counts,
        money: Vec<MoneyRow>,
    ) -> Result<(), StoreError> {
        todo!()
    }
    /// One run.
    pub async fn run(&self, id: RunId) -> Result<Option<Run>, StoreError> {
        todo!()
    }
    /// The newest runs, newest first.
    pub async fn runs(&self, limit: usize) -> Result<Vec<Run>, StoreError> {
        todo!()
    }
    /// The entries of a run, in order.
    pub async fn entries(&self, run: RunId) -> Result<Vec<Entry>, StoreError> {
        todo!()
    }

    // ---- own additions
    /// All additions that Addendum made or found.
    pub async fn own_additions(&self) -> Result<Vec<OwnAddition>, StoreError> {
        todo!()
    }
    /// A person deleted it in the PSA (or it is back).
    pub async fn set_gone(&self, marker: &str, gone: bool) -> Result<(), StoreError> {
        todo!()
    }
    /// Accepts the PSA's values as the known ones.
    pub async fn accept_fields(
        &self,
        marker: &str,
        fields: AdditionFields,
    ) -> Result<(), StoreError> {
        todo!()
    }
    /// Lines posted under a marker.
    pub async fn lines_of(&self, marker: &str) -> Result<Vec<Line>, StoreError> {
        todo!()
    }

    // ---- logs and times
    /// Appends to the System Logs.
    pub async fn log(&self, entries: Vec<LogEntry>) -> Result<(), StoreError> {
        todo!()
    }
    /// Reads the System Logs, newest first.
    pub async fn logs(&self, query: LogQuery) -> Result<Vec<LogEntry>, StoreError> {
        todo!()
    }
    /// Deletes entries older than this.
    pub async fn purge_logs(&self, before: Timestamp) -> Result<u64, StoreError> {
        todo!()
    }
    /// Remembers that something happened now.
    pub async fn touch(&self, moment: Moment, at: Timestamp) -> Result<(), StoreError> {
        todo!()
    }
    /// When something last happened.
    pub async fn moment(&self, moment: Moment) -> Result<Option<Timestamp>, StoreError> {
        todo!()
    }
    /// A small named value (view state, discovered code base).
    pub async fn note(&self, name: &str) -> Result<Option<String>, StoreError> {
        todo!()
    }
    /// Sets or clears a small named value.
    pub async fn set_note(&self, name: &str, value: Option<String>) -> Result<(), StoreError> {
        todo!()
    }
}

#[expect(
    clippy::todo,
    unused_variables,
    reason = "the walls stand first; the rooms are furnished next"
)]
impl LoadSession {
    /// Hands over a batch; waits when the store is behind.
    pub async fn push(&mut self, lines: Vec<LoadedLine>) -> Result<(), StoreError> {
        todo!()
    }
    /// Makes the load visible.
    pub async fn finish(self) -> Result<LoadReport, StoreError> {
        todo!()
    }
    /// Forgets everything that was pushed. Dropping the session does the same.
    pub async fn abort(self) -> Result<(), StoreError> {
        todo!()
    }
}
