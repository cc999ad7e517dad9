//! Faults of our own, put in to see that the oracle sees them: what a simulation proves is worth as
//! much as what it would have noticed.

use rust_decimal::Decimal;

use super::network::Network;
use super::oracle;
use addendum::sandbox::direct::{Asked, Mood};

/// What is broken on purpose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sabotage {
    /// Nothing.
    #[default]
    None,
    /// The executor counts a lost write as not made without waiting until it can be seen.
    NoSettle,
    /// The executor finds no marker in any list.
    NoLookUp,
    /// Nobody takes the profile's lease.
    NoLease,
    /// Nobody asks whether a second person approved.
    NoApproval,
    /// At the end, the audit journal is not the one that there was.
    Forgets,
    /// At the end, one of our additions is there twice.
    Doubles,
    /// At the end, one of our additions is gone.
    Loses,
    /// At the end, one of our additions costs a cent more.
    Reprices,
    /// At the end, somebody else's addition was changed.
    Alters,
    /// At the end, there is an addition of ours that the store knows nothing of.
    Orphans,
}

impl Sabotage {
    /// Tampers with the PSA before the oracle looks. False: there was nothing to tamper with.
    pub fn tamper(self, network: &Network) -> bool {
        let inspect = network.psa.inspect();
        let ours = oracle::ours(network).into_values().flatten().next();
        match self {
            Self::Alters => {
                let foreign = oracle::foreign(network).into_keys().next();
                foreign.is_some_and(|id| inspect.edit_addition(id, |a| a.quantity += Decimal::ONE))
            }
            Self::Loses => ours.is_some_and(|a| inspect.delete_addition(a.id)),
            Self::Reprices => ours.is_some_and(|a| {
                inspect.edit_addition(a.id, |a| a.unit_price += Decimal::new(1, 2))
            }),
            Self::Doubles | Self::Orphans => ours.is_some_and(|a| {
                let marker = match self {
                    Self::Doubles => oracle::marker(&a).unwrap_or_default().to_owned(),
                    _ => "AD-NOBODYKNOWSTHISONE".to_owned(),
                };
                // Past every rule on dates: a day long after all invoices.
                let body = serde_json::json!({
                    "product": {"id": a.product_id}, "billCustomer": "Billable",
                    "quantity": 1, "effectiveDate": "2027-06-01T00:00:00Z",
                    "serialNumber": marker,
                })
                .to_string();
                let asked = Asked {
                    method: "POST",
                    path: &format!("/finance/agreements/{}/additions", a.agreement_id),
                    query: "",
                    forward_only: false,
                    body: body.as_bytes(),
                };
                network.psa.answer(&asked, Mood::default()).status == 201
            }),
            Self::None
            | Self::NoSettle
            | Self::NoLookUp
            | Self::NoLease
            | Self::NoApproval
            | Self::Forgets => true,
        }
    }
}
