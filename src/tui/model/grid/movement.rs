//! Moving the cursor. It moves inside the window, and the window jumps by half a page when it is
//! left: scrolling by single lines costs as many bytes as a jump, on every line.

use super::Grid;

/// The fewest cells in which a text column is begun.
const SHORTEST: u16 = 6;

/// From so many cells on a column is made for long texts.
const LONG: u16 = 18;

/// A movement of the cursor among rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// By this many rows, down or up.
    By(i64),
    /// By this many half pages.
    Half(i64),
    /// By this many pages.
    Page(i64),
    /// To the first row.
    First,
    /// To the last row.
    Last,
    /// To this position.
    To(u64),
}

impl Grid {
    /// Moves the cursor among rows.
    pub fn step(&mut self, step: Step) {
        let height = i64::try_from(self.height).unwrap_or(i64::MAX);
        let by = |n: i64| self.at.saturating_add_signed(n);
        let (to, scroll) = match step {
            Step::By(n) => (by(n), 0),
            Step::Half(n) => (by(n * (height / 2).max(1)), n * (height / 2).max(1)),
            Step::Page(n) => (by(n * height.max(1)), n * height.max(1)),
            Step::First => (0, 0),
            Step::Last => (u64::MAX, 0),
            Step::To(at) => (at, 0),
        };
        self.top = self.top.saturating_add_signed(scroll);
        self.put(to);
    }

    /// Puts the cursor at a position and the window around it.
    pub(super) fn put(&mut self, at: u64) {
        self.at = at.min(self.total.saturating_sub(1));
        self.cursor = self.row(self.at).map(|r| r.id.clone());
        self.scroll();
    }

    /// Brings the window to where it holds the cursor.
    pub(super) fn scroll(&mut self) {
        let height = self.height.max(1);
        let last = self.total.saturating_sub(height);
        if self.at < self.top {
            // Half a page above the cursor, unless it left by more than a page.
            self.top = self.at.saturating_sub(height / 2);
        } else if self.at >= self.top + height {
            self.top = self.at.saturating_sub(height / 2);
        }
        self.top = self.top.min(last);
        if self.at < self.top {
            self.top = self.at;
        }
    }

    /// The screen has this many rows for the grid now.
    pub fn set_height(&mut self, rows: u64) {
        if self.height != rows {
            self.height = rows;
            self.scroll();
        }
    }

    /// Moves the cursor among columns, and the columns so that it is seen.
    pub fn step_column(&mut self, by: isize, width: u16) {
        let shown = self.layout.shown().count();
        self.column = self.column.saturating_add_signed(by).min(shown.saturating_sub(1));
        self.scroll_columns(width);
    }

    /// Scrolls the columns to where the cursor's is seen in `width` cells.
    pub fn scroll_columns(&mut self, width: u16) {
        let widths: Vec<u16> = self.layout.shown().map(|c| c.width).collect();
        let frozen = self.layout.frozen.min(widths.len());
        self.column = self.column.min(widths.len().saturating_sub(1));
        if self.column < frozen {
            return;
        }
        let moving = self.column - frozen;
        self.left = self.left.min(moving);
        let fixed: u32 = widths[..frozen].iter().map(|w| u32::from(*w) + 1).sum();
        let room = u32::from(width).saturating_sub(fixed);
        while self.left < moving {
            let used: u32 =
                widths[frozen + self.left..=self.column].iter().map(|w| u32::from(*w) + 1).sum();
            if used <= room + 1 {
                break;
            }
            self.left += 1;
        }
    }

    /// Places of the shown columns that are drawn in `width` cells, with their widths.
    pub fn visible_columns(&self, width: u16) -> Vec<(usize, u16)> {
        let frozen = self.layout.frozen;
        let mut room = width;
        let mut drawn = Vec::new();
        for (nth, c) in self.layout.shown().enumerate() {
            if nth >= frozen && nth < frozen + self.left {
                continue;
            }
            // A number that is cut reads as another number, and a few letters say nothing.
            let least = if c.spec(self.id).right { c.width } else { c.width.min(SHORTEST) };
            if room < least && !drawn.is_empty() {
                break;
            }
            let w = c.width.min(room);
            drawn.push((nth, w));
            room = room.saturating_sub(w + 1);
        }
        self.widen(&mut drawn, &mut room);
        // What is left over goes to the last column when nothing is cut off behind it.
        if drawn.last().is_some_and(|(nth, _)| nth + 1 == self.layout.shown().count())
            && room > 0
            && let Some((nth, w)) = drawn.last_mut()
            && !self.layout.shown().nth(*nth).is_some_and(|c| c.spec(self.id).right)
        {
            *w += room;
        }
        drawn
    }

    /// Where all columns are seen, those with long texts share what is left over. A column that a
    /// person made wider or narrower stays as it was made.
    fn widen(&self, drawn: &mut [(usize, u16)], room: &mut u16) {
        let shown: Vec<_> = self.layout.shown().collect();
        if drawn.len() < shown.len() {
            return;
        }
        let takes = |nth: usize| {
            let (state, spec) = (shown[nth], shown[nth].spec(self.id));
            !spec.right && spec.width >= LONG && state.width == spec.width
        };
        let count = drawn.iter().filter(|(nth, _)| takes(*nth)).count() as u16;
        let share = room.checked_div(count).unwrap_or(0);
        for (nth, w) in drawn.iter_mut().filter(|(nth, _)| takes(*nth)) {
            let more = share.min(shown[*nth].width);
            *w += more;
            *room -= more;
        }
    }
}
