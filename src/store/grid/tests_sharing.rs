//! What an index takes, and what the next one shares with it.

use std::sync::Arc;

use jiff::civil::date;
use rust_decimal::Decimal;

use super::super::tests::{Fixture, action, begin, line_in, problem, with_id};
use super::tests::{filled, go, ids, view};
use super::{Column, Comparison, Index, Level, Query, Term, Wanted};
use crate::domain::edit::Edit;
use crate::domain::journal::{RunKind, Step};
use crate::domain::line::Line;

/// Bytes of the columns that are as long as there are lines.
fn bytes(index: &Index) -> usize {
    let codes = [
        &index.customers,
        &index.items,
        &index.subscriptions,
        &index.invoices,
        &index.flags,
        &index.starts,
        &index.ends,
    ];
    codes.into_iter().map(|c| c.bytes()).sum::<usize>() + index.amounts.bytes()
}

/// How many of the columns two indexes share.
fn shared(a: &Index, b: &Index) -> usize {
    let same = [
        Arc::ptr_eq(&a.customers, &b.customers),
        Arc::ptr_eq(&a.items, &b.items),
        Arc::ptr_eq(&a.subscriptions, &b.subscriptions),
        Arc::ptr_eq(&a.invoices, &b.invoices),
        Arc::ptr_eq(&a.flags, &b.flags),
        Arc::ptr_eq(&a.starts, &b.starts),
        Arc::ptr_eq(&a.ends, &b.ends),
        Arc::ptr_eq(&a.amounts, &b.amounts),
    ];
    same.into_iter().filter(|same| *same).count()
}

#[tokio::test]
async fn a_line_takes_few_bytes_and_an_edit_or_a_run_makes_one_column_anew() {
    let f = Fixture::new().await;
    let lines = (0..2_000_i64).map(|n| {
        let mut line = line_in(date(2026, 11, 1), &format!("s-{}", n % 300), "0");
        line.total = Decimal::new(100 + n * 7919 % 1_999, 2);
        line.organization_id = format!("org-{}", n % 290).into();
        with_id(&format!("L-{n}"), line)
    });
    f.load(lines.collect()).await;
    let before = f.store.index(&[], None, go()).await.unwrap().unwrap();
    // Two each for customer, subscription, flags and amount, one each for the others; the amounts
    // themselves, which are all different here, with eight.
    assert!(bytes(&before) <= 22 * 2_000, "{} bytes for 2,000 lines", bytes(&before));

    let again = f.store.index(&[], Some(before.clone()), go()).await.unwrap().unwrap();
    assert_eq!(shared(&before, &again), 8, "nothing has changed");

    let lines = f.lines().await;
    let (_, entries) = begin(&f, RunKind::Sync, None, vec![action(&lines[11])]).await;
    let failed = Step::Failed { entry: entries[0], problem: problem("refused") };
    f.store.record(vec![failed]).await.unwrap();
    let end = Some(date(2026, 11, 29));
    f.store.edit(vec![Edit::LineEnd { line: lines[900].id, end }]).await.unwrap();
    let after = f.store.index(&[], Some(again.clone()), go()).await.unwrap().unwrap();
    assert_eq!(shared(&again, &after), 6, "a status, a badge and an end");
    let fresh = f.store.index(&[], None, go()).await.unwrap().unwrap();
    for column in [Column::Status, Column::End, Column::EndBadge, Column::Amount, Column::Invoice] {
        let sort = vec![Level { column, descending: false }];
        let query = Query { filter: vec![], sort };
        let (a, b) = (view(&f, &after, &query).await, view(&f, &fresh, &query).await);
        assert_eq!(ids(&a), ids(&b), "{column:?}");
    }
}

#[tokio::test]
async fn prices_are_worked_out_once_and_then_filter_and_sort() {
    let (f, lines) = filled().await;
    let index = f.store.index(&[], None, go()).await.unwrap().unwrap();
    let cost = |l: &Line| l.unit_price.map(|p| p * l.quantity);
    let rule = move |l: &Line| [cost(l), Some(l.total), cost(l).map(|c| l.total - c)];
    assert!(f.store.work_out(index.clone(), rule, go()).await.unwrap());
    let never = |_: &Line| -> [Option<Decimal>; 3] { panic!("it was worked out") };
    assert!(f.store.work_out(index.clone(), never, go()).await.unwrap());
    let wanted = Wanted::Number(Decimal::ONE);
    let comparison = Comparison::Less;
    let below = Term { not: false, column: Some(Column::Margin), comparison, wanted };
    let sort = vec![Level { column: Column::LineCost, descending: true }];
    let found = view(&f, &index, &Query { filter: vec![below], sort }).await;
    let mut plain: Vec<&Line> =
        lines.iter().filter(|l| cost(l).is_some_and(|c| l.total - c < Decimal::ONE)).collect();
    plain.sort_by_key(|l| (std::cmp::Reverse(cost(l)), l.id));
    assert!(!plain.is_empty() && plain.len() < lines.len());
    assert_eq!(ids(&found), plain.iter().map(|l| l.id.0).collect::<Vec<_>>());
}
