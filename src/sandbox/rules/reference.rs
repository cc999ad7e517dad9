//! References in bodies: `{"id": 5}`, or a name or identifier that is matched exactly.

use serde_json::{Map, Value};

use crate::sandbox::refusal::Item;
use crate::sandbox::world::World;

/// What a reference points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Company,
    Contact,
    Product,
    Agreement,
    /// A setup table, with the word that ConnectWise has for its rows.
    Table(&'static str, &'static str),
}

impl Target {
    fn word(self) -> &'static str {
        match self {
            Self::Company => "Company",
            Self::Contact => "Contact",
            Self::Product => "Product",
            Self::Agreement => "Agreement",
            Self::Table(_, word) => word,
        }
    }

    fn exists(self, world: &World, id: i64) -> bool {
        match self {
            Self::Company => world.companies.get(&id).is_some_and(|c| !c.deleted),
            Self::Contact => world.contacts.contains_key(&id),
            Self::Product => world.catalog.contains_key(&id),
            Self::Agreement => world.agreements.contains_key(&id),
            Self::Table(table, _) => world.setup.row(table, id).is_some(),
        }
    }

    fn named(self, world: &World, key: &str, name: &str) -> Option<i64> {
        match (self, key) {
            (Self::Company, "identifier") => {
                world.companies.values().find(|c| !c.deleted && c.identifier == name).map(|c| c.id)
            }
            (Self::Company, "name") => {
                world.companies.values().find(|c| !c.deleted && c.name == name).map(|c| c.id)
            }
            (Self::Product, "identifier") => {
                world.catalog.values().find(|p| p.identifier == name).map(|p| p.id)
            }
            (Self::Table(table, _), _) => {
                let mut rows = world.setup.rows(table).iter();
                rows.find(|r| r.0.get(key).and_then(Value::as_str) == Some(name))
                    .and_then(|r| r.0["id"].as_i64())
            }
            _ => None,
        }
    }
}

/// Resolves a reference field. `Ok(None)`: it is not there.
pub(super) fn resolve(
    world: &World,
    body: &Map<String, Value>,
    field: &'static str,
    target: Target,
    resource: &'static str,
) -> Result<Option<i64>, Item> {
    let Some(reference) = body.get(field).and_then(Value::as_object) else { return Ok(None) };
    let word = target.word();
    if let Some(id) = reference.get("id").and_then(Value::as_i64) {
        return if target.exists(world, id) {
            Ok(Some(id))
        } else {
            let text = format!("{word} {id} not found");
            Err(Item::not_found(resource, &format!("{field}/id"), text))
        };
    }
    for key in ["identifier", "name", "currencyCode", "currencyIdentifier"] {
        if let Some(name) = reference.get(key).and_then(Value::as_str) {
            let key = if key == "currencyCode" { "currencyIdentifier" } else { key };
            return target.named(world, key, name).map(Some).ok_or_else(|| {
                let text = format!("{word} {name} not found");
                Item::not_found(resource, &format!("{field}/{key}"), text)
            });
        }
    }
    Err(Item::required(resource, &format!("{field}/id")))
}
