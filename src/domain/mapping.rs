//! Mappings: which PSA record stands for a source's organization, offer or contract.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::line::Text;

/// What a mapping row is about (design 7, `map`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MappingKind {
    /// Organization to company.
    Organization,
    /// Offer to catalog item.
    Offer,
    /// Contract to agreement.
    Contract,
}

impl MappingKind {
    /// The word used in mapping files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Offer => "offer",
            Self::Contract => "contract",
        }
    }
}

impl fmt::Display for MappingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The text is no mapping kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a mapping's kind is organization, offer or contract")]
pub struct NotAMappingKind;

impl FromStr for MappingKind {
    type Err = NotAMappingKind;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let s = s.trim();
        [Self::Organization, Self::Offer, Self::Contract]
            .into_iter()
            .find(|k| k.as_str().eq_ignore_ascii_case(s))
            .ok_or(NotAMappingKind)
    }
}

/// An organization of the source and what stands for it in the PSA.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationMapping {
    /// The source's id (settings: `source.id`).
    pub source: Text,
    /// The organization's id at the source.
    pub id: Text,
    /// Its newest name.
    pub name: Text,
    /// Excluded from Sync; Yes for a new one (domain.md 1.7).
    pub excluded: bool,
    /// Candidate companies; the first is the default. Empty: not mapped.
    pub companies: Vec<i64>,
}

/// An offer of the source and its catalog item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferMapping {
    /// The source's id.
    pub source: Text,
    /// The offer's id at the source.
    pub id: Text,
    /// Its newest name.
    pub name: Text,
    /// The maker's part number, where a line told it.
    pub part_number: Option<Text>,
    /// The catalog item.
    pub product: Option<i64>,
}

/// What a stable key of an organization is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyKind {
    /// Its internet domain.
    Domain,
    /// Its tenant id.
    Tenant,
    /// The reference that our own people gave it at the source.
    Reference,
}

impl KeyKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Domain, Self::Tenant, Self::Reference];
}

/// A stable key of an organization: it stays when the name changes, and another source may tell
/// the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OrganizationKey {
    /// The source's id.
    pub source: Text,
    /// The organization's id at the source.
    pub id: Text,
    /// What the key is.
    pub kind: KeyKind,
    /// The key; domains and tenants in lower case.
    pub key: Text,
}

/// A further id or part number of an offer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OfferKey {
    /// The source's id.
    pub source: Text,
    /// The offer's id at the source.
    pub id: Text,
    /// The key.
    pub key: Text,
}

/// The agreement remembered for a contract and a company (design 6.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractMapping {
    /// The source's id.
    pub source: Text,
    /// The contract's id at the source.
    pub id: Text,
    /// The agreement. Its company is the company that this holds for.
    pub agreement: i64,
}

/// One row of a mapping file (design 7): `kind,platform_id,platform_name,psa_id,psa_name,excluded`.
/// An organization with several companies has several rows, the default first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappingRow {
    /// What the row is about.
    pub kind: MappingKind,
    /// The source's id of the organization, offer or contract.
    pub platform_id: String,
    /// Its name, for people; a contract has none.
    pub platform_name: String,
    /// The PSA record; absent: not mapped.
    pub psa_id: Option<i64>,
    /// Its name; used to find the record where `psa_id` is empty.
    pub psa_name: String,
    /// Only organizations have it. Absent: unchanged, Yes for a new one.
    pub excluded: Option<bool>,
}
