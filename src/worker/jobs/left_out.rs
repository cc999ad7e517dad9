//! The lines that a plan leaves out as unmapped, by name: what the System Logs warn of.

use std::collections::HashSet;

use super::run_log::NAMED;
use crate::domain::plan_input::PlanInput;
use crate::domain::policy::Scope;
use crate::domain::status::PsaStatus;
use crate::worker::mapping_view::{company_usable, product_usable};

/// The first unmapped lines in scope, by key, each with what it lacks.
pub(super) fn unmapped(input: &PlanInput, scope: &Scope) -> Vec<(String, String)> {
    let mut named = Vec::new();
    let asked: HashSet<&str> = scope.lines.iter().map(String::as_str).collect();
    for line in &input.lines {
        if named.len() == NAMED {
            break;
        }
        if line.posted.is_some()
            || (scope.failed_only && line.psa_status != PsaStatus::Error)
            || !(scope.periods.is_empty() || scope.periods.contains(&line.period))
            || !(asked.is_empty() || asked.contains(&*line.key))
        {
            continue;
        }
        let organization =
            input.organizations.get(&(line.source.clone(), line.organization_id.clone()));
        if organization.is_none_or(|o| o.excluded) {
            continue;
        }
        let company =
            line.choice.company.or(organization.and_then(|o| o.companies.first().copied()));
        let offer = input.offers.get(&(line.source.clone(), line.offer_id.clone()));
        let product = line.choice.product.or(offer.and_then(|o| o.product));
        let company_there =
            company.and_then(|c| input.companies.get(&c)).is_some_and(company_usable);
        let product_there =
            product.and_then(|p| input.products.get(&p)).is_some_and(product_usable);
        let what = match (company_there, product_there) {
            (true, true) => continue,
            (false, true) => format!("{} has no company", line.organization_name),
            (true, false) => format!("{} has no product", line.offer_name),
            (false, false) => {
                format!("{} has no company, {} no product", line.organization_name, line.offer_name)
            }
        };
        named.push((line.key.to_string(), what));
    }
    named
}
