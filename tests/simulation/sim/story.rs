//! The story of one seed: months come, runs are made, people and faults interfere, processes die;
//! then everything is quiet, one more run is made, and the oracle looks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use addendum::domain::approval::Approval;
use addendum::domain::guard::GuardAction;
use addendum::domain::load::LoadedLine;
use addendum::domain::period::Period;
use addendum::domain::plan::Plan;
use addendum::domain::policy::{
    AutoCancel, ClosedPeriodPolicy, Policy, RecurringPolicy, ResidualPolicy,
};
use addendum::sandbox::records::Addition;
use addendum::worker::job::JobError;
use futures_util::FutureExt;
use tokio::time::sleep;

use super::bill::{Bill, month};
use super::biller;
use super::chance::Chance;
use super::fate::Fate;
use super::lease::Lock;
use super::network::{Mishap, Network, Weather};
use super::oracle::{self, Forgotten};
use super::process::{Overrule, Process, Setup};
use super::sabotage::Sabotage;
use super::stage::{Stage, TYPE};
use super::trace::Trace;

/// How long a lost write is looked for in simulations.
pub(super) const SETTLE: Duration = Duration::from_secs(5);

/// Something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    NextMonth,
    Revise,
    Sync,
    Retry,
    Undo,
    Pull,
    Saved,
    EditsOurs,
    DeletesOurs,
    EditsForeign,
    Invoices,
    LosesStore,
    /// Two runs at once on one store: mostly the profile's lease is lost.
    TwoRuns,
    /// Two machines at once, with stores of their own and the same source.
    TwoMachines,
}

const ACTS: [Act; 23] = [
    Act::NextMonth,
    Act::NextMonth,
    Act::NextMonth,
    Act::NextMonth,
    Act::NextMonth,
    Act::NextMonth,
    Act::NextMonth,
    Act::Revise,
    Act::Revise,
    Act::Sync,
    Act::Sync,
    Act::Retry,
    Act::Undo,
    Act::Undo,
    Act::Pull,
    Act::Saved,
    Act::EditsOurs,
    Act::DeletesOurs,
    Act::EditsForeign,
    Act::Invoices,
    Act::LosesStore,
    Act::TwoRuns,
    Act::TwoMachines,
];

/// How some work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Done,
    Refused,
    Died,
}

/// One seed under way.
pub struct Story<'a> {
    pub(super) stage: &'a Stage,
    pub network: Arc<Network>,
    pub(super) chance: Chance,
    /// What people decide, which changes nothing of what happens to them.
    pub(super) whim: Chance,
    pub(super) setup: Setup,
    /// The lease of the second machine.
    pub(super) lease_elsewhere: Lock,
    pub(super) bill: Bill,
    pub(super) months: usize,
    pub(super) foreign: BTreeMap<i64, Arc<Addition>>,
    quiet: [Option<Arc<Process>>; 2],
    sabotage: Sabotage,
    /// Markers of what a person changed or deleted.
    pub(super) touched: BTreeSet<String>,
    pub(super) lost_store: bool,
    /// Agreements were changed by somebody, so that they are to be pulled.
    pub(super) invoiced: bool,
    pub(super) revised: bool,
    pub deaths: u64,
    pub runs: u64,
    /// Additions that two machines made at once.
    pub doubled: u64,
    /// Additions that the network made once more, told and taken away.
    pub made_twice: u64,
    /// Markers whose copies Addendum itself took away.
    pub taken_away: u64,
}

