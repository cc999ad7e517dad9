//! Looking up what became of a write whose answer was lost (design 6.8). ConnectWise's lists lag
//! and its filters can be ignored: a look-up reads the whole list (or the one record) and decides
//! here, and absence counts only once `settle` has passed since the request may have arrived.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::RunEvent;
use super::tally::{Under, concerns_all};
use crate::connectwise::{PsaError, marker_of};
use crate::domain::addition::{AdditionFields, LiveAddition};
use crate::domain::problem::Problem;

/// The first pause between two looks; it doubles up to [`LONGEST`].
const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(2);

/// What was seen.
pub(super) enum Seen<T> {
    /// It is there.
    There(T),
    /// It is not, and will not be.
    Absent,
    /// It cannot be said: the PSA does not answer, or something else is there.
    Unknown(Problem),
}

/// Looks until something is decided. `decide` is asked with `last` set once the time has passed.
pub(super) struct Looks {
    until: Instant,
    pause: Duration,
}

impl Looks {
    /// Looks that count absence `settle` from now.
    pub(super) fn from_now(settle: Duration) -> Self {
        Self { until: Instant::now() + settle, pause: FIRST }
    }

    /// Whether a look that begins now may decide that something is absent.
    pub(super) fn last(&self) -> bool {
        Instant::now() >= self.until
    }

    /// Waits for the next look.
    pub(super) async fn wait(&mut self) {
        sleep_until((Instant::now() + self.pause).min(self.until)).await;
        self.pause = (self.pause * 2).min(LONGEST);
    }
}

impl Under<'_> {
    /// Additions of an agreement; counts as a request in flight.
    pub(super) async fn list(&self, agreement: i64) -> Result<Vec<LiveAddition>, PsaError> {
        let _slot = self.slot().await;
        let all = self.executor.client.additions(agreement).await?;
        Ok(self.deleted.taken_out(all))
    }

    /// One addition; `None` when there is none.
    pub(super) async fn get(
        &self,
        agreement: i64,
        id: i64,
    ) -> Result<Option<LiveAddition>, PsaError> {
        let _slot = self.slot().await;
        match self.executor.client.addition(agreement, id).await {
            Ok(live) => Ok(Some(live)),
            Err(PsaError::Refused { status: 404, .. }) => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Looks for a created addition by its marker: all that carry it, empty when absent.
    pub(super) async fn look_for(&self, agreement: i64, marker: &str) -> Seen<Vec<LiveAddition>> {
        self.looking(marker);
        let mut looks = Looks::from_now(self.executor.settle);
        loop {
            let last = looks.last();
            match self.list(agreement).await {
                Ok(all) => {
                    let own: Vec<_> = all
                        .into_iter()
                        .filter(|a| marker_of(a, &self.executor.place) == Some(marker))
                        .collect();
                    if !own.is_empty() {
                        return Seen::There(own);
                    }
                    if last {
                        return Seen::Absent;
                    }
                }
                Err(e) if last || concerns_all(&e) => return Seen::Unknown(e.problem().clone()),
                Err(_) => {}
            }
            looks.wait().await;
        }
    }

    /// Looks whether a change was made: the addition as it is when it is as wanted, absent when it
    /// is still as it was (or gone) once `settle` has passed.
    pub(super) async fn look_changed(
        &self,
        agreement: i64,
        id: i64,
        marker: &str,
        wanted: &AdditionFields,
    ) -> Seen<LiveAddition> {
        self.looking(marker);
        let mut looks = Looks::from_now(self.executor.settle);
        loop {
            let last = looks.last();
            match self.get(agreement, id).await {
                Ok(Some(live)) if super::fields::same(wanted, &live.fields) => {
                    return Seen::There(live);
                }
                Ok(_) if last => return Seen::Absent,
                Ok(_) => {}
                Err(e) if last || concerns_all(&e) => return Seen::Unknown(e.problem().clone()),
                Err(_) => {}
            }
            looks.wait().await;
        }
    }

    /// Looks whether a deletion was made: there = still there.
    pub(super) async fn look_deleted(&self, agreement: i64, id: i64, marker: &str) -> Seen<()> {
        self.looking(marker);
        let mut looks = Looks::from_now(self.executor.settle);
        loop {
            let last = looks.last();
            match self.get(agreement, id).await {
                Ok(None) => return Seen::Absent,
                Ok(Some(_)) if last => return Seen::There(()),
                Ok(Some(_)) => {}
                Err(e) if last || concerns_all(&e) => return Seen::Unknown(e.problem().clone()),
                Err(_) => {}
            }
            looks.wait().await;
        }
    }

    fn looking(&self, marker: &str) {
        (self.executor.events)(RunEvent::LookingUp { marker: marker.to_owned() });
    }

    /// A place among the requests in flight.
    pub(super) async fn slot(&self) -> tokio::sync::SemaphorePermit<'_> {
        self.sends.acquire().await.expect("the semaphore of a run is never closed")
    }
}
