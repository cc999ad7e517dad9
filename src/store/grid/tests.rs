//! The index against the plain way: read all lines, filter and sort them one by one.

use std::cmp::Ordering;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use jiff::civil::date;
use rust_decimal::Decimal;

use super::super::tests::{Fixture, action, begin, line_in, problem, with_id};
use super::{Abandon, Column, Comparison, Index, Level, Query, Term, View, Wanted};
use crate::domain::charge_type::ChargeType;
use crate::domain::edit::Edit;
use crate::domain::journal::{RunKind, Step};
use crate::domain::line::Line;
use crate::domain::psa::Company;

pub(super) fn go() -> Abandon {
    Arc::new(AtomicBool::new(false))
}

fn company(id: i64, name: &str) -> Company {
    Company {
        id,
        identifier: name.into(),
        name: name.into(),
        status: "Active".into(),
        deleted: false,
        contact: None,
        domain: None,
        city: None,
    }
}

/// Two months of lines that differ in everything, some mapped, failed, chosen, undated.
pub(super) async fn filled() -> (Fixture, Vec<Line>) {
    let f = Fixture::new().await;
    let mut lines = Vec::new();
    for n in 0..120_i64 {
        let day = date(2026, if n % 3 == 0 { 10 } else { 11 }, 1 + (n % 5) as i8);
        let mut line = line_in(day, &format!("s-{}", n % 40), "0");
        line.total = Decimal::new(n * 37 % 50 - 10, (n % 3) as u32);
        line.organization_id = format!("org-{}", n % 4).into();
        line.organization_name =
            format!("{} Ltd", ["zeta", "Alpha", "beta", "Ärzte"][n as usize % 4]).into();
        line.charge_type = ChargeType::ALL[n as usize % 7];
        line.currency = if n % 5 == 0 { "USD" } else { "EUR" }.parse().unwrap();
        line.charge_end = (n % 4 != 0).then(|| day.last_of_month());
        line.quantity = Decimal::from(n % 6);
        line.unit_price = (n % 7 != 0).then(|| Decimal::new(n, 1));
        if n % 6 == 0 {
            line.subscription_name = None;
        }
        lines.push(if n % 2 == 0 { with_id(&format!("L-{n:03}"), line) } else { line });
    }
    f.load(lines).await;
    f.store.keep_companies(vec![company(1, "Alpha GmbH"), company(2, "Zeta AG")]).await.unwrap();
    let lines = f.lines().await;
    let organization = |o: &str| ("canonical".into(), o.into());
    let (source, key) = organization("org-1");
    let chosen = lines[7].id;
    f.store
        .edit(vec![
            Edit::Companies { source, organization: key, companies: vec![1] },
            Edit::Excluded {
                source: "canonical".into(),
                organization: "org-2".into(),
                excluded: false,
            },
            Edit::LineCompany { line: chosen, company: Some(2) },
            Edit::LineEnd { line: lines[9].id, end: None },
        ])
        .await
        .unwrap();
    let (_, entries) = begin(&f, RunKind::Sync, None, vec![action(&lines[11])]).await;
    f.store
        .record(vec![Step::Failed { entry: entries[0], problem: problem("refused") }])
        .await
        .unwrap();
    let mut lines = f.lines().await;
    lines.sort_by_key(|l| l.id);
    (f, lines)
}

/// A cell as it compares: day, number or text.
#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Empty,
    Day(jiff::civil::Date),
    Number(Decimal),
    Text(String),
}

fn cell(line: &Line, column: Column) -> Cell {
    let text = |t: Option<&str>| t.map_or(Cell::Empty, |t| Cell::Text(t.to_lowercase()));
    let number = |n: Option<Decimal>| n.map_or(Cell::Empty, Cell::Number);
    let day = |d: Option<jiff::civil::Date>| d.map_or(Cell::Empty, Cell::Day);
    match column {
        Column::Organization => text(Some(&line.organization_name)),
        Column::Amount => number(Some(line.source_total())),
        Column::Currency => text(Some(line.currency.as_str())),
        Column::Status => text(Some(line.psa_status.as_str())),
        Column::ChargeType => text(Some(line.charge_type.as_str())),
        Column::Company => text(match line.choice.company {
            Some(2) => Some("Zeta AG"),
            _ => (&*line.organization_id == "org-1").then_some("Alpha GmbH"),
        }),
        Column::End => match line.dates.end_badge {
            crate::domain::line::DateBadge::None => day(line.charge_end),
            _ => day(line.dates.end),
        },
        Column::Date => day(Some(line.invoice_date)),
        Column::Subscription => text(line.subscription_name.as_deref()),
        Column::Quantity => number(Some(line.quantity)),
        Column::Price => number(line.unit_price),
        Column::Error => text(line.error.as_ref().map(|e| e.message.as_str())),
        Column::Line => text(Some(&line.key)),
        other => panic!("{other:?} is not compared here"),
    }
}

