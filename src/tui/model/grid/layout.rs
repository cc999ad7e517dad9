//! Which columns are shown, in which order and how wide; remembered per profile as a small text.

use serde::{Deserialize, Serialize};

use super::column::Spec;
use super::{GridId, SortKey, columns};

/// The widest that a column gets, in cells.
const WIDEST: u16 = 120;
/// The narrowest.
const NARROWEST: u16 = 3;

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnState {
    /// Its place among the shipped columns.
    pub index: usize,
    /// Cells wide.
    pub width: u16,
    /// Shown.
    pub shown: bool,
}

impl ColumnState {
    /// The column as shipped.
    pub fn spec(&self, grid: GridId) -> &'static Spec {
        &columns::of(grid)[self.index]
    }
}

/// All columns of a grid in view order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The columns.
    pub columns: Vec<ColumnState>,
    /// How many of the shown ones stay when scrolling right.
    pub frozen: usize,
}

/// What is written to the store's note.
#[derive(Serialize, Deserialize)]
struct Remembered {
    columns: Vec<(String, u16, bool)>,
    frozen: usize,
    #[serde(default)]
    sort: Vec<(String, bool)>,
}

impl Layout {
    /// As shipped: the first column is frozen.
    pub fn shipped(grid: GridId) -> Self {
        let columns = columns::of(grid)
            .iter()
            .enumerate()
            .map(|(index, s)| ColumnState { index, width: s.width, shown: s.shown })
            .collect();
        Self { columns, frozen: 1 }
    }

    /// The shown columns in view order.
    pub fn shown(&self) -> impl Iterator<Item = &ColumnState> {
        self.columns.iter().filter(|c| c.shown)
    }

    /// Place among all columns of the nth shown one.
    pub fn place(&self, nth: usize) -> Option<usize> {
        self.columns.iter().enumerate().filter(|(_, c)| c.shown).nth(nth).map(|(i, _)| i)
    }

    /// Makes a column wider or narrower.
    pub fn resize(&mut self, place: usize, by: i16) {
        if let Some(c) = self.columns.get_mut(place) {
            c.width = c.width.saturating_add_signed(by).clamp(NARROWEST, WIDEST);
        }
    }

    /// Shows or hides a column; the last shown one stays.
    pub fn toggle(&mut self, place: usize) {
        let shown = self.shown().count();
        if let Some(c) = self.columns.get_mut(place)
            && (!c.shown || shown > 1)
        {
            c.shown = !c.shown;
        }
        self.frozen = self.frozen.min(self.shown().count());
    }

    /// Moves a column by one place; gives its new place.
    pub fn shift(&mut self, place: usize, right: bool) -> usize {
        let to = if right { place + 1 } else { place.wrapping_sub(1) };
        if place < self.columns.len() && to < self.columns.len() {
            self.columns.swap(place, to);
            return to;
        }
        place
    }

    /// The text to remember.
    pub fn to_note(&self, grid: GridId, sort: &[SortKey]) -> String {
        let remembered = Remembered {
            columns: self
                .columns
                .iter()
                .map(|c| (c.spec(grid).name.to_owned(), c.width, c.shown))
                .collect(),
            frozen: self.frozen,
            sort: sort.iter().map(|k| (k.column.to_owned(), k.descending)).collect(),
        };
        serde_json::to_string(&remembered).unwrap_or_default()
    }

    /// Reads a remembered text. Columns that are new since then keep their shipped place at the
    /// end; names that are gone are skipped; an unreadable text gives the shipped layout.
    pub fn from_note(grid: GridId, note: &str) -> (Self, Vec<SortKey>) {
        let shipped = Self::shipped(grid);
        let Ok(told) = serde_json::from_str::<Remembered>(note) else {
            return (shipped, vec![]);
        };
        let specs = columns::of(grid);
        let index = |name: &str| specs.iter().position(|s| s.name == name);
        let mut all: Vec<ColumnState> = Vec::new();
        for (name, width, shown) in &told.columns {
            if let Some(index) = index(name).filter(|i| all.iter().all(|c| c.index != *i)) {
                let width = (*width).clamp(NARROWEST, WIDEST);
                all.push(ColumnState { index, width, shown: *shown });
            }
        }
        for c in &shipped.columns {
            if all.iter().all(|have| have.index != c.index) {
                all.push(c.clone());
            }
        }
        if all.iter().all(|c| !c.shown) {
            return (shipped, vec![]);
        }
        let sort = told
            .sort
            .iter()
            .filter_map(|(name, descending)| {
                Some(SortKey { column: specs[index(name)?].name, descending: *descending })
            })
            .collect();
        let mut layout = Self { columns: all, frozen: told.frozen };
        layout.frozen = layout.frozen.min(layout.shown().count());
        (layout, sort)
    }
}
