//! A new agreement that ConnectWise makes in another currency than was asked: nothing is posted on
//! it, and there is never a second one.

use addendum::config::Settings;
use addendum::sandbox::records::Agreement;
use addendum::sandbox::{Kind, Rule};

use crate::bench::{Bench, one_time_bill, options};

/// One mapped line in a currency in which its company has no agreement, and a PSA that makes new
/// ones in the company's.
async fn bench(name: Option<&str>) -> Bench {
    let mut bench = Bench::new(options()).await;
    let profile = bench.worker.profile();
    if let Some(name) = name {
        let key = ("billing.new_agreement.name".to_owned(), Some(name.into()));
        Settings::write(&profile.paths.settings, "default", &[key]).unwrap();
        profile.reread_settings().unwrap();
    }
    bench.pull().await;
    let bill = one_time_bill(&bench.sandbox, 1, 1);
    let own = bill.trim_end().rsplit(',').next().unwrap().to_owned();
    let other = if own == "EUR" { "GBP" } else { "EUR" };
    bench.load(&bill.replace(&own, other)).await;
    bench.map().await;
    let rule = Rule::new(Kind::CurrencyIgnored).on("POST", "*/agreements");
    bench.sandbox.faults().add(rule).unwrap();
    bench
}

/// The agreements beyond those that were there at the beginning.
fn made(bench: &Bench, before: &[Agreement]) -> Vec<Agreement> {
    let mut all = bench.sandbox.inspect().agreements();
    all.retain(|a| before.iter().all(|b| b.id != a.id));
    all
}

fn posts(bench: &Bench) -> usize {
    bench.sandbox.count(|r| r.method == "POST" && r.path.ends_with("/agreements"))
}

async fn refused_once_and_never_made_again(bench: &mut Bench, lose_store: bool) {
    let before = bench.sandbox.inspect().agreements();
    let summary = bench.sync().await;
    let codes: Vec<&str> = summary.report.errors.iter().map(|e| &*e.problem.code).collect();
    assert!(codes.contains(&"answer-differs"), "{codes:?}");
    assert_eq!((made(bench, &before).len(), posts(bench)), (1, 1));
    let id = made(bench, &before)[0].id;
    if lose_store {
        let bill = bench.home.path().join("bill.csv");
        let bill = std::fs::read_to_string(bill).unwrap();
        bench.lose_store().await;
        bench.pull().await;
        bench.load(&bill).await;
        bench.map().await;
    }
    for pulled in [false, true] {
        if pulled {
            bench.pull().await;
        }
        let scope = bench.scope();
        let again = if lose_store { bench.sync().await } else { bench.retry(scope).await.unwrap() };
        let problem = &again.report.errors[0].problem;
        assert_eq!(problem.code, "answer-differs");
        assert!(problem.message.contains(&id.to_string()), "{}", problem.message);
        assert_eq!((made(bench, &before).len(), posts(bench)), (1, 1), "no second one");
    }
    assert!(bench.sandbox.inspect().all_marked().is_empty());

    // Somebody puts it right: it is the one that is used.
    let input = bench.worker.profile().store.plan_input(&bench.scope()).await.unwrap();
    let wanted = input.lines[0].currency;
    let alike = input.agreements.values().find(|a| a.currency == Some(wanted)).unwrap().id;
    let inspect = bench.sandbox.inspect();
    let number = inspect.agreements().iter().find(|a| a.id == alike).unwrap().currency_id;
    assert!(inspect.edit_agreement(id, |a| a.currency_id = number));
    bench.pull().await;
    let summary = bench.sync().await;
    assert_eq!(summary.report.errors, []);
    assert_eq!((made(bench, &before).len(), posts(bench)), (1, 1));
    assert_eq!(inspect.all_marked().iter().map(|a| a.agreement_id).collect::<Vec<_>>(), [id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_known_by_its_number() {
    let mut bench = bench(Some("{type} - {company}")).await;
    refused_once_and_never_made_again(&mut bench, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_known_by_its_name_when_the_store_is_lost() {
    let mut bench = bench(None).await;
    refused_once_and_never_made_again(&mut bench, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_in_another_currency_may_have_the_same_name() {
    let mut bench = bench(Some("{type} - {company}")).await;
    bench.sandbox.faults().clear();
    let before = bench.sandbox.inspect().agreements();
    let store = bench.worker.profile().store.clone();
    let input = store.plan_input(&bench.scope()).await.unwrap();
    for company in input.companies.values() {
        let name = format!("{} - {}", bench.sandbox.agreement_type(), company.name);
        for agreement in before.iter().filter(|a| a.company_id == company.id) {
            bench.sandbox.inspect().edit_agreement(agreement.id, |a| a.name.clone_from(&name));
        }
    }
    bench.pull().await;
    assert_eq!(bench.sync().await.report.errors, []);
    assert_eq!(made(&bench, &before).len(), 1);
}
