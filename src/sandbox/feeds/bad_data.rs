//! Data that is not as one would wish, switched on with `bad_data` among the faults.

use serde::{Deserialize, Serialize};

/// A way in which a distributor's data is awkward or wrong. Without any, everything can be loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BadData {
    /// Items come without an id of their own, as in Pax8's published example.
    MissingIds,
    /// A period's end is the day after its last, as in older examples.
    ExclusiveEnds,
    /// Periods from which nobody can tell which kind of end they have.
    AmbiguousEnds,
    /// Credits come as positive amounts: the item's type alone says that they are credits.
    PositiveCredits,
    /// An invoice's total is a cent off the sum of its items.
    WrongTotals,
    /// Every page is the first one.
    CircularPages,
    /// A list grows between two pages.
    GrowingLists,
    /// A token is good for three requests.
    ShortTokens,
    /// Tokens are refused as soon as they are given.
    DeadTokens,
    /// The vendor bills some of the customers directly.
    BilledByVendor,
    /// Fields that may be null are null, and some credits belong to no customer.
    Nulls,
    /// A charge of a type that no document names.
    UnknownTypes,
    /// Numbers with all digits of a binary float: 4.7600000000000001e1.
    FloatNoise,
    /// Redirects to another host in place of data.
    Redirects,
    /// A page of HTML in place of data, with the status 200.
    HtmlPages,
    /// A field that must be there is not.
    MissingFields,
}
