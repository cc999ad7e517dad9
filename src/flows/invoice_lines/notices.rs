//! Things worth a word that stop nothing: each once for the whole plan, with how many lines it
//! concerns.

use crate::domain::line::Line;
use crate::domain::plan::Reason;

use super::reason;

/// How many lines a notice names; the rest are counted.
const NAMED: usize = 10;

/// What is told at the end.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Lines whose invoices are not verified.
    pub unverified: u64,
    /// Additions that ConnectWise will prorate.
    pub prorated: u64,
    /// Additions posted once that live in more than one billing period.
    pub spanning: u64,
    /// Lines whose bill says only our cost, posted as billed.
    pub at_cost: u64,
    /// Posted lines that the source no longer has.
    pub withdrawn: u64,
    superseded: u64,
    superseded_keys: Vec<String>,
}

impl Told {
    /// A recurring line that is older than what its addition shows (design 6.3).
    pub(super) fn superseded(&mut self, line: &Line) {
        self.superseded += 1;
        if self.superseded_keys.len() < NAMED {
            self.superseded_keys.push(crate::domain::text::harmless(&line.key));
        }
    }

    /// The notices, in a fixed order.
    pub(super) fn notices(&self) -> Vec<Reason> {
        let mut out = Vec::new();
        if self.unverified > 0 {
            out.push(reason(
                "unverified",
                format!(
                    "{} wait: their invoices are not Verified, Issued or Paid",
                    lines(self.unverified)
                ),
            ));
        }
        if self.withdrawn > 0 {
            out.push(reason(
                "withdrawn",
                format!(
                    "{} posted, and no longer at the source: their money stays in the PSA until \
                     their run is taken back (`addendum undo RUN --credit`) or somebody credits them",
                    lines(self.withdrawn)
                ),
            ));
        }
        if self.superseded > 0 {
            let more = self.superseded - self.superseded_keys.len() as u64;
            let mut named = self.superseded_keys.join(", ");
            if more > 0 {
                named.push_str(&format!(" and {more} more"));
            }
            out.push(reason(
                "superseded",
                format!(
                    "{} older than what their recurring additions show: {named}; post one as an \
                     addition of its own with `addendum map set line ID --post-once yes`",
                    lines(self.superseded)
                ),
            ));
        }
        if self.at_cost > 0 {
            out.push(reason(
                "sold-at-cost",
                format!(
                    "{} posted at what we pay ourselves: the bill has no selling price, and no \
                     price rule gives one (billing.price)",
                    lines(self.at_cost)
                ),
            ));
        }
        if self.prorated > 0 {
            out.push(reason(
                "agreement-prorates",
                format!(
                    "{} on agreements that prorate cover a part of a billing period: ConnectWise \
                     bills a share of them, and a charge that the source has prorated already is \
                     prorated twice",
                    lines(self.prorated)
                ),
            ));
        }
        if self.spanning > 0 {
            out.push(reason(
                "spans-billing-periods",
                format!(
                    "{} posted once live in more than one billing period by a rule or a typed end: \
                     ConnectWise bills them in each",
                    lines(self.spanning)
                ),
            ));
        }
        out
    }
}

fn lines(n: u64) -> String {
    if n == 1 { "1 line".into() } else { format!("{n} lines") }
}
