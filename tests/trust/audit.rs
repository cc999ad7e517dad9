//! `addendum audit`, and the head that every run prints.

use serde_json::Value;

use crate::support::{Bench, Home, has_fields};

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

#[test]
fn a_month_is_on_record_with_who_when_request_and_answer() {
    let bench = Bench::ready();
    let home = &bench.home;
    let run = home.json(0, &["sync", "--yes"]);
    let head = run["audit"]["hash"].as_str().unwrap().to_owned();
    let whole = home.json(0, &["audit", "verify", "--head", &head]);
    assert_eq!(whole["whole"], true);
    assert_eq!(whole["head"], head.as_str());
    assert_eq!(whole["length"], run["audit"]["length"]);
    let status = home.json(0, &["status"]);
    assert_eq!(status["audit"]["head"], head.as_str());
    assert_eq!(status["audit"]["anchor"], "fits");
    assert!(home.run(&["status"]).exits(0).stdout.contains(&head[..40]));

    let all = lines(&home.run(&["audit", "export"]).exits(0).stdout);
    assert_eq!(all.len() as u64, run["audit"]["length"].as_u64().unwrap());
    for record in &all {
        has_fields(record, &["id", "at", "who", "kind", "run", "entry", "body", "hash"]);
        let who = record["who"].as_str().unwrap();
        assert!(who.contains("uid ") || cfg!(not(unix)), "{who}");
    }
    let of = |kind: &str| all.iter().filter(|r| r["kind"] == kind).collect::<Vec<_>>();
    let written = ["create_agreement", "create", "update", "cancel"];
    let written: u64 = written.iter().map(|n| run["counts"][n].as_u64().unwrap()).sum();
    assert_eq!(of("intended").len() as u64, written);
    assert_eq!(of("requested").len() as u64, written);
    assert_eq!(of("answered").len() as u64, written);
    assert_eq!(of("done").len() as u64, written);
    let request = &of("intended")[0]["request"];
    has_fields(request, &["kind", "company_id", "marker", "after", "amount"]);
    let answer = &of("done")[0]["answer"];
    assert!(answer["addition_id"].as_i64().is_some(), "{answer}");
    // What went over the wire, as it was sent and as it was answered.
    let posted: Vec<_> = bench.sandbox.requests();
    for (asked, heard) in of("requested").iter().zip(of("answered")) {
        let request = &asked["body"]["request"];
        let body: Value = serde_json::from_str(request["body"].as_str().unwrap()).unwrap();
        assert!(body.is_object() || body.is_array(), "{request:#}");
        let path = request["path"].as_str().unwrap();
        let same = |r: &addendum::sandbox::Recorded| {
            request["method"] == *r.method && r.path.ends_with(path) && request["body"] == *r.body
        };
        assert!(posted.iter().any(same), "{request:#} was never sent");
        let answer = &heard["body"]["answer"];
        assert!([200, 201].contains(&answer["status"].as_u64().unwrap()), "{answer:#}");
        let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        assert!(body["id"].as_i64().is_some(), "{body:#}");
    }
    assert_eq!(of("run-began")[0]["body"]["kind"], "sync");
    assert!(of("run-began")[0]["body"]["plan"]["id"].as_str().is_some());
    assert_eq!(of("run-ended")[0]["body"]["state"], "done");
    assert!(!of("edited").is_empty(), "mappings are on record");
    let text = serde_json::to_string(&all).unwrap();
    for secret in &home.secrets {
        assert!(!text.contains(secret.as_str()), "a secret is on record");
    }

    let file = home.path().join("audit.jsonl").display().to_string();
    let out = home.json(0, &["audit", "export", "--out", &file]);
    assert_eq!(out["records"].as_u64().unwrap(), all.len() as u64);
    assert_eq!(lines(&std::fs::read_to_string(&file).unwrap()), all);
    let document = home.json(0, &["audit", "export"]);
    assert_eq!(document["records"].as_array().unwrap(), &all);
    let late = home.json(0, &["audit", "export", "--since", "2999-01-01"]);
    assert_eq!(late["records"].as_array().unwrap().len(), 0);
}

