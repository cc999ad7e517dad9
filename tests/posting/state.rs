//! What decides on the money in the PSA.

use addendum::sandbox::Sandbox;
use addendum::sandbox::records::Addition;

/// Every addition of ours, without the numbers that the PSA gives: marker, company, product,
/// dates, quantity and price.
pub fn state(sandbox: &Sandbox) -> Vec<String> {
    let companies: std::collections::HashMap<i64, i64> =
        sandbox.inspect().agreements().into_iter().map(|a| (a.id, a.company_id)).collect();
    let told = |a: Addition| {
        let cancelled = a.cancelled.map(|d| d.to_string()).unwrap_or_default();
        format!(
            "{} company {} product {}: {} x {} = {}, cost {}, {} to {cancelled}, {}",
            a.serial_number.unwrap_or_default(),
            companies[&a.agreement_id],
            a.product_id,
            a.quantity.normalize(),
            a.unit_price.normalize(),
            (a.quantity * a.unit_price).normalize(),
            a.unit_cost.normalize(),
            a.effective,
            a.invoice_description
        )
    };
    let mut all: Vec<String> = sandbox.inspect().all_marked().into_iter().map(told).collect();
    all.sort();
    all
}
