//! The executor: the only code that writes to the PSA. Journal first, request second, result
//! third; after any doubt it reads back before it tries again (design 1, 6.8).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::civil::Date;
use rust_decimal::Decimal;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::connectwise::Client;
use crate::domain::addition::{LiveAddition, OwnAddition};
use crate::domain::decision::Verdict;
use crate::domain::journal::{Run, RunId};
use crate::domain::line::Text;
use crate::domain::money::Currency;
use crate::domain::period::Period;
use crate::domain::plan::{Action, LineProblem, MoneyRow};
use crate::domain::problem::Problem;
use crate::domain::psa::MarkerPlace;
use crate::store::{Store, StoreError};

mod agreement;
mod apply;
mod basis;
pub mod crash;
mod deleted;
mod dispatch;
mod fields;
mod lane;
mod look;
mod problems;
mod reconcile;
mod recover;
mod tally;
mod undo;
mod write;

/// What is told while a run goes on. Progress may be dropped, results may not.
#[derive(Debug, Clone, PartialEq)]
pub enum RunEvent {
    /// A run began with this many actions.
    Started {
        /// The run.
        run: RunId,
        /// Its actions.
        actions: u64,
    },
    /// So many have a result.
    Progress {
        /// With a result, failed ones included.
        done: u64,
        /// Failed.
        failed: u64,
        /// All actions of the run.
        total: u64,
    },
    /// Earlier writes without an answer are looked up.
    Recovering {
        /// How many.
        entries: u64,
    },
    /// One line failed.
    LineFailed(Box<LineProblem>),
    /// A lost answer is being looked up by its marker.
    LookingUp {
        /// The marker.
        marker: String,
    },
}

/// What the executor needs.
#[derive(Clone)]
pub struct Executor {
    /// The store.
    pub store: Store,
    /// The PSA.
    pub client: Client,
    /// Where markers go.
    pub place: MarkerPlace,
    /// Requests in flight.
    pub concurrency: usize,
    /// How long a lost write is looked for before it counts as not made.
    pub settle: Duration,
    /// Told what happens.
    pub events: Arc<dyn Fn(RunEvent) + Send + Sync>,
    /// Ends the run at the next safe point.
    pub cancel: CancellationToken,
    /// While it says `true`, no further write begins.
    pub pause: watch::Receiver<bool>,
    /// Asked when all results of a run are recorded: brings to rest what they leave behind, and
    /// gives the equation of these periods, with which the run is kept.
    pub money: MoneyOf,
}

/// Computes the equation by currency; the rules for it live on another floor.
pub type MoneyOf =
    Arc<dyn Fn(Vec<Period>) -> BoxFuture<'static, Result<Vec<MoneyRow>, Problem>> + Send + Sync>;

/// How to apply a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ApplyOptions {
    /// Cancels of auto-cancel `ask` were agreed to.
    pub with_cancels: bool,
    /// The plan was saved and approved earlier: agreements and additions it rests on are read
    /// again before the first write, and a difference stops everything (exit 7).
    pub from_file: bool,
    /// Overwrite what a person changed.
    pub overwrite_drift: bool,
    /// Post again what a person deleted.
    pub repost_deleted: bool,
    /// The newest run when the plan was made; absent: there was none.
    pub planned_after: Option<RunId>,
}

impl Executor {
    /// Whether Addendum itself once asked, under an action's marker, for what an addition is.
    async fn asked_for(&self, action: &Action, live: &LiveAddition) -> Result<bool, Problem> {
        let marker = action.marker.as_deref().unwrap_or_default();
        let asked = self.store.asked_before(marker, action.line_ids.to_vec()).await;
        Ok(asked.map_err(fault)?.iter().any(|before| fields::same(before, &live.fields)))
    }

    /// What was posted before, by marker.
    async fn own_by_marker(&self) -> Result<HashMap<Text, OwnAddition>, Problem> {
        let all = self.store.own_additions().await.map_err(fault)?;
        Ok(all.into_iter().map(|a| (a.marker.clone(), a)).collect())
    }
}

