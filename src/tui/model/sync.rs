//! The Sync tab: the plan before anything is written, progress, past runs, what reconcile found.

use std::sync::Arc;

use super::effect::Effect;
use super::grid::{GridId, Target};
use super::layer::Layer;
use super::layer::confirm::{Confirm, Deed};
use super::layer::prompt::Asked;
use super::record::{Record, RowId};
use super::toast::Toast;
use super::{Model, Tab};
use crate::domain::approval::Approval;
use crate::domain::journal::RunId;
use crate::domain::money;
use crate::domain::plan::{ActionKind, Plan};
use crate::domain::policy::Scope;
use crate::domain::problem::Problem;
use crate::tui::commands::Command as C;
use crate::tui::field::Field;
use crate::worker::job::{Job, ReconcileSummary, SyncSummary};

/// What the tab shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SyncView {
    /// The plan by company.
    #[default]
    Companies,
    /// The plan by action.
    Actions,
    /// The refused lines.
    Refused,
    /// Progress of what runs, and how the last run ended.
    Progress,
    /// Past runs.
    Runs,
    /// What reconcile found.
    Findings,
}

impl SyncView {
    /// All of them, in the order of the switch.
    pub const ALL: [Self; 6] =
        [Self::Companies, Self::Actions, Self::Refused, Self::Progress, Self::Runs, Self::Findings];

    /// Its name.
    pub fn title(self) -> &'static str {
        match self {
            Self::Companies => "Plan by company",
            Self::Actions => "Actions",
            Self::Refused => "Refused",
            Self::Progress => "Progress",
            Self::Runs => "Runs",
            Self::Findings => "Findings",
        }
    }

    /// Its grid.
    pub fn grid(self) -> Option<GridId> {
        match self {
            Self::Companies => Some(GridId::Companies),
            Self::Actions => Some(GridId::Actions),
            Self::Refused => Some(GridId::Refused),
            Self::Progress => None,
            Self::Runs => Some(GridId::Runs),
            Self::Findings => Some(GridId::Findings),
        }
    }
}

/// The tab.
#[derive(Debug, Clone, Default)]
pub struct Sync {
    /// What is shown.
    pub view: SyncView,
    /// The plan.
    pub plan: Option<Arc<Plan>>,
    /// What was changed since may have changed the plan.
    pub stale: bool,
    /// The plan is being made anew, because the one before no longer held.
    pub renewed: bool,
    /// What the plan is for.
    pub scope: Scope,
    /// The same, for people.
    pub scope_text: String,
    /// The file that the last saved plan was opened from.
    pub file: Option<String>,
    /// What the last job that writes was called, and what broke it; absent where none was broken.
    pub broken: Option<(String, Problem)>,
    /// How the last run ended.
    pub last: Option<Arc<SyncSummary>>,
    /// What reconcile said.
    pub proof: Option<Arc<ReconcileSummary>>,
    /// The lines of an event have a row each.
    pub unfolded: bool,
    /// First line of the progress page that is shown.
    pub top: usize,
}

impl Model {
    /// Commands of the Sync tab.
    pub(super) fn run_on_sync(&mut self, command: C) -> Vec<Effect> {
        match command {
            C::SyncView => {
                let views = self.sync_views();
                let at = views.iter().position(|v| *v == self.sync.view).unwrap_or(0);
                self.sync.view = views[(at + 1) % views.len()];
                self.enter()
            }
            C::MakePlan => self.make_plan(),
            C::OverwriteDrift => {
                self.sync.scope.overwrite_drift ^= true;
                self.make_plan()
            }
            C::AcceptWarnings => {
                self.sync.scope.accept_warnings ^= true;
                self.make_plan()
            }
            C::Fold => {
                self.sync.unfolded ^= true;
                let mut effects = vec![Effect::Unfold(self.sync.unfolded)];
                self.sync.view = SyncView::Actions;
                self.grid_mut(GridId::Actions).loaded = false;
                effects.extend(self.enter());
                effects
            }
            C::RepostDeleted => {
                self.sync.scope.repost_deleted ^= true;
                self.make_plan()
            }
            C::SavePlan => {
                self.ask_file("The plan is saved there.");
                vec![]
            }
            C::Apply => self.ask_apply(),
            C::Reconcile => {
                let periods = match self.current_run() {
                    Some(run) => self.run_periods(run),
                    None => self.sync.scope.periods.clone(),
                };
                self.submit(Job::Reconcile(periods))
            }
            C::Retry => self.ask_retry(),
            C::UndoRun => self.ask_undo(),
            C::CreditRun => self.ask_credit(),
            C::ApproveUndo | C::ApproveCredit => {
                if let Some(run) = self.current_run() {
                    self.ask_approval_of(command, run);
                }
                vec![]
            }
            C::KeepFinding | C::RestoreFinding | C::AdoptFinding => self.ask_verdict(command),
            C::Open => self.open_row(),
            C::Down => {
                self.sync.top = self.sync.top.saturating_add(1).min(self.jobs.causes().len());
                vec![]
            }
            C::Up => {
                self.sync.top = self.sync.top.saturating_sub(1);
                vec![]
            }
            _ => vec![],
        }
    }

