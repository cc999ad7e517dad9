//! The terminal app at a million lines: the real program in a real pseudo-terminal of 80x24,
//! beside a sandbox in this process.
//!
//! `cargo bench --bench tui` takes the full size; `cargo test --benches` only shows that it runs.

mod bill;
#[path = "../whole_process/customer.rs"]
mod customer;
mod figures;
#[expect(dead_code, reason = "shared with the benchmark of the whole process")]
#[path = "../whole_process/home.rs"]
mod home;
#[path = "../whole_process/measure.rs"]
mod measure;
mod program;

use std::time::{Duration, Instant};

use addendum::sandbox::{Faults, Sandbox, SandboxOptions};

use customer::Customer;
use figures::{Times, ms};
use home::Home;
use program::{Program, row};

/// How much is measured.
struct Size {
    lines: u64,
    customers: usize,
    own: u64,
    keys: usize,
    idle: Duration,
    latency_ms: u64,
}

/// How long what a key does is waited for.
const SEEN_IN: Duration = Duration::from_secs(5);
/// Between two keys, as of someone who holds a key down (30 a second) or types fast.
const BETWEEN_KEYS: Duration = Duration::from_millis(33);
/// No more frames are on their way.
const QUIET: Duration = Duration::from_millis(300);
/// The row of the count, and the first row of the table.
const COUNTS: u16 = 1;
const FIRST_ROW: u16 = 3;
/// The row with the place of the cursor among all rows.
const PLACE: u16 = 22;

