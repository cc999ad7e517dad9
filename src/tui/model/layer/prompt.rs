//! Type one value: a date, a file's name, a setting.

use jiff::civil::Date;

use super::Layer;
use crate::tui::field::Field;
use crate::tui::model::Model;
use crate::tui::model::edit::Change;
use crate::tui::model::effect::{Effect, Hidden};
use crate::tui::model::grid::{GridId, Target};
use crate::tui::model::settings::Setting;
use crate::tui::model::tools::Question;

/// What the value is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// The start of lines.
    Start(Target),
    /// The end of lines; empty asks for an open end.
    End(Target),
    /// A date of the bulk update below: which field.
    BulkDate(usize),
    /// The file to export a grid to.
    ExportTo(GridId),
    /// The file to save the plan to.
    SavePlan,
    /// What work on a file or on the audit journal needs to know.
    Tool(Question),
    /// A setting's text.
    Setting {
        /// Its key in the file.
        key: String,
        /// Its name for the toast.
        title: String,
        /// How the text is read.
        as_what: TextKind,
    },
    /// A passphrase for the encrypted secrets file, to keep the typed keys in it.
    Passphrase,
    /// The same, to read the keys that are in it.
    Unlock,
}

/// How a setting's text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextKind {
    /// As it is.
    Text,
    /// A whole number.
    Number,
    /// A decimal number.
    Decimal,
}

/// The dialog.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// Its heading.
    pub title: String,
    /// What may be typed.
    pub hint: String,
    /// What is typed.
    pub field: Field,
    /// What it is for.
    pub asked: Asked,
    /// What is wrong with what was typed.
    pub problem: Option<String>,
}

impl Model {
    /// Asks for a value.
    pub(in crate::tui::model) fn prompt(
        &mut self,
        title: impl Into<String>,
        hint: impl Into<String>,
        field: Field,
        asked: Asked,
    ) {
        self.layers.push(Layer::Prompt(Prompt {
            title: title.into(),
            hint: hint.into(),
            field,
            asked,
            problem: None,
        }));
    }

    pub(super) fn accept_prompt(&mut self) -> Vec<Effect> {
        let Some(Layer::Prompt(p)) = self.layers.last_mut() else { return vec![] };
        let text = p.field.text().trim().to_owned();
        let asked = p.asked.clone();
        match self.use_answer(asked, &text) {
            Ok(effects) => effects,
            Err(problem) => {
                if let Some(Layer::Prompt(p)) = self.layers.last_mut() {
                    p.problem = Some(problem);
                }
                vec![]
            }
        }
    }

    fn use_answer(&mut self, asked: Asked, text: &str) -> Result<Vec<Effect>, String> {
        Ok(match asked {
            Asked::Start(target) => {
                let start = day(text)?;
                self.layers.pop();
                let label = format!("{} to {start}", Self::label_of(&target, "start"));
                self.change(label, target, vec![Change::Start(start)])
            }
            Asked::End(target) => {
                let end = open_day(text)?;
                self.layers.pop();
                let shown = end.map_or_else(|| "open".into(), |d| d.to_string());
                let label = format!("{} to {shown}", Self::label_of(&target, "end"));
                self.change(label, target, vec![Change::End(end)])
            }
            Asked::BulkDate(i) => {
                let date = open_day(text)?;
                self.layers.pop();
                self.set_bulk_date(i, date)
            }
            Asked::ExportTo(grid) => {
                self.layers.pop();
                self.export(grid, text)
            }
            Asked::SavePlan => {
                if text.is_empty() {
                    return Err("the name of a file, please".into());
                }
                self.layers.pop();
                self.save_plan(text)
            }
            Asked::Tool(question) => self.answer_question(question, text)?,
            Asked::Setting { key, title, as_what } => {
                let value = match as_what {
                    _ if text.is_empty() && as_what != TextKind::Text => None,
                    TextKind::Text => Some(Setting::Text(text.to_owned())),
                    TextKind::Number => Some(Setting::Number(
                        text.parse().map_err(|_| "a whole number, please".to_owned())?,
                    )),
                    TextKind::Decimal => {
                        text.parse::<rust_decimal::Decimal>()
                            .map_err(|_| "a number such as 0.8, please".to_owned())?;
                        Some(Setting::Decimal(text.to_owned()))
                    }
                };
                self.layers.pop();
                vec![Effect::Save { what: format!("{title}: {text}"), changes: vec![(key, value)] }]
            }
            Asked::Passphrase => {
                if text.is_empty() {
                    return Err("the passphrase must not be empty".into());
                }
                self.layers.pop();
                self.keep_keys(Some(text))
            }
            Asked::Unlock => {
                if text.is_empty() {
                    return Err("the passphrase must not be empty".into());
                }
                self.layers.pop();
                vec![Effect::Unlock(Hidden::new(text))]
            }
        })
    }
}

fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "a day is written YYYY-MM-DD, such as 2026-11-30".to_owned())
}

fn open_day(text: &str) -> Result<Option<Date>, String> {
    if text.is_empty() || text.eq_ignore_ascii_case("open") {
        Ok(None)
    } else {
        day(text).map(Some)
    }
}
