//! Load Invoices: which months (domain.md 1.8), or which file.

use super::Layer;
use crate::domain::period::Period;
use crate::tui::model::Model;
use crate::tui::model::effect::Effect;
use crate::tui::model::toast::Toast;
use crate::tui::model::tools::Question;
use crate::worker::job::Job;

/// The dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadDialog {
    /// Current Month and Previous Month.
    pub months: [Period; 2],
    /// Which of them are wanted.
    pub wanted: [bool; 2],
    /// Where the cursor is: a month, the button, or the way to a file.
    pub at: usize,
}

impl LoadDialog {
    /// How many places the cursor has.
    pub fn stops(&self) -> usize {
        self.months.len() + 2
    }
}

impl Model {
    /// Opens the dialog.
    pub(in crate::tui::model) fn open_load(&mut self) {
        let now = self.this_month;
        self.layers.push(Layer::Load(LoadDialog {
            months: [now, now.previous()],
            wanted: [true, true],
            at: 2,
        }));
    }

    pub(super) fn accept_load(&mut self) -> Vec<Effect> {
        let Some(Layer::Load(dialog)) = self.layers.last_mut() else { return vec![] };
        if let Some(wanted) = dialog.wanted.get_mut(dialog.at) {
            *wanted = !*wanted;
            return vec![];
        }
        if dialog.at > dialog.months.len() {
            self.layers.pop();
            self.ask_path(Question::Load);
            return vec![];
        }
        let mut periods: Vec<Period> =
            dialog.months.iter().zip(dialog.wanted).filter(|(_, w)| *w).map(|(m, _)| *m).collect();
        if periods.is_empty() {
            self.toast(Toast::warning("choose at least one month"));
            return vec![];
        }
        periods.sort();
        self.layers.pop();
        self.submit(Job::Load { files: vec![], periods })
    }
}
