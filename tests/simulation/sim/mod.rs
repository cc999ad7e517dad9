//! The simulation: the worker's jobs that ship, with executor, journal, flows and client, and the
//! sandbox's PSA, in one process under virtual time. One seed decides the work, the faults and the order of
//! everything.

mod bill;
mod biller;
mod chance;
mod fate;
mod lease;
mod network;
mod oracle;
mod people;
mod process;
mod sabotage;
mod stage;
mod story;
mod trace;
mod two;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

pub use sabotage::Sabotage;
pub use stage::Stage;

use story::Story;
use trace::Trace;

// It takes the place of the system's allocator: a seed asks for memory thousands of times.
use mimalloc as _;

/// What became of one seed.
#[derive(Debug, Default)]
pub struct Report {
    pub seed: u64,
    /// What must hold and does not.
    pub failure: Option<String>,
    /// What happened, where it was asked for.
    pub trace: Vec<String>,
    pub requests: u64,
    pub writes: u64,
    pub deaths: u64,
    pub runs: u64,
    /// Additions that two machines made at once, seen and taken away.
    pub doubled: u64,
    /// Additions that the network made once more, told and taken away.
    pub made_twice: u64,
    /// Markers whose copies Addendum itself took away.
    pub taken_away: u64,
    /// Additions in the PSA at the end.
    pub additions: u64,
    /// How often each mishap happened.
    pub mishaps: BTreeMap<String, u64>,
    /// Equal for equal courses of events.
    pub course: u64,
}

impl Stage {
    /// Lives through one seed, with something broken on purpose where that is asked for.
    pub fn run(&self, seed: u64, trace: bool, sabotage: Sabotage) -> Report {
        let runtime = stage::runtime();
        let trace = if trace { Trace::kept() } else { Trace::default() };
        let mut report = Report { seed, ..Report::default() };
        let lived = catch_unwind(AssertUnwindSafe(|| {
            runtime.block_on(async {
                let mut story = Story::new(self, seed, trace.clone(), sabotage);
                let network = Arc::clone(&story.network);
                let verdict = story.live().await;
                report.failure = verdict.err();
                (report.deaths, report.runs) = (story.deaths, story.runs);
                (report.doubled, report.made_twice) = (story.doubled, story.made_twice);
                report.taken_away = story.taken_away;
                (report.requests, report.writes) = network.requests();
                let met = network.met().into_iter();
                report.mishaps = met.map(|(m, n)| (format!("{m:?}"), n)).collect();
                let mut course = DefaultHasher::new();
                (network.began.elapsed(), network.requests()).hash(&mut course);
                for (marker, all) in oracle::ours(&network) {
                    report.additions += all.len() as u64;
                    for a in all {
                        (&marker, a.id, a.agreement_id, a.ext_price()).hash(&mut course);
                    }
                }
                report.course = course.finish();
            });
        }));
        if let Err(panic) = lived {
            let text = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("no words");
            report.failure = Some(format!("PANIC: {text}"));
        }
        report.trace = trace.lines();
        report
    }
}

/// The names of all mishaps.
pub fn mishaps() -> Vec<String> {
    network::Mishap::ALL.iter().map(|m| format!("{m:?}")).collect()
}
