//! What may be written to an addition (connectwise-api.md 10).

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::fields::{Field, Shape, check, may, must};
use super::reference::{Target, resolve};
use crate::sandbox::lists::Record;
use crate::sandbox::patch;
use crate::sandbox::records::{Addition, Agreement};
use crate::sandbox::refusal::{Item, Refusal};
use crate::sandbox::values;
use crate::sandbox::world::World;

const RESOURCE: &str = "addition";

const INVOICED: &str = "Since this period has already been invoiced there will not be an invoice \
    generated for additional products for this period. Please prorate the agreement or update the \
    start date to on or after the Next Invoice Date.";

/// The fields of an addition.
pub(in crate::sandbox) const ADDITION_FIELDS: &[Field] = &[
    may("id", Shape::Computed),
    must("product", Shape::Reference),
    may("quantity", Shape::Number),
    may("lessIncluded", Shape::Number),
    may("unitPrice", Shape::Number),
    may("unitCost", Shape::Number),
    must("billCustomer", Shape::Choice(&["Billable", "DoNotBill", "NoCharge"])),
    may("effectiveDate", Shape::Day),
    may("cancelledDate", Shape::Day),
    may("taxableFlag", Shape::Flag),
    may("serialNumber", Shape::Text(50)),
    may("invoiceDescription", Shape::Text(6000)),
    may("purchaseItemFlag", Shape::Flag),
    may("specialOrderFlag", Shape::Flag),
    may("agreementId", Shape::Computed),
    may("description", Shape::Text(0)),
    may("billedQuantity", Shape::Computed),
    may("uom", Shape::Computed),
    may("extPrice", Shape::Computed),
    may("extCost", Shape::Computed),
    may("sequenceNumber", Shape::Number),
    may("margin", Shape::Computed),
    may("prorateCost", Shape::Computed),
    may("proratePrice", Shape::Computed),
    may("extendedProrateCost", Shape::Computed),
    may("extendedProratePrice", Shape::Computed),
    may("prorateCurrentPeriodFlag", Shape::Flag),
    may("opportunity", Shape::Reference),
    may("agreementStatus", Shape::Computed),
    may("invoiceGrouping", Shape::Reference),
    may("_info", Shape::Computed),
    may("customFields", Shape::Custom),
];

/// Fields that are kept as they came.
const OTHER: &[&str] = &[
    "purchaseItemFlag",
    "specialOrderFlag",
    "sequenceNumber",
    "prorateCurrentPeriodFlag",
    "opportunity",
    "invoiceGrouping",
];

/// POST.
pub(in crate::sandbox) fn create_addition(
    world: &World,
    agreement: &Agreement,
    body: &Map<String, Value>,
    by: &str,
) -> Result<Addition, Refusal> {
    if let status @ ("Cancelled" | "Expired") = agreement.status(world.today) {
        let text = format!("Agreement {} is {status}.", agreement.id);
        let item = Item::new("InvalidField", RESOURCE, "agreementId", text);
        return Err(Refusal::invalid(RESOURCE, vec![item]));
    }
    build(world, agreement, body, None, &[], by)
}

/// PUT: what is left out gets its default.
pub(in crate::sandbox) fn replace_addition(
    world: &World,
    agreement: &Agreement,
    old: &Addition,
    body: &Map<String, Value>,
    by: &str,
) -> Result<Addition, Refusal> {
    let sent: Vec<String> = body.keys().cloned().collect();
    build(world, agreement, body, Some(old), &sent, by)
}

/// PATCH.
pub(in crate::sandbox) fn patch_addition(
    world: &World,
    agreement: &Agreement,
    old: &Addition,
    body: &Value,
    by: &str,
) -> Result<Addition, Refusal> {
    let mut record = old.json(world);
    let touched = patch::apply(body, &mut record, ADDITION_FIELDS)?;
    if touched.is_empty() {
        return Ok(old.clone());
    }
    build(world, agreement, &record, Some(old), &touched, by)
}

