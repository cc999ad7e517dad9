//! Rows for the grids.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::table::{Table, View, arrange};
use super::{Inner, died, refused};
use crate::domain::log::LogLevel;
use crate::domain::problem::Problem;
use crate::store::LogQuery;
use crate::tui::model::LogTiles;
use crate::tui::model::grid::{GridId, Rows, ViewQuery};
use crate::tui::model::message::Answer;
use crate::tui::model::record::{Record, Row, RowId};

/// Log entries that the tab holds; older ones are found with `addendum logs`.
const LOGS_SHOWN: usize = 20_000;
/// Runs that the tab holds.
const RUNS_SHOWN: usize = 1_000;
/// How long the System Logs go back (domain.md 1.12), in hours.
const LOG_HOURS: i64 = 30 * 24;

impl Inner {
    /// Answers with rows, or with why there are none.
    pub(super) async fn view(&self, query: ViewQuery) {
        let (grid, generation) = (query.grid, query.generation);
        let mut rows = match self.rows(query).await {
            Ok(rows) => rows,
            Err(problem) => {
                return self.answer(Answer::NoRows { grid, generation, problem }).await;
            }
        };
        // Suggestions take longer than rows: what is known comes with them, the rest behind them.
        let known = self.suggest_known(&mut rows.rows).await;
        self.answer(Answer::Rows(rows.clone())).await;
        if !known && self.suggest(&mut rows.rows).await.is_ok() {
            self.answer(Answer::Rows(rows)).await;
        }
    }

    async fn rows(&self, query: ViewQuery) -> Result<Rows, Problem> {
        let view = self.arranged(&query).await?;
        let anchor = query.anchor.as_ref().and_then(|id| view.place(id)).map(|at| at as u64);
        let total = view.len() as u64;
        // Where the anchor is now, the window goes with it.
        let start = match anchor {
            Some(at) => at.saturating_sub(query.count / 2),
            None => query.start,
        };
        let start = start.min(total.saturating_sub(query.count));
        let end = (start + query.count).min(total);
        let rows: Vec<Row> = (start..end)
            .filter_map(|at| usize::try_from(at).ok())
            .map(|at| view.row(at).into_owned())
            .collect();
        Ok(Rows {
            grid: query.grid,
            generation: query.generation,
            fetch: query.fetch,
            partial: false,
            total,
            unfiltered: view.table.len() as u64,
            money: view.money.clone(),
            anchor,
            start,
            rows,
        })
    }

    /// The view of a question: the kept one, or a new one.
    pub(super) async fn arranged(&self, query: &ViewQuery) -> Result<Arc<View>, Problem> {
        if let Some(view) = self.tables.view(query.grid, query.generation) {
            return Ok(view);
        }
        let table = self.table(query.grid).await?;
        let (grid, filter, sort) = (query.grid, query.filter.clone(), query.sort.clone());
        let view = tokio::task::spawn_blocking(move || arrange(grid, table, &filter, &sort))
            .await
            .map_err(died)?;
        let view = Arc::new(view);
        self.tables.keep_view(query.grid, query.generation, &view);
        Ok(view)
    }

    /// All rows of a grid: the kept ones, or read now.
    pub(super) async fn table(&self, grid: GridId) -> Result<Arc<Table>, Problem> {
        let growing = matches!(grid, GridId::Logs | GridId::Runs);
        if let Some(table) = self.tables.kept(grid).filter(|_| !growing) {
            return Ok(table);
        }
        let epoch = self.tables.epoch();
        let table = match self.tables.at_hand(grid) {
            Some(table) => table,
            None => Table::Rows(match grid {
                GridId::Organizations => self.organizations().await?,
                GridId::Products => self.offers().await?,
                GridId::Runs => self.runs().await?,
                _ => self.logs().await?,
            }),
        };
        let table = Arc::new(table);
        self.tables.keep(grid, epoch, &table);
        Ok(table)
    }

    async fn runs(&self) -> Result<Vec<Row>, Problem> {
        let runs = self.profile.store.runs(RUNS_SHOWN).await.map_err(refused)?;
        Ok(runs
            .into_iter()
            .map(|r| Row { id: RowId::Run(r.id), record: Record::Run(Box::new(r)) })
            .collect())
    }

    async fn logs(&self) -> Result<Vec<Row>, Problem> {
        let since = Timestamp::now() - SignedDuration::from_hours(LOG_HOURS);
        let query = LogQuery { since: Some(since), limit: LOGS_SHOWN, ..LogQuery::default() };
        let entries = self.profile.store.logs(query).await.map_err(refused)?;
        let count = |level| entries.iter().filter(|e| e.level == level).count() as u64;
        let tiles = LogTiles {
            total: entries.len() as u64,
            errors: count(LogLevel::Error),
            warnings: count(LogLevel::Warning),
            newest: entries.first().map(|e| e.at),
        };
        self.answer(Answer::LogTiles(tiles)).await;
        Ok(entries
            .into_iter()
            .map(|e| Row { id: RowId::Log(e.id), record: Record::Log(Box::new(e)) })
            .collect())
    }
}
