//! Edits that people make: mappings and line choices. Every edit has an inverse, so that the
//! terminal app can undo and redo (domain.md 1.7, 1.8).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::line::{LineDates, LineId, Text};

/// One edit. Edits of Synced lines are refused by the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "snake_case")]
pub enum Edit {
    /// The candidate companies of an organization, the default first; empty clears.
    Companies {
        /// The source's id.
        source: Text,
        /// The organization's id.
        organization: Text,
        /// Companies by number.
        companies: Vec<i64>,
    },
    /// Excluded from Sync.
    Excluded {
        /// The source's id.
        source: Text,
        /// The organization's id.
        organization: Text,
        /// Yes or no.
        excluded: bool,
    },
    /// The catalog item of an offer.
    Product {
        /// The source's id.
        source: Text,
        /// The offer's id.
        offer: Text,
        /// Catalog item by number; absent clears.
        product: Option<i64>,
    },
    /// A company that is not suggested for an organization any more, or is again.
    RejectCompany {
        /// The source's id.
        source: Text,
        /// The organization's id.
        organization: Text,
        /// Company by number.
        company: i64,
        /// Whether it is rejected.
        rejected: bool,
    },
    /// A catalog item that is not suggested for an offer any more, or is again.
    RejectProduct {
        /// The source's id.
        source: Text,
        /// The offer's id.
        offer: Text,
        /// Catalog item by number.
        product: i64,
        /// Whether it is rejected.
        rejected: bool,
    },
    /// The agreement remembered for a contract and a company.
    Contract {
        /// The source's id.
        source: Text,
        /// The contract's id.
        contract: Text,
        /// The agreement's company.
        company: i64,
        /// Agreement by number; absent forgets.
        agreement: Option<i64>,
    },
    /// A line's own company.
    LineCompany {
        /// The line.
        line: LineId,
        /// Company by number; absent: the organization's default.
        company: Option<i64>,
    },
    /// A line's own catalog item.
    LineProduct {
        /// The line.
        line: LineId,
        /// Catalog item by number; absent: the offer's.
        product: Option<i64>,
    },
    /// A line's own agreement.
    LineAgreement {
        /// The line.
        line: LineId,
        /// Agreement by number; absent: by rule.
        agreement: Option<i64>,
    },
    /// Post a superseded line once.
    LinePostOnce {
        /// The line.
        line: LineId,
        /// Yes or no.
        post_once: bool,
    },
    /// A typed start: becomes User Updated.
    LineStart {
        /// The line.
        line: LineId,
        /// The day.
        start: Date,
    },
    /// A typed end: becomes User Updated; absent asks for an open end.
    LineEnd {
        /// The line.
        line: LineId,
        /// The day.
        end: Option<Date>,
    },
    /// Both dates with their badges as they were: the inverse of the two above.
    LineDates {
        /// The line.
        line: LineId,
        /// The dates.
        dates: LineDates,
    },
}
