//! One message in, effects out. The only code that changes the model from outside.

use super::effect::Effect;
use super::message::{Answer, Message};
use super::toast::Toast;
use super::{Dirty, Model, Tab};
use crate::tui::commands::contexts;
use crate::tui::field::Field;
use crate::tui::keys::{Chord, Found};

/// Tells the model what happened; gives what it asks for.
pub fn update(model: &mut Model, message: Message) -> Vec<Effect> {
    let mut effects = match message {
        Message::Key(chord) => model.full(|m| m.key(chord)),
        Message::Paste(text) => model.full(|m| m.paste(&text)),
        Message::Pointer(pointer) => model.full(|m| m.pointer(pointer)),
        Message::Resize(width, height) => model.full(|m| {
            (m.width, m.height) = (width, height);
            // Columns that were scrolled out for want of room come back where there is room now.
            m.grids.values_mut().for_each(|grid| grid.left = 0);
            m.fit();
            vec![]
        }),
        Message::Run(command) => model.full(|m| m.run(command)),
        Message::Clock(now) => {
            model.now = now;
            if model.expire_toast() {
                model.dirty = Dirty::Full;
            }
            vec![]
        }
        Message::Worker(event) => model.worker(event),
        Message::Submitted { ticket, job } => model.submitted(ticket, job),
        Message::Answer(answer) => model.answered(answer),
    };
    model.follow_tour();
    // Whatever moved, the rows that are seen now are asked for.
    if let Some(id) = model.front()
        && effects.iter().all(|e| e.view_of() != Some(id))
    {
        effects.extend(model.grid_mut(id).more().map(Effect::View));
    }
    effects
}

impl Model {
    fn full(&mut self, change: impl FnOnce(&mut Self) -> Vec<Effect>) -> Vec<Effect> {
        self.dirty = Dirty::Full;
        change(self)
    }

    fn key(&mut self, chord: Chord) -> Vec<Effect> {
        let now = contexts(self);
        self.pressed.push(chord);
        match self.keymap.find(&self.pressed, now) {
            Found::Run(command) => {
                self.pressed.clear();
                self.run(command)
            }
            Found::Pending => vec![],
            Found::Nothing => {
                let sequence = std::mem::take(&mut self.pressed);
                if sequence.len() > 1 {
                    return vec![];
                }
                self.type_key(chord)
            }
        }
    }

    /// The text field that has the keyboard.
    fn focused_field(&mut self) -> Option<&mut Field> {
        if !self.layers.is_empty() {
            return self.layers.last_mut().and_then(super::layer::Layer::field);
        }
        if self.tab == Tab::Credentials && self.credentials.editing {
            return self.credentials.current_field();
        }
        self.front_mut().filter(|g| g.bar.editing).map(|g| &mut g.bar.field)
    }

    fn type_key(&mut self, chord: Chord) -> Vec<Effect> {
        if self.focused_field().is_some_and(|field| field.press(chord)) {
            self.typed()
        } else {
            vec![]
        }
    }

    fn paste(&mut self, text: &str) -> Vec<Effect> {
        self.pressed.clear();
        match self.focused_field() {
            Some(field) => {
                field.paste(text);
                self.typed()
            }
            None => {
                self.toast(Toast::warning(
                    "nothing was pasted: open a field, a filter or a picker first",
                ));
                vec![]
            }
        }
    }

    /// A text has changed.
    fn typed(&mut self) -> Vec<Effect> {
        if !self.layers.is_empty() {
            return self.layer_typed();
        }
        if let Some(grid) = self.front_mut().filter(|g| g.bar.editing)
            && grid.read_filter()
        {
            return vec![Effect::View(grid.renew())];
        }
        vec![]
    }

    fn answered(&mut self, answer: Answer) -> Vec<Effect> {
        let before = self.dirty;
        self.dirty = Dirty::Full;
        let stale = |model: &mut Self, fresh: bool| {
            if !fresh {
                model.dirty = before;
            }
        };
        match answer {
            Answer::Rows(rows) => {
                let grid = self.grid_mut(rows.grid);
                let id = rows.grid;
                let fresh = grid.take(rows);
                stale(self, fresh && self.front() == Some(id));
                if fresh && id == super::grid::GridId::Logs {
                    self.keep_following();
                }
                vec![]
            }
            Answer::NoRows { grid, generation, problem } => {
                let fresh = self.grid_mut(grid).refuse(generation, problem);
                stale(self, fresh);
                vec![]
            }
            Answer::Hit { grid, generation, at } => {
                self.hit(grid, generation, at);
                vec![]
            }
            Answer::Slice { grid, generation, rows } => {
                self.slice(grid, generation, &rows);
                vec![]
            }
            Answer::LogTiles(tiles) => {
                let fresh = self.log_tiles.replace(tiles) != Some(tiles);
                stale(self, fresh && self.tab == Tab::Logs);
                vec![]
            }
            Answer::Dashboard { generation, data } => {
                let fresh = generation == self.dashboard.generation;
                if fresh {
                    self.take_dashboard(data);
                }
                stale(self, fresh && self.tab == Tab::Dashboard);
                vec![]
            }
            Answer::Settings(view) => self.take_settings(*view),
            Answer::Notes(notes) => self.take_notes(&notes),
            Answer::Periods(periods, this_month) => self.take_periods(periods, this_month),
            Answer::Choices { generation, choices, total } => {
                let taken = self.take_choices(generation, choices, total);
                stale(self, taken.is_some());
                taken.unwrap_or_default()
            }
            Answer::Events(events) => self.take_events(events),
            Answer::Edited { ticket, result } => self.edited(ticket, result),
            Answer::Preview { generation, result } => {
                let fresh = self.take_preview(generation, result);
                stale(self, fresh);
                vec![]
            }
            Answer::Saved { what, result } => self.saved(&what, result),
            Answer::KeysKept(result) => self.keys_kept(result),
            Answer::Tested(result) => self.tested(result),
            Answer::Used { ticket, result } => self.tool_done(ticket, result),
            Answer::Exported(result) => {
                self.toast(match result {
                    Ok((path, rows)) => Toast::note(format!("{rows} rows written to {path}")),
                    Err(problem) => Toast::problem(&problem),
                });
                vec![]
            }
            Answer::PlanSaved(result) => {
                self.toast(match result {
                    Ok(path) => Toast::note(format!(
                        "saved to {path}; {}",
                        if self.needs_approval() {
                            "another user approves it (Approve a plan), then it is opened again \
                             and carried out"
                        } else {
                            "Open saved plan brings it back, `addendum sync --plan` carries it out"
                        }
                    )),
                    Err(problem) => Toast::problem(&problem),
                });
                vec![]
            }
            Answer::Deleted(result) => self.deleted(result),
            Answer::Copied(result) => {
                self.toast(match result {
                    Ok(1) => Toast::note("sent to the terminal's clipboard"),
                    Ok(n) => Toast::note(format!("{n} rows sent to the terminal's clipboard")),
                    Err(problem) => Toast::problem(&problem),
                });
                vec![]
            }
            Answer::Failed(problem) => {
                self.toast(Toast::problem(&problem));
                vec![]
            }
            Answer::NoJob { ticket, problem } => {
                self.jobs.running.retain(|j| j.ticket != ticket);
                self.toast(Toast::problem(&problem));
                vec![]
            }
        }
    }
}