/// The outcome of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunReport {
    /// The run.
    pub run: Run,
    /// Lines that failed, refusals of the plan included.
    pub errors: Vec<LineProblem>,
    /// The fault that concerns every line, when it stopped the run. What was done is kept.
    pub stopped: Option<Problem>,
    /// What the PSA answered to failed lines, as it came, shortened; for the log.
    pub answers: Vec<(Text, String)>,
}

/// Runs so many at a time, to the first problem.
async fn all_of<T: Send>(
    work: Vec<BoxFuture<'_, Result<T, Problem>>>,
    most: usize,
) -> Result<Vec<T>, Problem> {
    stream::iter(work).buffer_unordered(most).try_collect().await
}

/// The problem that a failing store is.
pub fn fault(error: StoreError) -> Problem {
    error.problem()
}

/// What reconcile found (design 7).
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Findings {
    /// Posted lines whose addition is not there.
    pub missing: Vec<Finding>,
    /// Markers that stand on more than one addition.
    pub doubled: Vec<Finding>,
    /// Additions whose fields differ from what was posted.
    pub drifted: Vec<Finding>,
    /// Additions that carry a marker of which this store knows nothing, on the agreements that were
    /// read: of another installation, or of a store that was lost.
    pub unknown: Vec<Finding>,
    /// Additions of these kinds that a person has decided to leave, and that are still so.
    pub kept: Vec<Finding>,
    /// Money that the PSA returned for what Addendum posted, per currency.
    pub proven: Vec<ProvenRow>,
}

/// One addition that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// Keys of the lines.
    pub lines: Vec<String>,
    /// The marker.
    pub marker: String,
    /// The agreement.
    pub agreement_id: i64,
    /// The addition, where one is there.
    pub addition_id: Option<i64>,
    /// Whether its agreement's next invoice date lies after its effective date.
    pub invoiced: bool,
    /// The fields that differ.
    pub fields: Vec<FindingField>,
}

/// A field three ways.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FindingField {
    /// ConnectWise's name.
    pub field: String,
    /// What Addendum posted.
    pub posted: Option<String>,
    /// What the PSA has.
    pub psa: Option<String>,
    /// What the source says now.
    pub source: Option<String>,
}

/// Money read back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ProvenRow {
    /// The currency.
    pub currency: Currency,
    /// What the store counts as posted.
    #[serde(with = "rust_decimal::serde::str")]
    pub posted: Decimal,
    /// What customers are asked for it: the same, unless a price rule said otherwise when it was
    /// posted.
    #[serde(with = "rust_decimal::serde::str")]
    pub sold: Decimal,
    /// What the PSA returned.
    #[serde(with = "rust_decimal::serde::str")]
    pub psa: Decimal,
    /// By how much the PSA may differ, because a person decided to leave it so.
    #[serde(with = "rust_decimal::serde::str")]
    pub decided: Decimal,
}

impl ProvenRow {
    /// Whether the PSA returned what was posted, but for what a person decided on.
    pub fn holds(&self) -> bool {
        self.sold.checked_add(self.decided) == Some(self.psa)
    }
}

/// What became of a decision on a finding.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Decided {
    /// The addition's marker.
    pub marker: String,
    /// What was decided.
    pub verdict: Verdict,
    /// Why it could not be done.
    pub problem: Option<Problem>,
}

/// What an undo had to leave, and why.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Left {
    /// The marker, or the agreement's name.
    pub what: String,
    /// Why, and what to do.
    pub problem: Problem,
    /// The credit that would put it right, where it is invoiced.
    pub credit: Option<Credit>,
}

impl Left {
    /// Whether a posted credit has put it right.
    pub fn is_credited(&self) -> bool {
        self.credit.as_ref().is_some_and(|c| c.posted)
    }
}

/// An addition that takes back the money of an invoiced one.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Credit {
    /// Its own marker.
    pub marker: String,
    /// The agreement.
    pub agreement_id: i64,
    /// Its money, as a rule negative.
    #[serde(with = "crate::domain::money::as_text")]
    pub amount: Decimal,
    /// The currency.
    pub currency: Currency,
    /// Its first day: the first one that is not invoiced.
    pub from: Date,
    /// Its text on the invoice.
    pub description: String,
    /// Whether it is in the PSA.
    pub posted: bool,
}
