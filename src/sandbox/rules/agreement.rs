//! What may be written to an agreement (connectwise-api.md 11).

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde_json::{Map, Value};

use super::fields::{Field, Shape, check, may, must};
use super::reference::{Target, resolve};
use crate::sandbox::lists::Record;
use crate::sandbox::patch;
use crate::sandbox::records::Agreement;
use crate::sandbox::refusal::{Item, Refusal};
use crate::sandbox::values;
use crate::sandbox::world::World;

const RESOURCE: &str = "agreement";

const BILL: Shape = Shape::Choice(&["Billable", "DoNotBill", "NoCharge", "NoDefault"]);

/// The fields of an agreement.
pub(in crate::sandbox) const AGREEMENT_FIELDS: &[Field] = &[
    may("id", Shape::Computed),
    must("name", Shape::Text(100)),
    must("type", Shape::Reference),
    must("company", Shape::Reference),
    must("contact", Shape::Reference),
    may("site", Shape::Reference),
    may("subContractCompany", Shape::Reference),
    may("subContractContact", Shape::Reference),
    may("parentAgreement", Shape::Reference),
    may("customerPO", Shape::Text(50)),
    may("location", Shape::Reference),
    may("department", Shape::Reference),
    may("restrictLocationFlag", Shape::Flag),
    may("restrictDepartmentFlag", Shape::Flag),
    may("startDate", Shape::Day),
    may("endDate", Shape::Day),
    may("noEndingDateFlag", Shape::Flag),
    may("opportunity", Shape::Reference),
    may("cancelledFlag", Shape::Flag),
    may("dateCancelled", Shape::Day),
    may("reasonCancelled", Shape::Text(100)),
    may("sla", Shape::Reference),
    may("workOrder", Shape::Text(20)),
    may("internalNotes", Shape::Text(0)),
    may("applicationUnits", Shape::Choice(&["Amount", "Hours", "Incidents"])),
    may("applicationLimit", Shape::Number),
    may(
        "applicationCycle",
        Shape::Choice(&[
            "Contract2Weeks",
            "Contract4Weeks",
            "ContractYear",
            "CalendarMonth",
            "CalendarQuarter",
            "CalendarWeek",
            "ContractQuarter",
            "CalendarYear",
        ]),
    ),
    may("applicationUnlimitedFlag", Shape::Flag),
    may("oneTimeFlag", Shape::Flag),
    may("coverAgreementTime", Shape::Flag),
    may("coverAgreementProduct", Shape::Flag),
    may("coverAgreementExpense", Shape::Flag),
    may("coverSalesTax", Shape::Flag),
    may("carryOverUnused", Shape::Flag),
    may("allowOverruns", Shape::Flag),
    may("expiredDays", Shape::Number),
    may("limit", Shape::Number),
    may("expireWhenZero", Shape::Flag),
    may("chargeToFirm", Shape::Flag),
    may("employeeCompRate", Shape::Choice(&["Actual", "Hourly"])),
    may("employeeCompNotExceed", Shape::Choice(&["Billing", "Amount", "Percent"])),
    may("compHourlyRate", Shape::Number),
    may("compLimitAmount", Shape::Number),
    may("billingCycle", Shape::Reference),
    may("billOneTimeFlag", Shape::Flag),
    may("billingTerms", Shape::Reference),
    may("invoicingCycle", Shape::Choice(&["ContractYear", "CalendarYear"])),
    may("billToCompany", Shape::Reference),
    may("billToContact", Shape::Reference),
    may("billToSite", Shape::Reference),
    may("billAmount", Shape::Number),
    may("taxable", Shape::Flag),
    may("prorateFirstBill", Shape::Number),
    may("billStartDate", Shape::Day),
    may("taxCode", Shape::Reference),
    may("restrictDownPayment", Shape::Flag),
    may("prorateFlag", Shape::Flag),
    may("invoiceProratedAdditionsFlag", Shape::Flag),
    may("invoiceDescription", Shape::Text(0)),
    may("topComment", Shape::Flag),
    may("bottomComment", Shape::Flag),
    may("workRole", Shape::Reference),
    may("workType", Shape::Reference),
    may("projectType", Shape::Reference),
    may("invoiceTemplate", Shape::Reference),
    may("billTime", BILL),
    may("billExpenses", BILL),
    may("billProducts", BILL),
    may("billableTimeInvoice", Shape::Flag),
    may("billableExpenseInvoice", Shape::Flag),
    may("billableProductInvoice", Shape::Flag),
    may("currency", Shape::Reference),
    may("periodType", Shape::Choice(&["Current", "Future", "Both", "Undefined"])),
    may("autoInvoiceFlag", Shape::Flag),
    may("billZeroAmountFlag", Shape::Flag),
    may("nextInvoiceDate", Shape::Day),
    may("companyLocation", Shape::Reference),
    may("shipToCompany", Shape::Reference),
    may("shipToContact", Shape::Reference),
    may("shipToSite", Shape::Reference),
    may("agreementStatus", Shape::Choice(&["Active", "Cancelled", "Expired", "Inactive"])),
    may("_info", Shape::Computed),
    may("customFields", Shape::Custom),
];

