//! What some bills tell beside the canonical fields is kept with lines, organizations and offers.

use super::{Fixture, line, with_id};
use crate::domain::line::CanonicalLine;
use crate::domain::line_extra::LineExtra;
use crate::domain::mapping::KeyKind;

fn told(event: &str, mut line: CanonicalLine) -> CanonicalLine {
    line.extra = Some(Box::new(LineExtra {
        event_id: Some(event.into()),
        organization_domain: Some("contoso.test".into()),
        organization_tenant: Some("t-1".into()),
        offer_keys: vec!["SKU-1".into(), "SKU-2".into()],
        cost_only: true,
        counted_as: Some("azure/monthly".into()),
        ..LineExtra::default()
    }));
    line
}

#[tokio::test]
async fn sides_come_back_with_lines_and_go_with_their_content() {
    let f = Fixture::new().await;
    let one = told("e1", with_id("a", line("s1", "10.00")));
    f.load(vec![one.clone(), with_id("b", line("s2", "1.00"))]).await;
    let side = f.line("s1").await.side.expect("a side");
    assert_eq!(side.event_id.as_deref(), Some("e1"));
    assert!(side.cost_only);
    assert_eq!(f.line("s2").await.side, None);
    // The same again changes nothing; other content replaces the side with it.
    assert_eq!(f.load(vec![one]).await.unchanged, 1);
    f.load(vec![told("e2", with_id("a", line("s1", "11.00")))]).await;
    let side = f.line("s1").await.side.expect("a side");
    assert_eq!(side.event_id.as_deref(), Some("e2"));
    f.load(vec![with_id("a", line("s1", "12.00"))]).await;
    assert_eq!(f.line("s1").await.side, None);
    assert!(f.store.counted(vec!["INV-1".into()]).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_line_without_an_id_keeps_the_side_of_its_newest_content() {
    let f = Fixture::new().await;
    f.load(vec![told("e1", line("s1", "10.00"))]).await;
    let report = f.load(vec![told("e2", line("s1", "11.00"))]).await;
    assert_eq!((report.added, report.replaced), (0, 1));
    let found = f.line("s1").await;
    assert_eq!(found.side.expect("a side").event_id.as_deref(), Some("e2"));
    let counted = f.store.counted(vec![found.invoice_number.to_string()]).await.unwrap();
    assert_eq!(counted.len(), 1);
    assert_eq!(&*counted[0].counted_as, "azure/monthly");
    assert_eq!(counted[0].organization, found.organization_id);
}

#[tokio::test]
async fn keys_are_kept_once_for_organizations_and_offers() {
    let f = Fixture::new().await;
    for total in ["10.00", "11.00"] {
        f.load(vec![told("e", with_id("a", line("s1", total)))]).await;
    }
    let (organizations, offers) = f.store.stable_keys().await.unwrap();
    let kinds: Vec<_> = organizations.iter().map(|k| (k.kind, &*k.key)).collect();
    assert_eq!(kinds, [(KeyKind::Domain, "contoso.test"), (KeyKind::Tenant, "t-1")]);
    let offers: Vec<_> = offers.iter().map(|k| &*k.key).collect();
    assert_eq!(offers, ["SKU-1", "SKU-2"]);
}
