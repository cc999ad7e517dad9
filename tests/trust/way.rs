//! The way to the PSA and to the bill: whom keys are sent to, and whom we believe.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::support::Bench;

/// A throw-away authority and a certificate of it for `localhost`.
struct Authority {
    root: String,
    server: Arc<ServerConfig>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let root = params.self_signed(&key).unwrap();
        let issuer = Issuer::new(params, key);
        let mut leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        leaf.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
        let leaf_key = KeyPair::generate().unwrap();
        let leaf = leaf.signed_by(&leaf_key, &issuer).unwrap();
        let key = PrivateKeyDer::try_from(leaf_key.serialize_der()).unwrap();
        let server = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], key)
            .unwrap();
        Self { root: root.pem(), server: Arc::new(server) }
    }
}

/// TLS in front of the sandbox: what comes in encrypted goes on to it in the clear.
fn in_front(bench: &Bench, authority: &Authority) -> SocketAddr {
    let plain: SocketAddr = bench.sandbox.site().strip_prefix("http://").unwrap().parse().unwrap();
    let acceptor = TlsAcceptor::from(Arc::clone(&authority.server));
    bench.block_on(async move {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // Whoever does not believe the certificate hangs up here.
                    let Ok(mut outer) = acceptor.accept(stream).await else { return };
                    let Ok(mut inner) = tokio::net::TcpStream::connect(plain).await else { return };
                    let _ = tokio::io::copy_bidirectional(&mut outer, &mut inner).await;
                });
            }
        });
        address
    })
}

#[test]
fn an_authority_of_ones_own_is_believed_where_it_is_named_and_nowhere_else() {
    let bench = Bench::tidy();
    let authority = Authority::new();
    let port = in_front(&bench, &authority).port();
    let site = format!("https://localhost:{port}");
    bench.home.set(&[("connectwise.site", site.as_str().into())]);
    bench.sandbox.forget_requests();
    for args in [&["verify"][..], &["credentials", "test"], &["pull"]] {
        let refused = bench.home.refused(1, "bad-certificate", args);
        let remedy = refused["remedy"].as_str().unwrap();
        assert!(remedy.contains("connectwise.root_certificate"), "{refused:#}");
    }
    assert_eq!(bench.sandbox.requests().len(), 0, "nothing is sent to whom we do not believe");

    let other = bench.home.file("other.pem", Authority::new().root);
    bench.home.set(&[("connectwise.root_certificate", other.as_str().into())]);
    bench.home.refused(1, "bad-certificate", &["verify"]);

    // A relative path counts from the settings' folder.
    bench.home.file("config/root.pem", &authority.root);
    bench.home.set(&[("connectwise.root_certificate", "root.pem".into())]);
    bench.home.json(0, &["verify"]);
    assert_eq!(
        bench.home.json(0, &["credentials", "test"])["base"].as_str().unwrap(),
        format!("{site}/v4_6_release/apis/3.0")
    );

    // The name must be the certificate's.
    bench.home.set(&[("connectwise.site", format!("https://127.0.0.1:{port}").into())]);
    bench.home.refused(1, "bad-certificate", &["verify"]);

    for (name, text) in [("none.pem", ""), ("junk.pem", "-----BEGIN CERTIFICATE-----\njunk")] {
        bench.home.file(&format!("config/{name}"), text);
        bench.home.set(&[("connectwise.root_certificate", name.into())]);
        bench.home.refused(4, "bad-root-certificate", &["verify"]);
    }
    bench.home.set(&[("connectwise.root_certificate", "not-there.pem".into())]);
    bench.home.refused(4, "bad-root-certificate", &["verify"]);
}

/// The PSA's authority vouches for the PSA, the source's for the source, and neither for both.
#[test]
fn an_authority_for_the_billing_source_has_a_setting_of_its_own() {
    let bench = Bench::tidy();
    let authority = Authority::new();
    let port = in_front(&bench, &authority).port();
    let plain = bench.sandbox.site().to_owned();
    let location =
        bench.sandbox.platform_url().replace(&plain, &format!("https://localhost:{port}"));
    assert!(location.starts_with("https://"), "{location}");
    bench.home.set(&[("source.location", location.as_str().into())]);
    bench.home.json(0, &["pull"]);
    bench.sandbox.forget_requests();
    let root = bench.home.file("config/root.pem", &authority.root);
    for of_the_psa in ["", root.as_str()] {
        bench.home.set(&[("connectwise.root_certificate", of_the_psa.into())]);
        let refused = bench.home.refused(1, "bad-certificate", &["load"]);
        let remedy = refused["remedy"].as_str().unwrap();
        assert!(remedy.contains("source.root_certificate"), "{refused:#}");
    }
    assert_eq!(bench.sandbox.requests().len(), 0, "nothing is sent to whom we do not believe");

    bench.home.set(&[
        ("connectwise.root_certificate", "".into()),
        ("source.root_certificate", "root.pem".into()),
    ]);
    let loaded = bench.home.json(0, &["load"]);
    assert!(loaded["read"].as_u64().is_some_and(|n| n > 0), "{loaded:#}");

    bench.home.file("config/junk.pem", "-----BEGIN CERTIFICATE-----\njunk");
    for name in ["junk.pem", "not-there.pem"] {
        bench.home.set(&[("source.root_certificate", name.into())]);
        let refused = bench.home.refused(4, "bad-root-certificate", &["load"]);
        assert!(refused["remedy"].as_str().unwrap().contains("source.root_certificate"));
    }
}

/// Answers every request with a redirect; gives what it was sent.
fn redirecting(to: String) -> (SocketAddr, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, hear) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
                head.push(byte[0]);
            }
            let _ = tell.send(String::from_utf8_lossy(&head).into_owned());
            let _ = stream.write_all(
                format!("HTTP/1.1 302 Found\r\nLocation: {to}/x\r\nContent-Length: 0\r\n\r\n")
                    .as_bytes(),
            );
        }
    });
    (address, hear)
}

#[test]
fn a_redirect_to_another_host_is_not_followed_with_keys_in_hand() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let to = format!("http://{}", elsewhere.local_addr().unwrap());
    let (address, sent) = redirecting(to);
    let bench = Bench::tidy();
    bench.home.set(&[
        ("connectwise.site", format!("http://{address}").into()),
        ("source.location", format!("http://{address}/platform").into()),
    ]);
    for args in [&["verify"][..], &["credentials", "test"], &["pull"]] {
        bench.home.refused(5, "redirected", args);
    }
    bench.home.json(1, &["load"]);
    let heads: Vec<String> = sent.try_iter().collect();
    let with_keys = |h: &&String| h.to_lowercase().contains("authorization: ");
    assert!(heads.iter().filter(with_keys).count() >= 4, "{heads:#?}");
    assert!(elsewhere.accept().is_err(), "somebody else was asked");
}

#[test]
fn keys_never_travel_in_the_clear() {
    let bench = Bench::tidy();
    for site in ["http://psa.example.com", "http://10.0.0.1", "http://127.0.0.1.example.com"] {
        let file = bench.home.paths().settings;
        let text =
            format!("[connectwise]\nsite = \"{site}\"\ncompany_id = \"a\"\nclient_id = \"b\"\n");
        std::fs::write(&file, text).unwrap();
        assert_eq!(bench.home.json(2, &["verify"])["schema"], "addendum/error/1");
        let text = format!("[source]\nlocation = \"{site}\"\n");
        std::fs::write(&file, text).unwrap();
        assert_eq!(bench.home.json(2, &["load"])["schema"], "addendum/error/1");
    }
}
