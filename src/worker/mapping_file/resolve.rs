//! From rows to edits: names and numbers are looked up in the local copy of the PSA's records.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::ImportReport;
use super::read::NumberedRow;
use super::wanted::Wanted;
use crate::domain::edit::Edit;
use crate::domain::line::Text;
use crate::domain::mapping::{ContractMapping, MappingKind, OfferMapping, OrganizationMapping};
use crate::domain::mapping_memory::MappingKey;
use crate::domain::problem::{FileProblem, FileRefusal, Problem, ProblemKind};
use crate::domain::psa::{Agreement, AgreementStatus, Company, Product};
use crate::domain::text::harmless;
use crate::store::{Store, StoreError};
use crate::worker::mapping_view::{company_usable, product_usable};

/// The local copy of the PSA's records and the mappings as they are, for looking things up.
#[derive(Debug, Default)]
pub struct Directory {
    pub(super) companies: Vec<Company>,
    pub(super) products: Vec<Product>,
    pub(super) agreements: Vec<Agreement>,
    pub(super) organizations: Vec<OrganizationMapping>,
    pub(super) offers: Vec<OfferMapping>,
    pub(super) contracts: Vec<ContractMapping>,
    pub(super) rejected: BTreeMap<MappingKey, BTreeSet<i64>>,
}

