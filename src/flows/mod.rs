//! Flows: store state in, plan out. Pure functions, one file a flow (design 1, 6).

use crate::domain::line::Text;
use crate::domain::mapping::{OfferMapping, OrganizationMapping};
use crate::domain::money::Currency;
use crate::domain::period::Period;
use crate::domain::plan::{MoneyRow, Plan};
use crate::domain::plan_input::PlanInput;
use crate::domain::policy::{Policy, Scope};
use crate::domain::problem::Problem;
use crate::domain::totals::LineGroup;

/// One row of the equation: organization, period and currency (design 6.10).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct EquationRow {
    /// The source's id.
    pub source: Text,
    /// The organization's id.
    pub organization: Text,
    /// Its name.
    pub organization_name: Text,
    /// The calendar month.
    pub period: Period,
    /// The money.
    #[serde(flatten)]
    pub money: MoneyRow,
}

/// Plans what puts the invoice lines in scope on their agreements.
#[expect(
    clippy::todo,
    unused_variables,
    reason = "the walls stand first; the rooms are furnished next"
)]
pub fn invoice_lines(input: &PlanInput, policy: &Policy, scope: &Scope) -> Result<Plan, Problem> {
    todo!()
}

/// The equation, from grouped lines and the mappings that decide on excluded and unmapped.
/// `exists` tells whether a company (true) or product (false) number still exists.
#[expect(
    clippy::todo,
    unused_variables,
    reason = "the walls stand first; the rooms are furnished next"
)]
pub fn equation(
    groups: &[LineGroup],
    organizations: &[OrganizationMapping],
    offers: &[OfferMapping],
    company_exists: &dyn Fn(i64) -> bool,
    product_exists: &dyn Fn(i64) -> bool,
) -> Vec<EquationRow> {
    todo!()
}

/// The equation summed by currency.
#[expect(
    clippy::todo,
    unused_variables,
    reason = "the walls stand first; the rooms are furnished next"
)]
pub fn by_currency(rows: &[EquationRow]) -> Vec<MoneyRow> {
    let _: Option<Currency> = None;
    todo!()
}
