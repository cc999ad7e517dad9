//! Columns of small numbers: as many bytes a row as the largest number needs. A column that says
//! the same as in the index before is that index's column.

use std::sync::Arc;

/// One, two or four bytes a row.
#[derive(Clone)]
pub(super) enum Codes {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

impl Default for Codes {
    fn default() -> Self {
        Self::One(Vec::new())
    }
}

impl Codes {
    /// No rows yet, and room for so many of numbers up to the largest.
    pub(super) fn with_room(rows: usize, largest: u32) -> Self {
        match largest {
            0..=0xFF => Self::One(Vec::with_capacity(rows)),
            0x100..=0xFFFF => Self::Two(Vec::with_capacity(rows)),
            _ => Self::Four(Vec::with_capacity(rows)),
        }
    }

    /// So many rows of one number, and room in each for the largest.
    pub(super) fn filled(rows: usize, value: u32, largest: u32) -> Self {
        let mut codes = Self::with_room(rows, largest.max(value));
        match &mut codes {
            Self::One(list) => list.resize(rows, value as u8),
            Self::Two(list) => list.resize(rows, value as u16),
            Self::Four(list) => list.resize(rows, value),
        }
        codes
    }

    /// How many rows.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::One(list) => list.len(),
            Self::Two(list) => list.len(),
            Self::Four(list) => list.len(),
        }
    }

    /// The number of a row.
    pub(super) fn get(&self, row: u32) -> u32 {
        match self {
            Self::One(list) => u32::from(list[row as usize]),
            Self::Two(list) => u32::from(list[row as usize]),
            Self::Four(list) => list[row as usize],
        }
    }

    /// Sets the number of a row; it is not above the largest that there is room for.
    pub(super) fn set(&mut self, row: u32, value: u32) {
        match self {
            Self::One(list) => list[row as usize] = value as u8,
            Self::Two(list) => list[row as usize] = value as u16,
            Self::Four(list) => list[row as usize] = value,
        }
    }

    /// Adds a row; one that needs more room makes room in all.
    pub(super) fn push(&mut self, value: u32) {
        match self {
            Self::One(list) if value <= 0xFF => list.push(value as u8),
            Self::Two(list) if value <= 0xFFFF => list.push(value as u16),
            Self::Four(list) => list.push(value),
            Self::One(_) | Self::Two(_) => {
                let room = match self {
                    Self::One(list) => list.capacity(),
                    Self::Two(list) => list.capacity(),
                    Self::Four(list) => list.capacity(),
                };
                let mut wider = Self::with_room(room, value);
                (0..self.len() as u32).for_each(|row| wider.push(self.get(row)));
                wider.push(value);
                *self = wider;
            }
        }
    }

    /// The first rows, and room for so many in all.
    fn first(&self, count: usize, room: usize, largest: u32) -> Self {
        let mut codes = Self::with_room(room, largest);
        (0..count as u32).for_each(|row| codes.push(self.get(row)));
        codes
    }

    /// Bytes that it takes.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::One(list) => list.capacity(),
            Self::Two(list) => list.capacity() * 2,
            Self::Four(list) => list.capacity() * 4,
        }
    }
}

/// A column that is being built. While its rows are those of the column before, nothing is stored.
pub(super) struct Growing {
    before: Option<Arc<Codes>>,
    /// Rows that were as before.
    same: usize,
    own: Codes,
    room: usize,
    largest: u32,
}

impl Growing {
    /// No rows yet; so many numbers up to the largest are expected.
    pub(super) fn new(before: Option<&Arc<Codes>>, room: usize, largest: u32) -> Self {
        let own = match before {
            Some(_) => Codes::default(),
            None => Codes::with_room(room, largest),
        };
        Self { before: before.cloned(), same: 0, own, room, largest }
    }

    /// Adds a row.
    pub(super) fn push(&mut self, value: u32) {
        if let Some(before) = &self.before {
            if self.same < before.len() && before.get(self.same as u32) == value {
                self.same += 1;
                return;
            }
            self.own = before.first(self.same, self.room, self.largest);
            self.before = None;
        }
        self.own.push(value);
    }

    /// The column.
    pub(super) fn done(self) -> Arc<Codes> {
        match self.before {
            Some(before) if before.len() == self.same => before,
            Some(before) => Arc::new(before.first(self.same, self.same, self.largest)),
            None => Arc::new(self.own),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn built(before: Option<&Arc<Codes>>, values: &[u32], largest: u32) -> Arc<Codes> {
        let mut growing = Growing::new(before, values.len(), largest);
        values.iter().for_each(|v| growing.push(*v));
        growing.done()
    }

    fn values() -> impl Strategy<Value = Vec<u32>> {
        let value = prop_oneof![4 => 0..300_u32, 1 => 65_000..66_000_u32, 1 => Just(u32::MAX)];
        prop::collection::vec(value, 0..60)
    }

    proptest! {
        #[test]
        fn a_column_gives_back_what_was_put_in(
            old in values(),
            new in values(),
            keep in 0..60_usize,
            largest in any::<u32>(),
        ) {
            let before = built(None, &old, largest);
            let mut rows = old[..keep.min(old.len())].to_vec();
            rows.extend(new);
            let after = built(Some(&before), &rows, largest);
            prop_assert_eq!(after.len(), rows.len());
            for (row, value) in (0..).zip(&rows) {
                prop_assert_eq!(after.get(row), *value);
            }
            prop_assert!(Arc::ptr_eq(&before, &built(Some(&before), &old, largest)));
        }
    }

    #[test]
    fn small_numbers_take_small_room() {
        assert_eq!(Codes::filled(100, 0, 255).bytes(), 100);
        assert_eq!(Codes::filled(100, 0, 256).bytes(), 200);
        assert_eq!(Codes::filled(100, 0, 65_536).bytes(), 400);
    }
}
