//! Stable keys of records: what stays when a name changes.

/// What a key is. Keys of one family are compared with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// The id that the source uses, or the short id of the PSA.
    Id,
    /// A domain of the customer.
    Domain,
    /// The customer's tenant id at the cloud's maker.
    Tenant,
    /// A part number or SKU.
    PartNumber,
}

/// A key with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// What it is.
    pub kind: KeyKind,
    /// As the record has it.
    pub text: String,
}

impl Key {
    /// A key.
    pub fn new(kind: KeyKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }

    /// The form that is compared: its family, and the text in one case. `None` for what means
    /// nothing: too short, or a domain that everybody shares.
    pub fn comparable(&self) -> Option<(KeyKind, String)> {
        let text = self.text.trim().to_lowercase();
        match self.kind {
            KeyKind::Domain => {
                let domain = bare_domain(&text)?;
                Some((KeyKind::Domain, domain))
            }
            KeyKind::Tenant => (text.len() >= 8).then_some((KeyKind::Tenant, text)),
            // A plain number of three digits means nothing in another system.
            KeyKind::Id | KeyKind::PartNumber => {
                (text.chars().count() >= 3).then_some((KeyKind::Id, text))
            }
        }
    }
}

/// Domains of mail providers: no customer is known by them.
const SHARED_DOMAINS: &[&str] = &[
    "aol.com",
    "gmail.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.com",
    "icloud.com",
    "live.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "onmicrosoft.com",
    "outlook.com",
    "protonmail.com",
    "qq.com",
    "t-online.de",
    "web.de",
    "yahoo.com",
    "yandex.ru",
];

/// The domain without scheme, mailbox, `www.` and path.
fn bare_domain(text: &str) -> Option<String> {
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let text = text.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let text = text.rsplit('@').next().unwrap_or_default();
    let text = text.strip_prefix("www.").unwrap_or(text).trim_end_matches('.');
    let good = text.contains('.') && text.len() >= 4 && !SHARED_DOMAINS.contains(&text);
    good.then(|| text.to_owned())
}
