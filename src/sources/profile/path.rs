//! Where a value is in a JSON record: `invoice.number`, `lines[0].id`,
//! `tags[name=CustomerDisplayName].value`. Names are found in any case of letters.

use serde_json::Value;

/// A parsed path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonPath {
    /// The path as written: a member with this whole name comes first.
    whole: Box<str>,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// A member of an object.
    Member(Box<str>),
    /// An element of a list, from 0.
    At(usize),
    /// The first element of a list whose member has this text.
    Where(Box<str>, Box<str>),
}

impl JsonPath {
    /// Reads a path. Every text is one: what is no step is part of a name.
    pub fn new(text: &str) -> Self {
        let mut steps = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            if let Some((inner, after)) = rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
                steps.push(match (inner.parse(), inner.split_once('=')) {
                    (Ok(at), _) => Step::At(at),
                    (_, Some((name, text))) => Step::Where(name.trim().into(), text.trim().into()),
                    _ => Step::Member(inner.into()),
                });
                rest = after.strip_prefix('.').unwrap_or(after);
                continue;
            }
            let end = rest.find(['.', '[']).filter(|at| *at > 0).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            steps.push(Step::Member(name.into()));
            rest = after.strip_prefix('.').unwrap_or(after);
        }
        Self { whole: text.into(), steps }
    }

    /// The value at the path, if there is one that is not null.
    pub fn find<'v>(&self, record: &'v Value) -> Option<&'v Value> {
        if let Some(found) = record.as_object().and_then(|o| o.get(&*self.whole)) {
            return Some(found).filter(|v| !v.is_null());
        }
        let mut at = record;
        for step in &self.steps {
            at = match step {
                Step::Member(name) => member(at, name)?,
                Step::At(n) => at.as_array()?.get(*n)?,
                Step::Where(name, text) => at.as_array()?.iter().find(|element| {
                    member(element, name)
                        .is_some_and(|v| text_of(v).is_some_and(|t| t.eq_ignore_ascii_case(text)))
                })?,
            };
        }
        Some(at).filter(|v| !v.is_null())
    }

    /// The first name of the path: the member of the record that it leads into.
    pub fn root(&self) -> &str {
        match self.steps.first() {
            Some(Step::Member(name)) => name,
            _ => &self.whole,
        }
    }
}

/// A member in any case of letters, the exact name first.
pub fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let object = value.as_object()?;
    object
        .get(name)
        .or_else(|| object.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v))
}

/// A value as the text of a cell; lists and objects are none.
pub fn text_of(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        // With arbitrary precision this is the number as it was written.
        Value::Number(number) => Some(number.as_str()),
        Value::Bool(true) => Some("true"),
        Value::Bool(false) => Some("false"),
        Value::Null => Some(""),
        Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_lead_through_objects_lists_and_tags() {
        let record = json!({
            "Invoice": {"number": "G1", "total": serde_json::from_str::<Value>("12.50").unwrap()},
            "tags": [{"name": "Other", "value": "x"}, {"name": "Customer", "value": "Contoso"}],
            "lines": [[1, 2], [3]],
            "a.b": "whole",
            "none": null,
        });
        for (path, found) in [
            ("invoice.NUMBER", json!("G1")),
            ("tags[name=customer].value", json!("Contoso")),
            ("lines[0][1]", json!(2)),
            ("a.b", json!("whole")),
        ] {
            assert_eq!(JsonPath::new(path).find(&record), Some(&found), "{path}");
        }
        for path in ["none", "invoice.missing", "tags[name=Nobody].value", "lines[9]", "", "."] {
            let found = JsonPath::new(path).find(&record);
            assert!(found.is_none() || found == Some(&record), "{path}: {found:?}");
        }
        let total = JsonPath::new("Invoice.total").find(&record).and_then(text_of);
        assert_eq!(total, Some("12.50"), "numbers are taken as written");
        assert_eq!(JsonPath::new("tags[name=a].value").root(), "tags");
    }
}