fn order(a: &Cell, b: &Cell) -> Ordering {
    match (a, b) {
        (Cell::Day(a), Cell::Day(b)) => a.cmp(b),
        (Cell::Number(a), Cell::Number(b)) => a.cmp(b),
        (Cell::Text(a), Cell::Text(b)) => a.cmp(b),
        (Cell::Empty, Cell::Empty) => Ordering::Equal,
        (Cell::Empty, _) => Ordering::Greater,
        (_, Cell::Empty) => Ordering::Less,
        _ => panic!("{a:?} and {b:?} are of two kinds"),
    }
}

fn hits(line: &Line, term: &Term) -> bool {
    let cell = cell(line, term.column.unwrap());
    let wanted = match &term.wanted {
        Wanted::Text(t) => Cell::Text(t.to_lowercase()),
        Wanted::Number(n) => Cell::Number(*n),
        Wanted::Day(d) => Cell::Day(*d),
    };
    let hit = match (&cell, &wanted, term.comparison) {
        (Cell::Empty, ..) => false,
        (Cell::Text(c), Cell::Text(w), Comparison::Contains) => c.contains(w),
        (_, _, Comparison::Contains | Comparison::Equals) => order(&cell, &wanted).is_eq(),
        (_, _, Comparison::Greater) => order(&cell, &wanted).is_gt(),
        (_, _, Comparison::AtLeast) => order(&cell, &wanted).is_ge(),
        (_, _, Comparison::Less) => order(&cell, &wanted).is_lt(),
        (_, _, Comparison::AtMost) => order(&cell, &wanted).is_le(),
    };
    hit != term.not
}

fn plain(lines: &[Line], query: &Query) -> Vec<i64> {
    let mut found: Vec<&Line> =
        lines.iter().filter(|l| query.filter.iter().all(|t| hits(l, t))).collect();
    found.sort_by(|a, b| {
        for level in &query.sort {
            let (x, y) = (cell(a, level.column), cell(b, level.column));
            let full = x != Cell::Empty && y != Cell::Empty;
            let o = order(&x, &y);
            let o = if level.descending && full { o.reverse() } else { o };
            if o.is_ne() {
                return o;
            }
        }
        a.id.cmp(&b.id)
    });
    found.into_iter().map(|l| l.id.0).collect()
}

pub(super) async fn view(f: &Fixture, index: &Arc<Index>, query: &Query) -> View {
    f.store.view(index.clone(), query.clone(), go()).await.unwrap().expect("not abandoned")
}

pub(super) fn ids(view: &View) -> Vec<i64> {
    view.ids(0..view.len()).into_iter().map(|id| id.0).collect()
}

fn text(column: Column, comparison: Comparison, wanted: &str) -> Term {
    let wanted = Wanted::Text(wanted.into());
    Term { not: false, column: Some(column), comparison, wanted }
}

#[tokio::test]
async fn every_filter_and_sort_gives_what_the_plain_way_gives() {
    let (f, lines) = filled().await;
    let index = f.store.index(&[], None, go()).await.unwrap().unwrap();
    assert_eq!(index.len(), lines.len());
    let number = |column, comparison, n: &str| Term {
        not: false,
        column: Some(column),
        comparison,
        wanted: Wanted::Number(n.parse().unwrap()),
    };
    let day = |comparison, d| Term {
        not: false,
        column: Some(Column::End),
        comparison,
        wanted: Wanted::Day(d),
    };
    let filters = [
        vec![],
        vec![text(Column::Organization, Comparison::Contains, "ETA")],
        vec![text(Column::Organization, Comparison::Equals, "ärzte ltd")],
        vec![text(Column::Currency, Comparison::Equals, "usd")],
        vec![text(Column::Status, Comparison::Equals, "error")],
        vec![text(Column::Error, Comparison::Contains, "refused")],
        vec![text(Column::Company, Comparison::Contains, "g")],
        vec![text(Column::Subscription, Comparison::AtLeast, "name of s-3")],
        vec![text(Column::Line, Comparison::Contains, "l-0")],
        vec![number(Column::Amount, Comparison::Greater, "1.50")],
        vec![number(Column::Amount, Comparison::Equals, "1")],
        vec![number(Column::Quantity, Comparison::AtMost, "2")],
        vec![number(Column::Price, Comparison::Less, "4.4")],
        vec![day(Comparison::Less, date(2026, 11, 1))],
        vec![day(Comparison::Equals, date(2026, 11, 30))],
        vec![
            Term { not: true, ..text(Column::Company, Comparison::Contains, "zeta") },
            number(Column::Amount, Comparison::AtLeast, "0"),
            text(Column::ChargeType, Comparison::Contains, "fee"),
        ],
    ];
    let level = |column, descending| Level { column, descending };
    let sorts = [
        vec![],
        vec![level(Column::Amount, true)],
        vec![level(Column::Organization, false), level(Column::Amount, false)],
        vec![level(Column::Company, true), level(Column::End, true), level(Column::Line, false)],
        vec![level(Column::Subscription, false), level(Column::Price, true)],
        vec![level(Column::Status, false), level(Column::ChargeType, true)],
        vec![
            level(Column::Currency, true),
            level(Column::Date, true),
            level(Column::Quantity, false),
        ],
    ];
    for filter in &filters {
        for sort in &sorts {
            let query = Query { filter: filter.clone(), sort: sort.clone() };
            let view = view(&f, &index, &query).await;
            assert_eq!(ids(&view), plain(&lines, &query), "{query:?}");
        }
    }
}

