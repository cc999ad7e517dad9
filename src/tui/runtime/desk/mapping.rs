//! Rows of the Organizations and Products tabs: mappings with names, money and suggestions.

use std::collections::HashMap;
use std::sync::Arc;

use super::suggest::Suggester;
use super::{Inner, died, refused};
use crate::domain::line::Text;
use crate::domain::problem::Problem;
use crate::domain::psa::{Company, Product};
use crate::domain::status::MappingStatus;
use crate::tui::model::record::{
    Money, Named, OfferRow, OrganizationRow, Record, Row, RowId, add_money,
};
use crate::worker::mapping_view::{company_usable, product_usable};
use crate::worker::suggest::{self, Records};

/// Lines and money of one organization or offer.
type Stakes = HashMap<(Text, Text), (u64, Money)>;

/// A company as a row shows it.
pub(super) fn company_named(id: i64, company: Option<&Company>) -> Named {
    match company {
        Some(c) => Named { id, name: c.name.as_str().into(), exists: company_usable(c) },
        None => Named { id, name: format!("company {id}").into(), exists: false },
    }
}

/// A product as a row shows it.
pub(super) fn product_named(id: i64, product: Option<&Product>) -> Named {
    match product {
        Some(p) => Named { id, name: product_title(p).into(), exists: product_usable(p) },
        None => Named { id, name: format!("product {id}").into(), exists: false },
    }
}

/// What people call a product.
pub(super) fn product_title(p: &Product) -> &str {
    if p.description.is_empty() { &p.identifier } else { &p.description }
}

/// The status of a mapping with this record.
pub(super) fn status(named: Option<&Named>, response_error: bool) -> MappingStatus {
    match named {
        Some(n) if n.exists && response_error => MappingStatus::ResponseError,
        Some(n) if n.exists => MappingStatus::Mapped,
        _ => MappingStatus::Unmapped,
    }
}

impl Inner {
    /// Rows of the Organizations tab, most money first.
    pub(super) async fn organizations(&self) -> Result<Vec<Row>, Problem> {
        let store = &self.profile.store;
        let (organizations, companies, groups, failing) = tokio::try_join!(
            store.organizations(),
            store.companies(),
            store.totals(&[]),
            store.response_error(),
        )
        .map_err(refused)?;
        let mut stakes = Stakes::new();
        for g in groups {
            let stake = stakes.entry((g.source, g.organization)).or_default();
            stake.0 += g.lines;
            add_money(&mut stake.1, g.currency, g.source_total);
        }
        let companies: HashMap<i64, Arc<Company>> =
            companies.into_iter().map(|c| (c.id, Arc::new(c))).collect();
        tokio::task::spawn_blocking(move || {
            let mut rows: Vec<OrganizationRow> = organizations
                .into_iter()
                .map(|mapping| {
                    let named: Vec<Named> = mapping
                        .companies
                        .iter()
                        .map(|id| company_named(*id, companies.get(id).map(|c| &**c)))
                        .collect();
                    let (lines, money) = stakes
                        .remove(&(mapping.source.clone(), mapping.id.clone()))
                        .unwrap_or_default();
                    OrganizationRow {
                        status: status(named.first(), failing),
                        companies: named,
                        lines,
                        money,
                        suggestion: None,
                        mapping,
                    }
                })
                .collect();
            rows.sort_by(|a, b| {
                weight(&b.money)
                    .cmp(&weight(&a.money))
                    .then_with(|| a.mapping.name.cmp(&b.mapping.name))
            });
            rows.into_iter()
                .map(|o| Row {
                    id: RowId::Organization(o.mapping.source.clone(), o.mapping.id.clone()),
                    record: Record::Organization(Box::new(o)),
                })
                .collect()
        })
        .await
        .map_err(died)
    }

    /// Rows of the Products tab, most money first.
    pub(super) async fn offers(&self) -> Result<Vec<Row>, Problem> {
        let store = &self.profile.store;
        let (offers, products, groups, failing) = tokio::try_join!(
            store.offers(),
            store.products(),
            store.totals(&[]),
            store.response_error(),
        )
        .map_err(refused)?;
        let mut stakes = Stakes::new();
        for g in groups {
            let stake = stakes.entry((g.source, g.offer)).or_default();
            stake.0 += g.lines;
            add_money(&mut stake.1, g.currency, g.source_total);
        }
        let products: HashMap<i64, Arc<Product>> =
            products.into_iter().map(|p| (p.id, Arc::new(p))).collect();
        tokio::task::spawn_blocking(move || {
            let mut rows: Vec<OfferRow> = offers
                .into_iter()
                .map(|mapping| {
                    let product = mapping
                        .product
                        .map(|id| product_named(id, products.get(&id).map(|p| &**p)));
                    let (lines, money) = stakes
                        .remove(&(mapping.source.clone(), mapping.id.clone()))
                        .unwrap_or_default();
                    OfferRow {
                        status: status(product.as_ref(), failing),
                        product,
                        lines,
                        money,
                        suggestion: None,
                        mapping,
                    }
                })
                .collect();
            rows.sort_by(|a, b| {
                weight(&b.money)
                    .cmp(&weight(&a.money))
                    .then_with(|| a.mapping.name.cmp(&b.mapping.name))
            });
            rows.into_iter()
                .map(|o| Row {
                    id: RowId::Offer(o.mapping.source.clone(), o.mapping.id.clone()),
                    record: Record::Offer(Box::new(o)),
                })
                .collect()
        })
        .await
        .map_err(died)
    }

    /// Who suggests; made once for the PSA records at hand.
    pub(super) async fn suggester(&self) -> Result<Arc<Suggester>, Problem> {
        if let Some(kept) = self.tables.choices.suggester() {
            return Ok(kept);
        }
        let store = &self.profile.store;
        let records = match self.tables.choices.records() {
            Some(kept) => kept,
            None => {
                let lists = self.lists().await?;
                let settings = self.profile.settings().matching.clone();
                let made = move || Records::new(&settings, &lists.companies, &lists.products);
                Arc::new(tokio::task::spawn_blocking(made).await.map_err(died)?)
            }
        };
        let worker = suggest::Suggester::open(store, records).await.map_err(refused)?;
        let made = Arc::new(Suggester::new(worker));
        self.tables.choices.keep_suggester(&made);
        Ok(made)
    }
}

/// What a row weighs in the shipped order: currencies are not converted.
fn weight(money: &Money) -> rust_decimal::Decimal {
    money.iter().map(|(_, amount)| amount.abs()).sum()
}
