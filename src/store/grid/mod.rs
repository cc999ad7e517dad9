//! All lines of some periods as a small index in memory, for the terminal app: which lines a filter
//! lets through and in which order they stand is answered without SQL, in well under 100 ms for a
//! million lines; only the lines on the screen are read.
//!
//! The index is a snapshot. After an edit, a load or a run a new one is built beside the old one,
//! which serves until then.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::error::StoreError;
use super::{Store, encoding, line_rows, months, names};
use crate::domain::line::{Line, LineId};
use crate::domain::money::Currency;
use crate::domain::period::Period;

mod asked;
mod build;
mod codes;
mod columns;
mod filter;
mod numbering;
mod numbers;
mod order;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_sharing;

pub use columns::Index;

/// What can be filtered and sorted by (domain.md 1.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// Organization name.
    Organization,
    /// Offer name.
    Offer,
    /// The source's newest total.
    Amount,
    /// Currency code.
    Currency,
    /// Mapping Status: Mapped, Unmapped, Response Error.
    Mapping,
    /// Status in PSA.
    Status,
    /// Charge type.
    ChargeType,
    /// Name of the PSA company: the line's own, else the organization's default.
    Company,
    /// Name of the catalog item: the line's own, else the offer's.
    Product,
    /// Name of the agreement: the line's own, else the one remembered for the contract.
    Agreement,
    /// The start that counts: by user or rule, else the charge's own.
    Start,
    /// Its badge.
    StartBadge,
    /// The end that counts.
    End,
    /// Its badge.
    EndBadge,
    /// Subscription name.
    Subscription,
    /// Units.
    Quantity,
    /// Unit price.
    Price,
    /// Unit cost.
    Cost,
    /// What the line costs, by the bill or a price rule.
    LineCost,
    /// What it is sold for.
    Sold,
    /// What is left of that.
    Margin,
    /// Billing cycle, as the source writes it.
    Cycle,
    /// Invoice number.
    Invoice,
    /// Invoice date.
    Date,
    /// Invoice status.
    InvoiceStatus,
    /// Excluded from Sync: Yes or No.
    Excluded,
    /// What the last try was refused for.
    Error,
    /// The line's key.
    Line,
    /// Contract id.
    Contract,
}

/// How a term compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// The text is contained, case does not matter. Of numbers and dates: as `Equals`.
    Contains,
    /// The same; of texts, case does not matter.
    Equals,
    /// Greater or later.
    Greater,
    /// Greater, later or the same.
    AtLeast,
    /// Less or earlier.
    Less,
    /// Less, earlier or the same.
    AtMost,
}

/// What a term compares with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// A text.
    Text(String),
    /// A number.
    Number(Decimal),
    /// A day.
    Day(Date),
}

/// One term of a filter. Empty cells satisfy none but those with `not`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// Lines that match are left out.
    pub not: bool,
    /// The column; absent: any text column but the line's key.
    pub column: Option<Column>,
    /// How.
    pub comparison: Comparison,
    /// With what.
    pub wanted: Wanted,
}

/// A level of a sort. Empty cells stand last whichever way it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Level {
    /// The column.
    pub column: Column,
    /// Greatest first.
    pub descending: bool,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Query {
    /// All hold.
    pub filter: Vec<Term>,
    /// The first level first; lines that are equal stand in the order in which they were loaded,
    /// oldest period first.
    pub sort: Vec<Level>,
}

impl Query {
    /// Whether it asks for cost, price or margin.
    pub fn needs_prices(&self) -> bool {
        let priced = |c: Column| matches!(c, Column::LineCost | Column::Sold | Column::Margin);
        self.filter.iter().filter_map(|t| t.column).any(priced)
            || self.sort.iter().any(|l| priced(l.column))
    }
}

/// Tells work that it is no longer wanted: set it, and the work ends soon without a result.
pub type Abandon = Arc<AtomicBool>;

/// The lines that a query lets through, in its order.
#[derive(Clone)]
pub struct View {
    index: Arc<Index>,
    /// In order; absent: every row of the index as it stands.
    rows: Option<Arc<Vec<u32>>>,
    /// Their money by currency.
    pub money: Vec<(Currency, Decimal)>,
}

impl Store {
    /// Builds the index of some periods; all when none is named. What says the same in the index
    /// before is shared with it. `None`: abandoned.
    pub async fn index(
        &self,
        periods: &[Period],
        before: Option<Arc<Index>>,
        abandon: Abandon,
    ) -> Result<Option<Arc<Index>>, StoreError> {
        let wanted: Vec<i64> = periods.iter().map(|p| encoding::month(*p)).collect();
        self.read_for_grid(move |conn| {
            Ok(build::build(conn, &wanted, before.as_deref(), &abandon)?.map(Arc::new))
        })
        .await
    }

    /// Works out cost, price and margin of each line of an index by a rule, in this order, unless
    /// that was done. False: abandoned.
    pub async fn work_out(
        &self,
        index: Arc<Index>,
        rule: impl Fn(&Line) -> [Option<Decimal>; 3] + Send + 'static,
        abandon: Abandon,
    ) -> Result<bool, StoreError> {
        self.read_for_grid(move |conn| asked::work_out(conn, &index, &rule, &abandon)).await
    }