impl Directory {
    /// Reads them from the store.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn open(store: &Store) -> Result<Self, StoreError> {
        let mut rejected: BTreeMap<MappingKey, BTreeSet<i64>> = BTreeMap::new();
        for r in store.mapping_memory().await?.rejected {
            rejected.entry((r.kind, r.source, r.id)).or_default().insert(r.record);
        }
        Ok(Self {
            rejected,
            companies: store.companies().await?,
            products: store.products().await?,
            agreements: store.agreements().await?,
            organizations: store.organizations().await?,
            offers: store.offers().await?,
            contracts: store.contracts().await?,
        })
    }

    /// The record that a person names by its number, or by its name or short id where that is
    /// unique.
    ///
    /// # Errors
    /// No such record, several, or one that cannot be used; each with what to do.
    pub fn find(&self, kind: MappingKind, word: &str) -> Result<i64, Problem> {
        match word.trim().parse::<i64>() {
            Ok(id) => self.by_number(kind, id),
            Err(_) => self.by_name(kind, word),
        }
    }

    /// The same for a record that is to be rejected: a number may be that of one that is gone.
    ///
    /// # Errors
    /// Those of [`Directory::find`] for a name.
    pub fn record(&self, kind: MappingKind, word: &str) -> Result<i64, Problem> {
        match word.trim().parse::<i64>() {
            Ok(id) if id > 0 => Ok(id),
            _ => self.by_name(kind, word),
        }
    }

    /// The source that an organization, offer or contract belongs to: the profile's, unless the
    /// store knows the id of exactly one other.
    pub fn source_of(&self, kind: MappingKind, id: &str, source: &str) -> Text {
        let known: HashSet<&Text> = match kind {
            MappingKind::Organization => {
                self.organizations.iter().filter(|o| *o.id == *id).map(|o| &o.source).collect()
            }
            MappingKind::Offer => {
                self.offers.iter().filter(|o| *o.id == *id).map(|o| &o.source).collect()
            }
            MappingKind::Contract => {
                self.contracts.iter().filter(|c| *c.id == *id).map(|c| &c.source).collect()
            }
        };
        match known.iter().next() {
            Some(only) if known.len() == 1 => (*only).clone(),
            _ => source.into(),
        }
    }

    /// The organization as it is.
    pub fn organization(&self, source: &str, id: &str) -> Option<&OrganizationMapping> {
        self.organizations.iter().find(|o| *o.source == *source && *o.id == *id)
    }

    /// The offer as it is.
    pub fn offer(&self, source: &str, id: &str) -> Option<&OfferMapping> {
        self.offers.iter().find(|o| *o.source == *source && *o.id == *id)
    }

    /// Agreements remembered for a contract, each with its company where the agreement is known.
    pub fn remembered(&self, source: &str, id: &str) -> Vec<(i64, Option<i64>)> {
        self.contracts
            .iter()
            .filter(|c| *c.source == *source && *c.id == *id)
            .map(|c| (c.agreement, self.agreement(c.agreement).map(|a| a.company_id)))
            .collect()
    }

    /// An agreement by its number.
    pub fn agreement(&self, id: i64) -> Option<&Agreement> {
        self.agreements.iter().find(|a| a.id == id)
    }

    fn by_number(&self, kind: MappingKind, id: i64) -> Result<i64, Problem> {
        let (record, usable, known) = match kind {
            MappingKind::Organization => (
                "company",
                self.companies.iter().find(|c| c.id == id).map(company_usable),
                !self.companies.is_empty(),
            ),
            MappingKind::Offer => (
                "product",
                self.products.iter().find(|p| p.id == id).map(product_usable),
                !self.products.is_empty(),
            ),
            MappingKind::Contract => {
                ("agreement", self.agreement(id).map(agreement_usable), !self.agreements.is_empty())
            }
        };
        match usable {
            Some(true) => Ok(id),
            Some(false) => Err(refused(
                "unusable-record",
                format!("the {record} {id} is deleted, inactive or a bundle"),
                "choose another",
            )),
            None if known => Err(refused(
                "unknown-record",
                format!("there is no {record} with the number {id}"),
                "correct the number, or run `addendum pull` if it is new in the PSA",
            )),
            None => Err(nothing_pulled(record)),
        }
    }

    fn by_name(&self, kind: MappingKind, name: &str) -> Result<i64, Problem> {
        let wanted = folded(name);
        let same = |text: &str| folded(text) == wanted;
        let (record, found, known): (_, Vec<i64>, _) = match kind {
            MappingKind::Organization => (
                "company",
                self.companies
                    .iter()
                    .filter(|c| company_usable(c) && (same(&c.name) || same(&c.identifier)))
                    .map(|c| c.id)
                    .collect(),
                !self.companies.is_empty(),
            ),
            MappingKind::Offer => (
                "product",
                self.products
                    .iter()
                    .filter(|p| product_usable(p) && (same(&p.identifier) || same(&p.description)))
                    .map(|p| p.id)
                    .collect(),
                !self.products.is_empty(),
            ),
            MappingKind::Contract => (
                "agreement",
                self.agreements
                    .iter()
                    .filter(|a| agreement_usable(a) && same(&a.name))
                    .map(|a| a.id)
                    .collect(),
                !self.agreements.is_empty(),
            ),
        };
        let shown = harmless(name);
        match found.as_slice() {
            [only] => Ok(*only),
            [] if known => Err(refused(
                "unknown-record",
                format!("there is no {record} named `{shown}`"),
                "correct the name, give its number, or run `addendum pull` if it is new in the PSA",
            )),
            [] => Err(nothing_pulled(record)),
            several => {
                let ids: Vec<String> = several.iter().take(5).map(ToString::to_string).collect();
                Err(refused(
                    "ambiguous-name",
                    format!("{} records are named `{shown}`: {}", several.len(), ids.join(", ")),
                    "give the number of the one that is meant",
                ))
            }
        }
    }

    /// The edits that bring the mappings to what the rows say; what is so already is no edit.
    pub(super) fn edits(
        &self,
        source: &str,
        file: &str,
        rows: &[NumberedRow],
    ) -> Result<(Vec<Edit>, ImportReport), FileRefusal> {
        let mut refusal = FileRefusal::default();
        let mut refuse = |number: u64, column: &str, p: Problem| {
            refusal.push(FileProblem {
                file: file.to_owned(),
                row: Some(number),
                column: Some(column.to_owned()),
                code: p.code,
                message: p.message,
                remedy: p.remedy,
            });
        };
        let mut wanted: BTreeMap<(MappingKind, Text, Text), Wanted> = BTreeMap::new();
        let mut index = self.index();
        for NumberedRow { number, row, source: told, rejected } in rows {
            let home = match told {
                Some(told) => told.as_str().into(),
                None => index.source_of(row.kind, &row.platform_id, source),
            };
            let id: Text = row.platform_id.as_str().into();
            let now = index.now(row.kind, &home, &id);
            let record = match (row.psa_id, row.psa_name.as_str()) {
                // A mapping that is so already stays, even when its record is gone meanwhile.
                (Some(n), _) if now.contains(&n) => Ok(Some(n)),
                (Some(n), _) => index.find_number(self, row.kind, n).map(Some),
                (None, "") => Ok(None),
                (None, name) => index.find_name(self, row.kind, name).map(Some),
            };
            let record = match record {
                Ok(record) => record,
                Err(p) => {
                    let column = if row.psa_id.is_some() { "psa_id" } else { "psa_name" };
                    refuse(*number, column, p);
                    continue;
                }
            };
            if let Some(unknown) = self.dangling(row.kind, &home, &id, rejected.as_deref()) {
                refuse(*number, "rejected", unknown);
                continue;
            }
            let entry = wanted.entry((row.kind, home, id)).or_default();
            if let Some(rejected) = rejected {
                entry.rejected.get_or_insert_default().extend(rejected);
            }
            if let Some(problem) = entry.add(row.kind, record, row.excluded) {
                refuse(*number, "platform_id", problem);
            }
        }
        if !refusal.is_empty() {
            return Err(refusal);
        }
        let mut report = ImportReport { rows: rows.len() as u64, ..ImportReport::default() };
        let mut edits = Vec::new();
        for ((kind, home, id), want) in wanted {
            let before = edits.len();
            if let Some(rejected) = &want.rejected {
                edits.extend(self.rejections(kind, &home, &id, rejected));
            }
            match kind {
                MappingKind::Organization => {
                    let now = index.mappings.organizations.get(&(home.clone(), id.clone()));
                    if now.map_or(!want.records.is_empty(), |o| o.companies != want.records) {
                        edits.push(Edit::Companies {
                            source: home.clone(),
                            organization: id.clone(),
                            companies: want.records,
                        });
                    }
                    if let Some(excluded) = want.excluded
                        && now.is_none_or(|o| o.excluded != excluded)
                    {
                        edits.push(Edit::Excluded { source: home, organization: id, excluded });
                    }
                }
                MappingKind::Offer => {
                    let now = index.mappings.offers.get(&(home.clone(), id.clone()));
                    let product = want.records.first().copied();
                    if now.map_or(product.is_some(), |o| o.product != product) {
                        edits.push(Edit::Product { source: home, offer: id, product });
                    }
                }
                MappingKind::Contract => {
                    edits.extend(self.contract_edits(&home, &id, &want.records));
                }
            }
            let counter = match kind {
                _ if edits.len() == before => &mut report.unchanged,
                MappingKind::Organization => &mut report.organizations,
                MappingKind::Offer => &mut report.offers,
                MappingKind::Contract => &mut report.contracts,
            };
            *counter += 1;
        }
        Ok((edits, report))
    }

    /// A rejected record that nobody knows.
    fn dangling(
        &self,
        kind: MappingKind,
        source: &Text,
        id: &Text,
        rejected: Option<&[i64]>,
    ) -> Option<Problem> {
        let now = self.rejected.get(&(kind, source.clone(), id.clone()));
        let known = |n: i64| match kind {
            MappingKind::Organization => self.companies.iter().any(|c| c.id == n),
            MappingKind::Offer => self.products.iter().any(|p| p.id == n),
            MappingKind::Contract => false,
        };
        let unknown =
            rejected?.iter().find(|n| !now.is_some_and(|now| now.contains(n)) && !known(**n))?;
        Some(refused(
            "unknown-record",
            format!("there is no record with the number {unknown} to reject"),
            "remove the number, or run `addendum pull` if it is new in the PSA",
        ))
    }

    /// The edits that make exactly these records rejected.
    fn rejections(
        &self,
        kind: MappingKind,
        source: &Text,
        id: &Text,
        wanted: &BTreeSet<i64>,
    ) -> Vec<Edit> {
        let none = BTreeSet::new();
        let now = self.rejected.get(&(kind, source.clone(), id.clone())).unwrap_or(&none);
        let edit = |record: i64, rejected: bool| {
            let (source, id) = (source.clone(), id.clone());
            match kind {
                MappingKind::Offer => {
                    Edit::RejectProduct { source, offer: id, product: record, rejected }
                }
                _ => Edit::RejectCompany { source, organization: id, company: record, rejected },
            }
        };
        let gone = now.difference(wanted).map(|r| edit(*r, false));
        gone.chain(wanted.difference(now).map(|r| edit(*r, true))).collect()
    }

    /// The edits that make a contract remember exactly these agreements.
    pub fn contract_edits(&self, source: &Text, id: &Text, agreements: &[i64]) -> Vec<Edit> {
        let edit = |company, agreement| Edit::Contract {
            source: source.clone(),
            contract: id.clone(),
            company,
            agreement,
        };
        let now = self.remembered(source, id);
        let companies: HashSet<i64> =
            agreements.iter().filter_map(|a| self.agreement(*a)).map(|a| a.company_id).collect();
        let mut edits: Vec<Edit> = now
            .iter()
            .filter_map(|(_, company)| *company)
            .filter(|company| !companies.contains(company))
            .map(|company| edit(company, None))
            .collect();
        for agreement in agreements {
            if let Some(a) = self.agreement(*agreement)
                && !now.iter().any(|(id, _)| id == agreement)
            {
                edits.push(edit(a.company_id, Some(*agreement)));
            }
        }
        edits
    }

    /// The mappings by what they are of: a file may name a hundred thousand.
    pub(super) fn by_key(&self) -> ByKey<'_> {
        let organizations = self.organizations.iter();
        ByKey {
            organizations: organizations.map(|o| ((o.source.clone(), o.id.clone()), o)).collect(),
            offers: self.offers.iter().map(|o| ((o.source.clone(), o.id.clone()), o)).collect(),
        }
    }

    fn index(&self) -> Index<'_> {
        Index {
            mappings: self.by_key(),
            sources: self
                .organizations
                .iter()
                .map(|o| ((MappingKind::Organization, o.id.clone()), o.source.clone()))
                .chain(
                    self.offers
                        .iter()
                        .map(|o| ((MappingKind::Offer, o.id.clone()), o.source.clone())),
                )
                .chain(
                    self.contracts
                        .iter()
                        .map(|c| ((MappingKind::Contract, c.id.clone()), c.source.clone())),
                )
                .fold(HashMap::new(), |mut map, (key, source)| {
                    let all: &mut HashSet<Text> = map.entry(key).or_default();
                    all.insert(source);
                    map
                }),
            contracts: self.contracts.iter().fold(HashMap::new(), |mut map, c| {
                let all: &mut Vec<i64> = map.entry((c.source.clone(), c.id.clone())).or_default();
                all.push(c.agreement);
                map
            }),
            numbers: HashMap::new(),
            names: HashMap::new(),
        }
    }
}