/// Makes an addition out of a whole record; `sent` are the fields that the request named, for a
/// record that replaces an old one.
fn build(
    world: &World,
    agreement: &Agreement,
    body: &Map<String, Value>,
    old: Option<&Addition>,
    sent: &[String],
    by: &str,
) -> Result<Addition, Refusal> {
    let mut items = check(body, ADDITION_FIELDS, RESOURCE)?;
    let product = resolve(world, body, "product", Target::Product, RESOURCE)
        .unwrap_or_else(|item| {
            items.push(item);
            None
        })
        .and_then(|id| world.catalog.get(&id));
    let new_product = old.is_none_or(|o| product.is_some_and(|p| p.id != o.product_id));
    if let Some(p) = product
        && new_product
    {
        if p.class == "Bundle" {
            let text = format!("Product {} is a bundle and cannot be an addition.", p.identifier);
            items.push(Item::new("InvalidField", RESOURCE, "product", text));
        }
        if p.inactive {
            let text = format!("Product {} is inactive.", p.identifier);
            items.push(Item::new("InvalidField", RESOURCE, "product", text));
        }
    }
    // A changed product takes its own price, cost and text along unless they are sent with it.
    let resets = old.is_some() && new_product;
    let keep = |name: &str| !resets || sent.iter().any(|s| s == name);
    let number = |name: &str| body.get(name).filter(|_| keep(name)).and_then(values::decimal);
    let text = |name: &str| body.get(name).filter(|_| keep(name)).and_then(Value::as_str);
    let day = |name: &str| body.get(name).and_then(Value::as_str).and_then(values::day);
    let effective = day("effectiveDate").unwrap_or(world.today);
    let cancelled = day("cancelledDate");
    if old.is_none_or(|o| o.effective != effective) {
        start_rules(agreement, effective, &mut items);
    }
    if cancelled.is_some_and(|c| c < effective) {
        items.push(Item::new(
            "OutOfRange",
            RESOURCE,
            "cancelledDate",
            "cancelledDate cannot be less than the effectiveDate.",
        ));
    }
    let custom_fields = custom(world, body, &mut items);
    let (Some(product), true) = (product, items.is_empty()) else {
        return Err(Refusal::invalid(RESOURCE, items));
    };
    let now = Timestamp::now();
    Ok(Addition {
        id: old.map_or(0, |o| o.id),
        agreement_id: agreement.id,
        product_id: product.id,
        bill_customer: text_of(body, "billCustomer").unwrap_or_default(),
        quantity: body.get("quantity").and_then(values::decimal).unwrap_or(Decimal::ONE),
        less_included: body.get("lessIncluded").and_then(values::decimal).unwrap_or_default(),
        unit_price: number("unitPrice").unwrap_or(product.price),
        unit_cost: number("unitCost").unwrap_or(product.cost),
        effective,
        cancelled,
        taxable: body.get("taxableFlag").and_then(Value::as_bool).unwrap_or(product.taxable),
        description: text("description").unwrap_or(&product.description).to_owned(),
        invoice_description: text("invoiceDescription")
            .unwrap_or(&product.customer_description)
            .to_owned(),
        serial_number: text_of(body, "serialNumber"),
        custom_fields,
        other: body
            .iter()
            .filter(|(k, _)| OTHER.contains(&k.as_str()))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect(),
        entered: old.map_or(now, |o| o.entered),
        updated: now,
        updated_by: by.to_owned(),
    })
}

fn text_of(body: &Map<String, Value>, name: &str) -> Option<String> {
    body.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// The agreement's billing start and its invoiced periods (connectwise-api.md 10.4).
fn start_rules(agreement: &Agreement, effective: Date, items: &mut Vec<Item>) {
    if agreement.bill_start.is_some_and(|b| effective < b) {
        items.push(Item::new(
            "OutOfRange",
            RESOURCE,
            "effectiveDate",
            "effectiveDate cannot be less than the agreement billing start date.",
        ));
    } else if !agreement.prorates && agreement.next_invoice.is_some_and(|n| effective < n) {
        items.push(Item::new("InvalidField", RESOURCE, "effectiveDate", INVOICED));
    }
}

/// The custom field values of a body: the whole array, or nothing.
fn custom(world: &World, body: &Map<String, Value>, items: &mut Vec<Item>) -> BTreeMap<i64, Value> {
    let mut values = BTreeMap::new();
    for field in body.get("customFields").and_then(Value::as_array).into_iter().flatten() {
        let id = field.get("id").and_then(Value::as_i64);
        let known = id.filter(|id| world.setup.row("additionFields", *id).is_some());
        let Some(id) = known else {
            let text = format!("Custom field {} not found", id.unwrap_or_default());
            items.push(Item::not_found(RESOURCE, "customFields/id", text));
            continue;
        };
        match field.get("value") {
            None | Some(Value::Null) => {}
            Some(Value::String(s)) if s.chars().count() > 100 => {
                let text = "The field value must be a string with a maximum length of 100.";
                items.push(Item::new("MaxLengthField", RESOURCE, "customFields/value", text));
            }
            Some(value) => {
                values.insert(id, value.clone());
            }
        }
    }
    values
}
