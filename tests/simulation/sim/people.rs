//! What people do in the PSA meanwhile.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::bill::month;
use super::oracle::{self, Verdict};
use super::process::Process;
use super::story::{Act, Story};

impl Story<'_> {
    /// Two machines that both needed a new agreement made one each: a person cancels the younger,
    /// and takes away what is on it.
    pub(super) fn one_new_agreement(&mut self) {
        let inspect = self.network.psa.inspect();
        let known = |id: i64| self.stage.records.agreements.iter().any(|a| a.id == id);
        let mut kept = BTreeSet::new();
        for agreement in inspect.agreements() {
            let own = self.bill.organizations.iter();
            if known(agreement.id)
                || !own.map(|o| o.customer.company).any(|c| c == agreement.company_id)
                || kept.insert(agreement.company_id)
            {
                continue;
            }
            for addition in inspect.additions_of(agreement.id) {
                self.touched.extend(oracle::marker(&addition).map(str::to_owned));
                inspect.delete_addition(addition.id);
            }
            inspect.edit_agreement(agreement.id, |a| a.cancelled = true);
            self.invoiced = true;
        }
    }

    /// What the network made twice is told by reconcile, and a person takes the second one away.
    pub(super) async fn one_of_each_doubled(&mut self, process: &Process) -> Verdict {
        let made_twice = self.network.doubled();
        if made_twice.is_empty() {
            return Ok(());
        }
        self.one_new_agreement();
        let told = |e: &dyn std::fmt::Display| format!("the store refuses: {e}");
        let own = process.store.own_additions().await.map_err(|e| told(&e))?;
        let findings = process.reconcile().await.map_err(|e| told(&e))?;
        let inspect = self.network.psa.inspect();
        for (marker, all) in oracle::ours(&self.network) {
            if all.len() < 2 || !made_twice.contains(&marker) {
                continue;
            }
            let own = own.iter().find(|o| *o.marker == *marker && !o.gone);
            let found = findings.doubled.iter().any(|f| f.marker == marker);
            if own.is_some() && !found {
                return Err(format!("UNTOLD: {marker} is there twice, and reconcile is silent"));
            }
            self.made_twice += 1;
            let known = |id: i64| own.is_some_and(|o| o.addition_id == id);
            let kept = all.iter().find(|a| known(a.id)).unwrap_or(&all[0]).id;
            for addition in all.iter().filter(|a| a.id != kept) {
                inspect.delete_addition(addition.id);
            }
        }
        Ok(())
    }

    pub(super) fn person_on_ours(&mut self, act: Act) {
        let ours: Vec<(String, i64)> = oracle::ours(&self.network)
            .into_iter()
            .flat_map(|(marker, all)| all.into_iter().map(move |a| (marker.clone(), a.id)))
            .collect();
        if ours.is_empty() {
            return;
        }
        let (marker, id) = self.chance.pick(&ours).clone();
        self.touched.insert(marker);
        let inspect = self.network.psa.inspect();
        if act == Act::DeletesOurs {
            inspect.delete_addition(id);
            return;
        }
        let what = self.chance.below(3);
        inspect.edit_addition(id, |a| match what {
            0 => a.quantity += Decimal::ONE,
            1 => a.unit_price += Decimal::new(1, 2),
            _ => a.invoice_description.push_str(" (seen)"),
        });
    }

    pub(super) fn person_on_foreign(&mut self) {
        let ids: Vec<i64> = self.foreign.keys().copied().collect();
        let id = *self.chance.pick(&ids);
        let inspect = self.network.psa.inspect();
        inspect.edit_addition(id, |a| a.quantity += Decimal::ONE);
        self.foreign = oracle::foreign(&self.network);
    }

    /// ConnectWise invoices a month of one agreement.
    pub(super) fn invoice(&mut self) {
        self.invoiced = true;
        let inspect = self.network.psa.inspect();
        let companies: Vec<i64> =
            self.bill.organizations.iter().map(|o| o.customer.company).collect();
        let company = *self.chance.pick(&companies);
        let until = month(1 + self.chance.below(2) as usize).first_day();
        for agreement in inspect.agreements_of(company).iter().filter(|a| !a.bills_once) {
            inspect.invoice_until(agreement.id, until);
        }
    }
}
