//! Killed at every point of the journal.

use addendum::sync::crash::Point;

use crate::prepared::Prepared;

/// With this variable set, every point is tried at every time that it is passed.
const EVERY: &str = "ADDENDUM_TEST_EVERY_CRASH";

/// Which times of each point are tried: the first ones and some in the middle of a run.
fn times(point: Point) -> Vec<u32> {
    match point {
        Point::BeforeIntent | Point::AfterIntent | Point::BeforeFinish => vec![1],
        _ if std::env::var_os(EVERY).is_some() => (1..1_000).collect(),
        Point::BeforeRequestMark
        | Point::AfterRequestMark
        | Point::AfterSend
        | Point::AfterResult => vec![1, 2, 7, 15, 26],
    }
}

#[test]
fn a_crash_at_any_point_changes_nothing_about_the_end() {
    let prepared = Prepared::new();
    let mut tried = 0;
    for point in Point::ALL {
        for n in times(point) {
            let case = prepared.case();
            if !case.crashed_at(point, n) {
                assert!(n > 26, "{point:?} is not passed {n} times");
                break;
            }
            case.ends_clean(&format!("{}:{n}", point.name()));
            tried += 1;
        }
    }
    println!("crash points tried: {tried}");
}

#[test]
fn a_crash_and_the_loss_of_the_database_change_nothing_about_the_end() {
    let prepared = Prepared::new();
    let mut tried = 0;
    for point in Point::ALL {
        let n = times(point).into_iter().rfind(|n| *n <= 26).expect("at least one");
        let case = prepared.case();
        assert!(case.crashed_at(point, n), "{point:?} is not passed {n} times");
        case.lose_store();
        case.ends_clean(&format!("{}:{n} and a lost database", point.name()));
        tried += 1;
    }
    println!("crash points tried with a lost database: {tried}");
}

#[test]
fn crashes_one_after_another_change_nothing_about_the_end() {
    let prepared = Prepared::new();
    let case = prepared.case();
    let points = [Point::AfterSend, Point::AfterRequestMark, Point::AfterResult];
    let mut tried = 0;
    for point in points.into_iter().cycle().take(9) {
        if !case.crashed_at(point, 3) {
            break;
        }
        tried += 1;
    }
    assert!(tried >= 3, "only {tried} crashes");
    case.ends_clean("crashes one after another");
    println!("crashes one after another: {tried}");
}
