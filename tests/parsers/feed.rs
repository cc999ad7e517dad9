//! A feed on loopback that gives the same answer to everything, and ends its lists.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// So many requests are answered with the body; every later page is empty.
const ANSWERED: u32 = 6;

/// What is answered, and how often it was.
type Shared = Arc<Mutex<(Vec<u8>, u32)>>;

/// The feed of one thread; it ends with the process.
pub struct Feed {
    address: String,
    shared: Shared,
}

impl Feed {
    pub fn new() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port on loopback");
        let address = format!("http://{}", listener.local_addr().expect("its address"));
        let shared = Shared::default();
        let of_thread = Arc::clone(&shared);
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                // A client that has gone away is none of the feed's business.
                let _ = answer(connection, &of_thread);
            }
        });
        Self { address, shared }
    }

    /// Answers with these bytes from now on. Gives the feed's address.
    pub fn answers(&self, body: &[u8]) -> String {
        *self.shared.lock().expect("no thread panics with it") = (body.to_vec(), 0);
        self.address.clone()
    }
}

fn answer(mut connection: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    while !is_whole(&request) {
        let read = connection.read(&mut piece)?;
        if read == 0 {
            return Ok(());
        }
        request.extend_from_slice(&piece[..read]);
    }
    let body = {
        let mut shared = shared.lock().expect("no thread panics with it");
        shared.1 += 1;
        if shared.1 > ANSWERED { b"[]".to_vec() } else { shared.0.clone() }
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    connection.write_all(head.as_bytes())?;
    connection.write_all(&body)
}

/// Whether a request has its head and all of its body.
fn is_whole(request: &[u8]) -> bool {
    let Some(end) = request.windows(4).position(|w| w == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|l| l.strip_prefix("content-length:")?.trim().parse::<usize>().ok())
        .unwrap_or_default();
    request.len() >= end + 4 + length
}
