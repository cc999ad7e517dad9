//! `map auto`: mappings that matching is sure of, for organizations and offers that have none.
//! What a person mapped is never touched, and nobody is taken out of Excluded from Sync: what is
//! posted stays a person's decision. Each mapping is explained in the System Logs.

use std::sync::Arc;

use super::super::job::{JobError, Outcome};
use super::super::suggest::{Memory, Records, Suggester};
use super::super::syslog;
use super::Context;
use crate::domain::edit::Edit;
use crate::domain::log::LogEntry;
use crate::domain::mapping::{OfferMapping, OrganizationMapping};
use crate::domain::problem::{Problem, ProblemKind};
use crate::matching::Candidate;
use crate::sync::fault;

pub(super) async fn run(context: &Context) -> Result<Outcome, JobError> {
    let store = &context.profile.store;
    let (organizations, offers, companies, products, memory) = tokio::try_join!(
        store.organizations(),
        store.offers(),
        store.companies(),
        store.products(),
        Memory::open(store),
    )
    .map_err(fault)?;
    let settings = context.profile.settings().matching.clone();
    let finding = move || {
        let records = Arc::new(Records::new(&settings, &companies, &products));
        find(&organizations, &offers, &Suggester::with(records, memory))
    };
    let found = context.profile.labour.of(finding).await.map_err(|e| {
        Problem::new(
            ProblemKind::Fault,
            "matching-died",
            format!("matching ended without a result: {e}"),
            "this is a fault of Addendum; no mapping was changed: report it with the log",
        )
    })?;
    if context.cancel.is_cancelled() {
        return Err(JobError::Cancelled);
    }
    let accepted = found.edits.len() as u64;
    context.progress("mappings", accepted, Some(accepted + found.open));
    let inverse = match accepted {
        0 => vec![],
        _ => store.edit(found.edits).await.map_err(fault)?,
    };
    let mut log = found.log;
    let mut entry = syslog::info("Mappings matched by name and id");
    entry.details = format!("{accepted} accepted, {} left for a person", found.open);
    log.push(entry);
    context.log(log).await;
    Ok(Outcome::Matched { accepted, open: found.open, inverse })
}

/// What matching found.
#[derive(Default)]
struct Found {
    edits: Vec<Edit>,
    log: Vec<LogEntry>,
    open: u64,
}

fn find(
    organizations: &[OrganizationMapping],
    offers: &[OfferMapping],
    suggester: &Suggester,
) -> Found {
    let mut found = Found::default();
    for organization in organizations.iter().filter(|o| o.companies.is_empty()) {
        let taken = first(suggester.organization(organization, 2));
        let (id, name) = (&organization.id, &organization.name);
        found.settle("Organization", id, name, taken, |company| Edit::Companies {
            source: organization.source.clone(),
            organization: organization.id.clone(),
            companies: vec![company],
        });
    }
    for offer in offers.iter().filter(|o| o.product.is_none()) {
        let taken = first(suggester.offer(offer, 2));
        found.settle("Offer", &offer.id, &offer.name, taken, |product| Edit::Product {
            source: offer.source.clone(),
            offer: offer.id.clone(),
            product: Some(product),
        });
    }
    found
}

/// The candidate that is taken without asking, with its number.
fn first(candidates: Vec<Candidate>) -> Option<(i64, Candidate)> {
    let best = candidates.into_iter().next().filter(|c| c.accepted)?;
    Some((best.id.parse().ok()?, best))
}

