//! Killed while several lines are posted as one, with prices by rule: at every point of the
//! journal, and with a lost database.

use addendum::sync::crash::Point;

use crate::prepared::Prepared;
use crate::seat_changes::{Part, bill};

fn prepared(mode: &str) -> Prepared {
    Prepared::of(
        600,
        |sandbox| bill(sandbox, 9, &[Part::Early, Part::Late]).0.into_bytes(),
        &[("billing.posting", mode.into()), ("billing.price.rule", "markup 25%".into())],
    )
}

#[test]
fn a_crash_at_any_point_changes_nothing_about_nets() {
    let prepared = prepared("net-per-event");
    let mut tried = 0;
    for point in Point::ALL {
        let times = match point {
            Point::BeforeIntent | Point::AfterIntent | Point::BeforeFinish => [1].as_slice(),
            _ => &[1, 5],
        };
        for n in times {
            let case = prepared.case();
            assert!(case.crashed_at(point, *n), "{point:?} is not passed {n} times");
            if *n == 5 {
                case.lose_store();
            }
            case.ends_clean(&format!("{}:{n}", point.name()));
            tried += 1;
        }
    }
    println!("crash points tried: {tried}");
}
