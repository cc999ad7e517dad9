//! Commands of the Logs tab. Its tiles count by level; the level itself is a term of the filter
//! that the desk applies, so it is part of the view's generation.

use super::Model;
use super::effect::Effect;
use super::filter::{Comparison, Term, Wanted};
use super::grid::{GridId, Step};
use super::toast::Toast;
use crate::domain::log::LogLevel;
use crate::tui::commands::Command as C;

/// The tiles: what the last 30 days hold (domain.md 1.12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogTiles {
    /// Entries.
    pub total: u64,
    /// Errors.
    pub errors: u64,
    /// Warnings.
    pub warnings: u64,
    /// Time of the newest entry.
    pub newest: Option<jiff::Timestamp>,
}

impl Model {
    /// Commands of the Logs tab.
    pub(super) fn run_on_logs(&mut self, command: C) -> Vec<Effect> {
        match command {
            C::LogLevel => {
                self.log_level = match self.log_level {
                    None | Some(LogLevel::Info) => Some(LogLevel::Warning),
                    Some(LogLevel::Warning) => Some(LogLevel::Error),
                    Some(LogLevel::Error) => None,
                };
                let level = self.log_level;
                let grid = self.grid_mut(GridId::Logs);
                // This level and worse: what is less is left out.
                grid.fixed = [LogLevel::Info, LogLevel::Warning]
                    .into_iter()
                    .filter(|less| level.is_some_and(|level| *less < level))
                    .map(|less| Term {
                        not: true,
                        column: Some("level"),
                        comparison: Comparison::Equals,
                        wanted: Wanted::Text(less.as_str().to_lowercase()),
                    })
                    .collect();
                grid.read_filter();
                vec![Effect::View(grid.renew())]
            }
            C::Follow => {
                self.follow = !self.follow;
                if self.follow {
                    self.grid_mut(GridId::Logs).step(Step::First);
                    self.toast(Toast::note("following: the newest entry stays in view"));
                }
                vec![]
            }
            C::Open => self.run(C::Details),
            _ => vec![],
        }
    }

    /// New entries came: the newest stays under the cursor when it is followed.
    pub(super) fn keep_following(&mut self) {
        if self.follow {
            self.grid_mut(GridId::Logs).step(Step::First);
        }
    }

    /// Something was logged, most likely: the front page asks again.
    pub(super) fn logs_changed(&mut self) -> Vec<Effect> {
        let front = self.front() == Some(GridId::Logs);
        let grid = self.grid_mut(GridId::Logs);
        if front {
            return vec![Effect::View(grid.renew())];
        }
        grid.loaded = false;
        vec![]
    }
}
