//! Setup tables.

use serde_json::{Value, json};

use crate::domain::billing_cycle::BillingCycle;
use crate::sandbox::records::Setup;

/// The agreement type that the sample is meant for.
pub(in crate::sandbox) const DEFAULT_TYPE: &str = "Managed Cloud";

/// Numbers of agreement types.
pub(super) const MANAGED_CLOUD: i64 = 1;
pub(super) const MANAGED_SERVICES: i64 = 2;
pub(super) const BLOCK_TIME: i64 = 3;
pub(super) const BACKUP: i64 = 5;

/// Numbers of billing cycles.
pub(super) const MONTHLY: i64 = 1;
pub(super) const YEARLY: i64 = 3;
pub(super) const ONE_TIME: i64 = 4;

const CYCLES: [(&str, &str, &str, BillingCycle); 8] = [
    ("MO", "Monthly", "Monthly", BillingCycle::Monthly),
    ("QU", "Quarterly", "Quarterly", BillingCycle::Quarterly),
    ("YE", "Yearly", "Yearly", BillingCycle::Yearly),
    ("OT", "One Time", "NotRecurring", BillingCycle::OneTime),
    ("WE", "Weekly", "Weekly", BillingCycle::Weekly),
    ("BW", "Every two weeks", "BiWeekly", BillingCycle::BiWeekly),
    ("BM", "Every two months", "BiMonthly", BillingCycle::BiMonthly),
    ("SA", "Half-yearly", "SemiAnnual", BillingCycle::SemiAnnual),
];

/// How often the billing cycle with this number bills.
pub(in crate::sandbox) fn cycle(id: Option<i64>) -> Option<BillingCycle> {
    let at = usize::try_from(id? - 1).ok()?;
    CYCLES.get(at).map(|c| c.3)
}

/// All tables.
pub(super) fn setup(addition_fields: &[String]) -> Setup {
    let mut s = Setup::default();
    let named = |names: &[&str]| -> Vec<Value> {
        names.iter().enumerate().map(|(i, n)| json!({"name": n, "defaultFlag": i == 0})).collect()
    };
    s.put("statuses", {
        let mut rows = named(&["Active", "Inactive", "Not Approved", "Former customer"]);
        for row in &mut rows {
            let inactive = row["name"] != "Active";
            row["inactiveFlag"] = false.into();
            row["disallowSavingFlag"] = (row["name"] == "Not Approved").into();
            row["notifyFlag"] = inactive.into();
        }
        rows
    });
    s.put("companyTypes", named(&["Client", "Prospect", "Vendor"]));
    s.put(
        "billingCycles",
        CYCLES
            .iter()
            .enumerate()
            .map(|(i, (id, name, options, _))| {
                json!({
                    "identifier": id, "name": name, "defaultFlag": i == 0,
                    "billingOptions": options,
                })
            })
            .collect(),
    );
    s.put(
        "billingTerms",
        [("Net 30 days", 30), ("Net 14 days", 14), ("Due on receipt", 0)]
            .iter()
            .map(|(name, days)| json!({"name": name, "defaultFlag": *days == 30, "dueDays": days}))
            .collect(),
    );
    s.put(
        "currencies",
        [
            ("EUR", "Euro", "€"),
            ("USD", "US Dollar", "$"),
            ("GBP", "Pound", "£"),
            ("SEK", "Krona", "kr"),
        ]
        .iter()
        .zip(1_i64..)
        .map(|((code, name, symbol), id)| {
            json!({
                "id": id, "currencyIdentifier": code, "name": name, "symbol": symbol,
                "displayIdFlag": true, "displaySymbolFlag": false,
                "currencyCode": {"id": id, "name": code}, "thousandsSeparator": ",",
                "decimalSeparator": ".", "negativeParenthesesFlag": false,
                "rightAlign": false, "numberOfDecimals": 2,
            })
        })
        .collect(),
    );
    s.put(
        "locations",
        [(2, "Main Office"), (3, "North Branch")]
            .iter()
            .map(|(id, name)| {
                json!({
                    "id": id, "ownerLevelId": id, "name": name, "locationFlag": true,
                    "clientFlag": false, "structureLevel": {"id": 1, "name": "Corporate"},
                })
            })
            .collect(),
    );
    s.put(
        "departments",
        [(10, "CLOUD", "Cloud Services"), (11, "PROF", "Professional Services")]
            .iter()
            .map(|(id, short, name)| json!({"id": id, "identifier": short, "name": name}))
            .collect(),
    );
    s.put("agreementTypes", agreement_types());
    fields(&mut s, addition_fields);
    s
}

fn agreement_types() -> Vec<Value> {
    let row = |id: i64, name: &str, cycle: i64, prorate: bool, inactive: bool| {
        json!({
            "id": id, "name": name, "defaultFlag": id == MANAGED_SERVICES,
            "inactiveFlag": inactive, "prePaymentFlag": id == BLOCK_TIME,
            "location": {"id": 2, "name": "Main Office"},
            "department": {"id": 10, "identifier": "CLOUD", "name": "Cloud Services"},
            "restrictLocationFlag": false, "restrictDepartmentFlag": false,
            "applicationUnits": "Amount", "applicationLimit": 0,
            "applicationCycle": "CalendarMonth", "oneTimeFlag": false,
            "employeeCompRate": "Actual", "employeeCompNotExceed": "Billing",
            "billingCycle": {"id": cycle, "name": CYCLES[usize::try_from(cycle - 1).unwrap_or(0)].1},
            "billOneTimeFlag": cycle == ONE_TIME,
            "billingTerms": {"id": 1, "name": "Net 30 days"},
            "invoicingCycle": "CalendarYear", "billAmount": 0, "taxableFlag": true,
            "billTime": "DoNotBill", "billExpenses": "DoNotBill", "billProducts": "Billable",
            "prorateFlag": prorate, "autoInvoiceFlag": false, "billZeroAmountFlag": false,
            "invoiceProratedAdditionsFlag": false,
        })
    };
    vec![
        row(MANAGED_CLOUD, DEFAULT_TYPE, MONTHLY, false, false),
        row(MANAGED_SERVICES, "Managed Services", MONTHLY, false, false),
        row(BLOCK_TIME, "Block Time", ONE_TIME, false, false),
        row(4, "Managed Cloud Plus", MONTHLY, true, false),
        row(BACKUP, "Backup as a Service", MONTHLY, false, false),
        row(6, "Managed Cloud (old)", MONTHLY, false, true),
    ]
}

/// Custom fields: those on additions, and some on other screens.
fn fields(s: &mut Setup, addition_fields: &[String]) {
    let row = |id: i64, pod: i64, screen: &str, caption: &str| {
        json!({
            "id": id, "podId": pod, "caption": caption, "sequenceNumber": id,
            "screenId": screen, "helpText": "", "fieldTypeIdentifier": "Text",
            "numberDecimals": 0, "entryTypeIdentifier": "EntryField", "requiredFlag": false,
            "displayOnScreenFlag": true, "readOnlyFlag": false, "listViewFlag": false,
        })
    };
    let mut all = vec![
        row(1, 4, "companies_company", "Site Code"),
        row(2, 9, "agreements_agreement", "Sales Lead"),
    ];
    let mut ours = Vec::new();
    for (caption, id) in addition_fields.iter().zip(11_i64..) {
        let field = row(id, 27, "agreements_additions", caption);
        ours.push(field.clone());
        all.push(field);
    }
    s.put("userFields", all);
    s.put("additionFields", ours);
}
