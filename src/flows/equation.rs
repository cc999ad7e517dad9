//! The equation of design 6.10: `source = posted + excluded + unmapped + failed + open +
//! revisions`, per organization, period and currency.

use std::collections::{BTreeMap, HashMap};

use crate::domain::line::Text;
use crate::domain::mapping::{OfferMapping, OrganizationMapping};
use crate::domain::money::Currency;
use crate::domain::period::Period;
use crate::domain::plan::MoneyRow;
use crate::domain::status::PsaStatus;
use crate::domain::totals::LineGroup;

/// One row of the equation: organization, period and currency (design 6.10).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct EquationRow {
    /// The source's id.
    pub source: Text,
    /// The organization's id.
    pub organization: Text,
    /// Its name.
    pub organization_name: Text,
    /// The calendar month.
    pub period: Period,
    /// The money.
    #[serde(flatten)]
    pub money: MoneyRow,
}

/// The equation, from grouped lines and the mappings that decide on excluded and unmapped.
/// `company_exists` and `product_exists` tell whether a record can still be used.
pub fn equation(
    groups: &[LineGroup],
    organizations: &[OrganizationMapping],
    offers: &[OfferMapping],
    company_exists: &dyn Fn(i64) -> bool,
    product_exists: &dyn Fn(i64) -> bool,
) -> Vec<EquationRow> {
    let by_organization: HashMap<(&str, &str), &OrganizationMapping> =
        organizations.iter().map(|o| ((&*o.source, &*o.id), o)).collect();
    let by_offer: HashMap<(&str, &str), &OfferMapping> =
        offers.iter().map(|o| ((&*o.source, &*o.id), o)).collect();
    let mut rows: BTreeMap<(Text, Period, Text, Currency), EquationRow> = BTreeMap::new();
    for g in groups {
        let row = rows
            .entry((g.source.clone(), g.period, g.organization.clone(), g.currency))
            .or_insert_with(|| EquationRow {
                source: g.source.clone(),
                organization: g.organization.clone(),
                organization_name: g.organization_name.clone(),
                period: g.period,
                money: MoneyRow::zero(g.currency),
            });
        let mut m = MoneyRow { source: g.source_total, ..MoneyRow::zero(g.currency) };
        let organization = by_organization.get(&(&*g.source, &*g.organization));
        let company = g.company.or_else(|| organization.and_then(|o| o.companies.first().copied()));
        let product =
            g.product.or_else(|| by_offer.get(&(&*g.source, &*g.offer)).and_then(|o| o.product));
        if g.psa_status == PsaStatus::Synced {
            m.posted = g.posted_total;
            m.revisions = g.source_total.saturating_sub(g.posted_total);
        } else if organization.is_none_or(|o| o.excluded) {
            m.excluded = g.source_total;
        } else if !company.is_some_and(company_exists) || !product.is_some_and(product_exists) {
            m.unmapped = g.source_total;
        } else if g.psa_status == PsaStatus::Error {
            m.failed = g.source_total;
        } else {
            m.open = g.source_total;
        }
        row.money.add(&m);
    }
    rows.into_values().collect()
}

/// The equation summed by currency.
pub fn by_currency(rows: &[EquationRow]) -> Vec<MoneyRow> {
    let mut sums: BTreeMap<Currency, MoneyRow> = BTreeMap::new();
    for row in rows {
        sums.entry(row.money.currency)
            .or_insert_with(|| MoneyRow::zero(row.money.currency))
            .add(&row.money);
    }
    sums.into_values().collect()
}
