//! Columns of decimals: eight bytes a row, compared and summed without leaving whole numbers.

use std::cmp::Ordering;
use std::sync::OnceLock;

use foldhash::HashMap;
use rust_decimal::Decimal;

use super::super::encoding::packed;
use super::super::error::StoreError;
use super::super::totals::{add, too_large};
use super::columns::NONE;

/// No amount in this row.
const EMPTY: i64 = i64::MIN;
/// The row's amount does not fit: it stands in `beside`. Neither value is a packed amount, whose
/// mantissa has at most 58 bits.
const BESIDE: i64 = i64::MIN + 1;
/// Scales that a decimal can have.
const SCALES: usize = 29;

/// The amount of each row: mantissa x 32 + scale, as in the store.
#[derive(Default)]
pub(super) struct Numbers {
    rows: Vec<i64>,
    beside: HashMap<u32, Decimal>,
    ranks: OnceLock<Vec<u32>>,
}

/// A packed amount's mantissa and scale.
fn parts(packed: i64) -> (i64, u32) {
    (packed >> 5, (packed & 31) as u32)
}

impl Numbers {
    /// No rows yet, and room for so many.
    pub(super) fn with_room(rows: usize) -> Self {
        Self { rows: Vec::with_capacity(rows), ..Self::default() }
    }

    /// So many rows without an amount.
    pub(super) fn empty(rows: usize) -> Self {
        Self { rows: vec![EMPTY; rows], ..Self::default() }
    }

    /// Adds a row.
    pub(super) fn push(&mut self, amount: Option<Decimal>) {
        self.rows.push(EMPTY);
        self.set(self.rows.len() as u32 - 1, amount);
    }

    /// Sets a row's amount.
    pub(super) fn set(&mut self, row: u32, amount: Option<Decimal>) {
        self.rows[row as usize] = match amount.map(|a| (a, packed(a))) {
            None => EMPTY,
            Some((_, Some(packed))) => packed,
            Some((amount, None)) => {
                self.beside.insert(row, amount);
                BESIDE
            }
        };
    }

    /// A row's amount.
    pub(super) fn get(&self, row: u32) -> Option<Decimal> {
        match self.rows[row as usize] {
            EMPTY => None,
            BESIDE => self.beside.get(&row).copied(),
            packed => {
                let (mantissa, scale) = parts(packed);
                Some(Decimal::new(mantissa, scale))
            }
        }
    }

    /// A row's packed amount, to tell equal amounts by; `None` when it is empty or does not fit.
    pub(super) fn form(&self, row: u32) -> Option<i64> {
        Some(self.rows[row as usize]).filter(|form| *form > BESIDE)
    }

    /// Adds a row's amount to a sum.
    pub(super) fn add_to(&self, row: u32, sum: &mut Sum) -> Result<(), StoreError> {
        match self.form(row) {
            Some(packed) => {
                let (mantissa, scale) = parts(packed);
                // 2^32 rows of 58 bits fit.
                sum.small[scale as usize] += i128::from(mantissa);
            }
            None => sum.large = add(sum.large, self.get(row).unwrap_or_default())?,
        }
        Ok(())
    }

    /// How each row's amount compares with one; `None` where there is no amount.
    pub(super) fn against(&self, wanted: Decimal) -> impl Fn(u32) -> Option<Ordering> + '_ {
        let bounds: Vec<(i128, bool)> = (0..SCALES as u32).map(|s| bound(wanted, s)).collect();
        move |row| match self.form(row) {
            Some(packed) => {
                let (mantissa, scale) = parts(packed);
                let (floor, exact) = bounds[scale as usize];
                Some(match i128::from(mantissa).cmp(&floor) {
                    Ordering::Equal if !exact => Ordering::Less,
                    order => order,
                })
            }
            None => self.get(row).map(|amount| amount.cmp(&wanted)),
        }
    }

    /// The place of each row's amount among all amounts; [`NONE`]: empty. Worked out once.
    pub(super) fn ranks(&self) -> &[u32] {
        self.ranks.get_or_init(|| {
            let mut ranks = vec![NONE; self.rows.len()];
            match self.words() {
                Some(words) => rank_words(words, &mut ranks),
                None => {
                    let rows = 0..self.rows.len() as u32;
                    rank(rows.filter_map(|r| Some((self.get(r)?, r))).collect(), &mut ranks);
                }
            }
            ranks
        })
    }

    /// All amounts as whole numbers of one scale less the least of them, each with its row behind
    /// it, where both fit 64 bits: these sort fastest, and take eight bytes a row.
    fn words(&self) -> Option<Vec<u64>> {
        if !self.beside.is_empty() || self.rows.len() >> ROW_BITS != 0 {
            return None;
        }
        let filled = || (0_u64..).zip(&self.rows).filter(|(_, form)| **form != EMPTY);
        let scale = filled().map(|(_, form)| parts(*form).1).max().unwrap_or(0);
        let key = |form: i64| {
            let (mantissa, own) = parts(form);
            mantissa.checked_mul(10_i64.checked_pow(scale - own)?)
        };
        let mut least = i64::MAX;
        for (_, form) in filled() {
            least = least.min(key(*form)?);
        }
        let mut words = Vec::with_capacity(self.rows.len());
        for (row, form) in filled() {
            let above = key(*form)?.abs_diff(least);
            if above >> (64 - ROW_BITS) != 0 {
                return None;
            }
            words.push(above << ROW_BITS | row);
        }
        Some(words)
    }
}

