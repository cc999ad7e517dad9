//! Sherweb's Distributor API: what is payable for the period that holds a date. It is what the
//! seller pays; the customer stands in the tags.

use axum::http::Method;
use axum::response::Response;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::answer::{amount, in_place_of_data, json_answer, refused};
use super::{BadData, Call};
use crate::domain::charge_type::ChargeType;
use crate::domain::line::CanonicalLine;
use crate::domain::money::cents;
use crate::domain::period::Period;

/// Charges of a month that are announced and not billed yet.
const UNBILLED: usize = 3;

pub(super) fn answer(call: &Call<'_>) -> Response {
    match (call.method, call.rest) {
        (&Method::POST, ["auth", "oidc", "connect", "token"]) => token(call),
        (&Method::GET, ["distributor", "v1", "billing", "payable-charges"]) => charges(call),
        _ => refused(404, "Resource not found"),
    }
}

/// Client id, client secret, subscription key.
fn parts(call: &Call<'_>) -> [&'static str; 3] {
    let mut parts = call.feed.secret().split(':');
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

fn token(call: &Call<'_>) -> Response {
    let form: Vec<(String, String)> = url::form_urlencoded::parse(call.body).into_owned().collect();
    let word = |name: &str| form.iter().find(|(k, _)| k == name).map_or("", |(_, v)| v.as_str());
    let [id, secret, _] = parts(call);
    let wanted = [
        ("client_id", id),
        ("client_secret", secret),
        ("grant_type", "client_credentials"),
        ("scope", "distributor"),
    ];
    if wanted.iter().any(|(name, value)| word(name) != *value) {
        return json_answer(400, &json!({"error": "invalid_client"}));
    }
    let token = call.shared.feeds.tokens.give(call);
    json_answer(200, &json!({"access_token": token, "expires_in": 3600, "token_type": "Bearer"}))
}

fn charges(call: &Call<'_>) -> Response {
    if call.header("ocp-apim-subscription-key") != parts(call)[2] {
        return refused(401, "Access denied due to missing subscription key.");
    }
    if !call.shared.feeds.tokens.take(call) {
        return refused(401, "Unauthorized");
    }
    if let Some(other) = in_place_of_data(call) {
        return other;
    }
    let period = match call.get("date") {
        None => call.shared.sample.periods()[1],
        Some(date) => match date.parse::<Date>() {
            Ok(date) => Period::of(date),
            Err(_) => return refused(400, "date: yyyy-MM-dd"),
        },
    };
    let lines: Vec<_> =
        call.lines(period).into_iter().filter(|l| l.invoice_status.may_be_posted()).collect();
    let mut charges: Vec<Value> =
        lines.iter().enumerate().map(|(at, line)| charge(call, line, at, true)).collect();
    charges.extend(lines.iter().take(UNBILLED).map(|line| charge(call, line, 1, false)));
    let body = json!({
        "periodFrom": period.first_day(), "periodTo": period.last_day(), "charges": charges,
    });
    json_answer(200, &body)
}

fn charge(call: &Call<'_>, line: &CanonicalLine, at: usize, billed: bool) -> Value {
    let kind = match line.charge_type {
        _ if call.is(BadData::UnknownTypes) && at == 0 => "Loyalty",
        ChargeType::CycleFee | ChargeType::PurchaseFee => "Recurring",
        ChargeType::UsageFee => "Usage",
        ChargeType::OneTimeFee | ChargeType::ItemFee => "Setup",
        ChargeType::Correction | ChargeType::UserCorrection => "Unknown",
    };
    let cycle = match line.billing_cycle.as_deref() {
        Some("Monthly") => "Monthly",
        Some("Yearly") => "Yearly",
        _ => "OneTime",
    };
    let net = line.unit_cost.unwrap_or_default();
    let list = line.unit_price.unwrap_or_default();
    let mut charge = json!({
        "productId": call.id(&line.offer_id), "productName": &*line.offer_name,
        "sku": line.part_number.as_deref(),
        "chargeId": call.id(&format!("charge {}", line.offer_id)),
        "chargeName": format!("{} - {cycle}", line.offer_name),
        "chargeType": kind, "billingCycleType": cycle,
        "periodFrom": line.charge_start, "periodTo": line.charge_end,
        "quantity": amount(call, line.quantity), "listPrice": amount(call, list),
        "netPrice": amount(call, net), "netPriceProrated": amount(call, net),
        "subTotal": amount(call, cents(net * line.quantity)),
        "currency": line.currency.as_str(), "isBilled": billed, "isProratable": true,
        "deductions": [{
            "code": "PRF", "name": "Performance tier", "deductionType": "PerformancePercentage",
            "value": 18, "unitValue": amount(call, list - net),
            "totalValue": amount(call, (list - net) * line.quantity),
        }],
        "fees": [],
        "invoice": billed.then(|| json!({
            "number": format!("SW-{}", &*line.invoice_number), "date": line.invoice_date,
            "periodFrom": line.charge_start.first_of_month(),
            "periodTo": line.charge_start.last_of_month(),
        })),
        "taxes": [],
        "tags": [
            {"name": "CustomerId", "value": call.id(&line.organization_id)},
            {"name": "CustomerDisplayName", "value": &*line.organization_name},
        ],
    });
    if call.is(BadData::MissingFields) && at == 1 {
        charge["tags"] = Value::Null;
    }
    charge
}
