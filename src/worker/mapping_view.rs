//! The mappings as people look at them: each organization, offer and contract with its PSA record
//! and the money that waits for it.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;

use crate::domain::line::Text;
use crate::domain::mapping::MappingKind;
use crate::domain::money::Currency;
use crate::domain::psa::{Agreement, Company, Product};
use crate::domain::status::PsaStatus;
use crate::store::{Store, StoreError};

/// How a mapping stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MappingState {
    /// It has a record that exists.
    Mapped,
    /// It has none.
    Unmapped,
    /// Its record is no longer there, or cannot be used any more.
    Gone,
}

/// A PSA record of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// ConnectWise's number.
    pub id: i64,
    /// Its name; empty when it is not in the local copy.
    pub name: String,
    /// Whether it exists and can be used.
    pub usable: bool,
}

/// One organization, offer or contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingItem {
    /// What it is.
    pub kind: MappingKind,
    /// The source's id.
    pub source: Text,
    /// Its id at the source.
    pub id: Text,
    /// Its name at the source; a contract has none.
    pub name: Text,
    /// Its PSA records, the default first.
    pub targets: Vec<Target>,
    /// Excluded from Sync; only organizations have it.
    pub excluded: Option<bool>,
    /// Lines that are not Synced.
    pub lines: u64,
    /// Money of those lines.
    pub money: BTreeMap<Currency, Decimal>,
}

impl MappingItem {
    /// How it stands: the default record decides.
    pub fn state(&self) -> MappingState {
        match self.targets.first() {
            None => MappingState::Unmapped,
            Some(t) if t.usable => MappingState::Mapped,
            Some(_) => MappingState::Gone,
        }
    }

    /// What it weighs when items are put in order: currencies are not converted.
    fn weight(&self) -> Decimal {
        self.money.values().map(Decimal::abs).sum()
    }
}

/// Whether lines can be posted for the company.
pub fn company_usable(company: &Company) -> bool {
    company.standing().usable()
}

/// Whether the catalog item can be an addition (design 6.1; ConnectWise refuses bundles).
pub fn product_usable(product: &Product) -> bool {
    product.standing().usable()
}

/// Lines that are not Synced, and their money.
type Stake = (u64, BTreeMap<Currency, Decimal>);

/// All mappings, those with most money at stake first.
///
/// # Errors
/// The store cannot be read.
pub async fn mappings(store: &Store) -> Result<Vec<MappingItem>, StoreError> {
    let mut stakes: HashMap<(MappingKind, Text, Text), Stake> = HashMap::new();
    for group in store.totals(&[]).await? {
        if group.psa_status == PsaStatus::Synced {
            continue;
        }
        let keys = [
            (MappingKind::Organization, group.source.clone(), group.organization),
            (MappingKind::Offer, group.source, group.offer),
        ];
        for key in keys {
            let stake = stakes.entry(key).or_default();
            stake.0 += group.lines;
            *stake.1.entry(group.currency).or_default() += group.source_total;
        }
    }
    let mut stake = |kind, source: &Text, id: &Text| {
        stakes.remove(&(kind, source.clone(), id.clone())).unwrap_or_default()
    };

    let companies: HashMap<i64, Company> =
        store.companies().await?.into_iter().map(|c| (c.id, c)).collect();
    let products: HashMap<i64, Product> =
        store.products().await?.into_iter().map(|p| (p.id, p)).collect();
    let agreements: HashMap<i64, Agreement> =
        store.agreements().await?.into_iter().map(|a| (a.id, a)).collect();

    let mut items = Vec::new();
    for o in store.organizations().await? {
        let (lines, money) = stake(MappingKind::Organization, &o.source, &o.id);
        let targets = o
            .companies
            .iter()
            .map(|id| Target {
                id: *id,
                name: companies.get(id).map(|c| c.name.clone()).unwrap_or_default(),
                usable: companies.get(id).is_some_and(company_usable),
            })
            .collect();
        items.push(MappingItem {
            kind: MappingKind::Organization,
            source: o.source,
            id: o.id,
            name: o.name,
            targets,
            excluded: Some(o.excluded),
            lines,
            money,
        });
    }
    for o in store.offers().await? {
        let (lines, money) = stake(MappingKind::Offer, &o.source, &o.id);
        let targets = o
            .product
            .iter()
            .map(|id| Target {
                id: *id,
                name: products.get(id).map(|p| p.identifier.clone()).unwrap_or_default(),
                usable: products.get(id).is_some_and(product_usable),
            })
            .collect();
        items.push(MappingItem {
            kind: MappingKind::Offer,
            source: o.source,
            id: o.id,
            name: o.name,
            targets,
            excluded: None,
            lines,
            money,
        });
    }
    for c in store.contracts().await? {
        let agreement = agreements.get(&c.agreement);
        items.push(MappingItem {
            kind: MappingKind::Contract,
            source: c.source,
            id: c.id,
            name: "".into(),
            targets: vec![Target {
                id: c.agreement,
                name: agreement.map(|a| a.name.clone()).unwrap_or_default(),
                usable: agreement.is_some(),
            }],
            excluded: None,
            lines: 0,
            money: BTreeMap::new(),
        });
    }
    items.sort_by(|a, b| {
        b.weight()
            .cmp(&a.weight())
            .then(b.lines.cmp(&a.lines))
            .then(a.kind.cmp(&b.kind))
            .then_with(|| a.id.cmp(&b.id))
    });
    Ok(items)
}
