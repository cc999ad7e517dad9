//! The work of a seed: a few organizations and what a marketplace bills them, month by month, with
//! lines that change after they were billed.

use std::collections::BTreeMap;

use addendum::domain::charge_type::ChargeType;
use addendum::domain::identity::Identities;
use addendum::domain::invoice_status::InvoiceStatus;
use addendum::domain::line::{CanonicalLine, LineDates};
use addendum::domain::load::LoadedLine;
use addendum::domain::money::Currency;
use addendum::domain::period::Period;
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use super::chance::Chance;
use super::stage::Customer;

/// An organization of the source.
#[derive(Debug, Clone)]
pub struct Organization {
    pub id: String,
    pub customer: Customer,
    pub excluded: bool,
    pub mapped: bool,
}

/// A charge that is billed in one or more months.
#[derive(Debug, Clone)]
struct Charge {
    organization: usize,
    /// What its line is called in each month; absent: the source gives no ids.
    own_id: bool,
    subscription: Option<String>,
    offer: u64,
    kind: ChargeType,
    cycle: &'static str,
    quantity: Decimal,
    /// So many units more each month.
    growth: u64,
    price: Decimal,
    /// Tenths of the price that a unit costs.
    cost: i64,
    /// Cents that quantity x unit price leaves out.
    cents: Decimal,
    /// Months in which it is billed.
    months: Vec<Period>,
    verified: bool,
}

impl Charge {
    /// What is billed in a month.
    fn units(&self, period: Period) -> Decimal {
        let months = (0_u64..).zip(MONTHS).find(|(_, day)| Period::of(*day) == period);
        self.quantity + Decimal::from(self.growth * months.map_or(0, |(n, _)| n))
    }
}

/// The whole bill.
#[derive(Debug, Clone)]
pub struct Bill {
    pub organizations: Vec<Organization>,
    charges: Vec<Charge>,
    /// Totals that were changed after they were billed, by charge and month.
    revised: BTreeMap<(usize, Period), Decimal>,
    /// Months that were loaded.
    loaded: Vec<Period>,
}

/// The months of the simulation.
pub const MONTHS: [Date; 3] = [date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)];

pub fn month(n: usize) -> Period {
    Period::of(MONTHS[n])
}

impl Bill {
    pub fn new(chance: &Chance, customers: &[Customer]) -> Self {
        let count = 1 + chance.below(2) as usize;
        let organizations: Vec<Organization> = (0..count)
            .map(|n| Organization {
                id: format!("O-{n}"),
                customer: chance.pick(customers).clone(),
                excluded: chance.percent(4),
                mapped: !chance.percent(4),
            })
            .collect();
        let lines = 1 + if chance.percent(15) { chance.below(9) } else { chance.below(4) };
        let charges = (0..lines).map(|n| charge(chance, n, count)).collect();
        Self { organizations, charges, revised: BTreeMap::new(), loaded: Vec::new() }
    }

    /// What the source bills for a month now. From here on it counts as loaded.
    pub fn load(&mut self, period: Period) -> Vec<LoadedLine> {
        if !self.loaded.contains(&period) {
            self.loaded.push(period);
        }
        self.lines(period)
    }

    /// Months that were loaded.
    pub fn loaded(&self) -> &[Period] {
        &self.loaded
    }

    fn lines(&self, period: Period) -> Vec<LoadedLine> {
        let mut identities = Identities::default();
        self.billed(period)
            .map(|(n, charge)| {
                let line = self.line(n, charge, period);
                let (key, content) = identities.of(&line);
                LoadedLine { key, content, line, dates: LineDates::default() }
            })
            .collect()
    }

    fn billed(&self, period: Period) -> impl Iterator<Item = (usize, &Charge)> {
        self.charges.iter().enumerate().filter(move |(_, c)| c.months.contains(&period))
    }

    /// The source corrects a line of a loaded month that has an id of its own; gives the month.
    pub fn revise(&mut self, chance: &Chance) -> Option<Period> {
        let mut own: Vec<(usize, Period)> = Vec::new();
        for (n, charge) in self.charges.iter().enumerate().filter(|(_, c)| c.own_id) {
            own.extend(charge.months.iter().filter(|m| self.loaded.contains(m)).map(|m| (n, *m)));
        }
        if own.is_empty() {
            return None;
        }
        let at = *chance.pick(&own);
        self.revised.insert(at, Decimal::new(chance.within(100, 90_000) as i64, 2));
        Some(at.1)
    }

