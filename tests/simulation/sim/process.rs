//! One process at work: what `load`, `sync`, `retry`, `undo`, `pull` and `reconcile` do, on the
//! store, the client, the flows and the executor that ship.

use std::sync::Arc;
use std::time::Duration;

use addendum::connectwise::Client;
use addendum::domain::decision::Verdict;
use addendum::domain::edit::Edit;
use addendum::domain::journal::{RunId, RunKind};
use addendum::domain::load::LoadedLine;
use addendum::domain::plan::Plan;
use addendum::domain::policy::{Policy, Scope};
use addendum::domain::problem::Problem;
use addendum::domain::psa::MarkerPlace;
use addendum::flows;
use addendum::store::Store;
use addendum::store::inline::Memory;
use addendum::sync::{ApplyOptions, Executor, Findings, Left, RunReport, fault};
use addendum::worker;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::bill::Organization;
use super::fate::Fate;
use super::network::Network;
use super::stage::{TODAY, client, clock};

/// What a process is started with.
#[derive(Clone)]
pub struct Setup {
    /// Which machine it is on: 0 or 1.
    pub machine: usize,
    pub memory: Memory,
    pub policy: Policy,
    pub place: MarkerPlace,
    pub source: &'static str,
    pub settle: Duration,
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
    client: Client,
    pause: watch::Sender<bool>,
}

/// What a run is asked to overrule.
#[derive(Debug, Clone, Copy, Default)]
pub struct Overrule {
    pub drift: bool,
    pub deleted: bool,
    pub cancels: bool,
}

impl Process {
    pub async fn start(setup: &Setup, network: &Arc<Network>, fate: Fate) -> Result<Self, Problem> {
        let fate = Arc::new(fate);
        let store =
            setup.memory.open(Arc::clone(&fate) as _, clock(network.began)).await.map_err(fault)?;
        let client = client(network, &fate, setup.seed, setup.rate);
        Ok(Self {
            fate,
            store,
            cancel: CancellationToken::new(),
            setup: setup.clone(),
            client,
            pause: watch::Sender::new(false),
        })
    }

    pub fn executor(&self) -> Executor {
        let (store, policy) = (self.store.clone(), self.setup.policy.clone());
        Executor {
            store: self.store.clone(),
            client: self.client.clone(),
            place: self.setup.place.clone(),
            concurrency: self.setup.concurrency,
            settle: self.setup.settle,
            events: Arc::new(|_| {}),
            cancel: self.cancel.clone(),
            pause: self.pause.subscribe(),
            money: Arc::new(move |periods| {
                let (store, policy) = (store.clone(), policy.clone());
                Box::pin(async move {
                    worker::release_superseded(&store, &policy, TODAY).await?;
                    Ok(flows::by_currency(&worker::equation(&store, &periods).await?))
                })
            }),
        }
    }

    pub async fn load(&self, lines: Vec<LoadedLine>) -> Result<(), Problem> {
        let mut session = self.store.begin_load(self.setup.source).await.map_err(fault)?;
        session.push(lines).await.map_err(fault)?;
        session.finish().await.map(|_| ()).map_err(fault)
    }

    /// Maps organizations and offers that lines told of.
    pub async fn map(
        &self,
        organizations: &[Organization],
        products: &[i64],
    ) -> Result<(), Problem> {
        let source = || self.setup.source.into();
        let known = self.store.organizations().await.map_err(fault)?;
        let mut edits = Vec::new();
        for o in organizations.iter().filter(|o| known.iter().any(|k| *k.id == *o.id)) {
            edits.push(Edit::Excluded {
                source: source(),
                organization: o.id.as_str().into(),
                excluded: o.excluded,
            });
            edits.push(Edit::Companies {
                source: source(),
                organization: o.id.as_str().into(),
                companies: if o.mapped { vec![o.customer.company] } else { Vec::new() },
            });
        }
        for offer in self.store.offers().await.map_err(fault)? {
            let n = offer.id.trim_start_matches("F-").parse::<usize>().unwrap_or_default();
            let product = Some(products[n % products.len()]);
            edits.push(Edit::Product { source: source(), offer: offer.id, product });
        }
        self.store.edit(edits).await.map(|_| ()).map_err(fault)
    }

    pub async fn plan(&self, failed_only: bool, overrule: Overrule) -> Result<Plan, Problem> {
        let scope = Scope {
            failed_only,
            overwrite_drift: overrule.drift,
            repost_deleted: overrule.deleted,
            today: Some(TODAY),
            ..Scope::default()
        };
        let input = self.store.plan_input(&scope).await.map_err(fault)?;
        flows::invoice_lines(&input, &self.setup.policy, &scope)
    }

    /// What the jobs `sync` and `retry` do.
    pub async fn sync(
        &self,
        kind: RunKind,
        overrule: Overrule,
    ) -> Result<(Plan, RunReport), Problem> {
        let executor = self.executor();
        executor.recover().await?;
        let plan = self.plan(kind == RunKind::Retry, overrule).await?;
        let options = ApplyOptions {
            with_cancels: overrule.cancels,
            from_file: false,
            overwrite_drift: overrule.drift,
            repost_deleted: overrule.deleted,
        };
        let report = executor.apply(kind, plan.clone(), options).await?;
        Ok((plan, report))
    }

    /// A plan that was made, looked at, and is applied now.
    pub async fn apply_saved(&self, plan: Plan) -> Result<RunReport, Problem> {
        let options = ApplyOptions { from_file: true, ..ApplyOptions::default() };
        self.executor().apply(RunKind::Sync, plan, options).await
    }

    pub async fn undo(&self, run: RunId) -> Result<(RunReport, Vec<Left>), Problem> {
        self.executor().undo(run).await
    }

    pub async fn pull_agreements(&self) -> Result<(), Problem> {
        let all = self.client.agreements(&|_| {}).await.map_err(|e| e.problem().clone())?;
        let kept: Vec<i64> =
            self.store.companies().await.map_err(fault)?.iter().map(|c| c.id).collect();
        let all = all.into_iter().filter(|a| kept.contains(&a.company_id)).collect();
        self.store.keep_agreements(all).await.map(|_| ()).map_err(fault)
    }

    /// Puts findings back as they were posted. Gives those that had to be left.
    pub async fn restore(&self, markers: &[String]) -> Result<Vec<String>, String> {
        let wanted: Vec<_> = markers.iter().map(|m| (m.clone(), Verdict::Restore)).collect();
        let done = self.executor().decide(&[], &wanted).await;
        let (decided, _) = done.map_err(|p| format!("RESTORE: {} {}", p.code, p.message))?;
        Ok(decided.into_iter().filter(|d| d.problem.is_some()).map(|d| d.marker).collect())
    }

    pub async fn reconcile(&self) -> Result<Findings, Problem> {
        self.executor().reconcile(&[]).await
    }
}
