//! The mapping that fits a sample: `kind,platform_id,platform_name,psa_id,psa_name,excluded`.

use super::Sample;
use crate::sandbox::seed::catalog::{OFFERS, item, offer_name};
use crate::sandbox::seed::customer::{Terms, customer};
use crate::sandbox::seed::names::{mix, platform_name};

/// The file's text; `own` gives the id that the bill has for an id of the Platform's.
pub(super) fn csv(sample: &Sample, own: &dyn Fn(&str) -> String) -> String {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let mut row = |cells: [&str; 6]| {
        csv.write_record(cells).expect("writing to memory does not fail");
    };
    row(["kind", "platform_id", "platform_name", "psa_id", "psa_name", "excluded"]);
    for &i in &sample.organizations {
        let c = customer(sample.seed, i);
        let name = platform_name(&c.name, mix(sample.seed, 21, i));
        let (id, company) = (c.company_id().to_string(), c.full_name());
        // Nobody would choose a company in the recycle bin.
        let unmapped = !sample.tidy && (i % 13 == 9 || c.deleted);
        let excluded = !sample.tidy && i % 13 == 6;
        row([
            "organization",
            &own(&c.organization_id()),
            &name,
            if unmapped { "" } else { &id },
            if unmapped { "" } else { &company },
            if excluded { "yes" } else { "no" },
        ]);
        // Of two agreements somebody has to choose one; every other time somebody has.
        if c.terms == Terms::Several && c.has_contact && i % 40 == 12 {
            let agreement = c.agreement_id(1).to_string();
            row([
                "contract",
                &own(&c.contract_id()),
                "",
                &agreement,
                "Managed Cloud - Warehouse",
                "",
            ]);
        }
    }
    for k in 0..OFFERS {
        let product = item(sample.seed, k, jiff::Timestamp::UNIX_EPOCH);
        let (id, name) = (product.id.to_string(), offer_name(&product, k));
        row(["offer", &own(&format!("OFR-{k:04}")), &name, &id, &product.description, ""]);
    }
    let bytes = csv.into_inner().expect("writing to memory does not fail");
    String::from_utf8(bytes).expect("what was written is text")
}
