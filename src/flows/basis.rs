//! What a plan rests on, as digests (design 7, exit 7): the same digests, the same plan.

use std::collections::BTreeSet;
use std::io::Write as _;

use foldhash::HashSet;
use serde::Serialize;

use crate::domain::line::{Line, Text};
use crate::domain::plan::Action;
use crate::domain::plan::{AgreementTarget, Basis};
use crate::domain::plan_input::PlanInput;
use crate::domain::policy::{Policy, Scope};
use crate::domain::psa::AgreementType;

/// A digest that is fed piece by piece, through a buffer that is hashed when it is full: many small
/// pieces would cost more than the hashing.
struct Digest {
    hasher: blake3::Hasher,
    buffer: Vec<u8>,
}

impl Digest {
    fn new() -> Self {
        Self { hasher: blake3::Hasher::new(), buffer: Vec::with_capacity(1_024) }
    }

    /// Feeds one record, as text.
    fn add(&mut self, record: std::fmt::Arguments<'_>) {
        // Writing to memory cannot fail.
        let _ = self.buffer.write_fmt(record);
        self.end_record();
    }

    /// Feeds all that is known of one record.
    fn add_all_of(&mut self, record: &impl Serialize) {
        // Records of the store are kept as JSON, so are settings, and memory takes it.
        let _ = serde_json::to_writer(&mut self.buffer, record);
        self.end_record();
    }

    fn end_record(&mut self) {
        const FULL: usize = 1 << 16;
        self.buffer.push(0);
        if self.buffer.len() >= FULL {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.hasher.update(&self.buffer);
        self.buffer.clear();
    }

    fn end(mut self) -> String {
        self.flush();
        self.hasher.finalize().to_hex()[..32].to_owned()
    }
}

/// The digests of all that went into the plan. `kind` is the type of new agreements, and `lines` are
/// those in scope, in plan order.
pub(super) fn basis<'a>(
    input: &PlanInput,
    policy: &Policy,
    kind: &AgreementType,
    lines: impl Iterator<Item = &'a Line>,
    actions: &[Action],
) -> Basis {
    let mut of_lines = Digest::new();
    let mut used = Used::default();
    for l in lines {
        line(&mut of_lines, l);
        used.by(l);
    }
    let mut of_settings = Digest::new();
    of_settings.add_all_of(policy);
    let companies = used.companies(input);
    Basis {
        lines: of_lines.end(),
        mappings: mappings(input, policy, kind, &used, &companies),
        settings: of_settings.end(),
        psa: psa(input, &companies, actions),
    }
}

/// What the lines in scope refer to. Texts are shared by many lines, so that a text that was seen
/// is known by its place; the few that are equal and lie elsewhere are sorted out at the end.
#[derive(Default)]
struct Used<'a> {
    seen: HashSet<(usize, usize, u8)>,
    organizations: BTreeSet<(&'a Text, &'a Text)>,
    offers: BTreeSet<(&'a Text, &'a Text)>,
    contracts: BTreeSet<(&'a str, &'a str)>,
    chosen_companies: BTreeSet<i64>,
    chosen_products: BTreeSet<i64>,
}

impl<'a> Used<'a> {
    fn by(&mut self, line: &'a Line) {
        let place = |t: &Text| t.as_ptr() as usize;
        let source = place(&line.source);
        if self.seen.insert((source, place(&line.organization_id), 0)) {
            self.organizations.insert((&line.source, &line.organization_id));
        }
        if self.seen.insert((source, place(&line.offer_id), 1)) {
            self.offers.insert((&line.source, &line.offer_id));
        }
        if let Some(contract) = &line.contract_id
            && self.seen.insert((source, place(contract), 2))
        {
            self.contracts.insert((&line.source, contract));
        }
        self.chosen_companies.extend(line.choice.company);
        self.chosen_products.extend(line.choice.product);
    }

    fn companies(&self, input: &PlanInput) -> BTreeSet<i64> {
        let mapped = self.organizations.iter().filter_map(|(source, id)| {
            let key = ((*source).clone(), (*id).clone());
            input.organizations.get(&key)?.companies.first().copied()
        });
        mapped.chain(self.chosen_companies.iter().copied()).collect()
    }
}

