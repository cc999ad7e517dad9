//! Checks requests and answers against ConnectWise's OpenAPI description. The description is not
//! part of this repository: it is looked for in `ADDENDUM_SHARED` and beside the repository, and
//! tests that need it say aloud that they skip when it is absent.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::path::PathBuf;

use serde_json::{Map, Value};

/// The description.
pub struct Description {
    root: Value,
}

/// An operation of the description.
pub struct Operation<'a> {
    description: &'a Description,
    /// The path's template, such as `/finance/agreements/{id}`.
    pub template: &'a str,
    value: &'a Value,
}

impl Description {
    /// Reads it, or says that `test` is skipped.
    pub fn find(test: &str) -> Option<Self> {
        let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let mut places: Vec<PathBuf> =
            std::env::var_os("ADDENDUM_SHARED").map(PathBuf::from).into_iter().collect();
        places.push(here.join("../shared"));
        places.push(here.join("../../shared"));
        let mut found = places.into_iter().map(|p| p.join("connectwise-openapi.json"));
        let Some(file) = found.find(|f| f.is_file()) else {
            println!(
                "SKIPPED {test}: connectwise-openapi.json was not found (set ADDENDUM_SHARED)"
            );
            return None;
        };
        let text = std::fs::read_to_string(&file).expect("the description can be read");
        Some(Self { root: serde_json::from_str(&text).expect("the description is JSON") })
    }

    fn resolve<'a>(&'a self, mut value: &'a Value) -> &'a Value {
        while let Some(target) = value.get("$ref").and_then(Value::as_str) {
            let pointer = target.trim_start_matches('#');
            value = self.root.pointer(pointer).unwrap_or_else(|| panic!("{target} is missing"));
        }
        value
    }

    /// The operation for a method and a path below `apis/3.0`; literal segments win over
    /// parameters.
    pub fn operation(&self, method: &str, path: &str) -> Option<Operation<'_>> {
        let wanted: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).collect();
        let paths = self.root["paths"].as_object()?;
        let fit = paths.iter().filter_map(|(template, item)| {
            let value = item.get(method.to_ascii_lowercase())?;
            let parts: Vec<&str> = template.split('/').filter(|s| !s.is_empty()).collect();
            let parameter = |p: &str| p.starts_with('{');
            let same = parts.len() == wanted.len()
                && parts.iter().zip(&wanted).all(|(p, w)| parameter(p) || p == w);
            let parameters = parts.iter().filter(|p| parameter(p)).count();
            same.then_some((parameters, template.as_str(), value))
        });
        fit.min_by_key(|(parameters, _, _)| *parameters).map(|(_, template, value)| Operation {
            description: self,
            template,
            value,
        })
    }
}

impl Operation<'_> {
    /// What is wrong with an answer's status and body.
    pub fn answer(&self, status: u16, body: Option<&Value>) -> Vec<String> {
        let responses = &self.value["responses"];
        let Some(response) = responses.get(status.to_string()) else {
            return vec![format!("{}: no answer {status} is described", self.template)];
        };
        let response = self.description.resolve(response);
        let content = response.get("content").and_then(|c| c.get("application/json"));
        match (content, body) {
            (None, None) => Vec::new(),
            (None, Some(b)) => vec![format!("{}: an unexpected body {b}", self.template)],
            (Some(_), None) => vec![format!("{}: the body is missing", self.template)],
            (Some(content), Some(body)) => self.check(&content["schema"], body, false),
        }
    }

    /// What is wrong with a request's query and body. `query` are its names with their values.
    pub fn request(&self, query: &[(String, String)], body: Option<&Value>) -> Vec<String> {
        let mut problems = Vec::new();
        let parameters = self.value["parameters"].as_array().into_iter().flatten();
        let parameters: Vec<&Value> = parameters.map(|p| self.description.resolve(p)).collect();
        for (name, value) in query {
            let known = parameters.iter().find(|p| p["in"] == "query" && p["name"] == **name);
            match known {
                None => problems.push(format!("{}: no parameter {name}", self.template)),
                Some(p) if p["schema"]["type"] == "integer" && value.parse::<i32>().is_err() => {
                    problems.push(format!("{}: {name}={value} is no integer", self.template));
                }
                Some(_) => {}
            }
        }
        let described = self.value.get("requestBody").map(|b| self.description.resolve(b));
        match (described, body) {
            (None, None) => {}
            (None, Some(_)) => problems.push(format!("{}: takes no body", self.template)),
            (Some(_), None) => problems.push(format!("{}: needs a body", self.template)),
            (Some(described), Some(body)) => {
                let schema = &described["content"]["application/json"]["schema"];
                problems.extend(self.check(schema, body, true));
            }
        }
        problems
    }

    fn check(&self, schema: &Value, value: &Value, partial_references: bool) -> Vec<String> {
        let mut checker =
            Checker { description: self.description, partial_references, problems: Vec::new() };
        checker.check(schema, value, self.template);
        checker.problems
    }
}

