//! A server for tests that does what no HTTP framework does willingly: resets, answers that break
//! off, silence. It reads each request whole before the script decides.

#![allow(clippy::unwrap_used, reason = "a test that unwraps fails where it should")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{ApiKeys, Client, Connection};

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Seen {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// What the server does with a request.
#[derive(Debug, Clone)]
pub(super) enum Play {
    /// Status, further headers, body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// As `Answer` with 200, and half of the body is missing.
    BreakOff(String),
    /// The connection is reset after the request was read.
    Reset,
    /// No answer, the connection stays open.
    Silence,
}

/// JSON with a status.
pub(super) fn json(status: u16, body: &str) -> Play {
    Play::Answer(status, vec![("content-type", "application/json".into())], body.to_owned())
}

/// The server; it lives as long as the test's runtime.
pub(super) struct Stage {
    pub site: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Stage {
    /// Plays what the script says for each request and its position, from 0.
    pub(super) async fn new(script: impl Fn(&Seen, usize) -> Play + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let site = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, script, position) =
            (Arc::clone(&seen), Arc::new(script), Arc::new(AtomicUsize::new(0)));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, script, position) =
                    (Arc::clone(&log), Arc::clone(&script), Arc::clone(&position));
                tokio::spawn(async move {
                    serve(stream, &log, &*script, &position).await;
                });
            }
        });
        Self { site, seen }
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// A client with short waits between tries.
    pub(super) fn client(&self, max_retries: u32) -> Client {
        self.client_with(|c| c.max_retries = max_retries, None)
    }

    pub(super) fn client_with(
        &self,
        change: impl FnOnce(&mut Connection),
        code_base: Option<&str>,
    ) -> Client {
        let mut connection = connection(&self.site);
        change(&mut connection);
        let mut transport =
            Client::transport_of(&connection, &keys(), code_base.map(str::to_owned), None).unwrap();
        transport.hurry();
        Client::around(transport)
    }
}

pub(super) fn keys() -> ApiKeys {
    ApiKeys { public: "Pub1ic".to_owned().into(), private: "S3cr3t".to_owned().into() }
}

pub(super) fn connection(site: &str) -> Connection {
    Connection {
        site: site.to_owned(),
        company_id: "acme".into(),
        client_id: "Cl1ent".into(),
        concurrency: 4,
        requests_per_minute: 0,
        timeout: Duration::from_secs(20),
        max_retries: 3,
        root_certificate: None,
    }
}

async fn serve(
    mut stream: TcpStream,
    log: &Mutex<Vec<Seen>>,
    script: &(dyn Fn(&Seen, usize) -> Play + Send + Sync),
    position: &AtomicUsize,
) {
    let mut buffer = Vec::new();
    while let Some(seen) = read(&mut stream, &mut buffer).await {
        let play = {
            let mut log = log.lock().unwrap();
            log.push(seen.clone());
            script(&seen, position.fetch_add(1, Ordering::SeqCst))
        };
        let (status, headers, body, cut) = match play {
            Play::Answer(status, headers, body) => (status, headers, body, false),
            Play::BreakOff(body) => (200, Vec::new(), body, true),
            Play::Reset => {
                #[expect(
                    deprecated,
                    reason = "a reset is what is wanted; nothing is left to send"
                )]
                stream.set_linger(Some(Duration::ZERO)).unwrap();
                return;
            }
            Play::Silence => {
                std::future::pending::<()>().await;
                return;
            }
        };
        let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let end = if cut { body.len() / 2 } else { body.len() };
        let whole = [head.as_bytes(), &body.as_bytes()[..end]].concat();
        if stream.write_all(&whole).await.is_err() || cut {
            return;
        }
    }
}

async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Seen> {
    loop {
        if let Some(end) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            let mut lines = head.split("\r\n");
            let mut first = lines.next()?.split(' ').map(str::to_owned);
            let (method, target) = (first.next()?, first.next()?);
            let headers: Vec<(String, String)> = lines
                .filter_map(|l| l.split_once(':'))
                .map(|(n, v)| (n.to_ascii_lowercase(), v.trim().to_owned()))
                .collect();
            let length = headers.iter().find(|(n, _)| n == "content-length");
            let length: usize = length.map_or(0, |(_, v)| v.parse().unwrap());
            if buffer.len() >= end + 4 + length {
                let body = String::from_utf8_lossy(&buffer[end + 4..end + 4 + length]).into_owned();
                buffer.drain(..end + 4 + length);
                return Some(Seen { method, target, headers, body });
            }
        }
        let mut chunk = [0; 4_096];
        match stream.read(&mut chunk).await {
            Ok(n) if n > 0 => buffer.extend_from_slice(&chunk[..n]),
            _ => return None,
        }
    }
}