/// Mappings by source and id.
pub(super) struct ByKey<'a> {
    pub(super) organizations: HashMap<(Text, Text), &'a OrganizationMapping>,
    pub(super) offers: HashMap<(Text, Text), &'a OfferMapping>,
}

/// Look-ups that a file of many rows makes again and again.
struct Index<'a> {
    mappings: ByKey<'a>,
    contracts: HashMap<(Text, Text), Vec<i64>>,
    sources: HashMap<(MappingKind, Text), HashSet<Text>>,
    numbers: HashMap<(MappingKind, i64), Result<i64, Problem>>,
    names: HashMap<(MappingKind, String), Result<i64, Problem>>,
}

impl Index<'_> {
    fn source_of(&self, kind: MappingKind, id: &str, source: &str) -> Text {
        match self.sources.get(&(kind, id.into())) {
            Some(known) if known.len() == 1 => {
                known.iter().next().cloned().unwrap_or_else(|| source.into())
            }
            _ => source.into(),
        }
    }

    fn now(&self, kind: MappingKind, source: &Text, id: &Text) -> Vec<i64> {
        let key = (source.clone(), id.clone());
        match kind {
            MappingKind::Organization => self
                .mappings
                .organizations
                .get(&key)
                .map(|o| o.companies.clone())
                .unwrap_or_default(),
            MappingKind::Offer => {
                self.mappings.offers.get(&key).and_then(|o| o.product).into_iter().collect()
            }
            MappingKind::Contract => self.contracts.get(&key).cloned().unwrap_or_default(),
        }
    }

    fn find_number(&mut self, d: &Directory, kind: MappingKind, id: i64) -> Result<i64, Problem> {
        self.numbers.entry((kind, id)).or_insert_with(|| d.by_number(kind, id)).clone()
    }

    fn find_name(&mut self, d: &Directory, kind: MappingKind, name: &str) -> Result<i64, Problem> {
        self.names.entry((kind, name.to_owned())).or_insert_with(|| d.by_name(kind, name)).clone()
    }
}

/// Whether new additions may go on the agreement.
fn agreement_usable(agreement: &Agreement) -> bool {
    agreement.status == AgreementStatus::Active
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

pub(super) fn refused(code: &'static str, message: String, remedy: &str) -> Problem {
    Problem::new(ProblemKind::Refused, code, message, remedy)
}

fn nothing_pulled(record: &str) -> Problem {
    refused("nothing-pulled", format!("no {record} is known here yet"), "run `addendum pull` first")
}
