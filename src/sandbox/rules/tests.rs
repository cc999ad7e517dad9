use jiff::civil::{Date, date};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::*;
use crate::sandbox::records::{Addition, Agreement};
use crate::sandbox::refusal::Refusal;
use crate::sandbox::values::{day, object};
use crate::sandbox::world::World;
use crate::sandbox::{SandboxOptions, patch, seed};

fn world() -> World {
    let today = Some(date(2026, 11, 21));
    seed::world(&SandboxOptions { today, companies: 3, ..SandboxOptions::default() })
}

fn agreement(world: &World) -> &Agreement {
    world.agreements.values().next().unwrap()
}

fn create(world: &World, body: Value) -> Result<Addition, Refusal> {
    create_addition(world, agreement(world), &object(body), "tests")
}

fn body() -> Value {
    json!({"product": {"id": 400}, "billCustomer": "Billable", "quantity": 2,
        "effectiveDate": "2026-11-01"})
}

#[test]
fn dates_are_read_in_connectwises_form_only() {
    let first = Some(date(2026, 11, 1));
    assert_eq!(day("2026-11-01T00:00:00Z"), first);
    assert_eq!(day("2026-11-01T23:59:59Z"), first);
    assert_eq!(day("2026-11-01"), first);
    for bad in [
        "",
        "2026-11-01T00:00:00.000Z",
        "2026-11-01T00:00:00",
        "2026-11-01T00:00:00+00:00",
        "2026-11-01T24:00:00Z",
        "2026-11-01 00:00:00Z",
        "2026-02-29",
        "2026-13-01",
        "01/11/2026",
        "2026-1-1",
        "+026-11-01",
        "２０２６",
    ] {
        assert_eq!(day(bad), None, "{bad}");
    }
}

#[test]
fn the_rest_of_a_period_is_prorated() {
    let world = world();
    let mut a = agreement(&world).clone();
    let share = |a: &Agreement, d: Date| proration::share(a, d);
    assert_eq!(share(&a, date(2026, 11, 16)), None);
    a.prorates = true;
    assert_eq!(share(&a, date(2026, 11, 1)), None);
    assert_eq!(share(&a, date(2026, 11, 16)), Some(Decimal::new(5, 1)));
    a.cycle_id = Some(3);
    let year = share(&a, date(2026, 12, 1)).unwrap();
    assert_eq!(year, Decimal::from(31) / Decimal::from(365));
    a.cycle_id = Some(4);
    assert_eq!(share(&a, date(2026, 12, 2)), None);
}

#[test]
fn what_is_left_out_gets_a_default() {
    let world = world();
    let made = create(&world, body()).unwrap();
    let item = &world.catalog[&400];
    assert_eq!((made.unit_price, made.unit_cost), (item.price, item.cost));
    assert_eq!(made.invoice_description, item.customer_description);
    assert_eq!(made.quantity, Decimal::TWO);
    let zero = create(
        &world,
        json!({"product": {"id": 400}, "billCustomer": "NoCharge",
        "quantity": 0, "unitPrice": 0}),
    )
    .unwrap();
    assert_eq!((zero.quantity, zero.unit_price), (Decimal::ZERO, Decimal::ZERO));
    assert_eq!(zero.effective, world.today);
}

#[test]
fn money_keeps_every_digit() {
    let world = world();
    let mut b = body();
    let price: Value = serde_json::from_str("1234567890123.5678").unwrap();
    b["unitPrice"] = price;
    b["quantity"] = serde_json::from_str("0.1").unwrap();
    let made = create(&world, b).unwrap();
    assert_eq!(made.ext_price().to_string(), "123456789012.35678");
    for huge in ["1e13", "-1e27", "79228162514264337593543950335", "1e400"] {
        let mut b = body();
        b["quantity"] = serde_json::from_str(huge).unwrap();
        assert!(create(&world, b).is_err(), "{huge}");
    }
    let tiny: Value = serde_json::from_str("1.5e-3").unwrap();
    let mut b = body();
    b["unitPrice"] = tiny;
    assert_eq!(create(&world, b).unwrap().unit_price, Decimal::new(15, 4));
}

#[test]
fn less_included_is_not_billed() {
    let world = world();
    let mut b = body();
    b["lessIncluded"] = json!(2);
    b["quantity"] = json!(5);
    b["unitPrice"] = json!(10);
    let made = create(&world, b).unwrap();
    assert_eq!(made.ext_price(), Decimal::from(30));
}

