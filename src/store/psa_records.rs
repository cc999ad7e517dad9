//! Local copies of PSA records: replaced whole at a refresh, read whole.

use std::collections::{HashMap, HashSet};

use rusqlite::Connection;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::StoreError;
use super::names::each;
use super::transaction::Transaction;
use super::{PullReport, Store};
use crate::domain::psa::{
    Agreement, AgreementType, Company, CompanyStanding, CustomField, Product, ProductStanding,
};

/// A record with a table of its own.
pub(super) trait Kept: Serialize + DeserializeOwned + Send + 'static {
    const TABLE: &'static str;
    /// The statement that reads all of them.
    const ALL: &'static str;
    fn number(&self) -> i64;
}

macro_rules! kept {
    ($($record:ty = $table:literal),*) => {$(
        impl Kept for $record {
            const TABLE: &'static str = $table;
            const ALL: &'static str = concat!("SELECT body FROM ", $table, " ORDER BY id");
            fn number(&self) -> i64 {
                self.id
            }
        }
    )*};
}
kept!(
    Company = "company",
    Product = "product",
    Agreement = "agreement",
    AgreementType = "agreement_type",
    CustomField = "custom_field"
);

impl Store {
    /// Replaces the local copy.
    pub async fn keep_companies(&self, all: Vec<Company>) -> Result<PullReport, StoreError> {
        self.write(move |tx| replace(tx, &all)).await
    }
    /// Replaces the local copy.
    pub async fn keep_products(&self, all: Vec<Product>) -> Result<PullReport, StoreError> {
        self.write(move |tx| replace(tx, &all)).await
    }
    /// Replaces the local copy.
    pub async fn keep_agreements(&self, all: Vec<Agreement>) -> Result<PullReport, StoreError> {
        self.write(move |tx| replace(tx, &all)).await
    }
    /// Replaces the local copy.
    pub async fn keep_agreement_types(&self, all: Vec<AgreementType>) -> Result<(), StoreError> {
        self.write(move |tx| replace(tx, &all).map(|_| ())).await
    }
    /// Replaces the local copy.
    pub async fn keep_custom_fields(&self, all: Vec<CustomField>) -> Result<(), StoreError> {
        self.write(move |tx| replace(tx, &all).map(|_| ())).await
    }
    /// Adds or replaces one agreement.
    pub async fn keep_agreement(&self, one: Agreement) -> Result<(), StoreError> {
        self.change(move |conn| put(conn, one.id, Agreement::TABLE, &serde_json::to_string(&one)?))
            .await
    }
    /// All companies, by number.
    pub async fn companies(&self) -> Result<Vec<Company>, StoreError> {
        self.ask(all).await
    }
    /// All catalog items, by number.
    pub async fn products(&self) -> Result<Vec<Product>, StoreError> {
        self.ask(all).await
    }
    /// Numbers of the companies that lines can be posted for.
    pub async fn usable_companies(&self) -> Result<HashSet<i64>, StoreError> {
        self.ask(|conn| {
            numbers::<Company>(conn, |body| {
                let company: CompanyStanding = serde_json::from_str(body)?;
                Ok(company.usable().then_some(company.id))
            })
        })
        .await
    }
    /// Numbers of the catalog items that can be additions.
    pub async fn usable_products(&self) -> Result<HashSet<i64>, StoreError> {
        self.ask(|conn| {
            numbers::<Product>(conn, |body| {
                let product: ProductStanding<'_> = serde_json::from_str(body)?;
                Ok(product.usable().then_some(product.id))
            })
        })
        .await
    }
    /// All agreements, by number.
    pub async fn agreements(&self) -> Result<Vec<Agreement>, StoreError> {
        self.ask(all).await
    }
    /// All agreement types, by number.
    pub async fn agreement_types(&self) -> Result<Vec<AgreementType>, StoreError> {
        self.ask(all).await
    }
    /// All custom fields on additions, by number.
    pub async fn custom_fields(&self) -> Result<Vec<CustomField>, StoreError> {
        self.ask(all).await
    }
}

/// All records of a kind, by number.
pub(super) fn all<T: Kept>(conn: &Connection) -> Result<Vec<T>, StoreError> {
    let mut found = Vec::new();
    each_body::<T>(conn, |body| {
        found.push(serde_json::from_str(body)?);
        Ok(())
    })?;
    Ok(found)
}

/// The numbers that `of` gives for the texts of a kind's records.
fn numbers<T: Kept>(
    conn: &Connection,
    of: impl Fn(&str) -> Result<Option<i64>, serde_json::Error>,
) -> Result<HashSet<i64>, StoreError> {
    let mut found = HashSet::new();
    each_body::<T>(conn, |body| {
        found.extend(of(body)?);
        Ok(())
    })?;
    Ok(found)
}

/// Calls `take` with the text of each record of a kind, by number.
fn each_body<T: Kept>(
    conn: &Connection,
    mut take: impl FnMut(&str) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    each(conn, T::ALL, |r| take(r.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?))
}

/// Makes the table hold exactly these. A number that comes twice counts once, the last one wins.
fn replace<T: Kept>(tx: &Transaction<'_>, records: &[T]) -> Result<PullReport, StoreError> {
    let mut before: HashMap<i64, String> = HashMap::new();
    each(tx, &format!("SELECT id, body FROM {}", T::TABLE), |r| {
        before.insert(r.get(0)?, r.get(1)?);
        Ok(())
    })?;
    let newest: HashMap<i64, &T> = records.iter().map(|r| (r.number(), r)).collect();
    let mut report = PullReport { total: newest.len() as u64, ..PullReport::default() };
    let mut numbers: Vec<i64> = newest.keys().copied().collect();
    numbers.sort_unstable();
    for id in numbers {
        let body = serde_json::to_string(newest[&id])?;
        match before.remove(&id) {
            Some(old) if old == body => continue,
            Some(_) => report.updated += 1,
            None => report.added += 1,
        }
        put(tx, id, T::TABLE, &body)?;
    }
    let mut gone = tx.prepare_cached(&format!("DELETE FROM {} WHERE id = ?1", T::TABLE))?;
    for id in before.into_keys() {
        gone.execute([id])?;
        report.gone += 1;
    }
    Ok(report)
}

fn put(conn: &Connection, id: i64, table: &str, body: &str) -> Result<(), StoreError> {
    conn.prepare_cached(&format!(
        "INSERT INTO {table} (id, body) VALUES (?1, ?2) \
         ON CONFLICT (id) DO UPDATE SET body = excluded.body"
    ))?
    .execute((id, body))?;
    Ok(())
}
