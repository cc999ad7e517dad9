//! The index itself: a few bytes a line in columns, and what their codes stand for.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use rust_decimal::Decimal;

use super::super::error::StoreError;
use super::Column;
use super::codes::Codes;
use super::numbering::Numbering;
use super::numbers::{Numbers, Sum};
use crate::domain::charge_type::ChargeType;
use crate::domain::invoice_status::InvoiceStatus;
use crate::domain::line::DateBadge;
use crate::domain::line_choice::LineChoice;
use crate::domain::money::Currency;
use crate::domain::status::{MappingStatus, PsaStatus};

/// No value.
pub(super) const NONE: u32 = u32::MAX;

/// All lines of some periods, in order of their numbers: about 16 bytes a line, of which an index
/// made after an edit or a run shares those columns that say the same.
#[derive(Default)]
pub struct Index {
    pub(super) numbering: Numbering,
    pub(super) customers: Arc<Codes>,
    pub(super) items: Arc<Codes>,
    pub(super) subscriptions: Arc<Codes>,
    pub(super) invoices: Arc<Codes>,
    pub(super) flags: Arc<Codes>,
    /// Positions in `days`.
    pub(super) starts: Arc<Codes>,
    pub(super) ends: Arc<Codes>,
    /// Each day that occurs once, YYYYMMDD; 0: open.
    pub(super) days: Vec<i32>,
    pub(super) amounts: Arc<Numbers>,
    pub(super) quantities: OnceLock<Arc<Numbers>>,
    pub(super) prices: OnceLock<Arc<Numbers>>,
    pub(super) costs: OnceLock<Arc<Numbers>>,
    /// What lines cost, are sold for, and what is left, worked out when it is asked for.
    pub(super) worked_out: OnceLock<[Arc<Numbers>; 3]>,
    /// Place of each row in the order of the keys.
    pub(super) keys: OnceLock<Vec<u32>>,
    pub(super) choices: HashMap<u32, LineChoice>,
    /// Row to position in `errors`.
    pub(super) failed: HashMap<u32, u32>,
    pub(super) errors: Texts,
    pub(super) customer: Customers,
    pub(super) item: Items,
    pub(super) subscription: Subscriptions,
    pub(super) invoice: Invoices,
    pub(super) psa: Psa,
}

/// Status, charge type, badges, whether a choice was made and whether it was revised, in 11 bits.
#[derive(Clone, Copy)]
pub(super) struct Flags(pub u32);

/// The greatest flags.
pub(super) const ALL_FLAGS: u32 = (1 << 11) - 1;

impl Flags {
    pub(super) fn new(
        status: i64,
        charge_type: i64,
        badges: i64,
        chosen: bool,
        revised: bool,
    ) -> Self {
        let bits = (status & 3) | (charge_type & 7) << 2 | (badges & 15) << 5;
        Self(bits as u32 | u32::from(chosen) << 9 | u32::from(revised) << 10)
    }
    pub(super) fn status(self) -> u32 {
        self.0 & 3
    }
    pub(super) fn charge_type(self) -> u32 {
        self.0 >> 2 & 7
    }
    pub(super) fn start_badge(self) -> u32 {
        (self.0 >> 5 & 15) % 3
    }
    pub(super) fn end_badge(self) -> u32 {
        (self.0 >> 5 & 15) / 3
    }
    fn chosen(self) -> bool {
        self.0 >> 9 & 1 == 1
    }
    fn revised(self) -> bool {
        self.0 >> 10 & 1 == 1
    }
}

/// Texts by position, in one piece of memory, with their alphabetical order.
#[derive(Default)]
pub(super) struct Texts {
    bytes: String,
    ends: Vec<u32>,
    ranks: Vec<u32>,
}

impl Texts {
    /// Puts a text at a position; positions come in ascending order, gaps are empty.
    pub(super) fn put(&mut self, at: usize, text: &str) {
        while self.ends.len() < at {
            self.ends.push(self.bytes.len() as u32);
        }
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len() as u32);
    }

    pub(super) fn push(&mut self, text: &str) -> u32 {
        self.put(self.ends.len(), text);
        self.ends.len() as u32 - 1
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, at: u32) -> &str {
        let at = at as usize;
        let Some(&end) = self.ends.get(at) else { return "" };
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.bytes[start as usize..end as usize]
    }

    /// Works out the order, letters large and small alike.
    pub(super) fn rank(&mut self) {
        let mut order: Vec<(String, u32)> =
            (0..self.len() as u32).map(|at| (self.get(at).to_lowercase(), at)).collect();
        order.sort_unstable();
        self.ranks = vec![0; order.len()];
        let mut rank = 0;
        for (n, (text, at)) in order.iter().enumerate() {
            // Equal texts share a rank, so that the next level of a sort decides.
            if n > 0 && order[n - 1].0 != *text {
                rank += 1;
            }
            self.ranks[*at as usize] = rank;
        }
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    pub(super) fn rank_of(&self, at: u32) -> u32 {
        if self.get(at).is_empty() {
            NONE
        } else {
            self.ranks.get(at as usize).copied().unwrap_or(NONE)
        }
    }
}

