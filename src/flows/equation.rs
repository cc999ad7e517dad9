//! The equation of design 6.10: `source = posted + excluded + unmapped + failed + open +
//! revisions`, per organization, period and currency.

use std::collections::{BTreeMap, BTreeSet, HashMap};

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

/// What decides on excluded and unmapped.
struct Mappings<'a> {
    organizations: HashMap<(&'a str, &'a str), &'a OrganizationMapping>,
    offers: HashMap<(&'a str, &'a str), &'a OfferMapping>,
}

impl<'a> Mappings<'a> {
    fn new(organizations: &'a [OrganizationMapping], offers: &'a [OfferMapping]) -> Self {
        Self {
            organizations: organizations.iter().map(|o| ((&*o.source, &*o.id), o)).collect(),
            offers: offers.iter().map(|o| ((&*o.source, &*o.id), o)).collect(),
        }
    }

    fn organization(&self, g: &LineGroup) -> Option<&'a OrganizationMapping> {
        self.organizations.get(&(&*g.source, &*g.organization)).copied()
    }

    fn is_excluded(&self, g: &LineGroup) -> bool {
        self.organization(g).is_none_or(|o| o.excluded)
    }

    fn company(&self, g: &LineGroup) -> Option<i64> {
        g.company.or_else(|| self.organization(g).and_then(|o| o.companies.first().copied()))
    }

    fn product(&self, g: &LineGroup) -> Option<i64> {
        g.product
            .or_else(|| self.offers.get(&(&*g.source, &*g.offer)).and_then(|offer| offer.product))
    }
}

/// The companies and products that the equation depends on: those of lines which are not posted and
/// belong to nobody who is excluded.
pub fn asks_about(
    groups: &[LineGroup],
    organizations: &[OrganizationMapping],
    offers: &[OfferMapping],
) -> (BTreeSet<i64>, BTreeSet<i64>) {
    let mappings = Mappings::new(organizations, offers);
    let open =
        groups.iter().filter(|g| g.psa_status != PsaStatus::Synced && !mappings.is_excluded(g));
    let (mut companies, mut products) = (BTreeSet::new(), BTreeSet::new());
    for g in open {
        companies.extend(mappings.company(g));
        products.extend(mappings.product(g));
    }
    (companies, products)
}

/// The equation, from grouped lines and the mappings that decide on excluded and unmapped.
/// `company_exists` and `product_exists` tell whether a record can still be used; they are asked for
/// what [`asks_about`] names.
pub fn equation(
    groups: &[LineGroup],
    organizations: &[OrganizationMapping],
    offers: &[OfferMapping],
    company_exists: &dyn Fn(i64) -> bool,
    product_exists: &dyn Fn(i64) -> bool,
) -> Vec<EquationRow> {
    let mappings = Mappings::new(organizations, offers);
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
        if g.psa_status == PsaStatus::Synced {
            m.posted = g.posted_total;
            m.revisions = g.source_total.saturating_sub(g.posted_total);
        } else if mappings.is_excluded(g) {
            m.excluded = g.source_total;
        } else if !mappings.company(g).is_some_and(company_exists)
            || !mappings.product(g).is_some_and(product_exists)
        {
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
