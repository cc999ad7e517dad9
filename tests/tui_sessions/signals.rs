//! Signals: whatever ends or stops the program, the terminal is given back first.

use std::time::Instant;

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

use crate::person::{Person, assert_restored};
use crate::support::Bench;
use crate::terminal::PATIENCE;

fn process(person: &Person) -> Pid {
    let id = person.terminal.process().unwrap();
    Pid::from_raw(i32::try_from(id).unwrap()).unwrap()
}

/// Sends the program a signal.
pub fn send(person: &Person, signal: Signal) {
    kill_process(process(person), signal).unwrap();
}

/// Waits until the program stands still.
fn waits_until_stopped(person: &mut Person) {
    let until = Instant::now() + PATIENCE;
    loop {
        let options = WaitOptions::UNTRACED | WaitOptions::NOHANG;
        if let Some((_, status)) = waitpid(Some(process(person)), options).unwrap() {
            assert!(status.stopped(), "{status:?}");
            break;
        }
        assert!(Instant::now() < until, "it was not stopped:\n{}", person.screen());
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

#[test]
fn every_signal_that_ends_it_gives_the_terminal_back() {
    let bench = Bench::ready();
    for signal in [Signal::TERM, Signal::INT, Signal::QUIT, Signal::HUP] {
        let mut person = Person::opens(&bench.home);
        person.sees("What to do next");
        send(&person, signal);
        let status = person.terminal.wait_for_end().unwrap();
        assert!(status.success(), "{signal:?}: {status}");
        assert_restored(&person.terminal);
    }
}

#[test]
fn it_is_suspended_and_comes_back() {
    let bench = Bench::ready();
    let mut person = Person::opens(&bench.home);
    person.sees("What to do next");
    for way in ["the key", "a signal"] {
        match way {
            "the key" => person.presses("\u{1a}"),
            _ => send(&person, Signal::TSTP),
        }
        waits_until_stopped(&mut person);
        person.waits("the shell's screen", |t| {
            !t.screen().alternate_screen() && !t.screen().hide_cursor()
        });
        assert_restored(&person.terminal);
        // The shell has the terminal meanwhile, and it may have another size afterwards.
        person.resizes(100, 30);
        send(&person, Signal::CONT);
        person.waits("its screen", |t| t.screen().alternate_screen());
        person.sees("What to do next");
        assert_eq!(person.terminal.has_its_modes_back(), Some(false), "{way}: keys wait for Enter");
        person.presses("6");
        person.sees("20 lines");
        person.presses("1");
        person.sees("What to do next");
        person.resizes(120, 36);
        person.has_been_heard();
    }
    person.quits();
}

#[test]
fn it_takes_the_terminal_again_when_it_was_stopped_unasked() {
    let bench = Bench::ready();
    let mut person = Person::opens(&bench.home);
    person.sees("What to do next");
    send(&person, Signal::STOP);
    waits_until_stopped(&mut person);
    person.terminal.glance();
    let before = person.terminal.raw().len();
    send(&person, Signal::CONT);
    person.waits("its screen again", |t| {
        crate::person::position(&t.raw()[before..], b"\x1b[?1049h").is_some()
    });
    person.has_been_heard();
    person.sees("What to do next");
    person.quits();
}
