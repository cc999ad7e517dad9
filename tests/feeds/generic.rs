//! What `[http]` can say, against servers that answer as they are told.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;

use addendum::domain::line::CanonicalLine;
use addendum::domain::policy::Policy;
use addendum::sources::{self, Origin, ReadReport, Source, SourceError};
use secrecy::SecretString;

/// Everything that a profile needs beside `[http]`.
const FIELDS: &str = r#"
[fields]
line_id = "id"
invoice_number = "no"
invoice_date = "asked.to"
organization_id = "customer.id"
organization_name = "customer.name"
offer_id = "sku"
offer_name = "sku"
charge_type = "kind"
charge_start_date = "asked.from"
quantity = "n"
total = "amount"
currency = "currency"
[charge_types]
usage = "UsageFee"
"#;

fn record(id: &str) -> String {
    format!(
        r#"{{"id":"{id}","no":"I-1","customer":{{"id":"c","name":"C"}},"sku":"s","kind":"Usage",
            "n":1,"amount":2.50,"currency":"EUR"}}"#
    )
}

fn ok(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Gives one answer after another and tells what was asked, without line breaks.
fn server(answers: Vec<String>) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let site = format!("http://{}/base", listener.local_addr().expect("an address"));
    let (tell, asked) = mpsc::channel();
    std::thread::spawn(move || {
        for answer in answers {
            let Ok((mut stream, _)) = listener.accept() else { return };
            // Told before it is answered: who has the answer knows that it was told.
            if tell.send(whole(&mut stream)).is_err() {
                return;
            }
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (site, asked)
}

fn whole(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        bytes.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&bytes).to_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|t| t.lines().next());
    let mut body = vec![0; length.and_then(|t| t.trim().parse().ok()).unwrap_or(0)];
    let _ = stream.read_exact(&mut body);
    bytes.extend(body);
    String::from_utf8_lossy(&bytes).replace("\r\n", " | ")
}

struct Asked {
    result: Result<(Vec<CanonicalLine>, ReadReport), SourceError>,
    requests: Vec<String>,
}

/// Reads October and November of 2026 with this `[http]`.
fn read(http: &str, secret: &str, months: &[&str], answers: Vec<String>) -> Asked {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("own.toml");
    let (site, asked) = server(answers);
    std::fs::write(&file, format!("name = \"own\"\n{http}\n{FIELDS}")).unwrap();
    let profile = file.display().to_string();
    let secret = SecretString::from(secret);
    let source = Source { account: Some("me/1"), secret: Some(&secret), ..Source::of(&profile) };
    let periods: Vec<_> = months.iter().map(|m| m.parse().unwrap()).collect();
    let mut lines = Vec::new();
    let result =
        sources::read(source, &Origin::Url(site), &periods, &Policy::default(), &mut |b| {
            lines.extend(b.into_iter().map(|l| l.line));
            true
        });
    let requests = asked.try_iter().collect();
    Asked { result: result.map(|report| (lines, report)), requests }
}

impl Asked {
    #[track_caller]
    fn ids(&self) -> Vec<&str> {
        match &self.result {
            Ok((lines, _)) => lines.iter().map(|l| l.line_id.as_deref().unwrap()).collect(),
            Err(e) => panic!("must be read: {e}"),
        }
    }

    #[track_caller]
    fn code(&self) -> String {
        match &self.result {
            Err(SourceError::Failed(p)) => p.code.to_string(),
            Err(SourceError::Refused(r)) => r.problems[0].code.to_string(),
            other => panic!("must fail: {other:?}"),
        }
    }

    /// The address of request `n`.
    fn address(&self, n: usize) -> &str {
        self.requests[n].split(' ').nth(1).unwrap()
    }
}

fn plain(extra: &str) -> String {
    format!(
        "[http]\nbase = \"https://x.test\"\nsecret = [\"user\", \"word\"]\n{extra}\n\
         [[http.calls]]\nname = \"charges\"\npath = \"/charges\"\nrecords = \"data\"\n"
    )
}

fn data(records: &[&str], more: &str) -> String {
    let records: Vec<String> = records.iter().map(|id| record(id)).collect();
    ok(&format!("{{\"data\":[{}]{more}}}", records.join(",")))
}

#[test]
fn the_profile_of_the_readme_is_one() {
    let readme = include_str!("../../README.md");
    let found = readme.split("```toml\n").skip(1).map(|b| b.split("```").next().unwrap());
    let profile = found.filter(|b| b.contains("[[http.calls]]")).collect::<Vec<_>>();
    let [profile] = profile.as_slice() else { panic!("there is one: {profile:?}") };
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("own.toml");
    std::fs::write(&file, profile).unwrap();
    let body = r#"{"data":{"charges":[
        {"id":"a","billed":true,"invoice":{"number":"I","date":"2026-10-31"},"sku":"s",
         "product":"P","kind":"recurring","period":{"start":"2026-10-01","end":"2026-10-31"},
         "tags":[{"name":"CustomerId","value":"c"},{"name":"CustomerName","value":"C"}],
         "quantity":2,"price":1.25,"amount":2.5,"currency":"EUR"},
        {"id":"b","billed":false}]}}"#;
    let (site, asked) = server(vec![ok(body)]);
    let secret = SecretString::from("s3cret");
    let profile = file.display().to_string();
    let source = Source { secret: Some(&secret), ..Source::of(&profile) };
    let mut lines = Vec::new();
    let report = sources::read(
        source,
        &Origin::Url(site),
        &["2026-10".parse().unwrap()],
        &Policy::default(),
        &mut |b| {
            lines.extend(b);
            true
        },
    )
    .unwrap();
    assert_eq!((lines.len(), report.left_out["not billed yet"]), (1, 1));
    assert_eq!(&*lines[0].line.organization_name, "C");
    let request = asked.recv().unwrap();
    assert!(
        request.contains("GET /base/billing/charges?from=2026-10-01&to=2026-10-31 "),
        "{request}"
    );
    assert!(request.contains("x-api-key: s3cret"), "{request}");
}

