//! Earlier decisions, found again by what stays when a name changes: the id, the tenant id, the
//! domain, the part number. Also those that were made for another source.

use std::collections::HashMap;

use jiff::tz::TimeZone;

use crate::domain::line::Text;
use crate::domain::mapping::{
    self, MappingKind, OfferKey, OfferMapping, OrganizationKey, OrganizationMapping,
};
use crate::domain::mapping_memory::{MappingKey, MappingMemory};
use crate::matching::{Decided, Key, KeyKind};
use crate::store::{Store, StoreError};

/// What was decided for a thing that has a key.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Decision {
    record: i64,
    source: Text,
    /// The thing's own id at its source.
    id: Text,
    day: Option<String>,
}

type Decisions = HashMap<(MappingKind, KeyKind, String), Vec<Decision>>;

/// What is remembered, ready to be asked.
#[derive(Debug, Default)]
pub struct Memory {
    /// Stable keys beside the id, by what has them.
    keys: HashMap<MappingKey, Vec<Key>>,
    decisions: Decisions,
    rejected: HashMap<MappingKey, Vec<i64>>,
}

impl Memory {
    /// What the store holds.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn open(store: &Store) -> Result<Self, StoreError> {
        let (organizations, offers, keys, known) = tokio::try_join!(
            store.organizations(),
            store.offers(),
            store.stable_keys(),
            store.mapping_memory()
        )?;
        Ok(Self::new(&organizations, &offers, keys, known))
    }

    /// From mappings and what is known of them.
    pub fn new(
        organizations: &[OrganizationMapping],
        offers: &[OfferMapping],
        keys: (Vec<OrganizationKey>, Vec<OfferKey>),
        known: MappingMemory,
    ) -> Self {
        let mut memory = Self::default();
        for k in keys.0 {
            let key = match k.kind {
                mapping::KeyKind::Domain => Key::new(KeyKind::Domain, &*k.key),
                mapping::KeyKind::Tenant => Key::new(KeyKind::Tenant, &*k.key),
                // A bare number may be anything; a word is the PSA's short id or nothing.
                mapping::KeyKind::Reference if is_number(&k.key) => continue,
                mapping::KeyKind::Reference => Key::new(KeyKind::Id, &*k.key),
            };
            memory.keys.entry((MappingKind::Organization, k.source, k.id)).or_default().push(key);
        }
        for k in keys.1 {
            let key = Key::new(KeyKind::PartNumber, &*k.key);
            memory.keys.entry((MappingKind::Offer, k.source, k.id)).or_default().push(key);
        }
        let day = |kind, source: &Text, id: &Text| {
            let at = known.decided.get(&(kind, source.clone(), id.clone()))?;
            Some(at.to_zoned(TimeZone::UTC).date().to_string())
        };
        for o in organizations {
            let Some(record) = o.companies.first() else { continue };
            let kind = MappingKind::Organization;
            let day = day(kind, &o.source, &o.id);
            let (source, id) = (o.source.clone(), o.id.clone());
            let keys = memory.organization_keys(o);
            memory.keep(kind, &keys, Decision { record: *record, source, id, day });
        }
        for o in offers {
            let Some(record) = o.product else { continue };
            let kind = MappingKind::Offer;
            let day = day(kind, &o.source, &o.id);
            let (source, id) = (o.source.clone(), o.id.clone());
            let keys = memory.offer_keys(o);
            memory.keep(kind, &keys, Decision { record, source, id, day });
        }
        for r in known.rejected {
            memory.rejected.entry((r.kind, r.source, r.id)).or_default().push(r.record);
        }
        memory
    }

    fn keep(&mut self, kind: MappingKind, keys: &[Key], decision: Decision) {
        for key in keys {
            if let Some((family, text)) = key.comparable() {
                self.decisions.entry((kind, family, text)).or_default().push(decision.clone());
            }
        }
    }

    /// The stable keys of an organization.
    pub(super) fn organization_keys(&self, of: &OrganizationMapping) -> Vec<Key> {
        let mut keys = own_id(&of.id);
        keys.extend(self.told(MappingKind::Organization, &of.source, &of.id));
        keys
    }

    /// The stable keys of an offer.
    pub(super) fn offer_keys(&self, of: &OfferMapping) -> Vec<Key> {
        let mut keys = own_id(&of.id);
        keys.extend(of.part_number.as_deref().map(|n| Key::new(KeyKind::PartNumber, n)));
        keys.extend(self.told(MappingKind::Offer, &of.source, &of.id));
        keys
    }

    fn told(&self, kind: MappingKind, source: &Text, id: &Text) -> impl Iterator<Item = Key> {
        self.keys.get(&(kind, source.clone(), id.clone())).into_iter().flatten().cloned()
    }

    pub(super) fn organization(&self, of: &OrganizationMapping, keys: &[Key]) -> Vec<Decided> {
        self.decided(MappingKind::Organization, &of.source, &of.id, keys)
    }

    pub(super) fn offer(&self, of: &OfferMapping, keys: &[Key]) -> Vec<Decided> {
        self.decided(MappingKind::Offer, &of.source, &of.id, keys)
    }

    /// Decisions for other things that share a key.
    fn decided(&self, kind: MappingKind, source: &Text, id: &Text, keys: &[Key]) -> Vec<Decided> {
        let mut out: Vec<Decided> = Vec::new();
        for key in keys {
            let Some((family, text)) = key.comparable() else { continue };
            for d in self.decisions.get(&(kind, family, text)).into_iter().flatten() {
                if d.source == *source && d.id == *id {
                    continue;
                }
                // Two offers of one source that share a part number are two terms or editions:
                // what holds for one is a good guess for the other, and no more.
                let same = kind == MappingKind::Organization || d.source != *source;
                let record = d.record.to_string();
                if !out.iter().any(|o| o.id == record && o.same >= same) {
                    out.push(Decided { id: record, day: d.day.clone(), by: key.kind, same });
                }
            }
        }
        out
    }

    pub(super) fn rejected_companies(&self, of: &OrganizationMapping) -> Vec<String> {
        self.rejected(MappingKind::Organization, &of.source, &of.id)
    }

    pub(super) fn rejected_products(&self, of: &OfferMapping) -> Vec<String> {
        self.rejected(MappingKind::Offer, &of.source, &of.id)
    }

    fn rejected(&self, kind: MappingKind, source: &Text, id: &Text) -> Vec<String> {
        let records = self.rejected.get(&(kind, source.clone(), id.clone()));
        records.into_iter().flatten().map(ToString::to_string).collect()
    }
}