impl<'a> Story<'a> {
    pub fn new(stage: &'a Stage, seed: u64, trace: Trace, sabotage: Sabotage) -> Self {
        let (chance, whim) = (Chance::new(seed), Chance::new(!seed));
        let policy = policy(&chance, &whim);
        let setup = Setup {
            machine: 0,
            memory: stage.memories[0].clone(),
            policy,
            lease: Lock::default(),
            home: stage.home.clone(),
            approval: Approval::Off,
            heeds_approval: sabotage != Sabotage::NoApproval,
            source: "canonical",
            settle_seconds: if sabotage == Sabotage::NoSettle { 0 } else { SETTLE.as_secs() },
            concurrency: 1 + chance.below(4) as usize,
            rate: if chance.percent(10) { 60 } else { 0 },
            seed,
        };
        if sabotage == Sabotage::NoLease {
            setup.lease.ignore();
        }
        let bill = Bill::new(&chance, &stage.customers);
        // With agreements of other companies nobody would do anything but list them.
        let billed: Vec<i64> = bill.organizations.iter().map(|o| o.customer.company).collect();
        let blind = sabotage == Sabotage::NoLookUp;
        let psa = stage.psa.copy_of(&billed);
        let network = Arc::new(Network::new(psa, chance.clone(), trace, blind));
        let foreign = oracle::foreign(&network);
        Self {
            stage,
            network,
            chance,
            whim,
            setup,
            lease_elsewhere: Lock::default(),
            bill,
            months: 0,
            foreign,
            quiet: [None, None],
            sabotage,
            touched: BTreeSet::new(),
            lost_store: false,
            invoiced: false,
            revised: false,
            deaths: 0,
            doubled: 0,
            made_twice: 0,
            taken_away: 0,
            runs: 0,
        }
    }

    /// Lives through it.
    pub async fn live(&mut self) -> oracle::Verdict {
        let setup = &self.setup.clone();
        self.setup.memory.forget_work().map_err(|e| e.to_string())?;
        let process = self.quiet_process(setup).await?;
        self.stage.fill(&process.store, &self.bill).await.map_err(|e| e.to_string())?;
        drop(process);
        self.network.tell(|| format!("{:?} {:?}", self.setup.policy, self.bill));
        self.network.set(weather(&self.chance));
        self.act(Act::NextMonth).await?;
        for _ in 0..self.chance.within(0, 3) {
            let act = *self.chance.pick(&ACTS);
            self.act(act).await?;
        }
        let plan = self.come_to_rest().await?;
        let process = self.quiet_process(setup).await?;
        if !self.sabotage.tamper(&self.network) {
            return Ok(());
        }
        self.looks_well()?;
        let totals = self.bill.totals();
        if self.whim.percent(10) || self.sabotage == Sabotage::Forgets {
            let state = process.store.audit_state().await.map_err(|e| e.to_string())?;
            if self.sabotage == Sabotage::Forgets {
                setup.memory.forget_work().map_err(|e| e.to_string())?;
            }
            oracle::audit(&process, &state.head).await?;
            if let Some(table) = setup.memory.dangling().map_err(|e| e.to_string())? {
                return Err(format!("DANGLING: a row of {table} refers to nothing"));
            }
        }
        // A line, or the cents of one whose month was invoiced meanwhile.
        let held_back = self.lost_store && (self.invoiced || !plan.errors.is_empty());
        let forgotten = match self.lost_store {
            false => Forgotten::Nothing,
            true if held_back => Forgotten::WhatIsHeldBack,
            true => Forgotten::CentsOfSuperseded,
        };
        let (network, touched) = (&self.network, &self.touched);
        let reads_back =
            self.lost_store || self.sabotage != Sabotage::None || self.whim.percent(10);
        oracle::at_rest(&process, network, &plan, &totals, touched, forgotten, reads_back).await
    }

    /// Everything is quiet; runs are made until there is nothing left to do.
    async fn come_to_rest(&mut self) -> Result<Plan, String> {
        let setup = &self.setup.clone();
        self.network.tell(|| "---- quiet ----".into());
        self.network.set(Weather::default());
        sleep(Duration::from_secs(60)).await;
        self.touched.extend(self.network.overtaken());
        let told = |e: JobError| match e {
            JobError::Problem(p) => format!("UNQUIET: {} {}", p.code, p.message),
            other => format!("UNQUIET: {other}"),
        };
        let process = self.quiet_process(setup).await?;
        if self.invoiced {
            process.pull_agreements().await.map_err(told)?;
        }
        let overrule = |interfered| Overrule {
            drift: interfered,
            deleted: interfered,
            cancels: true,
            warnings: true,
        };
        // A run looks up what earlier ones left open before it plans.
        let open = process.is_open().await.map_err(told)?;
        let mut last = None;
        for round in 0..6 {
            if round == 2 {
                // What is not found any more is asked for anew: so the remedy says.
                process.pull_agreements().await.map_err(told)?;
            }
            if round == usize::from(open) {
                self.one_of_each_doubled(&process).await?;
            }
            let overrule = overrule(!self.touched.is_empty());
            if round > 0 || !open {
                let plan = process.plan(overrule).await.map_err(told)?;
                if plan.actions.is_empty() && plan.settled.is_empty() {
                    return Ok(plan);
                }
                last = Some(plan);
            }
            let done = process.sync(overrule).await.map_err(told)?;
            self.network.tell(|| format!("sync: {:?}", done.report.run.counts));
            self.looks_well()?;
        }
        Err(format!("RESTLESS: {last:?}"))
    }

