//! Line `at` of a month. Organizations take turns; each has numbered slots that stand for the same
//! thing in both months, so that a subscription goes on, changes, disappears or comes new.

use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::Sample;
use crate::domain::charge_type::ChargeType;
use crate::domain::invoice_status::InvoiceStatus;
use crate::domain::line::CanonicalLine;
use crate::domain::money::cents;
use crate::domain::period::Period;
use crate::sandbox::seed::catalog::{OFFERS, item, offer_name};
use crate::sandbox::seed::customer::{currency_code, customer};
use crate::sandbox::seed::names::{mix, platform_name};

/// What a slot is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Story {
    /// A subscription that goes on unchanged.
    Steady,
    /// Its quantity grows in the second month.
    Grows,
    /// Its price changes in the second month.
    Dearer,
    /// Charged in the first month, corrected with a credit in the second: it was cancelled.
    Disappears,
    /// Bought in the first month, in its cycle in the second.
    Bought,
    /// The neighbouring slot's subscription once more.
    Twice,
    /// Quantity x unit price is not the total.
    Residual,
    Usage,
    UsageResidual,
    OneTime,
    Licence,
    Credit,
    /// A credit note, written by hand, without a subscription.
    CreditNote,
    /// A debit memo that nobody has verified yet.
    UnverifiedMemo,
    /// A yearly fee in the first month, a one-time fee in the second.
    Yearly,
    /// An invoice that nobody has verified yet.
    Unverified,
    /// A licence in the first month, a new subscription in the second.
    New,
}

const STORIES: [Story; 24] = [
    Story::Steady,
    Story::Steady,
    Story::Usage,
    Story::Grows,
    Story::Residual,
    Story::OneTime,
    Story::Steady,
    Story::Twice,
    Story::Disappears,
    Story::Steady,
    Story::Bought,
    Story::Credit,
    Story::Dearer,
    Story::Licence,
    Story::Steady,
    Story::CreditNote,
    Story::Yearly,
    Story::UsageResidual,
    Story::Steady,
    Story::Unverified,
    Story::New,
    Story::Grows,
    Story::UnverifiedMemo,
    Story::Steady,
];

/// What a tidy sample is made of: nothing that anybody would have to decide.
const TIDY: [Story; 8] = [
    Story::Steady,
    Story::Usage,
    Story::Grows,
    Story::Residual,
    Story::OneTime,
    Story::Steady,
    Story::Licence,
    Story::Dearer,
];

