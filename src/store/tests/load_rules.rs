//! What a load does to what is there (design 5), case by case.

use jiff::civil::date;
use rust_decimal::Decimal;

use super::{Fixture, line, line_in, loaded, with_id};
use crate::domain::status::PsaStatus;
use crate::store::incoming::MANY;

fn euros(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_line_comes_back_as_it_was_loaded() {
    let f = Fixture::new().await;
    let source = with_id("L-1", line("s-1", "12.50"));
    f.load(vec![source.clone()]).await;
    let kept = f.store.line_by_key("canonical/L-1").await.unwrap().expect("by source and key");
    assert_eq!(Some(&kept), f.store.line_by_key("L-1").await.unwrap().as_ref());
    assert_eq!(&*kept.organization_name, "Fabrikam");
    assert_eq!(kept.part_number.as_deref(), Some("PN-1"));
    assert_eq!(kept.billing_cycle.as_deref(), Some("Monthly"));
    assert_eq!(kept.total.to_string(), "12.50", "decimals are kept as written");
    assert_eq!((kept.charge_start, kept.charge_end), (source.charge_start, source.charge_end));
    assert_eq!(kept.psa_status, PsaStatus::NotSynced);
    assert_eq!(kept.period.to_string(), "2026-11");
    assert_eq!(f.store.line_by_key("L-2").await.unwrap(), None);
}

#[tokio::test]
async fn the_same_file_again_changes_nothing() {
    let f = Fixture::new().await;
    let lines = || vec![with_id("L-1", line("s-1", "1")), line("s-2", "2"), line("s-2", "2")];
    let first = f.load(lines()).await;
    assert_eq!((first.read, first.added, first.unchanged), (3, 3, 0));
    let before = f.lines().await;
    let again = f.load(lines()).await;
    assert_eq!((again.added, again.replaced, again.unchanged, again.absent), (0, 0, 3, 0));
    assert_eq!(f.lines().await, before);
}

#[tokio::test]
async fn an_open_line_is_replaced_in_place() {
    let f = Fixture::new().await;
    f.load(vec![with_id("L-1", line("s-1", "1")), line("s-2", "2")]).await;
    let (own, hashed) = (f.line("s-1").await, f.line("s-2").await);
    let report = f.load(vec![with_id("L-1", line("s-1", "1.10")), line("s-2", "2.20")]).await;
    assert_eq!((report.added, report.replaced, report.unchanged, report.absent), (0, 2, 0, 0));
    let (own_now, hashed_now) = (f.line("s-1").await, f.line("s-2").await);
    assert_eq!((own_now.id, own_now.total), (own.id, euros("1.10")));
    assert_eq!((hashed_now.id, hashed_now.total), (hashed.id, euros("2.20")));
    assert_ne!(hashed_now.key, hashed.key, "a key made of the content follows it");
    assert_eq!(f.store.line_by_key(&hashed.key).await.unwrap(), None);
    assert_eq!(f.store.line_by_key(&hashed_now.key).await.unwrap(), Some(hashed_now));
}

#[tokio::test]
async fn a_line_moves_to_the_period_of_its_invoice() {
    let f = Fixture::new().await;
    f.load(vec![with_id("L-1", line("s-1", "1")), line("s-2", "2")]).await;
    let moved = line_in(date(2026, 12, 1), "s-1", "1");
    let report = f.load(vec![with_id("L-1", moved)]).await;
    assert_eq!((report.added, report.replaced), (0, 1));
    let now = f.line("s-1").await;
    assert_eq!(now.period.to_string(), "2026-12");
    assert_eq!(f.store.line_by_key("L-1").await.unwrap(), Some(now));
    let periods = f.store.periods().await.unwrap();
    assert_eq!(periods.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2026-12", "2026-11"]);
}

#[tokio::test]
async fn what_the_file_no_longer_has_is_kept_and_counted() {
    let f = Fixture::new().await;
    f.load(vec![line("s-1", "1"), line("s-2", "2"), with_id("L-3", line("s-3", "3"))]).await;
    let report = f.load(vec![line("s-1", "1")]).await;
    assert_eq!((report.unchanged, report.absent), (1, 2));
    assert_eq!(f.lines().await.len(), 3);
}

#[tokio::test]
async fn an_id_that_comes_twice_in_two_files_is_one_line() {
    let f = Fixture::new().await;
    let mut session = f.store.begin_load("canonical").await.unwrap();
    session.push(loaded(vec![with_id("L-1", line("s-1", "1"))])).await.unwrap();
    session.push(loaded(vec![with_id("L-1", line("s-1", "2"))])).await.unwrap();
    let report = session.finish().await.unwrap();
    assert_eq!((report.read, report.added, report.replaced), (2, 1, 1));
    assert_eq!(f.line("s-1").await.total, euros("2"));
}

#[tokio::test]
async fn an_abandoned_load_leaves_nothing() {
    let f = Fixture::new().await;
    let mut session = f.store.begin_load("canonical").await.unwrap();
    session.push(loaded(vec![line("s-1", "1")])).await.unwrap();
    session.abort().await.unwrap();
    assert_eq!(f.lines().await, []);
    let mut session = f.store.begin_load("canonical").await.unwrap();
    session.push(loaded(vec![line("s-1", "1")])).await.unwrap();
    drop(session);
    assert_eq!(f.store.organizations().await.unwrap(), [], "nothing of a dropped load stays");
    let report = f.load(vec![line("s-1", "1")]).await;
    assert_eq!(report.added, 1);
}

#[tokio::test]
async fn lines_that_get_ids_of_their_own_or_lose_them_are_the_same_lines() {
    let f = Fixture::new().await;
    let bare = || vec![line("s-1", "1"), line("s-2", "2"), line("s-2", "2")];
    let named = || {
        vec![
            with_id("L-1", line("s-1", "1")),
            with_id("L-2", line("s-2", "2")),
            with_id("L-3", line("s-2", "2")),
        ]
    };
    f.load(bare()).await;
    let before: Vec<_> = f.lines().await.iter().map(|l| l.id).collect();
    for lines in [named(), bare()] {
        let report = f.load(lines.clone()).await;
        assert_eq!((report.added, report.replaced, report.absent), (0, 3, 0));
        assert_eq!(f.lines().await.iter().map(|l| l.id).collect::<Vec<_>>(), before);
        let again = f.load(lines).await;
        assert_eq!((again.added, again.unchanged, again.absent), (0, 3, 0));
    }
    // One of several, and a new one beside it.
    let mixed =
        vec![line("s-1", "1"), with_id("L-2", line("s-2", "2")), with_id("L-9", line("s-9", "9"))];
    let report = f.load(mixed).await;
    assert_eq!((report.added, report.unchanged), (1, 1));
}

#[tokio::test]
async fn a_posted_line_that_gets_an_id_of_its_own_and_nothing_else_is_no_revision() {
    let f = Fixture::new().await;
    f.load(vec![line("s-1", "1"), line("s-2", "2")]).await;
    f.post("s-1", 70).await;
    f.post("s-2", 71).await;
    let named = |total| vec![with_id("L-1", line("s-1", total)), with_id("L-2", line("s-2", "2"))];
    for _ in 0..2 {
        let report = f.load(named("1")).await;
        assert_eq!((report.added, report.replaced, report.unchanged, report.absent), (0, 0, 2, 0));
        assert_eq!(report.revisions, []);
    }
    let changed = f.load(named("1.50")).await;
    assert_eq!(changed.revisions.len(), 1, "one that changed as well is told");
    assert_eq!(changed.revisions[0].difference, euros("0.50"));
}

/// Large loads do not let SQLite look up references, small ones do: both do the same.
#[tokio::test]
async fn a_large_load_is_as_good_as_many_small_ones() {
    let f = Fixture::new().await;
    let many = || (0..MANY + 100).map(|n| line(&format!("s-{n}"), "1")).collect::<Vec<_>>();
    let report = f.load(many()).await;
    assert_eq!(report.added as usize, MANY + 100);
    let report = f.load(many()).await;
    assert_eq!((report.added, report.unchanged as usize), (0, MANY + 100));
    let mut changed = many();
    changed[7] = line("s-7", "2");
    let report = f.load(changed).await;
    assert_eq!((report.added, report.replaced), (0, 1));
    // References are looked after again.
    let refused = f.store.write(|tx| Ok(tx.execute("DELETE FROM source", [])?)).await;
    assert!(refused.is_err());
}