    /// Answers a query. `None`: abandoned. What is asked of a column that the index does not hold
    /// (quantity, unit price and cost, a line's key) is read once and kept; cost, price and margin
    /// are empty until [`Store::work_out`] was asked for them.
    pub async fn view(
        &self,
        index: Arc<Index>,
        query: Query,
        abandon: Abandon,
    ) -> Result<Option<View>, StoreError> {
        self.read_for_grid(move |conn| {
            let rows = match filter::matching(conn, &index, &query.filter, &abandon)? {
                filter::Found::Nobody => return Ok(None),
                filter::Found::Some(rows) => Some(rows),
                filter::Found::All => None,
            };
            // Before they are sorted, so that the columns are gone through from front to back.
            let money = match &rows {
                Some(rows) => index.money(rows.iter().copied())?,
                None => index.money(0..index.len() as u32)?,
            };
            if abandoned(&abandon) {
                return Ok(None);
            }
            let rows = order::sort(conn, &index, rows, &query.sort)?;
            if abandoned(&abandon) {
                return Ok(None);
            }
            Ok(Some(View { index, rows: rows.map(Arc::new), money }))
        })
        .await
    }

    /// Lines by number, in the order asked for; those that are gone are left out.
    pub async fn lines(&self, ids: Vec<LineId>) -> Result<Vec<Line>, StoreError> {
        self.read(move |conn| {
            let ids: Vec<i64> = ids.into_iter().map(|id| id.0).collect();
            line_rows::read_many(conn, &mut names::Names::few(conn), &ids)
        })
        .await
    }

    /// The first lines of the view without filter and sort, before there is an index.
    pub async fn first_lines(
        &self,
        periods: &[Period],
        count: usize,
    ) -> Result<Vec<Line>, StoreError> {
        let wanted: Vec<i64> = periods.iter().map(|p| encoding::month(*p)).collect();
        self.read(move |conn| {
            let mut ids: Vec<i64> = Vec::with_capacity(count);
            for held in months::held_of(conn, &wanted)? {
                let (first, last) = encoding::line_numbers(held.month);
                let mut statement = conn.prepare_cached(
                    "SELECT id FROM line WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT ?3",
                )?;
                let left = i64::try_from(count - ids.len()).unwrap_or(i64::MAX);
                for id in statement.query_map((first, last, left), |r| r.get(0))? {
                    ids.push(id?);
                }
                if ids.len() >= count {
                    break;
                }
            }
            line_rows::read_many(conn, &mut names::Names::few(conn), &ids)
        })
        .await
    }
}

impl View {
    /// How many lines the filter lets through.
    pub fn len(&self) -> u64 {
        self.rows.as_ref().map_or(self.index.len(), |rows| rows.len()) as u64
    }

    /// Whether it lets none through.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many lines there are without the filter.
    pub fn unfiltered(&self) -> u64 {
        self.index.len() as u64
    }

    /// The row at a position within the view.
    fn row(&self, position: u64) -> u32 {
        self.rows.as_ref().map_or(position as u32, |rows| rows[position as usize])
    }

    /// The rows at these positions; positions beyond the end are left out.
    fn rows(&self, positions: Range<u64>) -> impl Iterator<Item = u32> + '_ {
        let end = positions.end.min(self.len());
        (positions.start.min(end)..end).map(|position| self.row(position))
    }

    /// Numbers of the lines at these positions; positions beyond the end are left out.
    pub fn ids(&self, positions: Range<u64>) -> Vec<LineId> {
        self.rows(positions).map(|row| self.index.numbering.id(row)).collect()
    }

    /// Where a line stands.
    pub fn position(&self, line: LineId) -> Option<u64> {
        let row = self.index.numbering.row(line)?;
        match &self.rows {
            None => Some(u64::from(row)),
            Some(rows) => rows.iter().position(|r| *r == row).map(|p| p as u64),
        }
    }

    /// The next position, from one on (itself left out) downwards or upwards, of a line that needs
    /// a person: Unmapped and not excluded, Error, or revised after posting. It goes round once.
    pub fn next_open(&self, from: u64, backwards: bool) -> Option<u64> {
        let count = self.len();
        let steps = (1..count).map(|n| {
            if backwards { (from + count - n % count) % count } else { (from + n) % count }
        });
        steps.into_iter().find(|p| self.index.needs_a_person(self.row(*p)))
    }

    /// Money by currency of the lines at these positions.
    ///
    /// # Errors
    /// The sum is beyond what a decimal holds.
    pub fn money_of(&self, positions: Range<u64>) -> Result<Vec<(Currency, Decimal)>, StoreError> {
        self.index.money(self.rows(positions))
    }

    /// How many of these lines are in the index, and their money by currency, whether or not the
    /// filter lets them through.
    ///
    /// # Errors
    /// The sum is beyond what a decimal holds.
    pub fn sums(&self, lines: &[LineId]) -> Result<(u64, Vec<(Currency, Decimal)>), StoreError> {
        let rows: Vec<u32> = lines.iter().filter_map(|id| self.index.numbering.row(*id)).collect();
        Ok((rows.len() as u64, self.index.money(rows.iter().copied())?))
    }
}

/// Whether nobody waits any more.
fn abandoned(abandon: &AtomicBool) -> bool {
    abandon.load(Ordering::Relaxed)
}
