//! AppXite tells what we pay and what we bill as rows of the same kind: rows of invoices that we
//! get (incoming) and that we send (outgoing). The outgoing ones are the bill; each learns its cost
//! from the incoming one that it goes with.

use std::collections::HashMap;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::super::profile::path::text_of;
use super::walk::Found;

/// The list whose records are the invoices' headers, as `config/sources/appxite.toml` calls it.
const HEADERS: &str = "headers";

/// Rows between two others of the sales channel.
pub(super) const BETWEEN_OTHERS: &str = "between other organizations";

fn text<'r>(record: &'r Value, path: &[&str]) -> &'r str {
    let found = path.iter().try_fold(record, |at, name| at.get(name));
    found.and_then(text_of).map(str::trim).unwrap_or_default()
}

fn number(record: &Value, name: &str) -> Option<Decimal> {
    Decimal::from_str(text(record, &[name])).ok()
}

/// What an incoming and an outgoing row that belong together share (the Reporting API's "how to
/// map your invoice data"): the vendor's row, else the charge itself.
fn key(record: &Value) -> String {
    let row = text(record, &["vendorInvoiceRowId"]);
    if !row.is_empty() {
        return format!("row {}", row.to_ascii_lowercase());
    }
    let day = |path: &[&str]| text(record, path).get(..10).unwrap_or_default().to_owned();
    [
        text(record, &["subscriptionId"]).to_ascii_lowercase(),
        day(&["chargeStartDate"]),
        day(&["chargeEndDate"]),
        text(record, &["chargeType"]).to_ascii_lowercase(),
        day(&[HEADERS, "invoiceDate"]),
    ]
    .join("|")
}

/// The rows that `account` bills, each with its cost where one row tells it; and how many rows are
/// between others. A cost in another currency, or one that several rows could tell, is left out:
/// a wrong one would be worse than none.
pub(super) fn paired(rows: Vec<Found>, account: &str) -> (Vec<Found>, u64) {
    let mut costs: HashMap<String, Vec<Value>> = HashMap::new();
    let (mut sold, mut between) = (Vec::new(), 0);
    for row in rows {
        let party = |name: &str| text(&row.record, &[HEADERS, name]).eq_ignore_ascii_case(account);
        if party("providerOrganizationId") {
            sold.push(row);
        } else if party("consumerOrganizationId") {
            costs.entry(key(&row.record)).or_default().push(row.record);
        } else {
            between += 1;
        }
    }
    let mut buyers: HashMap<String, usize> = HashMap::new();
    for row in &sold {
        *buyers.entry(key(&row.record)).or_insert(0) += 1;
    }
    for row in &mut sold {
        let key = key(&row.record);
        let Some(pool) = costs.get_mut(&key) else { continue };
        let same = |cost: &Value| {
            number(cost, "quantity") == number(&row.record, "quantity")
                && text(cost, &["currency"]).eq_ignore_ascii_case(text(&row.record, &["currency"]))
        };
        // Several of one key: as many on both sides, and equal units tell which.
        let at = match (pool.len(), buyers.get(&key)) {
            (1, Some(1)) => same(&pool[0]).then_some(0),
            _ => pool.iter().position(same).filter(|at| {
                let alike = |c: &Value| text(c, &["unitPrice"]) == text(&pool[*at], &["unitPrice"]);
                pool.iter().filter(|c| same(c)).all(alike)
            }),
        };
        if let Some(at) = at {
            let cost = pool.remove(at);
            row.record["cost"] = json!({
                "unitPrice": cost.get("unitPrice"), "totalPrice": cost.get("totalPrice"),
                "invoiceNumber": cost.get("invoiceNumber"),
            });
        }
    }
    (sold, between)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: &str = "me";

    fn row(incoming: bool, id: Option<&str>, quantity: u32, price: &str) -> Found {
        let (provider, consumer) = if incoming { ("vendor", ME) } else { (ME, "customer") };
        Found {
            page: "p".into(),
            row: 1,
            record: json!({
                "vendorInvoiceRowId": id, "subscriptionId": "S", "chargeType": "CycleFee",
                "chargeStartDate": "2026-10-01T00:00:00", "chargeEndDate": "2026-10-31",
                "quantity": quantity, "unitPrice": price, "currency": "EUR",
                HEADERS: {
                    "providerOrganizationId": provider, "consumerOrganizationId": consumer,
                    "invoiceDate": "2026-10-31T00:00:00",
                },
            }),
        }
    }

    fn costs(rows: Vec<Found>) -> Vec<Option<String>> {
        let (sold, _) = paired(rows, ME);
        let cost = |f: &Found| f.record["cost"]["unitPrice"].as_str().map(str::to_owned);
        sold.iter().map(cost).collect()
    }

    #[test]
    fn rows_are_paired_by_the_vendors_row_else_by_the_charge() {
        let some = |t: &str| Some(t.to_owned());
        let by_row = vec![
            row(true, Some("r1"), 1, "5"),
            row(true, Some("r2"), 1, "6"),
            row(false, Some("R2"), 1, "9"),
            row(false, Some("r1"), 1, "8"),
        ];
        assert_eq!(costs(by_row), [some("6"), some("5")]);
        assert_eq!(costs(vec![row(false, None, 2, "9"), row(true, None, 2, "7")]), [some("7")]);
        let units = vec![
            row(true, None, 2, "5"),
            row(true, None, 3, "6"),
            row(false, None, 3, "9"),
            row(false, None, 2, "9"),
        ];
        assert_eq!(costs(units), [some("6"), some("5")]);
    }

    #[test]
    fn a_cost_that_is_not_certain_is_none() {
        assert_eq!(costs(vec![row(false, Some("r"), 1, "9")]), [None]);
        assert_eq!(costs(vec![row(true, None, 3, "5"), row(false, None, 2, "9")]), [None]);
        let two = vec![row(true, None, 1, "5"), row(true, None, 1, "6"), row(false, None, 1, "9")];
        assert_eq!(costs(two), [None]);
        let mut dollars = row(true, None, 1, "5");
        dollars.record["currency"] = "USD".into();
        assert_eq!(costs(vec![dollars, row(false, None, 1, "9")]), [None]);
    }

    #[test]
    fn rows_between_others_are_counted() {
        let mut other = row(true, None, 1, "5");
        other.record[HEADERS]["consumerOrganizationId"] = "reseller".into();
        let (sold, between) = paired(vec![other, row(false, None, 1, "9")], ME);
        assert_eq!((sold.len(), between), (1, 1));
    }
}
