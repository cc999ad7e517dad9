//! Which line a row is. Lines of a month mostly have numbers without a gap, so what is kept is
//! where each run of them begins.

use crate::domain::line::LineId;

/// Numbers of lines by row, ascending.
#[derive(Default)]
pub(super) struct Numbering {
    /// First row and first number of each run.
    runs: Vec<(u32, i64)>,
    rows: u32,
}

impl Numbering {
    /// Adds a row; its number is above those before.
    pub(super) fn push(&mut self, id: i64) {
        let next = self.runs.last().map(|(row, first)| first + i64::from(self.rows - row));
        if next != Some(id) {
            self.runs.push((self.rows, id));
        }
        self.rows += 1;
    }

    /// How many rows.
    pub(super) fn len(&self) -> usize {
        self.rows as usize
    }

    /// The line of a row.
    pub(super) fn id(&self, row: u32) -> LineId {
        let run = self.runs.partition_point(|(first, _)| *first <= row).saturating_sub(1);
        let (first, id) = self.runs[run];
        LineId(id + i64::from(row - first))
    }

    /// The row of a line.
    pub(super) fn row(&self, line: LineId) -> Option<u32> {
        let run = self.runs.partition_point(|(_, id)| *id <= line.0).checked_sub(1)?;
        let (first, id) = self.runs[run];
        let end = self.runs.get(run + 1).map_or(self.rows, |(row, _)| *row);
        let row = i64::from(first) + (line.0 - id);
        (row < i64::from(end)).then_some(row as u32)
    }

    /// The first line after a number.
    pub(super) fn after(&self, id: i64) -> Option<i64> {
        let run = self.runs.partition_point(|(_, first)| *first <= id);
        let inside = run.checked_sub(1).is_some_and(|_| self.row(LineId(id + 1)).is_some());
        if inside { Some(id + 1) } else { self.runs.get(run).map(|(_, first)| *first) }
    }

    /// First and last number of the lines.
    pub(super) fn ends(&self) -> Option<(i64, i64)> {
        let first = self.runs.first()?.1;
        Some((first, self.id(self.rows - 1).0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_lines_find_each_other_across_gaps() {
        let ids = [5, 6, 7, 10, 12, 13, (1 << 32) + 1, (1 << 32) + 2];
        let mut numbering = Numbering::default();
        assert_eq!(numbering.ends(), None);
        assert_eq!(numbering.row(LineId(5)), None);
        ids.iter().for_each(|id| numbering.push(*id));
        assert_eq!(numbering.len(), ids.len());
        assert_eq!(numbering.runs.len(), 4);
        for (row, id) in (0..).zip(ids) {
            assert_eq!(numbering.id(row), LineId(id));
            assert_eq!(numbering.row(LineId(id)), Some(row));
        }
        for gone in [4, 8, 9, 11, 14, 1 << 32, (1 << 32) + 3] {
            assert_eq!(numbering.row(LineId(gone)), None, "{gone}");
        }
        assert_eq!(numbering.ends(), Some((5, (1 << 32) + 2)));
        for (id, next) in [(0, 5), (5, 6), (7, 10), (8, 10), (9, 10), (13, (1 << 32) + 1)] {
            assert_eq!(numbering.after(id), Some(next), "{id}");
        }
        assert_eq!(numbering.after((1 << 32) + 2), None);
    }
}
