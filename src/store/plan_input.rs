//! The snapshot that flows look at.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use rusqlite::Connection;

use super::additions;
use super::encoding::{line_numbers, month, month_of, to_amount, to_month};
use super::error::StoreError;
use super::line_rows::{each_line, months, number_of, read_one};
use super::names::Names;
use super::totals::{add, revised_totals};
use super::{Store, logs, mappings, psa_records};
use crate::domain::charge_type::ChargeType;
use crate::domain::line::{Line, Text};
use crate::domain::period::Period;
use crate::domain::plan_input::{PeriodTotals, PlanInput, SubscriptionKey};
use crate::domain::policy::Scope;
use crate::domain::text::harmless;

impl Store {
    /// The snapshot that flows look at. It holds more lines than the scope names: all of its
    /// periods, and with named lines the others of their subscriptions. The flow picks.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a line in scope that the store does not hold.
    pub async fn plan_input(&self, scope: &Scope) -> Result<PlanInput, StoreError> {
        let scope = scope.clone();
        self.read(move |conn| snapshot(conn, &scope)).await
    }
}

fn snapshot(conn: &Connection, scope: &Scope) -> Result<PlanInput, StoreError> {
    let held = months(conn)?;
    let mut names = Names::all(conn)?;
    let mut input = PlanInput {
        contracts: mappings::contracts(conn)?,
        companies: psa_records::all(conn)?
            .into_iter()
            .map(|c: crate::domain::psa::Company| (c.id, c))
            .collect(),
        products: psa_records::all(conn)?
            .into_iter()
            .map(|p: crate::domain::psa::Product| (p.id, p))
            .collect(),
        agreements: psa_records::all(conn)?
            .into_iter()
            .map(|a: crate::domain::psa::Agreement| (a.id, a))
            .collect(),
        agreement_types: psa_records::all(conn)?,
        custom_fields: psa_records::all(conn)?,
        response_error: logs::response_error(conn)?,
        ..PlanInput::default()
    };
    for o in mappings::organizations(conn)? {
        input.organizations.insert((names.text(&o.source), names.text(&o.id)), o);
    }
    for o in mappings::offers(conn)? {
        input.offers.insert((names.text(&o.source), names.text(&o.id)), o);
    }
    let asked: Vec<i64> = scope.periods.iter().map(|p| month(*p)).collect();
    let in_periods = |m: &i64| asked.is_empty() || asked.contains(m);
    let mut scoped: BTreeSet<i64> = held.iter().copied().filter(|m| in_periods(m)).collect();
    if scope.lines.is_empty() {
        for m in &scoped {
            let range = line_numbers(*m);
            each_line(conn, &mut names, range, |line| {
                input.lines.push(line);
                Ok(())
            })?;
        }
    } else {
        input.lines = named_lines(conn, &mut names, scope, &in_periods)?;
        scoped = input.lines.iter().map(|l| month_of(l.id.0)).collect();
    }
    sort(&mut input.lines);
    for m in &scoped {
        tally(conn, &mut names, *m, true, &mut input)?;
    }
    let before: BTreeSet<i64> = scoped.iter().map(|m| m - 1).collect();
    for m in before.iter().filter(|m| held.contains(m) && !scoped.contains(m)) {
        tally(conn, &mut names, *m, false, &mut input)?;
    }
    input.additions = relevant_additions(conn, scope, &scoped, &input.lines)?;
    Ok(input)
}

fn named_lines(
    conn: &Connection,
    names: &mut Names<'_>,
    scope: &Scope,
    in_periods: &dyn Fn(&i64) -> bool,
) -> Result<Vec<Line>, StoreError> {
    let mut lines = Vec::with_capacity(scope.lines.len());
    let mut seen = HashSet::new();
    for key in &scope.lines {
        let Some(id) = number_of(conn, key)? else {
            return Err(StoreError::refused(
                "no-such-line",
                format!("there is no line {} in the store", harmless(key)),
                "Write the line's id as `plan --json` and the grid show it, or load its period.",
            ));
        };
        if !in_periods(&month_of(id)) || !seen.insert(id) {
            continue;
        }
        lines.extend(read_one(conn, names, id)?);
    }
    let named = lines.len();
    for n in 0..named {
        for id in siblings(conn, &lines[n])? {
            if seen.insert(id) {
                lines.extend(read_one(conn, names, id)?);
            }
        }
    }
    Ok(lines)
}

