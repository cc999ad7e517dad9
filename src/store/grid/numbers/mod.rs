//! Columns of decimals: few bytes a row, compared and summed without leaving whole numbers.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::sync::OnceLock;

use foldhash::{HashMap, HashMapExt};
use rust_decimal::Decimal;

use super::super::error::StoreError;
use super::super::totals::{add, too_large};
use super::codes::Codes;
use super::columns::NONE;

mod growing;

pub(super) use growing::Growing;

/// No amount in this row.
const EMPTY: i64 = i64::MIN;
/// The row's amount does not fit: it stands in `beside`. Neither value is a packed amount, whose
/// mantissa has at most 58 bits.
const BESIDE: i64 = i64::MIN + 1;
/// Scales that a decimal can have.
const SCALES: usize = 29;

/// The amount of each row.
pub(super) enum Numbers {
    /// Amounts that fit: each that occurs stands once, as a whole number of one scale.
    Few {
        scale: u32,
        /// Ascending.
        values: Vec<i64>,
        /// Position in `values`, which is the rank too; the position behind them: no amount.
        codes: Codes,
    },
    /// Any amounts: mantissa x 32 + scale, as in the store.
    Any {
        rows: Vec<i64>,
        beside: HashMap<u32, Decimal>,
        /// Place of each row's amount among all.
        ranks: OnceLock<Vec<u32>>,
    },
}

impl Default for Numbers {
    fn default() -> Self {
        Self::Few { scale: 0, values: Vec::new(), codes: Codes::default() }
    }
}

/// A packed amount's mantissa and scale.
fn parts(packed: i64) -> (i64, u32) {
    (packed >> 5, (packed & 31) as u32)
}

impl Numbers {
    /// How many rows.
    fn len(&self) -> usize {
        match self {
            Self::Few { codes, .. } => codes.len(),
            Self::Any { rows, .. } => rows.len(),
        }
    }

    /// A row's amount.
    pub(super) fn get(&self, row: u32) -> Option<Decimal> {
        match self {
            Self::Few { scale, values, codes } => {
                Some(Decimal::new(*values.get(codes.get(row) as usize)?, *scale))
            }
            Self::Any { rows, beside, .. } => match rows[row as usize] {
                EMPTY => None,
                BESIDE => beside.get(&row).copied(),
                packed => {
                    let (mantissa, scale) = parts(packed);
                    Some(Decimal::new(mantissa, scale))
                }
            },
        }
    }

    /// Adds a row's amount to a sum.
    pub(super) fn add_to(&self, row: u32, sum: &mut Sum) -> Result<(), StoreError> {
        let (mantissa, scale) = match self {
            Self::Few { scale, values, codes } => match values.get(codes.get(row) as usize) {
                Some(value) => (*value, *scale),
                None => return Ok(()),
            },
            Self::Any { rows, .. } if rows[row as usize] > BESIDE => parts(rows[row as usize]),
            Self::Any { .. } => {
                sum.large = add(sum.large, self.get(row).unwrap_or_default())?;
                return Ok(());
            }
        };
        // 2^32 rows of 64 bits fit.
        sum.small[scale as usize] += i128::from(mantissa);
        Ok(())
    }

