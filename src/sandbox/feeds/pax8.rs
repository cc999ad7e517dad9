//! Pax8's partner API: one invoice a month and currency with the items of all customers, a void and
//! a credited one beside it, and draft items of the month to come.

use axum::http::Method;
use axum::response::Response;
use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::answer::{amount, in_place_of_data, json_answer, part, whole};
use super::{BadData, Call};
use crate::domain::charge_type::ChargeType;
use crate::domain::line::CanonicalLine;
use crate::domain::money::cents;
use crate::domain::period::Period;

const SIZE: usize = 10;
const SIZE_CAP: usize = 200;

/// The currencies that invoices come in.
const CURRENCIES: [&str; 4] = ["EUR", "USD", "GBP", "SEK"];

pub(super) fn answer(call: &Call<'_>) -> Response {
    let rest = call.rest.strip_prefix(&["v1"]).unwrap_or(&["?"]);
    if rest == ["token"] {
        return token(call);
    }
    if *call.method != Method::GET {
        return refused(call, 405, "Request method is not supported");
    }
    if !call.shared.feeds.tokens.take(call) {
        return refused(call, 401, "Unauthorized");
    }
    if let Some(other) = in_place_of_data(call) {
        return other;
    }
    match rest {
        ["companies"] => page(call, companies(call)),
        ["products"] => page(call, products(call)),
        ["invoices"] => page(call, invoices(call)),
        ["invoices", "draftItems"] => drafts(call),
        ["invoices", id, "items"] => match invoice_of(call, id) {
            Some(items) => page(call, items),
            None => refused(call, 404, "Invoice not found"),
        },
        _ => refused(call, 404, "Not found"),
    }
}

fn refused(call: &Call<'_>, status: u16, message: &str) -> Response {
    let body = json!({
        "type": "HTTP_ERROR", "message": message, "status": status, "details": [],
        "instance": format!("/{}", call.rest.join("/")),
    });
    json_answer(status, &body)
}

fn token(call: &Call<'_>) -> Response {
    let Ok(Value::Object(given)) = serde_json::from_slice(call.body) else {
        return refused(call, 400, "The body is no JSON object");
    };
    let word = |name: &str| given.get(name).and_then(Value::as_str).unwrap_or_default();
    let keys = format!("{}:{}", word("client_id"), word("client_secret"));
    let grant = word("grant_type") == "client_credentials";
    if keys != call.feed.secret() || word("audience") != "https://api.pax8.com" || !grant {
        return refused(call, 401, "Access denied");
    }
    let token = call.shared.feeds.tokens.give(call);
    json_answer(200, &json!({"access_token": token, "expires_in": 86400, "token_type": "Bearer"}))
}

fn page(call: &Call<'_>, items: Vec<Value>) -> Response {
    let (Some(at), Some(size)) = (whole(call, "page", 0), whole(call, "size", SIZE)) else {
        return refused(call, 422, "page and size are numbers");
    };
    if !(1..=SIZE_CAP).contains(&size) {
        return refused(call, 422, "size lies between 1 and 200");
    }
    let part = part(call, items, at, size);
    let page = json!({
        "size": size, "totalElements": part.total, "totalPages": part.pages, "number": at,
    });
    json_answer(200, &json!({"content": part.items, "page": page}))
}

fn companies(call: &Call<'_>) -> Vec<Value> {
    let mut seen: Vec<Value> = Vec::new();
    for line in first_month(call) {
        let id = call.id(&line.organization_id);
        if !seen.iter().any(|c| c["id"] == id.as_str()) {
            seen.push(json!({
                "id": id, "name": &*line.organization_name, "status": "Active",
                "externalId": &*line.organization_id, "billOnBehalfOfEnabled": false,
            }));
        }
    }
    seen
}

fn products(call: &Call<'_>) -> Vec<Value> {
    let mut seen: Vec<Value> = Vec::new();
    for line in first_month(call) {
        let id = call.id(&line.offer_id);
        if !seen.iter().any(|p| p["id"] == id.as_str()) {
            seen.push(json!({
                "id": id, "name": &*line.offer_name, "vendorName": "Nimbora",
                "sku": format!("NIM-{}", line.offer_id), "vendorSku": line.part_number.as_deref(),
            }));
        }
    }
    seen
}