    fn open_row(&mut self) -> Vec<Effect> {
        let Some(row) = self.front().and_then(|id| self.grid(id).current()).cloned() else {
            return vec![];
        };
        // A company opens to its actions; everything else to its details.
        if let Record::Company(company) = &row.record {
            self.sync.view = SyncView::Actions;
            let filter = format!("company=\"{}\" currency={}", company.name, company.currency);
            let grid = self.grid_mut(GridId::Actions);
            grid.bar.field.set(&filter);
            grid.read_filter();
            grid.loaded = false;
            return self.enter();
        }
        self.run(C::Details)
    }

    /// The views that have something to show, and the one in front.
    pub fn sync_views(&self) -> Vec<SyncView> {
        let sync = &self.sync;
        let has = |view: &SyncView| match view {
            SyncView::Companies | SyncView::Runs => true,
            SyncView::Actions | SyncView::Refused => sync.plan.is_some(),
            SyncView::Progress => sync.last.is_some() || !self.jobs.running.is_empty(),
            SyncView::Findings => sync.proof.is_some(),
        };
        SyncView::ALL.into_iter().filter(|v| *v == sync.view || has(v)).collect()
    }

    /// What the plan is for, with what was agreed to.
    pub fn scope_told(&self) -> String {
        let scope = &self.sync.scope;
        let mut told = self.sync.scope_text.clone();
        for (on, words) in [
            (scope.overwrite_drift, "drift overwritten"),
            (scope.repost_deleted, "deleted posted again"),
            (scope.accept_warnings, "warnings accepted"),
        ] {
            if on {
                told.push_str(", ");
                told.push_str(words);
            }
        }
        told
    }

    pub(super) fn make_plan(&mut self) -> Vec<Effect> {
        if self.sync.scope_text.is_empty() {
            self.sync.scope_text = "everything loaded".into();
        }
        // A saved plan is of its day; one that is made now is of today.
        self.sync.scope.today = None;
        let mut scope = self.sync.scope.clone();
        // A plan of some lines stays one, also when it is made anew.
        if let Some(plan) = &self.sync.plan {
            scope.lines.clone_from(&plan.only_lines);
        }
        self.submit(Job::Plan(scope))
    }

    /// The plan is about everything that is loaded.
    pub(super) fn plan_everything(&mut self) -> Vec<Effect> {
        self.sync.scope = Scope::default();
        self.sync.scope_text.clear();
        self.sync.plan = None;
        self.make_plan()
    }

    /// Plans the month that the Invoices tab shows.
    pub(super) fn plan_month(&mut self) -> Vec<Effect> {
        let month = self.grid(GridId::Invoices).period;
        self.sync.scope = Scope { periods: month.into_iter().collect(), ..Scope::default() };
        self.sync.scope_text = month.map_or_else(|| "all months".to_owned(), |m| m.to_string());
        self.sync.view = SyncView::Companies;
        let mut effects = self.go(Tab::Sync);
        effects.extend(self.make_plan());
        effects
    }

    /// Plans the line under the cursor, or the marked ones.
    pub(super) fn plan_lines(&mut self, command: C, target: Target) -> Vec<Effect> {
        let target = if command == C::SyncLine {
            match self.current_id() {
                Some(row) => Target::Rows { grid: GridId::Invoices, rows: vec![row] },
                None => return vec![],
            }
        } else {
            target
        };
        self.sync.scope_text = match target.count() {
            1 => "one line".to_owned(),
            n => format!("{n} marked lines"),
        };
        self.sync.scope = Scope::default();
        self.sync.view = SyncView::Companies;
        let mut effects = self.go(Tab::Sync);
        let ticket = self.begin_job("Plan", false);
        effects.push(Effect::SubmitPlanFor { ticket, target, periods: vec![] });
        effects
    }