#[tokio::test]
async fn a_word_alone_is_looked_for_in_every_column_of_texts() {
    let (f, lines) = filled().await;
    let index = f.store.index(&[], None, go()).await.unwrap().unwrap();
    let word = Term { column: None, ..text(Column::Offer, Comparison::Contains, "zeta") };
    let found = view(&f, &index, &Query { filter: vec![word.clone()], sort: vec![] }).await;
    let expected = lines
        .iter()
        .filter(|l| l.organization_name.contains("zeta") || l.choice.company == Some(2));
    assert_eq!(ids(&found), expected.map(|l| l.id.0).collect::<Vec<_>>());
    let none = Term { not: true, ..word };
    let rest = view(&f, &index, &Query { filter: vec![none], sort: vec![] }).await;
    assert_eq!(rest.len() + found.len(), lines.len() as u64);
}

#[tokio::test]
async fn money_positions_and_windows_agree_with_the_lines() {
    let (f, lines) = filled().await;
    let index = f.store.index(&[], None, go()).await.unwrap().unwrap();
    let sort = vec![Level { column: Column::Amount, descending: true }];
    let view = view(&f, &index, &Query { filter: vec![], sort }).await;
    for (currency, sum) in &view.money {
        let plain: Decimal =
            lines.iter().filter(|l| l.currency == *currency).map(Line::source_total).sum();
        assert_eq!(*sum, plain);
    }
    let window = f.store.lines(view.ids(10..20)).await.unwrap();
    assert_eq!(window.len(), 10);
    assert_eq!(view.position(window[3].id), Some(13));
    assert!(window.windows(2).all(|w| w[0].total >= w[1].total));
    let (count, money) = view.sums(&[window[0].id, window[1].id]).unwrap();
    let total: Decimal = money.iter().map(|(_, m)| *m).sum();
    assert_eq!((count, total), (2, window[0].total + window[1].total));
    let needs = |l: &Line| l.error.is_some() || &*l.organization_id == "org-2";
    let sorted = f.store.lines(view.ids(0..view.len())).await.unwrap();
    let open: Vec<u64> = (0..).zip(&sorted).filter(|(_, l)| needs(l)).map(|(p, _)| p).collect();
    assert!(open.len() > 2, "lines without a product are there");
    assert_eq!(view.next_open(open[0], false), Some(open[1]));
    assert_eq!(view.next_open(open[1], true), Some(open[0]));
    assert_eq!(view.next_open(open[0], true), open.last().copied(), "it goes round");
    assert_eq!(view.ids(1000..2000), []);
}

#[tokio::test]
async fn periods_narrow_it_and_the_first_lines_need_no_index() {
    let (f, lines) = filled().await;
    let october = lines.iter().map(|l| l.period).min().unwrap();
    let index = f.store.index(&[october], None, go()).await.unwrap().unwrap();
    let here: Vec<i64> = lines.iter().filter(|l| l.period == october).map(|l| l.id.0).collect();
    assert_eq!(ids(&view(&f, &index, &Query::default()).await), here);
    let first = f.store.first_lines(&[], 50).await.unwrap();
    assert_eq!(first, lines[..50]);
    let abandoned: Abandon = Arc::new(AtomicBool::new(true));
    assert!(f.store.index(&[], None, abandoned.clone()).await.unwrap().is_none());
    assert!(f.store.view(index, Query::default(), abandoned).await.unwrap().is_none());
}
