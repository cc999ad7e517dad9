//! Setup tables. A role that may not see one gets a refusal or an empty list; what can be done
//! without is done without (connectwise-api.md 13.1).

use crate::connectwise::paging::{List, Record, SILENT, walk};
use crate::connectwise::records::agreement_type::AgreementTypeRecord;
use crate::connectwise::records::setup::{CurrencyRecord, CycleRecord, FieldRecord, on_additions};
use crate::connectwise::{Client, PsaError};
use crate::domain::psa::{AgreementType, CustomField};

/// Whether an error means that this PSA lacks the endpoint or hides it from the role, as opposed
/// to trouble that another try may overcome.
pub(super) fn may_be_hidden(error: &PsaError) -> bool {
    match error {
        PsaError::Refused { status, problem, .. } => {
            matches!(status, 400 | 403 | 404 | 405 | 406 | 410 | 415)
                && !matches!(
                    problem.code.as_ref(),
                    "bad-client-id" | "bad-keys" | "member-disabled" | "wrong-host"
                )
        }
        PsaError::Lost { problem } => {
            matches!(problem.code.as_ref(), "not-json" | "unexpected-answer")
        }
        PsaError::NotSent { .. } => false,
    }
}

impl Client {
    /// Agreement types.
    ///
    /// # Errors
    /// See [`PsaError`].
    pub async fn agreement_types(&self) -> Result<Vec<AgreementType>, PsaError> {
        let list = List::of("/finance/agreements/types");
        let all = walk::<AgreementTypeRecord>(self.transport(), &list, SILENT).await?;
        Ok(all.into_iter().map(AgreementType::from).collect())
    }

    /// Custom fields on agreement additions. Absent where none can be seen at all: a role that may
    /// not see the table gets a refusal or an empty list, and neither says that there are none.
    ///
    /// # Errors
    /// See [`PsaError`].
    pub async fn addition_custom_fields(&self) -> Result<Option<Vec<CustomField>>, PsaError> {
        let all = self.optional::<FieldRecord>("/system/userDefinedFields").await?;
        Ok(if all.is_empty() { None } else { Some(on_additions(all)) })
    }

    /// Reads how often each billing cycle bills, once.
    pub(super) async fn learn_cycles(&self) -> Result<(), PsaError> {
        let all = self.optional::<CycleRecord>("/finance/billingCycles").await?;
        let known = all.iter().filter_map(|r| Some((r.id(), r.cycle()?)));
        self.tables().cycles.extend(known);
        Ok(())
    }

    /// Reads the codes of the currencies, once. False: the PSA does not show them.
    pub(super) async fn learn_currencies(&self) -> Result<bool, PsaError> {
        if let Some(shown) = self.currencies_shown() {
            return Ok(shown);
        }
        let all = self.optional::<CurrencyRecord>("/finance/currencies").await?;
        let known = all.iter().filter_map(|r| Some((r.id(), r.code()?)));
        self.tables().currencies.extend(known);
        self.set_currencies_shown(!all.is_empty());
        Ok(!all.is_empty())
    }

    /// A table that can be done without.
    async fn optional<T: Record>(&self, path: &str) -> Result<Vec<T>, PsaError> {
        match walk(self.transport(), &List::of(path), SILENT).await {
            Err(e) if may_be_hidden(&e) => {
                tracing::warn!(path, "done without: {}", e.problem().message);
                Ok(Vec::new())
            }
            other => other,
        }
    }
}
