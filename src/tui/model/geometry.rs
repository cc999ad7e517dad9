//! Where things are on the screen, as far as movement needs it. The view draws by the same figures.

use super::grid::GridId;
use super::layer::Layer;
use super::{Model, Tab};

/// The least that Addendum can be used in (columns, rows).
pub const SMALLEST: (u16, u16) = (60, 15);
/// Lines above the page: tabs and the page's own line.
pub const ABOVE: u16 = 2;
/// Lines below the page: status and keys.
pub const BELOW: u16 = 2;
/// Lines that a dialog's frame takes.
pub const FRAME: u16 = 2;

impl Model {
    /// Whether the terminal is too small to be used.
    pub fn too_small(&self) -> bool {
        self.width < SMALLEST.0 || self.height < SMALLEST.1
    }

    /// Rows of the page between head and foot, the tour's box left aside: it covers nothing.
    pub fn page_rows(&self) -> u16 {
        self.height.saturating_sub(ABOVE + BELOW + self.tour_rows())
    }

    /// Lines of the Sync tab above its grid.
    pub fn sync_head(&self) -> u16 {
        2
    }

    /// Rows of a grid that are seen; its heading takes one.
    fn grid_rows(&self, id: GridId) -> u64 {
        let above = match (self.tab, id) {
            (Tab::Sync, _) => self.sync_head(),
            // The four tiles.
            (Tab::Logs, _) => 1,
            _ => 0,
        };
        u64::from(self.page_rows().saturating_sub(1 + above)).max(1)
    }

    /// Cells of a grid's row that hold columns: one on the left is for the mark.
    pub fn grid_width(&self) -> u16 {
        self.width.saturating_sub(2)
    }

    /// Lines that a dialog's list or text has.
    pub fn dialog_rows(&self) -> usize {
        let within = match self.layers.last() {
            Some(Layer::Reading(_) | Layer::Columns(_)) => FRAME,
            // The text that narrows the list, and the line below it.
            _ => FRAME + 2,
        };
        usize::from(self.height.saturating_sub(ABOVE + BELOW + within)).max(1)
    }

    /// Tells the grids how many rows and cells they have.
    pub(crate) fn fit(&mut self) {
        let width = self.grid_width();
        for id in GridId::ALL {
            let rows = self.grid_rows(id);
            let grid = self.grid_mut(id);
            grid.set_height(rows);
            grid.scroll_columns(width);
        }
    }

    /// The row of the grid in front that stands in a line of the screen.
    pub(crate) fn row_at(&self, y: u16) -> Option<u64> {
        let grid = self.grid(self.front()?);
        let head = match self.tab {
            Tab::Sync => self.sync_head(),
            Tab::Logs => 1,
            _ => 0,
        };
        let line = u64::from(y.checked_sub(ABOVE + head + 1)?);
        let at = grid.top + line;
        (line < grid.height && at < grid.total).then_some(at)
    }
}
