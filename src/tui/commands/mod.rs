//! The one table of everything a user can do (design 2). Palette, footer, help and key map are
//! readers of it; a command that is not here does not exist.

mod available;
mod table;

pub use available::{contexts, needs_no_setup, works_now};
pub use table::TABLE;

/// A command. Its row in [`TABLE`] says what it is called and does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Command {
    /// `app.quit`
    Quit,
    /// `app.suspend`
    Suspend,
    /// `app.palette`
    Palette,
    /// `app.help`
    Help,
    /// `app.back`
    Back,
    /// `app.redraw`
    Redraw,
    /// `app.mouse`
    Mouse,
    /// `app.theme`
    Theme,
    /// `app.undo`
    Undo,
    /// `app.redo`
    Redo,
    /// `app.refresh`
    Refresh,
    /// `tour.next`
    NextStep,
    /// `tour.end`
    EndTour,
    /// `tab.next`
    NextTab,
    /// `tab.previous`
    PreviousTab,
    /// `tab.dashboard`
    Dashboard,
    /// `tab.credentials`
    Credentials,
    /// `tab.configuration`
    Configuration,
    /// `tab.organizations`
    Organizations,
    /// `tab.products`
    Products,
    /// `tab.invoices`
    Invoices,
    /// `tab.sync`
    Sync,
    /// `tab.logs`
    Logs,
    /// `move.down`
    Down,
    /// `move.up`
    Up,
    /// `move.left`
    Left,
    /// `move.right`
    Right,
    /// `move.page-down`
    PageDown,
    /// `move.page-up`
    PageUp,
    /// `move.half-down`
    HalfDown,
    /// `move.half-up`
    HalfUp,
    /// `move.first`
    First,
    /// `move.last`
    Last,
    /// `move.first-column`
    FirstColumn,
    /// `move.last-column`
    LastColumn,
    /// `open`
    Open,
    /// `accept`
    Accept,
    /// `confirm.yes`
    Yes,
    /// `confirm.no`
    No,
    /// `form.next`
    NextField,
    /// `form.previous`
    PreviousField,
    /// `form.save`
    Save,
    /// `text.search`
    Search,
    /// `text.next`
    NextMatch,
    /// `text.previous`
    PreviousMatch,
    /// `text.copy`
    CopyText,
    /// `grid.filter`
    Filter,
    /// `grid.filter-cell`
    FilterCell,
    /// `grid.clear-filter`
    ClearFilter,
    /// `grid.next`
    NextHit,
    /// `grid.previous`
    PreviousHit,
    /// `grid.sort`
    Sort,
    /// `grid.sort-more`
    SortMore,
    /// `grid.columns`
    Columns,
    /// `grid.wider`
    Wider,
    /// `grid.narrower`
    Narrower,
    /// `grid.hide`
    HideColumn,
    /// `grid.column-left`
    ColumnLeft,
    /// `grid.column-right`
    ColumnRight,
    /// `grid.freeze`
    Freeze,
    /// `grid.reset`
    ResetColumns,
    /// `grid.mark`
    Mark,
    /// `grid.range`
    Range,
    /// `grid.mark-all`
    MarkAll,
    /// `grid.unmark`
    Unmark,
    /// `grid.copy-cell`
    CopyCell,
    /// `grid.copy-row`
    CopyRow,
    /// `grid.copy-marked`
    CopyMarked,
    /// `grid.export`
    Export,
    /// `row.details`
    Details,
    /// `credentials.test`
    TestConnection,
    /// `credentials.verify`
    Verify,
    /// `credentials.how`
    HowToObtain,
    /// `credentials.delete`
    DeleteIntegration,
    /// `configuration.dictionary`
    Dictionary,
    /// `pull.companies`
    PullCompanies,
    /// `pull.products`
    PullProducts,
    /// `pull.all`
    PullAll,
    /// `map.set`
    MapSet,
    /// `map.add`
    MapAdd,
    /// `map.clear`
    MapClear,
    /// `map.exclude`
    Exclude,
    /// `map.suggest`
    AcceptSuggestion,
    /// `map.reject`
    RejectSuggestion,
    /// `map.auto`
    MapAuto,
    /// `invoices.forecast`
    Forecast,
    /// `map.import`
    MapImport,
    /// `map.export`
    MapExport,
    /// `map.lists`
    MatchLists,
    /// `map.bulk`
    Bulk,
    /// `map.practices`
    BestPractices,
    /// `invoices.load`
    Load,
    /// `invoices.load-file`
    LoadFile,
    /// `invoices.unload`
    Unload,
    /// `source.check`
    CheckBill,
    /// `source.profiles`
    SourceProfiles,
    /// `invoices.period`
    ShowPeriod,
    /// `invoices.period-older`
    OlderPeriod,
    /// `invoices.period-newer`
    NewerPeriod,
    /// `invoices.organization`
    SetOrganization,
    /// `invoices.product`
    SetProduct,
    /// `invoices.agreement`
    SetAgreement,
    /// `invoices.start`
    SetStart,
    /// `invoices.end`
    SetEnd,
    /// `invoices.once`
    PostOnce,
    /// `sync.line`
    SyncLine,
    /// `sync.marked`
    SyncMarked,
    /// `sync.all`
    SyncAll,
    /// `sync.plan`
    MakePlan,
    /// `sync.save`
    SavePlan,
    /// `sync.open`
    OpenPlan,
    /// `approve.plan`
    ApprovePlan,
    /// `approve.undo`
    ApproveUndo,
    /// `approve.credit`
    ApproveCredit,
    /// `sync.apply`
    Apply,
    /// `sync.pause`
    Pause,
    /// `sync.cancel`
    CancelJob,
    /// `sync.view`
    SyncView,
    /// `runs.reconcile`
    Reconcile,
    /// `runs.retry`
    Retry,
    /// `runs.undo`
    UndoRun,
    /// `runs.credit`
    CreditRun,
    /// `findings.keep`
    KeepFinding,
    /// `findings.restore`
    RestoreFinding,
    /// `findings.adopt`
    AdoptFinding,
    /// `sync.overwrite`
    OverwriteDrift,
    /// `sync.accept`
    AcceptWarnings,
    /// `sync.fold`
    Fold,
    /// `invoices.events`
    Events,
    /// `sync.repost`
    RepostDeleted,
    /// `logs.level`
    LogLevel,
    /// `audit.verify`
    AuditVerify,
    /// `audit.export`
    AuditExport,
    /// `audit.accept`
    AuditAccept,
    /// `logs.follow`
    Follow,
}