impl Found {
    fn settle(
        &mut self,
        what: &str,
        id: &str,
        name: &str,
        taken: Option<(i64, Candidate)>,
        edit: impl FnOnce(i64) -> Edit,
    ) {
        let Some((record, candidate)) = taken else {
            self.open += 1;
            return;
        };
        let mut entry = syslog::info(format!("{what} {name} was mapped to {}", candidate.name));
        let why: Vec<&str> = candidate.reasons.iter().map(|r| &*r.text).collect();
        entry.details = format!(
            "{id} to {record}, score {:.2}, lead {:.2}: {}",
            candidate.score,
            candidate.lead,
            why.join("; ")
        );
        self.log.push(entry);
        self.edits.push(edit(record));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::MatchingSettings;
    use crate::domain::psa::{Company, Product};

    fn find(
        organizations: &[OrganizationMapping],
        offers: &[OfferMapping],
        companies: &[Company],
        products: &[Product],
    ) -> Found {
        let records = Records::new(&MatchingSettings::default(), companies, products);
        let memory = Memory::new(organizations, offers, Default::default(), Default::default());
        super::find(organizations, offers, &Suggester::with(Arc::new(records), memory))
    }

    fn company(id: i64, name: &str) -> Company {
        Company {
            id,
            identifier: format!("C{id:04}"),
            name: name.into(),
            status: "Active".into(),
            deleted: false,
            contact: None,
            domain: None,
            city: None,
        }
    }

    fn organization(id: &str, name: &str, companies: Vec<i64>) -> OrganizationMapping {
        OrganizationMapping {
            source: "s".into(),
            id: id.into(),
            name: name.into(),
            excluded: true,
            companies,
        }
    }

    fn product(id: i64, name: &str, sku: &str) -> Product {
        Product {
            id,
            identifier: format!("P-{id}"),
            description: name.into(),
            class: "Agreement".into(),
            inactive: false,
            part_number: Some(sku.into()),
            vendor_sku: None,
            price: None,
            cost: None,
        }
    }

    fn offer(id: &str, name: &str, part: Option<&str>) -> OfferMapping {
        OfferMapping {
            source: "s".into(),
            id: id.into(),
            name: name.into(),
            part_number: part.map(Into::into),
            product: None,
        }
    }

    #[test]
    fn a_clear_name_is_taken_and_a_persons_mapping_stays() {
        let companies = [company(1, "Northwind Traders"), company(2, "Contoso Ltd")];
        let organizations = [
            organization("o1", "Northwind Traders", vec![]),
            organization("o2", "Contoso Ltd", vec![1]),
            organization("o3", "Nobody In Particular", vec![]),
        ];
        let found = find(&organizations, &[], &companies, &[]);
        let [Edit::Companies { organization, companies, .. }] = found.edits.as_slice() else {
            panic!("{:?}", found.edits)
        };
        assert_eq!((&**organization, companies.as_slice()), ("o1", [1].as_slice()));
        assert_eq!(found.open, 1);
        assert_eq!(found.log.len(), 1);
    }

    #[test]
    fn an_offer_needs_its_id_and_not_just_its_name() {
        let products = [product(7, "Mail Plan 1", "CFQ7TTC0LH16"), product(8, "Backup", "BKP-1")];
        let offers = [
            offer("x-1", "Something else entirely", Some("CFQ7TTC0LH16")),
            offer("x-2", "Backup", None),
        ];
        let found = find(&[], &offers, &[], &products);
        let [Edit::Product { offer, product: Some(7), .. }] = found.edits.as_slice() else {
            panic!("{:?}", found.edits)
        };
        assert_eq!(&**offer, "x-1");
        assert_eq!(found.open, 1);
    }

    #[test]
    fn a_copy_of_a_company_leaves_the_name_to_a_person() {
        let twins = [company(1, "Northwind Traders"), company(2, "northwind  traders")];
        let found = find(&[organization("o1", "Northwind Traders", vec![])], &[], &twins, &[]);
        assert!(found.edits.is_empty() && found.open == 1);
    }

    #[test]
    fn what_another_source_decided_by_the_same_id_is_taken() {
        let mapped = OrganizationMapping {
            source: "other".into(),
            ..organization("tenant-1", "Old name", vec![2])
        };
        let asked = organization("tenant-1", "A wholly new name", vec![]);
        let companies = [company(1, "Contoso Ltd"), company(2, "Northwind Traders")];
        let found = find(&[mapped, asked], &[], &companies, &[]);
        let [Edit::Companies { companies, .. }] = found.edits.as_slice() else {
            panic!("{:?}", found.edits)
        };
        assert_eq!(companies.as_slice(), [2]);
        assert!(found.log[0].details.contains("decided before"), "{}", found.log[0].details);
    }

    #[test]
    fn a_deleted_company_is_no_candidate() {
        let mut gone = company(1, "Northwind Traders");
        gone.deleted = true;
        let found = find(&[organization("o1", "Northwind Traders", vec![])], &[], &[gone], &[]);
        assert!(found.edits.is_empty());
    }
}
