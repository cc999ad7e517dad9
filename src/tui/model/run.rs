//! From a command to what it does. Commands of grids, mapping, invoices and sync are in files of
//! their own; this one sends them there.

use super::effect::Effect;
use super::layer::Layer;
use super::layer::confirm::Deed;
use super::toast::Toast;
use super::{Model, Tab};
use crate::tui::commands::Command as C;
use crate::tui::commands::{needs_no_setup, works_now};

impl Model {
    /// Runs a command.
    pub(crate) fn run(&mut self, command: C) -> Vec<Effect> {
        if let Some(effects) = self.run_everywhere(command) {
            return effects;
        }
        if !self.layers.is_empty() {
            return self.run_in_layer(command).unwrap_or_default();
        }
        if command == C::Back {
            return self.back();
        }
        if let Some(tab) = Tab::ALL.into_iter().find(|t| t.command() == command) {
            return self.go(tab);
        }
        match command {
            C::NextTab => return self.go(self.tab.stepped(1)),
            C::PreviousTab => return self.go(self.tab.stepped(-1)),
            C::Undo => return self.travel(true),
            C::Redo => return self.travel(false),
            C::Refresh => {
                let mut effects = self.data_changed(true);
                effects.extend([Effect::Settings, Effect::Periods]);
                return effects;
            }
            C::Mouse => {
                self.mouse = !self.mouse;
                let text = self.keyed(if self.mouse {
                    "the mouse works here; {app.mouse} gives it back to the terminal"
                } else {
                    "the mouse is the terminal's: it selects text"
                });
                self.toast(Toast::note(text));
                return vec![Effect::Mouse(self.mouse)];
            }
            C::Theme => return vec![Effect::NextTheme],
            _ => {}
        }
        if self.closed(self.tab).is_some() && !needs_no_setup(command) {
            return self.run_at_gate(command);
        }
        // A key can only say what works here; other ways to a command are checked the same.
        if !works_now(self, command) {
            return vec![];
        }
        match self.run_tool(command) {
            Some(effects) => effects,
            None => self.run_on_page(command),
        }
    }

    fn run_everywhere(&mut self, command: C) -> Option<Vec<Effect>> {
        match command {
            C::Quit => Some(self.quit()),
            C::Suspend => Some(vec![Effect::Suspend]),
            C::Redraw => Some(vec![Effect::Redraw]),
            C::NextStep => Some(self.next_step()),
            C::EndTour => {
                self.end_tour();
                Some(vec![])
            }
            C::CancelJob => Some(self.cancel_job()),
            C::Pause => Some(self.pause_job()),
            C::Palette if !matches!(self.top(), Some(Layer::Palette(_))) => {
                self.open_palette();
                Some(vec![])
            }
            C::Help if !matches!(self.top(), Some(Layer::Help(_))) => {
                self.open_help();
                Some(vec![])
            }
            _ => None,
        }
    }

    /// Commands of the page in front.
    fn run_on_page(&mut self, command: C) -> Vec<Effect> {
        match command {
            C::PullCompanies
            | C::PullProducts
            | C::PullAll
            | C::Load
            | C::MapAuto
            | C::Forecast => self.run_fetch(command),
            _ if self.tab == Tab::Dashboard => self.run_on_dashboard(command),
            _ if self.tab == Tab::Credentials => self.run_on_credentials(command),
            _ if self.tab == Tab::Configuration => self.run_on_configuration(command),
            _ => {
                if let Some(effects) = self.run_on_grid(command) {
                    return effects;
                }
                match self.tab {
                    Tab::Organizations | Tab::Products => self.run_on_mapping(command),
                    Tab::Invoices => self.run_on_invoices(command),
                    Tab::Sync => self.run_on_sync(command),
                    Tab::Logs => self.run_on_logs(command),
                    Tab::Dashboard | Tab::Credentials | Tab::Configuration => vec![],
                }
            }
        }
    }

