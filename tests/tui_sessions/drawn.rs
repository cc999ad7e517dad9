//! What reaches the terminal: no colours where none are wanted, ASCII where the terminal has
//! nothing else, and never what text from outside would have it do.

use crate::person::{Person, USUAL, position};
use crate::support::{Bench, csv, one_time};

/// Walks through every tab, a dialog with text, and a long text.
fn walk(person: &mut Person) {
    person.sees("What to do next");
    for (tab, text) in [
        ("2", "Company ID"),
        ("3", "billing.agreement_type"),
        ("4", "Organization Name"),
        ("5", "PSA Product Name"),
        ("6", "PSA Organization"),
        ("7", "There is no plan"),
        ("8", "Logs"),
    ] {
        person.presses(tab);
        person.sees(text);
        person.has_been_heard();
    }
    for (keys, title) in [(":", "┌ Commands "), ("?", "┌ Keys in ")] {
        person.presses(keys);
        person.sees(title);
        person.closes(title);
    }
    person.presses("7p");
    person.sees("carries it out");
}

/// The parameters of every SGR sequence.
fn attributes(raw: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for (at, pair) in raw.windows(2).enumerate() {
        if pair != b"\x1b[" {
            continue;
        }
        let rest = &raw[at + 2..];
        let end = rest.iter().position(|b| (0x40..0x7f).contains(b)).unwrap_or(0);
        if rest.get(end) == Some(&b'm') {
            let text = String::from_utf8_lossy(&rest[..end]).into_owned();
            found.push(text.split([';', ':']).map(|n| n.parse().unwrap_or(0)).collect());
        }
    }
    found
}

/// Whether attributes set a colour; going back to the terminal's own is none.
fn is_colour(attributes: &[u8]) -> bool {
    let set = |n: &u8| matches!(n, 30..=38 | 40..=48 | 58 | 90..=97 | 100..=107);
    attributes.iter().any(set)
}

#[test]
fn no_colour_is_sent_where_none_is_wanted() {
    let bench = Bench::ready();
    for (args, env) in [(&[][..], &[("NO_COLOR", "1")][..]), (&["--no-color"], &[])] {
        let mut person = Person::opens_with(&bench.home, args, env, USUAL);
        walk(&mut person);
        let all = attributes(person.terminal.raw());
        assert!(all.len() > 20, "what is chosen is shown by attributes: {all:?}");
        assert_eq!(all.iter().find(|a| is_colour(a)), None);
        person.quits();
    }
    // The same walk has colours otherwise: the test sees them.
    let mut person = Person::opens(&bench.home);
    walk(&mut person);
    assert!(attributes(person.terminal.raw()).iter().any(|a| is_colour(a)));
    person.quits();
}

/// A name that a terminal would act on.
const HOSTILE: &str = "Evil\u{1b}]0;pwned\u{7}\u{1b}[31;7m \u{202e}Corp\u{200b}\u{9b}2J";

/// A bill with this organization and one of other scripts.
fn bill(organization: &str) -> String {
    csv(&[("L-1", "org-1", organization), ("L-2", "org-2", "Müller 株式会社")].map(
        |(id, organization, name)| {
            one_time(id, organization, "offer-1", "10.00")
                .replace(&format!("Name of {organization}"), name)
        },
    ))
}

#[test]
fn names_from_outside_are_shown_and_not_obeyed() {
    let bench = Bench::ready();
    // The PSA's names come as they are; a bill may hold what has no width, and nothing worse.
    for agreement in bench.sandbox.inspect().agreements() {
        bench.sandbox.inspect().edit_agreement(agreement.id, |a| a.name = HOSTILE.into());
    }
    bench.home.json(0, &["pull"]);
    let file = bench.home.file("bill.csv", bill("Hidden\u{200b}\u{2060}\u{feff}\u{ad}Name"));
    bench.home.json(0, &["load", "--from", &file]);
    let refused = bench.home.file("refused.csv", bill(HOSTILE));
    bench.home.set(&[("source.location", refused.into())]);

    let mut person = Person::opens(&bench.home);
    person.sees("What to do next");
    person.presses("4/hidden\r");
    person.sees("HiddenName");
    person.presses("d");
    person.sees("┌ Hidden");
    person.closes("┌ Hidden");
    person.presses("6");
    person.sees("Kestrel");
    person.presses("ea");
    person.sees("Evil]0;pwned");
    person.closes("Evil");
    person.presses("L");
    person.sees("┌ Load Invoice Lines ");
    person.presses("\r");
    person.sees("the input is refused");
    person.sees("pwned");
    person.closes("the input is refused");
    // The sign that stands for them is there; the terminal of this test does not draw it.
    let raw = person.terminal.raw();
    assert!(position(raw, "Hidden\u{fffd}\u{fffd}\u{fffd}\u{fffd}Name".as_bytes()).is_some());
    let hostile = ["\u{1b}]0;", "\u{7}", "\u{1b}[31;7m", "\u{9b}", "\u{202e}"];
    for bytes in hostile.into_iter().chain(["\u{200b}", "\u{2060}", "\u{feff}", "\u{ad}"]) {
        assert_eq!(position(raw, bytes.as_bytes()), None, "{bytes:?} reached the terminal");
    }
    person.quits();
}

#[test]
fn only_ascii_is_drawn_where_the_locale_has_nothing_else() {
    let bench = Bench::ready();
    let file = bench.home.file("bill.csv", bill("Hidden\u{200b}Name"));
    bench.home.json(0, &["load", "--from", &file]);
    let mut person = Person::opens_with(&bench.home, &[], &[("LC_ALL", "C")], USUAL);
    person.sees("What to do next");
    for tab in ["2", "3", "4", "5", "6", "8", "7"] {
        person.presses(tab);
        person.has_been_heard();
    }
    for (keys, title) in [(":", "+ Commands "), ("?", "+ Keys in ")] {
        person.presses(keys);
        person.sees(title);
        person.closes(title);
    }
    person.presses("p");
    person.sees("carries it out");
    let raw = person.terminal.raw();
    let other = raw.iter().position(|b| !b.is_ascii());
    let around = other.map(|at| String::from_utf8_lossy(&raw[at.saturating_sub(40)..][..60]));
    assert_eq!(around, None, "not ASCII");
    person.quits();
}