struct Checker<'a> {
    description: &'a Description,
    /// In requests a reference is only its number: required fields of references do not count.
    partial_references: bool,
    problems: Vec<String>,
}

impl Checker<'_> {
    fn wrong(&mut self, at: &str, what: &str) {
        self.problems.push(format!("{at}: {what}"));
    }

    fn check(&mut self, schema: &Value, value: &Value, at: &str) {
        let schema = self.description.resolve(schema).clone();
        if let Some(all) = schema.get("allOf").and_then(Value::as_array) {
            all.iter().for_each(|s| self.check(s, value, at));
            return;
        }
        if value.is_null() {
            if schema.get("type").is_some() && schema["nullable"] != true {
                self.wrong(at, "null is not allowed");
            }
            return;
        }
        if let Some(words) = schema.get("enum").and_then(Value::as_array)
            && !words.contains(value)
        {
            self.wrong(at, &format!("{value} is none of the allowed words"));
        }
        match schema.get("type").and_then(Value::as_str) {
            Some("object") => match value.as_object() {
                Some(map) => self.object(&schema, map, at),
                None => self.wrong(at, &format!("{value} is no object")),
            },
            Some("array") => match value.as_array() {
                Some(list) => {
                    for (i, item) in list.iter().enumerate() {
                        self.check(&schema["items"], item, &format!("{at}[{i}]"));
                    }
                }
                None => self.wrong(at, &format!("{value} is no array")),
            },
            Some("string") => match value.as_str() {
                Some(text) => self.text(&schema, text, at),
                None => self.wrong(at, &format!("{value} is no text")),
            },
            Some("integer") if value.as_i64().is_none_or(|n| i32::try_from(n).is_err()) => {
                self.wrong(at, &format!("{value} is no 32-bit integer"));
            }
            Some("number") if !value.is_number() => {
                self.wrong(at, &format!("{value} is no number"));
            }
            Some("boolean") if !value.is_boolean() => {
                self.wrong(at, &format!("{value} is neither true nor false"));
            }
            _ => {}
        }
    }

    fn object(&mut self, schema: &Value, map: &Map<String, Value>, at: &str) {
        let nothing = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&nothing);
        let reference = at.matches('.').count() > 0 && self.partial_references;
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !map.contains_key(name) && !reference {
                self.wrong(at, &format!("{name} is missing"));
            }
        }
        for (name, value) in map {
            let below = format!("{at}.{name}");
            match (properties.get(name), schema.get("additionalProperties")) {
                (Some(s), _) | (None, Some(s @ Value::Object(_))) => self.check(s, value, &below),
                (None, _) if properties.is_empty() => {}
                (None, _) => self.wrong(&below, "there is no such field"),
            }
        }
    }

    fn text(&mut self, schema: &Value, text: &str, at: &str) {
        if schema["maxLength"].as_u64().is_some_and(|max| text.chars().count() as u64 > max) {
            self.wrong(at, "is too long");
        }
        match schema["format"].as_str() {
            Some("date-time") => {
                let whole = text.len() == 20 && text.ends_with('Z');
                if !whole || text.parse::<jiff::Timestamp>().is_err() {
                    self.wrong(at, &format!("{text} is no time in ConnectWise's form"));
                }
            }
            Some("uuid") if text.parse::<uuid::Uuid>().is_err() => {
                self.wrong(at, &format!("{text} is no uuid"));
            }
            _ => {}
        }
    }
}
