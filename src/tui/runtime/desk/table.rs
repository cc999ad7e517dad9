//! Tables behind the grids: all rows of one, read once and kept until the data changes.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::lines::LinesView;
use super::names::Names;
use crate::domain::line::Text;
use crate::domain::plan::{ActionKind, LineProblem, Plan};
use crate::domain::problem::{Problem, ProblemKind};
use crate::sync::{Finding, Findings};
use crate::tui::model::filter::Filter;
use crate::tui::model::grid::{GridId, SortKey};
use crate::tui::model::record::{CompanyRow, Money, Record, Row, RowId};

/// All rows of a grid.
pub(super) enum Table {
    /// Rows that were made.
    Rows(Vec<Row>),
    /// A plan's actions: rows are made when they are looked at. With the rows: numbers of actions,
    /// and behind them those of events; absent: each action.
    Actions(Arc<Plan>, Option<Vec<u32>>),
    /// A plan's refused lines, what it warns of, and its notices.
    Refused(Arc<Plan>),
}

impl Table {
    /// How many rows.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Rows(rows) => rows.len(),
            Self::Actions(plan, rows) => rows.as_ref().map_or(plan.actions.len(), Vec::len),
            Self::Refused(plan) => plan.errors.len() + plan.warnings.len() + plan.notices.len(),
        }
    }

    /// A row.
    pub(super) fn row(&self, i: usize) -> Cow<'_, Row> {
        match self {
            Self::Rows(rows) => Cow::Borrowed(&rows[i]),
            Self::Actions(plan, rows) => {
                let i = rows.as_ref().map_or(i, |rows| rows[i] as usize);
                if let Some(n) = i.checked_sub(plan.actions.len()) {
                    return Cow::Owned(Row {
                        id: RowId::Event(n as u32),
                        record: Record::Event(Box::new(plan.events[n].clone())),
                    });
                }
                let action = plan.actions[i].clone();
                Cow::Owned(Row {
                    id: RowId::Action(action.id),
                    record: Record::Action(Box::new(action)),
                })
            }
            Self::Refused(plan) => Cow::Owned(remark(plan, i)),
        }
    }
}

/// A refused line, and behind them what the plan warns of and its notices.
fn remark(plan: &Plan, i: usize) -> Row {
    let told = |line: Text, code: &Cow<'static, str>, message: &str, remedy: &str| {
        let id = RowId::Refused(format!("{i} {line} {code}").into());
        let problem = Problem::new(ProblemKind::Incomplete, code.clone(), message, remedy);
        let problem = LineProblem { line, line_id: None, problem };
        Row { id, record: Record::Refused(Box::new(problem)) }
    };
    if let Some(problem) = plan.errors.get(i) {
        return Row {
            id: RowId::Refused(problem.line.clone()),
            record: Record::Refused(Box::new(problem.clone())),
        };
    }
    let i = i - plan.errors.len();
    if let Some(w) = plan.warnings.get(i) {
        return told(w.line.clone(), &w.code, &format!("warning: {}", w.message), &w.remedy);
    }
    let notice = &plan.notices[i - plan.warnings.len()];
    told("".into(), &notice.code, &format!("note: {}", notice.text), "")
}

/// The rows of a plan whose events are folded; absent where there are none.
fn folded(plan: &Plan) -> Option<Vec<u32>> {
    if plan.events.is_empty() {
        return None;
    }
    let actions = plan.actions.len() as u32;
    let mut event_of: HashMap<u32, u32> = HashMap::new();
    for (n, event) in (0u32..).zip(&plan.events) {
        event_of.extend(event.actions.iter().map(|a| (*a, n)));
    }
    let mut shown = std::collections::HashSet::new();
    let rows = (0..actions).filter_map(|a| match event_of.get(&a) {
        None => Some(a),
        Some(event) => shown.insert(*event).then_some(actions + event),
    });
    Some(rows.collect())
}

/// A table in one order: what a generation of a grid looks at.
pub(super) struct View {
    pub(super) table: Arc<Table>,
    /// Indexes of the rows that the filter lets through, in order; absent: all, as they are.
    pub(super) order: Option<Vec<u32>>,
    pub(super) money: Money,
}

impl View {
    /// How many rows.
    pub(super) fn len(&self) -> usize {
        self.order.as_ref().map_or(self.table.len(), Vec::len)
    }

    /// The row at a position.
    pub(super) fn row(&self, at: usize) -> Cow<'_, Row> {
        self.table.row(self.order.as_ref().map_or(at, |o| o[at] as usize))
    }

    /// Where a row stands.
    pub(super) fn place(&self, id: &RowId) -> Option<usize> {
        (0..self.len()).find(|at| self.row(*at).id == *id)
    }
}

/// Views that are kept: a grid's newest.
type Kept = HashMap<GridId, (u64, Arc<View>)>;

