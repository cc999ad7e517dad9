//! What some bills tell beside the fields of the canonical line: kept by the store in tables of
//! their own, so that a line without any of it costs nothing.

use serde::{Deserialize, Serialize};

use super::line::Text;

/// Side fields of a line, as a source gives them. All of them are optional; none of them moves
/// money by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LineExtra {
    /// Lines of one organization that share it belong to one event, such as the refund and the
    /// recharge of a seat change.
    pub event_id: Option<Box<str>>,
    /// What the bill is: `Invoice`, `Credit Note`, ... in the source's words.
    pub document_type: Option<Box<str>>,
    /// The invoice number that this document corrects.
    pub amends: Option<Box<str>>,
    /// The organization's internet domain: a stable key of it, lower case.
    pub organization_domain: Option<Box<str>>,
    /// The organization's tenant id: a stable key of it, lower case.
    pub organization_tenant: Option<Box<str>>,
    /// The reference that our own people gave the organization at the source, such as its number
    /// in the PSA.
    pub organization_reference: Option<Box<str>>,
    /// Further ids and part numbers of the offer, most telling first.
    pub offer_keys: Vec<Box<str>>,
    /// The bill says what we pay and no selling price: `unit_cost` and `total` are our cost.
    pub cost_only: bool,
    /// What the line is counted as where two bills can hold the same money, such as
    /// `azure/monthly` and `azure/daily`: two lines of one invoice and organization that agree
    /// before the slash and differ behind it are the same money twice.
    pub counted_as: Option<Box<str>>,
    /// The rows that the line sums up, where it does.
    pub rows: Option<RowSet>,
}

/// A set of rows, told by their number and a digest that does not depend on their order: equal
/// sets have equal digests, and a set in which a row was changed has another one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowSet {
    /// How many.
    pub count: u64,
    /// The sum of the rows' digests.
    pub digest: u128,
}

impl RowSet {
    /// Adds a row by its digest. The same row twice is not the same as once.
    pub fn add(&mut self, digest: [u8; 16]) {
        self.count += 1;
        self.digest = self.digest.wrapping_add(u128::from_le_bytes(digest));
    }
}

impl LineExtra {
    /// What the store keeps with the line itself; the organization's and the offer's keys go to
    /// those.
    pub fn side(&self) -> LineSide {
        let text = |t: &Option<Box<str>>| t.as_deref().map(Text::from);
        LineSide {
            event_id: text(&self.event_id),
            document_type: text(&self.document_type),
            amends: text(&self.amends),
            counted_as: text(&self.counted_as),
            cost_only: self.cost_only,
        }
    }
}

/// The side fields of a stored line, shared by all lines that have the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct LineSide {
    /// See [`LineExtra::event_id`].
    pub event_id: Option<Text>,
    /// See [`LineExtra::document_type`].
    pub document_type: Option<Text>,
    /// See [`LineExtra::amends`].
    pub amends: Option<Text>,
    /// See [`LineExtra::counted_as`].
    pub counted_as: Option<Text>,
    /// See [`LineExtra::cost_only`].
    pub cost_only: bool,
}

impl LineSide {
    /// Whether it says anything.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_rows_knows_no_order_but_every_row() {
        let set = |rows: &[u8]| {
            let mut set = RowSet::default();
            rows.iter().for_each(|r| set.add([*r; 16]));
            set
        };
        assert_eq!(set(&[1, 2, 3]), set(&[3, 1, 2]));
        assert_ne!(set(&[1, 2, 3]), set(&[1, 2, 3, 3]));
        assert_ne!(set(&[1, 2, 3]), set(&[1, 2, 4]));
    }
}
