//! Yes or no, for what cannot be undone. The question names what will happen; the gravest wants a
//! word typed.

use super::Layer;
use crate::domain::decision::Verdict;
use crate::domain::journal::RunId;
use crate::tui::field::Field;
use crate::tui::model::Model;
use crate::tui::model::effect::Effect;
use crate::tui::model::toast::Toast;
use crate::tui::model::tools::Tool;

/// What Yes does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Leave although a job runs.
    Quit,
    /// Carry the plan out; `true`: with its cancels.
    Apply(bool),
    /// Retry what failed.
    Retry(Option<RunId>),
    /// Take a run back.
    UndoRun(RunId),
    /// Take a run back, and post the credits for what of it is invoiced.
    CreditRun(RunId),
    /// Keep, restore or adopt findings by marker.
    Decide(Verdict, Vec<String>),
    /// Delete the integration.
    DeleteIntegration,
    /// Have the desk do it.
    Use(Tool),
    /// Show all that the mapping file of this question changes.
    ShowMappings,
}

/// A word that must be typed.
#[derive(Debug, Clone)]
pub struct Typed {
    /// The word.
    pub word: String,
    /// What was typed.
    pub field: Field,
}

/// The dialog.
#[derive(Debug, Clone)]
pub struct Confirm {
    /// Its heading.
    pub title: String,
    /// What will happen, line by line.
    pub lines: Vec<String>,
    /// What Yes is called.
    pub yes: String,
    /// What Yes does.
    pub deed: Deed,
    /// What No does, where it does something.
    pub otherwise: Option<(String, Deed)>,
    /// The word to type.
    pub typed: Option<Typed>,
}

impl Model {
    /// Asks.
    pub(in crate::tui::model) fn ask(
        &mut self,
        title: impl Into<String>,
        lines: Vec<String>,
        yes: impl Into<String>,
        deed: Deed,
    ) {
        self.layers.push(Layer::Confirm(Confirm {
            title: title.into(),
            lines,
            yes: yes.into(),
            deed,
            otherwise: None,
            typed: None,
        }));
    }

    /// Answers.
    pub(super) fn answer(&mut self, yes: bool) -> Vec<Effect> {
        let Some(Layer::Confirm(c)) = self.layers.last() else { return vec![] };
        if let Some(typed) = c.typed.as_ref().filter(|_| yes)
            && typed.field.text() != typed.word
        {
            let text = format!("type {} to go on, Esc to leave everything as it is", typed.word);
            self.toast(Toast::warning(text));
            return vec![];
        }
        if !yes && matches!(c.otherwise, Some((_, Deed::ShowMappings))) {
            let question = c.clone();
            self.layers.pop();
            self.show_mapping_changes(question);
            return vec![];
        }
        let deed =
            if yes { Some(c.deed.clone()) } else { c.otherwise.as_ref().map(|o| o.1.clone()) };
        self.layers.pop();
        match deed {
            None | Some(Deed::ShowMappings) => vec![],
            Some(Deed::Quit) => self.leave(),
            Some(Deed::Apply(with_cancels)) => self.apply(with_cancels),
            Some(Deed::Retry(run)) => self.retry(run),
            Some(Deed::UndoRun(run)) => self.undo_run(run),
            Some(Deed::Decide(verdict, markers)) => self.decide(verdict, markers),
            Some(Deed::CreditRun(run)) => self.credit_run(run),
            Some(Deed::Use(tool)) => self.use_tool(tool),
            Some(Deed::DeleteIntegration) => vec![Effect::DeleteIntegration],
        }
    }
}
