//! Things worth a word that stop nothing: each once for the whole plan, with how many lines it
//! concerns.

use rust_decimal::Decimal;

use crate::domain::line::Line;
use crate::domain::money;
use crate::domain::plan::Reason;
use crate::domain::problem::Problem;
use crate::domain::text::harmless;

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
    superseded: Named,
    without_cents: Named,
    /// What stands against the first of those cents.
    against_cents: Option<Problem>,
}

/// Lines of which the first are named.
#[derive(Debug, Default)]
struct Named {
    lines: u64,
    first: Vec<String>,
}

impl Named {
    fn add(&mut self, name: String) {
        self.lines += 1;
        if self.first.len() < NAMED {
            self.first.push(name);
        }
    }

    fn names(&self) -> String {
        let named = self.first.join(", ");
        match self.lines - self.first.len() as u64 {
            0 => named,
            more => format!("{named} and {more} more"),
        }
    }
}

impl Told {
    /// A recurring line that is older than what its addition shows (design 6.3).
    pub(super) fn superseded(&mut self, line: &Line) {
        self.superseded.add(harmless(&line.key));
    }

    /// A posted line whose missing cents cannot be posted.
    pub(super) fn without_cents(&mut self, line: &Line, cents: Option<Decimal>, why: Problem) {
        let cents = money::text(cents.unwrap_or_default());
        self.without_cents.add(format!("{} ({cents} {})", harmless(&line.key), line.currency));
        self.against_cents.get_or_insert(why);
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
        if let Some(why) = &self.against_cents {
            out.push(reason(
                "cents-missing",
                format!(
                    "{} posted without the cents that quantity x unit price leaves out: {}; {}: {}",
                    lines(self.without_cents.lines),
                    self.without_cents.names(),
                    why.message,
                    why.remedy
                ),
            ));
        }
        if self.superseded.lines > 0 {
            out.push(reason(
                "superseded",
                format!(
                    "{} older than what their recurring additions show: {}; post one as an \
                     addition of its own with `addendum map set line ID --post-once yes`",
                    lines(self.superseded.lines),
                    self.superseded.names()
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
