//! Agreements of the sample, and what people put on them before Addendum came.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use rust_decimal::Decimal;
use serde_json::Map;

use super::customer::{Customer, EUR, Terms, USD};
use super::names::mix;
use super::tables::{
    BACKUP, BLOCK_TIME, MANAGED_CLOUD, MANAGED_SERVICES, MONTHLY, ONE_TIME, YEARLY,
};
use crate::domain::period::Period;
use crate::sandbox::records::{Addition, Agreement};
use crate::sandbox::world::World;

/// All agreements of a customer.
pub(super) fn of(seed: u64, c: &Customer, today: Date, born: Timestamp) -> Vec<Agreement> {
    let h = mix(seed, 6, c.index);
    let this = Period::of(today);
    let month = this.first_day();
    let before = this.previous().first_day();
    let back = i32::try_from(3 + h % 30).expect("small");
    let start = before.checked_sub(back.months()).unwrap_or(before);
    let year = Date::new(before.year(), 1, 1).unwrap_or(before);
    let plain = Agreement {
        id: 0,
        name: "Managed Cloud".into(),
        type_id: MANAGED_CLOUD,
        company_id: c.company_id(),
        contact_id: c.contact_id(),
        currency_id: Some(c.currency),
        location_id: Some(2),
        department_id: Some(10),
        cycle_id: Some(MONTHLY),
        terms_id: Some(1),
        parent_id: None,
        start: Some(start),
        end: None,
        no_end: true,
        bill_start: Some(start),
        next_invoice: Some(before),
        prorates: false,
        bills_once: false,
        cancelled: false,
        cancelled_on: None,
        inactive: false,
        bill_amount: Decimal::ZERO,
        other: Map::new(),
        entered: born,
        updated: born,
        updated_by: "office".into(),
    };
    let mut list = Vec::new();
    if !c.has_contact {
        // Without a contact there never was an agreement.
        return list;
    }
    let cloud = plain.clone();
    match c.terms {
        Terms::Ordinary => list.push(cloud),
        Terms::Invoiced => list.push(Agreement { next_invoice: Some(month), ..cloud }),
        Terms::Missing => {}
        Terms::Several => {
            list.push(Agreement { name: "Managed Cloud - Head Office".into(), ..cloud.clone() });
            list.push(Agreement { name: "Managed Cloud - Warehouse".into(), ..cloud });
        }
        Terms::OtherCurrency => {
            let other = if c.currency == EUR { USD } else { EUR };
            list.push(Agreement { currency_id: Some(other), ..cloud });
        }
        Terms::Prorating => {
            let next = Some(this.next().first_day());
            list.push(Agreement { prorates: true, next_invoice: next, ..cloud });
        }
        Terms::Yearly => {
            let start = Some(year);
            list.push(Agreement {
                name: "Managed Cloud (yearly)".into(),
                cycle_id: Some(YEARLY),
                start,
                bill_start: start,
                next_invoice: start,
                ..cloud
            });
        }
        Terms::Once => list.push(Agreement {
            name: "Managed Cloud Project".into(),
            cycle_id: Some(ONE_TIME),
            bills_once: true,
            next_invoice: None,
            ..cloud
        }),
        Terms::Ended => {
            let end = before.checked_sub(1.day()).unwrap_or(before);
            list.push(Agreement { cancelled: true, cancelled_on: Some(end), ..cloud.clone() });
            list.push(Agreement { end: Some(end), no_end: false, ..cloud });
        }
        Terms::Late => list.push(Agreement {
            start: Some(month),
            bill_start: Some(month),
            next_invoice: Some(month),
            ..cloud
        }),
    }
    let others = [
        (3, MANAGED_SERVICES, "Managed Services", MONTHLY),
        (5, BLOCK_TIME, "Block Time 20 h", ONE_TIME),
        (4, BACKUP, "Backup as a Service", MONTHLY),
    ];
    for (every, type_id, name, cycle) in others {
        if mix(seed, 7, c.index * 8 + every).is_multiple_of(every) {
            list.push(Agreement {
                name: name.into(),
                type_id,
                cycle_id: Some(cycle),
                bill_amount: Decimal::new(49_900, 2),
                bills_once: cycle == ONE_TIME,
                ..plain.clone()
            });
        }
    }
    for (a, k) in list.iter_mut().zip(0_u64..) {
        a.id = c.agreement_id(k);
    }
    list
}

/// Puts additions that are not Addendum's on some agreements: they must stay as they are.
pub(super) fn with_additions(seed: u64, world: &mut World) {
    let agreements: Vec<(i64, Option<Date>)> = world
        .agreements
        .values()
        .filter(|a| mix(seed, 8, a.id.unsigned_abs()).is_multiple_of(3))
        .map(|a| (a.id, a.bill_start))
        .collect();
    for (agreement_id, start) in agreements {
        let h = mix(seed, 9, agreement_id.unsigned_abs());
        let product = 400 + i64::try_from(h % super::catalog::OFFERS).expect("small");
        let (Some(item), Some(effective)) = (world.catalog.get(&product), start) else { continue };
        let id = world.next_addition;
        world.next_addition += 1;
        let addition = Addition {
            id,
            agreement_id,
            product_id: item.id,
            bill_customer: "Billable".into(),
            quantity: Decimal::from(1 + h % 20),
            less_included: Decimal::ZERO,
            unit_price: item.price,
            unit_cost: item.cost,
            effective,
            cancelled: None,
            taxable: item.taxable,
            description: item.description.clone(),
            invoice_description: item.customer_description.clone(),
            serial_number: h.is_multiple_of(4).then(|| format!("SN-{:08}", h % 100_000_000)),
            custom_fields: BTreeMap::new(),
            other: Map::new(),
            entered: world.born,
            updated: world.born,
            updated_by: "office".into(),
        };
        world.additions.entry(agreement_id).or_default().insert(id, Arc::new(addition));
    }
}
