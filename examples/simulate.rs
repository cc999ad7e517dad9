//! Runs the simulation: `cargo run --profile simulation --example simulate -- --seeds 1000000`, or
//! `--seed N` to see what happens in one seed.

#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../tests/simulation/sim/mod.rs"]
mod sim;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use sim::{Report, Sabotage, Stage};

const USAGE: &str =
    "simulate [--seeds COUNT] [--from SEED] [--threads N] [--seed N] [--failures N]";

struct Asked {
    seeds: u64,
    from: u64,
    threads: usize,
    one: Option<u64>,
    failures: usize,
}

fn asked() -> Result<Asked, String> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut asked = Asked { seeds: 20_000, from: 0, threads, one: None, failures: 10 };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = || -> Result<u64, String> {
            let value = words.next().ok_or_else(|| format!("{word} needs a number; {USAGE}"))?;
            value.parse().map_err(|_| format!("{word}: `{value}` is no number; {USAGE}"))
        };
        match word.as_str() {
            "--seeds" => asked.seeds = number()?,
            "--from" => asked.from = number()?,
            "--threads" => asked.threads = number()?.max(1) as usize,
            "--seed" => asked.one = Some(number()?),
            "--failures" => asked.failures = number()?.max(1) as usize,
            _ => return Err(format!("`{word}` is not known; {USAGE}")),
        }
    }
    Ok(asked)
}

fn main() -> ExitCode {
    let asked = match asked() {
        Ok(asked) => asked,
        Err(told) => {
            eprintln!("{told}");
            return ExitCode::from(2);
        }
    };
    std::panic::set_hook(Box::new(|_| {}));
    if let Some(seed) = asked.one {
        return replay(seed);
    }
    let began = Instant::now();
    let (next, enough) = (AtomicU64::new(asked.from), AtomicBool::new(false));
    let end = asked.from + asked.seeds;
    let all = Mutex::new(Sum::default());
    std::thread::scope(|scope| {
        for _ in 0..asked.threads {
            scope.spawn(|| {
                let stage = Stage::new();
                let mut sum = Sum::default();
                while !enough.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        break;
                    }
                    sum.add(stage.run(seed, false, Sabotage::None));
                    if sum.failed.len() >= asked.failures {
                        enough.store(true, Ordering::Relaxed);
                    }
                }
                all.lock().unwrap_or_else(PoisonError::into_inner).join(sum);
            });
        }
    });
    let sum = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    let seconds = began.elapsed().as_secs_f64();
    sum.print(seconds, asked.threads);
    if sum.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn replay(seed: u64) -> ExitCode {
    let report = Stage::new().run(seed, true, Sabotage::None);
    for line in &report.trace {
        println!("{line}");
    }
    println!(
        "seed {seed}: {} requests, {} runs, {} deaths, course {:016x}",
        report.requests, report.runs, report.deaths, report.course
    );
    match report.failure {
        Some(failure) => {
            println!("FAILED {failure}");
            ExitCode::FAILURE
        }
        None => ExitCode::SUCCESS,
    }
}

#[derive(Default)]
struct Sum {
    seeds: u64,
    requests: u64,
    writes: u64,
    deaths: u64,
    runs: u64,
    additions: u64,
    doubled: u64,
    made_twice: u64,
    taken_away: u64,
    /// All courses of events in one number.
    course: u64,
    mishaps: BTreeMap<String, u64>,
    failed: Vec<(u64, String)>,
}

impl Sum {
    fn add(&mut self, report: Report) {
        self.seeds += 1;
        self.requests += report.requests;
        self.writes += report.writes;
        self.deaths += report.deaths;
        self.runs += report.runs;
        self.additions += report.additions;
        self.doubled += report.doubled;
        self.made_twice += report.made_twice;
        self.taken_away += report.taken_away;
        // In whatever order threads bring them.
        self.course = self.course.wrapping_add(report.course);
        for (mishap, times) in report.mishaps {
            *self.mishaps.entry(mishap).or_default() += times;
        }
        self.failed.extend(report.failure.map(|f| (report.seed, f)));
    }

    fn join(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.requests += other.requests;
        self.writes += other.writes;
        self.deaths += other.deaths;
        self.runs += other.runs;
        self.additions += other.additions;
        self.doubled += other.doubled;
        self.made_twice += other.made_twice;
        self.taken_away += other.taken_away;
        self.course = self.course.wrapping_add(other.course);
        for (mishap, times) in other.mishaps {
            *self.mishaps.entry(mishap).or_default() += times;
        }
        self.failed.extend(other.failed);
        self.failed.sort();
    }

    fn print(&self, seconds: f64, threads: usize) {
        let rate = self.seeds as f64 / seconds;
        println!(
            "{} seeds in {seconds:.1} s on {threads} threads: {rate:.0} a second, {:.0} a second and \
             thread",
            self.seeds,
            rate / threads as f64
        );
        println!(
            "{} runs, {} requests, {} of them writes, {} additions at the end, {} processes died, \
             course {:016x}",
            self.runs, self.requests, self.writes, self.additions, self.deaths, self.course
        );
        println!(
            "{} made twice by two machines at once and {} by the network, and seen; the copies of {} \
             markers were taken away by Addendum",
            self.doubled, self.made_twice, self.taken_away
        );
        let mishaps: Vec<String> = self.mishaps.iter().map(|(m, n)| format!("{m} {n}")).collect();
        println!("{}", mishaps.join(", "));
        for (seed, failure) in &self.failed {
            let short: String = failure.chars().take(400).collect();
            println!("seed {seed} FAILED {short}");
        }
        if let Some((seed, _)) = self.failed.first() {
            println!(
                "see it with `cargo run --profile simulation --example simulate -- --seed {seed}`"
            );
        } else {
            println!("no seed failed");
        }
    }
}