/// Makes the line.
pub(super) fn line(sample: &Sample, period: Period, at: usize) -> CanonicalLine {
    let seed = sample.seed;
    let count = sample.organizations.len();
    let (turn, slot) = (at % count, at / count);
    let c = customer(seed, sample.organizations[turn]);
    let stories: &[Story] = if sample.tidy { &TIDY } else { &STORIES };
    let story = |slot: usize| stories[(turn * 5 + slot) % stories.len()];
    let this = story(slot);
    // A story that repeats its neighbour's subscription takes that slot's identity.
    let twice = this == Story::Twice && slot > 0;
    let own = u64::try_from(if twice { slot - 1 } else { slot }).unwrap_or(0);
    let h = mix(seed, 20, c.index.wrapping_mul(100_003).wrapping_add(own));
    let second = period == sample.periods()[1];

    let k = h % OFFERS;
    let product = item(seed, k, jiff::Timestamp::UNIX_EPOCH);
    let mut quantity = Decimal::from(1 + h / 64 % 40);
    let mut price = product.price;
    let mut cost = product.cost;
    let mut kind = ChargeType::CycleFee;
    let mut cycle = Some("Monthly");
    let (mut start, mut end) = (period.first_day(), Some(period.last_day()));
    let mut status = InvoiceStatus::Verified;
    let mut total = None;
    let mut subscription = true;
    let day = |n: i8| -> Date { start.checked_add(i32::from(n).days()).unwrap_or(start) };
    match this {
        Story::Steady | Story::Twice => {}
        Story::Grows if second => quantity += Decimal::from(3),
        Story::Dearer if second => price += Decimal::new(45, 2),
        Story::Grows | Story::Dearer | Story::Disappears if !second => {}
        Story::Disappears => {
            (kind, cycle) = (ChargeType::Correction, None);
            quantity = -quantity;
            (start, end) = (day(0), Some(day(9)));
        }
        Story::Bought if !second => {
            kind = ChargeType::PurchaseFee;
            start = day(11);
            price = cents(price * Decimal::new(6, 1));
        }
        Story::Residual => {
            // Thirds: no price of two decimals times the quantity gives the total.
            quantity = Decimal::from(3) * quantity.max(Decimal::TWO);
            total = Some(cents(price * quantity) + Decimal::new(1, 2));
        }
        Story::Usage => {
            (kind, cycle) = (ChargeType::UsageFee, None);
            quantity = Decimal::ONE;
            price = cents(price * Decimal::new(37, 1));
        }
        Story::UsageResidual => {
            (kind, cycle) = (ChargeType::UsageFee, None);
            quantity = Decimal::new(i64::try_from(1 + h % 900_000).unwrap_or(1), 3);
            price = Decimal::new(i64::try_from(11 + h % 977).unwrap_or(11), 4);
            cost = Decimal::new(9, 4);
            total = Some(cents(price * quantity));
        }
        Story::OneTime => {
            (kind, cycle) = (ChargeType::OneTimeFee, Some("One-time"));
            (start, end) = (day(4), Some(day(4)));
            price *= Decimal::from(10);
        }
        Story::Licence => {
            (kind, cycle) = (ChargeType::ItemFee, None);
            end = None;
        }
        Story::Credit => {
            (kind, cycle) = (ChargeType::Correction, None);
            quantity = -Decimal::ONE;
            (start, end) = (day(2), Some(day(13)));
        }
        Story::CreditNote | Story::UnverifiedMemo => {
            (kind, cycle, subscription) = (ChargeType::UserCorrection, None, false);
            quantity = if this == Story::CreditNote { -Decimal::ONE } else { Decimal::ONE };
            price = Decimal::new(2500, 2);
            end = None;
            if this == Story::UnverifiedMemo {
                status = InvoiceStatus::NewCorrected;
            }
        }
        Story::Yearly if !second => {
            cycle = Some("Yearly");
            price *= Decimal::from(12);
            end = start.checked_add(1.year()).and_then(|d| d.checked_sub(1.day())).ok();
        }
        Story::Yearly => {
            (kind, cycle) = (ChargeType::OneTimeFee, Some("One-time"));
            end = Some(start);
        }
        Story::Unverified => status = InvoiceStatus::New,
        Story::New if !second => {
            (kind, cycle) = (ChargeType::ItemFee, None);
            end = None;
        }
        Story::Grows | Story::Dearer | Story::Bought | Story::New => {}
    }
    let custom = kind == ChargeType::UserCorrection;
    let issued = match status {
        InvoiceStatus::Verified if c.index % 4 == 1 => InvoiceStatus::Issued,
        InvoiceStatus::Verified if c.index % 4 == 2 && !second => InvoiceStatus::Paid,
        other => other,
    };
    let invoice_day = 1 + i32::try_from(c.index % 5).unwrap_or(0);
    let prefix = if custom { "CN" } else { "INV" };
    let offer = if !sample.tidy && h % 31 == 5 { 900 + k } else { k };
    CanonicalLine {
        line_id: Some(format!("L{}-{:07}", period.to_string().replace('-', ""), at + 1).into()),
        invoice_number: format!("{prefix}-{period}-{:05}", 100 + c.index).into(),
        invoice_date: period
            .first_day()
            .checked_add((invoice_day - 1).days())
            .unwrap_or_else(|_| period.first_day()),
        invoice_status: issued,
        organization_id: c.organization_id().into(),
        organization_name: platform_name(&c.name, mix(seed, 21, c.index)).into(),
        contract_id: Some(c.contract_id().into()),
        subscription_id: subscription
            .then(|| format!("SUB-{:05}-{own:04}", 40_000 + c.index).into()),
        subscription_name: subscription
            .then(|| format!("{} for {}", product.description, c.name.stem).into()),
        offer_id: format!("OFR-{offer:04}").into(),
        offer_name: offer_name(&product, k).into(),
        part_number: (k % 3 != 1).then(|| product.part_number.clone().into()),
        charge_type: kind,
        billing_cycle: cycle.map(Into::into),
        charge_start: start,
        charge_end: end,
        quantity,
        unit_price: Some(price),
        unit_cost: Some(cost),
        total: total.unwrap_or_else(|| cents(price * quantity)),
        currency: currency_code(c.currency).parse().expect("the sample's currencies are codes"),
        raw: None,
        extra: None,
    }
}
