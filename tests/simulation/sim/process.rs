//! One process at work: it does the jobs of the worker that ships, from the lease to the System Logs.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use addendum::config::Settings;
use addendum::domain::approval::{Approval, Matter};
use addendum::domain::decision::Verdict;
use addendum::domain::edit::Edit;
use addendum::domain::journal::RunId;
use addendum::domain::load::LoadedLine;
use addendum::domain::plan::Plan;
use addendum::domain::policy::{Policy, Scope};
use addendum::domain::problem::{Problem, ProblemKind};
use addendum::store::Store;
use addendum::store::inline::Memory;
use addendum::sync::fault;
use addendum::worker::job::{
    Event, Job, JobError, JobId, Outcome, PullWhat, ReconcileSummary, SyncSummary,
};
use addendum::worker::{self, Context, Labour, Profile, Tell, approvals, plan_file};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::bill::Organization;
use super::fate::Fate;
use super::lease::{Key, Lock};
use super::network::Network;
use super::stage::{Home, client, clock};

/// Who is at the keyboard.
const BILLER: &str = "ada (uid 1001)";
/// Who approves what she has prepared.
const APPROVER: &str = "ben (uid 1002)";

/// What a process is started with.
#[derive(Clone)]
pub struct Setup {
    /// Which machine it is on: 0 or 1.
    pub machine: usize,
    pub memory: Memory,
    pub lease: Lock,
    pub home: Arc<Home>,
    pub policy: Policy,
    /// Whether plans need another person's approval.
    pub approval: Approval,
    /// The program knows of that: see `sabotage`.
    pub heeds_approval: bool,
    pub source: &'static str,
    pub settle_seconds: u64,
    pub concurrency: usize,
    pub rate: u32,
    pub seed: u64,
}

/// A process that lives.
pub struct Process {
    pub fate: Arc<Fate>,
    pub store: Store,
    pub cancel: CancellationToken,
    setup: Setup,
    profile: Profile,
    key: Key,
    /// It has asked for its client, which most that only load lines never do.
    calls: OnceLock<()>,
    network: Arc<Network>,
    pause: watch::Sender<bool>,
}

/// What a run is asked to overrule.
#[derive(Debug, Clone, Copy, Default)]
pub struct Overrule {
    pub drift: bool,
    pub deleted: bool,
    pub cancels: bool,
    /// What the guard warns of.
    pub warnings: bool,
}

impl Overrule {
    fn scope(self) -> Scope {
        Scope {
            overwrite_drift: self.drift,
            repost_deleted: self.deleted,
            accept_warnings: self.warnings,
            ..Scope::default()
        }
    }
}

/// A job gave something that it does not give.
fn other(outcome: &Outcome) -> JobError {
    let message = format!("the job gave {outcome:?}");
    JobError::Problem(Problem::new(ProblemKind::Fault, "other-outcome", message, ""))
}

impl Process {
    pub async fn start(setup: &Setup, network: &Arc<Network>, fate: Fate) -> Result<Self, Problem> {
        let fate = Arc::new(fate);
        let clock = clock(network.began);
        let store =
            setup.memory.open(Arc::clone(&fate) as _, clock.clone()).await.map_err(fault)?;
        store.acting_as(BILLER);
        let approval = if setup.heeds_approval { setup.approval } else { Approval::Off };
        let mut settings = Settings { approval, ..Settings::default() };
        settings.policy.clone_from(&setup.policy);
        settings.connectwise.concurrency = setup.concurrency;
        settings.connectwise.settle_seconds = setup.settle_seconds;
        let (paths, vault) = (setup.home.paths.clone(), setup.home.vault.clone());
        let mut profile = Profile::from_parts("simulation", paths, settings, store.clone(), vault);
        let key = setup.lease.key();
        profile.clock = clock;
        profile.leases = Arc::new(key.clone());
        profile.labour = Labour::Here;
        profile.person = BILLER.into();
        Ok(Self {
            fate,
            store,
            cancel: CancellationToken::new(),
            setup: setup.clone(),
            profile,
            key,
            calls: OnceLock::new(),
            network: Arc::clone(network),
            pause: watch::Sender::new(false),
        })
    }

