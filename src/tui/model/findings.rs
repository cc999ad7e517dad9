//! What a person decides about what reconcile found.

use super::Model;
use super::effect::Effect;
use super::grid::GridId;
use super::layer::confirm::Deed;
use super::record::Record;
use super::sync::SyncView;
use crate::domain::decision::Verdict;
use crate::sync::Finding;
use crate::tui::commands::Command as C;
use crate::worker::job::Job;

impl Model {
    /// Asks before findings are kept, restored or adopted: the one under the cursor.
    pub(super) fn ask_verdict(&mut self, command: C) -> Vec<Effect> {
        let Some(finding) = self.current_finding() else { return vec![] };
        let (verdict, title, yes) = match command {
            C::KeepFinding => (Verdict::Keep, "Keep", "Leave it"),
            C::RestoreFinding => (Verdict::Restore, "Restore", "Write to ConnectWise"),
            _ => (Verdict::Adopt, "Adopt", "It counts as posted"),
        };
        let mut lines = vec![match verdict {
            Verdict::Keep => {
                "It stays as ConnectWise has it, and is not told again until it changes.".to_owned()
            }
            Verdict::Restore => {
                "What was posted is written once more; copies of it are deleted.".to_owned()
            }
            Verdict::Adopt => {
                "What ConnectWise has counts as what was posted; nothing is written there."
                    .to_owned()
            }
        }];
        for f in &finding.fields {
            let shown = |v: &Option<String>| v.clone().unwrap_or_else(|| "-".into());
            lines.push(format!(
                "{}: posted {}, ConnectWise {}, source {}",
                f.field,
                shown(&f.posted),
                shown(&f.psa),
                shown(&f.source)
            ));
        }
        let marker = finding.marker.clone();
        self.ask(format!("{title} {marker}"), lines, yes, Deed::Decide(verdict, vec![marker]));
        vec![]
    }

    /// Carries a decision out.
    pub(super) fn decide(&mut self, verdict: Verdict, markers: Vec<String>) -> Vec<Effect> {
        let periods = self.sync.proof.as_ref().map(|p| p.periods.clone()).unwrap_or_default();
        if verdict == Verdict::Restore {
            self.sync.view = SyncView::Progress;
        }
        let verdicts = markers.into_iter().map(|m| (m, verdict)).collect();
        self.submit(Job::Decide { periods, verdicts })
    }

    fn current_finding(&self) -> Option<Finding> {
        if self.front() != Some(GridId::Findings) {
            return None;
        }
        match &self.grid(GridId::Findings).current()?.record {
            Record::Finding(_, finding) => Some((**finding).clone()),
            _ => None,
        }
    }
}
