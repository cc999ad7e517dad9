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

/// How many there are.
pub const COUNT: usize = 28;

/// Their names in a profile, by number.
pub const NAMES: [&str; COUNT] = [
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
    "event_id",
    "document_type",
    "amends",
    "organization_domain",
    "organization_tenant",
    "organization_reference",
    "offer_keys",
];

/// Fields that every profile must fill (design 5).
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