    /// Does a job, as the worker does.
    async fn job(&self, job: Job) -> Result<Outcome, JobError> {
        self.calls.get_or_init(|| {
            let (seed, rate) = (self.setup.seed, self.setup.rate);
            let key = Some(self.key.clone());
            self.profile.use_client(client(&self.network, &self.fate, key, seed, rate));
        });
        let network = Arc::clone(&self.network);
        let tell: Tell = Arc::new(move |event| {
            if let Event::Run { event, .. } = event {
                network.tell(|| format!("      {event:?}"));
            }
        });
        let context = Context {
            id: JobId(1),
            profile: self.profile.clone(),
            tell,
            cancel: self.cancel.clone(),
            pause: self.pause.subscribe(),
        };
        worker::run(context, job).await
    }

    /// A job that writes to the PSA. Whatever it met, what it says of the money must hold.
    async fn run(&self, job: Job) -> Result<SyncSummary, JobError> {
        let summary = match self.job(job).await? {
            Outcome::Synced(summary) => *summary,
            outcome => return Err(other(&outcome)),
        };
        self.network.tell(|| format!("      refused lines: {:?}", summary.report.errors));
        if let Some(row) = summary.equation.iter().find(|row| !row.money.holds()) {
            self.network.wrong(format!("EQUATION: after a run: {row:?}"));
        }
        Ok(summary)
    }

    pub async fn load(&self, lines: Vec<LoadedLine>) -> Result<(), JobError> {
        let mut session = self.store.begin_load(self.setup.source).await.map_err(fault)?;
        session.push(lines).await.map_err(fault)?;
        session.finish().await.map(|_| ()).map_err(|e| fault(e).into())
    }

    /// Maps organizations and offers that lines told of and nobody has mapped yet.
    pub async fn map(
        &self,
        organizations: &[Organization],
        products: &[i64],
    ) -> Result<(), Problem> {
        let source = || self.setup.source.into();
        let known = self.store.organizations().await.map_err(fault)?;
        let mut edits = Vec::new();
        for k in &known {
            let Some(o) = organizations.iter().find(|o| *k.id == *o.id) else { continue };
            if k.excluded != o.excluded {
                let (source, organization) = (source(), k.id.clone());
                edits.push(Edit::Excluded { source, organization, excluded: o.excluded });
            }
            let companies = if o.mapped { vec![o.customer.company] } else { Vec::new() };
            if k.companies != companies {
                let (source, organization) = (source(), k.id.clone());
                edits.push(Edit::Companies { source, organization, companies });
            }
        }
        for offer in self.store.offers().await.map_err(fault)? {
            let n = offer.id.trim_start_matches("F-").parse::<usize>().unwrap_or_default();
            let product = Some(products[n % products.len()]);
            if offer.product != product {
                edits.push(Edit::Product { source: source(), offer: offer.id, product });
            }
        }
        if edits.is_empty() {
            return Ok(());
        }
        self.store.edit(edits).await.map(|_| ()).map_err(fault)
    }

    /// Whether a run ended without its end, or left something open.
    pub async fn is_open(&self) -> Result<bool, JobError> {
        let (entries, runs) = self.store.unfinished().await.map_err(fault)?;
        Ok(entries > 0 || runs > 0)
    }

    pub async fn plan(&self, overrule: Overrule) -> Result<Plan, JobError> {
        match self.job(Job::Plan(overrule.scope())).await? {
            Outcome::Planned(plan) => Ok(*plan),
            outcome => Err(other(&outcome)),
        }
    }

