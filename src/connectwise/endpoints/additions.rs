//! Additions: they exist only below one agreement (connectwise-api.md 10).

use crate::connectwise::call::Call;
use crate::connectwise::paging::{List, SILENT, walk};
use crate::connectwise::patch::Patch;
use crate::connectwise::records::addition::{AdditionRecord, body};
use crate::connectwise::{AdditionChange, Client, PsaError, Write, marker_of};
use crate::domain::addition::{AdditionFields, LiveAddition};
use crate::domain::psa::MarkerPlace;

fn all_of(agreement: i64) -> String {
    format!("/finance/agreements/{agreement}/additions")
}

fn one_of(agreement: i64, id: i64) -> String {
    format!("/finance/agreements/{agreement}/additions/{id}")
}

/// A write whose answer is an addition.
fn write(call: Call, agreement: i64) -> Write<LiveAddition> {
    Write::new(call, move |text| Ok(serde_json::from_str::<AdditionRecord>(text)?.live(agreement)))
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
        let call = Call::get(one_of(agreement, id));
        Ok(self.transport().ask::<AdditionRecord>(&call).await?.0.live(agreement))
    }

    /// The creation of an addition. What comes back is the record as it is, also where it differs
    /// from what was asked: it exists, and the caller compares. An answer without a record is a lost
    /// one.
    pub fn addition_creation(
        &self,
        agreement: i64,
        fields: &AdditionFields,
        marker: &str,
        place: &MarkerPlace,
    ) -> Write<LiveAddition> {
        let call = Call::post(all_of(agreement), &body(fields, marker, place));
        let (marker, place) = (marker.to_owned(), place.clone());
        write(call, agreement).checked(move |live, _| {
            if marker_of(live, &place) != Some(&*marker) {
                tracing::warn!(
                    agreement,
                    addition = live.id,
                    marker,
                    "the answer lacks the marker"
                );
            }
            Ok(())
        })
    }

    /// Sends [`Client::addition_creation`] once; a lost answer is the caller's to look up.
    ///
    /// # Errors
    /// See [`PsaError`].
    pub async fn create_addition(
        &self,
        agreement: i64,
        fields: &AdditionFields,
        marker: &str,
        place: &MarkerPlace,
    ) -> Result<LiveAddition, PsaError> {
        self.addition_creation(agreement, fields, marker, place).send(self).await.0
    }

    /// The change of an addition; `None` where there is nothing to change. The answer is compared
    /// with what was asked: a change that the PSA accepted and did not make is a refusal with the
    /// code `answer-differs`.
    pub fn addition_change(
        &self,
        agreement: i64,
        id: i64,
        change: &AdditionChange,
    ) -> Option<Write<LiveAddition>> {
        let patch = Patch::of(change);
        if patch.is_empty() {
            return None;
        }
        let (call, to) = (Call::patch(one_of(agreement, id), &patch.body()), change.to.clone());
        Some(write(call, agreement).checked(move |now, status| patch.check(&to, now, status)))
    }

    /// Sends [`Client::addition_change`] once. A change of nothing sends nothing and reads the record.
    ///
    /// # Errors
    /// See [`PsaError`].
    pub async fn change_addition(
        &self,
        agreement: i64,
        id: i64,
        change: &AdditionChange,
    ) -> Result<LiveAddition, PsaError> {
        match self.addition_change(agreement, id, change) {
            Some(write) => write.send(self).await.0,
            None => self.addition(agreement, id).await,
        }
    }

    /// The deletion of an addition; one that is not there is a refusal with status 404.
    pub fn addition_deletion(&self, agreement: i64, id: i64) -> Write<()> {
        Write::untold(Call::delete(one_of(agreement, id)))
    }

    /// Sends [`Client::addition_deletion`] once.
    ///
    /// # Errors
    /// See [`PsaError`].
    pub async fn delete_addition(&self, agreement: i64, id: i64) -> Result<(), PsaError> {
        self.addition_deletion(agreement, id).send(self).await.0
    }
}
