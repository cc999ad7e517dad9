//! Why nobody is let in: each cause has its own code, as far as the PSA's answers differ.

use addendum::sandbox::{Entrance, SandboxOptions};

use crate::permissions::replace;
use crate::support::Bench;

fn bench() -> Bench {
    Bench::with(SandboxOptions { companies: 5, lines: 10, tidy: true, ..Default::default() })
}

/// Both commands that people try first say the same.
#[track_caller]
fn told(bench: &Bench, exit: i32, code: &str, words: &[&str]) {
    for args in [&["verify"][..], &["credentials", "test"]] {
        let document = bench.home.refused(exit, code, args);
        let text = format!("{} {}", document["message"], document["remedy"]);
        for word in words {
            assert!(text.contains(word), "`{word}` is missing: {document:#}");
        }
    }
}

#[test]
fn what_the_answers_tell_apart_is_told_apart() {
    let bench = bench();
    let at_the_door = |entrance| bench.sandbox.faults().let_in(entrance);
    at_the_door(Entrance::MemberDisabled);
    told(&bench, 5, "member-disabled", &["not active", "API Members"]);
    // ConnectWise may answer as for wrong keys: then the possibility is named.
    at_the_door(Entrance::MemberDisabledUnsaid);
    told(&bench, 5, "bad-keys", &["is known there", "disabled", "another company"]);
    at_the_door(Entrance::NotAuthenticated);
    told(&bench, 5, "bad-keys", &["is known there"]);
    at_the_door(Entrance::ClientIdRefused);
    told(&bench, 5, "bad-client-id", &["developer.connectwise.com"]);
    at_the_door(Entrance::WebHost);
    told(&bench, 5, "wrong-host", &["connectwise.site"]);
    at_the_door(Entrance::WebPage);
    told(&bench, 5, "wrong-host", &["connectwise.site", "web page"]);
    at_the_door(Entrance::NothingThere);
    told(&bench, 5, "wrong-host", &["connectwise.site"]);
    at_the_door(Entrance::Open);
    bench.home.json(0, &["verify"]);
    bench.home.set(&[("connectwise.client_id", "11111111-0000-4000-8000-000000000001".into())]);
    told(&bench, 5, "bad-client-id", &["connectwise.client_id"]);
    bench.home.set(&[("connectwise.client_id", "".into())]);
    told(&bench, 4, "no-credentials", &["connectwise.client_id is empty"]);
}

#[test]
fn a_wrong_key_is_told_from_a_wrong_company() {
    let mut bench = bench();
    bench.home.set(&[("connectwise.company_id", "acne".into())]);
    bench.sandbox.forget_requests();
    told(&bench, 5, "unknown-company", &["acne", "connectwise.company_id"]);
    assert_eq!(
        bench.sandbox.count(|r| r.path.contains("/apis/")),
        0,
        "no key is sent where the company is unknown"
    );
    bench.home.set(&[("connectwise.company_id", "sandbox".into())]);
    for (name, value) in
        [("ADDENDUM_CW_PRIVATE_KEY", "wrongKEYwrong"), ("ADDENDUM_CW_PUBLIC_KEY", "Nobody")]
    {
        let right = bench.home.env.iter().find(|(n, _)| n == name).unwrap().1.clone();
        replace(&mut bench.home, name, value);
        told(&bench, 5, "bad-keys", &["is known there", "Incorrect public/private key"]);
        replace(&mut bench.home, name, &right);
    }
    bench.home.json(0, &["verify"]);
}

#[test]
fn a_site_where_nobody_listens_is_a_fault_of_the_way_there() {
    let bench = bench();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    bench.home.set(&[
        ("connectwise.site", format!("http://{free}").into()),
        ("connectwise.max_retries", 0.into()),
    ]);
    told(&bench, 1, "no-connection", &["connectwise.site"]);
    bench.home.set(&[("connectwise.site", "https://no-such-host.invalid".into())]);
    told(&bench, 1, "no-connection", &["no-such-host.invalid"]);
}
