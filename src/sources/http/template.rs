//! Texts of a profile with places to fill in.

use serde_json::Value;

use super::super::profile::path::{JsonPath, text_of};
use super::secret::Parts;
use crate::domain::period::Period;
use crate::domain::problem::{Problem, ProblemKind};

/// What places are filled in with.
#[derive(Clone, Copy)]
pub(super) struct Fill<'a> {
    /// The month that is asked for.
    pub period: Option<Period>,
    /// The settings' `source.account`.
    pub account: Option<&'a str>,
    /// The secret, where it may stand.
    pub secret: Option<&'a Parts>,
    /// The earlier list and its record that is asked about.
    pub record: Option<(&'a str, &'a Value)>,
}

/// A text and the places in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Place { name: String, form: Option<String> },
}

impl Template {
    /// Reads a text. A brace that is no place is an error.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((inside, behind)) = after.split_once('}') else {
                return Err(format!("a brace is never closed in {text:?}"));
            };
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            let (name, form) = match inside.split_once(':') {
                Some((name, form)) => (name, Some(form.to_owned())),
                None => (inside, None),
            };
            pieces.push(Piece::Place { name: name.trim().to_owned(), form });
            rest = behind;
        }
        if rest.contains('}') {
            return Err(format!("a brace is never opened in {text:?}"));
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self { pieces })
    }

    /// The names of its places.
    pub(super) fn places(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|p| match p {
            Piece::Place { name, .. } => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// The text with its places filled in.
    ///
    /// # Errors
    /// A place has nothing to be filled in with.
    pub(super) fn fill(&self, fill: &Fill<'_>) -> Result<String, Problem> {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Place { name, form } => out.push_str(&place(name, form.as_deref(), fill)?),
            }
        }
        Ok(out)
    }
}

fn place(name: &str, form: Option<&str>, fill: &Fill<'_>) -> Result<String, Problem> {
    let nothing = |why: String, remedy: &str| {
        Problem::new(ProblemKind::NotSetUp, "nothing-to-fill-in", why, remedy)
    };
    let day = |day: jiff::civil::Date| match form {
        None => Ok(day.to_string()),
        Some(form) => jiff::fmt::strtime::format(form, day).map_err(|_| {
            nothing(format!("{form} is no form of a day"), "write it as in {from:%Y-%m-%d}")
        }),
    };
    if let Some(period) = fill.period {
        match name {
            "from" => return day(period.first_day()),
            "to" => return day(period.last_day()),
            "until" => return day(period.next().first_day()),
            "period" => return Ok(period.to_string()),
            _ => {}
        }
    }
    if name == "account" {
        return fill.account.map(str::to_owned).filter(|a| !a.is_empty()).ok_or_else(|| {
            nothing(
                "the profile needs your own id at the source, and there is none".into(),
                "set source.account in config.toml",
            )
        });
    }
    if let Some(part) = fill.secret.and_then(|s| s.get(name)) {
        return Ok(part.to_owned());
    }
    if let Some((list, record)) = fill.record
        && let Some(path) = name.strip_prefix(list).and_then(|rest| rest.strip_prefix('.'))
    {
        let found = JsonPath::new(path).find(record).and_then(text_of).unwrap_or_default();
        if !found.trim().is_empty() {
            return Ok(found.trim().to_owned());
        }
        return Err(Problem::new(
            ProblemKind::Refused,
            "record-without-id",
            format!("a record of {list} has no {path}, so nothing more can be asked about it"),
            "check the call's path in the profile, or tell the source's support",
        ));
    }
    Err(nothing(format!("there is nothing to fill in for {{{name}}}"), "correct the profile"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fill(text: &str) -> Result<String, Problem> {
        let record = json!({"id": "7/x", "no": 12, "none": null});
        Template::new(text).unwrap().fill(&Fill {
            period: "2026-02".parse().ok(),
            account: Some("me"),
            secret: None,
            record: Some(("invoices", &record)),
        })
    }

    #[test]
    fn places_are_filled_in() {
        for (text, filled) in [
            ("plain", "plain"),
            ("{from}..{to}", "2026-02-01..2026-02-28"),
            ("{until}", "2026-03-01"),
            ("{period}", "2026-02"),
            ("{from:%d.%m.%Y}", "01.02.2026"),
            ("/a/{account}/b", "/a/me/b"),
            ("/invoices/{invoices.id}/{invoices.no}", "/invoices/7/x/12"),
        ] {
            assert_eq!(fill(text).unwrap(), filled, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_filled_in_is_told() {
        for (text, code) in [
            ("{word}", "nothing-to-fill-in"),
            ("{invoices.none}", "record-without-id"),
            ("{from:%Q}", "nothing-to-fill-in"),
        ] {
            assert_eq!(fill(text).unwrap_err().code, code, "{text}");
        }
        assert!(Template::new("{from").is_err() && Template::new("to}").is_err());
    }
}
