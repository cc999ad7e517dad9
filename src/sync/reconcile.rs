//! Reading back what was posted: what is missing, doubled or changed, and how much money the PSA
//! returns for it (design 6.10, 7).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures_util::FutureExt;
use rust_decimal::Decimal;

use super::fields::{day, differences_of, number};
use super::lane::by_marker;
use super::{Executor, Finding, FindingField, Findings, ProvenRow, all_of, fault};
use crate::connectwise::PsaError;
use crate::domain::addition::{LiveAddition, OwnAddition, Subject};
use crate::domain::line::{Line, Text};
use crate::domain::money::{Currency, cents};
use crate::domain::period::Period;
use crate::domain::policy::Scope;
use crate::domain::problem::Problem;
use crate::domain::psa::Agreement;

/// Everything that is read and compared.
struct Reading<'a> {
    own: HashMap<Text, OwnAddition>,
    /// Posted lines by the marker that they were posted under.
    lines: BTreeMap<Text, Vec<&'a Line>>,
    /// Markers of rounding additions by the line that they complete.
    rounding: HashMap<(Text, Text), Text>,
    live: HashMap<String, Vec<LiveAddition>>,
}

impl Executor {
    /// Reads back everything posted in the periods; all periods when none is named. Writes nothing.
    ///
    /// An agreement costs one request. What is not found on its own agreement is looked for on the
    /// other agreements of its company before it counts as missing.
    ///
    /// # Errors
    /// The PSA or the store does not answer.
    pub async fn reconcile(&self, periods: &[Period]) -> Result<Findings, Problem> {
        let scope = Scope { periods: periods.to_vec(), ..Scope::default() };
        let input = self.store.plan_input(&scope).await.map_err(fault)?;
        let own: HashMap<Text, OwnAddition> = self
            .store
            .own_additions()
            .await
            .map_err(fault)?
            .into_iter()
            .map(|a| (a.marker.clone(), a))
            .collect();
        let mut lines: BTreeMap<Text, Vec<&Line>> = BTreeMap::new();
        for line in &input.lines {
            if let Some(posted) = &line.posted {
                lines.entry(posted.marker.clone()).or_default().push(line);
            }
        }
        let mut reading = Reading { rounding: rounding(&own), own, lines, live: HashMap::new() };
        let markers = reading.markers(periods);
        self.read_live(&mut reading, &markers).await?;

        let mut findings = Findings { proven: reading.proven(), ..Findings::default() };
        for marker in &markers {
            reading.compare(marker, &mut findings);
        }
        self.mark_invoiced(&reading, &mut findings).await?;
        Ok(findings)
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

    /// Reads the agreements of findings: whether their additions are invoiced already.
    async fn mark_invoiced(
        &self,
        reading: &Reading<'_>,
        findings: &mut Findings,
    ) -> Result<(), Problem> {
        let all = [&mut findings.missing, &mut findings.doubled, &mut findings.drifted];
        let ids: BTreeSet<i64> =
            all.iter().flat_map(|list| list.iter().map(|f| f.agreement_id)).collect();
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
        Ok(())
    }
}

/// Which rounding addition completes which line.
fn rounding(own: &HashMap<Text, OwnAddition>) -> HashMap<(Text, Text), Text> {
    own.values()
        .filter_map(|a| match &a.subject {
            Subject::Rounding { source, key } => {
                Some(((source.clone(), key.clone()), a.marker.clone()))
            }
            _ => None,
        })
        .collect()
}

impl Reading<'_> {
    /// All markers in scope: those of the lines, of what rounds them, and those that show one of
    /// the periods.
    fn markers(&self, periods: &[Period]) -> BTreeSet<Text> {
        let mut markers: BTreeSet<Text> = self.lines.keys().cloned().collect();
        for line in self.lines.values().flatten() {
            markers.extend(self.rounding.get(&(line.source.clone(), line.key.clone())).cloned());
        }
        let shown = self.own.values().filter(|a| periods.is_empty() || periods.contains(&a.shown));
        markers.extend(shown.filter(|a| !a.gone).map(|a| a.marker.clone()));
        markers
    }

    /// Agreement and addition of a marker, as they were written.
    fn place(&self, marker: &Text) -> Option<(i64, Option<i64>)> {
        if let Some(own) = self.own.get(marker) {
            return Some((own.agreement_id, Some(own.addition_id)));
        }
        let posted = self.lines.get(marker)?.first()?.posted.as_ref()?;
        Some((posted.agreement_id, Some(posted.addition_id)))
    }

    /// What the PSA bills for a marker; zero when it is not there.
    fn billed(&self, marker: &str) -> Decimal {
        self.live
            .get(marker)
            .into_iter()
            .flatten()
            .map(|a| a.ext_price.unwrap_or_else(|| a.fields.amount()))
            .sum()
    }

    /// What the PSA bills for a line. An addition that shows a newer line of its subscription by
    /// now billed this one when it showed it: its values were compared when they were written.
    fn billed_for(&self, line: &Line, marker: &Text) -> Decimal {
        let shows_newer = self.own.get(marker).is_some_and(|own| {
            matches!(own.subject, Subject::Recurring { .. }) && own.line != line.key
        });
        if shows_newer {
            let there = self.live.contains_key(&**marker);
            let sold = line.posted.as_ref().map(|p| p.sold).unwrap_or_default();
            return if there { sold } else { Decimal::ZERO };
        }
        let rest = self.rounding.get(&(line.source.clone(), line.key.clone()));
        self.billed(marker) + rest.map(|m| self.billed(m)).unwrap_or_default()
    }

