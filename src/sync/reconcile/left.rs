//! Why a finding is left as it is.

use jiff::civil::Date;

use crate::domain::line::Text;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::psa::Agreement;

/// Up to which day ConnectWise has invoiced, where what begins on `from` is invoiced with it.
pub(super) fn invoiced(agreement: &Agreement, from: Date) -> Option<Date> {
    agreement.next_invoice.filter(|next| *next > from && !agreement.bills_once)
}

pub(super) fn refused(code: &'static str, message: String, remedy: &str) -> Problem {
    Problem::new(ProblemKind::Incomplete, code, message, remedy)
}

pub(super) fn not_known(marker: &Text) -> Problem {
    refused(
        "not-ours",
        format!("the addition {marker} is not known here"),
        "load the lines that it carries, and sync them: it is found by its marker",
    )
}
