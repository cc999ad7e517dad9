//! Edits and their inverses; logs, moments, notes; records of the PSA.

use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;

use super::{Fixture, line};
use crate::domain::edit::Edit;
use crate::domain::line::{DateBadge, Line, LineId};
use crate::domain::log::{LogEntry, LogLevel};
use crate::domain::mapping::{ContractMapping, OfferMapping, OrganizationMapping};
use crate::domain::psa::{AgreementType, Product};
use crate::domain::tests::cases;
use crate::store::{LogQuery, Moment, Store};

/// Edits of what two loaded lines and two new ids may be mapped to.
fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let source = || "canonical".into();
    let organization = prop_oneof![Just("org-1"), Just("org-new")];
    let number = prop::option::of(1_i64..4);
    let row = 0_i64..2;
    let one = (0_u8..11, organization, number, row, prop::collection::vec(1_i64..5, 0..4))
        .prop_map(move |(kind, name, number, row, companies)| {
            // Rows stand for line numbers, which are known only when the lines are loaded.
            let line = LineId(row);
            let day = |n: i64| date(2026, 11, n as i8);
            match kind {
                0 => Edit::Companies { source: source(), organization: name.into(), companies },
                1 => Edit::Excluded {
                    source: source(),
                    organization: name.into(),
                    excluded: number.is_some(),
                },
                2 => Edit::Product { source: source(), offer: "offer-1".into(), product: number },
                3 => Edit::Contract {
                    source: source(),
                    contract: "c-1".into(),
                    company: companies.len() as i64,
                    agreement: number,
                },
                4 => Edit::LineCompany { line, company: number },
                5 => Edit::LineProduct { line, product: number },
                6 => Edit::LineAgreement { line, agreement: number },
                7 => Edit::LinePostOnce { line, post_once: number.is_some() },
                8 => Edit::LineStart { line, start: day(1 + number.unwrap_or(5)) },
                9 => Edit::LineEnd { line, end: number.map(|n| day(20 + n)) },
                _ => Edit::LineEnd { line, end: None },
            }
        });
    prop::collection::vec(one, 1..12)
}

fn on_lines(edit: Edit, lines: &[Line]) -> Edit {
    let at = |l: LineId| lines[l.0 as usize].id;
    match edit {
        Edit::LineCompany { line, company } => Edit::LineCompany { line: at(line), company },
        Edit::LineProduct { line, product } => Edit::LineProduct { line: at(line), product },
        Edit::LineAgreement { line, agreement } => {
            Edit::LineAgreement { line: at(line), agreement }
        }
        Edit::LinePostOnce { line, post_once } => Edit::LinePostOnce { line: at(line), post_once },
        Edit::LineStart { line, start } => Edit::LineStart { line: at(line), start },
        Edit::LineEnd { line, end } => Edit::LineEnd { line: at(line), end },
        other => other,
    }
}

type Everything = (Vec<Line>, Vec<OrganizationMapping>, Vec<OfferMapping>, Vec<ContractMapping>);

/// What edits can change. Organizations that an edit made known stay known, with nothing mapped.
async fn everything(f: &Fixture) -> Everything {
    let mut organizations = f.store.organizations().await.unwrap();
    organizations.retain(|o| &*o.id != "org-new" || !o.excluded || !o.companies.is_empty());
    (
        f.lines().await,
        organizations,
        f.store.offers().await.unwrap(),
        f.store.contracts().await.unwrap(),
    )
}

async fn back_and_forth(edits: Vec<Edit>) {
    let f = Fixture::new().await;
    f.load(vec![line("s-1", "1"), line("s-2", "2")]).await;
    let before = everything(&f).await;
    let edits = edits.into_iter().map(|e| on_lines(e, &before.0)).collect();
    let undo = f.store.edit(edits).await.unwrap();
    let after = everything(&f).await;
    let redo = f.store.edit(undo).await.unwrap();
    assert_eq!(everything(&f).await, before, "undone");
    f.store.edit(redo).await.unwrap();
    assert_eq!(everything(&f).await, after, "made again");
}

