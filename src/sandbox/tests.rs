use std::collections::HashSet;
use std::time::Duration;

use jiff::civil::date;

use super::seed::{self, customer::customer, names};
use super::*;

fn options(companies: usize) -> SandboxOptions {
    let today = Some(date(2026, 11, 21));
    SandboxOptions { today, companies, ..SandboxOptions::default() }
}

#[test]
fn the_psa_looks_like_an_msps() {
    let world = seed::world(&options(400));
    assert_eq!(world.companies.len(), 400);
    let any = |pick: &dyn Fn(&records::Company) -> bool| world.companies.values().any(pick);
    assert!(any(&|c| c.deleted) && any(&|c| c.status_id == 2) && any(&|c| c.contact_id.is_none()));
    let currencies: HashSet<i64> = world.companies.values().map(|c| c.currency_id).collect();
    assert_eq!(currencies.len(), 4);
    let names: HashSet<&str> = world.companies.values().map(|c| c.name.as_str()).collect();
    assert_eq!(names.len(), 400, "near-duplicates differ");
    let status = |a: &records::Agreement| a.status(world.today);
    let statuses: HashSet<&str> = world.agreements.values().map(|a| status(a)).collect();
    assert!(["Active", "Cancelled", "Expired"].iter().all(|s| statuses.contains(s)));
    let any =
        |pick: &dyn Fn(&records::Agreement) -> bool| world.agreements.values().any(|a| pick(a));
    assert!(any(&|a| a.prorates) && any(&|a| a.bills_once) && any(&|a| a.type_id != 1));
    assert!(world.catalog.values().any(|p| p.class == "Bundle"));
    assert!(world.catalog.values().any(|p| p.inactive));
    let identifiers: HashSet<&str> =
        world.catalog.values().map(|p| p.identifier.as_str()).collect();
    assert_eq!(identifiers.len(), world.catalog.len());
    for a in world.agreements.values() {
        assert!(world.contacts.contains_key(&a.contact_id), "{a:?}");
        assert!(world.companies.contains_key(&a.company_id));
        assert!(a.name.len() <= 100);
    }
}

#[test]
fn neighbours_resemble_each_other() {
    let name = |i: u64| names::company(1, i);
    assert_eq!(name(6).stem, name(7).stem);
    assert_ne!(name(6).form, name(7).form);
    assert!(name(8).stem.starts_with(&name(5).stem));
    assert_ne!(name(9).stem, name(4).stem);
    assert_eq!(name(9).stem.len(), name(4).stem.len());
}

#[test]
fn fifty_thousand_companies_have_their_own_names() {
    let all: HashSet<String> = (0..50_000).map(|i| customer(1, i).full_name()).collect();
    assert!(all.len() > 45_000, "{}", all.len());
}

#[test]
fn lists_that_lag_show_what_was() {
    let mut world = seed::world(&options(30));
    let (agreement, mine) = world
        .additions
        .iter()
        .map(|(a, l)| (*a, records::Addition::clone(l.values().next().unwrap())))
        .next()
        .unwrap();
    let before = world.additions[&agreement].clone();
    let mut changed = mine.clone();
    changed.quantity += rust_decimal::Decimal::ONE;
    world.put_addition(changed.clone());
    let mut new = mine.clone();
    new.id = 99_999;
    world.put_addition(new);
    assert!(world.remove_addition(agreement, mine.id));
    let hour = Duration::from_secs(3600);
    assert_eq!(world.additions_then(agreement, hour), before);
    assert_eq!(world.additions_then(agreement, Duration::ZERO), world.additions[&agreement]);
    assert!(world.additions_then(agreement + 1_000_000, hour).is_empty());

    let a = records::Agreement::clone(&world.agreements[&agreement]);
    world.remove_agreement(agreement);
    assert_eq!(world.agreements_then(hour).get(&agreement), Some(&Some(a.clone().into())));
    world.put_agreement(a);
    assert!(world.agreements_then(Duration::ZERO).is_empty());
}