/// Fields that the sandbox looks at; all others are kept as they came.
const LOOKED_AT: &[&str] = &[
    "name",
    "type",
    "company",
    "contact",
    "parentAgreement",
    "location",
    "department",
    "startDate",
    "endDate",
    "noEndingDateFlag",
    "cancelledFlag",
    "dateCancelled",
    "billingCycle",
    "billOneTimeFlag",
    "billingTerms",
    "billAmount",
    "billStartDate",
    "prorateFlag",
    "currency",
    "nextInvoiceDate",
    "agreementStatus",
    "customFields",
];

/// What an agreement takes over from its type when it is created.
const FROM_TYPE: &[&str] = &[
    "location",
    "department",
    "billingCycle",
    "billingTerms",
    "employeeCompRate",
    "employeeCompNotExceed",
    "invoicingCycle",
    "billTime",
    "billExpenses",
    "billProducts",
    "prorateFlag",
    "billOneTimeFlag",
    "applicationUnits",
    "applicationCycle",
    "invoiceProratedAdditionsFlag",
    "autoInvoiceFlag",
];

/// What a PUT may not leave out ("Required On Updates").
const ON_UPDATE: &[&str] =
    &["employeeCompRate", "invoicingCycle", "billTime", "billExpenses", "billProducts"];

/// POST.
pub(in crate::sandbox) fn create_agreement(
    world: &World,
    body: &Map<String, Value>,
    by: &str,
) -> Result<Agreement, Refusal> {
    let mut whole = body.clone();
    let type_id = resolve(world, body, "type", TYPE, RESOURCE).ok().flatten();
    if let Some(row) = type_id.and_then(|id| world.setup.row("agreementTypes", id)) {
        for name in FROM_TYPE {
            if let (false, Some(value)) = (body.contains_key(*name), row.0.get(*name)) {
                whole.insert((*name).to_owned(), value.clone());
            }
        }
    }
    build(world, &whole, None, by)
}

/// PUT: what is left out is emptied.
pub(in crate::sandbox) fn replace_agreement(
    world: &World,
    old: &Agreement,
    body: &Map<String, Value>,
    by: &str,
) -> Result<Agreement, Refusal> {
    let missing: Vec<Item> = ON_UPDATE
        .iter()
        .filter(|f| body.get(**f).is_none_or(Value::is_null))
        .map(|f| Item::required(RESOURCE, f))
        .collect();
    if !missing.is_empty() {
        return Err(Refusal::invalid(RESOURCE, missing));
    }
    build(world, body, Some(old), by)
}

/// PATCH.
pub(in crate::sandbox) fn patch_agreement(
    world: &World,
    old: &Agreement,
    body: &Value,
    by: &str,
) -> Result<Agreement, Refusal> {
    let mut record = old.json(world);
    if patch::apply(body, &mut record, AGREEMENT_FIELDS)?.is_empty() {
        return Ok(old.clone());
    }
    build(world, &record, Some(old), by)
}

const TYPE: Target = Target::Table("agreementTypes", "Agreement Type");

