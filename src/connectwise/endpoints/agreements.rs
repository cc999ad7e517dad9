//! Agreements, with what their references mean (connectwise-api.md 11).

use crate::connectwise::call::Call;
use crate::connectwise::conditions::{Conditions, Field};
use crate::connectwise::paging::{List, Progress, SILENT, gather, read_one, walk};
use crate::connectwise::records::agreement::{AgreementRecord, FIELDS, Tables, body};
use crate::connectwise::{Client, PsaError};
use crate::domain::money::Currency;
use crate::domain::plan::AgreementFields;
use crate::domain::psa::Agreement;

const ALL: &str = "/finance/agreements";

impl Client {
    /// All agreements, their billing cycles resolved.
    ///
    /// # Errors
    /// See [`PsaError`].
    pub async fn agreements(&self, progress: Progress<'_>) -> Result<Vec<Agreement>, PsaError> {
        let list = List::of(ALL).fields(FIELDS);
        let (all, ()) = tokio::try_join!(
            gather::<AgreementRecord>(self.transport(), &list, progress),
            self.learn_cycles()
        )?;
        let unknown = {
            let tables = self.tables();
            all.iter().any(|r| r.needs_currencies(&tables))
        };
        if unknown {
            self.learn_currencies().await?;
        }
        Ok(self.resolved(all))
    }

    /// One agreement.
    ///
    /// # Errors
    /// See [`PsaError`]; one that is not there is a refusal with status 404.
    pub async fn agreement(&self, id: i64) -> Result<Agreement, PsaError> {
        let path = format!("{ALL}/{id}");
        let answer = self.transport().call(&Call::get(&path)).await?;
        let record = read_one::<AgreementRecord>(&path, &answer)?;
        Ok(self.resolved_one(record))
    }

    /// All agreements of a company, filtered again here.
    ///
    /// # Errors
    /// See [`PsaError`].
    pub async fn agreements_of(&self, company: i64) -> Result<Vec<Agreement>, PsaError> {
        let list =
            List::of(ALL).fields(FIELDS).filtered(Conditions::is(Field("company/id"), company));
        let all = walk::<AgreementRecord>(self.transport(), &list, SILENT).await?;
        let mut all = self.resolved(all);
        all.retain(|a| a.company_id == company);
        Ok(all)
    }

    /// Sends once; a lost answer is the caller's to look up. The currency is sent where the PSA's
    /// number for it is known or can be read.
    ///
    /// # Errors
    /// See [`PsaError`]. An answer without a record is a lost one.
    pub async fn create_agreement(&self, fields: &AgreementFields) -> Result<Agreement, PsaError> {
        let currency = self.currency_number(fields.currency).await?;
        let answer = self.transport().call(&Call::post(ALL, &body(fields, currency))).await?;
        let record = read_one::<AgreementRecord>(ALL, &answer)?;
        Ok(self.resolved_one(record))
    }

    /// Sends once.
    ///
    /// # Errors
    /// See [`PsaError`]; one that is not there is a refusal with status 404.
    pub async fn delete_agreement(&self, id: i64) -> Result<(), PsaError> {
        self.transport().call(&Call::delete(format!("{ALL}/{id}"))).await?;
        Ok(())
    }

    fn resolved(&self, all: Vec<AgreementRecord>) -> Vec<Agreement> {
        let mut tables = self.tables();
        tables.currencies.extend(all.iter().filter_map(AgreementRecord::currency_pair));
        all.into_iter().map(|r| r.resolved(&tables)).collect()
    }

    fn resolved_one(&self, record: AgreementRecord) -> Agreement {
        let tables: &Tables = &self.tables();
        record.resolved(tables)
    }

    /// The PSA's number of a currency; `None` where it has no table of them.
    async fn currency_number(&self, wanted: Currency) -> Result<Option<i64>, PsaError> {
        let known = |tables: &Tables| {
            tables.currencies.iter().filter(|(_, c)| **c == wanted).map(|(id, _)| *id).min()
        };
        if let Some(id) = known(&self.tables()) {
            return Ok(Some(id));
        }
        self.learn_currencies().await?;
        Ok(known(&self.tables()))
    }
}