    /// Whether an addition stands for several lines as one.
    fn is_net(&self, marker: &Text) -> bool {
        self.own.get(marker).is_some_and(|own| matches!(own.subject, Subject::Net { .. }))
    }

    fn proven(&self) -> Vec<ProvenRow> {
        let mut rows: BTreeMap<Currency, ProvenRow> = BTreeMap::new();
        for (marker, lines) in &self.lines {
            for line in lines {
                let zero = ProvenRow {
                    currency: line.currency,
                    posted: Decimal::ZERO,
                    sold: Decimal::ZERO,
                    psa: Decimal::ZERO,
                };
                let row = rows.entry(line.currency).or_insert(zero);
                row.posted += line.posted.as_ref().map(|p| p.total).unwrap_or_default();
                row.sold += line.posted.as_ref().map(|p| p.sold).unwrap_or_default();
                if !self.is_net(marker) {
                    row.psa += cents(self.billed_for(line, marker));
                }
            }
            // One addition for all of them is billed once.
            if self.is_net(marker)
                && let Some(row) = lines.first().and_then(|l| rows.get_mut(&l.currency))
            {
                row.psa += cents(self.billed(marker));
            }
        }
        rows.into_values().collect()
    }

    fn compare(&self, marker: &Text, findings: &mut Findings) {
        let Some((agreement_id, addition_id)) = self.place(marker) else { return };
        let own = self.own.get(marker);
        let lines = match own.map(|o| &o.subject) {
            Some(Subject::Rounding { key, .. }) => vec![key.to_string()],
            _ => self.lines.get(marker).map_or_else(
                || own.map(|o| o.line.to_string()).into_iter().filter(|l| !l.is_empty()).collect(),
                |lines| lines.iter().map(|l| l.key.to_string()).collect(),
            ),
        };
        let finding = |addition_id, fields| Finding {
            lines: lines.clone(),
            marker: marker.to_string(),
            agreement_id,
            addition_id,
            invoiced: false,
            fields,
        };
        let live = self.live.get(&**marker).map(Vec::as_slice).unwrap_or_default();
        match live {
            [] => findings.missing.push(finding(None, Vec::new())),
            [one] => {
                let fields = self.drift(marker, own, one, agreement_id);
                if !fields.is_empty() {
                    findings.drifted.push(finding(Some(one.id), fields));
                }
            }
            several => {
                let ids: Vec<String> = several.iter().map(|a| a.id.to_string()).collect();
                let field = FindingField {
                    field: "id".into(),
                    posted: addition_id.map(|id| id.to_string()),
                    psa: Some(ids.join(", ")),
                    source: None,
                };
                findings.doubled.push(finding(addition_id, vec![field]));
            }
        }
    }

    fn drift(
        &self,
        marker: &Text,
        own: Option<&OwnAddition>,
        live: &LiveAddition,
        agreement: i64,
    ) -> Vec<FindingField> {
        let lines = self.lines.get(marker).map(Vec::as_slice).unwrap_or_default();
        let shown = own
            .and_then(|o| lines.iter().find(|l| l.key == o.line))
            .or_else(|| if lines.len() == 1 { lines.first() } else { None })
            .copied();
        let mut fields: Vec<FindingField> = own
            .map(|own| differences_of(&own.fields, live))
            .unwrap_or_default()
            .into_iter()
            .map(|d| FindingField {
                source: shown.and_then(|line| source_value(line, &d.field)),
                field: d.field,
                posted: Some(d.from),
                psa: Some(d.to),
            })
            .collect();
        if live.agreement_id != agreement {
            fields.push(FindingField {
                field: "agreementId".into(),
                posted: Some(agreement.to_string()),
                psa: Some(live.agreement_id.to_string()),
                source: None,
            });
        }
        // Fields may be as written and the money still not the line's: units that the agreement
        // includes, a price that was taken over from an addition found by its marker.
        if fields.is_empty()
            && let Some(line) = shown
            && let Some(posted) = &line.posted
        {
            let (asked, billed, source) = if self.is_net(marker) {
                let sold = lines.iter().filter_map(|l| l.posted.as_ref()).map(|p| p.sold).sum();
                (sold, self.billed(marker), lines.iter().map(|l| l.source_total()).sum())
            } else {
                (posted.sold, self.billed_for(line, marker), line.source_total())
            };
            let billed = cents(billed);
            if billed != cents(asked) {
                fields.push(FindingField {
                    field: "extPrice".into(),
                    posted: Some(crate::domain::money::text(asked)),
                    psa: Some(crate::domain::money::text(billed)),
                    source: Some(crate::domain::money::text(source)),
                });
            }
        }
        fields
    }
}

/// What the source says now about a field of an addition, where it says anything.
fn source_value(line: &Line, field: &str) -> Option<String> {
    let newest = line.revision.as_ref().map(|r| &*r.line);
    match field {
        "quantity" => Some(number(newest.map_or(line.quantity, |n| n.quantity))),
        "unitPrice" => newest.map_or(line.unit_price, |n| n.unit_price).map(number),
        "unitCost" => newest.map_or(line.unit_cost, |n| n.unit_cost).map(number),
        "effectiveDate" => Some(newest.map_or(line.charge_start, |n| n.charge_start).to_string()),
        "cancelledDate" => Some(day(newest.map_or(line.charge_end, |n| n.charge_end))),
        _ => None,
    }
}

fn told(error: PsaError) -> Problem {
    error.problem().clone()
}
