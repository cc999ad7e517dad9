//! A bill for customers of the sandbox.

use std::fmt::Write as _;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use super::customer::Customer;

const HEADER: &str = "line_id,invoice_number,invoice_date,organization_id,organization_name,\
                      contract_id,offer_id,offer_name,charge_type,charge_start_date,quantity,\
                      unit_price,total,currency\n";

/// Lines that are posted once each, so many for every customer.
pub fn one_time_lines(customers: &[Customer], each: usize) -> String {
    let mut text = HEADER.to_owned();
    for c in customers {
        for n in 0..each {
            row(&mut text, c, n as u64);
        }
    }
    text
}

/// So many lines over all customers, straight to a file.
pub fn plain_lines(customers: &[Customer], lines: u64, to: &Path) {
    let mut file = BufWriter::new(std::fs::File::create(to).expect("a file"));
    file.write_all(HEADER.as_bytes()).expect("written");
    let mut text = String::new();
    for n in 0..lines {
        text.clear();
        row(&mut text, &customers[(n % customers.len() as u64) as usize], n);
        file.write_all(text.as_bytes()).expect("written");
    }
    file.flush().expect("written");
}

fn row(text: &mut String, c: &Customer, n: u64) {
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let first = today.first_of_month();
    let (quantity, cents) = (1 + n % 9, 100 + n % 900);
    let total = quantity * cents;
    writeln!(
        text,
        "L{company}-{n},INV-{company},{today},ORG-{company},Organization {company},CON-{company},\
         OFFER-1,Offer One,OneTimeFee,{first},{quantity},{}.{:02},{}.{:02},{}",
        cents / 100,
        cents % 100,
        total / 100,
        total % 100,
        c.currency,
        company = c.company,
    )
    .expect("text grows");
}
