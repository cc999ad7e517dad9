//! Local copies of PSA records: replaced whole at a refresh, read whole.

use std::collections::BTreeSet;

use foldhash::{HashMap, HashSet};
use rusqlite::{Connection, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::StoreError;
use super::names::each;
use super::transaction::Transaction;
use super::{PullReport, Store};
use crate::domain::plan_input::PlanInput;
use crate::domain::psa::{
    Agreement, AgreementType, Company, CompanyStanding, CustomField, Product, ProductStanding,
};

/// A record with a table of its own.
pub(super) trait Kept: Serialize + DeserializeOwned + Send + 'static {
    const TABLE: &'static str;
    /// The statement that reads all of them.
    const ALL: &'static str;
    /// The statement that reads one.
    const ONE: &'static str;
    fn number(&self) -> i64;
}

macro_rules! kept {
    ($($record:ty = $table:literal),*) => {$(
        impl Kept for $record {
            const TABLE: &'static str = $table;
            const ALL: &'static str = concat!("SELECT body FROM ", $table, " ORDER BY id");
            const ONE: &'static str = concat!("SELECT body FROM ", $table, " WHERE id = ?1");
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
    /// Those of the companies that lines can be posted for, and of the catalog items that can be
    /// additions.
    pub async fn usable(
        &self,
        companies: BTreeSet<i64>,
        products: BTreeSet<i64>,
    ) -> Result<(HashSet<i64>, HashSet<i64>), StoreError> {
        if companies.is_empty() && products.is_empty() {
            return Ok(Default::default());
        }
        self.read(move |conn| {
            let companies = numbers::<Company>(conn, companies, |body| {
                let company: CompanyStanding = serde_json::from_str(body)?;
                Ok(company.usable())
            })?;
            let products = numbers::<Product>(conn, products, |body| {
                let product: ProductStanding<'_> = serde_json::from_str(body)?;
                Ok(product.usable())
            })?;
            Ok((companies, products))
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
    each(conn, T::ALL, |r| {
        found.push(serde_json::from_str(body(r)?)?);
        Ok(())
    })?;
    Ok(found)
}

/// Reads all records that plans are made from, in one statement.
pub(super) fn for_plan(conn: &Connection, input: &mut PlanInput) -> Result<(), StoreError> {
    each(
        conn,
        "SELECT body, 0 FROM company UNION ALL SELECT body, 1 FROM product \
         UNION ALL SELECT body, 2 FROM agreement UNION ALL SELECT body, 3 FROM agreement_type \
         UNION ALL SELECT body, 4 FROM custom_field",
        |r| {
            let body = body(r)?;
            match r.get(1)? {
                0 => keep(body, &mut input.companies)?,
                1 => keep(body, &mut input.products)?,
                2 => keep(body, &mut input.agreements)?,
                3 => input.agreement_types.push(serde_json::from_str(body)?),
                _ => input.custom_fields.push(serde_json::from_str(body)?),
            }
            Ok(())
        },
    )?;
    input.agreement_types.sort_by_key(|t| t.id);
    input.custom_fields.sort_by_key(|f| f.id);
    Ok(())
}

fn keep<T: Kept>(body: &str, all: &mut HashMap<i64, T>) -> Result<(), StoreError> {
    let record: T = serde_json::from_str(body)?;
    all.insert(record.number(), record);
    Ok(())
}

/// Those of the numbers whose records pass.
fn numbers<T: Kept>(
    conn: &Connection,
    asked: BTreeSet<i64>,
    passes: impl Fn(&str) -> Result<bool, serde_json::Error>,
) -> Result<HashSet<i64>, StoreError> {
    let mut one = conn.prepare_cached(T::ONE)?;
    let mut found = HashSet::default();
    for id in asked {
        let mut rows = one.query([id])?;
        if let Some(r) = rows.next()?
            && passes(body(r)?)?
        {
            found.insert(id);
        }
    }
    Ok(found)
}

/// The text of a record.
fn body<'r>(r: &'r Row<'_>) -> Result<&'r str, StoreError> {
    Ok(r.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)
}

/// Makes the table hold exactly these. A number that comes twice counts once, the last one wins.
fn replace<T: Kept>(tx: &Transaction<'_>, records: &[T]) -> Result<PullReport, StoreError> {
    let mut before: HashMap<i64, String> = HashMap::default();
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
