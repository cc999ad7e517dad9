//! What a plan rests on, as digests (design 7, exit 7): the same digests, the same plan.

use std::fmt::Write as _;

use crate::domain::line::Line;
use crate::domain::plan::Action;
use crate::domain::plan::{AgreementTarget, Basis};
use crate::domain::plan_input::PlanInput;
use crate::domain::policy::{Policy, Scope};

/// A digest that is fed piece by piece.
struct Digest {
    hasher: blake3::Hasher,
    text: String,
}

impl Digest {
    fn new() -> Self {
        Self { hasher: blake3::Hasher::new(), text: String::with_capacity(512) }
    }

    /// Feeds one record. What a value's `Debug` says of it is all of it, and is never kept.
    fn add(&mut self, record: std::fmt::Arguments<'_>) {
        self.text.clear();
        // Writing to a String cannot fail.
        let _ = self.text.write_fmt(record);
        self.hasher.update(self.text.as_bytes());
        self.hasher.update(&[0]);
    }

    fn end(self) -> String {
        self.hasher.finalize().to_hex()[..32].to_owned()
    }
}

/// The digests of all that went into the plan. `lines` are those in scope, in plan order.
pub(super) fn basis<'a>(
    input: &PlanInput,
    policy: &Policy,
    lines: impl Iterator<Item = &'a Line>,
    actions: &[Action],
) -> Basis {
    let mut of_lines = Digest::new();
    for l in lines {
        line(&mut of_lines, l);
    }
    let mut of_settings = Digest::new();
    of_settings.add(format_args!("{policy:?}"));
    Basis {
        lines: of_lines.end(),
        mappings: mappings(input),
        settings: of_settings.end(),
        psa: psa(input, actions),
    }
}

fn line(d: &mut Digest, l: &Line) {
    let h = &mut d.hasher;
    for text in [
        &*l.source,
        &*l.key,
        &*l.organization_id,
        &*l.offer_id,
        l.contract_id.as_deref().unwrap_or("\u{1}"),
        l.subscription_id.as_deref().unwrap_or("\u{1}"),
        l.subscription_name.as_deref().unwrap_or("\u{1}"),
        &*l.offer_name,
        l.billing_cycle.as_deref().unwrap_or("\u{1}"),
        l.invoice_status.as_str(),
        l.psa_status.as_str(),
        l.charge_type.as_str(),
        l.currency.as_str(),
    ] {
        h.update(text.as_bytes());
        h.update(&[0]);
    }
    for n in [Some(l.quantity), l.unit_price, l.unit_cost, Some(l.total)] {
        h.update(&n.map_or([0xff; 16], |n| n.normalize().serialize()));
    }
    for day in
        [Some(l.invoice_date), Some(l.charge_start), l.charge_end, l.dates.start, l.dates.end]
    {
        let bytes = day.map_or([0xff; 4], |d| {
            let y = d.year().to_le_bytes();
            [y[0], y[1], d.month().cast_unsigned(), d.day().cast_unsigned()]
        });
        h.update(&bytes);
    }
    h.update(&[l.dates.start_badge as u8, l.dates.end_badge as u8, u8::from(l.choice.post_once)]);
    for id in [l.choice.company, l.choice.product, l.choice.agreement] {
        h.update(&id.unwrap_or(-1).to_le_bytes());
    }
    if let Some(r) = &l.revision {
        h.update(&r.total.normalize().serialize());
    }
}

fn mappings(input: &PlanInput) -> String {
    let mut d = Digest::new();
    let mut organizations: Vec<_> = input.organizations.values().collect();
    organizations.sort_unstable_by(|a, b| (&a.source, &a.id).cmp(&(&b.source, &b.id)));
    for o in organizations {
        d.add(format_args!("{} {} {} {:?}", o.source, o.id, o.excluded, o.companies));
    }
    let mut offers: Vec<_> = input.offers.values().collect();
    offers.sort_unstable_by(|a, b| (&a.source, &a.id).cmp(&(&b.source, &b.id)));
    for o in offers {
        d.add(format_args!("{} {} {:?}", o.source, o.id, o.product));
    }
    let mut contracts: Vec<_> = input.contracts.iter().collect();
    contracts.sort_unstable_by(|a, b| {
        (&a.source, &a.id, a.agreement).cmp(&(&b.source, &b.id, b.agreement))
    });
    for c in contracts {
        d.add(format_args!("{} {} {}", c.source, c.id, c.agreement));
    }
    d.end()
}

/// The agreements and own additions that the actions work on.
fn psa(input: &PlanInput, actions: &[Action]) -> String {
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
        d.add(format_args!("{id} {:?}", input.agreements.get(&id)));
    }
    for a in actions.iter().filter(|a| a.addition_id.is_some()) {
        d.add(format_args!("{:?} {:?}", a.addition_id, a.before));
    }
    d.end()
}

/// The plan's id: the same basis, scope and day give the same plan.
pub(super) fn plan_id(basis: &Basis, scope: &Scope, today: jiff::civil::Date) -> String {
    let mut d = Digest::new();
    d.add(format_args!("{basis:?} {scope:?} {today}"));
    format!("P-{}", &d.end()[..16])
}