    pub async fn sync(&self, overrule: Overrule) -> Result<SyncSummary, JobError> {
        let (scope, with_cancels) = (overrule.scope(), overrule.cancels);
        let done = self.run(Job::Sync { scope, plan: None, with_cancels }).await;
        self.held_to("a sync without a plan", false, done)
    }

    /// Failed lines again: of one run, or all.
    pub async fn retry(
        &self,
        run: Option<RunId>,
        overrule: Overrule,
    ) -> Result<SyncSummary, JobError> {
        let done = self.run(Job::Retry { run, scope: overrule.scope() }).await;
        self.held_to("a retry", false, done)
    }

    /// The content of a plan file, made now.
    pub async fn plan_file(&self, overrule: Overrule) -> Result<Vec<u8>, JobError> {
        let mut plan = self.plan(overrule).await?;
        Ok(plan_file::made(&self.store, BILLER, &mut plan, &overrule.scope()).await?)
    }

    /// Carries a plan file out, once somebody else has approved it where that is asked for.
    pub async fn sync_file(
        &self,
        file: &[u8],
        approved: bool,
        with_cancels: bool,
    ) -> Result<SyncSummary, JobError> {
        let saved = plan_file::parse(Path::new("plan.json"), file)?;
        let matter = Matter::Plan(saved.plan.file.clone().unwrap_or_default());
        let approved = self.approved(&matter, approved).await?;
        let (scope, plan) = (saved.scope, Some(Arc::new(saved.plan)));
        let done = self.run(Job::Sync { scope, plan, with_cancels }).await;
        self.held_to("a plan", approved, done)
    }

    /// Takes a run back, once somebody else has approved that where it is asked for.
    pub async fn undo(&self, run: RunId, approved: bool) -> Result<SyncSummary, JobError> {
        let matter = Matter::Undo(run);
        let approved = self.approved(&matter, approved).await?;
        let done = self.run(Job::Undo(run)).await;
        self.held_to("an undo", approved, done)
    }

    /// Whether somebody else approves a matter, or has: what is approved once stays so, and a plan of
    /// the same content is the same plan.
    async fn approved(&self, matter: &Matter, approved: bool) -> Result<bool, Problem> {
        if approved && self.setup.approval == Approval::TwoPerson {
            self.network.approved(matter.told());
            approvals::approve(&self.store, APPROVER, matter).await?;
            self.store.acting_as(BILLER);
        }
        Ok(self.network.was_approved(&matter.told()))
    }

    /// What nobody approved is not carried out where the rule is on.
    fn held_to(
        &self,
        what: &str,
        approved: bool,
        done: Result<SyncSummary, JobError>,
    ) -> Result<SyncSummary, JobError> {
        if done.is_ok() && !approved && self.setup.approval == Approval::TwoPerson {
            self.network.wrong(format!("UNAPPROVED: {what} was carried out"));
        }
        done
    }

    pub async fn pull_agreements(&self) -> Result<(), JobError> {
        self.job(Job::Pull(PullWhat::Agreements)).await.map(|_| ())
    }

    /// Puts findings back as they were posted. Gives those that had to be left.
    pub async fn restore(&self, markers: &[String]) -> Result<Vec<String>, String> {
        let verdicts = markers.iter().map(|m| (m.clone(), Verdict::Restore)).collect();
        let decide = Job::Decide { periods: Vec::new(), verdicts };
        match self.job(decide).await {
            Ok(Outcome::Reconciled(done)) => {
                let left = done.decided.into_iter().filter(|d| d.problem.is_some());
                Ok(left.map(|d| d.marker).collect())
            }
            Ok(outcome) => Err(format!("RESTORE: {}", other(&outcome))),
            Err(e) => Err(format!("RESTORE: {e}")),
        }
    }

    pub async fn reconcile(&self) -> Result<ReconcileSummary, JobError> {
        match self.job(Job::Reconcile(Vec::new())).await? {
            Outcome::Reconciled(summary) => Ok(*summary),
            outcome => Err(other(&outcome)),
        }
    }
}
