//! Somebody's cat on the keyboard. `ADDENDUM_TEST_RANDOM_KEYS_SECONDS=60` for a longer walk,
//! `ADDENDUM_TEST_RANDOM_KEYS_SEED` for another one.

use std::time::{Duration, Instant};

use fastrand::Rng;
use rustix::process::Signal;

use crate::person::{Person, assert_restored, position};
use crate::signals::send;
use crate::support::{Bench, Home};
use crate::terminal::PATIENCE;

/// Keys that are more than one byte.
const LONG: [&str; 22] = [
    "\u{1b}[A",
    "\u{1b}[B",
    "\u{1b}[C",
    "\u{1b}[D",
    "\u{1b}[5~",
    "\u{1b}[6~",
    "\u{1b}[H",
    "\u{1b}[F",
    "\u{1b}[Z",
    "\u{1b}[3~",
    "\u{1b}OQ",
    "\u{1b}OR",
    "\u{1b}[15~",
    "ö",
    "株",
    "👩\u{200d}💻",
    "\u{1b}[200~pasted\n\u{1b}[31m text\t\u{1b}[201~",
    "\u{1b}[<0;10;1M",
    "\u{1b}[<0;40;12M",
    "\u{1b}[<64;5;5M",
    "\u{1b}[<65;5;5M",
    "\u{1b}[<35;7;9M",
];
/// How long a key may go unheard before it is pressed again: half a sequence may have eaten it.
const AGAIN: Duration = Duration::from_millis(500);

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// A key: mostly those that are bound, now and then anything. Those that leave are left out, so
/// that the walk goes deep; commands are also run from the palette, Quit and Suspend among them.
fn key(random: &mut Rng) -> String {
    match random.u8(..20) {
        0..3 => LONG[random.usize(..LONG.len())].into(),
        3 => "\u{1b}".into(),
        4..6 => "\r".into(),
        6 => "\t".into(),
        // Ctrl-A to Ctrl-Y, without Ctrl-C and Ctrl-Q.
        7 => char::from(random.u8(1..=25)).to_string().replace(['\u{3}', '\u{11}'], "\u{c}"),
        8 => random.digit(10).to_string(),
        9 => ":".into(),
        10 => " ".into(),
        _ => char::from(random.u8(0x20..0x7f)).to_string().replace('q', "j"),
    }
}

/// Waits until it has painted the screen on demand; tells whether it is still there.
fn lives(person: &mut Person) -> bool {
    let until = Instant::now() + PATIENCE;
    let from = person.terminal.raw().len();
    while Instant::now() < until {
        // A key may have suspended it.
        send(person, Signal::CONT);
        person.presses("\u{c}");
        let painted = |raw: &[u8]| position(&raw[from..], b"\x1b[2J").is_some();
        if person.terminal.holds_within(AGAIN, |t| painted(t.raw())) {
            return true;
        }
        if person.terminal.is_over() {
            return false;
        }
    }
    panic!("it hears nothing any more; the screen:\n{}", person.screen());
}

/// Ends it, wherever it is, and looks at what it leaves.
fn ends(mut person: Person, home: &Home) {
    let until = Instant::now() + PATIENCE;
    while !person.terminal.is_over() && Instant::now() < until {
        person.presses("\u{3}");
        person.terminal.holds_within(AGAIN, |t| t.is_over());
    }
    let status = person.terminal.wait_for_end().unwrap();
    assert!(status.success(), "{status}: {}", person.screen());
    assert_restored(&person.terminal);
    for log in home.files() {
        if log.to_string_lossy().contains("addendum.log") {
            let text = std::fs::read_to_string(&log).unwrap_or_default();
            assert!(!text.contains("panic"), "{text}");
        }
    }
}

#[test]
fn random_keys_break_nothing() {
    let seconds = number("ADDENDUM_TEST_RANDOM_KEYS_SECONDS", 5);
    let seed = number("ADDENDUM_TEST_RANDOM_KEYS_SEED", 1);
    // It is read when this fails.
    println!("seed {seed}, {seconds} seconds");
    let mut random = Rng::with_seed(seed);
    let bench = Bench::ready();
    let until = Instant::now() + Duration::from_secs(seconds);
    let (mut keys, mut starts) = (0_u64, 0_u64);
    while Instant::now() < until {
        let mut person = Person::opens(&bench.home);
        person.sees("What to do next");
        starts += 1;
        while Instant::now() < until {
            let burst: String = (0..random.usize(1..40)).map(|_| key(&mut random)).collect();
            println!("{burst:?}");
            keys += burst.chars().count() as u64;
            person.presses(&burst);
            if random.u8(..8) == 0 {
                person.resizes(random.u16(1..200), random.u16(1..60));
            }
            if !lives(&mut person) {
                break;
            }
        }
        ends(person, &bench.home);
    }
    println!("{keys} keys, {starts} starts");
    assert!(keys > 100, "{keys} keys in {seconds} seconds");
}
