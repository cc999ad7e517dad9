//! Approvals: put on record and looked up in the audit journal.

use serde_json::json;

use super::person::who;
use crate::domain::approval::{Approval, Matter, may_approve, may_carry_out};
use crate::domain::audit::AuditKind;
use crate::domain::problem::Problem;
use crate::store::Store;
use crate::sync::fault;

/// Puts on record that a plan was saved: whoever did is its maker.
///
/// # Errors
/// The store cannot be written.
pub async fn made(store: &Store, plan: &str, digest: &str) -> Result<(), Problem> {
    let of = Matter::Plan(digest.to_owned()).told();
    let body = json!({ "of": of, "plan": plan });
    store.acting_as(who()).await.map_err(fault)?;
    store.witness(AuditKind::PlanMade, body).await.map_err(fault)
}

/// Whether the person at the keyboard may approve a matter.
///
/// # Errors
/// See [`may_approve`].
pub async fn check(store: &Store, matter: &Matter) -> Result<(), Problem> {
    let makers = store.said_of(AuditKind::PlanMade, &matter.told()).await.map_err(fault)?;
    may_approve(matter, &makers, who())
}

/// Puts the approval of the person at the keyboard on record.
///
/// # Errors
/// See [`may_approve`]; the store cannot be written.
pub async fn approve(store: &Store, matter: &Matter) -> Result<(), Problem> {
    check(store, matter).await?;
    store.acting_as(who()).await.map_err(fault)?;
    store.witness(AuditKind::Approved, json!({ "of": matter.told() })).await.map_err(fault)
}

/// Whether a matter may be carried out under a rule.
///
/// # Errors
/// See [`may_carry_out`].
pub(super) async fn required(
    store: &Store,
    rule: Approval,
    matter: &Matter,
) -> Result<(), Problem> {
    if rule == Approval::Off {
        return Ok(());
    }
    let of = matter.told();
    let makers = store.said_of(AuditKind::PlanMade, &of).await.map_err(fault)?;
    let approvers = store.said_of(AuditKind::Approved, &of).await.map_err(fault)?;
    may_carry_out(matter, &makers, &approvers, who())
}
