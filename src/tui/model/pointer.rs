//! The mouse: it can do what keys can, and is never needed. What stands where is known to whoever
//! drew it; the model hears what was meant.

use super::effect::Effect;
use super::grid::Step;
use super::layer::Layer;
use super::message::{Pointer, Spot};
use super::{Model, Tab, geometry};
use crate::tui::commands::Command;

impl Model {
    pub(super) fn pointer(&mut self, pointer: Pointer) -> Vec<Effect> {
        self.pressed.clear();
        match pointer {
            Pointer::Wheel(lines) => {
                let command = if lines > 0 { Command::Down } else { Command::Up };
                if !self.layers.is_empty() {
                    return self.run(command);
                }
                if let Some(grid) = self.front_mut() {
                    grid.step(Step::By(lines));
                    return vec![];
                }
                self.run(command)
            }
            Pointer::Click { x, y } => self.click(x, y),
            Pointer::On(spot) => self.click_on(spot),
        }
    }

    fn click_on(&mut self, spot: Spot) -> Vec<Effect> {
        match spot {
            Spot::Run(command) => self.run(command),
            Spot::View(view) => {
                self.sync.view = view;
                self.enter()
            }
            Spot::Heading(nth) => {
                if let Some(grid) = self.front_mut() {
                    grid.column = nth;
                }
                self.run(Command::Sort)
            }
            Spot::Row(row) => self.click_row(row),
        }
    }

    /// A row of a list: the first click goes there, the second one takes it.
    fn click_row(&mut self, row: usize) -> Vec<Effect> {
        let mut take = Command::Accept;
        let at = match self.layers.last_mut() {
            Some(Layer::Picker(p)) => p.place(),
            Some(Layer::Palette(p)) => &mut p.at,
            Some(Layer::Help(h)) => &mut h.at,
            Some(Layer::Bulk(b)) => &mut b.at,
            Some(Layer::Load(l)) => &mut l.at,
            Some(Layer::Columns(c)) => {
                take = Command::HideColumn;
                &mut c.at
            }
            Some(_) => return vec![],
            None => {
                take = Command::Open;
                match self.tab {
                    Tab::Dashboard => &mut self.dashboard.at,
                    Tab::Configuration => &mut self.configuration.at,
                    Tab::Credentials => &mut self.credentials.at,
                    _ => return vec![],
                }
            }
        };
        if std::mem::replace(at, row) == row { self.run(take) } else { vec![] }
    }

    /// A cell of the screen where nothing else is: a tab, or a row of the grid.
    fn click(&mut self, x: u16, y: u16) -> Vec<Effect> {
        if !self.layers.is_empty() {
            return vec![];
        }
        if y == 0 {
            let mut left = 0;
            for tab in Tab::ALL {
                let width = self.tab_label(tab).chars().count() as u16 + 1;
                if x < left + width {
                    return self.go(tab);
                }
                left += width;
            }
            return vec![];
        }
        if y < geometry::ABOVE {
            return vec![];
        }
        let Some(at) = self.row_at(y) else { return vec![] };
        let width = self.grid_width();
        let Some(grid) = self.front_mut() else { return vec![] };
        let before = (grid.at, grid.column);
        grid.step(Step::To(at));
        if x < 2 {
            // The place of the marks.
            return self.run(Command::Mark);
        }
        let mut left = 2;
        for (nth, w) in grid.visible_columns(width) {
            if x < left + w + 1 {
                grid.column = nth;
                break;
            }
            left += w + 1;
        }
        if before == (grid.at, grid.column) { self.run(Command::Open) } else { vec![] }
    }

    /// The label of a tab: whole where there is room, short where there is not.
    pub fn tab_label(&self, tab: Tab) -> String {
        let number = tab as usize + 1;
        let title = tab.title();
        let short = match (self.width, tab) {
            (100.., _) => title,
            _ if tab == self.tab => title,
            (80.., Tab::Credentials) => "Creds",
            (80.., Tab::Configuration) => "Config",
            (80.., Tab::Organizations) => "Orgs",
            (80.., _) => title,
            _ => &title[..4],
        };
        format!("{number} {short}")
    }
}
