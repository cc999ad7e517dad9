//! Setup tables: small, read-only, kept as they are shown.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::sandbox::lists::Record;
use crate::sandbox::shown::Show;
use crate::sandbox::world::World;

/// A row of a setup table.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sandbox) struct Row(pub Map<String, Value>);

impl Record for Row {
    fn id(&self) -> i64 {
        self.0.get("id").and_then(Value::as_i64).unwrap_or_default()
    }

    fn show(&self, _world: &World, to: &mut impl Show) {
        for (name, value) in &self.0 {
            to.field(name, || value);
        }
    }
}

/// All setup tables, by a name of our own.
#[derive(Debug, Clone, Default)]
pub(in crate::sandbox) struct Setup {
    tables: BTreeMap<&'static str, Vec<Row>>,
}

impl Setup {
    /// Puts a table. Rows without a number are counted from 1.
    pub(in crate::sandbox) fn put(&mut self, table: &'static str, rows: Vec<Value>) {
        let rows = rows
            .into_iter()
            .zip(1_i64..)
            .map(|(row, id)| {
                let mut map = crate::sandbox::values::object(row);
                map.entry("id").or_insert_with(|| id.into());
                Row(map)
            })
            .collect();
        self.tables.insert(table, rows);
    }

    /// A table's rows, by number.
    pub(in crate::sandbox) fn rows(&self, table: &str) -> &[Row] {
        self.tables.get(table).map_or(&[], Vec::as_slice)
    }

    /// One row.
    pub(in crate::sandbox) fn row(&self, table: &str, id: i64) -> Option<&Row> {
        self.rows(table).iter().find(|r| r.id() == id)
    }

    /// A row's name, or nothing.
    pub(in crate::sandbox) fn name_of(&self, table: &str, id: i64) -> &str {
        self.row(table, id).and_then(|r| r.0.get("name")).and_then(Value::as_str).unwrap_or("")
    }

    /// A row as other records refer to it. Currencies and departments show more than a name.
    pub(in crate::sandbox) fn reference(&self, table: &str, id: i64) -> Value {
        let Some(Row(row)) = self.row(table, id) else { return Value::Null };
        match table {
            "currencies" => json!({
                "id": id, "symbol": row["symbol"], "currencyCode": row["currencyIdentifier"],
                "decimalSeparator": ".", "numberOfDecimals": 2, "thousandsSeparator": ",",
                "negativeParenthesesFlag": false, "displaySymbolFlag": false,
                "currencyIdentifier": row["currencyIdentifier"], "displayIdFlag": true,
                "rightAlign": false, "name": row["name"],
            }),
            "departments" => {
                json!({"id": id, "identifier": row["identifier"], "name": row["name"]})
            }
            _ => json!({"id": id, "name": row["name"]}),
        }
    }
}