/// The source's own id as a stable key. A plain number means nothing in another system.
fn own_id(id: &str) -> Vec<Key> {
    if is_number(id) { Vec::new() } else { vec![Key::new(KeyKind::Id, id)] }
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mapping_memory::Rejection;

    fn organization(source: &str, id: &str, companies: Vec<i64>) -> OrganizationMapping {
        let name = "A name".into();
        OrganizationMapping {
            source: source.into(),
            id: id.into(),
            name,
            excluded: true,
            companies,
        }
    }

    fn offer(source: &str, id: &str, part: &str, product: Option<i64>) -> OfferMapping {
        let part_number = Some(part.into());
        OfferMapping {
            source: source.into(),
            id: id.into(),
            name: "N".into(),
            part_number,
            product,
        }
    }

    #[test]
    fn a_decision_is_found_by_its_id_in_another_source_with_its_day() {
        let mut known = MappingMemory::default();
        let key = (MappingKind::Organization, Text::from("a"), Text::from("guid-1"));
        known.decided.insert(key, "2026-09-02T10:00:00Z".parse().unwrap());
        let memory =
            Memory::new(&[organization("a", "guid-1", vec![7, 8])], &[], Default::default(), known);
        let asked = organization("b", "GUID-1", vec![]);
        let found = memory.organization(&asked, &memory.organization_keys(&asked));
        let day = Some("2026-09-02".to_owned());
        assert_eq!(found, [Decided { id: "7".into(), day, by: KeyKind::Id, same: true }]);
        let itself = organization("a", "guid-1", vec![]);
        assert!(memory.organization(&itself, &memory.organization_keys(&itself)).is_empty());
        let number = organization("b", "12345", vec![]);
        assert!(memory.organization(&number, &memory.organization_keys(&number)).is_empty());
    }

    #[test]
    fn a_tenant_id_recognises_a_customer_under_another_id_and_name() {
        let tenant = |source: &str, id: &str| OrganizationKey {
            source: source.into(),
            id: id.into(),
            kind: mapping::KeyKind::Tenant,
            key: "72f988bf-86f1-41af".into(),
        };
        let keys = (vec![tenant("a", "100"), tenant("b", "200")], vec![]);
        let mapped = [organization("a", "100", vec![5])];
        let memory = Memory::new(&mapped, &[], keys, MappingMemory::default());
        let asked = organization("b", "200", vec![]);
        let found = memory.organization(&asked, &memory.organization_keys(&asked));
        let expected = Decided { id: "5".into(), day: None, by: KeyKind::Tenant, same: true };
        assert_eq!(found, [expected]);
    }

    #[test]
    fn a_part_number_decides_across_sources_and_hints_within_one() {
        let known =
            [offer("a", "monthly", "CFQ7TTC0", Some(3)), offer("a", "yearly", "OTHER", None)];
        let memory = Memory::new(&[], &known, Default::default(), MappingMemory::default());
        let of = |source: &str| {
            let asked = offer(source, "x-9", "cfq7ttc0", None);
            let found = memory.offer(&asked, &memory.offer_keys(&asked));
            found.iter().map(|d| (d.id.clone(), d.same)).collect::<Vec<_>>()
        };
        assert_eq!(of("b"), [("3".to_owned(), true)]);
        assert_eq!(of("a"), [("3".to_owned(), false)]);
    }

    #[test]
    fn rejections_are_kept_for_the_thing_that_they_were_made_for() {
        let (source, id) = (Text::from("a"), Text::from("o1"));
        let kind = MappingKind::Organization;
        let rejected = vec![Rejection { kind, source, id, record: 4 }];
        let known = MappingMemory { rejected, ..MappingMemory::default() };
        let memory = Memory::new(&[], &[], Default::default(), known);
        assert_eq!(memory.rejected_companies(&organization("a", "o1", vec![])), ["4"]);
        assert!(memory.rejected_companies(&organization("b", "o1", vec![])).is_empty());
    }
}
