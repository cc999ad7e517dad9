//! Fields with their shapes, lengths and words: the part of the rules that is a table.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::sandbox::refusal::{Item, Refusal};
use crate::sandbox::values;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Shape {
    /// Text of at most so many characters; 0: any length.
    Text(usize),
    /// A decimal.
    Number,
    /// True or false.
    Flag,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A day.
    Day,
    /// Another record.
    Reference,
    /// The array of custom fields.
    Custom,
    /// Set by ConnectWise; ignored when it is sent.
    Computed,
}

/// A field of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) struct Field {
    pub name: &'static str,
    pub shape: Shape,
    pub required: bool,
}

/// A field that may be missing.
pub(super) const fn may(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: false }
}

/// A field that must be there.
pub(super) const fn must(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: true }
}

/// The fields' names, and what `_info` holds, for conditions.
pub(in crate::sandbox) fn names(fields: &[Field]) -> Vec<&'static str> {
    fields
        .iter()
        .map(|f| f.name)
        .chain(["lastUpdated", "updatedBy", "dateEntered", "enteredBy"])
        .collect()
}

/// Checks a body against a table.
///
/// # Errors
/// A value of the wrong kind refuses the body at once, as ConnectWise's own reading of JSON does.
pub(super) fn check(
    body: &Map<String, Value>,
    fields: &[Field],
    resource: &'static str,
) -> Result<Vec<Item>, Refusal> {
    let mut items = Vec::new();
    for field in fields {
        let name = field.name;
        let Some(value) = body.get(name) else {
            if field.required {
                items.push(Item::required(resource, name));
            }
            continue;
        };
        if value.is_null() {
            match field.shape {
                Shape::Computed => {}
                _ if field.required => items.push(Item::required(resource, name)),
                Shape::Number | Shape::Flag | Shape::Choice(_) => {}
                Shape::Day => items.push(unsupported(resource, name)),
                _ => items.push(Item::new(
                    "InvalidField",
                    resource,
                    name,
                    format!("{name} cannot be null."),
                )),
            }
            continue;
        }
        let converting = || {
            Refusal::body(format!("Error converting value {value} to the type of field {name}."))
        };
        match field.shape {
            Shape::Computed => {}
            Shape::Text(max) => {
                let text = value.as_str().ok_or_else(converting)?;
                if field.required && text.trim().is_empty() {
                    items.push(Item::required(resource, name));
                }
                if max > 0 && text.chars().count() > max {
                    items.push(Item::new(
                        "MaxLengthField",
                        resource,
                        name,
                        format!(
                            "The field {name} must be a string with a maximum length of {max}."
                        ),
                    ));
                }
            }
            Shape::Number => {
                // Beyond this the product of two would not be a decimal any more.
                let sane = |d: &Decimal| d.abs() < Decimal::from(10_000_000_000_000_i64);
                values::decimal(value).filter(sane).ok_or_else(converting)?;
            }
            Shape::Flag => {
                value.as_bool().ok_or_else(converting)?;
            }
            Shape::Choice(words) => {
                let word = value.as_str().ok_or_else(converting)?;
                if !words.contains(&word) {
                    return Err(converting());
                }
            }
            Shape::Day => {
                if value.as_str().and_then(values::day).is_none() {
                    items.push(unsupported(resource, name));
                }
            }
            Shape::Reference => {
                value.as_object().ok_or_else(converting)?;
            }
            Shape::Custom => {
                value.as_array().ok_or_else(converting)?;
            }
        }
    }
    Ok(items)
}

fn unsupported(resource: &'static str, name: &str) -> Item {
    Item::new("UnsupportedFormat", resource, name, format!("Unsupported format applied to {name}"))
}
