//! Collections: conditions, order, pages, counts, and the choice of fields.

use std::cell::OnceCell;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::conditions::{Expr, Lookup, compare_values, holds, parse};
use super::paging::{Address, Page, Paging};
use super::refusal::Refusal;
use super::shown::{Fields, Show, Text};
use super::world::World;

/// A record that can stand in a collection.
pub(super) trait Record {
    /// ConnectWise's number.
    fn id(&self) -> i64;
    /// Tells the record as ConnectWise shows it.
    fn show(&self, world: &World, to: &mut impl Show);
    /// The record as ConnectWise shows it.
    fn json(&self, world: &World) -> Map<String, Value> {
        let mut all = Map::new();
        self.show(world, &mut all);
        all
    }
    /// A value that can be told without making all of the record; `None`: make it.
    fn quick(&self, _world: &World, _path: &[String]) -> Option<Value> {
        None
    }
}

impl<R: Record> Record for &R {
    fn id(&self) -> i64 {
        (**self).id()
    }
    fn show(&self, world: &World, to: &mut impl Show) {
        (**self).show(world, to);
    }
    fn quick(&self, world: &World, path: &[String]) -> Option<Value> {
        (**self).quick(world, path)
    }
}

impl<R: Record> Record for Arc<R> {
    fn id(&self) -> i64 {
        (**self).id()
    }
    fn show(&self, world: &World, to: &mut impl Show) {
        (**self).show(world, to);
    }
    fn quick(&self, world: &World, path: &[String]) -> Option<Value> {
        (**self).quick(world, path)
    }
}

/// All records with a number above the given one, by number.
pub(super) type From<'a, R> = dyn Fn(i64) -> Box<dyn Iterator<Item = R> + 'a> + 'a;

/// A query on a collection, read and checked.
#[derive(Debug)]
pub(super) struct Query {
    conditions: Vec<Expr>,
    custom: Option<Expr>,
    order: Vec<(Vec<String>, bool)>,
    pub fields: Option<Fields>,
    paging: Paging,
}

impl Query {
    /// Reads a query. `known` are the record's fields: a condition on another one is refused.
    pub(super) fn read(
        query: &[(String, String)],
        known: &[&str],
        forward_only: bool,
        cap: usize,
        ignore_filters: bool,
    ) -> Result<Self, Refusal> {
        let get = |name: &str| {
            query
                .iter()
                .find(|(k, v)| k.eq_ignore_ascii_case(name) && !v.trim().is_empty())
                .map(|(_, v)| v.as_str())
        };
        let expr = |name: &str| -> Result<Option<Expr>, Refusal> {
            get(name)
                .map(|t| parse(t).map_err(|e| Refusal::query(format!("{name} is invalid: {e}"))))
                .transpose()
        };
        let mut conditions = Vec::new();
        for name in ["conditions", "childConditions"] {
            let Some(e) = expr(name)? else { continue };
            let mut used = Vec::new();
            e.fields(&mut used);
            let unknown =
                used.iter().find(|u| !known.iter().any(|k| k.eq_ignore_ascii_case(u.as_str())));
            if let (false, Some(u)) = (known.is_empty(), unknown) {
                return Err(Refusal::query(format!("{name} is invalid: there is no field {u}")));
            }
            conditions.push(e);
        }
        let mut custom = expr("customFieldConditions")?;
        if ignore_filters {
            conditions.clear();
            custom = None;
        }
        let order = get("orderBy").map_or(Ok(Vec::new()), order)?;
        let paging = Paging::read(query, forward_only, cap)?;
        if !order.is_empty() && matches!(paging.page, Page::After(_)) {
            return Err(Refusal::query("orderBy cannot be used with forward-only paging."));
        }
        Ok(Self { conditions, custom, order, fields: get("fields").map(Fields::read), paging })
    }

    fn accepts<R: Record>(&self, world: &World, record: &R) -> bool {
        if self.conditions.is_empty() && self.custom.is_none() {
            return true;
        }
        let lazy = Lazy { world, record, whole: OnceCell::new() };
        self.conditions.iter().all(|c| holds(c, &lazy))
            && self.custom.as_ref().is_none_or(|c| {
                lazy.whole()
                    .get("customFields")
                    .and_then(Value::as_array)
                    .is_some_and(|list| list.iter().any(|f| holds(c, &Plain(f))))
            })
    }

    /// How many records meet the conditions.
    pub(super) fn count<'a, R: Record + 'a>(&self, world: &World, from: &From<'a, R>) -> usize {
        from(i64::MIN).filter(|r| self.accepts(world, r)).count()
    }

