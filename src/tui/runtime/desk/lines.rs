//! The Invoices tab's side of the desk: the store's index answers which lines are seen and in which
//! order, the lines themselves are read when they are looked at.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::names::Names;
use super::{Inner, refused};
use crate::domain::line::Line;
use crate::domain::period::Period;
use crate::domain::problem::Problem;
use crate::store::grid::{self, Abandon, Column, Index, Level, Query};
use crate::tui::model::filter::{Comparison, Filter, Term, Wanted};
use crate::tui::model::grid::{Rows, SortKey, ViewQuery};
use crate::tui::model::message::Answer;
use crate::tui::model::record::Row;

/// A view of lines with what turns them into rows.
#[derive(Clone)]
pub(super) struct LinesView {
    pub(super) view: grid::View,
    names: Arc<Names>,
}

/// The newest index, what month it is of, and the data that it was made from.
#[derive(Default)]
pub(super) struct KeptIndex(Mutex<Option<(Option<Period>, u64, Arc<Index>)>>);

impl KeptIndex {
    /// The index of the month, and whether it is of this data.
    fn of(&self, period: Option<Period>, epoch: u64) -> Option<(Arc<Index>, bool)> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref()
            .filter(|(p, _, _)| *p == period)
            .map(|(_, e, index)| (Arc::clone(index), *e == epoch))
    }

    fn keep(&self, period: Option<Period>, epoch: u64, index: &Arc<Index>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((period, epoch, Arc::clone(index)));
    }
}

/// Work that is given up when nobody waits for it any more: the flag is raised when this goes.
struct StillWanted(Abandon);

impl StillWanted {
    fn new() -> Self {
        Self(Arc::new(AtomicBool::new(false)))
    }
}

impl Drop for StillWanted {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn column(name: &str) -> Option<Column> {
    Some(match name {
        "organization" => Column::Organization,
        "offer" => Column::Offer,
        "amount" => Column::Amount,
        "currency" => Column::Currency,
        "mapping" => Column::Mapping,
        "status" => Column::Status,
        "type" => Column::ChargeType,
        "company" => Column::Company,
        "product" => Column::Product,
        "agreement" => Column::Agreement,
        "start" => Column::Start,
        "start-badge" => Column::StartBadge,
        "end" => Column::End,
        "end-badge" => Column::EndBadge,
        "subscription" => Column::Subscription,
        "quantity" => Column::Quantity,
        "price" => Column::Price,
        "cost" => Column::Cost,
        "line-cost" => Column::LineCost,
        "sold" => Column::Sold,
        "margin" => Column::Margin,
        "cycle" => Column::Cycle,
        "invoice" => Column::Invoice,
        "date" => Column::Date,
        "invoice-status" => Column::InvoiceStatus,
        "excluded" => Column::Excluded,
        "error" => Column::Error,
        "line" => Column::Line,
        "contract" => Column::Contract,
        _ => return None,
    })
}

fn term(t: &Term) -> grid::Term {
    grid::Term {
        not: t.not,
        column: t.column.and_then(column),
        comparison: match t.comparison {
            Comparison::Contains => grid::Comparison::Contains,
            Comparison::Equals => grid::Comparison::Equals,
            Comparison::Greater => grid::Comparison::Greater,
            Comparison::AtLeast => grid::Comparison::AtLeast,
            Comparison::Less => grid::Comparison::Less,
            Comparison::AtMost => grid::Comparison::AtMost,
        },
        wanted: match &t.wanted {
            Wanted::Text(text) => grid::Wanted::Text(text.clone()),
            Wanted::Number(n) => grid::Wanted::Number(*n),
            Wanted::Day(d) => grid::Wanted::Day(*d),
        },
    }
}

/// The store's question for a filter and a sort.
pub(super) fn question(filter: &Filter, sort: &[SortKey]) -> Query {
    Query {
        filter: filter.terms.iter().map(term).collect(),
        sort: sort
            .iter()
            .filter_map(|k| Some(Level { column: column(k.column)?, descending: k.descending }))
            .collect(),
    }
}

impl Inner {
    /// Answers with lines: at once from what is at hand, and again when the index is of the newest
    /// data.
    pub(super) async fn view_lines(&self, query: ViewQuery) {
        let (grid, generation) = (query.grid, query.generation);
        if let Err(problem) = self.tell_lines(query).await {
            self.answer(Answer::NoRows { grid, generation, problem }).await;
        }
    }

