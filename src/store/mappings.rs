//! Reading mappings: organizations, offers, remembered agreements.

use std::collections::HashMap;

use rusqlite::Connection;

use super::Store;
use super::error::StoreError;
use super::names::each;
use crate::domain::line::Text;
use crate::domain::mapping::{ContractMapping, OfferMapping, OrganizationMapping};

impl Store {
    /// All organizations, by source and id.
    pub async fn organizations(&self) -> Result<Vec<OrganizationMapping>, StoreError> {
        self.read(organizations).await
    }

    /// All offers, by source and id.
    pub async fn offers(&self) -> Result<Vec<OfferMapping>, StoreError> {
        self.read(offers).await
    }

    /// All remembered agreements.
    pub async fn contracts(&self) -> Result<Vec<ContractMapping>, StoreError> {
        self.read(contracts).await
    }
}

fn sources(conn: &Connection) -> Result<HashMap<i64, Text>, StoreError> {
    let mut all = HashMap::new();
    each(conn, "SELECT id, name FROM source", |r| {
        all.insert(r.get(0)?, Text::from(r.get::<_, String>(1)?));
        Ok(())
    })?;
    Ok(all)
}

pub(super) fn organizations(conn: &Connection) -> Result<Vec<OrganizationMapping>, StoreError> {
    let mut companies: HashMap<i64, Vec<i64>> = HashMap::new();
    each(
        conn,
        "SELECT organization, company FROM organization_company ORDER BY organization, position",
        |r| {
            companies.entry(r.get(0)?).or_default().push(r.get(1)?);
            Ok(())
        },
    )?;
    let sources = sources(conn)?;
    let mut all = Vec::new();
    each(
        conn,
        "SELECT id, source, key, name, excluded FROM organization ORDER BY source, key",
        |r| {
            all.push(OrganizationMapping {
                source: sources[&r.get(1)?].clone(),
                id: Text::from(r.get::<_, String>(2)?),
                name: Text::from(r.get::<_, String>(3)?),
                excluded: r.get(4)?,
                companies: companies.remove(&r.get(0)?).unwrap_or_default(),
            });
            Ok(())
        },
    )?;
    Ok(all)
}

pub(super) fn offers(conn: &Connection) -> Result<Vec<OfferMapping>, StoreError> {
    let sources = sources(conn)?;
    let mut all = Vec::new();
    each(
        conn,
        "SELECT source, key, name, part_number, product FROM offer ORDER BY source, key",
        |r| {
            all.push(OfferMapping {
                source: sources[&r.get(0)?].clone(),
                id: Text::from(r.get::<_, String>(1)?),
                name: Text::from(r.get::<_, String>(2)?),
                part_number: r.get::<_, Option<String>>(3)?.map(Text::from),
                product: r.get(4)?,
            });
            Ok(())
        },
    )?;
    Ok(all)
}

pub(super) fn contracts(conn: &Connection) -> Result<Vec<ContractMapping>, StoreError> {
    let sources = sources(conn)?;
    let mut all = Vec::new();
    each(
        conn,
        "SELECT c.source, c.key, a.agreement FROM contract_agreement a \
         JOIN contract c ON c.id = a.contract ORDER BY c.source, c.key, a.company",
        |r| {
            all.push(ContractMapping {
                source: sources[&r.get(0)?].clone(),
                id: Text::from(r.get::<_, String>(1)?),
                agreement: r.get(2)?,
            });
            Ok(())
        },
    )?;
    Ok(all)
}
