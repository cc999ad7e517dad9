//! What reads bytes from outside, one function each: the same for `tests/parsers` (stable, a short run)
//! and for the targets in `fuzz/` (`cargo fuzz`, as long as one likes). Whatever comes in, nothing
//! panics, and what is said about it can be shown on a terminal.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use addendum::config::Settings;
use addendum::connectwise::wire::{Arrived, NoAnswer, Outside, Request, Wire};
use addendum::connectwise::{ApiKeys, Client, Connection, Feature};
use addendum::domain::clock::Clock;
use addendum::domain::period::Period;
use addendum::domain::policy::Policy;
use addendum::domain::spreadsheet::{begins_a_formula, harmless_cell, plain_cell};
use addendum::domain::text::{harmless, harmless_lines, is_harmful};
use addendum::sandbox::Faults;
use addendum::sources::{Origin, Source, SourceError};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use secrecy::SecretString;

#[path = "feed.rs"]
mod feed;

/// Takes bytes from outside.
pub type Entry = fn(&[u8]);

/// All of them, by the name of their corpus.
pub const ENTRIES: [(&str, Entry); 13] = [
    ("canonical_csv", canonical_csv),
    ("canonical_json_lines", canonical_json_lines),
    ("canonical_workbook", canonical_workbook),
    ("conditions", conditions),
    ("feed_answer", feed_answer),
    ("mapping_file", mapping_file),
    ("plan_file", plan_file),
    ("price_file", price_file),
    ("psa_answer", psa_answer),
    ("sandbox_faults", sandbox_faults),
    ("settings", settings),
    ("source_profile", source_profile),
    ("text", text),
];

/// A file of these bytes, in a folder of this thread.
fn file(name: &str, bytes: &[u8]) -> PathBuf {
    thread_local! {
        static FOLDER: tempfile::TempDir = tempfile::tempdir().expect("a temporary folder");
    }
    let path = FOLDER.with(|f| f.path().join(name));
    std::fs::write(&path, bytes).expect("a file in the temporary folder");
    path
}

/// What is said goes to a terminal.
fn is_sayable(said: &str) {
    let raw = said.chars().find(|c| *c != '\n' && is_harmful(*c));
    assert_eq!(raw, None, "a raw character is said: {said:?}");
}

fn bill(name: &str, bytes: &[u8]) {
    load(Source::of("canonical"), &Origin::Files(vec![file(name, bytes)]), &[]);
}

/// The lines that were given.
fn load(source: Source<'_>, origin: &Origin, periods: &[Period]) -> u64 {
    let mut lines = 0;
    let mut sink = |some: Vec<_>| {
        lines += some.len() as u64;
        true
    };
    match addendum::sources::read(source, origin, periods, &Policy::default(), &mut sink) {
        Ok(report) => assert_eq!(report.lines, lines, "every line that is counted is given"),
        Err(SourceError::Refused(refusal)) => {
            assert!(!refusal.is_empty(), "a refusal names what it refuses");
            is_sayable(&refusal.to_string());
        }
        Err(e) => is_sayable(&e.to_string()),
    }
    lines
}

/// A bill as CSV.
pub fn canonical_csv(bytes: &[u8]) {
    bill("bill.csv", bytes);
}

/// A bill as JSON Lines.
pub fn canonical_json_lines(bytes: &[u8]) {
    bill("bill.jsonl", bytes);
}

/// A bill as a workbook.
pub fn canonical_workbook(bytes: &[u8]) {
    bill("bill.xlsx", bytes);
}

/// ConnectWise's conditions.
pub fn conditions(bytes: &[u8]) {
    if let Err(said) = addendum::sandbox::read_conditions(&String::from_utf8_lossy(bytes)) {
        assert!(!said.is_empty());
    }
}

/// A mapping file.
pub fn mapping_file(bytes: &[u8]) {
    match addendum::worker::mapping_file::check("mapping.csv", bytes) {
        Ok(_) => {}
        Err(refusal) => {
            assert!(!refusal.is_empty(), "a refusal names what it refuses");
            is_sayable(&refusal.to_string());
        }
    }
}

/// A saved plan.
pub fn plan_file(bytes: &[u8]) {
    if let Err(e) = addendum::worker::plan_file::read(&file("plan.json", bytes)) {
        is_sayable(&e.to_string());
    }
}

/// Settings, read and changed.
pub fn settings(bytes: &[u8]) {
    let path = file("config.toml", bytes);
    for profile in ["default", "other"] {
        match Settings::read(&path, profile) {
            Err(problem) => is_sayable(&problem.to_string()),
            Ok(_) => {
                // What can be read can be changed, and read again.
                let change = [("connectwise.company_id".to_owned(), Some("acme".into()))];
                match Settings::write(&path, profile, &change) {
                    Ok(_) => {
                        let read =
                            Settings::read(&path, profile).expect("what was written is read");
                        assert_eq!(read.connectwise.company_id, "acme");
                    }
                    Err(problem) => is_sayable(&problem.to_string()),
                }
            }
        }
    }
}

/// Faults for the sandbox.
pub fn sandbox_faults(bytes: &[u8]) {
    let _ = Faults::parse(&String::from_utf8_lossy(bytes));
}

