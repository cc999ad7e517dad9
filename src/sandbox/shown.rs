//! How a record is shown: field by field, all of them or those that were asked for.

use std::io::Write as _;

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Map, Value};

use super::lists::Record;
use super::values::number;
use super::world::World;

/// Takes the fields of a record one after another, each once.
pub(super) trait Show {
    /// A field. Its value is only made where somebody wants it.
    fn field<T: Serialize>(&mut self, name: &str, value: impl FnOnce() -> T);

    /// A field that holds a decimal, shown as a number with all its digits.
    fn amount(&mut self, name: &str, value: impl FnOnce() -> Decimal) {
        self.field(name, || number(value()));
    }

    /// A field that is left out when there is nothing in it, as ConnectWise does.
    fn maybe<T: Serialize>(&mut self, name: &str, value: Option<T>) {
        if let Some(value) = value {
            self.field(name, || value);
        }
    }
}

/// For whoever looks into it.
impl Show for Map<String, Value> {
    fn field<T: Serialize>(&mut self, name: &str, value: impl FnOnce() -> T) {
        self.insert(name.to_owned(), plain(value()));
    }
}

fn plain(value: impl Serialize) -> Value {
    serde_json::to_value(value).expect("what a record shows can be JSON")
}

/// For whoever sends it: JSON, written as it is told.
pub(super) struct Text<'a> {
    json: &'a mut Vec<u8>,
    fields: Option<&'a Fields>,
    begun: bool,
}

impl<'a> Text<'a> {
    /// Writes a record, trimmed to `fields`.
    pub(super) fn write(
        record: &impl Record,
        world: &World,
        fields: Option<&'a Fields>,
        json: &'a mut Vec<u8>,
    ) {
        json.push(b'{');
        let mut text = Self { json, fields, begun: false };
        record.show(world, &mut text);
        text.json.push(b'}');
    }

    /// Begins a field that is wanted, and gives the paths below it that are: none for all of it.
    fn begin(&mut self, name: &str) -> Option<Vec<&'a [String]>> {
        let below = match self.fields {
            None => Vec::new(),
            Some(fields) => match fields.below(name) {
                below if below.is_empty() => return None,
                below if below.iter().any(|path| path.is_empty()) => Vec::new(),
                below => below,
            },
        };
        let before: &[u8] = if std::mem::replace(&mut self.begun, true) { b",\"" } else { b"\"" };
        // Names of fields are plain words.
        self.json.reserve(name.len() + 4);
        self.json.extend_from_slice(before);
        self.json.extend_from_slice(name.as_bytes());
        self.json.extend_from_slice(b"\":");
        Some(below)
    }

    fn append(&mut self, value: impl Serialize) {
        serde_json::to_writer(&mut *self.json, &value).expect("what a record shows can be JSON");
    }
}

impl Show for Text<'_> {
    fn field<T: Serialize>(&mut self, name: &str, value: impl FnOnce() -> T) {
        match self.begin(name) {
            None => {}
            Some(all) if all.is_empty() => self.append(value()),
            Some(paths) => self.append(pick(&plain(value()), &paths)),
        }
    }

    fn amount(&mut self, name: &str, value: impl FnOnce() -> Decimal) {
        if self.begin(name).is_some() {
            // Memory takes it.
            let _ = write!(self.json, "{}", value());
        }
    }
}

/// The choice of fields: `id,name,company/id`.
#[derive(Debug)]
pub(super) struct Fields(Vec<Vec<String>>);

impl Fields {
    pub(super) fn read(text: &str) -> Self {
        let paths = text.split(',').map(str::trim).filter(|p| !p.is_empty());
        Self(paths.map(|p| p.split('/').map(str::to_owned).collect()).collect())
    }

    /// What is asked for of a field: paths below it, an empty one for all of it.
    fn below(&self, name: &str) -> Vec<&[String]> {
        below(self.0.iter().map(Vec::as_slice), name)
    }
}

fn below<'a>(paths: impl Iterator<Item = &'a [String]>, name: &str) -> Vec<&'a [String]> {
    paths
        .filter(|p| p.first().is_some_and(|n| n.eq_ignore_ascii_case(name)))
        .map(|p| &p[1..])
        .collect()
}

fn pick(value: &Value, paths: &[&[String]]) -> Value {
    match value {
        Value::Object(map) => {
            let mut out = Map::new();
            for (key, inner) in map {
                let below = below(paths.iter().copied(), key);
                if below.is_empty() {
                    continue;
                }
                let whole = below.iter().any(|p| p.is_empty());
                out.insert(key.clone(), if whole { inner.clone() } else { pick(inner, &below) });
            }
            Value::Object(out)
        }
        Value::Array(list) => list.iter().map(|v| pick(v, paths)).collect(),
        other => other.clone(),
    }
}
