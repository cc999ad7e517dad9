//! What was posted and what the PSA has, side by side.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use rust_decimal::Decimal;

use super::super::fields::{day, differences_of, number};
use super::super::{Finding, FindingField, Findings, ProvenRow};
use crate::domain::addition::{LiveAddition, OwnAddition, Subject};
use crate::domain::line::{Line, Text};
use crate::domain::marker::is_marker;
use crate::domain::money::{Currency, cents, text};
use crate::domain::period::Period;

/// Everything that is read and compared.
pub(super) struct Reading<'a> {
    pub own: HashMap<Text, OwnAddition>,
    /// Posted lines by the marker that they were posted under.
    pub lines: BTreeMap<Text, Vec<&'a Line>>,
    /// Markers of rounding additions by the line that they complete.
    pub rounding: HashMap<(Text, Text), Text>,
    pub live: HashMap<String, Vec<LiveAddition>>,
}

/// Which rounding addition completes which line.
pub(super) fn rounding(own: &HashMap<Text, OwnAddition>) -> HashMap<(Text, Text), Text> {
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
    pub(super) fn markers(&self, periods: &[Period]) -> BTreeSet<Text> {
        let mut markers: BTreeSet<Text> = self.lines.keys().cloned().collect();
        for line in self.lines.values().flatten() {
            markers.extend(self.rounding.get(&(line.source.clone(), line.key.clone())).cloned());
        }
        let shown = self.own.values().filter(|a| periods.is_empty() || periods.contains(&a.shown));
        markers.extend(shown.filter(|a| !a.gone).map(|a| a.marker.clone()));
        markers
    }

    /// Agreement and addition of a marker, as they were written.
    pub(super) fn place(&self, marker: &Text) -> Option<(i64, Option<i64>)> {
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
        let shows_newer = self
            .own
            .get(marker)
            .is_some_and(|own| own.subject.is_recurring() && own.line != line.key);
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

    /// The money read back. What differs under a marker in `kept` was decided on by a person.
    pub(super) fn proven(&self, kept: &HashSet<String>) -> Vec<ProvenRow> {
        let mut rows: BTreeMap<Currency, ProvenRow> = BTreeMap::new();
        for (marker, lines) in &self.lines {
            for line in lines {
                let zero = ProvenRow {
                    currency: line.currency,
                    posted: Decimal::ZERO,
                    sold: Decimal::ZERO,
                    psa: Decimal::ZERO,
                    decided: Decimal::ZERO,
                };
                let row = rows.entry(line.currency).or_insert(zero);
                row.posted += line.posted.as_ref().map(|p| p.total).unwrap_or_default();
                let sold = line.posted.as_ref().map(|p| p.sold).unwrap_or_default();
                row.sold += sold;
                if !self.is_net(marker) {
                    let billed = cents(self.billed_for(line, marker));
                    row.psa += billed;
                    let rest = self.rounding.get(&(line.source.clone(), line.key.clone()));
                    if kept.contains(&**marker) || rest.is_some_and(|r| kept.contains(&**r)) {
                        row.decided += billed - sold;
                    }
                }
            }
            // One addition for all of them is billed once.
            if self.is_net(marker)
                && let Some(row) = lines.first().and_then(|l| rows.get_mut(&l.currency))
            {
                let billed = cents(self.billed(marker));
                row.psa += billed;
                if kept.contains(&**marker) {
                    let posted = lines.iter().filter_map(|l| l.posted.as_ref());
                    row.decided += billed - posted.map(|p| p.sold).sum::<Decimal>();
                }
            }
        }
        rows.into_values().collect()
    }

    /// Everything that is not as it was posted.
    pub(super) fn findings(&self, markers: &BTreeSet<Text>, periods: &[Period]) -> Findings {
        let mut findings = Findings::default();
        for marker in markers {
            self.compare(marker, &mut findings);
        }
        findings.unknown = self.unknown(periods);
        findings
    }

    /// What carries a marker and is not known here, in these periods.
    fn unknown(&self, periods: &[Period]) -> Vec<Finding> {
        let known = |marker: &str| self.own.contains_key(marker) || self.lines.contains_key(marker);
        let in_scope = |a: &&LiveAddition| {
            periods.is_empty() || periods.contains(&Period::of(a.fields.effective))
        };
        let mut found = Vec::new();
        for (marker, all) in self.live.iter().filter(|(m, _)| is_marker(m) && !known(m)) {
            let mut all: Vec<&LiveAddition> = all.iter().filter(in_scope).collect();
            all.sort_by_key(|a| a.id);
            let Some(first) = all.first() else { continue };
            found.push(Finding {
                lines: Vec::new(),
                marker: marker.clone(),
                agreement_id: first.agreement_id,
                addition_id: Some(first.id),
                invoiced: false,
                fields: told(&all),
            });
        }
        found.sort_by(|a, b| a.marker.cmp(&b.marker));
        found
    }

    pub(super) fn compare(&self, marker: &Text, findings: &mut Findings) {
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
                    posted: Some(text(asked)),
                    psa: Some(text(billed)),
                    source: Some(text(source)),
                });
            }
        }
        fields
    }
}

/// What tells people which additions stand under a marker.
fn told(all: &[&LiveAddition]) -> Vec<FindingField> {
    let amounts = all.iter().map(|a| a.ext_price.unwrap_or_else(|| a.fields.amount()));
    let mut fields = vec![("extPrice", text(amounts.sum()))];
    if let [one] = all {
        fields.push(("effectiveDate", one.fields.effective.to_string()));
        fields.push(("invoiceDescription", one.fields.invoice_description.clone()));
    } else {
        let ids: Vec<String> = all.iter().map(|a| a.id.to_string()).collect();
        fields.push(("id", ids.join(", ")));
    }
    let field = |(field, psa): (&str, String)| FindingField {
        field: field.into(),
        posted: None,
        psa: Some(psa),
        source: None,
    };
    fields.into_iter().map(field).collect()
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