    /// The source's total of what was loaded, by period and currency.
    pub fn totals(&self) -> BTreeMap<(Period, Currency), Decimal> {
        let mut sums = BTreeMap::new();
        for &period in &self.loaded {
            for (n, charge) in self.billed(period) {
                let currency = self.organizations[charge.organization].customer.currency;
                *sums.entry((period, currency)).or_default() += self.total(n, charge, period);
            }
        }
        sums
    }

    fn total(&self, n: usize, charge: &Charge, period: Period) -> Decimal {
        let billed = charge.units(period) * charge.price + charge.cents;
        self.revised.get(&(n, period)).copied().unwrap_or(billed)
    }

    fn line(&self, n: usize, charge: &Charge, period: Period) -> CanonicalLine {
        let organization = &self.organizations[charge.organization];
        let total = self.total(n, charge, period);
        let first = period.first_day();
        let text = |t: String| t.into_boxed_str();
        CanonicalLine {
            line_id: charge.own_id.then(|| text(key(n, period))),
            invoice_number: text(format!("INV-{period}")),
            invoice_date: first,
            invoice_status: if charge.verified {
                InvoiceStatus::Verified
            } else {
                InvoiceStatus::New
            },
            organization_id: text(organization.id.clone()),
            organization_name: text(format!("Organization {}", organization.id)),
            contract_id: Some(text(format!("K-{}", organization.id))),
            subscription_id: charge.subscription.clone().map(text),
            subscription_name: charge.subscription.clone().map(text),
            offer_id: text(format!("F-{}", charge.offer)),
            offer_name: text(format!("Offer {}", charge.offer)),
            part_number: None,
            charge_type: charge.kind,
            billing_cycle: (!charge.cycle.is_empty()).then(|| charge.cycle.into()),
            charge_start: first,
            charge_end: Some(period.last_day()),
            quantity: charge.units(period),
            unit_price: Some(charge.price),
            unit_cost: Some(charge.price * Decimal::new(charge.cost, 1)),
            total,
            currency: organization.customer.currency,
            raw: None,
            extra: None,
        }
    }
}

fn key(n: usize, period: Period) -> String {
    format!("L-{n}-{period}")
}

fn charge(chance: &Chance, n: u64, organizations: usize) -> Charge {
    let kind = *chance.pick(&[
        ChargeType::CycleFee,
        ChargeType::CycleFee,
        ChargeType::CycleFee,
        ChargeType::PurchaseFee,
        ChargeType::Correction,
        ChargeType::UsageFee,
        ChargeType::OneTimeFee,
        ChargeType::ItemFee,
        ChargeType::UserCorrection,
    ]);
    let quantity = Decimal::from(chance.within(1, 12));
    let cents = Decimal::new(chance.within(100, 9_999) as i64, 2);
    let credit =
        matches!(kind, ChargeType::Correction | ChargeType::UserCorrection) && chance.percent(50);
    let price = if credit { -cents } else { cents };
    let left_out = if chance.percent(15) { chance.within(1, 3) } else { 0 };
    let recurring = kind.is_recurring();
    let months: Vec<Period> = if recurring {
        match chance.below(10) {
            0 => vec![month(0)],
            1 => vec![month(1)],
            2 => vec![month(0), month(2)],
            _ => vec![month(0), month(1), month(2)],
        }
    } else {
        vec![month(chance.below(3) as usize)]
    };
    Charge {
        organization: chance.below(organizations as u64) as usize,
        own_id: !chance.percent(15),
        // Two charges may be of one subscription and offer: occurrences.
        subscription: (!chance.percent(8)).then(|| {
            let of = if n > 0 && chance.percent(10) { n - 1 } else { n };
            format!("S-{of}")
        }),
        offer: chance.below(4),
        kind,
        cycle: if recurring {
            chance.pick::<&str>(&["Monthly", "Monthly", "Monthly", "Yearly"])
        } else {
            ""
        },
        quantity,
        growth: if chance.percent(50) { 1 } else { 0 },
        price,
        // Some are sold below cost.
        cost: if cents.mantissa() % 8 == 0 { 11 } else { 8 },
        cents: Decimal::new(left_out as i64, 2),
        months,
        verified: !chance.percent(3),
    }
}