/// A source profile of somebody's own, and a bill read by it.
pub fn source_profile(bytes: &[u8]) {
    let profile = file("profile.toml", bytes).display().to_string();
    let csv = b"Invoice,Date,Customer,Amount,Currency,Qty\nI-1,2026-10-31,Contoso,10.00,USD,1\n";
    load(Source::of(&profile), &Origin::Files(vec![file("profiled.csv", csv)]), &[]);
}

/// An answer of a billing source over HTTP: the first byte chooses the source, the rest is the body.
pub fn feed_answer(bytes: &[u8]) {
    feed_lines(bytes);
}

/// The lines that such an answer gave.
pub fn feed_lines(bytes: &[u8]) -> u64 {
    thread_local! {
        static FEED: feed::Feed = feed::Feed::new();
    }
    const FEEDS: [(&str, &str); 5] = [
        ("canonical", "token"),
        ("pax8", "client:secret"),
        ("appxite", "key"),
        ("sherweb", "client:secret:subscription"),
        ("arrow", "key"),
    ];
    let Some((first, body)) = bytes.split_first() else { return 0 };
    let (profile, secret) = FEEDS[usize::from(*first) % FEEDS.len()];
    let secret = SecretString::from(secret);
    let source = Source { account: Some("7"), secret: Some(&secret), ..Source::of(profile) };
    let periods = ["2026-10".parse().expect("a month")];
    load(source, &Origin::Url(FEED.with(|f| f.answers(body))), &periods)
}

/// A price file, as the settings name it.
pub fn price_file(bytes: &[u8]) {
    let prices = file("prices.csv", bytes);
    let text = format!("[billing.price]\nfile = '{}'\n", prices.display());
    if let Err(problem) = Settings::read(&file("priced.toml", text.as_bytes()), "default") {
        is_sayable(&problem.to_string());
        assert!(problem.code.starts_with("price-file"), "{problem}");
    }
}

/// Text on its way to a terminal or a spreadsheet.
pub fn text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let shown = harmless(&text);
    is_sayable(&shown);
    assert!(!shown.contains('\n'));
    assert_eq!(harmless(&shown), shown, "once is enough");
    let lines = harmless_lines(&text);
    is_sayable(&lines);
    assert_eq!(
        lines.lines().count(),
        text.split('\n').collect::<Vec<_>>().join("\n").lines().count()
    );
    let cell = harmless_cell(&text);
    assert!(!begins_a_formula(&cell));
    assert_eq!(plain_cell(&cell), text);
}

/// A PSA that gives the same answer to everything, and ends its lists.
struct Answers(Arrived);

impl Wire for Answers {
    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Arrived, NoAnswer>> {
        let asked = request.url().query().unwrap_or_default();
        // Some page must be the last one.
        let later = asked.contains("pageId=") || asked.contains("page=2");
        let answer = if later {
            Arrived { status: 200, body: b"[]".to_vec(), ..Arrived::default() }
        } else {
            self.0.clone()
        };
        std::future::ready(Ok(answer)).boxed()
    }
}

/// An answer of the PSA: the first byte chooses the status, the rest is the body.
pub fn psa_answer(bytes: &[u8]) {
    const STATUSES: [u16; 12] = [200, 201, 204, 302, 400, 401, 403, 404, 409, 415, 200, 200];
    let Some((first, body)) = bytes.split_first() else { return };
    let arrived = Arrived {
        status: STATUSES[usize::from(*first) % STATUSES.len()],
        content_type: Some("application/json".into()),
        body: body.to_vec(),
        ..Arrived::default()
    };
    let connection = Connection {
        site: "psa.example.com".into(),
        company_id: "acme".into(),
        client_id: "client".into(),
        concurrency: 4,
        requests_per_minute: 0,
        timeout: Duration::from_secs(5),
        max_retries: 0,
        root_certificate: None,
    };
    let keys =
        ApiKeys { public: "PUBLICKEY".to_owned().into(), private: "PRIVATEKEY".to_owned().into() };
    let outside =
        Outside { wire: Arc::new(Answers(arrived)), clock: Clock::system(), jitter: Some(1) };
    let client = Client::over(&connection, &keys, None, outside).expect("a client");
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async {
        let silent = |_: u64| {};
        let mut said = Vec::new();
        let mut hear = |e: Option<String>| said.extend(e);
        hear(client.system_info().await.err().map(|e| e.to_string()));
        hear(client.companies(&silent).await.err().map(|e| e.to_string()));
        hear(client.products(&silent).await.err().map(|e| e.to_string()));
        hear(client.agreements(&silent).await.err().map(|e| e.to_string()));
        hear(client.agreement(7).await.err().map(|e| e.to_string()));
        hear(client.additions(7).await.err().map(|e| e.to_string()));
        hear(client.addition(7, 9).await.err().map(|e| e.to_string()));
        hear(client.agreement_types().await.err().map(|e| e.to_string()));
        hear(client.addition_custom_fields().await.err().map(|e| e.to_string()));
        hear(client.delete_addition(7, 9).await.err().map(|e| e.to_string()));
        match client.permissions(&Feature::ALL).await {
            Ok(checks) => hear(checks.first().map(|c| c.found.clone())),
            Err(e) => hear(Some(e.to_string())),
        }
        for text in &said {
            is_sayable(text);
            assert!(!text.contains("PRIVATEKEY"), "{text}");
        }
    });
}
