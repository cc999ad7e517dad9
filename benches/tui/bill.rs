//! A bill of many organizations. The lines of the sandbox's customers can be posted; the others
//! are there to be scrolled past, filtered and sorted.

use std::io::{BufWriter, Write};
use std::path::Path;

use super::customer::Customer;

const HEADER: &str = "line_id,invoice_number,invoice_date,organization_id,organization_name,\
                      contract_id,subscription_id,subscription_name,offer_id,offer_name,\
                      charge_type,charge_start_date,charge_end_date,quantity,unit_price,total,\
                      currency\n";

const FIRST: [&str; 16] = [
    "Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Ivy", "Juniper",
    "Kapok", "Larch", "Maple", "Nutmeg", "Oak", "Pine",
];
const SECOND: [&str; 8] =
    ["Logistics", "Dental", "Partners", "Foods", "Legal", "Works", "Academy", "Motors"];

/// Writes so many lines: `own` of them for every customer, the rest over 2,000 other organizations
/// with 500 offers.
pub fn write(to: &Path, lines: u64, customers: &[Customer], own: u64) {
    let mut file = BufWriter::new(std::fs::File::create(to).expect("a file"));
    file.write_all(HEADER.as_bytes()).expect("written");
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let (first, last) = (today.first_of_month(), today.last_of_month());
    let mine = own * customers.len() as u64;
    for n in 0..lines {
        let (quantity, cents) = (1 + n % 9, 100 + n * 7919 % 90_000);
        let total = quantity * cents;
        let money = |cents: u64| format!("{}.{:02}", cents / 100, cents % 100);
        let (id, name, contract, offer, currency) = if n < mine {
            let c = &customers[(n % customers.len() as u64) as usize];
            let name = format!("Customer {}", c.company);
            (
                format!("ORG-{}", c.company),
                name,
                format!("CON-{}", c.company),
                1,
                c.currency.as_str(),
            )
        } else {
            let o = n * 2_654_435_761 % 2_000;
            let name =
                format!("{} {} {o}", FIRST[(o % 16) as usize], SECOND[(o / 16 % 8) as usize]);
            (format!("ORG-X{o}"), name, format!("CON-X{o}"), 2 + n * 40_503 % 500, "USD")
        };
        writeln!(
            file,
            "L-{n},INV-{id},{first},{id},{name},{contract},{contract}-S{offer},Plan {offer},\
             OFFER-{offer},Offer {offer},OneTimeFee,{first},{last},{quantity},{},{},{currency}",
            money(cents),
            money(total),
        )
        .expect("written");
    }
    file.flush().expect("written");
}