/// Each try of a write is on record, before it is sent and after, whatever comes of it.
#[test]
fn an_answer_that_was_lost_or_a_refusal_is_on_record_like_any_other() {
    use addendum::sandbox::faults::ErrorBody;
    use addendum::sandbox::{Kind, Rule};
    let bench = Bench::ready();
    let faults = bench.sandbox.faults();
    let on = |kind| Rule::new(kind).on("POST", "/additions").times(1);
    // Not made and tried again; made and found; refused.
    faults.add(on(Kind::ServerError).answering(503, ErrorBody::Html)).unwrap();
    faults.add(on(Kind::ResetAfterCommit).after(2)).unwrap();
    faults.add(on(Kind::ServerError).after(4).answering(400, ErrorBody::Json)).unwrap();
    bench.home.json(3, &["sync", "--yes"]);
    let all = lines(&bench.home.run(&["audit", "export"]).exits(0).stdout);
    let of = |kind: &str| all.iter().filter(|r| r["kind"] == kind).collect::<Vec<_>>();
    assert_eq!(of("requested").len(), of("answered").len());
    assert_eq!(of("requested").len(), of("done").len() + of("failed").len() + 1, "one twice");
    let answers: Vec<&Value> = of("answered").iter().map(|r| &r["body"]["answer"]).collect();
    let lost: Vec<_> = answers.iter().filter(|a| a["status"].is_null()).collect();
    assert_eq!(lost.len(), 2, "{answers:#?}");
    for one in lost {
        assert!(one["problem"].as_str().is_some_and(|p| !p.is_empty()), "{one:#}");
    }
    let refused = of("failed")[0]["entry"].as_i64().unwrap();
    let answered = of("answered").into_iter().find(|r| r["entry"] == refused).unwrap();
    assert_eq!(answered["body"]["answer"]["status"], 400);
    assert_eq!(bench.home.json(0, &["audit", "verify"])["whole"], true);
}

#[test]
fn a_journal_that_somebody_changed_or_cut_off_is_exit_3() {
    let bench = Bench::ready();
    let home = &bench.home;
    home.json(0, &["sync", "--yes"]);
    let store = home.paths().store;
    let kept = home.json(0, &["audit", "verify"])["head"].as_str().unwrap().to_owned();

    let conn = rusqlite::Connection::open(&store).unwrap();
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let before = std::fs::read(&store).unwrap();
    conn.execute_batch(
        "DROP TRIGGER audit_is_not_changed; UPDATE audit SET who = 'eve' WHERE id = 3",
    )
    .unwrap();
    drop(conn);
    let found = home.json(3, &["audit", "verify"]);
    assert_eq!(found["whole"], false);
    assert_eq!(found["faults"][0]["code"], "changed");
    assert_eq!(found["faults"][0]["record"], 3);
    assert!(home.run(&["audit", "verify"]).exits(3).stdout.contains("NOT whole"));

    // The file as it was, but without the end of the journal.
    std::fs::write(&store, before).unwrap();
    let conn = rusqlite::Connection::open(&store).unwrap();
    conn.execute_batch(
        "DROP TRIGGER audit_is_not_shortened;
         DELETE FROM audit WHERE id > (SELECT max(id) - 2 FROM audit)",
    )
    .unwrap();
    drop(conn);
    let found = home.json(3, &["audit", "verify", "--head", &kept]);
    let codes: Vec<&str> =
        found["faults"].as_array().unwrap().iter().filter_map(|f| f["code"].as_str()).collect();
    assert!(codes.contains(&"truncated") && codes.contains(&"head-not-found"), "{found:#}");
    let status = home.json(0, &["status"]);
    assert!(
        status["blocks"].as_array().unwrap().iter().any(|b| b["code"] == "audit-broken"),
        "{status:#}"
    );

    // Somebody vouches for it (a restored backup), and that is on record.
    let accepted = home.json(0, &["audit", "accept"]);
    assert_eq!(accepted["accepted"], true);
    home.refused(2, "nothing-to-accept", &["audit", "accept"]);
    let found = home.json(3, &["audit", "verify"]);
    let codes: Vec<&str> =
        found["faults"].as_array().unwrap().iter().filter_map(|f| f["code"].as_str()).collect();
    assert!(!codes.contains(&"truncated"), "{codes:?}");
    assert!(codes.iter().all(|c| ["run-changed", "entry-changed", "entry-unknown"].contains(c)));
}

#[test]
fn an_empty_journal_is_whole_and_a_head_is_sixteen_digits_at_least() {
    let home = Home::new();
    assert_eq!(home.json(0, &["audit", "verify"])["length"], 0);
    home.refused(2, "usage", &["audit", "verify", "--head", "12"]);
    home.json(3, &["audit", "verify", "--head", "0123456789abcdef"]);
    assert_eq!(home.run(&["audit", "export"]).exits(0).stdout, "");
}

#[test]
fn nothing_of_the_journal_stays_when_the_integration_is_deleted() {
    let home = Home::new();
    home.json(0, &["status"]);
    let name = "addendum.db.head";
    assert!(home.files().iter().any(|f| f.ends_with(name)));
    home.run_with(&["delete-integration"], "default\n").exits(0);
    assert!(home.files().iter().all(|f| !f.ends_with(name)), "{:?}", home.files());
}