    fn looks_well(&self) -> oracle::Verdict {
        oracle::at_any_time(&self.network, &self.foreign)
    }

    /// A process that lives on, for all that happens without a fault on a machine.
    pub(super) async fn quiet_process(&mut self, setup: &Setup) -> Result<Arc<Process>, String> {
        if let Some(process) = &self.quiet[setup.machine] {
            return Ok(Arc::clone(process));
        }
        let process = Process::start(setup, &self.network, Fate::default()).await;
        let process = Arc::new(process.map_err(|p| format!("UNQUIET: {}", p.message))?);
        self.quiet[setup.machine] = Some(Arc::clone(&process));
        Ok(process)
    }

    /// A process that may die, and whose disk may be full.
    pub(super) async fn process(&self, setup: &Setup) -> Option<Process> {
        let fate = Fate::default();
        if self.chance.percent(30) {
            fate.dies_in(self.chance.within(1, 56));
        }
        if self.chance.percent(8) {
            let (from, long) = (self.chance.within(1, 60), self.chance.within(1, 20));
            // At the first row, at a later one, or at the commit.
            let rows = *self.chance.pick(&[0, 0, 1, 2, 3, 5, 8, 13, u64::MAX]);
            fate.disk_fills_in(from, long, rows);
        }
        let start = Process::start(setup, &self.network, fate);
        tokio::time::timeout(Duration::from_secs(1), start).await.ok()?.ok()
    }

    async fn act(&mut self, act: Act) -> oracle::Verdict {
        // A store that is lost forgets that a posted line is frozen: what the source has corrected
        // since is not told from what it said at first.
        let forgets = matches!(act, Act::LosesStore | Act::TwoMachines);
        if (forgets && self.revised) || (act == Act::Revise && self.lost_store) {
            return Ok(());
        }
        self.network.tell(|| format!("==== {act:?} ===="));
        match act {
            Act::NextMonth => {
                let mut periods = Vec::new();
                if self.months < 3 {
                    periods.push(month(self.months));
                    self.months += 1;
                }
                if self.chance.percent(20) {
                    // Loading again changes nothing.
                    periods.extend(self.bill.loaded());
                }
                self.load(&self.setup.clone(), &periods).await?;
                self.run(Act::Sync).await;
            }
            Act::Revise => {
                if let Some(period) = self.bill.revise(&self.chance) {
                    self.revised = true;
                    self.load(&self.setup.clone(), &[period]).await?;
                }
                self.run(Act::Sync).await;
            }
            Act::EditsOurs | Act::DeletesOurs => self.person_on_ours(act),
            Act::EditsForeign => self.person_on_foreign(),
            Act::Invoices => self.invoice(),
            Act::LosesStore => {
                // Nobody replaces a disk faster than lists catch up.
                sleep(SETTLE + self.chance.ms(0, 5_000)).await;
                self.lost_store = true;
                let setup = self.setup.clone();
                self.forget(&setup).await?;
            }
            Act::TwoRuns | Act::TwoMachines => self.two_at_once(act).await?,
            other => self.run(other).await,
        }
        self.looks_well()
    }

