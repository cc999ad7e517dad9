//! Building a column of decimals. While its rows are those of the column before, nothing is stored.

use std::sync::{Arc, OnceLock};

use foldhash::HashMap;
use rust_decimal::Decimal;

use super::super::super::encoding::packed;
use super::{BESIDE, Codes, EMPTY, Numbers, parts};

/// Bits of a word that hold the row; the amount stands above them.
const ROW_BITS: u32 = 24;
/// No amount, as a word: it sorts behind all amounts.
const LAST: u64 = u64::MAX;

/// A column that is being built.
pub(in crate::store::grid) struct Growing {
    before: Option<Arc<Numbers>>,
    /// Rows that were as before.
    same: usize,
    rows: Vec<i64>,
    beside: HashMap<u32, Decimal>,
    room: usize,
}

impl Growing {
    /// No rows yet; so many are expected.
    pub(in crate::store::grid) fn new(before: Option<&Arc<Numbers>>, room: usize) -> Self {
        let own = if before.is_some() { 0 } else { room };
        Self {
            before: before.cloned(),
            same: 0,
            rows: Vec::with_capacity(own),
            beside: HashMap::default(),
            room,
        }
    }

    /// Adds a row.
    pub(in crate::store::grid) fn push(&mut self, amount: Option<Decimal>) {
        if let Some(before) = &self.before {
            if self.same < before.len() && before.get(self.same as u32) == amount {
                self.same += 1;
                return;
            }
            self.part();
        }
        self.add(amount);
    }

    /// Adds a row at a place; rows that were passed over have no amount.
    pub(in crate::store::grid) fn put(&mut self, row: u32, amount: Option<Decimal>) {
        while self.rows() < row as usize {
            self.push(None);
        }
        self.push(amount);
    }

    /// As many rows, those that are missing without an amount.
    pub(in crate::store::grid) fn padded(mut self, rows: usize) -> Self {
        while self.rows() < rows {
            self.push(None);
        }
        self
    }

    fn rows(&self) -> usize {
        if self.before.is_some() { self.same } else { self.rows.len() }
    }

    /// Goes its own way from here on.
    fn part(&mut self) {
        let Some(before) = self.before.take() else { return };
        self.rows.reserve_exact(self.room.max(self.same));
        (0..self.same as u32).for_each(|row| self.add(before.get(row)));
    }

    fn add(&mut self, amount: Option<Decimal>) {
        let row = self.rows.len() as u32;
        self.rows.push(match amount.map(|a| (a, packed(a))) {
            None => EMPTY,
            Some((_, Some(packed))) => packed,
            Some((amount, None)) => {
                self.beside.insert(row, amount);
                BESIDE
            }
        });
    }

    /// The column.
    pub(in crate::store::grid) fn done(mut self) -> Arc<Numbers> {
        match &self.before {
            Some(before) if before.len() == self.same => return Arc::clone(before),
            _ => self.part(),
        }
        let (rows, beside) = (self.rows, self.beside);
        let measure = if beside.is_empty() { Measure::of(&rows) } else { None };
        Arc::new(match measure {
            Some(measure) => few(rows, &measure),
            None => Numbers::Any { rows, beside, ranks: OnceLock::new() },
        })
    }
}

/// How amounts become words: whole numbers of one scale less the least of them.
struct Measure {
    scale: u32,
    least: i64,
}

impl Measure {
    /// What brings all amounts into the bits above the row's, if anything does.
    fn of(rows: &[i64]) -> Option<Self> {
        if rows.len() >> ROW_BITS != 0 {
            return None;
        }
        let filled = || rows.iter().filter(|form| **form != EMPTY);
        let scale = filled().map(|form| parts(*form).1).max().unwrap_or(0);
        let (mut least, mut most) = (i64::MAX, i64::MIN);
        for form in filled() {
            let whole = whole(*form, scale)?;
            least = least.min(whole);
            most = most.max(whole);
        }
        // The greatest word is kept for rows without an amount.
        let fits = least > most || most.abs_diff(least) < (LAST >> ROW_BITS);
        fits.then_some(Self { scale, least })
    }
}

/// A packed amount as a whole number of a scale that is not below its own.
fn whole(form: i64, scale: u32) -> Option<i64> {
    let (mantissa, own) = parts(form);
    mantissa.checked_mul(10_i64.checked_pow(scale - own)?)
}

/// Sorts the rows by amount where they stand, so that it takes no more memory.
fn few(rows: Vec<i64>, measure: &Measure) -> Numbers {
    let mut words: Vec<u64> = rows.into_iter().map(|form| form as u64).collect();
    for (row, word) in (0_u64..).zip(words.iter_mut()) {
        let above = match *word as i64 {
            EMPTY => LAST >> ROW_BITS,
            form => whole(form, measure.scale)
                .map_or(LAST >> ROW_BITS, |whole| whole.abs_diff(measure.least)),
        };
        *word = above << ROW_BITS | row;
    }
    words.sort_unstable();
    let amount = |word: u64| word >> ROW_BITS;
    let full = words.partition_point(|word| amount(*word) != LAST >> ROW_BITS);
    let distinct = words[..full].chunk_by(|a, b| amount(*a) == amount(*b)).count();
    let mut values = Vec::with_capacity(distinct);
    let mut codes = Codes::filled(words.len(), distinct as u32, distinct as u32);
    for (code, same) in (0..).zip(words[..full].chunk_by(|a, b| amount(*a) == amount(*b))) {
        values.push(measure.least.wrapping_add_unsigned(amount(same[0])));
        for word in same {
            codes.set((word & ((1 << ROW_BITS) - 1)) as u32, code);
        }
    }
    Numbers::Few { scale: measure.scale, values, codes }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(before: Option<&Arc<Numbers>>, cents: &[i64]) -> Arc<Numbers> {
        let mut growing = Growing::new(before, cents.len());
        cents.iter().for_each(|c| growing.push(Some(Decimal::new(*c, 2))));
        growing.done()
    }

    #[test]
    fn a_column_that_is_as_before_is_the_column_before() {
        let before = built(None, &[5, 3, 5, 900]);
        assert!(Arc::ptr_eq(&before, &built(Some(&before), &[5, 3, 5, 900])));
        for rows in [vec![5, 3, 5], vec![5, 3, 5, 901], vec![7], vec![], vec![5, 3, 5, 900, 1]] {
            let after = built(Some(&before), &rows);
            let read: Vec<Option<Decimal>> =
                (0..rows.len() as u32).map(|row| after.get(row)).collect();
            let wanted: Vec<Option<Decimal>> =
                rows.iter().map(|c| Some(Decimal::new(*c, 2))).collect();
            assert_eq!(read, wanted);
            assert_eq!(after.len(), rows.len());
        }
    }

    #[test]
    fn amounts_that_repeat_take_the_room_of_their_codes() {
        let cents: Vec<i64> = (0..10_000).map(|n| n % 200).collect();
        assert_eq!(built(None, &cents).bytes(), 10_000 + 200 * 8);
    }
}
