//! Reading back what was posted: what is missing, doubled or changed, and how much money the PSA
//! returns for it (design 6.10, 7).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use futures_util::FutureExt;

use super::lane::by_marker;
use super::{Executor, Finding, Findings, all_of, fault};
use crate::connectwise::PsaError;
use crate::domain::line::{Line, Text};
use crate::domain::period::Period;
use crate::domain::problem::Problem;
use crate::domain::psa::Agreement;

mod decide;
mod left;
mod one_of_each;
mod reading;

use decide::{by_kind, seen};
use reading::{Reading, rounding};

impl Executor {
    /// Reads back everything posted in the periods; all periods when none is named. Writes nothing.
    ///
    /// An agreement costs one request. What is not found on its own agreement is looked for on the
    /// other agreements of its company before it counts as missing.
    ///
    /// # Errors
    /// The PSA or the store does not answer.
    pub async fn reconcile(&self, periods: &[Period]) -> Result<Findings, Problem> {
        let lines = self.store.lines_in(periods).await.map_err(fault)?;
        let (reading, markers) = self.reading(&lines, periods).await?;
        let mut findings = reading.findings(&markers, periods);
        self.mark_invoiced(&reading, &mut findings).await?;
        let decisions = self.store.decisions().await.map_err(fault)?;
        let mut kept = Vec::new();
        for (kind, list) in by_kind(&mut findings) {
            let decided = |f: &Finding| {
                decisions.get(f.marker.as_str()).is_some_and(|d| d.seen == seen(kind, f))
            };
            kept.extend(list.extract_if(.., |f| decided(f)));
        }
        let markers: HashSet<String> = kept.iter().map(|f| f.marker.clone()).collect();
        findings.proven = reading.proven(&markers);
        findings.kept = kept;
        Ok(findings)
    }

    /// Reads what was posted in the periods and what the PSA has of it, with the markers in scope.
    async fn reading<'a>(
        &self,
        all: &'a [Line],
        periods: &[Period],
    ) -> Result<(Reading<'a>, BTreeSet<Text>), Problem> {
        let own = self.own_by_marker().await?;
        let mut lines: BTreeMap<Text, Vec<&Line>> = BTreeMap::new();
        for line in all {
            if let Some(posted) = &line.posted {
                lines.entry(posted.marker.clone()).or_default().push(line);
            }
        }
        let mut reading = Reading { rounding: rounding(&own), own, lines, live: HashMap::new() };
        let markers = reading.markers(periods);
        self.read_live(&mut reading, &markers).await?;
        Ok((reading, markers))
    }

    async fn read_live(
        &self,
        reading: &mut Reading<'_>,
        markers: &BTreeSet<Text>,
    ) -> Result<(), Problem> {
        let places: BTreeSet<i64> = markers
            .iter()
            .filter_map(|m| reading.place(m))
            .map(|(agreement, _)| agreement)
            .collect();
        self.read_lists(reading, &places).await?;
        let companies: BTreeSet<i64> = markers
            .iter()
            .filter(|m| !reading.live.contains_key(&***m))
            .filter_map(|m| reading.own.get(m))
            .map(|own| own.company_id)
            .collect();
        let found = companies
            .into_iter()
            .map(|company| {
                async move {
                    let all = self.client.agreements_of(company).await.map_err(told)?;
                    Ok(all.into_iter().map(|a| a.id).collect::<Vec<i64>>())
                }
                .boxed()
            })
            .collect();
        let elsewhere: BTreeSet<i64> = all_of(found, self.concurrency.max(1))
            .await?
            .into_iter()
            .flatten()
            .filter(|id| !places.contains(id))
            .collect();
        self.read_lists(reading, &elsewhere).await
    }

    async fn read_lists(
        &self,
        reading: &mut Reading<'_>,
        agreements: &BTreeSet<i64>,
    ) -> Result<(), Problem> {
        let deleted = &self.known_deleted().await?;
        let lists = agreements
            .iter()
            .map(|id| {
                async move {
                    match self.client.additions(*id).await {
                        Ok(all) => Ok(deleted.taken_out(all)),
                        // A deleted agreement has nothing on it.
                        Err(PsaError::Refused { status: 404, .. }) => Ok(Vec::new()),
                        Err(e) => Err(told(e)),
                    }
                }
                .boxed()
            })
            .collect();
        for list in all_of(lists, self.concurrency.max(1)).await? {
            for (marker, mut additions) in by_marker(list, &self.place) {
                reading.live.entry(marker).or_default().append(&mut additions);
            }
        }
        Ok(())
    }

    /// Reads the agreements of findings: whether their additions are invoiced already. Gives them.
    async fn mark_invoiced(
        &self,
        reading: &Reading<'_>,
        findings: &mut Findings,
    ) -> Result<HashMap<i64, Agreement>, Problem> {
        let all = by_kind(findings).map(|(_, list)| list);
        // A copy may stand on another agreement.
        let places = |f: &Finding| {
            let live = reading.live.get(&f.marker).into_iter().flatten().map(|a| a.agreement_id);
            live.chain([f.agreement_id]).collect::<Vec<_>>()
        };
        let ids: BTreeSet<i64> = all.iter().flat_map(|list| list.iter().flat_map(places)).collect();
        let reads = ids
            .into_iter()
            .map(|id| {
                async move {
                    match self.client.agreement(id).await {
                        Ok(agreement) => Ok(Some(agreement)),
                        Err(PsaError::Refused { status: 404, .. }) => Ok(None),
                        Err(e) => Err(told(e)),
                    }
                }
                .boxed()
            })
            .collect();
        let agreements: HashMap<i64, Agreement> = all_of(reads, self.concurrency.max(1))
            .await?
            .into_iter()
            .flatten()
            .map(|a| (a.id, a))
            .collect();
        for finding in all.into_iter().flatten() {
            let effective = reading
                .live
                .get(&finding.marker)
                .and_then(|l| l.first())
                .map(|l| l.fields.effective)
                .or_else(|| reading.own.get(&*finding.marker).map(|o| o.fields.effective));
            let next = agreements.get(&finding.agreement_id).and_then(|a| a.next_invoice);
            finding.invoiced = matches!((next, effective), (Some(n), Some(e)) if n > e);
        }
        Ok(agreements)
    }
}

fn told(error: PsaError) -> Problem {
    error.problem().clone()
}
