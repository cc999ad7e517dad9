//! Events of the month on the Invoices tab: lines that belong together as one, and each of them one
//! key away.

use super::Model;
use super::effect::Effect;
use super::grid::GridId;
use super::layer::picker::{Choice, Chosen, Purpose};
use super::layer::reading::Text;
use super::toast::Toast;
use crate::domain::problem::Problem;

/// An event, with its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// What happened, such as "10 to 12 seats on 20 Jun, +18.81 EUR".
    pub title: String,
    /// Whose, and of what.
    pub detail: String,
    /// Each line: its key and what it says.
    pub lines: Vec<(String, String)>,
}

impl Model {
    /// Shows the events of the month as a list.
    pub(super) fn take_events(&mut self, events: Result<Vec<EventRow>, Problem>) -> Vec<Effect> {
        let events = match events {
            Ok(events) => events,
            Err(problem) => {
                self.toast(Toast::problem(&problem));
                return vec![];
            }
        };
        let month = self.grid(GridId::Invoices).period;
        let of = month.map_or_else(|| "all months".to_owned(), |m| m.to_string());
        if events.is_empty() {
            self.toast(Toast::note(format!(
                "no lines of {of} belong together: there is no refund with its recharge"
            )));
            return vec![];
        }
        let list = (0i64..)
            .zip(&events)
            .map(|(at, e)| Choice::plain(Chosen::Id(at), e.title.clone(), e.detail.clone()))
            .collect();
        self.events = events;
        self.pick_from(format!("Events of {of}"), list, &Chosen::Nothing, Purpose::ShowEvent)
    }

    /// Shows the lines of an event.
    pub(super) fn show_event(&mut self, at: usize) -> Vec<Effect> {
        let Some(event) = self.events.get(at) else { return vec![] };
        let mut text = Text::default();
        text.line(&event.title);
        text.line(&event.detail);
        text.heading("Lines");
        for (key, told) in &event.lines {
            text.field(key, told);
        }
        self.read("Event", text);
        vec![]
    }
}
