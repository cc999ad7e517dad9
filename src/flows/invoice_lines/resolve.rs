//! On which side of the equation a line stands, and where a mapped one goes (design 6.1).

use foldhash::{HashMap, HashMapExt};

use crate::domain::line::{Line, Text};
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

/// Finds where lines stand. Texts are shared by many lines, so that what was looked up for one is
/// found again by the place of its text.
pub(super) struct Standings<'a> {
    input: &'a PlanInput,
    organizations: HashMap<(usize, usize), Organization<'a>>,
    offers: HashMap<(usize, usize), Option<&'a Product>>,
}

/// What an organization's mapping leads to.
#[derive(Clone, Copy)]
struct Organization<'a> {
    excluded: bool,
    company: Option<&'a Company>,
}

fn place(source: &Text, id: &Text) -> (usize, usize) {
    let at = |t: &Text| t.as_ptr() as usize;
    (at(source), at(id))
}

impl<'a> Standings<'a> {
    pub(super) fn new(input: &'a PlanInput) -> Self {
        Self { input, organizations: HashMap::new(), offers: HashMap::new() }
    }

    /// The sides in the order in which they are asked: posted, excluded, unmapped, then the rest.
    /// The line must be one of the input's: its texts are known by their places.
    pub(super) fn of(&mut self, line: &'a Line) -> Standing<'a> {
        if line.psa_status == PsaStatus::Synced {
            return Standing::At(Bucket::Posted);
        }
        let organization = self.organization(line);
        if organization.excluded {
            return Standing::At(Bucket::Excluded);
        }
        let company = match line.choice.company {
            Some(id) => self.company(id),
            None => organization.company,
        };
        let product = match line.choice.product {
            Some(id) => product(self.input, id),
            None => self.offer(line),
        };
        match (company, product) {
            // A write is unresolved: the executor looks it up first, no plan may touch it.
            (Some(_), Some(_)) if line.psa_status == PsaStatus::Posting => {
                Standing::At(Bucket::Open)
            }
            (Some(company), Some(product)) => Standing::Mapped(Target { company, product }),
            _ => Standing::At(Bucket::Unmapped),
        }
    }

    fn organization(&mut self, line: &Line) -> Organization<'a> {
        let at = place(&line.source, &line.organization_id);
        if let Some(known) = self.organizations.get(&at) {
            return *known;
        }
        let key = (line.source.clone(), line.organization_id.clone());
        let mapping = self.input.organizations.get(&key);
        let found = Organization {
            excluded: mapping.is_none_or(|o| o.excluded),
            company: mapping
                .and_then(|o| o.companies.first().copied())
                .and_then(|id| self.company(id)),
        };
        self.organizations.insert(at, found);
        found
    }

    fn company(&self, id: i64) -> Option<&'a Company> {
        self.input.companies.get(&id).filter(|c| !c.deleted)
    }

    fn offer(&mut self, line: &Line) -> Option<&'a Product> {
        let input = self.input;
        *self.offers.entry(place(&line.source, &line.offer_id)).or_insert_with(|| {
            let key = (line.source.clone(), line.offer_id.clone());
            product(input, input.offers.get(&key)?.product?)
        })
    }
}

fn product(input: &PlanInput, id: i64) -> Option<&Product> {
    input.products.get(&id).filter(|p| can_be_an_addition(p))
}

/// ConnectWise refuses bundles as additions (domain.md 6.4); inactive items are not offered.
fn can_be_an_addition(p: &Product) -> bool {
    !p.inactive && !p.class.eq_ignore_ascii_case("Bundle")
}
