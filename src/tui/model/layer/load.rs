//! Load Invoices: which months (domain.md 1.8), or which file.

use super::Layer;
use crate::domain::period::Period;
use crate::sources;
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
    /// No address or folder is known to load months from: only a file can be named.
    pub nowhere: bool,
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
        let nowhere = self.nowhere_to_load_from();
        self.layers.push(Layer::Load(LoadDialog {
            months: [now, now.previous()],
            wanted: [true, true],
            nowhere,
            at: if nowhere { 3 } else { 2 },
        }));
    }

    /// Whether there is no location, and the profile has no address of its own. One's own profile
    /// may have one.
    fn nowhere_to_load_from(&self) -> bool {
        let Some(view) = &self.settings else { return false };
        let source = &view.settings.source;
        let empty = source.location.as_deref().is_none_or(|l| l.trim().is_empty());
        let of_files =
            |known: Vec<sources::Known>| known.iter().any(|k| k.name == source.profile && !k.http);
        empty && sources::known().is_ok_and(of_files)
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
        if dialog.nowhere {
            self.layers.pop();
            return self.edit_setting_of("source.location");
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