    /// A closed page only leads to what opens it.
    fn run_at_gate(&mut self, command: C) -> Vec<Effect> {
        match (self.closed(self.tab), command) {
            (Some(gate), C::Open) => self.go(gate.leads_to()),
            _ => vec![],
        }
    }

    /// Brings a tab to the front.
    pub(crate) fn go(&mut self, tab: Tab) -> Vec<Effect> {
        self.pressed.clear();
        self.credentials.editing = false;
        if let Some(grid) = self.front_mut() {
            grid.bar.editing = false;
        }
        self.tab = tab;
        self.enter()
    }

    /// One step back: the text, the range, the marks, the filter.
    fn back(&mut self) -> Vec<Effect> {
        if self.credentials.editing {
            self.credentials.editing = false;
            return vec![];
        }
        let Some(grid) = self.front_mut() else {
            self.toast = None;
            return vec![];
        };
        if grid.bar.editing {
            grid.bar.editing = false;
        } else if grid.range.take().is_some() {
        } else if !grid.marks.is_empty() {
            grid.marks = Default::default();
        } else if !grid.bar.field.is_empty() {
            grid.bar.field.set("");
            if grid.read_filter() {
                return vec![Effect::View(grid.renew())];
            }
        } else {
            self.toast = None;
        }
        vec![]
    }

    fn quit(&mut self) -> Vec<Effect> {
        if matches!(self.top(), Some(Layer::Confirm(c)) if c.deed == Deed::Quit) || self.leaving {
            return vec![Effect::Quit];
        }
        if let Some(job) = self.jobs.that_must_end_safely() {
            let lines = vec![
                format!("{job} is running."),
                "It is stopped at the next safe point; what was written stays written, nothing is \
                 written twice, and the rest can be synced later."
                    .into(),
            ];
            self.ask("Quit", lines, "Stop it and quit", Deed::Quit);
            return vec![];
        }
        self.leave()
    }

    /// Ends the program once what runs has stopped.
    pub(crate) fn leave(&mut self) -> Vec<Effect> {
        let running = self.jobs.ids();
        if running.is_empty() {
            return vec![Effect::Quit];
        }
        self.leaving = true;
        let text = self.keyed("stopping at the next safe point; {app.quit} again leaves at once");
        self.toast(Toast::warning(text));
        running.into_iter().map(Effect::Cancel).collect()
    }

    fn run_on_dashboard(&mut self, command: C) -> Vec<Effect> {
        let count = self.dashboard.next().len();
        match command {
            C::Down => self.dashboard.at = (self.dashboard.at + 1).min(count.saturating_sub(1)),
            C::Up => self.dashboard.at = self.dashboard.at.saturating_sub(1),
            C::First => self.dashboard.at = 0,
            C::Last => self.dashboard.at = count.saturating_sub(1),
            C::PageDown | C::HalfDown => self.dashboard.at = count.saturating_sub(1),
            C::PageUp | C::HalfUp => self.dashboard.at = 0,
            C::Open => return self.follow_next(),
            C::Details => self.read_figures(),
            _ => {}
        }
        vec![]
    }

    /// Enter on an entry of what to do next.
    fn follow_next(&mut self) -> Vec<Effect> {
        let Some(next) = self.next_entry() else { return vec![] };
        let mut effects = self.go(next.tab);
        if let (Some(filter), Some(grid)) = (next.filter, self.front_mut()) {
            if grid.period.take().is_some() {
                grid.loaded = false;
            }
            // Marks from before would be what the next command is about, unseen.
            grid.marks = Default::default();
            grid.bar.field.set(filter);
            grid.read_filter();
            effects.push(Effect::View(grid.renew()));
        }
        match next.run {
            // It counts all lines that are ready, so it plans all of them.
            Some(C::MakePlan) => effects.extend(self.plan_everything()),
            Some(command) => effects.extend(self.run(command)),
            None => {}
        }
        effects
    }
}
