//! Distributors that tell what they bill, each in its own published form: the sample of the
//! sandbox's Platform in other clothes, so that the same companies and products fit.
//!
//! What a form leaves open was chosen as the stricter of what its documents show, and what they
//! show both ways can be switched ([`BadData`]).

mod answer;
mod appxite;
mod arrow;
mod bad_data;
mod pax8;
mod sherweb;
mod tokens;

use axum::http::{HeaderMap, Method};
use axum::response::Response;

use super::paging::Address;
use super::server::Shared;
use crate::domain::line::CanonicalLine;
use crate::domain::period::Period;

pub use bad_data::BadData;
use tokens::Tokens;

/// A distributor whose form the sandbox speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Feed {
    /// Pax8's partner API: invoices, their items, companies, products, draft items.
    Pax8,
    /// AppXite's Reporting API v2: invoice headers and rows, incoming and outgoing.
    AppXite,
    /// Sherweb's Distributor API: the charges payable for a period.
    Sherweb,
    /// ArrowSphere's billing statements and their lines.
    Arrow,
}

impl Feed {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pax8, Self::AppXite, Self::Sherweb, Self::Arrow];

    /// The name of the profile that reads it, and the first part of its path.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pax8 => "pax8",
            Self::AppXite => "appxite",
            Self::Sherweb => "sherweb",
            Self::Arrow => "arrow",
        }
    }

    /// What stands between the sandbox's address and the paths that the profile knows.
    pub fn base(self) -> &'static str {
        match self {
            Self::Pax8 => "/pax8/v1",
            Self::AppXite => "/appxite",
            Self::Sherweb => "/sherweb",
            Self::Arrow => "/arrow/index.php/api",
        }
    }

    /// What goes into the source's secret, its parts divided by colons. It opens nothing but the
    /// sandbox.
    pub fn secret(self) -> &'static str {
        match self {
            Self::Pax8 => "sandbox-pax8-client:sandbox-pax8-secret",
            Self::AppXite => "sandbox-sas-key",
            Self::Sherweb => "sandbox-sherweb-client:sandbox-sherweb-secret:sandbox-subscription",
            Self::Arrow => "sandbox-arrow-key",
        }
    }

    /// The seller's own id at the distributor (`source.account`), where the form asks for one.
    pub fn account(self) -> Option<&'static str> {
        (self == Self::AppXite).then_some(appxite::SELLER)
    }

    /// The distributor's id of something that the Platform knows as `id`: none of them uses the
    /// Platform's own.
    pub fn id(self, id: &str) -> String {
        uuid(self, id)
    }
}

/// What the feeds remember while the sandbox runs.
#[derive(Debug, Default)]
pub(super) struct Memory {
    tokens: Tokens,
}

/// A request to a feed.
pub(super) struct Call<'a> {
    pub shared: &'a Shared,
    pub feed: Feed,
    /// The path behind the feed's name.
    pub rest: &'a [&'a str],
    pub method: &'a Method,
    pub headers: &'a HeaderMap,
    pub address: Address,
    pub body: &'a [u8],
    /// What is wrong with the data at present.
    pub bad: Vec<BadData>,
}

impl Call<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.address.query.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str())
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    fn is(&self, bad: BadData) -> bool {
        self.bad.contains(&bad)
    }

    /// The sample's lines of a month.
    fn lines(&self, period: Period) -> Vec<CanonicalLine> {
        self.shared.sample.lines(period).collect()
    }

    fn id(&self, id: &str) -> String {
        self.feed.id(id)
    }
}

/// The feed behind a path's first part.
pub(super) fn named(name: &str) -> Option<Feed> {
    Feed::ALL.into_iter().find(|f| f.name() == name)
}

/// Answers.
pub(super) fn answer(call: &Call<'_>) -> Response {
    match call.feed {
        Feed::Pax8 => pax8::answer(call),
        Feed::AppXite => appxite::answer(call),
        Feed::Sherweb => sherweb::answer(call),
        Feed::Arrow => arrow::answer(call),
    }
}

/// An id as most distributors write them, always the same for the same text.
fn uuid(feed: Feed, text: &str) -> String {
    let digest = blake3::hash(format!("{} {text}", feed.name()).as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_bytes()[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}