fn build(
    world: &World,
    body: &Map<String, Value>,
    old: Option<&Agreement>,
    by: &str,
) -> Result<Agreement, Refusal> {
    let mut items = check(body, AGREEMENT_FIELDS, RESOURCE)?;
    let mut refer = |field: &'static str, target: Target| {
        resolve(world, body, field, target, RESOURCE).unwrap_or_else(|item| {
            items.push(item);
            None
        })
    };
    let type_id = refer("type", TYPE);
    let company_id = refer("company", Target::Company);
    let contact_id = refer("contact", Target::Contact);
    let parent_id = refer("parentAgreement", Target::Agreement);
    let location_id = refer("location", Target::Table("locations", "Location"));
    let department_id = refer("department", Target::Table("departments", "Department"));
    let cycle_id = refer("billingCycle", Target::Table("billingCycles", "Billing Cycle"));
    let terms_id = refer("billingTerms", Target::Table("billingTerms", "Billing Terms"));
    let currency_id = refer("currency", Target::Table("currencies", "Currency"));
    let company = company_id.and_then(|id| world.companies.get(&id));
    if let (Some(company), Some(contact)) = (company, contact_id) {
        let theirs = world.contacts.get(&contact).is_some_and(|c| c.company_id == company.id);
        if !theirs {
            let text = format!("Contact {contact} not found for Company {}", company.id);
            items.push(Item::not_found(RESOURCE, "contact/id", text));
        }
    }
    if old.is_none()
        && let Some(row) = type_id.and_then(|id| world.setup.row("agreementTypes", id))
        && row.0.get("inactiveFlag") == Some(&Value::Bool(true))
    {
        let text = "The agreement type is inactive.";
        items.push(Item::new("InvalidField", RESOURCE, "type", text));
    }
    let day = |name: &str| body.get(name).and_then(Value::as_str).and_then(values::day);
    let flag = |name: &str| body.get(name).and_then(Value::as_bool);
    let start = day("startDate").or_else(|| old.is_none().then_some(world.today));
    let end = day("endDate");
    if let (Some(s), Some(e)) = (start, end)
        && e < s
    {
        let text = "endDate cannot be less than the startDate.";
        items.push(Item::new("OutOfRange", RESOURCE, "endDate", text));
    }
    // Left to ConnectWise, the billing start drifts one day (connectwise-api.md 9.2).
    let drifted = || start.and_then(|s: Date| s.checked_add(1.day()).ok());
    let bill_start = day("billStartDate").or_else(|| old.is_none().then(drifted).flatten());
    let (Some(type_id), Some(company), Some(contact_id), true) =
        (type_id, company, contact_id, items.is_empty())
    else {
        return Err(Refusal::invalid(RESOURCE, items));
    };
    let now = Timestamp::now();
    let status = body.get("agreementStatus").and_then(Value::as_str);
    Ok(Agreement {
        id: old.map_or(0, |o| o.id),
        name: body["name"].as_str().unwrap_or_default().to_owned(),
        type_id,
        company_id: company.id,
        contact_id,
        currency_id: currency_id.or_else(|| old.is_none().then_some(company.currency_id)),
        location_id,
        department_id,
        cycle_id,
        terms_id,
        parent_id,
        start,
        end,
        no_end: flag("noEndingDateFlag").unwrap_or(end.is_none()),
        bill_start,
        next_invoice: day("nextInvoiceDate").or_else(|| old.is_none().then_some(bill_start)?),
        prorates: flag("prorateFlag").unwrap_or(false),
        bills_once: flag("billOneTimeFlag").unwrap_or(false),
        cancelled: flag("cancelledFlag").unwrap_or(false),
        cancelled_on: day("dateCancelled"),
        inactive: status == Some("Inactive"),
        bill_amount: body.get("billAmount").and_then(values::decimal).unwrap_or_default(),
        other: body
            .iter()
            .filter(|(k, _)| {
                let k = k.as_str();
                !LOOKED_AT.contains(&k)
                    && AGREEMENT_FIELDS.iter().any(|f| f.name == k && f.shape != Shape::Computed)
            })
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect(),
        entered: old.map_or(now, |o| o.entered),
        updated: now,
        updated_by: by.to_owned(),
    })
}
