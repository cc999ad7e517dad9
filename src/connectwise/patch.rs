//! A change as ConnectWise's JSON Patch, and the check that it was made: an array of operations,
//! paths without a slash, references as whole objects (connectwise-api.md 5.2, 10.6). A 200 that
//! changed nothing is known to happen.

use serde_json::{Value, json};

use super::numbers::{midnight, number};
use super::records::reference;
use super::{AdditionChange, PsaError};
use crate::domain::addition::{AdditionFields, LiveAddition};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;
use rust_decimal::Decimal;

/// ConnectWise's names of the fields, in the order in which they are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Product,
    Quantity,
    UnitPrice,
    UnitCost,
    BillCustomer,
    EffectiveDate,
    CancelledDate,
    InvoiceDescription,
}

impl Field {
    const ALL: [Self; 8] = [
        Self::Product,
        Self::Quantity,
        Self::UnitPrice,
        Self::UnitCost,
        Self::BillCustomer,
        Self::EffectiveDate,
        Self::CancelledDate,
        Self::InvoiceDescription,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Quantity => "quantity",
            Self::UnitPrice => "unitPrice",
            Self::UnitCost => "unitCost",
            Self::BillCustomer => "billCustomer",
            Self::EffectiveDate => "effectiveDate",
            Self::CancelledDate => "cancelledDate",
            Self::InvoiceDescription => "invoiceDescription",
        }
    }

    /// A new product makes ConnectWise reset these unless they come with it.
    fn follows_product(self) -> bool {
        matches!(
            self,
            Self::Quantity
                | Self::UnitPrice
                | Self::UnitCost
                | Self::BillCustomer
                | Self::InvoiceDescription
        )
    }

    fn differs(self, a: &AdditionFields, b: &AdditionFields) -> bool {
        match self {
            Self::Product => a.product_id != b.product_id,
            Self::Quantity => a.quantity != b.quantity,
            Self::UnitPrice => a.unit_price != b.unit_price,
            // Not asked for: ConnectWise's own stays.
            Self::UnitCost => b.unit_cost.is_some() && a.unit_cost != b.unit_cost,
            Self::BillCustomer => false,
            Self::EffectiveDate => a.effective != b.effective,
            Self::CancelledDate => a.cancelled != b.cancelled,
            Self::InvoiceDescription => a.invoice_description != b.invoice_description,
        }
    }

    /// The value to send; `None` removes the field.
    fn value(self, to: &AdditionFields) -> Option<Value> {
        Some(match self {
            Self::Product => reference::to(to.product_id),
            Self::Quantity => number(to.quantity),
            Self::UnitPrice => number(to.unit_price),
            Self::UnitCost => number(to.unit_cost?),
            Self::BillCustomer => "Billable".into(),
            Self::EffectiveDate => midnight(to.effective).into(),
            Self::CancelledDate => midnight(to.cancelled?).into(),
            Self::InvoiceDescription => to.invoice_description.as_str().into(),
        })
    }

    /// How a value is shown when it is not what was asked for.
    fn told(self, of: &AdditionFields) -> String {
        match self.value(of) {
            Some(Value::String(s)) => s,
            Some(other) => other.to_string(),
            None => "none".to_owned(),
        }
    }

    /// Whether an answer holds what was asked for.
    fn kept(self, asked: &AdditionFields, answer: &LiveAddition) -> bool {
        let now = &answer.fields;
        match self {
            Self::BillCustomer => answer.bill_customer.eq_ignore_ascii_case("Billable"),
            Self::UnitCost => match (asked.unit_cost, now.unit_cost) {
                (None, _) => true,
                (Some(asked), Some(kept)) => same_cost(asked, kept),
                (Some(asked), None) => asked.is_zero(),
            },
            // Line breaks and outer space are not what somebody means by a change.
            Self::InvoiceDescription => {
                plain(&asked.invoice_description) == plain(&now.invoice_description)
            }
            other => !other.differs(now, asked),
        }
    }
}

/// ConnectWise may keep fewer decimals of a cost: no money is billed by it.
fn same_cost(asked: Decimal, kept: Decimal) -> bool {
    let decimals = kept.normalize().scale().max(2);
    asked == kept || (asked - kept).abs() < Decimal::new(1, decimals)
}

fn plain(text: &str) -> String {
    text.trim().replace("\r\n", "\n")
}

/// A change to send.
#[derive(Debug)]
pub(super) struct Patch {
    fields: Vec<Field>,
    operations: Vec<Value>,
}

impl Patch {
    /// What differs, and with a new product also what it would reset.
    pub(super) fn of(change: &AdditionChange) -> Self {
        let product = Field::Product.differs(&change.from, &change.to);
        let mut fields = Vec::new();
        let mut operations = Vec::new();
        for field in Field::ALL {
            let wanted =
                field.differs(&change.from, &change.to) || product && field.follows_product();
            if !wanted {
                continue;
            }
            match field.value(&change.to) {
                Some(value) => {
                    operations.push(json!({"op": "replace", "path": field.name(), "value": value}));
                }
                None if field == Field::CancelledDate => {
                    operations.push(json!({"op": "remove", "path": field.name()}));
                }
                None => continue,
            }
            fields.push(field);
        }
        Self { fields, operations }
    }

