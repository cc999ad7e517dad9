//! JSON Patch as ConnectWise takes it (connectwise-api.md 5.2): always an array, whole references,
//! a nested path answers 200 and changes nothing.

use serde_json::{Map, Value};

use super::refusal::Refusal;
use super::rules::{Field, Shape};

/// Applies the operations to a record's fields. Returns the names that were set or removed.
pub(super) fn apply(
    body: &Value,
    record: &mut Map<String, Value>,
    fields: &[Field],
) -> Result<Vec<String>, Refusal> {
    let Value::Array(operations) = body else {
        return Err(Refusal::body("The request body must be an array of patch operations."));
    };
    let mut touched = Vec::new();
    for operation in operations {
        let text = |name: &str| operation.get(name).and_then(Value::as_str);
        let (Some(op), Some(path)) = (text("op"), text("path")) else {
            return Err(Refusal::body("A patch operation needs op and path."));
        };
        let path = path.strip_prefix('/').unwrap_or(path);
        if path.contains('/') {
            continue;
        }
        let Some(field) = fields.iter().find(|f| f.name == path) else {
            return Err(Refusal::body(format!("The path {path} was not found on the object.")));
        };
        match op {
            _ if field.shape == Shape::Computed => continue,
            "add" | "replace" => {
                let Some(value) = operation.get("value") else {
                    return Err(Refusal::body(format!("The operation {op} needs a value.")));
                };
                record.insert(path.to_owned(), value.clone());
            }
            "remove" => {
                record.remove(path);
            }
            other => {
                return Err(Refusal::body(format!("The operation {other} is not supported.")));
            }
        }
        touched.push(path.to_owned());
    }
    Ok(touched)
}
