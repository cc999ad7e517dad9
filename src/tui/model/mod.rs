//! What the screen shows, as a value: a test builds it, feeds it messages and looks at it. Nothing
//! here draws or does I/O.

pub mod configuration;
pub mod credentials;
pub mod dashboard;
pub mod details;
pub mod edit;
pub mod effect;
pub mod events;
pub mod filter;
mod findings;
pub mod fuzzy;
pub mod geometry;
pub mod grid;
mod grid_commands;
mod invoices;
pub mod jobs;
mod keyed;
pub mod layer;
mod logs;
mod mapping;
pub mod message;
mod outcome;
mod pointer;
pub mod record;
mod run;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
pub(crate) mod sample_posting;
pub mod settings;
pub mod sync;
pub mod texts;
pub mod toast;
pub mod tools;
mod tour;
pub mod update;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use self::configuration::Configuration;
use self::credentials::Credentials;
use self::dashboard::Dashboard;
use self::edit::History;
use self::effect::Effect;
use self::grid::{Grid, GridId};
use self::jobs::Jobs;
use self::layer::Layer;
pub use self::logs::LogTiles;
pub use self::mapping::name_of;
use self::settings::SettingsView;
use self::sync::Sync;
use self::toast::Toast;
pub use self::tour::TourBox;
use crate::domain::log::LogLevel;
use crate::domain::period::Period;
use crate::tui::commands::Command;
use crate::tui::keys::{Chord, KeyMap};

/// A tab. The order is the one on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tab {
    /// 1
    Dashboard,
    /// 2
    Credentials,
    /// 3
    Configuration,
    /// 4
    Organizations,
    /// 5
    Products,
    /// 6
    Invoices,
    /// 7
    Sync,
    /// 8
    Logs,
}

impl Tab {
    /// All of them, in order.
    pub const ALL: [Self; 8] = [
        Self::Dashboard,
        Self::Credentials,
        Self::Configuration,
        Self::Organizations,
        Self::Products,
        Self::Invoices,
        Self::Sync,
        Self::Logs,
    ];

    /// Its name.
    pub fn title(self) -> &'static str {
        match self {
            Self::Dashboard => "Dashboard",
            Self::Credentials => "Credentials",
            Self::Configuration => "Configuration",
            Self::Organizations => "Organizations",
            Self::Products => "Products",
            Self::Invoices => "Invoices",
            Self::Sync => "Sync",
            Self::Logs => "Logs",
        }
    }

    /// The command that leads to it.
    pub fn command(self) -> Command {
        match self {
            Self::Dashboard => Command::Dashboard,
            Self::Credentials => Command::Credentials,
            Self::Configuration => Command::Configuration,
            Self::Organizations => Command::Organizations,
            Self::Products => Command::Products,
            Self::Invoices => Command::Invoices,
            Self::Sync => Command::Sync,
            Self::Logs => Command::Logs,
        }
    }

    fn stepped(self, by: isize) -> Self {
        let count = Self::ALL.len();
        let at = (self as usize + count).wrapping_add_signed(by) % count;
        Self::ALL[at]
    }
}

/// How much of the screen has changed since it was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Dirty {
    /// Nothing.
    #[default]
    Clean,
    /// Only figures of progress: these may wait for a moment.
    Progress,
    /// Something that a person waits for.
    Full,
}

/// The screen.
#[derive(Debug, Clone)]
pub struct Model {
    /// The profile's name.
    pub profile: String,
    /// Columns of the terminal.
    pub width: u16,
    /// Rows of the terminal.
    pub height: u16,
    /// The time, as far as it was told.
    pub now: Timestamp,
    /// Whose local time is shown.
    pub zone: TimeZone,
    /// This month in the profile's time zone.
    pub this_month: Period,
    /// The tab in front.
    pub tab: Tab,
    /// Dialogs, the topmost last.
    pub layers: Vec<Layer>,
    /// All grids.
    pub grids: BTreeMap<GridId, Grid>,
    /// The key map.
    pub keymap: Arc<KeyMap>,
    /// Chords of a sequence that has begun.
    pub pressed: Vec<Chord>,
    /// The dashboard.
    pub dashboard: Dashboard,
    /// The credentials form.
    pub credentials: Credentials,
    /// The configuration page.
    pub configuration: Configuration,
    /// The sync tab.
    pub sync: Sync,
    /// Entries of this level and worse; absent: all.
    pub log_level: Option<LogLevel>,
    /// The tiles of the Logs tab.
    pub log_tiles: Option<LogTiles>,
    /// The newest entry is kept in view.
    pub follow: bool,
    /// The events that were last asked for.
    pub events: Vec<events::EventRow>,
    /// Months that hold lines, newest first.
    pub periods: Vec<Period>,
    /// Settings and credentials, once known.
    pub settings: Option<SettingsView>,
    /// Undo and redo.
    pub history: History,
    /// Jobs.
    pub jobs: Jobs,
    /// The word at the bottom.
    pub toast: Option<Toast>,
    /// Whether Addendum has the mouse.
    pub mouse: bool,
    /// The guided tour's step, while it is shown.
    pub tour: Option<u8>,
    /// What has changed since the screen was drawn.
    pub dirty: Dirty,
    /// Quit was asked for: the loop ends when nothing must be waited for.
    pub leaving: bool,
    tickets: u64,
}

