//! The guided tour: a few steps that follow what a person does. Its words and conditions are data,
//! `config/tour.toml`; keys come from the key map, so that the words hold for changed keys too.

use std::sync::LazyLock;

use serde::Deserialize;

use super::effect::Effect;
use super::toast::Toast;
use super::{Model, Tab};
use crate::tui::commands::contexts;
use crate::tui::keys::Condition;
use crate::tui::measure::wrap;

/// The tour as shipped.
const SHIPPED: &str = include_str!("../../../config/tour.toml");

/// A step.
#[derive(Debug, Clone)]
struct Step {
    /// Where it belongs.
    tab: Tab,
    /// Its heading.
    title: String,
    /// What it says, with command ids for keys.
    text: String,
    /// It is done when this holds.
    until: Condition,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    step: Vec<Told>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    tab: String,
    title: String,
    text: String,
    until: String,
}

static STEPS: LazyLock<Vec<Step>> =
    LazyLock::new(|| read(SHIPPED).expect("a test reads the shipped tour"));

fn read(text: &str) -> Result<Vec<Step>, String> {
    let file: File = toml::from_str(text).map_err(|e| e.message().to_owned())?;
    file.step
        .into_iter()
        .map(|told| {
            let tab = Tab::ALL.into_iter().find(|t| t.command().entry().id == told.tab);
            Ok(Step {
                tab: tab.ok_or_else(|| format!("{} is no tab", told.tab))?,
                title: told.title,
                text: told.text,
                until: Condition::parse(&told.until).map_err(|e| e.to_string())?,
            })
        })
        .collect()
}

/// What the tour's box says now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TourBox {
    /// Its heading.
    pub title: String,
    /// Its text, broken into lines; keys stand in brackets.
    pub lines: Vec<String>,
}

impl Model {
    /// Begins the tour.
    pub fn begin_tour(&mut self) {
        self.tour = Some(0);
        self.fit();
    }

    /// What the tour's box says, where there is room for it.
    pub fn tour_box(&self) -> Option<TourBox> {
        let at = usize::from(self.tour?);
        let step = STEPS.get(at)?;
        let text = if self.tab == step.tab {
            self.keyed_within(&step.text, "[", "]")
        } else {
            let text = format!("The tour goes on in {}: press {{{}}}.", step.tab.title(), {
                step.tab.command().entry().id
            });
            self.keyed_within(&text, "[", "]")
        };
        Some(TourBox {
            title: format!("Tour, {} of {}: {}", at + 1, STEPS.len(), step.title),
            lines: wrap(&text, self.width.saturating_sub(4)),
        })
    }

    /// Rows that the tour's box takes from the page.
    pub(super) fn tour_rows(&self) -> u16 {
        if self.too_small() {
            return 0;
        }
        self.tour_box().map_or(0, |b| u16::try_from(b.lines.len()).unwrap_or(0) + 2)
    }

    /// Goes on when the step's condition holds.
    pub(super) fn follow_tour(&mut self) {
        let step = self.tour.and_then(|at| STEPS.get(usize::from(at)));
        if step.is_some_and(|step| step.until.holds(contexts(self))) {
            self.step_tour();
        }
    }

    /// To the next step, which is shown where it belongs.
    pub(super) fn next_step(&mut self) -> Vec<Effect> {
        self.step_tour();
        match self.tour.and_then(|at| STEPS.get(usize::from(at))) {
            Some(step) if step.tab != self.tab => self.go(step.tab),
            _ => vec![],
        }
    }

    /// Behind the last step the tour is over.
    fn step_tour(&mut self) {
        let Some(at) = self.tour else { return };
        if usize::from(at) + 1 < STEPS.len() {
            self.tour = Some(at + 1);
            self.dirty = super::Dirty::Full;
            self.fit();
            return;
        }
        self.end_tour();
        let text = self.keyed("that was the tour; {app.help} shows the keys of every page");
        self.toast(Toast::note(text));
    }

    /// Ends the tour.
    pub(super) fn end_tour(&mut self) {
        self.tour = None;
        self.dirty = super::Dirty::Full;
        self.fit();
    }
}

#[cfg(test)]
#[path = "tour_tests.rs"]
mod tests;
