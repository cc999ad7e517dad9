//! The whole program, timed from outside: the real binary against a sandbox in this process, over
//! real HTTP. Prints ratios and counts next to the times, so that a noisy machine does not matter.
//!
//! `cargo bench --bench whole_process` takes the full sizes; `cargo test --benches` only shows that
//! it runs. `-- post`, `-- load`, `-- pull` pick one part.

mod bill;
mod customer;
mod home;
mod measure;

use addendum::sandbox::{Faults, Sandbox, SandboxOptions};

use bill::{one_time_lines, plain_lines};
use customer::{Customer, mapping};
use home::Home;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let full = args.iter().any(|a| a == "--bench");
    let picked: Vec<&str> =
        args.iter().map(String::as_str).filter(|a| !a.starts_with("--")).collect();
    let wanted = |part: &str| picked.is_empty() || picked.contains(&part);

    if wanted("post") {
        if full {
            post(100, 20, 100, 8);
        } else {
            post(4, 3, 5, 2);
        }
    }
    if wanted("load") {
        let sizes: &[u64] = if full { &[10_000, 100_000, 1_000_000] } else { &[500] };
        load(sizes);
    }
    if wanted("pull") {
        if full { pull(50_000, 100) } else { pull(1_200, 2) }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime starts")
}

/// Posting: time over `latency x (additions + agreements) / concurrency`, and the requests sent.
fn post(agreements: usize, lines_each: usize, latency_ms: u64, concurrency: usize) {
    let runtime = runtime();
    let sandbox = runtime
        .block_on(Sandbox::start(SandboxOptions {
            companies: agreements * 4 + 40,
            lines: 0,
            tidy: true,
            ..SandboxOptions::default()
        }))
        .expect("the sandbox starts");
    let home = Home::new(&sandbox, concurrency);
    let customers = runtime.block_on(Customer::pick(&sandbox, agreements));
    home.write("bill.csv", &one_time_lines(&customers, lines_each));
    home.write("map.csv", &mapping(&customers));
    home.run(&["pull"]).expect_success();
    home.run(&["load", "--from", "bill.csv"]).expect_success();
    home.run(&["map", "import", "map.csv"]).expect_success();

    // The binary's own start and the local work, without the PSA's latency.
    let plan = home.run(&["plan"]).expect_success();
    sandbox.faults().set(Faults { latency_ms, ..Faults::default() }).expect("plain latency");
    sandbox.forget_requests();
    let sync = home.run(&["sync", "--yes"]).expect_success();
    let sent = sandbox.requests().len();
    let additions = agreements * lines_each;
    let expected = additions + agreements;
    let ideal = latency_ms as f64 / 1000.0 * expected as f64 / concurrency as f64;
    let posted = sync.json["counts"]["create"].as_u64().unwrap_or(0);
    println!(
        "post: {additions} additions on {agreements} agreements at {latency_ms} ms, concurrency \
         {concurrency}: {:.2} s, ratio to latency x requests / concurrency {:.3}; requests {sent} \
         (additions + agreements = {expected}); created {posted}; plan alone {:.2} s; peak memory \
         {} MB",
        sync.seconds,
        sync.seconds / ideal,
        plan.seconds,
        sync.peak_mb,
    );
    assert_eq!(sent, expected, "a clean run sends one request an addition and one an agreement");
    assert_eq!(posted, additions as u64);

    sandbox.forget_requests();
    let again = home.run(&["sync", "--yes"]).expect_success();
    let writes = sandbox.count(|r| r.method != "GET");
    let requests = sandbox.requests().len();
    println!(
        "post again: {requests} requests for {additions} lines, {writes} writes, {:.2} s",
        again.seconds
    );
    assert_eq!(writes, 0, "a second sync writes nothing");
    assert!(requests * 100 < additions.max(100), "less than one request per 100 lines");

    let proof = home.run(&["reconcile"]).expect_success();
    println!("reconcile: {:.2} s, nothing missing, doubled or drifted", proof.seconds);
    runtime.block_on(sandbox.stop());
}

/// Loading and planning: lines a second, memory, and the growth from size to size.
fn load(sizes: &[u64]) {
    let runtime = runtime();
    let sandbox = runtime
        .block_on(Sandbox::start(SandboxOptions {
            companies: 400,
            lines: 0,
            tidy: true,
            ..SandboxOptions::default()
        }))
        .expect("the sandbox starts");
    let mut before: Option<(u64, f64, f64)> = None;
    for &size in sizes {
        let home = Home::new(&sandbox, 8);
        let customers = runtime.block_on(Customer::pick(&sandbox, 40));
        plain_lines(&customers, size, &home.path("bill.csv"));
        home.write("map.csv", &mapping(&customers));
        home.run(&["pull"]).expect_success();
        let load = home.run_on_one_core(&["load", "--from", "bill.csv"]).expect_success();
        home.run(&["map", "import", "map.csv"]).expect_success();
        let plan = home.run_on_one_core(&["plan"]).expect_success();
        let status = home.run(&["status"]).expect_success();
        print!(
            "load {size} lines on one core: {:.2} s ({:.2} s of CPU), {:.0} lines/s, peak {} MB; plan \
             {:.2} s ({:.2} s of CPU), peak {} MB; status {:.2} s",
            load.seconds,
            load.cpu_seconds,
            size as f64 / load.seconds,
            load.peak_mb,
            plan.seconds,
            plan.cpu_seconds,
            plan.peak_mb,
            status.seconds
        );
        if let Some((n, l, p)) = before {
            let growth = size as f64 / n as f64;
            print!(
                "; {growth:.0} x the lines cost {:.1} x (load) and {:.1} x (plan)",
                load.seconds / l,
                plan.seconds / p
            );
        }
        println!();
        if size <= 10_000 {
            let planned = home.run(&["plan"]).expect_success();
            assert_eq!(planned.json["counts"]["create"].as_u64(), Some(size));
        }
        before = Some((size, load.seconds, plan.seconds));
    }
    runtime.block_on(sandbox.stop());
}

/// Pulling companies: page size, pages, and how many were in flight at once.
fn pull(companies: usize, latency_ms: u64) {
    let runtime = runtime();
    let sandbox = runtime
        .block_on(Sandbox::start(SandboxOptions {
            companies,
            lines: 0,
            ..SandboxOptions::default()
        }))
        .expect("the sandbox starts");
    let home = Home::new(&sandbox, 8);
    sandbox.faults().set(Faults { latency_ms, ..Faults::default() }).expect("plain latency");
    sandbox.forget_requests();
    let pull = home.run(&["pull", "companies"]).expect_success();
    let requests = sandbox.requests();
    let pages = requests
        .iter()
        .filter(|r| r.path.ends_with("/company/companies") && r.query.contains("pageSize=1000"))
        .count();
    println!(
        "pull {companies} companies at {latency_ms} ms: {:.2} s, {pages} pages of 1000 in {} \
         requests; one after the other they would take {:.2} s; peak memory {} MB",
        pull.seconds,
        requests.len(),
        requests.len() as f64 * latency_ms as f64 / 1000.0,
        pull.peak_mb
    );
    assert!(pages >= companies.div_ceil(1000), "the full page size is used");
    runtime.block_on(sandbox.stop());
}
