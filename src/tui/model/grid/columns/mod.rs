//! The shipped columns, one file a grid.

mod finding;
mod invoice;
mod log;
mod offer;
mod organization;
mod plan;
mod run;

use super::GridId;
use super::column::Spec;

/// The columns of a grid, in shipped order.
pub fn of(grid: GridId) -> &'static [Spec] {
    match grid {
        GridId::Organizations => organization::COLUMNS,
        GridId::Products => offer::COLUMNS,
        GridId::Invoices => invoice::COLUMNS,
        GridId::Companies => plan::COMPANIES,
        GridId::Actions => plan::ACTIONS,
        GridId::Refused => plan::REFUSED,
        GridId::Runs => run::COLUMNS,
        GridId::Findings => finding::COLUMNS,
        GridId::Logs => log::COLUMNS,
    }
}

pub use log::tone as tone_of;
pub use plan::kind_word as action_word;
pub use run::kind_word as run_word;
