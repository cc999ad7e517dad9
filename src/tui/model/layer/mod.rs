//! What stands in front of the page: a stack of dialogs. Input goes to the topmost; Esc closes it.

pub mod bulk;
pub mod columns;
pub mod confirm;
pub mod help;
pub mod load;
pub mod palette;
pub mod picker;
pub mod prompt;
pub mod reading;

use super::Model;
use super::effect::Effect;
use crate::tui::commands::Command;
use crate::tui::field::Field;

/// A dialog.
#[derive(Debug, Clone)]
pub enum Layer {
    /// Choose one of many.
    Picker(Box<picker::Picker>),
    /// Choose a command.
    Palette(palette::Palette),
    /// The keys that work here.
    Help(help::Help),
    /// Yes or no.
    Confirm(confirm::Confirm),
    /// Type one value.
    Prompt(prompt::Prompt),
    /// A text to read.
    Reading(reading::Reading),
    /// Change many rows.
    Bulk(Box<bulk::Bulk>),
    /// Which months to load.
    Load(load::LoadDialog),
    /// Which columns to show.
    Columns(columns::ColumnsDialog),
}

impl Layer {
    /// The text field that has the keyboard, if the dialog has one.
    pub fn field(&mut self) -> Option<&mut Field> {
        match self {
            Self::Picker(p) => Some(&mut p.field),
            Self::Palette(p) => Some(&mut p.field),
            Self::Help(h) => Some(&mut h.field),
            Self::Confirm(c) => c.typed.as_mut().map(|t| &mut t.field),
            Self::Prompt(p) => Some(&mut p.field),
            Self::Reading(r) => r.search.as_mut(),
            Self::Bulk(_) | Self::Load(_) | Self::Columns(_) => None,
        }
    }

    /// Whether a text field has the keyboard.
    pub fn has_text(&self) -> bool {
        match self {
            Self::Picker(_) | Self::Palette(_) | Self::Help(_) | Self::Prompt(_) => true,
            Self::Confirm(c) => c.typed.is_some(),
            Self::Reading(r) => r.search.is_some(),
            Self::Bulk(_) | Self::Load(_) | Self::Columns(_) => false,
        }
    }
}

impl Model {
    /// The topmost dialog.
    pub fn top(&self) -> Option<&Layer> {
        self.layers.last()
    }

    /// Runs a command in the topmost dialog; `None` when the dialog does not know it.
    pub(super) fn run_in_layer(&mut self, command: Command) -> Option<Vec<Effect>> {
        if command == Command::Back {
            return Some(self.close_layer());
        }
        let page = isize::try_from(self.dialog_rows()).unwrap_or(10);
        let by = match command {
            Command::Down => Some(1),
            Command::Up => Some(-1),
            Command::PageDown => Some(page),
            Command::PageUp => Some(-page),
            Command::HalfDown => Some(page / 2),
            Command::HalfUp => Some(-page / 2),
            Command::First => Some(isize::MIN),
            Command::Last => Some(isize::MAX),
            Command::NextField => Some(1),
            Command::PreviousField => Some(-1),
            _ => None,
        };
        if let Some(by) = by {
            self.step_in_layer(by);
            return Some(vec![]);
        }
        match self.layers.last_mut()? {
            Layer::Picker(_) => match command {
                Command::Accept => Some(self.accept_picker()),
                Command::RejectSuggestion => Some(self.reject_in_picker()),
                _ => None,
            },
            Layer::Palette(_) => (command == Command::Accept).then(|| self.accept_palette()),
            Layer::Help(_) => (command == Command::Accept).then(|| self.accept_help()),
            Layer::Confirm(_) => match command {
                Command::Yes | Command::Accept => Some(self.answer(true)),
                Command::No => Some(self.answer(false)),
                _ => None,
            },
            Layer::Prompt(_) => (command == Command::Accept).then(|| self.accept_prompt()),
            Layer::Reading(_) => self.run_in_reading(command),
            Layer::Bulk(_) => (command == Command::Accept).then(|| self.accept_bulk()),
            Layer::Load(_) => (command == Command::Accept).then(|| self.accept_load()),
            Layer::Columns(_) => self.run_in_columns(command),
        }
    }

    /// Closes the topmost dialog.
    pub(super) fn close_layer(&mut self) -> Vec<Effect> {
        if let Some(Layer::Reading(reading)) = self.layers.last_mut()
            && reading.search.take().is_some()
        {
            return vec![];
        }
        match self.layers.pop() {
            Some(Layer::Columns(dialog)) => self.remember_columns(dialog.grid),
            Some(Layer::Prompt(p)) if p.asked == prompt::Asked::Passphrase => {
                let again = self.keyed("the keys are not kept yet; {form.save} asks again");
                self.toast(super::toast::Toast::warning(again));
                vec![]
            }
            _ => vec![],
        }
    }

    fn step_in_layer(&mut self, by: isize) {
        let (rows, width) = (self.dialog_rows(), self.width);
        match self.layers.last_mut() {
            Some(Layer::Picker(p)) => p.step(by),
            Some(Layer::Palette(p)) => p.at = stepped(p.at, by, p.found.len()),
            Some(Layer::Help(h)) => h.at = stepped(h.at, by, h.found.len()),
            Some(Layer::Reading(r)) => r.scroll(by, width, rows),
            Some(Layer::Bulk(b)) => b.at = stepped(b.at, by, b.stops()),
            Some(Layer::Load(l)) => l.at = stepped(l.at, by, l.stops()),
            Some(Layer::Columns(c)) => {
                let count = self.grids[&c.grid].layout.columns.len();
                c.at = stepped(c.at, by, count);
            }
            Some(Layer::Confirm(_) | Layer::Prompt(_)) | None => {}
        }
    }

    /// The text of the topmost dialog's field has changed.
    pub(super) fn layer_typed(&mut self) -> Vec<Effect> {
        let width = self.width;
        match self.layers.last_mut() {
            Some(Layer::Picker(_)) => self.search_picker(),
            Some(Layer::Palette(p)) => {
                p.search();
                vec![]
            }
            Some(Layer::Help(h)) => {
                h.search();
                vec![]
            }
            Some(Layer::Prompt(p)) => {
                p.problem = None;
                vec![]
            }
            Some(Layer::Reading(r)) => {
                r.find(true, width);
                vec![]
            }
            _ => vec![],
        }
    }
}

/// A position moved within a list; steps of one go round.
fn stepped(at: usize, by: isize, count: usize) -> usize {
    match (count, by) {
        (0, _) => 0,
        (n, 1) if at + 1 >= n => 0,
        (n, -1) if at == 0 => n - 1,
        (n, by) => at.saturating_add_signed(by).min(n - 1),
    }
}