/// Bits of a word that hold the row.
const ROW_BITS: u32 = 24;

fn rank_words(mut words: Vec<u64>, ranks: &mut [u32]) {
    words.sort_unstable();
    let mut rank = 0;
    for (n, word) in words.iter().enumerate() {
        if n > 0 && words[n - 1] >> ROW_BITS != word >> ROW_BITS {
            rank += 1;
        }
        ranks[(word & ((1 << ROW_BITS) - 1)) as usize] = rank;
    }
}

/// Gives rows with equal keys the same rank.
fn rank<K: Ord>(mut keys: Vec<(K, u32)>, ranks: &mut [u32]) {
    keys.sort_unstable();
    let mut rank = 0;
    for (n, (key, row)) in keys.iter().enumerate() {
        if n > 0 && keys[n - 1].0 != *key {
            rank += 1;
        }
        ranks[*row as usize] = rank;
    }
}

/// The largest whole number of a scale that is not above an amount, and whether it is the amount.
fn bound(amount: Decimal, scale: u32) -> (i128, bool) {
    let (mantissa, own) = (amount.mantissa(), amount.scale());
    if scale >= own {
        // Where the product does not fit, every packed amount is on the same side of it.
        let beyond = if mantissa < 0 { i128::MIN } else { i128::MAX };
        let product = 10_i128.checked_pow(scale - own).and_then(|p| mantissa.checked_mul(p));
        return product.map_or((beyond, true), |p| (p, true));
    }
    let divisor = 10_i128.pow(own - scale);
    (mantissa.div_euclid(divisor), mantissa.rem_euclid(divisor) == 0)
}

/// A sum under way: whole numbers by scale, and what does not fit these.
#[derive(Clone, Default)]
pub(super) struct Sum {
    small: [i128; SCALES],
    large: Decimal,
}

impl Sum {
    /// The sum.
    ///
    /// # Errors
    /// It is beyond what a decimal holds.
    pub(super) fn total(&self) -> Result<Decimal, StoreError> {
        let mut total = self.large;
        for (scale, small) in (0..).zip(&self.small).filter(|(_, s)| **s != 0) {
            let part = Decimal::try_from_i128_with_scale(*small, scale).map_err(|_| too_large())?;
            total = add(total, part)?;
        }
        Ok(total)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn amount() -> impl Strategy<Value = Option<Decimal>> {
        prop_oneof![
            1 => Just(None),
            6 => (-500_i64..500, 0_u32..4).prop_map(|(m, s)| Some(Decimal::new(m, s))),
            1 => (any::<i64>(), 0_u32..29).prop_map(|(m, s)| Some(Decimal::new(m, s))),
            1 => (-(1_i128 << 95)..(1 << 95), 0_u32..29)
                .prop_map(|(m, s)| Some(Decimal::from_i128_with_scale(m, s))),
        ]
    }

    proptest! {
        #[test]
        fn packed_amounts_compare_rank_and_add_as_decimals_do(
            rows in prop::collection::vec(amount(), 1..40),
            wanted in amount(),
        ) {
            let mut numbers = Numbers::with_room(rows.len());
            rows.iter().for_each(|r| numbers.push(*r));
            let at = |row: usize| numbers.get(row as u32);
            for (row, amount) in rows.iter().enumerate() {
                prop_assert_eq!(at(row), *amount);
                if let Some(wanted) = wanted {
                    let order = numbers.against(wanted)(row as u32);
                    prop_assert_eq!(order, amount.map(|a| a.cmp(&wanted)));
                }
            }
            let ranks = numbers.ranks();
            for (a, x) in rows.iter().enumerate() {
                for (b, y) in rows.iter().enumerate() {
                    if let (Some(x), Some(y)) = (x, y) {
                        prop_assert_eq!(ranks[a].cmp(&ranks[b]), x.cmp(y));
                    }
                }
                prop_assert_eq!(ranks[a] == NONE, x.is_none());
            }
        }

        #[test]
        fn sums_are_exact(rows in prop::collection::vec((any::<i32>(), 0_u32..7), 0..60)) {
            let mut numbers = Numbers::default();
            let mut sum = Sum::default();
            let mut expected = Decimal::ZERO;
            for (row, (mantissa, scale)) in (0..).zip(&rows) {
                let amount = Decimal::new(i64::from(*mantissa), *scale);
                expected += amount;
                numbers.push(Some(amount));
                numbers.add_to(row, &mut sum).unwrap();
            }
            prop_assert_eq!(sum.total().unwrap(), expected);
        }
    }
}
