//! Reading mappings: organizations, offers, remembered agreements.

use std::collections::HashMap;

use rusqlite::{Connection, Row};

use super::Store;
use super::error::StoreError;
use super::names::each;
use crate::domain::line::Text;
use crate::domain::mapping::{ContractMapping, OfferMapping, OrganizationMapping};

impl Store {
    /// All organizations, by source and id.
    pub async fn organizations(&self) -> Result<Vec<OrganizationMapping>, StoreError> {
        self.ask(organizations).await
    }

    /// All offers, by source and id.
    pub async fn offers(&self) -> Result<Vec<OfferMapping>, StoreError> {
        self.ask(offers).await
    }

    /// All remembered agreements.
    pub async fn contracts(&self) -> Result<Vec<ContractMapping>, StoreError> {
        self.ask(contracts).await
    }
}

/// The names of sources, each held once however many rows are of it.
#[derive(Default)]
struct Sources(HashMap<i64, Text>);

impl Sources {
    /// The name in a row: its number and, a column later, its text.
    fn name(&mut self, r: &Row<'_>, column: usize) -> Result<Text, StoreError> {
        let id = r.get(column)?;
        if let Some(known) = self.0.get(&id) {
            return Ok(known.clone());
        }
        let name = Text::from(r.get_ref(column + 1)?.as_str().map_err(rusqlite::Error::from)?);
        self.0.insert(id, name.clone());
        Ok(name)
    }
}

pub(super) fn organizations(conn: &Connection) -> Result<Vec<OrganizationMapping>, StoreError> {
    let mut sources = Sources::default();
    let mut all: Vec<OrganizationMapping> = Vec::new();
    let mut newest = None;
    // One row for each of an organization's companies.
    each(
        conn,
        "SELECT o.id, o.source, s.name, o.key, o.name, o.excluded, c.company FROM organization o \
         JOIN source s ON s.id = o.source \
         LEFT JOIN organization_company c ON c.organization = o.id \
         ORDER BY o.source, o.key, c.position",
        |r| {
            let (id, company): (i64, Option<i64>) = (r.get(0)?, r.get(6)?);
            if newest != Some(id) {
                all.push(OrganizationMapping {
                    source: sources.name(r, 1)?,
                    id: Text::from(r.get::<_, String>(3)?),
                    name: Text::from(r.get::<_, String>(4)?),
                    excluded: r.get(5)?,
                    companies: Vec::new(),
                });
                newest = Some(id);
            }
            if let Some(o) = all.last_mut() {
                o.companies.extend(company);
            }
            Ok(())
        },
    )?;
    Ok(all)
}

pub(super) fn offers(conn: &Connection) -> Result<Vec<OfferMapping>, StoreError> {
    let mut sources = Sources::default();
    let mut all = Vec::new();
    each(
        conn,
        "SELECT o.source, s.name, o.key, o.name, o.part_number, o.product FROM offer o \
         JOIN source s ON s.id = o.source ORDER BY o.source, o.key",
        |r| {
            all.push(OfferMapping {
                source: sources.name(r, 0)?,
                id: Text::from(r.get::<_, String>(2)?),
                name: Text::from(r.get::<_, String>(3)?),
                part_number: r.get::<_, Option<String>>(4)?.map(Text::from),
                product: r.get(5)?,
            });
            Ok(())
        },
    )?;
    Ok(all)
}

pub(super) fn contracts(conn: &Connection) -> Result<Vec<ContractMapping>, StoreError> {
    let mut sources = Sources::default();
    let mut all = Vec::new();
    each(
        conn,
        "SELECT c.source, s.name, c.key, a.agreement FROM contract_agreement a \
         JOIN contract c ON c.id = a.contract JOIN source s ON s.id = c.source \
         ORDER BY c.source, c.key, a.company",
        |r| {
            all.push(ContractMapping {
                source: sources.name(r, 0)?,
                id: Text::from(r.get::<_, String>(2)?),
                agreement: r.get(3)?,
            });
            Ok(())
        },
    )?;
    Ok(all)
}
