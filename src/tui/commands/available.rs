//! Where commands work right now: what the screen is doing as contexts, and the table's conditions
//! held against it.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Command, TABLE};
use crate::tui::keys::{Condition, Context, Contexts};
use crate::tui::model::layer::Layer;
use crate::tui::model::sync::SyncView;
use crate::tui::model::{Model, Tab};

static CONDITIONS: LazyLock<HashMap<Command, Condition>> = LazyLock::new(|| {
    TABLE
        .iter()
        .map(|e| {
            let at = Condition::parse(e.at).expect("a test reads every condition of the table");
            (e.command, at)
        })
        .collect()
});

/// What the screen is doing.
pub fn contexts(model: &Model) -> Contexts {
    let mut now = Contexts::default();
    let top = model.layers.last();
    let grid = model.front().map(|id| model.grid(id));
    let page = top.is_none();
    let text = match top {
        Some(layer) => layer.has_text(),
        None => {
            (model.tab == Tab::Credentials && model.credentials.editing)
                || grid.is_some_and(|g| g.bar.editing)
        }
    };
    now.add_if(Context::Plain, page && !text);
    now.add_if(Context::Text, text);
    now.add_if(Context::Dialog, !page);
    now.add_if(Context::Tour, model.tour.is_some());
    now.add_if(Context::Running, !model.jobs.running.is_empty());
    now.add_if(Context::Paused, model.jobs.running.iter().any(|j| j.paused));
    match top {
        Some(Layer::Picker(p)) => {
            now.add(Context::Choice);
            now.add_if(Context::Suggestion, p.on_suggestion().is_some());
        }
        Some(Layer::Palette(_) | Layer::Help(_)) => now.add(Context::Choice),
        Some(Layer::Confirm(_)) => now.add(Context::Confirm),
        Some(Layer::Reading(_)) => now.add(Context::Reading),
        Some(Layer::Columns(_)) => now.add(Context::Columns),
        Some(Layer::Bulk(_) | Layer::Load(_)) => now.add(Context::Form),
        Some(Layer::Prompt(_)) | None => {}
    }
    if !page {
        return now;
    }
    now.add_if(Context::Form, model.tab == Tab::Credentials);
    now.add(match model.tab {
        Tab::Dashboard => Context::Dashboard,
        Tab::Credentials => Context::Credentials,
        Tab::Configuration => Context::Configuration,
        Tab::Organizations => Context::Organizations,
        Tab::Products => Context::Products,
        Tab::Invoices => Context::Invoices,
        Tab::Sync => Context::Sync,
        Tab::Logs => Context::Logs,
    });
    if let Some(grid) = grid {
        now.add(Context::Grid);
        now.add_if(Context::Filter, grid.bar.editing);
        now.add_if(Context::Range, grid.range.is_some());
        now.add_if(Context::Marked, !grid.marks.is_empty());
    }
    if model.tab == Tab::Sync && model.closed(Tab::Sync).is_none() {
        now.add_if(Context::Planned, model.sync.plan.is_some());
        now.add_if(Context::Ended, model.sync.last.is_some());
        now.add_if(Context::Proved, model.sync.proof.is_some());
        now.add_if(Context::Runs, model.sync.view == SyncView::Runs);
        now.add_if(Context::Findings, model.sync.view == SyncView::Findings);
    }
    now
}

/// Whether a command works right now. On a page that is closed until setup is complete, only what
/// is not of the page does.
pub fn works_now(model: &Model, command: Command) -> bool {
    let now = contexts(model);
    let holds = CONDITIONS.get(&command).is_some_and(|at| at.holds(now));
    let closed = model.layers.is_empty() && model.closed(model.tab).is_some();
    let empty = model.front().is_some_and(|id| model.grid(id).loaded && model.grid(id).total == 0);
    let in_vain = model.layers.is_empty() && empty && needs_a_row(command);
    holds && !in_vain && (!closed || works_at_gate(command))
}

/// Whether a command of a grid is about rows, so that it does nothing where there are none.
fn needs_a_row(command: Command) -> bool {
    use Command as C;
    matches!(
        command,
        C::Open
            | C::Details
            | C::NextHit
            | C::PreviousHit
            | C::Sort
            | C::SortMore
            | C::Mark
            | C::Range
            | C::MarkAll
            | C::CopyCell
            | C::CopyRow
            | C::CopyMarked
            | C::Export
            | C::FilterCell
            | C::MapSet
            | C::MapAdd
            | C::MapClear
            | C::Exclude
            | C::AcceptSuggestion
            | C::RejectSuggestion
            | C::Bulk
            | C::SetOrganization
            | C::SetProduct
            | C::SetAgreement
            | C::SetStart
            | C::SetEnd
            | C::PostOnce
            | C::SyncLine
            | C::SyncMarked
            | C::UndoRun
            | C::CreditRun
            | C::ApproveUndo
            | C::ApproveCredit
            | C::KeepFinding
            | C::RestoreFinding
            | C::AdoptFinding
    )
}

/// Whether a command works before there are credentials and an agreement type.
pub fn needs_no_setup(command: Command) -> bool {
    use Command as C;
    matches!(
        command,
        C::CheckBill
            | C::SourceProfiles
            | C::MatchLists
            | C::AuditVerify
            | C::AuditExport
            | C::AuditAccept
    )
}

fn works_at_gate(command: Command) -> bool {
    use super::Group;
    matches!(command.entry().group, Group::Tabs | Group::Program)
        || command == Command::Open
        || needs_no_setup(command)
}
