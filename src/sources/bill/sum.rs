//! Rows that are summed up before they become lines: daily usage to organization, subscription,
//! group and month. Memory is bounded by the number of sums, whatever the number of rows.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::super::problems::{Problems, shown};
use super::super::profile::columns::Col;
use super::super::profile::path::member;
use super::super::profile::{Aggregate, Mapped};
use crate::domain::line::CanonicalLine;
use crate::domain::line_extra::RowSet;
use crate::domain::money::cents;
use crate::domain::period::Period;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

/// What tells groups apart within a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum GroupBy {
    /// The values of these columns; none: the subscription alone.
    Columns(Vec<Col>),
    /// The value of a tag.
    Tag(Col, String),
}

/// One sum.
struct Sum {
    /// The first row by its names, so that the order of rows does not matter.
    line: CanonicalLine,
    group: String,
    total: Decimal,
    rows: RowSet,
    /// What the profile keeps of the rows, as JSON: the first few that differ.
    kept: BTreeSet<Box<str>>,
}

/// So many are shown.
const KEPT: usize = 8;

impl Sum {
    fn keep(&mut self, kept: Option<&str>) {
        if let Some(kept) = kept
            && self.kept.len() < KEPT
            && !self.kept.contains(kept)
        {
            self.kept.insert(kept.into());
        }
    }
}

/// All sums of one load.
pub(super) struct Sums<'p> {
    name: &'p str,
    by: GroupBy,
    /// How the sums are told apart, for those who load them again in another way.
    form: String,
    sums: HashMap<Box<[u8]>, Sum>,
    newest: HashMap<Box<str>, Date>,
    key: Vec<u8>,
}

impl<'p> Sums<'p> {
    /// Sums as the profile has them, or as the settings choose (`source.group_by`).
    ///
    /// # Errors
    /// `unknown-group`: the profile has no such choice.
    pub(super) fn new(aggregate: &'p Aggregate, chosen: &str) -> Result<Self, Problem> {
        let word = if chosen.is_empty() { &aggregate.group_by } else { chosen };
        let by = match (word.strip_prefix("tag:"), aggregate.tags) {
            (Some(tag), Some(col)) if !tag.trim().is_empty() => {
                GroupBy::Tag(col, tag.trim().to_owned())
            }
            _ if word.is_empty() => GroupBy::Columns(Vec::new()),
            _ => match aggregate.groups.iter().find(|(name, _)| name == word) {
                Some((_, columns)) => GroupBy::Columns(columns.clone()),
                None => return Err(unknown(aggregate, word)),
            },
        };
        Ok(Self {
            name: &aggregate.name,
            by,
            form: if word.is_empty() { "subscription".into() } else { word.to_lowercase() },
            sums: HashMap::new(),
            newest: HashMap::new(),
            key: Vec::new(),
        })
    }

