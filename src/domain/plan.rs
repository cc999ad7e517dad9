//! A plan: everything that a run would do to the PSA, with the money that each action moves and
//! why (design 1). It is a value: saved, read, compared, approved and applied later.

use std::borrow::Cow;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::addition::{AdditionFields, Subject};
use super::guard::Warning;
use super::line::{LineId, Text};
use super::money::Currency;
use super::period::Period;
use super::price::SalesRow;
use super::problem::Problem;

/// What an action does to one PSA record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActionKind {
    /// A new agreement of the default type.
    CreateAgreement,
    /// A new addition.
    Create,
    /// Fields of an addition change.
    Update,
    /// An addition gets its end (auto-cancel).
    Cancel,
    /// An addition is deleted (undo).
    Delete,
    /// An agreement that Addendum created is deleted (undo).
    DeleteAgreement,
}

/// The agreement that an action works on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgreementTarget {
    /// It exists.
    Existing(i64),
    /// The plan's [`ActionKind::CreateAgreement`] for this company and currency makes it.
    New {
        /// PSA company.
        company: i64,
        /// Currency of the lines.
        currency: Currency,
    },
}

/// What a new agreement gets (design 6.2). What is not here comes from the type's defaults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementFields {
    /// Its name, at most 100 characters.
    pub name: String,
    /// Type number.
    pub type_id: i64,
    /// Company number.
    pub company_id: i64,
    /// Contact number.
    pub contact_id: i64,
    /// First day; the billing start is the same (ConnectWise would drift it by a day).
    pub start: Date,
    /// Currency.
    pub currency: Currency,
    /// Location number.
    pub location_id: Option<i64>,
    /// Department number.
    pub department_id: Option<i64>,
    /// Billing cycle number.
    pub billing_cycle_id: Option<i64>,
    /// ConnectWise's own words copied from the type, such as `employeeCompRate`.
    pub defaults: std::collections::BTreeMap<String, String>,
}

/// Why an action is as it is, for people and for scripts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// A stable kebab-case word, such as `start-moved`.
    pub code: Cow<'static, str>,
    /// One sentence.
    pub text: Cow<'static, str>,
}

/// The reasons of an action, mostly one.
pub type Reasons = SmallVec<[Reason; 1]>;

/// One write to one PSA record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// Position in the plan, from 0.
    pub id: u32,
    /// What it does.
    pub kind: ActionKind,
    /// PSA company.
    pub company_id: i64,
    /// Its name, for people.
    pub company: Text,
    /// Agreement it works on. For [`ActionKind::CreateAgreement`] the one it makes.
    pub agreement: AgreementTarget,
    /// The agreement's name, for people.
    pub agreement_name: Text,
    /// The addition, where it exists already.
    pub addition_id: Option<i64>,
    /// The marker; absent for agreements.
    pub marker: Option<Text>,
    /// What the addition stands for; absent for agreements.
    pub subject: Option<Subject>,
    /// Keys of the lines that it settles.
    pub lines: SmallVec<[Text; 2]>,
    /// Store numbers of the same lines; not part of a saved plan.
    #[serde(skip)]
    pub line_ids: SmallVec<[LineId; 2]>,
    /// The period whose values the addition shows afterwards.
    pub period: Option<Period>,
    /// The fields before, as the store knows them.
    pub before: Option<Box<AdditionFields>>,
    /// The fields after.
    pub after: Option<AdditionFields>,
    /// The fields of a new agreement.
    pub new_agreement: Option<Box<AgreementFields>>,
    /// The money of the lines that it settles.
    #[serde(with = "super::money::as_text")]
    pub amount: Decimal,
    /// Currency of `amount`.
    pub currency: Currency,
    /// What each of `lines` is sold for, in their order, where a price rule says so; empty: their
    /// own totals.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "super::money::as_texts")]
    pub sold: Vec<Decimal>,
    /// Why.
    pub reasons: Reasons,
}

impl Action {
    /// Whether it is the missing cents of a line, which another addition bills.
    pub fn carries_cents(&self) -> bool {
        self.cents_of().is_some()
    }

    /// The line whose missing cents it is.
    pub fn cents_of(&self) -> Option<&Text> {
        match &self.subject {
            Some(Subject::Rounding { key, .. }) => Some(key),
            _ => None,
        }
    }

    /// Whether its addition follows a subscription from one period to the next.
    pub fn is_recurring(&self) -> bool {
        self.subject.as_ref().is_some_and(Subject::is_recurring)
    }

    /// What customers pay for its lines.
    pub fn customers_amount(&self) -> Decimal {
        if self.sold.is_empty() {
            return self.amount;
        }
        self.sold.iter().copied().fold(Decimal::ZERO, Decimal::saturating_add)
    }

    /// What a price rule sells one of the lines for.
    pub fn sold_for(&self, line: &str) -> Option<Decimal> {
        let at = self.lines.iter().position(|l| **l == *line)?;
        self.sold.get(at).copied()
    }
}

/// Lines of a plan that belong to one event, for people (the actions have each of them).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanEvent {
    /// What happened, such as "10 to 12 seats on 20 Jun, +18.81".
    pub text: String,
    /// What is charged, such as the subscription's name.
    pub what: Text,
    /// PSA company, for people.
    pub company: Text,
    /// The lines.
    pub lines: Vec<Text>,
    /// The actions that settle them, by their position in the plan.
    pub actions: Vec<u32>,
    /// What they come to for the customer.
    #[serde(with = "super::money::as_text")]
    pub amount: Decimal,
    /// Currency of `amount`.
    pub currency: Currency,
}