/// A line's own content, dates, choices and status.
fn line(d: &mut Digest, l: &Line) {
    let out = &mut d.buffer;
    let mut text = |t: Option<&str>| {
        let length = t.map_or(u32::MAX, |t| u32::try_from(t.len()).unwrap_or(u32::MAX - 1));
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(t.unwrap_or_default().as_bytes());
    };
    for t in [
        &l.source,
        &l.key,
        &l.organization_id,
        &l.organization_name,
        &l.invoice_number,
        &l.offer_id,
        &l.offer_name,
    ] {
        text(Some(t));
    }
    for t in
        [&l.part_number, &l.contract_id, &l.subscription_id, &l.subscription_name, &l.billing_cycle]
    {
        text(t.as_deref());
    }
    if let Some(side) = &l.side {
        text(side.event_id.as_deref());
        text(side.cost_only.then_some("cost-only"));
    }
    out.extend_from_slice(l.currency.as_str().as_bytes());
    for n in [Some(l.quantity), l.unit_price, l.unit_cost, Some(l.total)] {
        out.extend_from_slice(&n.map_or([0xff; 16], |n| n.normalize().serialize()));
    }
    for day in
        [Some(l.invoice_date), Some(l.charge_start), l.charge_end, l.dates.start, l.dates.end]
    {
        out.extend_from_slice(&day.map_or([0xff; 4], |d| {
            let y = d.year().to_le_bytes();
            [y[0], y[1], d.month().cast_unsigned(), d.day().cast_unsigned()]
        }));
    }
    out.extend_from_slice(&[
        l.dates.start_badge as u8,
        l.dates.end_badge as u8,
        l.charge_type as u8,
        l.invoice_status as u8,
        l.psa_status as u8,
        u8::from(l.choice.post_once),
    ]);
    for id in [l.choice.company, l.choice.product, l.choice.agreement] {
        out.extend_from_slice(&id.unwrap_or(-1).to_le_bytes());
    }
    if let Some(r) = &l.revision {
        out.extend_from_slice(&r.total.normalize().serialize());
    }
    d.end_record();
}

/// The mappings that the lines use, the records that these lead to, and the type of new agreements.
fn mappings(
    input: &PlanInput,
    policy: &Policy,
    kind: &AgreementType,
    used: &Used<'_>,
    companies: &BTreeSet<i64>,
) -> String {
    let mut d = Digest::new();
    let asks_prices = policy.prices.asks_products();
    for (source, id) in &used.organizations {
        if let Some(o) = input.organizations.get(&((*source).clone(), (*id).clone())) {
            d.add(format_args!("{source} {id} {} {:?}", o.excluded, o.companies));
        }
    }
    for id in companies {
        if let Some(c) = input.companies.get(id) {
            let contact = c.contact.as_ref().map(|c| c.id);
            d.add(format_args!("{id} {} {} {contact:?}", c.name, c.deleted));
        }
    }
    let mut products = used.chosen_products.clone();
    for (source, id) in &used.offers {
        if let Some(o) = input.offers.get(&((*source).clone(), (*id).clone())) {
            d.add(format_args!("{source} {id} {:?}", o.product));
            products.extend(o.product);
        }
    }
    for id in products {
        if let Some(p) = input.products.get(&id) {
            d.add(format_args!("{id} {} {}", p.class, p.inactive));
            if asks_prices {
                d.add(format_args!("{:?}", p.price));
            }
        }
    }
    let mut remembered: Vec<_> = input
        .contracts
        .iter()
        .filter(|c| used.contracts.contains(&(&*c.source, &*c.id)))
        .map(|c| (&c.source, &c.id, c.agreement))
        .collect();
    remembered.sort_unstable();
    for (source, id, agreement) in remembered {
        d.add(format_args!("{source} {id} {agreement}"));
    }
    d.add_all_of(kind);
    d.end()
}

/// The agreements and own additions that the actions work on, and which agreements there were to
/// choose from.
fn psa(input: &PlanInput, companies: &BTreeSet<i64>, actions: &[Action]) -> String {
    let mut d = Digest::new();
    let mut agreements: Vec<i64> = actions
        .iter()
        .filter_map(|a| match a.agreement {
            AgreementTarget::Existing(id) => Some(id),
            AgreementTarget::New { .. } => None,
        })
        .collect();
    agreements.sort_unstable();
    agreements.dedup();
    for id in agreements {
        d.add_all_of(&(id, input.agreements.get(&id)));
    }
    let mut choice: Vec<_> =
        input.agreements.values().filter(|a| companies.contains(&a.company_id)).collect();
    choice.sort_unstable_by_key(|a| a.id);
    for a in choice {
        d.add(format_args!("{} {} {:?} {:?}", a.id, a.type_id, a.status, a.currency));
    }
    for a in actions.iter().filter(|a| a.addition_id.is_some()) {
        d.add_all_of(&(a.addition_id, &a.before));
    }
    d.end()
}

/// The plan's id: the same basis, scope and day give the same plan.
pub(super) fn plan_id(basis: &Basis, scope: &Scope, today: jiff::civil::Date) -> String {
    let mut d = Digest::new();
    d.add(format_args!("{basis:?} {scope:?} {today}"));
    format!("P-{}", &d.end()[..16])
}