#[test]
fn who_asks_is_proven_as_the_profile_says() {
    for (authorization, header) in [
        ("authorization = { kind = \"bearer\" }", "authorization: Bearer me"),
        ("authorization = { kind = \"basic\" }", "authorization: Basic bWU6aGlkZGVu"),
        ("headers = { X-Key = \"k {word}\" }", "x-key: k hidden"),
        ("query = { key = \"{word}\" }", "?key=hidden "),
    ] {
        let asked = read(&plain(authorization), "me:hidden", &["2026-10"], vec![data(&["a"], "")]);
        assert_eq!(asked.ids(), ["a"]);
        assert!(asked.requests[0].contains(header), "{header}: {:?}", asked.requests);
    }
}

#[test]
fn a_token_is_bought_as_the_profile_says() {
    let http = "[http]\nbase = \"https://x.test\"\nsecret = [\"client_id\", \"client_secret\"]\n\
        authorization = { kind = \"client-credentials\", token_url = \"/oauth/token\", basic = true, \
        fields = { scope = \"bills\" } }\n[[http.calls]]\nname = \"c\"\npath = \"/c\"\n";
    let token = ok(r#"{"access_token":"t1","expires_in":"3600"}"#);
    let asked = read(http, "id:word", &["2026-10"], vec![token, ok(&format!("[{}]", record("a")))]);
    assert_eq!(asked.ids(), ["a"]);
    assert!(asked.requests[0].starts_with("POST /base/oauth/token "), "{:?}", asked.requests);
    assert!(asked.requests[0].contains("authorization: Basic aWQ6d29yZA=="));
    assert!(asked.requests[0].ends_with("grant_type=client_credentials&scope=bills"));
    assert!(asked.requests[1].contains("authorization: Bearer t1"));
    let none = read(http, "id:word", &["2026-10"], vec![ok("{}")]);
    assert_eq!(none.code(), "no-token");
}

#[test]
fn pages_are_followed_in_every_style() {
    let offset = "paging = { style = \"offset\", parameter = \"skip\", size_parameter = \"top\", \
        size = 2, total = \"count\" }";
    let asked = read(
        &plain(offset),
        "a:b",
        &["2026-10"],
        vec![data(&["a", "b"], ",\"count\":3"), data(&["c"], ",\"count\":3")],
    );
    assert_eq!(asked.ids(), ["a", "b", "c"]);
    assert_eq!(asked.address(0), "/base/charges?skip=0&top=2");
    assert_eq!(asked.address(1), "/base/charges?skip=2&top=2");

    let link = "query = { key = \"{word}\" }\npaging = { style = \"next-link\", next = \"next\" }";
    let asked = read(
        &plain(link),
        "a:hidden",
        &["2026-10"],
        vec![data(&["a"], ",\"next\":\"/other?at=2&key=stale\""), data(&["b"], "")],
    );
    assert_eq!(asked.ids(), ["a", "b"]);
    assert_eq!(asked.address(1), "/other?at=2&key=hidden", "the secret is ours, not theirs");

    let token = "paging = { style = \"token\", next = \"more\", parameter = \"token\" }";
    let asked = read(
        &plain(token),
        "a:b",
        &["2026-10"],
        vec![data(&["a"], ",\"more\":\"t=1\""), data(&["b"], ",\"more\":\"\"")],
    );
    assert_eq!(asked.ids(), ["a", "b"]);
    assert_eq!(asked.address(1), "/base/charges?token=t%3D1");

    let header = data(&["a"], "").replacen("\r\n", "\r\nLink: <?p=2>; rel=\"next\"\r\n", 1);
    let asked = read(
        &plain("paging = { style = \"link-header\" }"),
        "a:b",
        &["2026-10"],
        vec![header, data(&["b"], "")],
    );
    assert_eq!(asked.ids(), ["a", "b"]);
    assert_eq!(asked.address(1), "/base/charges?p=2");
}

#[test]
fn lists_that_belong_together_are_put_together() {
    let http = |required: bool| {
        format!(
            "[http]\nbase = \"https://x.test\"\n\
             [[http.calls]]\nname = \"customers\"\npath = \"/accounts/{{account}}/customers\"\n\
             once = true\n\
             [[http.calls]]\nname = \"charges\"\npath = \"/charges/{{period}}\"\n\
             query = {{ until = \"{{until:%d/%m/%Y}}\" }}\nenvelope = \"page\"\nrecords = \"data\"\n\
             join = [{{ list = \"customers\", where = \"buyer\", equals = \"key\", required = {required} }}]\n"
        )
    };
    // What is not in the record comes from the list and from around it.
    let fields = |http: String| {
        format!(
            "{http}\n[columns]\n\"customer.name\" = [\"customers.name\"]\n\"no\" = [\"page.invoice\"]\n"
        )
    };
    let charge = r#"{"id":"a","buyer":"k1","customer":{"id":"c"},"sku":"s","kind":"usage","n":1,
        "amount":1,"currency":"EUR"}"#;
    let customers = ok(r#"[{"key":"k1","name":"Contoso"},{"key":"k2","name":"Other"}]"#);
    let charges = ok(&format!(r#"{{"invoice":"I-9","data":[{charge}]}}"#));
    let asked = read(&fields(http(true)), "", &["2026-10"], vec![customers, charges.clone()]);
    assert_eq!(asked.ids(), ["a"]);
    let (lines, _) = asked.result.as_ref().unwrap();
    assert_eq!((&*lines[0].organization_name, &*lines[0].invoice_number), ("Contoso", "I-9"));
    assert_eq!(asked.address(0), "/base/accounts/me%2F1/customers");
    assert_eq!(asked.address(1), "/base/charges/2026-10?until=01%2F11%2F2026");

    let nobody = || ok("[]");
    let asked = read(&fields(http(true)), "", &["2026-10"], vec![nobody(), charges]);
    assert_eq!(asked.code(), "no-such-record");
}

#[test]
fn a_source_that_gives_every_month_the_same_is_not_believed() {
    let two = vec![data(&["a"], ",\"at\":1"), data(&["a"], ",\"at\":2")];
    let asked = read(
        &plain("").replace("records", "query = { m = \"{period}\" }\nrecords"),
        "a:b",
        &["2026-10", "2026-11"],
        two,
    );
    assert_eq!(asked.code(), "same-answer");
    let none = vec![ok("{\"data\":null}"), ok("{\"data\":[]}")];
    let http = plain("").replace("records", "query = { m = \"{period}\" }\nrecords");
    let asked = read(&http, "a:b", &["2026-10", "2026-11"], none);
    assert!(asked.ids().is_empty(), "no list and an empty one are none");
}

#[test]
fn what_is_no_list_of_records_is_told() {
    for (body, code) in [
        ("{\"error\":\"no\"}", "no-list"),
        ("{\"data\":{}}", "no-list"),
        ("[]", "no-list"),
        ("{\"data\":[1]}", "not-a-record"),
        ("{\"data\":[", "not-the-source"),
        ("", "not-the-source"),
    ] {
        let asked = read(&plain(""), "a:b", &["2026-10"], vec![ok(body)]);
        assert_eq!(asked.code(), code, "{body}");
    }
}

#[test]
fn what_a_server_says_is_told_without_the_secret() {
    let said = r#"{"message":"the key hidden-word is \u001b[31mblocked"}"#;
    let answer = ok(said).replace("200 OK", "403 Forbidden");
    let asked = read(&plain(""), "someone:hidden-word", &["2026-10"], vec![answer]);
    let Err(SourceError::Failed(problem)) = &asked.result else { panic!("must fail") };
    let told = problem.to_string();
    assert!(told.contains("blocked") && !told.contains("hidden-word"), "{told}");
    assert!(!told.contains('\u{1b}'), "{told}");
}

#[test]
fn an_id_does_not_lead_to_another_address() {
    let http = "[http]\nbase = \"https://x.test\"\n\
        [[http.calls]]\nname = \"bills\"\npath = \"/bills\"\n\
        [[http.calls]]\nname = \"rows\"\npath = \"/bills/{bills.id}/rows\"\nfor_each = \"bills\"\n";
    let answers = || vec![ok(r#"[{"id":"../x?y#z"}]"#), ok("[]")];
    let asked = read(http, "", &["2026-10"], answers());
    assert_eq!(asked.address(1), "/base/bills/..%2Fx%3Fy%23z/rows");
    let asked = read(http, "", &["2026-10"], vec![ok(r#"[{"id":".."}]"#)]);
    assert_eq!(asked.code(), "record-without-id");
    let asked = read(http, "", &["2026-10"], vec![ok("[{}]")]);
    assert_eq!(asked.code(), "record-without-id");
}
