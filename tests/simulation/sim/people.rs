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

    /// What the network made twice is told by reconcile, and restored: the copies go. What may not be
    /// deleted, or is not known here, a person takes away.
    pub(super) async fn one_of_each_doubled(&mut self, process: &Process) -> Verdict {
        let made_twice = self.network.doubled();
        if made_twice.is_empty() {
            return Ok(());
        }
        self.one_new_agreement();
        let told = |e: &dyn std::fmt::Display| format!("the store refuses: {e}");
        let own = process.store.own_additions().await.map_err(|e| told(&e))?;
        let findings = process.reconcile().await.map_err(|e| told(&e))?.findings;
        let twice: Vec<_> = oracle::ours(&self.network)
            .into_iter()
            .filter(|(marker, all)| all.len() > 1 && made_twice.contains(marker))
            .collect();
        for (marker, all) in &twice {
            let known = own.iter().any(|o| *o.marker == **marker && !o.gone);
            if known && !findings.doubled.iter().any(|f| f.marker == *marker) {
                return Err(format!("UNTOLD: {marker} is there twice, and reconcile is silent"));
            }
            self.made_twice += all.len() as u64 - 1;
        }
        let names: Vec<_> = findings.doubled.iter().map(|f| f.marker.clone()).collect();
        let left = if names.is_empty() { Vec::new() } else { process.restore(&names).await? };
        for (marker, _) in twice {
            let known = own.iter().find(|o| *o.marker == *marker && !o.gone);
            let known = |id: i64| known.is_some_and(|o| o.addition_id == id);
            let all = oracle::ours(&self.network).remove(&marker).unwrap_or_default();
            if names.contains(&marker) && !left.contains(&marker) {
                let ids: Vec<i64> = all.iter().map(|a| a.id).collect();
                if !matches!(ids.as_slice(), [one] if known(*one)) {
                    return Err(format!("TWICE: {marker} was restored, and stands on {ids:?}"));
                }
                self.taken_away += 1;
                continue;
            }
            let kept = all.iter().find(|a| known(a.id)).unwrap_or(&all[0]).id;
            for addition in all.iter().filter(|a| a.id != kept) {
                self.network.psa.inspect().delete_addition(addition.id);
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
        if ids.is_empty() {
            return;
        }
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