#[derive(Default)]
pub(super) struct Customers {
    pub names: Texts,
    pub organizations: Vec<u32>,
    pub excluded: Vec<bool>,
    /// Default company of each organization, as a position in [`Psa::companies`].
    pub companies: Vec<u32>,
}

#[derive(Default)]
pub(super) struct Items {
    pub names: Texts,
    pub offers: Vec<u32>,
    /// Catalog item of each offer, as a position in [`Psa::products`].
    pub products: Vec<u32>,
}

#[derive(Default)]
pub(super) struct Subscriptions {
    pub names: Texts,
    pub contracts: Vec<u32>,
    pub contract_names: Texts,
    pub cycles: Vec<u32>,
    pub cycle_names: Texts,
}

#[derive(Default)]
pub(super) struct Invoices {
    pub numbers: Texts,
    pub days: Vec<i32>,
    pub statuses: Vec<u32>,
    /// Positions in `codes`.
    pub currencies: Vec<u32>,
    pub currency_names: Texts,
    pub codes: Vec<Currency>,
}

/// PSA records that lines can be mapped to: names, by position.
#[derive(Default)]
pub(super) struct Records {
    pub names: Texts,
    pub usable: Vec<bool>,
    pub at: HashMap<i64, u32>,
    pub ids: Vec<i64>,
}

#[derive(Default)]
pub(super) struct Psa {
    pub companies: Records,
    pub products: Records,
    pub agreements: Records,
    /// Contract and company number to a position in `agreements`.
    pub remembered: HashMap<(u32, i64), u32>,
    pub response_error: bool,
}