/// What is kept.
#[derive(Default)]
pub(super) struct Tables {
    /// Goes up when data changes; tables of an older one are not kept.
    epoch: AtomicU64,
    tables: Mutex<HashMap<GridId, Arc<Table>>>,
    views: Mutex<Kept>,
    /// The index of the lines.
    pub(super) index: super::lines::KeptIndex,
    lines: Mutex<Option<(u64, LinesView)>>,
    names: Mutex<Option<(u64, Arc<Names>)>>,
    plan: Mutex<Option<Arc<Plan>>>,
    unfolded: AtomicBool,
    findings: Mutex<Option<Arc<Findings>>>,
    /// Catalogs and lists of the pickers.
    pub(super) choices: super::choices::Lists,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Tables {
    /// Data has changed; `records`: PSA records too, not only mappings and lines. The index of the
    /// lines stays: it serves until there is a newer one.
    pub(super) fn forget(&self, records: bool) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        lock(&self.tables).clear();
        if records {
            self.choices.forget();
        }
    }

    /// The view of lines of this generation, if it is kept.
    pub(super) fn lines_view(&self, generation: u64) -> Option<LinesView> {
        let kept = lock(&self.lines);
        kept.as_ref().filter(|(g, _)| *g == generation).map(|(_, view)| view.clone())
    }

    /// Keeps the view of lines of a generation, unless a newer one is kept.
    pub(super) fn keep_lines_view(&self, generation: u64, view: LinesView) {
        let mut kept = lock(&self.lines);
        if kept.as_ref().is_none_or(|(g, _)| *g <= generation) {
            *kept = Some((generation, view));
        }
    }

    /// What turns lines into rows, if it is of this data.
    pub(super) fn names(&self, epoch: u64) -> Option<Arc<Names>> {
        let kept = lock(&self.names);
        kept.as_ref().filter(|(e, _)| *e == epoch).map(|(_, names)| Arc::clone(names))
    }

    /// Keeps what turns lines into rows.
    pub(super) fn keep_names(&self, epoch: u64, names: &Arc<Names>) {
        *lock(&self.names) = Some((epoch, Arc::clone(names)));
    }

    /// Which data this is.
    pub(super) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    /// A table that is kept.
    pub(super) fn kept(&self, grid: GridId) -> Option<Arc<Table>> {
        lock(&self.tables).get(&grid).cloned()
    }

    /// Keeps a table, unless the data has changed since it was read.
    pub(super) fn keep(&self, grid: GridId, epoch: u64, table: &Arc<Table>) {
        if self.epoch() == epoch {
            lock(&self.tables).insert(grid, Arc::clone(table));
        }
    }

    /// A view that is kept.
    pub(super) fn view(&self, grid: GridId, generation: u64) -> Option<Arc<View>> {
        let views = lock(&self.views);
        views.get(&grid).filter(|(g, _)| *g == generation).map(|(_, view)| Arc::clone(view))
    }

    /// Keeps a view, unless a newer one is kept.
    pub(super) fn keep_view(&self, grid: GridId, generation: u64, view: &Arc<View>) {
        let mut views = lock(&self.views);
        if views.get(&grid).is_none_or(|(g, _)| *g <= generation) {
            views.insert(grid, (generation, Arc::clone(view)));
        }
    }

    /// Puts a plan, or none, behind the plan's grids.
    pub(super) fn show_plan(&self, plan: Option<Arc<Plan>>) {
        *lock(&self.plan) = plan;
        let mut tables = lock(&self.tables);
        tables.retain(|g, _| !matches!(g, GridId::Companies | GridId::Actions | GridId::Refused));
    }

    /// Shows the lines of an event each by itself, or as one.
    pub(super) fn unfold(&self, on: bool) {
        self.unfolded.store(on, Ordering::SeqCst);
        lock(&self.tables).remove(&GridId::Actions);
        lock(&self.views).remove(&GridId::Actions);
    }

    /// Puts findings behind their grid.
    pub(super) fn show_findings(&self, findings: Arc<Findings>) {
        *lock(&self.findings) = Some(findings);
        lock(&self.tables).remove(&GridId::Findings);
    }

    /// A table that needs nobody to be asked.
    pub(super) fn at_hand(&self, grid: GridId) -> Option<Table> {
        match grid {
            GridId::Companies | GridId::Actions | GridId::Refused => {
                let plan = lock(&self.plan).clone();
                Some(match (plan, grid) {
                    (None, _) => Table::Rows(vec![]),
                    (Some(plan), GridId::Actions) => {
                        let each = self.unfolded.load(Ordering::SeqCst);
                        let rows = if each { None } else { folded(&plan) };
                        Table::Actions(plan, rows)
                    }
                    (Some(plan), GridId::Refused) => Table::Refused(plan),
                    (Some(plan), _) => Table::Rows(companies(&plan)),
                })
            }
            GridId::Findings => {
                let findings = lock(&self.findings).clone();
                Some(Table::Rows(findings.map(|f| finding_rows(&f)).unwrap_or_default()))
            }
            _ => None,
        }
    }
}