/// What a model begins with.
#[derive(Debug, Clone)]
pub struct Start {
    /// The profile's name.
    pub profile: String,
    /// Columns and rows.
    pub size: (u16, u16),
    /// The time.
    pub now: Timestamp,
    /// Whose local time is shown.
    pub zone: TimeZone,
    /// This month in the profile's time zone.
    pub this_month: Period,
    /// The key map.
    pub keymap: KeyMap,
    /// What is wrong in the user's themes.
    pub theme_problems: Vec<String>,
    /// Whether Addendum has the mouse.
    pub mouse: bool,
}

impl Model {
    /// The screen at the start, and what it asks for.
    pub fn start(start: Start) -> (Self, Vec<Effect>) {
        let mut model = Self {
            profile: start.profile,
            width: start.size.0,
            height: start.size.1,
            now: start.now,
            zone: start.zone,
            this_month: start.this_month,
            tab: Tab::Dashboard,
            layers: vec![],
            grids: GridId::ALL.into_iter().map(|id| (id, Grid::new(id))).collect(),
            keymap: Arc::new(start.keymap),
            pressed: vec![],
            dashboard: Dashboard::default(),
            credentials: Credentials::default(),
            configuration: Configuration::default(),
            sync: Sync::default(),
            log_level: None,
            log_tiles: None,
            follow: true,
            events: vec![],
            periods: vec![],
            settings: None,
            history: History::default(),
            jobs: Jobs::default(),
            toast: None,
            mouse: start.mouse,
            tour: None,
            dirty: Dirty::Full,
            leaving: false,
            tickets: 0,
        };
        model.fit();
        model.report_files(start.theme_problems);
        let mut effects = vec![Effect::Settings, Effect::Notes, Effect::Periods];
        effects.extend(model.enter());
        (model, effects)
    }

    /// Says what is wrong in the user's own files: one thing in a line, more of it as a text.
    fn report_files(&mut self, themes: Vec<String>) {
        let keys = self.keymap.problems.iter();
        let problems: Vec<String> = keys
            .map(|p| format!("keymap.toml line {}: {}", p.line, p.message))
            .chain(themes)
            .collect();
        match problems.as_slice() {
            [] => {}
            [one] => self.toast(Toast::warning(one.clone())),
            several => {
                let mut text = layer::reading::Text::default();
                text.line("This does not hold; everything else of these files does.");
                several.iter().for_each(|problem| text.line(problem));
                self.read("What is wrong in your keys and themes", text);
            }
        }
    }

    /// A number for a question or an edit: answers carry it back.
    pub(crate) fn ticket(&mut self) -> u64 {
        self.tickets += 1;
        self.tickets
    }

    /// A grid.
    pub fn grid(&self, id: GridId) -> &Grid {
        &self.grids[&id]
    }

    /// A grid, to change.
    pub(crate) fn grid_mut(&mut self, id: GridId) -> &mut Grid {
        self.grids.get_mut(&id).expect("a model holds every grid")
    }

    /// The grid in front, if the tab shows one.
    pub fn front(&self) -> Option<GridId> {
        if self.closed(self.tab).is_some() {
            return None;
        }
        match self.tab {
            Tab::Organizations => Some(GridId::Organizations),
            Tab::Products => Some(GridId::Products),
            Tab::Invoices => Some(GridId::Invoices),
            Tab::Sync => self.sync.view.grid(),
            Tab::Logs => Some(GridId::Logs),
            Tab::Dashboard | Tab::Credentials | Tab::Configuration => None,
        }
    }

    /// The grid in front, to change.
    pub(crate) fn front_mut(&mut self) -> Option<&mut Grid> {
        let id = self.front()?;
        self.grids.get_mut(&id)
    }

    /// Whether the grid in front waits for rows that would be seen.
    pub fn waits_for_rows(&self) -> bool {
        self.front().is_some_and(|id| self.grid(id).waits())
    }

    /// What the tab in front needs that is not at hand.
    pub(crate) fn enter(&mut self) -> Vec<Effect> {
        self.fit();
        match self.tab {
            Tab::Dashboard => self.ask_dashboard(),
            Tab::Credentials | Tab::Configuration => vec![],
            _ => match self.front() {
                Some(id) if !self.grid(id).loaded || id == GridId::Logs || id == GridId::Runs => {
                    vec![Effect::View(self.grid_mut(id).renew())]
                }
                Some(id) => self.grid_mut(id).more().map(Effect::View).into_iter().collect(),
                None => vec![],
            },
        }
    }

    pub(crate) fn ask_dashboard(&mut self) -> Vec<Effect> {
        let generation = self.ticket();
        self.dashboard.generation = generation;
        vec![Effect::Dashboard { generation }]
    }

    /// Data has changed: everything on the screen is asked for again; what is shown stays until
    /// the answers are there. `records`: PSA records too, not only mappings and lines.
    pub(crate) fn data_changed(&mut self, records: bool) -> Vec<Effect> {
        self.sync.stale = self.sync.plan.is_some();
        let mut effects = vec![Effect::Stale { records }];
        for id in GridId::ALL {
            let front = self.front() == Some(id);
            let grid = self.grid_mut(id);
            if front {
                effects.push(Effect::View(grid.renew()));
            } else {
                grid.loaded = false;
            }
        }
        if self.tab == Tab::Dashboard {
            effects.extend(self.ask_dashboard());
        }
        effects
    }
}