    /// Adds a row that was mapped to a line.
    pub(super) fn add(
        &mut self,
        mapped: Mapped,
        row: u64,
        cells: &[Cow<'_, str>],
        problems: &mut Problems,
    ) {
        let line = mapped.line;
        let Some(group) = self.group(row, cells, problems) else { return };
        let month = Period::of(line.charge_start);
        match self.newest.get_mut(&line.invoice_number) {
            Some(newest) => *newest = (*newest).max(line.charge_start),
            None => {
                self.newest.insert(line.invoice_number.clone(), line.charge_start);
            }
        }
        key(&mut self.key, &line, &group, month);
        let digest = mapped.identity.unwrap_or_default();
        if let Some(sum) = self.sums.get_mut(self.key.as_slice()) {
            sum.rows.add(digest);
            sum.keep(line.raw.as_deref());
            sum.total = sum.total.saturating_add(line.total);
            // Whatever row came first: the names are the same for every order of rows.
            let names = |l: &CanonicalLine| {
                (l.organization_name.clone(), l.subscription_name.clone(), l.offer_name.clone())
            };
            if names(&line) > names(&sum.line) {
                sum.line = line;
            }
            return;
        }
        let mut rows = RowSet::default();
        rows.add(digest);
        let total = line.total;
        let mut sum = Sum { line, group, total, rows, kept: BTreeSet::new() };
        let kept = sum.line.raw.take();
        sum.keep(kept.as_deref());
        self.sums.insert(self.key.as_slice().into(), sum);
    }

    fn group(&self, row: u64, cells: &[Cow<'_, str>], problems: &mut Problems) -> Option<String> {
        match &self.by {
            GroupBy::Columns(columns) => {
                let values: Vec<&str> = columns.iter().map(|c| cells[c.0].trim()).collect();
                Some(values.join(" ").to_lowercase())
            }
            GroupBy::Tag(col, tag) => {
                let text = cells[col.0].trim();
                if text.is_empty() {
                    return Some(String::new());
                }
                // Microsoft writes tags as an object, or as its inside.
                let parsed: Result<Value, _> = serde_json::from_str(text)
                    .or_else(|_| serde_json::from_str(&format!("{{{text}}}")));
                match parsed {
                    Ok(tags) => Some(
                        member(&tags, tag).and_then(Value::as_str).unwrap_or_default().to_owned(),
                    ),
                    Err(_) => {
                        problems.push(Some(row), Some("tags"), "bad-tags", || {
                            (
                                format!("{} holds no tags", shown(text)),
                                "group by something else, or fetch the bill again".into(),
                            )
                        });
                        None
                    }
                }
            }
        }
    }

    /// The lines, in the order of their keys.
    pub(super) fn lines(self) -> impl Iterator<Item = Mapped> {
        let (form, name, newest) = (self.form, self.name, self.newest);
        let mut sums: Vec<_> = self.sums.into_iter().collect();
        sums.sort_by(|a, b| a.0.cmp(&b.0));
        sums.into_iter().map(move |(key, sum)| {
            let invoice_date = newest
                .get(&sum.line.invoice_number)
                .map_or(sum.line.invoice_date, |d| d.last_of_month());
            finished(sum, &key, name, &form, invoice_date)
        })
    }
}

fn finished(sum: Sum, key: &[u8], name: &str, form: &str, invoice_date: Date) -> Mapped {
    let mut line = sum.line;
    let month = Period::of(line.charge_start);
    // An addition has whole cents; the exact sum is kept for people.
    let total = cents(sum.total);
    line.invoice_date = invoice_date;
    line.charge_start = month.first_day();
    line.charge_end = Some(month.last_day());
    line.quantity = Decimal::ONE;
    line.unit_cost = line.unit_cost.map(|_| total);
    line.unit_price = line.unit_price.map(|_| total);
    line.total = total;
    if !sum.group.is_empty() {
        let subscription = line.subscription_name.as_deref().unwrap_or(&line.offer_name);
        let template = if name.is_empty() { "{subscription} {group}" } else { name };
        let told = template.replace("{subscription}", subscription).replace("{group}", &sum.group);
        line.subscription_name = Some(told.into());
    }
    let kept: Vec<Value> = sum.kept.iter().filter_map(|k| serde_json::from_str(k).ok()).collect();
    let raw = json!({
        "rows": sum.rows.count,
        "rows_digest": format!("{:032x}", sum.rows.digest),
        "exact_total": sum.total.normalize().to_string(),
        "group": sum.group,
        "kept": kept,
    });
    line.raw = Some(raw.to_string().into());
    let extra = line.extra.get_or_insert_default();
    extra.rows = Some(sum.rows);
    // Sums by resource group and sums by subscription are the same money, too.
    if let Some(counted) = &extra.counted_as {
        extra.counted_as = Some(format!("{counted} by {form}").into());
    }
    let mut identity = [0; 16];
    identity.copy_from_slice(&blake3::hash(key).as_bytes()[..16]);
    Mapped { line, identity: Some(identity) }
}

/// What makes a sum that sum: amounts are no part of it, so that a bill that comes again with other
/// rows changes the line instead of adding one.
fn key(out: &mut Vec<u8>, line: &CanonicalLine, group: &str, month: Period) {
    out.clear();
    let month = month.to_string();
    let currency = line.currency;
    for part in [
        &*line.invoice_number.to_lowercase(),
        &*line.organization_id.to_lowercase(),
        &*line.subscription_id.as_deref().unwrap_or_default().to_lowercase(),
        &*line.offer_id.to_lowercase(),
        line.charge_type.as_str(),
        currency.as_str(),
        &month,
        group,
    ] {
        out.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes());
        out.extend(part.as_bytes());
    }
}

fn unknown(aggregate: &Aggregate, word: &str) -> Problem {
    let mut known: Vec<&str> = aggregate.groups.iter().map(|(name, _)| name.as_str()).collect();
    if aggregate.tags.is_some() {
        known.push("tag:NAME");
    }
    let remedy = match crate::config::nearest(word, &known) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("it is one of {}", known.join(", ")),
    };
    Problem::new(
        ProblemKind::Refused,
        "unknown-group",
        format!("source.group_by: usage is not grouped by {}", harmless(word)),
        remedy,
    )
}
