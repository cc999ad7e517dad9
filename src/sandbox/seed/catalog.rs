//! The catalog, and the Platform's offers for its first items.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::names::mix;
use crate::sandbox::records::CatalogItem;

/// How many items the catalog has.
pub(in crate::sandbox) const ITEMS: u64 = 160;

/// The first items are what the Platform offers.
pub(in crate::sandbox) const OFFERS: u64 = 48;

const FAMILIES: [(&str, &str); 12] = [
    ("Nimbora Mail", "NIM-MAIL"),
    ("Nimbora Office Suite", "NIM-OFF"),
    ("Cirrona Backup", "CIR-BKP"),
    ("Strandor Server", "STR-SRV"),
    ("Vaultline Storage", "VLT-STO"),
    ("Bryncon Endpoint Security", "BCN-EDR"),
    ("Ternia Telephony", "TRN-TEL"),
    ("Lumeno Analytics", "LUM-BI"),
    ("Halvardo Identity", "HAL-ID"),
    ("Pellaro Archive", "PEL-ARC"),
    ("Quillo Signature", "QUI-SIG"),
    ("Ferrio Migration", "FER-MIG"),
];

const PLANS: [(&str, &str); 14] = [
    ("Plan 1", "P1"),
    ("Plan 2", "P2"),
    ("Business Basic", "BB"),
    ("Business Premium", "BP"),
    ("Plan 1 (Annual)", "P1Y"),
    ("Enterprise", "ENT"),
    ("Frontline", "F1"),
    ("Add-on 100 GB", "A100"),
    ("Trial", "TRY"),
    ("Nonprofit", "NP"),
    ("Reserved Instance", "RI"),
    ("Consumption", "PAYG"),
    ("Setup", "SET"),
    ("Bundle", "BDL"),
];

/// Catalog item `k`, without its number's meaning: the number is 400 + k.
pub(in crate::sandbox) fn item(seed: u64, k: u64, updated: Timestamp) -> CatalogItem {
    let (family, family_code) = FAMILIES[usize::try_from(k % 12).expect("a small remainder")];
    let (plan, plan_code) = PLANS[usize::try_from(k / 12).expect("fewer than 14 plans")];
    let h = mix(seed, 3, k);
    let price = Decimal::new(i64::try_from(150 + h % 9000).expect("small"), 2);
    let cost = crate::domain::money::cents(price * Decimal::new(82, 2));
    // Offers point at sound items; behind them come those that cannot be used.
    let sound = k < OFFERS;
    let class = match k % 7 {
        _ if sound => "Service",
        _ if plan == "Bundle" => "Bundle",
        0 => "Bundle",
        1 => "Agreement",
        2 => "NonInventory",
        3 => "Inventory",
        _ => "Service",
    };
    CatalogItem {
        id: i64::try_from(400 + k).expect("small"),
        identifier: format!("{family_code}-{plan_code}"),
        description: format!("{family} {plan}"),
        customer_description: format!("{family} {plan}"),
        class,
        inactive: !sound && k % 6 == 5,
        part_number: format!("{}{:06}", &family_code[..3], h % 1_000_000),
        vendor_sku: format!("{:04}-{plan_code}", h / 7 % 10_000),
        price,
        cost,
        taxable: k % 5 != 4,
        updated,
    }
}

/// The Platform's name of offer `k`: near the catalog's, seldom the same.
pub(in crate::sandbox) fn offer_name(item: &CatalogItem, k: u64) -> String {
    match k % 5 {
        0 => item.description.clone(),
        1 => format!("{} - Monthly", item.description),
        2 => item.description.replace("Plan ", "P"),
        3 => format!("{} (per user)", item.description),
        _ => item.description.to_uppercase(),
    }
}
