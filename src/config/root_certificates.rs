//! Whom we believe beside the system's root certificates: an authority of one's own, where a server
//! stands on premises, or where a proxy opens what passes through it. Each server has a setting of its
//! own, so that an authority that was named for one vouches for no other.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use reqwest::Certificate;

use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

/// No bundle of roots is bigger; a wrong path might lead to a file that does not end.
const LARGEST: u64 = 4 << 20;

/// The roots of the PEM file that a setting names, such as `connectwise.root_certificate`.
///
/// # Errors
/// `bad-root-certificate`: the file cannot be read, or holds no certificate.
pub fn root_certificates(file: &Path, setting: &str) -> Result<Vec<Certificate>, Problem> {
    let bad = |why: &str| {
        Problem::new(
            ProblemKind::NotSetUp,
            "bad-root-certificate",
            format!(
                "the root certificate {} cannot be used: {}",
                harmless(&file.display().to_string()),
                harmless(why)
            ),
            format!(
                "set {setting} to a PEM file of the authority that signed the server's certificate, \
                 or leave it empty for the system's own"
            ),
        )
    };
    let mut pem = Vec::new();
    File::open(file)
        .and_then(|f| f.take(LARGEST).read_to_end(&mut pem))
        .map_err(|e| bad(&e.to_string()))?;
    let roots = Certificate::from_pem_bundle(&pem).map_err(|e| bad(&e.to_string()))?;
    if roots.is_empty() {
        return Err(bad("it holds no certificate in PEM"));
    }
    Ok(roots)
}
