//! AppXite's Reporting API v2: headers and rows of the invoices that a seller gets (incoming) and
//! sends (outgoing). Invoices that nobody has verified are only there for `isPreview`.

use axum::http::Method;
use axum::response::Response;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::answer::{amount, in_place_of_data, json_answer, refused};
use super::{BadData, Call};
use crate::domain::charge_type::ChargeType;
use crate::domain::invoice_status::InvoiceStatus;
use crate::domain::line::CanonicalLine;
use crate::domain::money::cents;
use crate::domain::period::Period;

/// The seller's organization id, and so the requester's.
pub(super) const SELLER: &str = "6a5f0d3e-0000-4000-8000-00000000ad01";
const VENDOR: &str = "6a5f0d3e-0000-4000-8000-00000000ad02";

pub(super) fn answer(call: &Call<'_>) -> Response {
    if *call.method != Method::GET {
        return refused(405, "Method not allowed");
    }
    if call.get("sasKey") != Some(call.feed.secret()) {
        return refused(401, "Unauthorized");
    }
    if let Some(other) = in_place_of_data(call) {
        return other;
    }
    let ["api", "v2", "reporting", "requesters", SELLER, "invoices", what] = *call.rest else {
        return refused(404, "Not found");
    };
    let preview = match call.get("isPreview") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return refused(400, "isPreview is true or false"),
    };
    let day = |name| call.get(name).and_then(|t| t.parse::<Date>().ok());
    let (Some(from), Some(till)) = (day("invoiceDateFrom"), day("invoiceDateTill")) else {
        return refused(400, "invoiceDateFrom and invoiceDateTill are dates: yyyy-MM-dd");
    };
    let mut lines: Vec<CanonicalLine> = Vec::new();
    for period in call.shared.sample.periods() {
        lines.extend(call.lines(period).into_iter().filter(|l| {
            let asked = (from..=till).contains(&l.invoice_date);
            asked && l.invoice_status.may_be_posted() != preview
        }));
    }
    match what {
        "headers" => json_answer(200, &Value::Array(headers(call, &lines))),
        "rows" => json_answer(200, &Value::Array(rows(call, &lines))),
        _ => refused(404, "Not found"),
    }
}

fn incoming_number(line: &CanonicalLine) -> String {
    format!("VND-{}-{}", Period::of(line.invoice_date), line.invoice_date.day())
}

fn headers(call: &Call<'_>, lines: &[CanonicalLine]) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    for line in lines {
        let (status_id, status) = match line.invoice_status {
            InvoiceStatus::New => (0, "New"),
            InvoiceStatus::NewCorrected => (6, "New Corrected"),
            InvoiceStatus::Paid => (2, "Processed"),
            _ => (1, "Verified"),
        };
        let custom = line.charge_type == ChargeType::UserCorrection;
        let incoming = incoming_number(line);
        let customer = call.id(&line.organization_id);
        for (number, provider, consumer, name) in [
            (&*line.invoice_number, SELLER, customer.as_str(), &*line.organization_name),
            (incoming.as_str(), VENDOR, SELLER, "Sandbox IT Services"),
        ] {
            let id = call.id(number);
            if found.iter().any(|h| h["invoiceId"] == id.as_str()) {
                continue;
            }
            found.push(json!({
                "invoiceId": id, "invoiceNumber": number,
                "invoiceDate": format!("{}T00:00:00", line.invoice_date),
                "statusId": status_id, "status": status,
                "invoiceSourceId": if custom { 4 } else { 1 },
                "invoiceSource": if custom { "Custom" } else { "Vendor" },
                "invoiceFrequency": "Per Billing Cycle",
                "providerOrganizationId": provider, "consumerOrganizationId": consumer,
                "consumerName": name, "currency": line.currency.as_str(),
                "contractNumber": line.contract_id.as_deref(),
                "isPreview": !line.invoice_status.may_be_posted(),
            }));
        }
    }
    found
}

fn rows(call: &Call<'_>, lines: &[CanonicalLine]) -> Vec<Value> {
    let details = matches!(call.get("expand"), Some("AllDetails" | "CorrectionDetails"));
    let mut rows = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let cost = line.unit_cost.unwrap_or_default();
        let paid = cents(cost * line.quantity);
        // Consumption stays aggregated and has no row of the vendor's behind it.
        let row_id = (details && line.charge_type != ChargeType::UsageFee)
            .then(|| call.id(line.line_id.as_deref().unwrap_or_default()));
        let charge = if call.is(BadData::UnknownTypes) && at == 0 {
            "LoyaltyFee"
        } else {
            line.charge_type.as_str()
        };
        let incoming = incoming_number(line);
        for (number, price, total) in [
            (incoming.as_str(), cost, paid),
            (&*line.invoice_number, line.unit_price.unwrap_or_default(), line.total),
        ] {
            rows.push(json!({
                "invoiceId": call.id(number), "invoiceNumber": number,
                "vendorInvoiceRowId": row_id,
                "subscriptionId": line.subscription_id.as_deref().map(|s| call.id(s)),
                "subscriptionName": line.subscription_name.as_deref(),
                "offerId": call.id(&line.offer_id), "offerName": &*line.offer_name,
                "sku": line.part_number.as_deref(),
                "chargeType": charge, "billingCycle": line.billing_cycle.as_deref(),
                "chargeStartDate": format!("{}T00:00:00", line.charge_start),
                "chargeEndDate": line.charge_end.map(|d| format!("{d}T00:00:00")),
                "quantity": amount(call, line.quantity), "unitPrice": amount(call, price),
                "totalPrice": amount(call, total), "currency": line.currency.as_str(),
            }));
        }
    }
    if call.is(BadData::MissingFields) {
        for row in &mut rows {
            row.as_object_mut().expect("a row is an object").remove("totalPrice");
        }
    }
    rows
}