/// Both sample months: names and ids come from there.
fn first_month(call: &Call<'_>) -> Vec<CanonicalLine> {
    call.shared.sample.periods().into_iter().flat_map(|p| call.lines(p)).collect()
}

fn invoices(call: &Call<'_>) -> Vec<Value> {
    let day = |name| call.get(name).and_then(|t| t.parse::<Date>().ok());
    let from = day("invoiceDateRangeStart").unwrap_or(Date::MIN);
    let to = day("invoiceDateRangeEnd").unwrap_or(Date::MAX);
    let mut found = Vec::new();
    for period in call.shared.sample.periods() {
        let date = period.first_day();
        if date < from || date > to {
            continue;
        }
        for currency in CURRENCIES {
            let items = items(call, period, currency);
            if items.is_empty() {
                continue;
            }
            let mut due: Decimal = items.iter().map(|(_, due)| due).sum();
            if call.is(BadData::WrongTotals) {
                due += Decimal::new(1, 2);
            }
            let wanted = call.get("status");
            for (kind, status) in [("", "Unpaid"), ("void", "Void"), ("credited", "Credited")] {
                if wanted.is_some_and(|w| w != status) {
                    continue;
                }
                found.push(json!({
                    "id": call.id(&format!("{period} {currency} {kind}")),
                    "invoiceDate": date, "dueDate": date.saturating_add(14.days()),
                    "balance": amount(call, due), "carriedBalance": 0,
                    "total": amount(call, due), "currencyCode": currency,
                    "partnerName": "Sandbox IT Services", "status": status,
                }));
            }
        }
    }
    found
}

/// The items of the invoice with this id. A void or credited one has those that it had.
fn invoice_of(call: &Call<'_>, id: &str) -> Option<Vec<Value>> {
    for period in call.shared.sample.periods() {
        for currency in CURRENCIES {
            for kind in ["", "void", "credited"] {
                if call.id(&format!("{period} {currency} {kind}")) == id {
                    let items = items(call, period, currency);
                    return Some(items.into_iter().map(|(item, _)| item).collect());
                }
            }
        }
    }
    None
}

/// The items of a month in a currency, each with what is due for it.
fn items(call: &Call<'_>, period: Period, currency: &str) -> Vec<(Value, Decimal)> {
    let lines = call.lines(period);
    let mine = lines.iter().filter(|l| l.currency.as_str() == currency);
    mine.enumerate().map(|(at, line)| item(call, line, at)).collect()
}

fn drafts(call: &Call<'_>) -> Response {
    let months = match call.get("monthOffset") {
        None | Some("1") => 1,
        Some("0") => 0,
        Some(_) => return refused(call, 422, "Invalid monthOffset value"),
    };
    // What is billed this month again, in the month asked for; consumption is not known yet.
    let this = call.shared.sample.periods()[1];
    let period = if months == 0 { this } else { this.next() };
    let lines = call.lines(this).into_iter().filter(|l| l.charge_type == ChargeType::CycleFee);
    let items = lines.enumerate().map(|(at, mut line)| {
        (line.charge_start, line.charge_end) = (period.first_day(), Some(period.last_day()));
        item(call, &line, at).0
    });
    let items = items.collect();
    page(call, items)
}

/// The type and term of a charge.
fn kind(line: &CanonicalLine, at: usize) -> (&'static str, &'static str) {
    let credits = ["service-credit", "rebate", "payment-credit", "invoice-credit"];
    let once = if at.is_multiple_of(2) { "One-Time" } else { "One-time" };
    match line.charge_type {
        _ if line.total.is_sign_negative() => match credits[at % 4] {
            "rebate" => ("rebate", "Rebate"),
            credit => (credit, "Monthly"),
        },
        ChargeType::CycleFee => match line.billing_cycle.as_deref() {
            Some("Yearly") => ("subscription", "Annual"),
            _ => ("subscription", "Monthly"),
        },
        ChargeType::UsageFee => ("subscription", "Arrears"),
        ChargeType::PurchaseFee | ChargeType::Correction => ("prorate", "Monthly"),
        ChargeType::OneTimeFee => ("one-time", once),
        ChargeType::ItemFee => ("service-charge", "Activation"),
        ChargeType::UserCorrection => ("service-charge", "Monthly"),
    }
}

