//! A bill of seat changes: for each organization a refund and a charge that belong together, and a
//! usage charge of the same subscription.

use addendum::domain::line::CanonicalLine;
use addendum::sandbox::Sandbox;
use rust_decimal::Decimal;

/// Which lines of a bill.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "not every test has lines that come later")]
pub enum Part {
    /// What comes first.
    Early,
    /// Another seat change on the same day, and more usage.
    Late,
}

/// The first line of the sample's newer month of each of so many organizations.
pub fn a_line_of_each(sandbox: &Sandbox, organizations: usize) -> Vec<CanonicalLine> {
    let sample = sandbox.sample();
    let mut known: Vec<CanonicalLine> = Vec::new();
    for line in sample.lines(sample.periods()[1]) {
        if !known.iter().any(|k| k.organization_id == line.organization_id) {
            known.push(line);
        }
    }
    assert!(known.len() >= organizations, "the sample has {} organizations", known.len());
    known.truncate(organizations);
    known
}

/// The lines of these parts, and what they come to.
pub fn bill(sandbox: &Sandbox, organizations: usize, parts: &[Part]) -> (String, Decimal) {
    let month = sandbox.sample().periods()[1];
    let known = a_line_of_each(sandbox, organizations);
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record([
        "line_id",
        "invoice_number",
        "invoice_date",
        "organization_id",
        "organization_name",
        "subscription_id",
        "subscription_name",
        "offer_id",
        "offer_name",
        "charge_type",
        "charge_start_date",
        "charge_end_date",
        "quantity",
        "unit_cost",
        "total",
        "currency",
    ])
    .expect("memory");
    let mut sum = Decimal::ZERO;
    for (n, l) in known.iter().enumerate() {
        for part in parts {
            let legs: [(&str, &str, u32, &str); 3] = match part {
                Part::Early => [
                    ("refund", "Correction", 10, "-94.08"),
                    ("charge", "Correction", 12, "112.89"),
                    ("usage", "UsageFee", 3, "7.10"),
                ],
                Part::Late => [
                    ("refund-2", "Correction", 12, "-112.89"),
                    ("charge-2", "Correction", 8, "75.26"),
                    ("usage-2", "UsageFee", 5, "11.85"),
                ],
            };
            for (leg, kind, quantity, total) in legs {
                let start = format!("{month}-20");
                let total: Decimal = total.parse().expect("a decimal");
                let total = total + Decimal::new(i64::try_from(n).expect("few"), 2);
                sum += total;
                csv.write_record([
                    &format!("{leg}-{n:03}"),
                    "INV-S",
                    &month.first_day().to_string(),
                    &l.organization_id,
                    &l.organization_name,
                    &format!("seats-{n:03}"),
                    "Seats",
                    &l.offer_id,
                    &l.offer_name,
                    kind,
                    &start,
                    &month.last_day().to_string(),
                    &quantity.to_string(),
                    "8.00",
                    &total.to_string(),
                    &l.currency.to_string(),
                ])
                .expect("memory");
            }
        }
    }
    let bytes = csv.into_inner().expect("memory");
    (String::from_utf8(bytes).expect("ASCII"), sum)
}
