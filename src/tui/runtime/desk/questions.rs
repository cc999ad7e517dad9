//! Questions about rows beyond the window: the next one that needs attention, a range, the rows of
//! a target.

use std::collections::HashSet;

use super::{Inner, died, refused};
use crate::domain::line::LineId;
use crate::domain::period::Period;
use crate::domain::policy::Scope;
use crate::domain::problem::{Problem, ProblemKind};
use crate::tui::model::effect::Effect;
use crate::tui::model::grid::{GridId, Target, ViewQuery};
use crate::tui::model::message::{Answer, Message};
use crate::tui::model::record::{Record, Row, RowId};
use crate::tui::runtime::perform::Heard;
use crate::worker::job::Job;

/// Lines that are held at once while a target is gone through.
const CHUNK: usize = 5_000;

impl Inner {
    /// Finds the next row that needs attention; goes round at the end.
    pub(super) async fn find_next(&self, query: ViewQuery, from: u64, backwards: bool) {
        let (grid, generation) = (query.grid, query.generation);
        let answer = match self.next_hit(query, from, backwards).await {
            Ok(at) => Answer::Hit { grid, generation, at },
            Err(problem) => Answer::Failed(problem),
        };
        self.answer(answer).await;
    }

    async fn next_hit(
        &self,
        query: ViewQuery,
        from: u64,
        backwards: bool,
    ) -> Result<Option<u64>, Problem> {
        if query.grid == GridId::Invoices {
            let lines = self.arranged_lines(&query).await?;
            return tokio::task::spawn_blocking(move || lines.view.next_open(from, backwards))
                .await
                .map_err(died);
        }
        let view = self.arranged(&query).await?;
        tokio::task::spawn_blocking(move || {
            let count = view.len();
            let from = usize::try_from(from).unwrap_or(0).min(count.saturating_sub(1));
            (1..count)
                .map(
                    |step| {
                        if backwards {
                            (from + count - step) % count
                        } else {
                            (from + step) % count
                        }
                    },
                )
                .find(|at| view.row(*at).record.needs_attention())
                .map(|at| at as u64)
        })
        .await
        .map_err(died)
    }

    /// Answers with the rows of a range.
    pub(super) async fn slice(&self, query: ViewQuery) {
        let (grid, generation) = (query.grid, query.generation);
        let answer = match self.sliced(query).await {
            Ok(rows) => Answer::Slice { grid, generation, rows },
            Err(problem) => Answer::Failed(problem),
        };
        self.answer(answer).await;
    }

    pub(super) async fn sliced(&self, query: ViewQuery) -> Result<Vec<Row>, Problem> {
        let range = query.start..query.start + query.count;
        if query.grid == GridId::Invoices {
            let lines = self.arranged_lines(&query).await?;
            return self.lines_at(&lines, range).await;
        }
        let view = self.arranged(&query).await?;
        Ok((range.start..range.end.min(view.len() as u64))
            .filter_map(|at| usize::try_from(at).ok())
            .map(|at| view.row(at).into_owned())
            .collect())
    }

    /// Hands the rows of a target over, some at a time.
    pub(super) async fn each_of(
        &self,
        target: &Target,
        mut take: impl FnMut(Vec<Row>) + Send,
    ) -> Result<(), Problem> {
        match target {
            Target::Rows { grid: GridId::Invoices, rows } => {
                let names = self.names().await?;
                let ids: Vec<LineId> = rows.iter().filter_map(line_id).collect();
                for some in ids.chunks(CHUNK) {
                    let lines = self.profile.store.lines(some.to_vec()).await.map_err(refused)?;
                    take(lines.into_iter().map(|l| names.row(l)).collect());
                }
            }
            Target::Matching { grid: GridId::Invoices, period, filter, except, .. } => {
                let except: HashSet<LineId> = except.iter().filter_map(line_id).collect();
                let query = ViewQuery {
                    grid: GridId::Invoices,
                    // No view of the screen has this one.
                    generation: 0,
                    fetch: 0,
                    period: *period,
                    filter: filter.clone(),
                    sort: vec![],
                    start: 0,
                    count: 0,
                    anchor: None,
                };
                let lines = self.arranged_lines(&query).await?;
                let mut at = 0;
                while at < lines.view.len() {
                    let mut rows = self.lines_at(&lines, at..at + CHUNK as u64).await?;
                    rows.retain(|r| line_id(&r.id).is_none_or(|id| !except.contains(&id)));
                    take(rows);
                    at += CHUNK as u64;
                }
            }
            Target::Rows { grid, .. } | Target::Matching { grid, .. } => {
                let table = self.table(*grid).await?;
                let target = target.clone();
                let mut rows: Vec<Row> = tokio::task::spawn_blocking(move || {
                    let all = (0..table.len()).map(|i| table.row(i));
                    match &target {
                        Target::Rows { rows, .. } => {
                            let wanted: HashSet<&RowId> = rows.iter().collect();
                            all.filter(|r| wanted.contains(&r.id)).map(|r| r.into_owned()).collect()
                        }
                        Target::Matching { grid, filter, except, .. } => {
                            let except: HashSet<&RowId> = except.iter().collect();
                            all.filter(|r| filter.matches(*grid, &r.record))
                                .filter(|r| !except.contains(&r.id))
                                .map(|r| r.into_owned())
                                .collect()
                        }
                    }
                })
                .await
                .map_err(died)?;
                self.suggest_known(&mut rows).await;
                take(rows);
            }
        }
        Ok(())
    }

    /// Submits the plan for some lines.
    pub(super) async fn plan_for(&self, ticket: u64, target: Target, periods: Vec<Period>) {
        let mut lines = Vec::new();
        let read = self
            .each_of(&target, |rows| {
                lines.extend(rows.iter().filter_map(|r| match &r.record {
                    Record::Line(l) => Some(format!("{}/{}", l.line.source, l.line.key)),
                    _ => None,
                }));
            })
            .await;
        let problem = match read {
            Err(problem) => Some(problem),
            // An empty list would mean every line.
            Ok(()) if lines.is_empty() => Some(Problem::new(
                ProblemKind::Refused,
                "no-lines",
                "the lines are no longer there",
                "mark lines and try again",
            )),
            Ok(()) => None,
        };
        let heard = match problem {
            Some(problem) => Heard::Message(Message::Answer(Answer::NoJob { ticket, problem })),
            None => Heard::Terminal(Effect::Submit {
                ticket,
                job: Job::Plan(Scope { periods, lines, ..Scope::default() }),
            }),
        };
        let _ = self.answers.send(heard).await;
    }
}

fn line_id(row: &RowId) -> Option<LineId> {
    match row {
        RowId::Line(id) => Some(*id),
        _ => None,
    }
}
