//! ArrowSphere's billing statements: a statement for each customer's invoice, and its lines.

use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};

use super::answer::{amount, in_place_of_data, json_answer, part, refused, whole};
use super::{BadData, Call};
use crate::domain::charge_type::ChargeType;
use crate::domain::invoice_status::InvoiceStatus;
use crate::domain::line::CanonicalLine;
use crate::domain::money::cents;
use crate::domain::period::Period;

const SIZE: usize = 25;
const SIZE_CAP: usize = 1000;

pub(super) fn answer(call: &Call<'_>) -> Response {
    if call.header("apikey") != call.feed.secret() {
        return refused(401, "Unauthorized");
    }
    if *call.method != Method::GET {
        return refused(405, "Method not allowed");
    }
    if let Some(other) = in_place_of_data(call) {
        return other;
    }
    match call.rest {
        ["index.php", "api", "billing", "statements"] => {
            let period = match call.get("reportPeriod").map(str::parse::<Period>) {
                Some(Ok(period)) => Some(period),
                None => None,
                Some(Err(_)) => return refused(400, "reportPeriod: YYYY-MM"),
            };
            page(call, "billingStatements", statements(call, period))
        }
        ["index.php", "api", "billing", "statements", reference, "lines"] => {
            let lines = all(call).into_iter().filter(|l| header(call, l) == **reference);
            let lines: Vec<Value> =
                lines.enumerate().map(|(at, l)| statement_line(call, &l, at)).collect();
            if lines.is_empty() {
                return refused(404, "Statement not found");
            }
            page(call, "billingStatementLines", lines)
        }
        _ => refused(404, "Not found"),
    }
}

fn page(call: &Call<'_>, name: &str, items: Vec<Value>) -> Response {
    let (Some(at), Some(size)) = (whole(call, "page", 1), whole(call, "per_page", SIZE)) else {
        return refused(400, "page and per_page are numbers");
    };
    let size = size.clamp(1, SIZE_CAP);
    let part = part(call, items, at.saturating_sub(1), size);
    let body = json!({
        "status": 200,
        "data": {name: part.items},
        "pagination": {
            "perPage": size, "currentPage": at, "totalPages": part.pages.max(1), "total": part.total,
        },
    });
    json_answer(200, &body)
}

fn all(call: &Call<'_>) -> Vec<CanonicalLine> {
    call.shared.sample.periods().into_iter().flat_map(|p| call.lines(p)).collect()
}

fn reference(call: &Call<'_>, kind: &str, text: &str) -> String {
    let id = call.id(text).replace('-', "").to_uppercase();
    format!("{kind}-NIM-{id}")
}

fn header(call: &Call<'_>, line: &CanonicalLine) -> String {
    reference(call, "H1", &format!("{} {}", line.invoice_number, line.invoice_status))
}

fn statements(call: &Call<'_>, period: Option<Period>) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    for line in all(call).into_iter().filter(|l| period.is_none_or(|p| p == l.period())) {
        let reference = header(call, &line);
        if found.iter().any(|s| s["reference"] == reference.as_str()) {
            continue;
        }
        let status = match line.invoice_status {
            InvoiceStatus::New => "Open",
            InvoiceStatus::NewCorrected => "Needs Validation",
            _ => "Fulfilled",
        };
        found.push(json!({
            "reference": reference, "sequence": &*line.invoice_number,
            "billingGroup": "ResellerBilling", "vendorName": "Nimbora",
            "programCode": "NIM", "classification": "saas",
            "reportPeriod": line.period().to_string(), "marketplace": "LV",
            "issueDate": line.invoice_date,
            "from": {"reference": "XSP1", "name": "Sandbox IT Services"},
            "to": {"reference": call.id(&line.organization_id), "name": &*line.organization_name},
            "currency": line.currency.as_str(), "status": status,
        }));
    }
    found
}

fn statement_line(call: &Call<'_>, line: &CanonicalLine, at: usize) -> Value {
    let cost = line.unit_cost.unwrap_or_default();
    let classification = match line.charge_type {
        _ if call.is(BadData::UnknownTypes) && at == 0 => "loyalty",
        ChargeType::UsageFee => "iaas",
        _ => "saas",
    };
    let id = line.line_id.as_deref().unwrap_or_default();
    let mut json = json!({
        "reference": reference(call, "L1", id),
        "vendorEndCustomerSubscriptionId": null, "vendorName": "Nimbora", "vendorProgram": "NIM",
        "classification": classification, "vendorProductName": &*line.offer_name,
        "vendorSku": line.part_number.as_deref(), "arrowSku": call.id(&line.offer_id),
        "offerName": &*line.offer_name,
        "subscriptionFriendlyName": line.subscription_name.as_deref(),
        "arsSubscriptionId": line.subscription_id.as_deref().map(|s| call.id(s)),
        "orderId": null, "resellerOrderId": null,
        // Consumption and single charges have no rhythm.
        "billingPeriodicity": line
            .billing_cycle
            .as_deref()
            .filter(|c| *c != "One-time" && classification != "loyalty"),
        "billingPeriodStart": line.charge_start.first_of_month(), "billingPeriodEnd": null,
        "usageStartDate": line.charge_start, "usageEndDate": line.charge_end,
        "quantity": line.quantity.to_string(), "currency": line.currency.as_str(),
        "prices": {
            "buyUnit": amount(call, cost), "buyTotal": amount(call, cents(cost * line.quantity)),
            "sellUnit": line.unit_price.map(|p| amount(call, p)),
            "sellTotal": amount(call, line.total),
        },
        "description": null,
    });
    if call.is(BadData::MissingFields) && at == 0 {
        json["prices"] = Value::Null;
    }
    if call.is(BadData::MissingIds) {
        json["reference"] = Value::Null;
    }
    json
}
