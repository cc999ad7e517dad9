//! Columns that we do not know, kept as a JSON object for people.

/// The raw data of one row.
#[derive(Debug, Default)]
pub(super) struct RawData {
    json: String,
}

impl RawData {
    pub(super) fn clear(&mut self) {
        self.json.clear();
    }

    /// Adds a text; an empty one is left out.
    pub(super) fn text(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.json(name, &serde_json::Value::from(value));
        }
    }

    /// Adds a value as it is.
    pub(super) fn json(&mut self, name: &str, value: &serde_json::Value) {
        self.json.push(if self.json.is_empty() { '{' } else { ',' });
        self.json.push_str(&serde_json::Value::from(name).to_string());
        self.json.push(':');
        self.json.push_str(&value.to_string());
    }

    /// The object, if there is anything in it.
    pub(super) fn take(&mut self) -> Option<Box<str>> {
        if self.json.is_empty() {
            return None;
        }
        self.json.push('}');
        Some(Box::from(self.json.as_str()))
    }
}