fn item(call: &Call<'_>, line: &CanonicalLine, at: usize) -> (Value, Decimal) {
    let (mut kind, term) = kind(line, at);
    if call.is(BadData::UnknownTypes) && at == 0 {
        kind = "loyalty-bonus";
    }
    let credit = line.total.is_sign_negative();
    // Units are counted; it is the price that carries the sign of a credit.
    let flip =
        if credit && !call.is(BadData::PositiveCredits) { -Decimal::ONE } else { Decimal::ONE };
    let quantity = line.quantity.abs();
    let price = line.unit_price.unwrap_or_default() * flip;
    let cost = line.unit_cost.unwrap_or_default() * flip;
    let total = line.total.abs() * flip;
    let due = cents(cost * quantity);
    let (start, end) = ends(call, line, at);
    let nulls = call.is(BadData::Nulls);
    let mut item = json!({
        "type": kind, "purchaseOrderNumber": "N/A",
        "companyId": call.id(&line.organization_id), "companyName": &*line.organization_name,
        "externalId": &*line.organization_id,
        "startPeriod": start, "endPeriod": end,
        "quantity": amount(call, quantity), "unitOfMeasure": "User", "term": term,
        "sku": format!("NIM-{}", line.offer_id), "description": &*line.offer_name,
        "details": line.subscription_name.as_deref(), "rateType": "single", "chargeType": "per",
        "price": amount(call, price), "subTotal": amount(call, total),
        "cost": amount(call, cost), "costTotal": amount(call, due),
        "offeredBy": "Pax8", "total": amount(call, total),
        "billedByPax8": call.is(BadData::BilledByVendor) && at % 5 == 2,
        "productId": call.id(&line.offer_id), "productName": &*line.offer_name,
        "vendorName": "Nimbora", "billingFee": 0, "billingFeeRate": 0,
        "amountDue": amount(call, due), "currencyCode": line.currency.as_str(), "salesTax": 0,
        "subscriptionId": line.subscription_id.as_deref().map(|s| call.id(s)),
    });
    let fields = item.as_object_mut().expect("an item is an object");
    if !call.is(BadData::MissingIds) {
        let id = line.line_id.as_deref().unwrap_or_default();
        fields.insert("id".into(), call.id(id).into());
    }
    if nulls {
        for name in ["purchaseOrderNumber", "details", "externalId", "unitOfMeasure"] {
            fields.insert(name.into(), Value::Null);
        }
        if credit {
            fields.insert("companyId".into(), Value::Null);
            fields.insert("companyName".into(), Value::Null);
        }
    }
    if call.is(BadData::MissingFields) && at == 1 {
        fields.remove("total");
    }
    // What the invoice asks for is signed, whatever its credits look like.
    let signed = if credit { -due.abs() } else { due };
    (Value::Object(std::mem::take::<Map<_, _>>(fields)), signed)
}

fn ends(call: &Call<'_>, line: &CanonicalLine, at: usize) -> (Date, Option<Date>) {
    let (start, end) = (line.charge_start, line.charge_end);
    if call.is(BadData::AmbiguousEnds) {
        // Neither a whole month nor up to a month's end, whichever way it is read.
        let start =
            start.first_of_month().saturating_add((2 + i64::try_from(at % 5).unwrap_or(0)).days());
        return (start, Some(start.saturating_add(9.days())));
    }
    if call.is(BadData::ExclusiveEnds) {
        return (start, end.map(|e| e.saturating_add(1.days())));
    }
    (start, end)
}
