//! What an import would change, in words: the old value and the new one of each thing.

use std::collections::HashMap;

use super::Directory;
use super::resolve::ByKey;
use crate::domain::edit::Edit;
use crate::domain::line::Text;
use crate::domain::mapping::MappingKind;

/// One value that an import changes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct MappingChange {
    /// What it is about.
    pub kind: MappingKind,
    /// The source's id.
    pub source: Text,
    /// The id at the source.
    pub platform_id: Text,
    /// The name at the source, where it is known.
    pub platform_name: Text,
    /// Which value: `companies`, `excluded`, `product`, `agreement` or `rejected`.
    pub field: &'static str,
    /// As it is.
    pub from: String,
    /// As it will be.
    pub to: String,
}

/// The changes that edits make.
pub(super) fn changes(directory: &Directory, edits: &[Edit]) -> Vec<MappingChange> {
    let names = Names::of(directory);
    edits.iter().filter_map(|edit| names.change(edit)).collect()
}

/// Names and present values by their keys.
struct Names<'d> {
    directory: &'d Directory,
    mappings: ByKey<'d>,
    companies: HashMap<i64, &'d str>,
    products: HashMap<i64, &'d str>,
    agreements: HashMap<i64, &'d str>,
}

impl<'d> Names<'d> {
    fn of(d: &'d Directory) -> Self {
        Self {
            directory: d,
            mappings: d.by_key(),
            companies: d.companies.iter().map(|c| (c.id, c.name.as_str())).collect(),
            products: d.products.iter().map(|p| (p.id, p.description.as_str())).collect(),
            agreements: d.agreements.iter().map(|a| (a.id, a.name.as_str())).collect(),
        }
    }

    fn change(&self, edit: &Edit) -> Option<MappingChange> {
        Some(match edit {
            Edit::Companies { source, organization, companies } => {
                let now = self.mappings.organizations.get(&(source.clone(), organization.clone()));
                let from = now.map_or(&[][..], |o| &o.companies);
                let words = (list(&self.companies, from), list(&self.companies, companies));
                self.made(MappingKind::Organization, source, organization, "companies", words)
            }
            Edit::Excluded { source, organization, excluded } => {
                let now = self.mappings.organizations.get(&(source.clone(), organization.clone()));
                let words = (yes(now.is_none_or(|o| o.excluded)), yes(*excluded));
                self.made(MappingKind::Organization, source, organization, "excluded", words)
            }
            Edit::Product { source, offer, product } => {
                let now = self.mappings.offers.get(&(source.clone(), offer.clone()));
                let from: Vec<i64> = now.and_then(|o| o.product).into_iter().collect();
                let to: Vec<i64> = product.iter().copied().collect();
                let words = (list(&self.products, &from), list(&self.products, &to));
                self.made(MappingKind::Offer, source, offer, "product", words)
            }
            Edit::Contract { source, contract, company, agreement } => {
                let remembered = self.directory.remembered(source, contract);
                let from: Vec<i64> = remembered
                    .into_iter()
                    .filter(|(_, of)| *of == Some(*company))
                    .map(|(id, _)| id)
                    .collect();
                let to: Vec<i64> = agreement.iter().copied().collect();
                let words = (list(&self.agreements, &from), list(&self.agreements, &to));
                self.made(MappingKind::Contract, source, contract, "agreement", words)
            }
            Edit::RejectCompany { source, organization, company, rejected } => {
                let words = rejection(&self.companies, *company, *rejected);
                self.made(MappingKind::Organization, source, organization, "rejected", words)
            }
            Edit::RejectProduct { source, offer, product, rejected } => {
                let words = rejection(&self.products, *product, *rejected);
                self.made(MappingKind::Offer, source, offer, "rejected", words)
            }
            _ => return None,
        })
    }

    fn made(
        &self,
        kind: MappingKind,
        source: &Text,
        id: &Text,
        field: &'static str,
        (from, to): (String, String),
    ) -> MappingChange {
        let key = (source.clone(), id.clone());
        let name = match kind {
            MappingKind::Organization => {
                self.mappings.organizations.get(&key).map(|o| o.name.clone())
            }
            MappingKind::Offer => self.mappings.offers.get(&key).map(|o| o.name.clone()),
            MappingKind::Contract => None,
        };
        MappingChange {
            kind,
            source: source.clone(),
            platform_id: id.clone(),
            platform_name: name.unwrap_or_else(|| "".into()),
            field,
            from,
            to,
        }
    }
}

fn list(names: &HashMap<i64, &str>, ids: &[i64]) -> String {
    let words: Vec<String> = ids.iter().map(|id| told(names, *id)).collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

fn told(names: &HashMap<i64, &str>, id: i64) -> String {
    match names.get(&id) {
        Some(name) => format!("{id} {name}"),
        None => id.to_string(),
    }
}

fn rejection(names: &HashMap<i64, &str>, id: i64, rejected: bool) -> (String, String) {
    let (may, never) = (format!("{} may be suggested", told(names, id)), "never again".to_owned());
    if rejected { (may, never) } else { (never, may) }
}

fn yes(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}
