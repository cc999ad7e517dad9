//! The PSA's sample data: what follows from the seed.

mod agreements;
pub(super) mod catalog;
pub(super) mod customer;
pub(super) mod names;
mod tables;

use std::sync::Arc;

pub(super) use tables::{DEFAULT_TYPE, cycle};

use super::options::SandboxOptions;
use super::records::{Company, Contact};
use super::world::World;
use customer::{Customer, customer};
use names::mix;

/// Makes the PSA's records.
pub(super) fn world(options: &SandboxOptions) -> World {
    let today = options.today();
    let mut world = World::new(today, tables::setup(&options.addition_fields));
    let seed = options.seed;
    for k in 0..catalog::ITEMS {
        let item = catalog::item(seed, k, world.born);
        Arc::make_mut(&mut world.catalog).insert(item.id, item);
    }
    let count = u64::try_from(options.companies).expect("usize is at most 64 bits");
    for i in 0..count {
        let c = customer(seed, i);
        let company = company(seed, &c, &mut world);
        for agreement in agreements::of(seed, &c, today, world.born) {
            world.agreements.insert(agreement.id, Arc::new(agreement));
        }
        Arc::make_mut(&mut world.companies).insert(company.id, company);
    }
    let last = world.agreements.last_key_value().map_or(999, |(id, _)| *id);
    world.next_agreement = last + 1;
    world.next_addition = 1;
    agreements::with_additions(seed, &mut world);
    world
}

/// The company, with its contacts put into the world.
fn company(seed: u64, c: &Customer, world: &mut World) -> Company {
    let h = mix(seed, 4, c.index);
    let domain = names::domain(&c.name.stem);
    if c.has_contact {
        let people = 1 + h % 2;
        for k in 0..people {
            let (first, last) = names::person(mix(seed, 5, 2 * c.index + k));
            let id = c.contact_id() + i64::try_from(k).expect("two people at most");
            let contact = Contact {
                id,
                company_id: c.company_id(),
                first,
                last,
                email: format!("{}.{}@{domain}", first.to_lowercase(), last.to_lowercase()),
                inactive: k == 1 && h.is_multiple_of(5),
            };
            Arc::make_mut(&mut world.contacts).insert(id, contact);
        }
    }
    let identifier: String =
        c.name.stem.chars().filter(char::is_ascii_alphanumeric).take(18).collect();
    Company {
        id: c.company_id(),
        identifier: format!("{identifier}{}", c.index),
        name: c.full_name(),
        status_id: if c.inactive { 2 } else { 1 },
        deleted: c.deleted,
        contact_id: c.has_contact.then(|| c.contact_id()),
        website: (!h.is_multiple_of(4)).then(|| format!("www.{domain}")),
        street: names::street(h),
        city: names::city(h / 3).to_owned(),
        zip: format!("{:05}", h % 100_000),
        country: "Vesperia",
        phone: format!("+00 555 {:06}", h % 1_000_000),
        currency_id: c.currency,
        parent_id: (c.index % 10 == 8 && c.index >= 3).then(|| c.company_id() - 3),
        updated: world.born,
    }
}