    async fn tell_lines(&self, query: ViewQuery) -> Result<(), Problem> {
        if let Some(kept) = self.tables.lines_view(query.generation) {
            let rows = self.window(&kept, &query, false).await?;
            self.answer(Answer::Rows(rows)).await;
            return Ok(());
        }
        let epoch = self.tables.epoch();
        match self.tables.index.of(query.period, epoch) {
            Some((index, newest)) => {
                let Some(view) = self.lines_view(index, &query).await? else { return Ok(()) };
                let rows = self.window(&view, &query, !newest).await?;
                self.answer(Answer::Rows(rows)).await;
                if newest {
                    self.tables.keep_lines_view(query.generation, view);
                    return Ok(());
                }
            }
            // A million lines take a moment to index; the first page need not wait for that.
            None if query.filter.is_empty() && query.sort.is_empty() && query.start == 0 => {
                let rows = self.first_page(&query).await?;
                self.answer(Answer::Rows(rows)).await;
            }
            None => {}
        }
        let Some(index) = self.lines_index(query.period).await? else { return Ok(()) };
        let Some(view) = self.lines_view(index, &query).await? else { return Ok(()) };
        let rows = self.window(&view, &query, false).await?;
        self.tables.keep_lines_view(query.generation, view);
        self.answer(Answer::Rows(rows)).await;
        Ok(())
    }

    async fn first_page(&self, query: &ViewQuery) -> Result<Rows, Problem> {
        let names = self.names().await?;
        let periods: Vec<Period> = query.period.into_iter().collect();
        let count = usize::try_from(query.count).unwrap_or(usize::MAX);
        let lines = self.profile.store.first_lines(&periods, count).await.map_err(refused)?;
        let total = lines.len() as u64;
        Ok(Rows {
            grid: query.grid,
            generation: query.generation,
            fetch: query.fetch,
            partial: true,
            total,
            unfiltered: total,
            money: vec![],
            anchor: None,
            start: 0,
            rows: lines.into_iter().map(|l| names.row(l)).collect(),
        })
    }

    /// The index of a month, or of all: the kept one when it is of the newest data.
    async fn lines_index(&self, period: Option<Period>) -> Result<Option<Arc<Index>>, Problem> {
        let epoch = self.tables.epoch();
        if let Some((index, true)) = self.tables.index.of(period, epoch) {
            return Ok(Some(index));
        }
        let wanted = StillWanted::new();
        let periods: Vec<Period> = period.into_iter().collect();
        let before = self.tables.index.of(period, epoch).map(|(index, _)| index);
        let store = &self.profile.store;
        let built = store.index(&periods, before, Arc::clone(&wanted.0)).await.map_err(refused)?;
        if let Some(index) = &built {
            self.tables.index.keep(period, epoch, index);
        }
        Ok(built)
    }

    async fn lines_view(
        &self,
        index: Arc<Index>,
        query: &ViewQuery,
    ) -> Result<Option<LinesView>, Problem> {
        let wanted = StillWanted::new();
        let question = question(&query.filter, &query.sort);
        let names = self.names().await?;
        let store = &self.profile.store;
        if question.needs_prices() {
            let rule = Arc::clone(&names);
            let rule = move |line: &Line| rule.worth(line);
            let (index, wanted) = (Arc::clone(&index), Arc::clone(&wanted.0));
            if !store.work_out(index, rule, wanted).await.map_err(refused)? {
                return Ok(None);
            }
        }
        let view = store.view(index, question, Arc::clone(&wanted.0)).await.map_err(refused)?;
        Ok(view.map(|view| LinesView { view, names }))
    }

    /// The view of a question that is not for the screen: it waits for the newest data.
    pub(super) async fn arranged_lines(&self, query: &ViewQuery) -> Result<LinesView, Problem> {
        if let Some(kept) = self.tables.lines_view(query.generation) {
            return Ok(kept);
        }
        loop {
            if let Some(index) = self.lines_index(query.period).await?
                && let Some(view) = self.lines_view(index, query).await?
            {
                return Ok(view);
            }
        }
    }

    /// Lines at these positions.
    pub(super) async fn lines_at(
        &self,
        view: &LinesView,
        positions: Range<u64>,
    ) -> Result<Vec<Row>, Problem> {
        let ids = view.view.ids(positions);
        let lines = self.profile.store.lines(ids).await.map_err(refused)?;
        Ok(lines.into_iter().map(|l| view.names.row(l)).collect())
    }

    async fn window(
        &self,
        view: &LinesView,
        query: &ViewQuery,
        partial: bool,
    ) -> Result<Rows, Problem> {
        let anchor = match &query.anchor {
            Some(crate::tui::model::record::RowId::Line(id)) => view.view.position(*id),
            _ => None,
        };
        let total = view.view.len();
        let start = match anchor {
            Some(at) => at.saturating_sub(query.count / 2),
            None => query.start,
        };
        let start = start.min(total.saturating_sub(query.count));
        let rows = self.lines_at(view, start..(start + query.count).min(total)).await?;
        Ok(Rows {
            grid: query.grid,
            generation: query.generation,
            fetch: query.fetch,
            partial,
            total,
            unfiltered: view.view.unfiltered(),
            money: view.view.money.clone(),
            anchor,
            start,
            rows,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::model::grid::{GridId, columns};

    #[test]
    fn every_column_of_the_lines_can_be_filtered_and_sorted_by() {
        for spec in columns::of(GridId::Invoices) {
            assert!(column(spec.name).is_some(), "{}", spec.name);
        }
    }
}
