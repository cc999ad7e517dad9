//! Setup tables: small, read-only, kept as they are shown.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

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

    /// Keeps some rows of a table only, by number.
    pub(in crate::sandbox) fn retain(&mut self, table: &'static str, keep: impl Fn(i64) -> bool) {
        self.tables.entry(table).or_default().retain(|row| keep(row.id()));
    }

    /// A table's rows, by number.
    pub(in crate::sandbox) fn rows(&self, table: &str) -> &[Row] {
        self.tables.get(table).map_or(&[], Vec::as_slice)
    }

    /// One row.
    pub(in crate::sandbox) fn row(&self, table: &str, id: i64) -> Option<&Row> {
        let rows = self.rows(table);
        // Mostly they are counted from 1.
        let at = usize::try_from(id - 1).ok().and_then(|at| rows.get(at));
        at.filter(|r| r.id() == id).or_else(|| rows.iter().find(|r| r.id() == id))
    }

    /// A row's name, or nothing.
    pub(in crate::sandbox) fn name_of(&self, table: &str, id: i64) -> &str {
        self.row(table, id).and_then(|r| r.0.get("name")).and_then(Value::as_str).unwrap_or("")
    }

    /// A row as other records refer to it. Currencies and departments show more than a name.
    pub(in crate::sandbox) fn reference(&self, table: &str, id: i64) -> Reference<'_> {
        let Some(Row(row)) = self.row(table, id) else { return Reference::Nothing(()) };
        let name = row.get("name");
        match table {
            "currencies" => Reference::Currency {
                id,
                symbol: row.get("symbol"),
                currency_code: row.get("currencyIdentifier"),
                decimal_separator: ".",
                number_of_decimals: 2,
                thousands_separator: ",",
                negative_parentheses_flag: false,
                display_symbol_flag: false,
                currency_identifier: row.get("currencyIdentifier"),
                display_id_flag: true,
                right_align: false,
                name,
            },
            "departments" => Reference::Department { id, identifier: row.get("identifier"), name },
            _ => Reference::Named { id, name },
        }
    }
}

/// A row as other records refer to it.
#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub(in crate::sandbox) enum Reference<'a> {
    /// There is no such row.
    Nothing(()),
    Named {
        id: i64,
        name: Option<&'a Value>,
    },
    Department {
        id: i64,
        identifier: Option<&'a Value>,
        name: Option<&'a Value>,
    },
    Currency {
        id: i64,
        symbol: Option<&'a Value>,
        currency_code: Option<&'a Value>,
        decimal_separator: &'static str,
        number_of_decimals: u8,
        thousands_separator: &'static str,
        negative_parentheses_flag: bool,
        display_symbol_flag: bool,
        currency_identifier: Option<&'a Value>,
        display_id_flag: bool,
        right_align: bool,
        name: Option<&'a Value>,
    },
}
