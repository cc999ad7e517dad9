//! Questions about rows beyond the window: the next one that needs attention, a range, the rows of
//! a target.

use std::collections::HashSet;

use super::{Inner, died};
use crate::domain::period::Period;
use crate::domain::policy::Scope;
use crate::domain::problem::{Problem, ProblemKind};
use crate::tui::model::effect::Effect;
use crate::tui::model::grid::{Target, ViewQuery};
use crate::tui::model::message::Answer;
use crate::tui::model::record::{Record, Row, RowId};
use crate::tui::runtime::perform::Heard;
use crate::worker::job::Job;

impl Inner {
    /// Finds the next row that needs attention; goes round at the end.
    pub(super) async fn find_next(&self, query: ViewQuery, from: u64, backwards: bool) {
        let (grid, generation) = (query.grid, query.generation);
        let view = match self.arranged(&query).await {
            Ok(view) => view,
            Err(problem) => return self.answer(Answer::Failed(problem)).await,
        };
        let found =
            tokio::task::spawn_blocking(move || {
                let count = view.len();
                let from = usize::try_from(from).unwrap_or(0).min(count.saturating_sub(1));
                (1..=count)
                    .map(|step| {
                        if backwards {
                            (from + count - step) % count
                        } else {
                            (from + step) % count
                        }
                    })
                    .find(|at| view.row(*at).record.needs_attention())
            })
            .await;
        let answer = match found.map_err(died) {
            Ok(at) => Answer::Hit { grid, generation, at: at.map(|at| at as u64) },
            Err(problem) => Answer::Failed(problem),
        };
        self.answer(answer).await;
    }

    /// Answers with the rows of a range.
    pub(super) async fn slice(&self, query: ViewQuery) {
        let answer = match self.arranged(&query).await {
            Ok(view) => {
                let end = (query.start + query.count).min(view.len() as u64);
                let rows = (query.start..end)
                    .filter_map(|at| usize::try_from(at).ok())
                    .map(|at| view.row(at).into_owned())
                    .collect();
                Answer::Slice { grid: query.grid, generation: query.generation, rows }
            }
            Err(problem) => Answer::Failed(problem),
        };
        self.answer(answer).await;
    }

    /// The rows of a target.
    pub(super) async fn rows_of(&self, target: &Target) -> Result<Vec<Row>, Problem> {
        let period = match target {
            Target::Rows { .. } => None,
            Target::Matching { period, .. } => *period,
        };
        let table = match target {
            // The month on the screen is at hand; all months need not be read for one row.
            Target::Rows { grid, .. } => match self.tables.any_kept(*grid) {
                Some(table) => table,
                None => self.table(*grid, None).await?,
            },
            Target::Matching { grid, .. } => self.table(*grid, period).await?,
        };
        let target = target.clone();
        tokio::task::spawn_blocking(move || {
            let all = (0..table.len()).map(|i| table.row(i));
            match &target {
                Target::Rows { rows, .. } => {
                    let wanted: HashSet<&RowId> = rows.iter().collect();
                    all.filter(|r| wanted.contains(&r.id)).map(|r| r.into_owned()).collect()
                }
                Target::Matching { grid, filter, except, .. } => {
                    let except: HashSet<&RowId> = except.iter().collect();
                    all.filter(|r| filter.matches(*grid, &r.record) && !except.contains(&r.id))
                        .map(|r| r.into_owned())
                        .collect()
                }
            }
        })
        .await
        .map_err(died)
    }

    /// Submits the plan for some lines.
    pub(super) async fn plan_for(&self, ticket: u64, target: Target, periods: Vec<Period>) {
        let lines: Result<Vec<String>, Problem> = self.rows_of(&target).await.map(|rows| {
            rows.iter()
                .filter_map(|r| match &r.record {
                    Record::Line(l) => Some(format!("{}/{}", l.line.source, l.line.key)),
                    _ => None,
                })
                .collect()
        });
        let heard = match lines {
            // An empty list would mean every line.
            Ok(lines) if lines.is_empty() => {
                let problem = Problem::new(
                    ProblemKind::Refused,
                    "no-lines",
                    "the lines are no longer there",
                    "mark lines and try again",
                );
                Heard::Message(crate::tui::model::message::Message::Answer(Answer::NoJob {
                    ticket,
                    problem,
                }))
            }
            Ok(lines) => Heard::Terminal(Effect::Submit {
                ticket,
                job: Job::Plan(Scope { periods, lines, ..Scope::default() }),
            }),
            Err(problem) => {
                Heard::Message(crate::tui::model::message::Message::Answer(Answer::NoJob {
                    ticket,
                    problem,
                }))
            }
        };
        let _ = self.answers.send(heard).await;
    }
}