/// What a command is about: the headings of help and palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Mapping organizations, products and lines.
    Mapping,
    /// Loading and changing invoice lines.
    Invoices,
    /// Plan, sync, past runs.
    Sync,
    /// Credentials and settings.
    Setup,
    /// The System Logs.
    Logs,
    /// Marking rows, sort, filter, columns, copying.
    Table,
    /// Moving about.
    Movement,
    /// Dialogs and forms.
    Dialogs,
    /// Switching tabs.
    Tabs,
    /// The program itself.
    Program,
}

impl Group {
    /// All of them, in the order of the help.
    pub const ALL: [Self; 10] = [
        Self::Mapping,
        Self::Invoices,
        Self::Sync,
        Self::Setup,
        Self::Logs,
        Self::Table,
        Self::Movement,
        Self::Dialogs,
        Self::Tabs,
        Self::Program,
    ];

    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Mapping => "Mapping",
            Self::Invoices => "Invoices",
            Self::Sync => "Sync",
            Self::Setup => "Setup",
            Self::Logs => "Logs",
            Self::Table => "Table",
            Self::Movement => "Moving about",
            Self::Dialogs => "Dialogs and forms",
            Self::Tabs => "Tabs",
            Self::Program => "Program",
        }
    }
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The command.
    pub command: Command,
    /// Its stable name, as in `keymap.toml`.
    pub id: &'static str,
    /// Two or three words, for footer and palette.
    pub title: &'static str,
    /// One sentence, for help.
    pub help: &'static str,
    /// Its heading.
    pub group: Group,
    /// Whether it leads to writes in the PSA.
    pub writes_to_psa: bool,
    /// Where it works, as a condition of the key map; empty: everywhere.
    pub at: &'static str,
    /// How much it deserves room in the footer: 0 is never shown, 9 comes first.
    pub rank: u8,
}

impl Command {
    /// Its row.
    pub fn entry(self) -> &'static Entry {
        TABLE
            .iter()
            .find(|e| e.command == self)
            .expect("a test holds that every command has a row in the table")
    }

    /// The command of a stable name.
    pub fn by_id(id: &str) -> Option<Self> {
        TABLE.iter().find(|e| e.id == id).map(|e| e.command)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::tui::keys::Condition;

    #[test]
    fn every_command_stands_once_and_is_explained() {
        let commands: BTreeSet<Command> = TABLE.iter().map(|e| e.command).collect();
        let ids: BTreeSet<&str> = TABLE.iter().map(|e| e.id).collect();
        assert_eq!(commands.len(), TABLE.len());
        assert_eq!(ids.len(), TABLE.len());
        // The last variant's number is the count less one, so none is missing.
        assert_eq!(Command::Follow as usize + 1, TABLE.len());
        for e in TABLE {
            assert!(!e.title.is_empty() && e.title.len() <= 24, "{}", e.id);
            assert!(e.help.ends_with('.'), "{}", e.id);
            Condition::parse(e.at).unwrap();
        }
    }
}
