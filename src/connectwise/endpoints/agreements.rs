//! Agreements, with what their references mean (connectwise-api.md 11).

use serde_json::{Value, json};

use crate::connectwise::call::Call;
use crate::connectwise::conditions::{Conditions, Field};
use crate::connectwise::paging::{List, Progress, SILENT, gather, walk};
use crate::connectwise::records::agreement::{AgreementRecord, FIELDS, Tables, body};
use crate::connectwise::records::reference;
use crate::connectwise::{Client, PsaError, Write};
use crate::domain::money::Currency;
use crate::domain::plan::AgreementFields;
use crate::domain::problem::{Problem, ProblemKind};
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
        let (record, _) = self.transport().ask::<AgreementRecord>(&Call::get(path)).await?;
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

    /// The creation of an agreement. ConnectWise may make it in another currency than was asked: that
    /// is for the caller to see, before anything is posted on it. An answer without a record is a
    /// lost one.
    ///
    /// # Errors
    /// A currency that the PSA does not have is refused (status 0), or its currencies cannot be read.
    pub async fn agreement_creation(
        &self,
        fields: &AgreementFields,
    ) -> Result<Write<Agreement>, PsaError> {
        let currency = self.currency_reference(fields.currency).await?;
        let client = self.clone();
        Ok(Write::new(Call::post(ALL, &body(fields, currency)), move |text| {
            Ok(client.resolved_one(serde_json::from_str::<AgreementRecord>(text)?))
        }))
    }

    /// Sends [`Client::agreement_creation`] once; a lost answer is the caller's to look up.
    ///
    /// # Errors
    /// See [`PsaError`].
    pub async fn create_agreement(&self, fields: &AgreementFields) -> Result<Agreement, PsaError> {
        self.agreement_creation(fields).await?.send(self).await.0
    }

    /// The deletion of an agreement; one that is not there is a refusal with status 404.
    pub fn agreement_deletion(&self, id: i64) -> Write<()> {
        Write::untold(Call::delete(format!("{ALL}/{id}")))
    }

    /// Sends [`Client::agreement_deletion`] once.
    ///
    /// # Errors
    /// See [`PsaError`].
    pub async fn delete_agreement(&self, id: i64) -> Result<(), PsaError> {
        self.agreement_deletion(id).send(self).await.0
    }

    fn resolved(&self, all: Vec<AgreementRecord>) -> Vec<Agreement> {
        let mut tables = self.tables();
        tables.currencies.extend(all.iter().filter_map(AgreementRecord::currency_pair));
        tables.unnamed |= all.iter().any(AgreementRecord::names_no_currency);
        all.into_iter().map(|r| r.resolved(&tables)).collect()
    }

    fn resolved_one(&self, record: AgreementRecord) -> Agreement {
        let tables: &Tables = &self.tables();
        record.resolved(tables)
    }

    /// How a currency is written: by the PSA's number for it, else by its code. A PSA that has only
    /// its home currency has neither, and gets none.
    async fn currency_reference(&self, wanted: Currency) -> Result<Option<Value>, PsaError> {
        let known = |tables: &Tables| {
            tables.currencies.iter().filter(|(_, c)| **c == wanted).map(|(id, _)| *id).min()
        };
        if let Some(id) = known(&self.tables()) {
            return Ok(Some(reference::to(id)));
        }
        let all_known = self.learn_currencies().await?;
        let tables = self.tables();
        match known(&tables) {
            Some(id) => Ok(Some(reference::to(id))),
            None if all_known => Err(PsaError::Refused {
                status: 0,
                problem: Problem::new(
                    ProblemKind::Incomplete,
                    "currency-not-in-psa",
                    format!("ConnectWise has no currency {wanted}"),
                    "add the currency in ConnectWise under System > Setup Tables > Currency, or \
                     create the agreement by hand",
                ),
                raw: String::new(),
            }),
            None if tables.unnamed => Ok(None),
            None => Ok(Some(json!({"currencyCode": wanted}))),
        }
    }
}
