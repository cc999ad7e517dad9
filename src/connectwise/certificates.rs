//! Whom we believe: the system's root certificates, and one's own beside them where the PSA stands
//! on premises, or where a proxy opens what passes through it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use reqwest::{Certificate, ClientBuilder};

use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

/// No bundle of roots is bigger; a wrong path might lead to a file that does not end.
const LARGEST: u64 = 4 << 20;

/// Adds the roots of a PEM file to those of the system.
///
/// # Errors
/// `bad-root-certificate`: the file cannot be read, or holds no certificate.
pub(super) fn trusting(client: ClientBuilder, file: &Path) -> Result<ClientBuilder, Problem> {
    let mut pem = Vec::new();
    File::open(file)
        .and_then(|f| f.take(LARGEST).read_to_end(&mut pem))
        .map_err(|e| bad(file, &e.to_string()))?;
    let roots = Certificate::from_pem_bundle(&pem).map_err(|e| bad(file, &e.to_string()))?;
    if roots.is_empty() {
        return Err(bad(file, "it holds no certificate in PEM"));
    }
    Ok(client.tls_certs_merge(roots))
}

fn bad(file: &Path, why: &str) -> Problem {
    Problem::new(
        ProblemKind::NotSetUp,
        "bad-root-certificate",
        format!(
            "the root certificate {} cannot be used: {}",
            harmless(&file.display().to_string()),
            harmless(why)
        ),
        "set connectwise.root_certificate to a PEM file of the authority that signed the server's \
         certificate, or leave it empty for the system's own",
    )
}