/// The other lines of a line's subscription in its period: which occurrence it is, and so its
/// marker, depends on them (design 6.3). The flow plans only what the scope names.
fn siblings(conn: &Connection, line: &Line) -> Result<Vec<i64>, StoreError> {
    let Some(key) = line.subscription_id.as_deref().filter(|_| line.charge_type.is_recurring())
    else {
        return Ok(Vec::new());
    };
    let (first, last) = line_numbers(month_of(line.id.0));
    let mut statement = conn.prepare_cached(
        "SELECT id FROM line WHERE id BETWEEN ?1 AND ?2 \
         AND subscription IN (SELECT id FROM subscription WHERE key = ?3)",
    )?;
    let found = statement.query_map((first, last, key), |r| r.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// By period, invoice date, key. Keys are compared only among lines of one day.
fn sort(lines: &mut [Line]) {
    lines.sort_by(|a, b| (a.invoice_date, &a.key).cmp(&(b.invoice_date, &b.key)));
}

/// Totals of a period, and the subscriptions that it bills.
fn tally(
    conn: &Connection,
    names: &mut Names<'_>,
    month: i64,
    with_present: bool,
    input: &mut PlanInput,
) -> Result<(), StoreError> {
    let range = line_numbers(month);
    let period: Period = to_month(month)?;
    let revised = revised_totals(conn, range)?;
    let mut organizations: HashMap<Text, HashSet<i64>> = HashMap::new();
    let mut totals: BTreeMap<Text, PeriodTotals> = BTreeMap::new();
    let mut billed: HashMap<(Text, i64, i64), u32> = HashMap::new();
    let mut statement = conn.prepare_cached(
        "SELECT id, invoice, customer, item, total, subscription, charge_type FROM line \
         WHERE id BETWEEN ?1 AND ?2",
    )?;
    let mut rows = statement.query(range)?;
    while let Some(r) = rows.next()? {
        let id: i64 = r.get(0)?;
        let invoice = names.invoice(r.get(1)?)?;
        let (source, currency) = (invoice.source.clone(), invoice.currency);
        let total = match revised.get(&id) {
            Some(total) => *total,
            None => to_amount(r.get_ref(4)?)?,
        };
        let organization = names.customer(r.get(2)?)?.organization_id;
        if !totals.contains_key(&source) {
            totals.insert(source.clone(), PeriodTotals::default());
        }
        if let Some(of) = totals.get_mut(&source) {
            let sum = of.money.entry(currency).or_default();
            *sum = add(*sum, total)?;
        }
        organizations.entry(source.clone()).or_default().insert(organization);
        let charge_type: i64 = r.get(6)?;
        let recurring = super::encoding::at_position(&ChargeType::ALL, charge_type)?.is_recurring();
        if with_present && recurring {
            *billed.entry((source, r.get(5)?, r.get(3)?)).or_default() += 1;
        }
    }
    for (source, mut of) in totals {
        of.organizations = organizations.get(&source).map_or(0, |o| o.len() as u64);
        if with_present {
            input.present.entry((period, source.clone())).or_default();
        }
        input.totals.insert((period, source), of);
    }
    for ((source, subscription, item), times) in billed {
        let offer = names.item(item)?.offer.clone();
        let s = names.subscription(subscription)?;
        let Some(key) = s.key.clone() else { continue };
        let key = SubscriptionKey { contract: s.contract.clone(), subscription: key, offer };
        *input.present.entry((period, source)).or_default().entry(key).or_default() += times;
    }
    Ok(())
}

/// All recurring additions, and those of the lines in scope.
fn relevant_additions(
    conn: &Connection,
    scope: &Scope,
    scoped: &BTreeSet<i64>,
    lines: &[Line],
) -> Result<Vec<crate::domain::addition::OwnAddition>, StoreError> {
    use crate::domain::addition::Subject;
    // What was posted once shows the period of its line.
    let months: Vec<String> = scoped.iter().map(i64::to_string).collect();
    let mut found = additions::which(
        conn,
        &format!("WHERE recurring = 1 OR shown IN ({})", months.join(", ")),
    )?;
    if !scope.lines.is_empty() {
        let keys: HashSet<(&Text, &Text)> = lines.iter().map(|l| (&l.source, &l.key)).collect();
        found.retain(|a| match &a.subject {
            Subject::Recurring { .. } => true,
            Subject::Line { source, key } | Subject::Rounding { source, key } => {
                keys.contains(&(source, key))
            }
        });
    }
    Ok(found)
}
