//! What the ends of jobs mean for the screen, and answers that fill pages.

use std::sync::Arc;

use super::dashboard::DashboardData;
use super::effect::Effect;
use super::grid::{GridId, Layout};
use super::sync::SyncView;
use super::toast::Toast;
use super::{Model, texts};
use crate::domain::plan::Plan;
use crate::domain::problem::{Problem, ProblemKind};
use crate::worker::job::{JobError, JobId, Outcome, PullSummary, SyncSummary};

impl Model {
    /// A job ended.
    pub(super) fn ended(&mut self, id: JobId, result: Result<Outcome, JobError>) -> Vec<Effect> {
        let Some(job) = self.finish(id) else { return vec![] };
        self.jobs.percent = None;
        let mut effects = vec![Effect::TaskBar(None)];
        effects.extend(match result {
            Ok(outcome) => self.outcome(outcome),
            // What was shown is not what would be done, be it that a broken run's writes were looked
            // up first: nothing was done, and the new plan is shown.
            Err(JobError::Problem(p)) if p.kind == ProblemKind::Stale => {
                let mut effects = self.data_changed(false);
                self.sync.view = SyncView::Companies;
                self.sync.renewed = true;
                effects.extend(self.make_plan());
                effects
            }
            Err(error) => {
                if let (JobError::Problem(p), true) = (&error, job.writes) {
                    self.sync.broken = Some((job.title.clone(), p.clone()));
                }
                self.ended_badly(&job.title, error);
                // A run that stopped may have written; a load may not have.
                if job.writes { self.data_changed(false) } else { self.logs_changed() }
            }
        });
        if self.leaving && self.jobs.running.is_empty() {
            effects.push(Effect::Quit);
        }
        effects
    }

    fn outcome(&mut self, outcome: Outcome) -> Vec<Effect> {
        match outcome {
            Outcome::Connected(info) => self.tested(Ok(info)),
            Outcome::Verified(checks) => {
                self.verified(checks);
                self.logs_changed()
            }
            Outcome::Pulled(summary) => {
                self.toast(Toast::note(pulled(&summary)));
                let mut effects = self.data_changed(true);
                effects.push(Effect::Settings);
                effects
            }
            Outcome::Loaded(report) => {
                let mut text = format!(
                    "{} lines read: {} new, {} changed, {} as before",
                    report.read, report.added, report.replaced, report.unchanged
                );
                for (n, what) in [
                    (report.revisions.len() as u64, "changed after posting"),
                    (report.absent, "no longer in the source (kept)"),
                    (report.left_out.values().sum(), "records of the source left out"),
                ] {
                    if n > 0 {
                        text.push_str(&format!(", {n} {what}"));
                    }
                }
                self.toast(Toast::note(text));
                if let Some(newest) = report.periods.last() {
                    self.grid_mut(GridId::Invoices).period = Some(*newest);
                }
                let mut effects = self.data_changed(false);
                effects.push(Effect::Periods);
                effects
            }
            Outcome::Planned(plan) => self.planned(Arc::new(*plan)),
            Outcome::Synced(summary) => self.synced(*summary),
            Outcome::Reconciled(summary) => self.reconciled(*summary),
            Outcome::Forecast(forecast) => {
                self.read("Forecast", texts::forecast(&forecast));
                vec![]
            }
            Outcome::Matched { accepted, open, inverse } => {
                self.history.remember("map automatically", inverse);
                let next = self.keyed("{grid.next} goes to the next one");
                let text = format!("{accepted} mapped by name; {open} are left for you: {next}");
                self.toast(Toast::note(text));
                self.data_changed(false)
            }
        }
    }

    fn planned(&mut self, plan: Arc<Plan>) -> Vec<Effect> {
        let writes = plan.actions.len();
        let carry = self.keyed("{sync.apply} carries it out");
        let mut text = match (writes, plan.errors.len()) {
            (0, 0) => "nothing to write: the PSA has what it should have".to_owned(),
            (0, e) => format!("nothing to write; {e} lines are refused"),
            (n, 0) => format!("the plan has {n} writes; {carry}"),
            (n, e) => format!("the plan has {n} writes, {e} lines are refused; {carry}"),
        };
        if std::mem::take(&mut self.sync.renewed) {
            text.insert_str(0, "something had changed, so nothing was written; made anew, ");
        }
        self.toast(Toast::note(text));
        self.sync.stale = false;
        self.sync.view = if writes == 0 && !plan.errors.is_empty() {
            SyncView::Refused
        } else {
            SyncView::Companies
        };
        self.show_plan(Some(plan))
    }

    /// Puts a plan, or none, behind the plan's grids.
    pub(super) fn show_plan(&mut self, plan: Option<Arc<Plan>>) -> Vec<Effect> {
        self.sync.plan.clone_from(&plan);
        for id in [GridId::Companies, GridId::Actions, GridId::Refused] {
            self.grid_mut(id).forget();
        }
        let mut effects = vec![Effect::ShowPlan(plan)];
        effects.extend(self.logs_changed());
        if self.tab == super::Tab::Sync {
            effects.extend(self.enter());
        }
        effects
    }

