//! Windows of every size, and windows that change while somebody works.

use crate::person::{Person, USUAL};
use crate::support::Bench;

#[test]
fn a_window_that_is_too_small_is_said_and_comes_back() {
    let bench = Bench::ready();
    let mut person = Person::opens(&bench.home);
    person.sees("What to do next");
    for (columns, rows) in [(59, 36), (120, 14), (20, 5)] {
        person.resizes(columns, rows);
        person.sees("Addendum needs");
        person.sees_no_more("Status in PSA");
        person.resizes(60, 15);
        person.sees("Status in PSA");
    }
    // There is no room to say anything; it lives, and takes keys.
    person.resizes(1, 1);
    person.has_been_heard();
    person.presses("6");
    person.has_been_heard();
    person.resizes(300, 100);
    person.sees("6 Invoices");
    person.sees("20 lines");
    person.quits();
}

#[test]
fn a_storm_of_sizes_leaves_the_screen_as_it_should_be() {
    let bench = Bench::ready();
    let mut person = Person::opens(&bench.home);
    person.sees("What to do next");
    let mut random = fastrand::Rng::with_seed(7);
    // Something is in front and something runs meanwhile.
    let dialogs = [(":map", "┌ Commands "), ("?", "┌ Keys in ")];
    for keys in ["4", "6", "7p", ":map", "?", "6/e", "\r", "8", "3"] {
        person.presses(keys);
        for _ in 0..30 {
            match random.u8(..4) {
                0 => person.resizes(random.u16(1..30), random.u16(1..8)),
                1 => person.resizes(random.u16(1..300), random.u16(1..100)),
                _ => person.resizes(random.u16(60..200), random.u16(15..60)),
            }
        }
        person.has_been_heard();
        person.resizes(USUAL.0, USUAL.1);
        if let Some((_, title)) = dialogs.iter().find(|(open, _)| *open == keys) {
            person.sees(title);
            person.closes(title);
        }
    }
    person.has_been_heard();
    // What stands there is what a screen of this size that saw no storm shows.
    person.presses("2");
    person.sees("Credentials: how");
    person.has_been_heard();
    let after = person.screen();
    person.quits();
    let mut calm = Person::opens(&bench.home);
    calm.sees("What to do next");
    calm.presses("2");
    calm.sees("Credentials: how");
    calm.has_been_heard();
    let lines = |text: &str| -> Vec<String> {
        // The bottom holds words of the moment.
        text.lines().take(20).map(|l| l.trim_end().to_owned()).collect()
    };
    assert_eq!(lines(&after), lines(&calm.screen()));
    calm.quits();
}
