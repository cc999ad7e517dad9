//! Reading a billing Platform over real HTTP: the sandbox's, and servers that misbehave.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;

use addendum::domain::load::LoadedLine;
use addendum::domain::period::Period;
use addendum::domain::policy::Policy;
use addendum::domain::problem::{Problem, ProblemKind};
use addendum::sandbox::{Sandbox, SandboxOptions};
use addendum::sources::{self, Origin, ReadReport, Source, SourceError};
use secrecy::SecretString;

fn read(
    url: &str,
    secret: Option<&str>,
    periods: &[Period],
) -> Result<(Vec<LoadedLine>, ReadReport), SourceError> {
    let secret = secret.map(SecretString::from);
    let mut lines = Vec::new();
    let origin = Origin::Url(url.to_owned());
    let report = sources::read(
        Source { secret: secret.as_ref(), ..Source::of("canonical") },
        &origin,
        periods,
        &Policy::default(),
        &mut |batch| {
            lines.extend(batch);
            true
        },
    )?;
    Ok((lines, report))
}

fn period(text: &str) -> Period {
    text.parse().expect("a period")
}

fn line(id: &str) -> String {
    format!(
        "{{\"line_id\":\"{id}\",\"invoice_number\":\"I\",\"invoice_date\":\"2026-10-31\",\
         \"organization_id\":\"o\",\"organization_name\":\"O\",\"offer_id\":\"f\",\
         \"offer_name\":\"F\",\"charge_type\":\"UsageFee\",\"charge_start_date\":\"2026-10-01\",\
         \"quantity\":1,\"total\":2.50,\"currency\":\"EUR\"}}\n"
    )
}

/// Gives one answer after another, each on a connection of its own, and tells what was asked.
/// `{site}` in an answer is its own address.
fn server(answers: Vec<String>) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let site = format!("http://{}", listener.local_addr().expect("an address"));
    let (tell, asked) = mpsc::channel();
    let own = site.clone();
    std::thread::spawn(move || {
        for answer in answers {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let request = head(&mut stream);
            let _ = stream.write_all(answer.replace("{site}", &own).as_bytes());
            if tell.send(request).is_err() {
                return;
            }
        }
    });
    (site, asked)
}

fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).into_owned()
}

fn ok(headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\
         Content-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
}

fn status(line: &str) -> String {
    format!("HTTP/1.1 {line}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

#[track_caller]
fn problem(url: &str) -> Problem {
    match read(url, Some("s3cret"), &[period("2026-10")]) {
        Err(SourceError::Failed(problem)) => {
            assert!(!problem.to_string().contains("s3cret") && !problem.remedy.is_empty());
            problem
        }
        other => panic!("must fail: {other:?}"),
    }
}

#[test]
fn the_sandbox_gives_every_line_of_its_periods_once() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let options = SandboxOptions { lines: 2_500, ..SandboxOptions::default() };
    let sandbox = runtime.block_on(Sandbox::start(options)).expect("the sandbox starts");
    let sample = sandbox.sample();
    let url = sandbox.platform_url();
    let (lines, report) =
        read(&url, Some(sandbox.source_secret()), &sample.periods()).expect("it is read");
    let wanted: usize = sample.periods().iter().map(|p| sample.count(*p)).sum();
    assert_eq!((lines.len(), report.outside), (wanted, 0));
    let keys: std::collections::HashSet<_> = lines.iter().map(|l| &l.key).collect();
    assert_eq!(keys.len(), wanted);
    assert!(sandbox.count(|_| true) > sample.periods().len(), "there is more than a page");

    for secret in [None, Some("wrong")] {
        match read(&url, secret, &sample.periods()) {
            Err(SourceError::Failed(p)) => {
                assert_eq!(
                    (p.code.as_ref(), p.kind),
                    ("source-unauthorized", ProblemKind::NotSetUp)
                );
            }
            other => panic!("must fail: {other:?}"),
        }
    }
    runtime.block_on(sandbox.stop());
}

#[test]
fn pages_are_followed_and_the_secret_goes_with_each() {
    let (site, asked) = server(vec![
        ok("Link: </other?x=1>; rel=\"prev\", <?page=2>; rel=\"next\"\r\n", &line("a")),
        ok("", &line("b")),
    ]);
    let (lines, _) =
        read(&format!("{site}/base/"), Some("s3cret"), &[period("2026-10")]).expect("it is read");
    assert_eq!(lines.iter().map(|l| &*l.key).collect::<Vec<_>>(), ["a", "b"]);
    let requests: Vec<String> = asked.iter().collect();
    assert!(requests[0].starts_with("GET /base/invoice-lines?period=2026-10 "), "{requests:?}");
    assert!(requests[1].starts_with("GET /base/invoice-lines?page=2 "), "{requests:?}");
    for request in requests {
        assert!(request.to_ascii_lowercase().contains("authorization: bearer s3cret"));
    }
}

#[test]
fn a_cut_off_page_is_asked_for_again_and_never_read_as_a_short_one() {
    let both = format!("{}{}", line("a"), line("b"));
    let whole = ok("", &both);
    let cut = whole[..whole.len() - line("b").len()].to_owned();
    let (site, asked) = server(vec![cut.clone(), status("503 Busy"), whole]);
    let (lines, _) = read(&site, None, &[period("2026-10")]).expect("the third answer is whole");
    assert_eq!(lines.len(), 2);
    assert_eq!(asked.iter().count(), 3);
}

#[test]
fn what_is_no_platform_is_told() {
    let html = ok("", "<html>").replace("application/x-ndjson", "text/html");
    let circle = ok("Link: </invoice-lines?period=2026-10>; rel=next\r\n", &line("a"));
    for (answer, code, kind) in [
        (status("401 No"), "source-unauthorized", ProblemKind::NotSetUp),
        (status("403 No"), "source-unauthorized", ProblemKind::NotSetUp),
        (status("404 No"), "not-a-platform", ProblemKind::Refused),
        (status("302 Found\r\nLocation: /x"), "source-failed", ProblemKind::Fault),
        (html, "not-a-platform", ProblemKind::Refused),
        (circle, "page-twice", ProblemKind::Refused),
        (
            ok("Link: <http://127.0.0.1:1/x>; rel=\"next\"\r\n", &line("a")),
            "foreign-page",
            ProblemKind::Refused,
        ),
    ] {
        let (site, _asked) = server(vec![answer]);
        let told = problem(&site);
        assert_eq!((told.code.as_ref(), told.kind), (code, kind), "{told}");
    }
    assert_eq!(problem("no address").code, "bad-location");
}

#[test]
fn a_bad_line_is_named_by_page_and_row() {
    let (site, _asked) = server(vec![ok("", &format!("{}{}", line("a"), line("a")))]);
    match read(&site, None, &[period("2026-10")]) {
        Err(SourceError::Refused(refusal)) => {
            let p = &refusal.problems[0];
            assert_eq!((p.row, p.code.as_ref()), (Some(2), "duplicate-line-id"));
            assert!(p.file.ends_with("/invoice-lines?period=2026-10"), "{p:?}");
        }
        other => panic!("must be refused: {other:?}"),
    }
}

#[test]
fn lines_of_other_periods_are_counted_and_left_out() {
    let (site, _asked) = server(vec![ok("", &line("a"))]);
    let (lines, report) = read(&site, None, &[period("2026-11")]).expect("it is read");
    assert_eq!((lines.len(), report.outside), (0, 1));
}