fn main() {
    let full = std::env::args().any(|a| a == "--bench");
    let size = if full {
        Size {
            lines: 1_000_000,
            customers: 100,
            own: 40,
            keys: 300,
            idle: Duration::from_secs(10),
            latency_ms: 50,
        }
    } else {
        Size {
            lines: 2_000,
            customers: 3,
            own: 4,
            keys: 12,
            idle: Duration::from_millis(500),
            latency_ms: 30,
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime starts");
    let sandbox = runtime
        .block_on(Sandbox::start(SandboxOptions {
            companies: size.customers * 4 + 40,
            lines: 0,
            tidy: true,
            ..SandboxOptions::default()
        }))
        .expect("the sandbox starts");
    let customers = runtime.block_on(Customer::pick(&sandbox, size.customers));
    let home = Home::new(&sandbox, 8);
    bill::write(&home.path("bill.csv"), size.lines, &customers, size.own);
    home.write("map.csv", &customer::mapping(&customers));
    home.run(&["pull"]).expect_success();
    home.run(&["load", "--from", "bill.csv"]).expect_success();
    home.run(&["map", "import", "map.csv"]).expect_success();
    sandbox
        .faults()
        .set(Faults { latency_ms: size.latency_ms, ..Faults::default() })
        .expect("plain latency");

    let start = || Program::start(&home.path(""), (sandbox.public_key(), sandbox.private_key()));
    println!("terminal app, {} lines, 80x24, 16 colours", size.lines);
    starting(&start, size.lines);
    let mut program = start();
    at_rest(&mut program, &size);
    println!("peak memory so far {} MB", megabytes(&program, "VmHWM:"));
    while_syncing(&mut program, &size);
    println!(
        "\npeak memory {} MB, of that now: private {} MB, files {} MB; CPU {} s in {:.0} s",
        megabytes(&program, "VmHWM:"),
        megabytes(&program, "RssAnon:"),
        megabytes(&program, "RssFile:"),
        program.cpu().map_or_else(|| "?".into(), |c| format!("{:.1}", c.as_secs_f64())),
        program.started.elapsed().as_secs_f64(),
    );
    program.quit();
    runtime.block_on(sandbox.stop());
}

fn megabytes(program: &Program, name: &str) -> String {
    program.memory(name).map_or_else(|| "?".into(), |m| format!("{m:.0}"))
}

fn counted(lines: u64) -> String {
    let digits = lines.to_string();
    let (thousands, rest) = digits.split_at(digits.len() - 3);
    match thousands.len() {
        4.. => format!("{},{},{rest}", &thousands[..1], &thousands[1..]),
        _ => format!("{thousands},{rest}"),
    }
}

/// From the start of the process to what a person can use.
fn starting(start: &dyn Fn() -> Program, lines: u64) {
    for round in 0..3 {
        let mut program = start();
        let begun = program.started;
        let (first, bytes) = program.until(|s| s.contents().contains("Dashboard"));
        let figures = program.until_text("What to do next");
        // Keys that are typed while it starts are not lost.
        let rows = {
            let mut program = start();
            let begun = program.started;
            program.press("6");
            let at = program.until(|s| row(s, FIRST_ROW).contains("Customer")).0.at;
            let all = program.until_text(&format!("{} lines", counted(lines)));
            let memory = megabytes(&program, "VmHWM:");
            program.quit();
            (at - begun, all - begun, memory)
        };
        println!(
            "start {round}: first frame {} ms ({bytes} B), figures of all lines {} ms; rows of the \
             Invoices tab {} ms, their count and sum {} ms, peak {} MB",
            ms(first.at - begun),
            ms(figures - begun),
            ms(rows.0),
            ms(rows.1),
            rows.2,
        );
        program.quit();
    }
}

/// Presses a key and takes the time until the frame in which the cursor or the row has changed.
fn key(program: &mut Program, times: &mut Times, key: &str, watched: Option<u16>) {
    let cursor = program.cursor();
    let before = watched.map(|at| program.row(at));
    let pressed = program.press(key);
    let seen = program.within(SEEN_IN, |s| match (watched, &before) {
        (Some(at), Some(before)) => row(s, at) != *before && row(s, at).trim() != "~",
        _ => s.cursor_position() != cursor,
    });
    // While lines are posted, the cursor's own one may move to where the cursor was.
    if let Some((frame, bytes)) = seen {
        times.add(frame.at.saturating_duration_since(pressed), bytes);
    }
    let wait = BETWEEN_KEYS.saturating_sub(pressed.elapsed());
    // Frames that come between two keys are taken, so that none is held for the next key's.
    let until = Instant::now() + wait;
    while program.frame(until.saturating_duration_since(Instant::now())).is_some() {}
}

fn moves(program: &mut Program, size: &Size, at: &str) {
    let mut times = Times::default();
    for n in 0..size.keys {
        // Seventeen down and seventeen up stay inside a window that does not scroll.
        key(program, &mut times, if n / 17 % 2 == 0 { "j" } else { "k" }, None);
    }
    assert!(times.len() * 2 > size.keys, "only {} of {} keys were seen", times.len(), size.keys);
    times.print(&format!("one row, {at}"));
}

fn typing(program: &mut Program, at: &str) {
    let mut times = Times::default();
    for text in ["hazel lo", "amount>50 ced", "!oak org:pine", "offer:\"offer 12\""] {
        program.press("/");
        program.until(|s| row(s, COUNTS).starts_with("Filter"));
        program.settle(QUIET);
        for c in text.chars() {
            key(program, &mut times, &c.to_string(), None);
        }
        program.press("\r");
        program.settle(QUIET);
        program.press("\x7f");
        program.settle(QUIET);
    }
    times.print(&format!("a letter of a filter, {at}"));
}

/// Keys while nothing else goes on.
fn at_rest(program: &mut Program, size: &Size) {
    let all = format!("{} lines", counted(size.lines));
    program.press("6");
    program.until_text(&all);
    program.settle(QUIET);

    Times::heading("key to frame, at rest");
    moves(program, size, "first rows");
    let mut pages = Times::default();
    for n in 0..size.keys / 3 {
        let page = if n / 20 % 2 == 0 { "\x06" } else { "\x02" };
        key(program, &mut pages, page, Some(FIRST_ROW));
    }
    pages.print("one page");
    let mut ends = Times::default();
    program.press("g");
    program.settle(QUIET);
    for n in 0..size.keys / 6 {
        key(program, &mut ends, if n % 2 == 0 { "G" } else { "g" }, Some(FIRST_ROW));
    }
    ends.print("to the last row and to the first");
    program.press("G");
    program.settle(QUIET);
    let mut back = Times::default();
    for n in 0..size.keys {
        key(program, &mut back, if n / 17 % 2 == 0 { "k" } else { "j" }, None);
    }
    back.print("one row, last rows");
    program.press("g");
    program.settle(QUIET);
    typing(program, "at rest");

    println!("peak memory so far {} MB", megabytes(program, "VmHWM:"));
    Times::heading("filter and sort to their result");
    results(program, size, &all);

    program.settle(Duration::from_secs(1));
    let (cpu, begun) = (program.cpu(), Instant::now());
    let idle = program.settle_for(size.idle);
    let used = cpu.zip(program.cpu()).map(|(a, b)| (b - a).as_secs_f64());
    println!(
        "\nidle for {:.1} s: {idle} B, {} s of CPU",
        begun.elapsed().as_secs_f64(),
        used.map_or_else(|| "?".into(), |u| format!("{u:.2}"))
    );
}

/// From the last letter of a filter, or the key of a sort, to the rows that it gives.
fn results(program: &mut Program, size: &Size, all: &str) {
    let rounds = (size.keys / 30).max(2);
    for (what, text) in [
        ("filter by a word", "larch"),
        ("filter by a word that nothing has", "zzzz"),
        ("filter by organization", "org:\"pine foods\""),
        ("filter by amount", "amount>4000"),
        ("filter by two columns", "status:not amount<5"),
    ] {
        let mut times = Times::default();
        for _ in 0..rounds {
            program.press("/");
            program.until(|s| row(s, COUNTS).starts_with("Filter"));
            // Pasted, so that it is one question.
            let pressed = program.press(&format!("\x1b[200~{text}\x1b[201~"));
            let (frame, bytes) = program.until(|s| row(s, COUNTS).contains(" of "));
            times.add(frame.at - pressed, bytes);
            program.press("\r\x7f");
            program.until(|s| row(s, COUNTS).contains(all));
            program.settle(QUIET);
        }
        times.print(what);
    }
    println!("peak memory so far {} MB", megabytes(program, "VmHWM:"));
    for (what, columns) in [("sort by organization", 0), ("sort by amount", 2)] {
        let mut times = Times::default();
        program.press("0");
        program.press(&"l".repeat(columns));
        program.settle(QUIET);
        for _ in 0..rounds {
            program.press("g");
            program.settle(QUIET);
            program.press("jjjjj");
            program.settle(QUIET);
            // The cursor stays on its row, wherever the sort puts it.
            key(program, &mut times, "s", Some(PLACE));
            program.settle(QUIET);
            key(program, &mut times, "s", Some(PLACE));
            program.settle(QUIET);
            program.press("s");
            program.settle(QUIET);
        }
        times.print(what);
    }
}

/// The same keys while additions are posted.
fn while_syncing(program: &mut Program, size: &Size) {
    program.press("/");
    program.until(|s| row(s, COUNTS).starts_with("Filter"));
    program.press("\x1b[200~mapping=mapped\x1b[201~");
    program.until(|s| row(s, COUNTS).contains(" of "));
    program.press("\r");
    program.settle(QUIET);
    program.press("A");
    program.settle(QUIET);
    program.press("Pm");
    program.until_text("Carry out");
    program.settle(QUIET);
    let memory = megabytes(program, "VmHWM:");
    program.press("a");
    // On a busy machine the question comes late, and a key before it would be lost.
    program.until_text("Write to ConnectWise");
    program.settle(QUIET);
    program.press("y");
    let mut ticks = Times::default();
    let begun = Instant::now();
    while ticks.len() < (size.keys / 15).max(1) && begun.elapsed() < Duration::from_secs(5) {
        if let Some(frame) = program.frame(Duration::from_secs(1)) {
            ticks.add(frame.at - begun, frame.bytes);
        }
    }
    program.press("6");
    program.settle(Duration::from_millis(50));
    program.press("Z\x7f");
    program.until_text(&format!("{} lines", counted(size.lines)));
    Times::heading("key to frame, while additions are posted");
    moves(program, size, "first rows");
    typing(program, "while posting");
    let running = program.text();
    ticks.print("(frames of progress; only their bytes count)");
    println!("peak memory before the run {memory} MB; the footer at the end: {}", footer(&running));
    program.press("7");
    program.until_text("Run 1:");
}

fn footer(text: &str) -> &str {
    text.lines().rev().find(|l| !l.trim().is_empty()).unwrap_or_default()
}