    /// How each row's amount compares with one; `None` where there is no amount.
    pub(super) fn against(&self, wanted: Decimal) -> Box<dyn Fn(u32) -> Option<Ordering> + '_> {
        match self {
            Self::Few { scale, values, codes } => {
                let (floor, exact) = bound(wanted, *scale);
                let at = values.partition_point(|v| {
                    let order = i128::from(*v).cmp(&floor);
                    order.is_lt() || (order.is_eq() && !exact)
                });
                let hit = values.get(at).is_some_and(|v| i128::from(*v) == floor);
                let at = at as u32;
                let empty = values.len() as u32;
                Box::new(move |row| {
                    let code = codes.get(row);
                    (code != empty).then(|| match code.cmp(&at) {
                        Ordering::Equal if !hit => Ordering::Greater,
                        order => order,
                    })
                })
            }
            Self::Any { rows, .. } => {
                let bounds: Vec<(i128, bool)> =
                    (0..SCALES as u32).map(|s| bound(wanted, s)).collect();
                Box::new(move |row| {
                    let packed = rows[row as usize];
                    if packed <= BESIDE {
                        return self.get(row).map(|amount| amount.cmp(&wanted));
                    }
                    let (mantissa, scale) = parts(packed);
                    let (floor, exact) = bounds[scale as usize];
                    Some(match i128::from(mantissa).cmp(&floor) {
                        Ordering::Equal if !exact => Ordering::Less,
                        order => order,
                    })
                })
            }
        }
    }

    /// Whether each row's amount satisfies a test; empty rows do not. Amounts repeat: each is
    /// tried once.
    pub(super) fn satisfying<'n>(
        &'n self,
        test: impl Fn(Decimal) -> bool + 'n,
    ) -> Box<dyn Fn(u32) -> bool + 'n> {
        match self {
            Self::Few { scale, values, codes } => {
                let hits: Vec<bool> =
                    values.iter().map(|v| test(Decimal::new(*v, *scale))).collect();
                Box::new(move |row| hits.get(codes.get(row) as usize).copied().unwrap_or(false))
            }
            Self::Any { rows, .. } => {
                let known = RefCell::new(HashMap::new());
                Box::new(move |row| {
                    let Some(amount) = self.get(row) else { return false };
                    match rows[row as usize] {
                        BESIDE => test(amount),
                        packed => *known.borrow_mut().entry(packed).or_insert_with(|| test(amount)),
                    }
                })
            }
        }
    }

    /// All places are below this.
    pub(super) fn distinct(&self) -> usize {
        match self {
            Self::Few { values, .. } => values.len(),
            Self::Any { rows, .. } => rows.len(),
        }
    }

    /// The place of a row's amount among all amounts; [`NONE`]: empty.
    pub(super) fn rank(&self, row: u32) -> u32 {
        match self {
            Self::Few { values, codes, .. } => {
                let code = codes.get(row);
                if code as usize == values.len() { NONE } else { code }
            }
            Self::Any { rows, ranks, .. } => {
                let ranks = ranks.get_or_init(|| {
                    let mut ranks = vec![NONE; rows.len()];
                    let rows = 0..rows.len() as u32;
                    rank(rows.filter_map(|r| Some((self.get(r)?, r))).collect(), &mut ranks);
                    ranks
                });
                ranks[row as usize]
            }
        }
    }

    /// Works out what the first sort would otherwise wait for.
    pub(super) fn settle(&self) {
        if self.len() > 0 {
            self.rank(0);
        }
    }

    /// Bytes that it takes.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Few { values, codes, .. } => values.capacity() * 8 + codes.bytes(),
            Self::Any { rows, .. } => rows.capacity() * 12,
        }
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

    /// Amounts that fit, so that the small form is tried as often as the other.
    fn small() -> impl Strategy<Value = Option<Decimal>> {
        prop_oneof![
            1 => Just(None),
            9 => (-500_i64..500, 0_u32..4).prop_map(|(m, s)| Some(Decimal::new(m, s))),
        ]
    }

    fn built(rows: &[Option<Decimal>]) -> Numbers {
        let mut growing = Growing::new(None, rows.len());
        rows.iter().for_each(|r| growing.push(*r));
        std::sync::Arc::into_inner(growing.done()).unwrap()
    }

    fn holds(rows: &[Option<Decimal>], wanted: Option<Decimal>) -> Result<(), TestCaseError> {
        let numbers = built(rows);
        for (row, amount) in (0..).zip(rows) {
            prop_assert_eq!(numbers.get(row), *amount);
            if let Some(wanted) = wanted {
                let order = numbers.against(wanted)(row);
                prop_assert_eq!(order, amount.map(|a| a.cmp(&wanted)));
                let same = numbers.satisfying(|a| a == wanted)(row);
                prop_assert_eq!(same, *amount == Some(wanted));
            }
        }
        for (a, x) in (0..).zip(rows) {
            for (b, y) in (0..).zip(rows) {
                if let (Some(x), Some(y)) = (x, y) {
                    prop_assert_eq!(numbers.rank(a).cmp(&numbers.rank(b)), x.cmp(y));
                }
            }
            prop_assert_eq!(numbers.rank(a) == NONE, x.is_none());
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn packed_amounts_compare_and_rank_as_decimals_do(
            any in prop::collection::vec(amount(), 1..40),
            few in prop::collection::vec(small(), 1..40),
            wanted in amount(),
        ) {
            holds(&any, wanted)?;
            holds(&few, wanted)?;
            let numbers = built(&few);
            let is_small = matches!(numbers, Numbers::Few { .. });
            prop_assert!(is_small);
        }

        #[test]
        fn sums_are_exact(rows in prop::collection::vec((any::<i32>(), 0_u32..7), 0..60)) {
            let amounts: Vec<Option<Decimal>> =
                rows.iter().map(|(m, s)| Some(Decimal::new(i64::from(*m), *s))).collect();
            let numbers = built(&amounts);
            let mut sum = Sum::default();
            (0..rows.len() as u32).for_each(|row| numbers.add_to(row, &mut sum).unwrap());
            let expected: Decimal = amounts.iter().flatten().sum();
            prop_assert_eq!(sum.total().unwrap(), expected);
        }
    }
}