/// The plan by company and currency, most money first.
fn companies(plan: &Plan) -> Vec<Row> {
    let mut all: BTreeMap<(i64, crate::domain::money::Currency), CompanyRow> = BTreeMap::new();
    for a in &plan.actions {
        let row = all.entry((a.company_id, a.currency)).or_insert_with(|| CompanyRow {
            id: a.company_id,
            name: a.company.clone(),
            creates: 0,
            updates: 0,
            cancels: 0,
            agreements: 0,
            amount: rust_decimal::Decimal::ZERO,
            currency: a.currency,
        });
        match a.kind {
            ActionKind::Create => row.creates += 1,
            ActionKind::Update => row.updates += 1,
            ActionKind::Cancel | ActionKind::Delete => row.cancels += 1,
            ActionKind::CreateAgreement | ActionKind::DeleteAgreement => row.agreements += 1,
        }
        if a.kind != ActionKind::Cancel {
            row.amount += a.amount;
        }
    }
    let mut rows: Vec<CompanyRow> = all.into_values().collect();
    rows.sort_by_key(|b| std::cmp::Reverse(b.amount.abs()));
    rows.into_iter()
        .map(|c| Row { id: RowId::Company(c.id, c.currency), record: Record::Company(c) })
        .collect()
}

fn finding_rows(findings: &Findings) -> Vec<Row> {
    let kinds: [(&'static str, &[Finding]); 4] = [
        ("missing", &findings.missing),
        ("doubled", &findings.doubled),
        ("drifted", &findings.drifted),
        ("unknown", &findings.unknown),
    ];
    let all = kinds.into_iter().flat_map(|(kind, list)| list.iter().map(move |f| (kind, f)));
    (0u32..)
        .zip(all)
        .map(|(n, (kind, f))| Row {
            id: RowId::Finding(f.marker.as_str().into(), n),
            record: Record::Finding(kind, Box::new(f.clone())),
        })
        .collect()
}

/// Makes a view: filter and sort. Takes as long as there are rows, so it has a thread of its own.
pub(super) fn arrange(grid: GridId, table: Arc<Table>, filter: &Filter, sort: &[SortKey]) -> View {
    use crate::tui::model::grid::{ordered, totals};
    let order = if filter.is_empty() && sort.is_empty() {
        None
    } else {
        Some(ordered(grid, table.len(), &|i| table.row(i), filter, sort))
    };
    let which = order.as_deref();
    let money = totals(table.len(), &|i| table.row(i), which);
    View { order, money, table }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::guard::Warning;
    use crate::domain::plan::{PlanEvent, Reason};
    use crate::tui::model::sample_posting::plan;

    fn ids(table: &Table) -> Vec<RowId> {
        (0..table.len()).map(|i| table.row(i).id.clone()).collect()
    }

    #[test]
    fn an_event_stands_where_its_first_action_stood() {
        let mut plan = plan();
        assert_eq!(plan.actions.len(), 4);
        let event = PlanEvent {
            text: "10 to 12 seats".into(),
            what: "Office".into(),
            company: "Contoso".into(),
            lines: vec!["a".into(), "b".into()],
            actions: vec![1, 3],
            amount: rust_decimal::Decimal::ONE,
            currency: "EUR".parse().unwrap(),
        };
        plan.events.push(event);
        let tables = Tables::default();
        tables.show_plan(Some(Arc::new(plan)));
        let shown = |tables: &Tables| ids(&tables.at_hand(GridId::Actions).unwrap());
        let action = RowId::Action;
        assert_eq!(shown(&tables), [action(0), RowId::Event(0), action(2)]);
        tables.unfold(true);
        assert_eq!(shown(&tables), [action(0), action(1), action(2), action(3)]);
        tables.unfold(false);
        assert_eq!(shown(&tables).len(), 3);
    }

    #[test]
    fn what_a_plan_warns_of_stands_behind_what_it_refuses() {
        let mut plan = plan();
        plan.warnings.push(Warning {
            line: "L-9".into(),
            code: "below-cost".into(),
            message: "sold for 1, costs 2".into(),
            remedy: "raise it".into(),
        });
        plan.notices.push(Reason { code: "unverified".into(), text: "1 line waits".into() });
        let table = Table::Refused(Arc::new(plan));
        assert_eq!(table.len(), 4);
        let told: Vec<String> = (0..4)
            .map(|i| match &table.row(i).record {
                Record::Refused(p) => format!("{} {}", p.problem.code, p.problem.message),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(told[2], "below-cost warning: sold for 1, costs 2");
        assert_eq!(told[3], "unverified note: 1 line waits");
        let mut all = ids(&table);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 4, "each row has a name of its own");
    }
}
