//! The fields that a profile can fill: those of the canonical line, and those beside it.

/// A field of a line. The first ones are the canonical columns, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Field {
    LineId,
    InvoiceNumber,
    InvoiceDate,
    InvoiceStatus,
    OrganizationId,
    OrganizationName,
    ContractId,
    SubscriptionId,
    SubscriptionName,
    OfferId,
    OfferName,
    PartNumber,
    ChargeType,
    BillingCycle,
    ChargeStartDate,
    ChargeEndDate,
    Quantity,
    UnitPrice,
    UnitCost,
    Total,
    Currency,
    EventId,
    DocumentType,
    Amends,
    OrganizationDomain,
    OrganizationTenant,
    OrganizationReference,
    OfferKeys,
}

/// Names of the canonical columns, by number.
pub const CANONICAL: [&str; 21] = [
    "line_id",
    "invoice_number",
    "invoice_date",
    "invoice_status",
    "organization_id",
    "organization_name",
    "contract_id",
    "subscription_id",
    "subscription_name",
    "offer_id",
    "offer_name",
    "part_number",
    "charge_type",
    "billing_cycle",
    "charge_start_date",
    "charge_end_date",
    "quantity",
    "unit_price",
    "unit_cost",
    "total",
    "currency",
];

/// Names of the fields beside them.
const BESIDE: [&str; 7] = [
    "event_id",
    "document_type",
    "amends",
    "organization_domain",
    "organization_tenant",
    "organization_reference",
    "offer_keys",
];

/// How many fields there are.
pub const COUNT: usize = CANONICAL.len() + BESIDE.len();

/// Their names in a profile, by number.
pub const NAMES: [&str; COUNT] = {
    let mut all = [""; COUNT];
    let mut n = 0;
    while n < COUNT {
        all[n] = if n < CANONICAL.len() { CANONICAL[n] } else { BESIDE[n - CANONICAL.len()] };
        n += 1;
    }
    all
};

/// Fields that every bill must have (design 5).
pub const MANDATORY: [Field; 11] = [
    Field::InvoiceNumber,
    Field::InvoiceDate,
    Field::OrganizationId,
    Field::OrganizationName,
    Field::OfferId,
    Field::OfferName,
    Field::ChargeType,
    Field::ChargeStartDate,
    Field::Quantity,
    Field::Total,
    Field::Currency,
];

impl Field {
    /// Its name in a profile.
    pub fn name(self) -> &'static str {
        NAMES[self as usize]
    }

    /// The number of the field with this name.
    pub fn number_of(name: &str) -> Option<usize> {
        NAMES.iter().position(|n| *n == name)
    }
}