impl Index {
    /// How many lines it holds.
    pub fn len(&self) -> usize {
        self.numbering.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn flags(&self, row: u32) -> Flags {
        Flags(self.flags.get(row))
    }

    /// Money by currency of some rows.
    pub(super) fn money(
        &self,
        rows: impl Iterator<Item = u32>,
    ) -> Result<Vec<(Currency, Decimal)>, StoreError> {
        let mut sums: Vec<Option<Sum>> = vec![None; self.invoice.codes.len()];
        for row in rows {
            let invoice = self.invoices.get(row);
            let currency = self.invoice.currencies[invoice as usize] as usize;
            self.amounts.add_to(row, sums[currency].get_or_insert_default())?;
        }
        let mut money = Vec::new();
        for (currency, sum) in self.invoice.codes.iter().zip(sums) {
            if let Some(sum) = sum {
                money.push((*currency, sum.total()?));
            }
        }
        money.sort_by_key(|(currency, _)| *currency);
        Ok(money)
    }

    /// What a person has to look at: Unmapped and not excluded, Error, revised after posting.
    pub(super) fn needs_a_person(&self, row: u32) -> bool {
        let flags = self.flags(row);
        let status = PsaStatus::ALL[flags.status() as usize];
        status == PsaStatus::Error
            || flags.revised()
            || (status == PsaStatus::NotSynced && self.excluded(row) == 0 && self.mapping(row) != 0)
    }

    fn choice(&self, row: u32) -> Option<&LineChoice> {
        if self.flags(row).chosen() { self.choices.get(&row) } else { None }
    }

    fn company(&self, row: u32) -> u32 {
        match self.choice(row).and_then(|c| c.company) {
            Some(own) => self.psa.companies.at.get(&own).copied().unwrap_or(NONE),
            None => {
                let customer = self.customers.get(row) as usize;
                self.customer.companies[self.customer.organizations[customer] as usize]
            }
        }
    }

    fn product(&self, row: u32) -> u32 {
        match self.choice(row).and_then(|c| c.product) {
            Some(own) => self.psa.products.at.get(&own).copied().unwrap_or(NONE),
            None => {
                let item = self.items.get(row) as usize;
                self.item.products[self.item.offers[item] as usize]
            }
        }
    }

    fn agreement(&self, row: u32) -> u32 {
        if let Some(own) = self.choice(row).and_then(|c| c.agreement) {
            return self.psa.agreements.at.get(&own).copied().unwrap_or(NONE);
        }
        if self.psa.remembered.is_empty() {
            return NONE;
        }
        let contract = self.subscription.contracts[self.subscriptions.get(row) as usize];
        let company = self.psa.companies.ids.get(self.company(row) as usize);
        match company {
            Some(id) => self.psa.remembered.get(&(contract, *id)).copied().unwrap_or(NONE),
            None => NONE,
        }
    }

    fn excluded(&self, row: u32) -> u32 {
        let customer = self.customers.get(row) as usize;
        u32::from(self.customer.excluded[self.customer.organizations[customer] as usize])
    }

    /// Position in [`MAPPINGS`].
    fn mapping(&self, row: u32) -> u32 {
        if self.psa.response_error {
            return 2;
        }
        let usable = |records: &Records, at: u32| records.usable.get(at as usize) == Some(&true);
        let mapped = usable(&self.psa.companies, self.company(row))
            && usable(&self.psa.products, self.product(row));
        u32::from(!mapped)
    }

    /// The code of a row in a column of texts; [`NONE`] for an empty cell. Codes are positions in
    /// what [`Index::texts`] or [`words`] gives for the column.
    pub(super) fn code(&self, column: Column, row: u32) -> u32 {
        let subscription = || self.subscriptions.get(row) as usize;
        let invoice = || self.invoices.get(row) as usize;
        match column {
            Column::Organization => self.customers.get(row),
            Column::Offer => self.items.get(row),
            Column::Currency => self.invoice.currencies[invoice()],
            Column::Mapping => self.mapping(row),
            Column::Status => self.flags(row).status(),
            Column::ChargeType => self.flags(row).charge_type(),
            Column::Company => self.company(row),
            Column::Product => self.product(row),
            Column::Agreement => self.agreement(row),
            Column::StartBadge => self.flags(row).start_badge(),
            Column::EndBadge => self.flags(row).end_badge(),
            Column::Subscription => self.subscriptions.get(row),
            Column::Cycle => self.subscription.cycles[subscription()],
            Column::Contract => self.subscription.contracts[subscription()],
            Column::Invoice => self.invoices.get(row),
            Column::InvoiceStatus => self.invoice.statuses[invoice()],
            Column::Excluded => self.excluded(row),
            Column::Error => self.failed.get(&row).copied().unwrap_or(NONE),
            _ => NONE,
        }
    }

    /// What the codes of a column stand for, where that comes from the store.
    pub(super) fn texts(&self, column: Column) -> Option<&Texts> {
        Some(match column {
            Column::Organization => &self.customer.names,
            Column::Offer => &self.item.names,
            Column::Currency => &self.invoice.currency_names,
            Column::Company => &self.psa.companies.names,
            Column::Product => &self.psa.products.names,
            Column::Agreement => &self.psa.agreements.names,
            Column::Subscription => &self.subscription.names,
            Column::Cycle => &self.subscription.cycle_names,
            Column::Contract => &self.subscription.contract_names,
            Column::Invoice => &self.invoice.numbers,
            Column::Error => &self.errors,
            _ => return None,
        })
    }

    /// The day of a row in a column of days; `None` for other columns, 0 for an empty cell.
    pub(super) fn days(&self, column: Column) -> Option<impl Fn(u32) -> i32 + '_> {
        let known = matches!(column, Column::Start | Column::End | Column::Date);
        known.then_some(move |row: u32| match column {
            Column::Start => self.days[self.starts.get(row) as usize],
            Column::End => self.days[self.ends.get(row) as usize],
            _ => self.invoice.days[self.invoices.get(row) as usize],
        })
    }
}

/// What the codes of a column stand for, where that is fixed.
pub(super) fn words(column: Column) -> Option<Vec<&'static str>> {
    let badges = [DateBadge::None, DateBadge::SystemUpdated, DateBadge::UserUpdated];
    let mapping = [MappingStatus::Mapped, MappingStatus::Unmapped, MappingStatus::ResponseError];
    Some(match column {
        Column::Mapping => mapping.map(MappingStatus::as_str).to_vec(),
        Column::Status => PsaStatus::ALL.map(PsaStatus::as_str).to_vec(),
        Column::ChargeType => ChargeType::ALL.map(ChargeType::as_str).to_vec(),
        Column::StartBadge | Column::EndBadge => badges.map(DateBadge::as_str).to_vec(),
        Column::InvoiceStatus => InvoiceStatus::ALL.map(InvoiceStatus::as_str).to_vec(),
        Column::Excluded => vec!["No", "Yes"],
        _ => return None,
    })
}