/// How many of what (design 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Additions created.
    pub create: u64,
    /// Additions updated.
    pub update: u64,
    /// Additions cancelled.
    pub cancel: u64,
    /// Lines that are posted already, or whose addition needs no change.
    pub unchanged: u64,
    /// Lines without company or product.
    pub skipped_unmapped: u64,
    /// Lines of excluded organizations.
    pub skipped_excluded: u64,
    /// Lines that were refused.
    pub failed: u64,
    /// Agreements created.
    pub create_agreement: u64,
    /// Mapped lines that wait: not verified, or superseded.
    pub waiting: u64,
}

/// The equation of design 6.10 for one currency:
/// `source = posted + excluded + unmapped + failed + open + revisions`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyRow {
    /// The currency.
    pub currency: Currency,
    /// The source's total.
    #[serde(with = "super::money::as_text")]
    pub source: Decimal,
    /// Posted.
    #[serde(with = "super::money::as_text")]
    pub posted: Decimal,
    /// Of excluded organizations.
    #[serde(with = "super::money::as_text")]
    pub excluded: Decimal,
    /// Without company or product.
    #[serde(with = "super::money::as_text")]
    pub unmapped: Decimal,
    /// Refused.
    #[serde(with = "super::money::as_text")]
    pub failed: Decimal,
    /// Mapped and not posted yet, unverified, or superseded.
    #[serde(with = "super::money::as_text")]
    pub open: Decimal,
    /// What posted lines have changed by since.
    #[serde(with = "super::money::as_text")]
    pub revisions: Decimal,
}

impl MoneyRow {
    /// A row of zeros.
    pub fn zero(currency: Currency) -> Self {
        let z = Decimal::ZERO;
        Self {
            currency,
            source: z,
            posted: z,
            excluded: z,
            unmapped: z,
            failed: z,
            open: z,
            revisions: z,
        }
    }

    /// Whether the equation holds.
    pub fn holds(&self) -> bool {
        let sides = [self.excluded, self.unmapped, self.failed, self.open, self.revisions];
        self.source == sides.into_iter().fold(self.posted, Decimal::saturating_add)
    }

    /// Adds another row's money. Sums beyond the largest decimal stay there: a bill of that size
    /// is refused when it is loaded.
    pub fn add(&mut self, other: &Self) {
        for (sum, more) in [
            (&mut self.source, other.source),
            (&mut self.posted, other.posted),
            (&mut self.excluded, other.excluded),
            (&mut self.unmapped, other.unmapped),
            (&mut self.failed, other.failed),
            (&mut self.open, other.open),
            (&mut self.revisions, other.revisions),
        ] {
            *sum = sum.saturating_add(more);
        }
    }
}

/// A line that could not be planned or posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineProblem {
    /// The line's key.
    pub line: Text,
    /// The store's number.
    #[serde(skip)]
    pub line_id: Option<LineId>,
    /// What is wrong, and the remedy.
    #[serde(flatten)]
    pub problem: Problem,
}

/// A line that needs no write because its addition already says the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// The store's number.
    pub line_id: LineId,
    /// The line's key.
    pub line: Text,
    /// Marker of the addition that covers it.
    pub marker: Text,
    /// The line's period.
    pub period: Period,
    /// The line's money.
    #[serde(with = "super::money::as_text")]
    pub amount: Decimal,
    /// What a price rule sells it for.
    #[serde(default)]
    pub sold: Option<Decimal>,
}

/// What a plan rests on, as digests: when one differs at apply time the plan is refused with
/// exit 7 (design 7).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Basis {
    /// The lines in scope: content, dates, choices, statuses.
    pub lines: String,
    /// The mappings and PSA records that those lines use.
    pub mappings: String,
    /// The settings that rules read.
    pub settings: String,
    /// The agreements and additions that the actions work on.
    pub psa: String,
}

/// Everything that a run would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// `addendum/plan/1`.
    pub schema: String,
    /// The plan's id: a digest of its actions and basis.
    pub run: String,
    /// The day it was made for, in the profile's time zone.
    pub today: Date,
    /// The periods in scope.
    pub periods: Vec<Period>,
    /// The lines that were asked for by key; empty: all of the periods.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_lines: Vec<String>,
    /// How many of what.
    pub counts: Counts,
    /// The equation as it stands before the run, per currency.
    pub money: Vec<MoneyRow>,
    /// Lines that are refused. A saved plan has them for people to read; what kind of problem each
    /// is, is not in it, so that they do not come back.
    #[serde(skip_deserializing)]
    pub errors: Vec<LineProblem>,
    /// The writes, in the order in which they may be made.
    pub actions: Vec<Action>,
    /// Lines that become Synced without a write.
    #[serde(skip)]
    pub settled: Vec<Settled>,
    /// Lines that are older than what their recurring additions show (design 6.3).
    #[serde(skip)]
    pub superseded: Vec<LineId>,
    /// Things worth a word that stop nothing: a partial period, superseded lines, prorating twice.
    pub notices: Vec<Reason>,
    /// Lines that somebody should look at before they are posted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// Lines that belong together, told as one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<PlanEvent>,
    /// What the lines that are posted, or would be, cost us and are sold for, per currency; lines
    /// whose bill says no cost are not in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sales: Vec<SalesRow>,
    /// Auto-cancel is `ask` and there are cancels: a run needs a confirmation for them.
    pub cancels_need_consent: bool,
    /// What it rests on.
    pub basis: Basis,
    /// The system user who saved it, for people; the audit journal knows it for certain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_by: Option<String>,
    /// The digest of the file that it was read from, by which it is approved.
    #[serde(skip)]
    pub file: Option<String>,
}
