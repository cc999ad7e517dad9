//! The story of one seed: months come, runs are made, people and faults interfere, processes die;
//! then everything is quiet, one more run is made, and the oracle looks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use addendum::domain::journal::{RunId, RunKind};
use addendum::domain::load::LoadedLine;
use addendum::domain::period::Period;
use addendum::domain::plan::Plan;
use addendum::domain::policy::{
    AutoCancel, ClosedPeriodPolicy, Policy, RecurringPolicy, ResidualPolicy,
};
use addendum::domain::problem::Problem;
use addendum::sandbox::records::Addition;
use tokio::time::sleep;

use super::bill::{Bill, month};
use super::chance::Chance;
use super::fate::Fate;
use super::network::{Mishap, Network, Weather};
use super::oracle;
use super::process::{Overrule, Process, Setup};
use super::sabotage::Sabotage;
use super::stage::{Stage, TYPE};

/// How long a lost write is looked for in simulations.
const SETTLE: Duration = Duration::from_secs(5);

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
    /// Two runs at once on one store: the profile's lease is broken.
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
enum End {
    Done,
    Refused,
    Died,
}

/// One seed under way.
pub struct Story<'a> {
    pub(super) stage: &'a Stage,
    pub network: Arc<Network>,
    pub(super) chance: Chance,
    pub(super) setup: Setup,
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
    pub fn new(stage: &'a Stage, network: Arc<Network>, seed: u64, sabotage: Sabotage) -> Self {
        let chance = network.chance.clone();
        let policy = policy(&chance);
        let setup = Setup {
            machine: 0,
            memory: stage.memories[0].clone(),
            policy,
            place: chance.pick(&stage.places()).clone(),
            source: "canonical",
            settle: if sabotage == Sabotage::NoSettle { Duration::ZERO } else { SETTLE },
            concurrency: 1 + chance.below(4) as usize,
            rate: if chance.percent(10) { 60 } else { 0 },
            seed,
        };
        let bill = Bill::new(&chance, &stage.customers);
        let foreign = oracle::foreign(&network);
        Self {
            stage,
            network,
            chance,
            setup,
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
        oracle::at_rest(&process, &self.network, &plan, &totals, &self.touched, self.lost_store)
            .await
    }

    /// Everything is quiet; runs are made until there is nothing left to do.
    async fn come_to_rest(&mut self) -> Result<Plan, String> {
        let setup = &self.setup.clone();
        self.network.tell(|| "---- quiet ----".into());
        self.network.set(Weather::default());
        sleep(Duration::from_secs(60)).await;
        self.touched.extend(self.network.overtaken());
        let told = |p: Problem| format!("UNQUIET: {} {}", p.code, p.message);
        let process = self.quiet_process(setup).await?;
        process.executor().recover().await.map_err(told)?;
        self.one_of_each_doubled(&process).await?;
        if self.invoiced {
            process.pull_agreements().await.map_err(told)?;
        }
        let interfered = !self.touched.is_empty();
        let overrule = Overrule { drift: interfered, deleted: interfered, cancels: true };
        for round in 0..6 {
            if round == 2 {
                // What is not found any more is asked for anew: so the remedy says.
                process.pull_agreements().await.map_err(told)?;
            }
            let plan = process.plan(false, overrule).await.map_err(told)?;
            if plan.actions.is_empty() && plan.settled.is_empty() {
                return Ok(plan);
            }
            let (plan, report) = process.sync(RunKind::Sync, overrule).await.map_err(told)?;
            self.network
                .tell(|| format!("sync: {} actions, {:?}", plan.actions.len(), report.run.counts));
            if let Some(problem) = report.stopped {
                return Err(told(problem));
            }
            self.looks_well()?;
        }
        let (plan, report) = process.sync(RunKind::Sync, overrule).await.map_err(told)?;
        Err(format!("RESTLESS: {:?} {:?}", plan.actions, report.errors))
    }

    fn looks_well(&self) -> oracle::Verdict {
        oracle::at_any_time(&self.network, &self.foreign)
    }

    /// A process that lives on, for all that happens without a fault on a machine.
    async fn quiet_process(&mut self, setup: &Setup) -> Result<Arc<Process>, String> {
        if let Some(process) = &self.quiet[setup.machine] {
            return Ok(Arc::clone(process));
        }
        let process = Process::start(setup, &self.network, Fate::default()).await;
        let process = Arc::new(process.map_err(|p| format!("UNQUIET: {}", p.message))?);
        self.quiet[setup.machine] = Some(Arc::clone(&process));
        Ok(process)
    }

    /// A process that may die, and whose disk may be full.
    async fn process(&self, setup: &Setup) -> Option<Process> {
        let fate = Fate::default();
        if self.chance.percent(30) {
            fate.dies_in(self.chance.within(1, 90));
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
    async fn load(&mut self, setup: &Setup, periods: &[Period]) -> oracle::Verdict {
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
            process.load(lines).await.map_err(|p| format!("LOAD: {}", p.message))?;
        }
        let mapped = process.map(&self.bill.organizations, &self.stage.products).await;
        mapped.map_err(|p| format!("MAP: {} {}", p.code, p.message))
    }

    /// One run of a process, in whatever weather there is.
    async fn run(&mut self, act: Act) {
        let setup = &self.setup.clone();
        let Some(process) = self.process(setup).await else {
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
        let interfered = !self.touched.is_empty();
        let overrule = Overrule {
            drift: interfered && self.chance.percent(40),
            deleted: interfered && self.chance.percent(40),
            cancels: self.chance.percent(50),
        };
        let end = match act {
            Act::Sync => self.survive(&process, process.sync(RunKind::Sync, overrule)).await,
            Act::Retry => self.survive(&process, process.sync(RunKind::Retry, overrule)).await,
            Act::Pull => self.survive(&process, process.pull_agreements()).await,
            Act::Saved => self.survive(&process, saved(&process, self.chance.ms(0, 9_000))).await,
            _ => self.survive(&process, undo(&process, &self.chance)).await,
        };
        self.deaths += u64::from(end == End::Died);
    }

    /// Waits for the end of some work, or of the process that does it.
    async fn survive<T: std::fmt::Debug>(
        &self,
        process: &Process,
        work: impl Future<Output = Result<T, Problem>>,
    ) -> End {
        tokio::select! {
            biased;
            done = work => {
                self.network.tell(|| match &done {
                    Ok(done) => {
                        let text = format!("{done:?}");
                        format!("done: {}", text.chars().take(600).collect::<String>())
                    }
                    Err(p) => format!("refused: {} {}", p.code, p.message),
                });
                if done.is_ok() { End::Done } else { End::Refused }
            }
            () = process.fate.died() => {
                self.network.tell(|| "died".into());
                End::Died
            }
        }
    }

    /// The store is lost, and filled again from the PSA and the source.
    async fn forget(&mut self, setup: &Setup) -> oracle::Verdict {
        setup.memory.forget_work().map_err(|e| e.to_string())?;
        let process = self.quiet_process(setup).await?;
        self.stage.fill(&process.store, &self.bill).await.map_err(|e| e.to_string())?;
        let periods = self.bill.loaded().to_vec();
        self.load(setup, &periods).await
    }

    /// Two runs at once. What nobody can keep from happening twice is seen afterwards, and a person
    /// takes the second one away.
    async fn two_at_once(&mut self, act: Act) -> oracle::Verdict {
        let mut second = self.setup.clone();
        if act == Act::TwoMachines {
            second.machine = 1;
            second.memory = self.stage.memories[1].clone();
            self.lost_store = true;
            sleep(SETTLE).await;
            self.forget(&second).await?;
        }
        let (setup, wait) = (self.setup.clone(), self.chance.ms(0, 1_500));
        let (Some(one), Some(two)) = (self.process(&setup).await, self.process(&second).await)
        else {
            return Ok(());
        };
        self.runs += 2;
        let overrule = Overrule::default();
        let late = async {
            sleep(wait).await;
            two.sync(RunKind::Sync, overrule).await
        };
        tokio::join!(
            self.survive(&one, one.sync(RunKind::Sync, overrule)),
            self.survive(&two, late)
        );
        self.one_of_each(act).await
    }

    async fn one_of_each(&mut self, act: Act) -> oracle::Verdict {
        // Requests of a process that died may still be on their way.
        sleep(Duration::from_secs(30)).await;
        self.one_new_agreement();
        for (marker, all) in oracle::ours(&self.network) {
            if all.len() < 2 {
                continue;
            }
            if self.network.doubled().contains(&marker) {
                continue;
            }
            if act == Act::TwoRuns {
                return Err(format!("TWICE: {marker}, by two runs on one store"));
            }
            self.doubled += 1;
            self.touched.insert(marker);
            for addition in &all[1..] {
                self.network.psa.inspect().delete_addition(addition.id);
            }
        }
        Ok(())
    }
}

/// A plan is made, looked at for a while, and applied.
async fn saved(process: &Process, pause: Duration) -> Result<(), Problem> {
    process.executor().recover().await?;
    let plan = process.plan(false, Overrule::default()).await?;
    sleep(pause).await;
    process.apply_saved(plan).await.map(|_| ())
}

/// One of the last runs is taken back.
async fn undo(process: &Process, chance: &Chance) -> Result<(), Problem> {
    let runs: Vec<RunId> = process
        .store
        .runs(3)
        .await
        .map_err(addendum::sync::fault)?
        .into_iter()
        .filter(|r| r.kind != RunKind::Undo)
        .map(|r| r.id)
        .collect();
    if runs.is_empty() {
        return Ok(());
    }
    process.undo(*chance.pick(&runs)).await.map(|_| ())
}

fn policy(chance: &Chance) -> Policy {
    Policy {
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
    }
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