proptest! {
    #![proptest_config(cases(40))]
    #[test]
    fn edits_can_be_undone_and_made_again(edits in edits()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(back_and_forth(edits));
    }
}

#[tokio::test]
async fn a_typed_date_and_a_choice_survive_a_changed_line() {
    let f = Fixture::new().await;
    f.load(vec![line("s-1", "1")]).await;
    let id = f.line("s-1").await.id;
    let edits = vec![
        Edit::LineStart { line: id, start: date(2026, 11, 9) },
        Edit::LineEnd { line: id, end: None },
        Edit::LineProduct { line: id, product: Some(8) },
    ];
    f.store.edit(edits).await.unwrap();
    f.load(vec![line("s-1", "5")]).await;
    let now = f.line("s-1").await;
    assert_eq!(now.total.to_string(), "5");
    assert_eq!(
        (now.dates.start, now.dates.start_badge),
        (Some(date(2026, 11, 9)), DateBadge::UserUpdated)
    );
    assert_eq!((now.dates.end, now.dates.end_badge), (None, DateBadge::UserUpdated));
    assert_eq!(now.choice.product, Some(8));
}

#[tokio::test]
async fn a_new_organization_is_excluded_and_named_by_its_newest_invoice() {
    let f = Fixture::new().await;
    let mut later = line("s-1", "1");
    later.organization_name = "Fabrikam Europe".into();
    later.invoice_date = date(2026, 12, 1);
    f.load(vec![later]).await;
    f.load(vec![line("s-2", "1")]).await;
    let organizations = f.store.organizations().await.unwrap();
    assert_eq!(organizations.len(), 1);
    assert!(organizations[0].excluded);
    assert_eq!(&*organizations[0].name, "Fabrikam Europe", "an older file does not rename");
    assert_eq!(&*f.line("s-2").await.organization_name, "Fabrikam", "a line keeps its words");
}

fn entry(at: Timestamp, level: LogLevel, title: &str) -> LogEntry {
    let details = format!("Details of {title}");
    LogEntry { id: 0, at, level, title: title.into(), details, run: Some(3), line: None }
}

#[tokio::test]
async fn logs_are_read_newest_first_and_narrowed() {
    let f = Fixture::new().await;
    let at = |s: i64| Timestamp::from_second(1_800_000_000 + s).unwrap();
    let entries = vec![
        entry(at(0), LogLevel::Info, "Loaded"),
        entry(at(1), LogLevel::Warning, "Left out"),
        entry(at(2), LogLevel::Error, "Refused"),
    ];
    f.store.log(entries).await.unwrap();
    let titles = |query: LogQuery| {
        let store = f.store.clone();
        async move {
            let found = store.logs(LogQuery { limit: 10, ..query }).await.unwrap();
            found.into_iter().map(|e| e.title).collect::<Vec<_>>()
        }
    };
    assert_eq!(titles(LogQuery::default()).await, ["Refused", "Left out", "Loaded"]);
    let level = Some(LogLevel::Warning);
    assert_eq!(titles(LogQuery { level, ..LogQuery::default() }).await, ["Refused", "Left out"]);
    let since = Some(at(2));
    assert_eq!(titles(LogQuery { since, ..LogQuery::default() }).await, ["Refused"]);
    let search = Some("of LEFT".to_owned());
    assert_eq!(titles(LogQuery { search, ..LogQuery::default() }).await, ["Left out"]);
    let newest = f.store.logs(LogQuery { limit: 1, ..LogQuery::default() }).await.unwrap();
    let after = Some(newest[0].id);
    assert_eq!(titles(LogQuery { after, ..LogQuery::default() }).await, Vec::<String>::new());
    assert_eq!(f.store.purge_logs(at(2)).await.unwrap(), 2);
    assert_eq!(titles(LogQuery::default()).await, ["Refused"]);
}