    fn ask_apply(&mut self) -> Vec<Effect> {
        let Some(plan) = self.sync.plan.clone() else { return vec![] };
        // The worker holds a saved plan against what it rests on: it is approved as it is.
        if self.sync.stale && plan.file.is_none() {
            self.toast(Toast::warning("something has changed since: the plan is made anew"));
            return self.make_plan();
        }
        if plan.actions.is_empty() && plan.settled.is_empty() && plan.errors.is_empty() {
            self.toast(Toast::note("there is nothing to write"));
            return vec![];
        }
        if self.needs_approval() && plan.file.is_none() {
            self.ask_file(
                "Two persons are needed: save the plan, let another system user approve it \
                 (Approve a plan, or `addendum approve FILE`), then open it and carry it out.",
            );
            return vec![];
        }
        let c = &plan.counts;
        let mut lines =
            vec![format!("Additions in ConnectWise: {} created, {} updated.", c.create, c.update)];
        if c.create_agreement > 0 {
            lines.push(counted(
                c.create_agreement,
                "agreement is created.",
                "agreements are created.",
            ));
        }
        let sums: Vec<String> =
            amounts(&plan).iter().map(|(c, m)| format!("{} {c}", money::text(*m))).collect();
        lines.push(format!("Money of these lines: {}", sums.join(", ")));
        if c.failed > 0 {
            lines.push(counted(
                c.failed,
                "line is refused and stays as it is.",
                "lines are refused and stay as they are.",
            ));
        }
        if !plan.warnings.is_empty() {
            let first = &plan.warnings[0];
            lines.push(counted(
                plan.warnings.len() as u64,
                "line should be looked at first (Refused shows it):",
                "lines should be looked at first (Refused shows them), such as:",
            ));
            let told = format!("{}: {} ({})", first.line, first.message, first.code);
            lines.push(crate::domain::text::harmless(&told));
        }
        if self.sync.scope.overwrite_drift {
            lines.push("What people changed in ConnectWise is overwritten.".into());
        }
        if self.sync.scope.repost_deleted {
            lines.push("What people deleted in ConnectWise is posted again.".into());
        }
        let cancels = plan.actions.iter().filter(|a| a.kind == ActionKind::Cancel).count();
        if cancels == 0 {
            lines.push("What was posted can be undone until the PSA invoices it.".into());
            self.ask("Carry the plan out", lines, "Write to ConnectWise", Deed::Apply(false));
            return vec![];
        }
        let text = counted(
            cancels as u64,
            "recurring addition whose subscription is missing from the bill would end.",
            "recurring additions whose subscription is missing from the bill would end.",
        );
        lines.push(text);
        if plan.cancels_need_consent {
            self.layers.push(Layer::Confirm(Confirm {
                title: "Carry the plan out".into(),
                lines,
                yes: "With the cancels".into(),
                deed: Deed::Apply(true),
                otherwise: Some(("Without the cancels".into(), Deed::Apply(false))),
                typed: None,
            }));
        } else {
            self.ask("Carry the plan out", lines, "Write to ConnectWise", Deed::Apply(true));
        }
        vec![]
    }

    /// Whether nothing is carried out without another person's approval.
    pub(super) fn needs_approval(&self) -> bool {
        self.settings.as_ref().is_some_and(|s| s.settings.approval == Approval::TwoPerson)
    }

    /// Asks where the plan is saved.
    fn ask_file(&mut self, hint: &str) {
        let name = self.sync.plan.as_ref().map_or("plan", |p| p.run.as_str());
        let field = Field::new(&format!("{name}.json"));
        self.prompt("Save the plan", hint, field, Asked::SavePlan);
    }

    /// Saves the plan on the screen.
    pub(super) fn save_plan(&mut self, path: &str) -> Vec<Effect> {
        let Some(plan) = self.sync.plan.clone() else { return vec![] };
        let mut scope = self.sync.scope.clone();
        scope.lines.clone_from(&plan.only_lines);
        vec![Effect::SavePlan { plan, scope: Box::new(scope), path: path.to_owned() }]
    }

