//! The snapshot for named lines: they, and the others of their subscriptions in their periods.

use std::collections::BTreeSet;

use jiff::civil::date;
use proptest::prelude::*;

use super::{Fixture, line_in, with_id};
use crate::domain::charge_type::ChargeType;
use crate::domain::line::{CanonicalLine, Line};
use crate::domain::policy::Scope;
use crate::domain::tests::cases;

/// Lines of two months: few subscriptions, two contracts, some without subscription, some usage.
fn bill() -> impl Strategy<Value = Vec<CanonicalLine>> {
    let line = (0i8..2, 0u8..6, any::<bool>(), prop::option::weighted(0.2, Just(())));
    proptest::collection::vec(line, 1..40).prop_map(|lines| {
        lines
            .into_iter()
            .enumerate()
            .map(|(n, (month, subscription, recurring, other))| {
                let mut line =
                    line_in(date(2026, 10 + month, 1), &format!("s-{subscription}"), "1.00");
                if subscription == 0 {
                    line.subscription_id = None;
                }
                if !recurring {
                    line.charge_type = ChargeType::UsageFee;
                }
                if other.is_some() {
                    line.contract_id = Some("c-2".into());
                }
                with_id(&format!("L-{n}"), line)
            })
            .collect()
    })
}

fn key(line: &Line) -> String {
    line.key.to_string()
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn named_lines_bring_their_subscriptions_and_nothing_else(
        bill in bill(),
        picks in proptest::collection::vec(any::<prop::sample::Index>(), 1..6),
        one_month in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let f = Fixture::new().await;
            f.load(bill).await;
            let all = f.lines().await;
            let periods =
                if one_month { vec!["2026-10".parse().unwrap()] } else { Vec::new() };
            let scope = Scope {
                lines: picks.iter().map(|p| key(p.get(&all))).collect(),
                periods: periods.clone(),
                ..Scope::default()
            };
            let named: Vec<&Line> = all
                .iter()
                .filter(|l| scope.lines.contains(&key(l)))
                .filter(|l| periods.is_empty() || periods.contains(&l.period))
                .collect();
            let belongs = |l: &Line| {
                named.iter().any(|n| {
                    n.id == l.id
                        || (n.charge_type.is_recurring()
                            && n.period == l.period
                            && n.subscription_id.is_some()
                            && n.subscription_id == l.subscription_id)
                })
            };
            let expected: BTreeSet<String> =
                all.iter().filter(|l| belongs(l)).map(key).collect();
            let found = f.store.plan_input(&scope).await.unwrap().lines;
            assert_eq!(found.iter().map(key).collect::<BTreeSet<_>>(), expected);
            assert_eq!(found.len(), expected.len(), "each once");
            for line in found {
                assert_eq!(Some(&line), all.iter().find(|l| l.id == line.id));
            }
        });
    }
}
