//! The headers of every request: Basic authorization, the integration's `clientId`, version and
//! content type (connectwise-api.md 3). The keys go into the authorization header and nowhere else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;
use secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use super::{ApiKeys, Connection};
use crate::domain::problem::{Problem, ProblemKind};

/// The API version that requests are pinned to: fields renamed in later ones do not reach us.
pub(super) const ACCEPT: &str = "application/vnd.connectwise.com+json; version=2025.1";

/// For servers and endpoints that refuse the pin.
pub(super) const ACCEPT_ANY: &str = "application/json";

/// Without the charset non-ASCII text has been seen to arrive damaged.
pub(super) const CONTENT_TYPE: &str = "application/json; charset=utf-8";

/// What is shorter is no key, and would be found in every second word.
const SHORTEST: usize = 6;

/// What identifies us.
pub(super) struct Identity {
    /// `Basic ...`; marked sensitive, so that no debug output shows it.
    pub authorization: HeaderValue,
    /// `clientId`
    pub client_id: HeaderValue,
    /// The keys in the forms that a refusal could repeat them in.
    repeated: Vec<Zeroizing<Vec<u8>>>,
}

impl Identity {
    /// # Errors
    /// Something is missing, or has characters that no header may have.
    pub(super) fn new(connection: &Connection, keys: &ApiKeys) -> Result<Self, Problem> {
        let (public, private) =
            (keys.public.expose_secret().trim(), keys.private.expose_secret().trim());
        let (company, client) = (connection.company_id.trim(), connection.client_id.trim());
        for (value, what) in [
            (company, "company id"),
            (client, "client id"),
            (public, "public key"),
            (private, "private key"),
        ] {
            if value.is_empty() {
                return Err(not_set(format!("the ConnectWise {what} is not set")));
            }
            if value.chars().any(char::is_control) {
                return Err(not_set(format!("the ConnectWise {what} holds control characters")));
            }
        }
        if company.contains(':') {
            return Err(not_set("the ConnectWise company id holds a colon".to_owned()));
        }
        let plain = Zeroizing::new(format!("{company}+{public}:{private}"));
        let coded = Zeroizing::new(format!("Basic {}", STANDARD.encode(plain.as_bytes())));
        let header = |text: &str, what: &str| {
            HeaderValue::from_str(text)
                .map_err(|_| not_set(format!("the ConnectWise {what} cannot be sent")))
        };
        let mut authorization = header(&coded, "keys")?;
        authorization.set_sensitive(true);
        let mut client_id = header(client, "client id")?;
        client_id.set_sensitive(true);
        let repeated = [
            Zeroizing::new(STANDARD.encode(plain.as_bytes()).into_bytes()),
            Zeroizing::new(private.as_bytes().to_vec()),
        ];
        Ok(Self { authorization, client_id, repeated: repeated.into() })
    }

    /// Takes the keys out of a body: what stands in front of the PSA may repeat a request in its
    /// error page, and such pages go to the log and to people.
    pub(super) fn scrub(&self, body: &mut [u8]) {
        for key in self.repeated.iter().filter(|k| k.len() >= SHORTEST) {
            let mut from = 0;
            while let Some(at) = memchr::memmem::find(&body[from..], key) {
                body[from + at..from + at + key.len()].fill(b'*');
                from += at + key.len();
            }
        }
    }
}

fn not_set(message: String) -> Problem {
    Problem::new(
        ProblemKind::NotSetUp,
        "credentials-incomplete",
        message,
        "set it with `addendum credentials set`; the keys are made in ConnectWise under System > \
         Members > API Members, the client id at developer.connectwise.com",
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn connection() -> Connection {
        Connection {
            site: "na".into(),
            company_id: "acme".into(),
            client_id: "5a4db0c5".into(),
            concurrency: 1,
            requests_per_minute: 0,
            timeout: Duration::from_secs(1),
            max_retries: 0,
            root_certificate: None,
        }
    }

    fn keys(public: &str, private: &str) -> ApiKeys {
        ApiKeys { public: public.to_owned().into(), private: private.to_owned().into() }
    }

    #[test]
    fn company_and_keys_make_basic_authorization() {
        let identity = Identity::new(&connection(), &keys("pub", "s3cret")).unwrap();
        let text = identity.authorization.to_str().unwrap();
        let decoded = STANDARD.decode(text.strip_prefix("Basic ").unwrap()).unwrap();
        assert_eq!(decoded, b"acme+pub:s3cret");
        assert_eq!(format!("{:?}", identity.authorization), "Sensitive");
    }

    #[test]
    fn a_body_that_repeats_the_keys_is_cleaned() {
        let identity = Identity::new(&connection(), &keys("pub", "s3cret")).unwrap();
        let code = STANDARD.encode("acme+pub:s3cret");
        let mut body =
            format!("<p>Authorization: Basic {code}</p> s3crets3cret s3cre").into_bytes();
        identity.scrub(&mut body);
        let text = String::from_utf8(body).unwrap();
        assert!(!text.contains("s3cret") && !text.contains(&code), "{text}");
        assert!(text.starts_with("<p>Authorization: Basic ***") && text.ends_with("** s3cre"));
    }

    #[test]
    fn what_is_missing_is_named_and_secrets_are_not() {
        let told = Identity::new(&connection(), &keys("pub", " ")).err().unwrap().to_string();
        assert!(told.contains("private key"), "{told}");
        let told = Identity::new(&connection(), &keys("pub", "s3\ncret")).err().unwrap();
        assert!(!told.to_string().contains("cret"), "{told}");
        let mut c = connection();
        c.client_id = String::new();
        assert!(Identity::new(&c, &keys("a", "b")).err().unwrap().message.contains("client id"));
    }
}