    /// Carries the plan on the screen out. It goes along whole, so that nothing else is carried out
    /// than what was shown.
    pub(super) fn apply(&mut self, with_cancels: bool) -> Vec<Effect> {
        let Some(plan) = self.sync.plan.clone() else { return vec![] };
        self.sync.view = SyncView::Progress;
        let mut scope = self.sync.scope.clone();
        scope.lines.clone_from(&plan.only_lines);
        self.submit(Job::Sync { scope, plan: Some(plan), with_cancels })
    }

    /// The run under the cursor.
    fn current_run(&self) -> Option<RunId> {
        match (self.front() == Some(GridId::Runs)).then(|| self.current_id())?? {
            RowId::Run(id) => Some(id),
            _ => None,
        }
    }

    fn run_periods(&self, id: RunId) -> Vec<crate::domain::period::Period> {
        match self.grid(GridId::Runs).current().map(|r| &r.record) {
            Some(Record::Run(run)) if run.id == id => run.periods.clone(),
            _ => vec![],
        }
    }

    fn ask_retry(&mut self) -> Vec<Effect> {
        let run = self.current_run();
        let which = run
            .map_or_else(|| "all failed lines".into(), |r| format!("what failed in run {}", r.0));
        let lines = vec![
            format!("{which} is planned anew from its present values and written to ConnectWise."),
            "Nothing is written twice.".into(),
        ];
        self.ask("Retry", lines, "Retry", Deed::Retry(run));
        vec![]
    }

    /// Retries what failed.
    pub(super) fn retry(&mut self, run: Option<RunId>) -> Vec<Effect> {
        self.sync.view = SyncView::Progress;
        self.submit(Job::Retry { run, scope: Scope::default() })
    }

    fn ask_undo(&mut self) -> Vec<Effect> {
        let Some(run) = self.current_run() else { return vec![] };
        let lines = vec![
            format!("What run {} wrote is taken back in ConnectWise:", run.0),
            "created additions are deleted, updated ones get their former values.".into(),
            "What was invoiced or edited there since is left, and named.".into(),
        ];
        self.ask(format!("Undo run {}", run.0), lines, "Take it back", Deed::UndoRun(run));
        vec![]
    }

    fn ask_credit(&mut self) -> Vec<Effect> {
        let Some(run) = self.current_run() else { return vec![] };
        let mut lines = vec![
            format!(
                "What run {} wrote is taken back, and for what ConnectWise has invoiced of it",
                run.0
            ),
            "a credit is posted in the open billing period: an addition of the opposite amount."
                .into(),
            "Each credit is posted once, however often you ask.".into(),
        ];
        let open: Vec<_> = self
            .sync
            .last
            .iter()
            .filter(|s| s.report.run.undoes == Some(run))
            .flat_map(|s| s.left.iter().filter_map(|l| l.credit.as_ref()))
            .filter(|c| !c.posted)
            .collect();
        let mut sums = super::record::Money::new();
        for c in &open {
            super::record::add_money(&mut sums, c.currency, c.amount);
        }
        if !open.is_empty() {
            let told: Vec<String> =
                sums.iter().map(|(c, m)| format!("{} {c}", money::text(*m))).collect();
            lines.push(format!("As far as is known: {} credits, {}.", open.len(), told.join(", ")));
        }
        self.ask(format!("Credit run {}", run.0), lines, "Post the credits", Deed::CreditRun(run));
        vec![]
    }

    /// Takes a run back with credits.
    pub(super) fn credit_run(&mut self, run: RunId) -> Vec<Effect> {
        self.sync.view = SyncView::Progress;
        self.submit(Job::Credit(run))
    }

    /// Takes a run back.
    pub(super) fn undo_run(&mut self, run: RunId) -> Vec<Effect> {
        self.sync.view = SyncView::Progress;
        self.submit(Job::Undo(run))
    }
}

/// A count with its noun.
fn counted(n: u64, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

/// Money of a plan's actions by currency.
pub fn amounts(plan: &Plan) -> super::record::Money {
    let mut sums = super::record::Money::new();
    for a in plan.actions.iter().filter(|a| a.kind != ActionKind::Cancel) {
        super::record::add_money(&mut sums, a.currency, a.amount);
    }
    sums
}