    /// One page as JSON, and its `Link` header (empty: none).
    pub(super) fn page<'a, R: Record + 'a>(
        &self,
        world: &World,
        from: &From<'a, R>,
        address: &Address,
    ) -> (Vec<u8>, String) {
        let size = self.paging.size;
        let (records, link) = match self.paging.page {
            Page::After(id) => {
                let mut found: Vec<R> =
                    from(id).filter(|r| self.accepts(world, r)).take(size + 1).collect();
                let more = found.len() > size;
                found.truncate(size);
                let link = match found.last() {
                    Some(last) if more => address.forward(last.id()),
                    _ => String::new(),
                };
                (found, link)
            }
            Page::Number(page) => {
                let skip = (page - 1).saturating_mul(size);
                let mut found: Vec<R> = Vec::new();
                let mut total = 0;
                let ordered = !self.order.is_empty();
                for record in from(i64::MIN) {
                    if self.accepts(world, &record) {
                        total += 1;
                        if ordered || (total > skip && found.len() < size) {
                            found.push(record);
                        }
                    }
                }
                if ordered {
                    found = self.sorted(world, found).into_iter().skip(skip).take(size).collect();
                }
                (found, address.numbered(page, size, total))
            }
        };
        let mut rows = Vec::with_capacity(64 + 2_048 * records.len());
        rows.push(b'[');
        for record in &records {
            if rows.len() > 1 {
                rows.push(b',');
            }
            Text::write(record, world, self.fields.as_ref(), &mut rows);
        }
        rows.push(b']');
        (rows, link)
    }

    fn sorted<R: Record>(&self, world: &World, records: Vec<R>) -> Vec<R> {
        let mut keyed: Vec<(Vec<Value>, R)> = records
            .into_iter()
            .map(|record| {
                let lazy = Lazy { world, record: &record, whole: OnceCell::new() };
                let keys = self
                    .order
                    .iter()
                    .map(|(path, _)| lazy.values(path).into_iter().next().unwrap_or_default())
                    .collect();
                (keys, record)
            })
            .collect();
        keyed.sort_by(|(a, _), (b, _)| {
            let mut pairs = a.iter().zip(b).zip(&self.order);
            pairs
                .find_map(|((x, y), (_, descending))| {
                    let o = compare_values(x, y);
                    o.is_ne().then(|| if *descending { o.reverse() } else { o })
                })
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        keyed.into_iter().map(|(_, r)| r).collect()
    }
}

fn order(text: &str) -> Result<Vec<(Vec<String>, bool)>, Refusal> {
    text.split(',')
        .map(|part| {
            let mut words = part.split_whitespace();
            let field = words.next().unwrap_or_default();
            let descending = match words.next() {
                None => false,
                Some(w) if w.eq_ignore_ascii_case("asc") => false,
                Some(w) if w.eq_ignore_ascii_case("desc") => true,
                Some(w) => return Err(Refusal::query(format!("orderBy: {w} is no direction."))),
            };
            if field.is_empty() || words.next().is_some() {
                return Err(Refusal::query("orderBy is invalid."));
            }
            Ok((field.split('/').map(str::to_owned).collect(), descending))
        })
        .collect()
}

const INFO: [&str; 4] = ["lastUpdated", "updatedBy", "dateEntered", "enteredBy"];

/// A record whose JSON is only made when a condition needs it.
struct Lazy<'a, R> {
    world: &'a World,
    record: &'a R,
    whole: OnceCell<Value>,
}

impl<R: Record> Lazy<'_, R> {
    fn whole(&self) -> &Value {
        self.whole.get_or_init(|| Value::Object(self.record.json(self.world)))
    }
}

impl<R: Record> Lookup for Lazy<'_, R> {
    fn values(&self, path: &[String]) -> Vec<Value> {
        match self.record.quick(self.world, path) {
            Some(v) => vec![v],
            // What `_info` holds is asked for without it: `lastUpdated > [...]`.
            None if path.len() == 1 && INFO.iter().any(|n| n.eq_ignore_ascii_case(&path[0])) => {
                walk(&self.whole()["_info"], path)
            }
            None => walk(self.whole(), path),
        }
    }
}

struct Plain<'a>(&'a Value);

impl Lookup for Plain<'_> {
    fn values(&self, path: &[String]) -> Vec<Value> {
        walk(self.0, path)
    }
}

/// The values at a path, through arrays. Names are found without regard to case, as in
/// ConnectWise's conditions.
pub(super) fn walk(value: &Value, path: &[String]) -> Vec<Value> {
    let Some((name, rest)) = path.split_first() else {
        return match value {
            Value::Array(list) => list.clone(),
            other => vec![other.clone()],
        };
    };
    match value {
        Value::Array(list) => list.iter().flat_map(|v| walk(v, path)).collect(),
        Value::Object(map) => {
            let found = map
                .get(name)
                .or_else(|| map.iter().find(|(k, _)| k.eq_ignore_ascii_case(name)).map(|(_, v)| v));
            found.map(|v| walk(v, rest)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}