#[test]
fn all_faults_of_a_body_are_named_at_once() {
    let world = world();
    let refused = create(
        &world,
        json!({"serialNumber": "x".repeat(51), "effectiveDate": "soon",
            "cancelledDate": "2026-11-01T00:00:00.5Z"}),
    )
    .unwrap_err();
    let codes: Vec<&str> = refused.items.iter().map(|i| i.code).collect();
    assert_eq!(
        codes,
        [
            "MissingRequiredField",
            "MissingRequiredField",
            "UnsupportedFormat",
            "UnsupportedFormat",
            "MaxLengthField"
        ]
    );
}

#[test]
fn ended_agreements_take_nothing_new() {
    let mut world = world();
    let id = agreement(&world).id;
    let end = |world: &mut World, change: &dyn Fn(&mut Agreement)| {
        let mut a = Agreement::clone(&world.agreements[&id]);
        change(&mut a);
        world.put_agreement(a);
    };
    end(&mut world, &|a| a.cancelled = true);
    assert!(create(&world, body()).is_err());
    end(&mut world, &|a| {
        a.cancelled = false;
        a.no_end = false;
        a.end = Some(date(2026, 11, 20));
    });
    assert!(create(&world, body()).is_err());
    // An inactive one does: some people fill an agreement before they switch it on.
    end(&mut world, &|a| {
        a.no_end = true;
        a.inactive = true;
    });
    assert!(create(&world, body()).is_ok());
}

#[test]
fn patches_are_read_strictly() {
    let apply = |body: Value| {
        let mut record = object(json!({"quantity": 1, "extPrice": 2}));
        patch::apply(&body, &mut record, ADDITION_FIELDS).map(|touched| (touched, record))
    };
    for bad in [
        json!({}),
        json!("x"),
        json!([1]),
        json!([{"op": "replace", "value": 1}]),
        json!([{"op": "replace", "path": "quantity"}]),
        json!([{"op": "move", "path": "quantity", "value": 1}]),
        json!([{"op": "replace", "path": "quantities", "value": 1}]),
    ] {
        assert!(apply(bad.clone()).is_err(), "{bad}");
    }
    let (touched, record) = apply(json!([
        {"op": "replace", "path": "extPrice", "value": 99},
        {"op": "replace", "path": "customFields/0/value", "value": "x"},
        {"op": "remove", "path": "/quantity"},
    ]))
    .unwrap();
    assert_eq!(touched, ["quantity"]);
    assert_eq!(record, object(json!({"extPrice": 2})));
}

fn any_json() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,60}".prop_map(Value::from),
        "20[0-9]{2}-[01][0-9]-[0-3][0-9](T00:00:00Z)?".prop_map(Value::from),
        (0_i64..600).prop_map(|id| json!({"id": id})),
        prop::collection::vec((0_i64..20, ".{0,5}"), 0..3).prop_map(|l| {
            l.into_iter().map(|(id, value)| json!({"id": id, "value": value})).collect()
        }),
    ]
}

proptest! {
    #[test]
    fn no_body_breaks_the_rules(fields in prop::collection::vec(
        (prop::sample::select(ADDITION_FIELDS.iter().map(|f| f.name).collect::<Vec<_>>()),
         any_json()), 0..8,
    )) {
        use crate::sandbox::lists::Record;
        let world = world();
        let mut b = object(body());
        b.extend(fields.iter().map(|(k, v)| ((*k).to_owned(), v.clone())));
        let operations: Vec<Value> = fields
            .iter()
            .map(|(k, v)| json!({"op": "replace", "path": k, "value": v}))
            .collect();
        if let Ok(made) = create_addition(&world, agreement(&world), &b, "tests") {
            let shown = made.json(&world);
            prop_assert!(made.serial_number.is_none_or(|s| s.chars().count() <= 50));
            prop_assert!(made.cancelled.is_none_or(|c| c >= made.effective));
            prop_assert!(shown.contains_key("extPrice"));
        }
        let old = create(&world, body()).unwrap();
        let patched =
            patch_addition(&world, agreement(&world), &old, &Value::from(operations), "tests");
        if let Ok(patched) = patched {
            prop_assert_eq!(patched.id, old.id);
            prop_assert_eq!(patched.agreement_id, old.agreement_id);
        }
    }
}
