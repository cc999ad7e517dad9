//! On which side of the equation a line stands, and where a mapped one goes (design 6.1).

use crate::domain::line::Line;
use crate::domain::plan_input::PlanInput;
use crate::domain::psa::{Company, Product};
use crate::domain::status::PsaStatus;

/// A side of the equation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bucket {
    Posted,
    Excluded,
    Unmapped,
    Failed,
    Open,
}

/// A line that has what posting needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Target<'a> {
    pub company: &'a Company,
    pub product: &'a Product,
}

/// Where a line stands before any rule on dates, money or agreements is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing<'a> {
    /// Nothing to do, and why.
    At(Bucket),
    /// Mapped, not posted.
    Mapped(Target<'a>),
}

/// The sides in the order in which they are asked: posted, excluded, unmapped, then the rest.
pub(super) fn standing<'a>(input: &'a PlanInput, line: &Line) -> Standing<'a> {
    if line.psa_status == PsaStatus::Synced {
        return Standing::At(Bucket::Posted);
    }
    let organization =
        input.organizations.get(&(line.source.clone(), line.organization_id.clone()));
    if organization.is_none_or(|o| o.excluded) {
        return Standing::At(Bucket::Excluded);
    }
    let company = line
        .choice
        .company
        .or_else(|| organization.and_then(|o| o.companies.first().copied()))
        .and_then(|id| input.companies.get(&id))
        .filter(|c| !c.deleted);
    let product = line
        .choice
        .product
        .or_else(|| {
            input.offers.get(&(line.source.clone(), line.offer_id.clone())).and_then(|o| o.product)
        })
        .and_then(|id| input.products.get(&id))
        .filter(|p| can_be_an_addition(p));
    match (company, product) {
        // A write is unresolved: the executor looks it up first, no plan may touch it.
        (Some(_), Some(_)) if line.psa_status == PsaStatus::Posting => Standing::At(Bucket::Open),
        (Some(company), Some(product)) => Standing::Mapped(Target { company, product }),
        _ => Standing::At(Bucket::Unmapped),
    }
}

/// ConnectWise refuses bundles as additions (domain.md 6.4); inactive items are not offered.
fn can_be_an_addition(p: &Product) -> bool {
    !p.inactive && !p.class.eq_ignore_ascii_case("Bundle")
}
