//! Which columns to show, in which order and how wide.

use super::Layer;
use crate::tui::commands::Command;
use crate::tui::model::Model;
use crate::tui::model::effect::Effect;
use crate::tui::model::grid::{GridId, Layout};

/// The dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnsDialog {
    /// Of which grid.
    pub grid: GridId,
    /// The column under the cursor, hidden ones counted.
    pub at: usize,
}

impl Model {
    /// Opens the dialog.
    pub(in crate::tui::model) fn open_columns(&mut self, grid: GridId) {
        let at = self.grids[&grid].layout.place(self.grids[&grid].column).unwrap_or(0);
        self.layers.push(Layer::Columns(ColumnsDialog { grid, at }));
    }

    pub(super) fn run_in_columns(&mut self, command: Command) -> Option<Vec<Effect>> {
        let Some(Layer::Columns(dialog)) = self.layers.last_mut() else { return None };
        let grid = self.grids.get_mut(&dialog.grid)?;
        match command {
            Command::HideColumn => grid.layout.toggle(dialog.at),
            Command::ColumnLeft => dialog.at = grid.layout.shift(dialog.at, false),
            Command::ColumnRight => dialog.at = grid.layout.shift(dialog.at, true),
            Command::Wider => grid.layout.resize(dialog.at, 2),
            Command::Narrower => grid.layout.resize(dialog.at, -2),
            Command::Freeze => {
                let shown_before =
                    grid.layout.columns[..=dialog.at].iter().filter(|c| c.shown).count();
                grid.layout.frozen =
                    if grid.layout.frozen == shown_before { 0 } else { shown_before };
            }
            Command::ResetColumns => grid.layout = Layout::shipped(dialog.grid),
            Command::Accept => return Some(self.close_layer()),
            _ => return None,
        }
        grid.left = 0;
        Some(vec![])
    }

    /// Remembers a grid's columns for this profile.
    pub(in crate::tui::model) fn remember_columns(&mut self, id: GridId) -> Vec<Effect> {
        let width = self.grid_width();
        let Some(grid) = self.grids.get_mut(&id) else { return vec![] };
        grid.scroll_columns(width);
        vec![Effect::Note { name: id.note(), value: Some(grid.layout.to_note(id, &grid.sort)) }]
    }
}