    /// Loads what the source has now of some months, whole or not at all, until it is loaded.
    pub(super) async fn load(&mut self, setup: &Setup, periods: &[Period]) -> oracle::Verdict {
        let lines: Vec<LoadedLine> = periods.iter().flat_map(|p| self.bill.load(*p)).collect();
        if lines.is_empty() {
            return Ok(());
        }
        let done = match self.process(setup).await {
            Some(p) => self.survive(&p, p.load(lines.clone())).await == End::Done,
            None => false,
        };
        let process = self.quiet_process(setup).await?;
        if !done {
            // Whoever sees that it did not work does it again.
            process.load(lines).await.map_err(|e| format!("LOAD: {e}"))?;
        }
        let mapped = process.map(&self.bill.organizations, &self.stage.products).await;
        mapped.map_err(|p| format!("MAP: {} {}", p.code, p.message))
    }

    /// One run of a process, in whatever weather there is.
    async fn run(&mut self, act: Act) {
        let setup = Setup { approval: self.rule(), ..self.setup.clone() };
        let Some(process) = self.process(&setup).await else {
            self.deaths += 1;
            return;
        };
        self.runs += 1;
        if self.chance.percent(6) {
            let (cancel, when) = (process.cancel.clone(), self.chance.ms(1, 4_000));
            tokio::spawn(async move {
                sleep(when).await;
                cancel.cancel();
            });
        }
        let asked = self.asked();
        let work = biller::run(&process, act, asked, &self.chance, &self.whim).boxed_local();
        let end = self.survive(&process, work).await;
        self.deaths += u64::from(end == End::Died);
    }

    /// Waits for the end of some work, or of the process that does it.
    pub(super) async fn survive<T: std::fmt::Debug>(
        &self,
        process: &Process,
        work: impl Future<Output = Result<T, JobError>>,
    ) -> End {
        tokio::select! {
            biased;
            done = work => {
                self.network.tell(|| match &done {
                    Ok(done) => {
                        let text = format!("{done:?}");
                        format!("done: {}", text.chars().take(600).collect::<String>())
                    }
                    Err(JobError::Problem(p)) => format!("refused: {} {}", p.code, p.message),
                    Err(other) => format!("refused: {other}"),
                });
                if done.is_ok() { End::Done } else { End::Refused }
            }
            () = process.fate.died() => {
                self.network.tell(|| "died".into());
                End::Died
            }
        }
    }
}

fn policy(chance: &Chance, whim: &Chance) -> Policy {
    let action = match whim.below(8) {
        0 => GuardAction::Consent,
        1 => GuardAction::Off,
        _ => GuardAction::Warn,
    };
    let mut policy = Policy {
        agreement_type: Some(TYPE.into()),
        recurring: if chance.percent(85) {
            RecurringPolicy::Persistent
        } else {
            RecurringPolicy::PerLine
        },
        residual: *chance.pick(&[ResidualPolicy::Collapse, ResidualPolicy::RoundingLine]),
        closed_period: *chance.pick(&[ClosedPeriodPolicy::NextOpen, ClosedPeriodPolicy::Refuse]),
        auto_cancel: *chance.pick(&[AutoCancel::On, AutoCancel::Off, AutoCancel::Ask]),
        ..Policy::default()
    };
    policy.guard.action = action;
    policy.identity = chance.pick(&Stage::places()).clone();
    policy
}

/// Some seeds have one kind of mishap often, others all kinds now and then.
fn weather(chance: &Chance) -> Weather {
    let settle = SETTLE.as_millis() as u64;
    let lag_ms = if chance.percent(40) { chance.within(1, 1_800) } else { 0 };
    let mishaps = match chance.below(4) {
        0 => vec![*chance.pick(&Mishap::ALL)],
        1 => Mishap::ALL.to_vec(),
        2 => Vec::new(),
        _ => (0..3).map(|_| *chance.pick(&Mishap::ALL)).collect(),
    };
    Weather {
        mishaps,
        share: chance.within(20, 350) as u32,
        lag_ms,
        // What arrives late must show in lists before its absence counts.
        late_ms: settle - lag_ms - 1,
        unfiltered: if chance.percent(30) { 50 } else { 0 },
    }
}
