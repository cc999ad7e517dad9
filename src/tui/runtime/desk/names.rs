//! From lines to rows: the names of what they go to, looked up once for many lines.

use std::collections::HashMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::mapping::{company_named, product_named};
use super::{Inner, refused};
use crate::domain::line::{Line, Text};
use crate::domain::mapping::{OfferMapping, OrganizationMapping};
use crate::domain::price::{self, PriceRules, Sale};
use crate::domain::problem::Problem;
use crate::domain::psa::{Agreement, Company, Product};
use crate::domain::status::MappingStatus;
use crate::tui::model::record::{LineRow, Named, Record, Row, RowId};

/// What turns a line into a row: mappings and PSA records, looked up once for many lines.
pub(super) struct Names {
    organizations: HashMap<(Text, Text), OrganizationMapping>,
    offers: HashMap<(Text, Text), OfferMapping>,
    /// By source, contract and company.
    contracts: HashMap<(Text, Text, i64), i64>,
    companies: HashMap<i64, Company>,
    products: HashMap<i64, Product>,
    agreements: HashMap<i64, Agreement>,
    response_error: bool,
    prices: PriceRules,
}

impl Names {
    /// A line as a row.
    pub(super) fn row(&self, line: Line) -> Row {
        let organization =
            self.organizations.get(&(line.source.clone(), line.organization_id.clone()));
        let offer = self.offers.get(&(line.source.clone(), line.offer_id.clone()));
        let company = line
            .choice
            .company
            .or_else(|| organization.and_then(|o| o.companies.first().copied()))
            .map(|id| company_named(id, self.companies.get(&id)));
        let product = line
            .choice
            .product
            .or_else(|| offer.and_then(|o| o.product))
            .map(|id| product_named(id, self.products.get(&id)));
        let agreement =
            line.choice.agreement.or_else(|| self.remembered(&line, company.as_ref())).map(|id| {
                match self.agreements.get(&id) {
                    Some(a) => Named { id, name: a.name.as_str().into(), exists: true },
                    None => Named { id, name: format!("agreement {id}").into(), exists: false },
                }
            });
        let there = |n: &Option<Named>| n.as_ref().is_some_and(|n| n.exists);
        let mapping = match there(&company) && there(&product) {
            true if self.response_error => MappingStatus::ResponseError,
            true => MappingStatus::Mapped,
            false => MappingStatus::Unmapped,
        };
        let sale = self.sale(&line, product.as_ref().map(|p| p.id));
        Row {
            id: RowId::Line(line.id),
            record: Record::Line(Box::new(LineRow {
                excluded: organization.is_none_or(|o| o.excluded),
                company,
                product,
                agreement,
                mapping,
                sale,
                line,
            })),
        }
    }

    /// What a line is sold for: what it was posted at, else what the rules say now.
    fn sale(&self, line: &Line, product: Option<i64>) -> Option<Sale> {
        match &line.posted {
            Some(posted) => Some(Sale {
                sold: posted.sold,
                cost: price::cost(line),
                unit_cost: line.unit_cost,
                by_rule: false,
            }),
            None => {
                let product = product.and_then(|id| self.products.get(&id)?.price);
                price::sale(line, &self.prices, product).ok()
            }
        }
    }

    /// Cost, price and margin of a line, as its row shows them.
    pub(super) fn worth(&self, line: &Line) -> [Option<Decimal>; 3] {
        let offer = || self.offers.get(&(line.source.clone(), line.offer_id.clone()));
        let product = line.choice.product.or_else(|| offer()?.product);
        let sale = self.sale(line, product);
        [sale.and_then(|s| s.cost), sale.map(|s| s.sold), sale.and_then(|s| s.margin())]
    }

    /// The agreement remembered for the line's contract and company.
    fn remembered(&self, line: &Line, company: Option<&Named>) -> Option<i64> {
        let key = (line.source.clone(), line.contract_id.clone()?, company?.id);
        self.contracts.get(&key).copied()
    }
}

impl Inner {
    /// What turns lines into rows.
    pub(super) async fn names(&self) -> Result<Arc<Names>, Problem> {
        let epoch = self.tables.epoch();
        if let Some(kept) = self.tables.names(epoch) {
            return Ok(kept);
        }
        let store = &self.profile.store;
        let lists = self.lists().await?;
        let (organizations, offers, contracts, response_error) = tokio::try_join!(
            store.organizations(),
            store.offers(),
            store.contracts(),
            store.response_error(),
        )
        .map_err(refused)?;
        let agreements: HashMap<i64, Agreement> =
            lists.agreements.iter().map(|a| (a.id, a.clone())).collect();
        let names = Arc::new(Names {
            organizations: organizations
                .into_iter()
                .map(|o| ((o.source.clone(), o.id.clone()), o))
                .collect(),
            offers: offers.into_iter().map(|o| ((o.source.clone(), o.id.clone()), o)).collect(),
            contracts: contracts
                .into_iter()
                .filter_map(|c| {
                    let company = agreements.get(&c.agreement)?.company_id;
                    Some(((c.source, c.id, company), c.agreement))
                })
                .collect(),
            companies: lists.companies.iter().map(|c| (c.id, c.clone())).collect(),
            products: lists.products.iter().map(|p| (p.id, p.clone())).collect(),
            agreements,
            response_error,
            prices: self.profile.settings().policy.prices.clone(),
        });
        self.tables.keep_names(epoch, &names);
        Ok(names)
    }
}