    /// Nothing to send.
    pub(super) fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// The body.
    pub(super) fn body(&self) -> Value {
        Value::Array(self.operations.clone())
    }

    /// Compares the answer with what was sent.
    ///
    /// # Errors
    /// A refusal with the code `answer-differs`, each field named.
    pub(super) fn check(
        &self,
        asked: &AdditionFields,
        answer: &LiveAddition,
        status: u16,
    ) -> Result<(), PsaError> {
        let differ: Vec<String> = self
            .fields
            .iter()
            .filter(|f| !f.kept(asked, answer))
            .map(|f| {
                let has = match f {
                    Field::BillCustomer => answer.bill_customer.clone(),
                    f => f.told(&answer.fields),
                };
                format!("{}: asked {}, has {}", f.name(), f.told(asked), has)
            })
            .collect();
        if differ.is_empty() {
            return Ok(());
        }
        Err(PsaError::Refused {
            status,
            problem: Problem::new(
                ProblemKind::Incomplete,
                "answer-differs",
                format!(
                    "ConnectWise accepted the change of addition {} and did not make it all: {}",
                    answer.id,
                    harmless(&differ.join("; "))
                ),
                "look at the addition in ConnectWise: what it does not let go may be invoiced or \
                 locked; put it right there, then `addendum pull` and `addendum retry`",
            ),
            raw: String::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;

    use super::*;

    fn fields() -> AdditionFields {
        AdditionFields {
            product_id: 7,
            quantity: "2".parse().unwrap(),
            unit_price: "10.50".parse().unwrap(),
            unit_cost: Some("8".parse().unwrap()),
            effective: date(2026, 11, 1),
            cancelled: Some(date(2026, 11, 30)),
            invoice_description: "Mail".into(),
        }
    }

    fn live(fields: AdditionFields) -> LiveAddition {
        LiveAddition {
            id: 1,
            agreement_id: 2,
            bill_customer: "Billable".into(),
            fields,
            ext_price: None,
            serial_number: None,
            custom_fields: BTreeMap::new(),
            raw_custom_fields: Value::Null,
            last_updated: None,
        }
    }

    fn patch(change: &dyn Fn(&mut AdditionFields)) -> (Patch, AdditionFields) {
        let mut to = fields();
        change(&mut to);
        (Patch::of(&AdditionChange { to: to.clone(), from: fields() }), to)
    }

    #[test]
    fn only_what_differs_is_sent() {
        assert!(patch(&|_| {}).0.is_empty());
        // The same number in another notation, and a cost that nobody asks for.
        assert!(patch(&|f| f.unit_price = "10.5".parse().unwrap()).0.is_empty());
        assert!(patch(&|f| f.unit_cost = None).0.is_empty());
        for (change, body) in [
            (
                patch(&|f| f.quantity = "2.50".parse().unwrap()),
                r#"[{"op":"replace","path":"quantity","value":2.50}]"#,
            ),
            (
                patch(&|f| f.cancelled = Some(date(2026, 12, 31))),
                r#"[{"op":"replace","path":"cancelledDate","value":"2026-12-31T00:00:00Z"}]"#,
            ),
            (patch(&|f| f.cancelled = None), r#"[{"op":"remove","path":"cancelledDate"}]"#),
        ] {
            assert_eq!(change.0.body().to_string(), body);
        }
    }

    #[test]
    fn a_new_product_brings_what_it_would_reset() {
        let (p, _) = patch(&|f| f.product_id = 8);
        let paths: Vec<_> = p.operations.iter().map(|o| o["path"].as_str().unwrap()).collect();
        assert_eq!(
            paths,
            ["product", "quantity", "unitPrice", "unitCost", "billCustomer", "invoiceDescription"]
        );
        assert_eq!(p.operations[0]["value"], json!({"id": 8}));
    }

    #[test]
    fn an_answer_that_differs_is_told_field_by_field() {
        let (p, to) = patch(&|f| {
            f.quantity = "3".parse().unwrap();
            f.cancelled = None;
        });
        assert!(p.check(&to, &live(to.clone()), 200).is_ok());
        let error = p.check(&to, &live(fields()), 200).unwrap_err();
        let problem = error.problem();
        assert_eq!(problem.code, "answer-differs");
        assert!(problem.message.contains("quantity: asked 3, has 2"), "{problem}");
        assert!(problem.message.contains("cancelledDate: asked none, has 2026-11-30"), "{problem}");
        // What was not asked for is not compared: that is drift, and somebody else's business.
        let mut other = to.clone();
        other.invoice_description = "edited".into();
        assert!(p.check(&to, &live(other), 200).is_ok());
    }

    #[test]
    fn a_rounded_cost_is_no_difference_and_a_rounded_price_is() {
        let (p, to) = patch(&|f| {
            f.unit_cost = Some("8.12345".parse().unwrap());
            f.unit_price = "10.505".parse().unwrap();
        });
        let mut kept = to.clone();
        kept.unit_cost = Some("8.1235".parse().unwrap());
        assert!(p.check(&to, &live(kept.clone()), 200).is_ok());
        kept.unit_price = "10.51".parse().unwrap();
        assert!(p.check(&to, &live(kept), 200).is_err());
    }
}
