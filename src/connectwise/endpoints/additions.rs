//! Additions: they exist only below one agreement (connectwise-api.md 10).

use crate::connectwise::call::{Answer, Call};
use crate::connectwise::paging::{List, SILENT, read_one, walk};
use crate::connectwise::patch::Patch;
use crate::connectwise::records::addition::{AdditionRecord, body};
use crate::connectwise::{AdditionChange, Client, PsaError, marker_of};
use crate::domain::addition::{AdditionFields, LiveAddition};
use crate::domain::psa::MarkerPlace;

fn all_of(agreement: i64) -> String {
    format!("/finance/agreements/{agreement}/additions")
}

fn one_of(agreement: i64, id: i64) -> String {
    format!("/finance/agreements/{agreement}/additions/{id}")
}

fn live(path: &str, answer: &Answer, agreement: i64) -> Result<LiveAddition, PsaError> {
    Ok(read_one::<AdditionRecord>(path, answer)?.live(agreement))
}

impl Client {
    /// All additions of an agreement, at the full page size.
    ///
    /// # Errors
    /// See [`PsaError`].
    pub async fn additions(&self, agreement: i64) -> Result<Vec<LiveAddition>, PsaError> {
        let list = List::of(all_of(agreement));
        let all = walk::<AdditionRecord>(self.transport(), &list, SILENT).await?;
        Ok(all.into_iter().filter(|r| r.is_on(agreement)).map(|r| r.live(agreement)).collect())
    }

    /// One addition.
    ///
    /// # Errors
    /// See [`PsaError`]; one that is not there is a refusal with status 404.
    pub async fn addition(&self, agreement: i64, id: i64) -> Result<LiveAddition, PsaError> {
        let path = one_of(agreement, id);
        let answer = self.transport().call(&Call::get(&path)).await?;
        live(&path, &answer, agreement)
    }

    /// Sends once; a lost answer is the caller's to look up. What comes back is the record as it
    /// is, also where it differs from what was asked: it exists, and the caller compares.
    ///
    /// # Errors
    /// See [`PsaError`]. An answer without a record is a lost one.
    pub async fn create_addition(
        &self,
        agreement: i64,
        fields: &AdditionFields,
        marker: &str,
        place: &MarkerPlace,
    ) -> Result<LiveAddition, PsaError> {
        let path = all_of(agreement);
        let call = Call::post(&path, &body(fields, marker, place));
        let answer = self.transport().call(&call).await?;
        let live = live(&path, &answer, agreement)?;
        if marker_of(&live, place) != Some(marker) {
            tracing::warn!(agreement, addition = live.id, marker, "the answer lacks the marker");
        }
        Ok(live)
    }

    /// Sends once; the answer is compared with what was asked. A change of nothing sends nothing
    /// and reads the record.
    ///
    /// # Errors
    /// See [`PsaError`]. A change that the PSA accepted and did not make is a refusal with the
    /// code `answer-differs`.
    pub async fn change_addition(
        &self,
        agreement: i64,
        id: i64,
        change: &AdditionChange,
    ) -> Result<LiveAddition, PsaError> {
        let patch = Patch::of(change);
        if patch.is_empty() {
            return self.addition(agreement, id).await;
        }
        let path = one_of(agreement, id);
        let answer = self.transport().call(&Call::patch(&path, &patch.body())).await?;
        let now = live(&path, &answer, agreement)?;
        patch.check(&change.to, &now, answer.status)?;
        Ok(now)
    }

    /// Sends once.
    ///
    /// # Errors
    /// See [`PsaError`]; one that is not there is a refusal with status 404.
    pub async fn delete_addition(&self, agreement: i64, id: i64) -> Result<(), PsaError> {
        self.transport().call(&Call::delete(one_of(agreement, id))).await?;
        Ok(())
    }
}