    fn synced(&mut self, summary: SyncSummary) -> Vec<Effect> {
        let c = summary.report.run.counts;
        let mut text = format!(
            "run {}: {} created, {} updated, {} cancelled, {} failed",
            summary.report.run.id.0, c.create, c.update, c.cancel, c.failed
        );
        if summary.cancels_waiting > 0 {
            text.push_str(&format!("; {} cancels wait for consent", summary.cancels_waiting));
        }
        let (credited, left): (Vec<_>, Vec<_>) = summary.left.iter().partition(|l| l.is_credited());
        if !credited.is_empty() {
            text.push_str(&format!("; {} credited", credited.len()));
        }
        if !left.is_empty() {
            text.push_str(&format!("; {} had to be left", left.len()));
            if left.iter().any(|l| l.credit.is_some()) {
                text.push_str(&self.keyed(" ({runs.credit} on the run posts credits)"));
            }
        }
        let clean = c.failed == 0 && left.is_empty();
        self.toast(match &summary.report.stopped {
            Some(problem) => Toast::problem(problem),
            None if clean => Toast::note(text),
            None => Toast::warning(text),
        });
        self.jobs.problems.clone_from(&summary.report.errors);
        self.sync.broken = None;
        if self.sync.plan.take().is_some_and(|p| !p.only_lines.is_empty()) {
            self.sync.scope_text.clear();
        }
        self.sync.last = Some(Arc::new(summary));
        self.sync.view = SyncView::Progress;
        let mut effects = self.show_plan(None);
        effects.extend(self.data_changed(false));
        effects
    }

    fn reconciled(&mut self, summary: crate::worker::job::ReconcileSummary) -> Vec<Effect> {
        let unknown = summary.findings.unknown.len();
        self.toast(if summary.is_proven() && unknown > 0 {
            Toast::warning(format!(
                "reconciled: the PSA has what was posted; {unknown} more carry a marker, not known here"
            ))
        } else if summary.is_proven() {
            Toast::note("reconciled: the PSA has exactly what was posted")
        } else {
            let f = &summary.findings;
            let told: Vec<String> = [
                (f.missing.len(), "missing"),
                (f.doubled.len(), "doubled"),
                (f.drifted.len(), "changed by a person"),
                (f.unknown.len(), "not known here"),
            ]
            .into_iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, what)| format!("{n} {what}"))
            .collect();
            let told = if told.is_empty() { "the sums differ".into() } else { told.join(", ") };
            Toast::warning(format!("not proven: {told}"))
        });
        if let Some(problem) = summary.decided.iter().find_map(|d| d.problem.as_ref()) {
            self.toast(Toast::problem(problem));
        }
        let wrote = summary.restored.is_some();
        let findings = Arc::new(summary.findings.clone());
        self.sync.proof = Some(Arc::new(summary));
        self.sync.view = SyncView::Findings;
        self.grid_mut(GridId::Findings).forget();
        let mut effects = vec![Effect::ShowFindings(findings)];
        effects.extend(if wrote { self.data_changed(false) } else { self.logs_changed() });
        if self.tab == super::Tab::Sync {
            effects.extend(self.enter());
        }
        effects
    }

    /// The dashboard's figures came.
    pub(super) fn take_dashboard(&mut self, data: Result<Box<DashboardData>, Problem>) {
        match data {
            // Figures of a moment ago are better than none.
            Ok(data) if data.counting && self.dashboard.data.is_some() => {}
            Ok(data) => {
                self.dashboard.data = Some(data);
                self.dashboard.problem = None;
                let last = self.dashboard.next().len().saturating_sub(1);
                self.dashboard.at = self.dashboard.at.min(last);
            }
            Err(problem) => self.dashboard.problem = Some(problem),
        }
    }

    /// Remembered layouts came.
    pub(super) fn take_notes(&mut self, notes: &[(String, String)]) -> Vec<Effect> {
        let mut effects = Vec::new();
        for id in GridId::ALL {
            let name = id.note();
            if let Some((_, note)) = notes.iter().find(|(n, _)| *n == name) {
                let (layout, sort) = Layout::from_note(id, note);
                let front = self.front() == Some(id);
                let grid = self.grid_mut(id);
                let sorted = grid.sort != sort;
                (grid.layout, grid.sort) = (layout, sort);
                if sorted && front {
                    effects.push(Effect::View(grid.renew()));
                }
            }
        }
        self.fit();
        effects
    }
}

fn pulled(summary: &PullSummary) -> String {
    let parts: Vec<String> = [
        ("companies", summary.companies),
        ("products", summary.products),
        ("agreements", summary.agreements),
    ]
    .into_iter()
    .filter_map(|(what, report)| {
        let r = report?;
        Some(format!(
            "{} {what} ({} new, {} changed, {} gone)",
            r.total, r.added, r.updated, r.gone
        ))
    })
    .collect();
    parts.join("; ")
}