#[tokio::test]
async fn entries_of_more_than_30_days_go_when_the_store_is_opened() {
    let mut f = Fixture::new().await;
    let day = jiff::SignedDuration::from_hours(24);
    let old = Timestamp::now() - day * 31;
    let young = Timestamp::now() - day * 29;
    f.store
        .log(vec![entry(old, LogLevel::Info, "old"), entry(young, LogLevel::Info, "young")])
        .await
        .unwrap();
    f.reopen().await;
    let left = f.store.logs(LogQuery { limit: 10, ..LogQuery::default() }).await.unwrap();
    assert_eq!(left.iter().map(|e| e.title.as_str()).collect::<Vec<_>>(), ["young"]);
}

#[tokio::test]
async fn moments_and_notes_are_remembered() {
    let mut f = Fixture::new().await;
    let at = Timestamp::from_second(1_800_000_000).unwrap();
    f.store.touch(Moment::Load, Timestamp::UNIX_EPOCH).await.unwrap();
    f.store.touch(Moment::Load, at).await.unwrap();
    f.store.set_note("tui.tab", Some("logs".into())).await.unwrap();
    f.store.set_response_error(true).await.unwrap();
    f.reopen().await;
    assert_eq!(f.store.moment(Moment::Load).await.unwrap(), Some(at));
    assert_eq!(f.store.moment(Moment::Sync).await.unwrap(), None);
    assert_eq!(f.store.note("tui.tab").await.unwrap().as_deref(), Some("logs"));
    assert!(f.store.plan_input(&Default::default()).await.unwrap().response_error);
    f.store.set_note("tui.tab", None).await.unwrap();
    f.store.set_response_error(false).await.unwrap();
    assert_eq!(f.store.note("tui.tab").await.unwrap(), None);
    assert!(!f.store.plan_input(&Default::default()).await.unwrap().response_error);
}

fn product(id: i64, price: &str) -> Product {
    Product {
        id,
        identifier: format!("P{id}"),
        description: "Seats".into(),
        class: "Service".into(),
        inactive: false,
        part_number: None,
        vendor_sku: None,
        price: Some(price.parse().unwrap()),
        cost: None,
    }
}

#[tokio::test]
async fn a_refresh_says_what_is_new_changed_and_gone() {
    let f = Fixture::new().await;
    let first = f.store.keep_products(vec![product(1, "0.1"), product(2, "2")]).await.unwrap();
    assert_eq!((first.added, first.updated, first.gone, first.total), (2, 0, 0, 2));
    let second = f.store.keep_products(vec![product(2, "2.00001"), product(3, "3")]).await.unwrap();
    assert_eq!((second.added, second.updated, second.gone, second.total), (1, 1, 1, 2));
    let kept = f.store.products().await.unwrap();
    assert_eq!(kept, [product(2, "2.00001"), product(3, "3")], "amounts come back exactly");
    let kind = AgreementType {
        id: 4,
        name: "Cloud".into(),
        inactive: false,
        location: None,
        department: None,
        billing_cycle: None,
        prorate: true,
        bill_once: false,
        defaults: [("billTime".to_owned(), "Billable".to_owned())].into(),
    };
    f.store.keep_agreement_types(vec![kind.clone()]).await.unwrap();
    assert_eq!(f.store.agreement_types().await.unwrap(), [kind]);
}

#[tokio::test]
async fn reads_do_not_wait_for_a_load() {
    let f = Fixture::new().await;
    f.load(vec![line("s-1", "1")]).await;
    let mut session = f.store.begin_load("canonical").await.unwrap();
    session.push(super::loaded(vec![line("s-2", "2")])).await.unwrap();
    assert_eq!(f.lines().await.len(), 1, "what is loaded is not seen before it is complete");
    let other: Store = f.store.clone();
    let waiting = tokio::spawn(async move { other.set_note("a", Some("b".into())).await });
    session.finish().await.unwrap();
    waiting.await.unwrap().unwrap();
    assert_eq!(f.lines().await.len(), 2);
}
