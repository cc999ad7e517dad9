use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Lookup, holds, parse};

struct Json(Value);

impl Lookup for Json {
    fn values(&self, path: &[String]) -> Vec<Value> {
        crate::sandbox::lists::walk(&self.0, path)
    }
}

fn meets(condition: &str) -> bool {
    let record = Json(json!({
        "id": 42, "name": "Amber \"Ridge\" Ltd", "price": 12.50, "flag": true,
        "company": {"id": 7, "identifier": "Acme"},
        "lastUpdated": "2026-08-20T18:04:26Z", "nextInvoiceDate": "2026-11-01",
        "types": [{"id": 1, "name": "Client"}, {"id": 2, "name": "Vendor"}],
    }));
    holds(&parse(condition).unwrap(), &record)
}

#[test]
fn conditions_that_hold() {
    for c in [
        "id = 42",
        "id=42 and company/id=7",
        "ID = 1 or id = 42",
        "id != 41",
        "not id = 41",
        "not (id = 41 or id = 40)",
        "company/identifier = \"acme\"",
        "company/identifier = 'Acme'",
        "name contains \"ridge\"",
        "name contains \"\\\"Ridge\\\"\"",
        "name = 'Amber \"Ridge\" Ltd'",
        "name = \"Amber \"\"Ridge\"\" Ltd\"",
        "name like \"amber%\"",
        "name like '*LTD'",
        "name not like 'x%'",
        "price = 12.5",
        "price >= 12.50 AND price < 13",
        "flag = true",
        "flag = True",
        "lastUpdated > [2026-08-20T18:04:25Z]",
        "lastUpdated < [2026-08-21]",
        "nextInvoiceDate <= [2026-11-01T00:00:00Z]",
        "id in (1, 42, 3)",
        "company/identifier in (\"x\", \"ACME\")",
        "id not in (1, 2)",
        "missing = null",
        "name != null",
        "types/id = 2",
        "types/name = 'client'",
        "id = 0 or id = 42 and flag = true",
        "id > -1",
    ] {
        assert!(meets(c), "{c}");
    }
}

#[test]
fn conditions_that_do_not_hold() {
    for c in [
        "id = 43",
        "missing = 1",
        "missing != 1",
        "name = null",
        "company/id != 7",
        "flag = false",
        "name like 'mber%'",
        "(id = 42 or id = 1) and flag = false",
        "lastUpdated >= [2026-08-20T18:04:27Z]",
        "types/id = 3",
    ] {
        assert!(!meets(c), "{c}");
    }
}

#[test]
fn ill_formed_conditions_are_refused() {
    for c in [
        "",
        "id",
        "id =",
        "id = 1 and",
        "= 1",
        "(id = 1",
        "id = 1)",
        "id = \"open",
        "id in 1",
        "id in (1",
        "id in ()",
        "id ~ 1",
        "name contains 5",
        "lastUpdated > [yesterday]",
        "lastUpdated > [2026-08-20T18:04:26.123Z]",
        "lastUpdated > [2026-08-20T18:04:26Z",
        "id = 1 id = 2",
        "company//id = 1",
        "id = 1.2.3",
        "id not = 1",
    ] {
        assert!(parse(c).is_err(), "{c}");
    }
    let deep = format!("{}id = 1{}", "(".repeat(1000), ")".repeat(1000));
    assert!(parse(&deep).is_err());
}

proptest! {
    #[test]
    fn no_text_breaks_the_parser(text in ".{0,80}") {
        let _ = parse(&text);
    }

    #[test]
    fn a_quoted_value_comes_back(value in "[^\\\\]{0,30}") {
        let quoted = value.replace('"', "\"\"");
        let record = Json(json!({"name": value}));
        let condition = format!("name = \"{quoted}\"");
        prop_assert!(holds(&parse(&condition).unwrap(), &record));
    }
}
