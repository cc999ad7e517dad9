//! The source's secret, taken apart: `part:part:part` in the order that the profile names, or a
//! JSON object with the names as keys where a part holds a colon.

use std::collections::BTreeMap;
use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroize;

use crate::domain::problem::{Problem, ProblemKind};

/// The secret's parts by name. Neither prints them.
#[derive(Default)]
pub(super) struct Parts {
    parts: BTreeMap<String, SecretString>,
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.parts.keys()).finish()
    }
}

impl Parts {
    /// Takes the secret apart.
    ///
    /// # Errors
    /// It is missing, or has not the parts that the profile names.
    pub(super) fn read(names: &[String], secret: Option<&SecretString>) -> Result<Self, Problem> {
        if names.is_empty() {
            return Ok(Self::default());
        }
        let wanted = names.join(":");
        let wrong = |code: &'static str, message: String| {
            Problem::new(
                ProblemKind::NotSetUp,
                code,
                message,
                format!(
                    "set it with `addendum credentials set --source-secret`, as Source Secret on \
                     the Credentials tab, or in ADDENDUM_SOURCE_SECRET, as {wanted}"
                ),
            )
        };
        let Some(secret) = secret else {
            return Err(wrong("no-source-secret", "the billing source needs a secret".into()));
        };
        let text = secret.expose_secret().trim();
        let mut given: Vec<(String, String)> = if text.starts_with('{') && names.len() > 1 {
            let Ok(object) = serde_json::from_str::<BTreeMap<String, String>>(text) else {
                let message = "the source's secret begins like a JSON object and is none";
                return Err(wrong("bad-source-secret", message.into()));
            };
            object.into_iter().collect()
        } else {
            let values = text.splitn(names.len(), ':').map(str::to_owned);
            names.iter().cloned().zip(values).collect()
        };
        let mut parts = BTreeMap::new();
        for name in names {
            let value = given.iter_mut().find(|(n, _)| n == name).map(|(_, v)| std::mem::take(v));
            match value {
                Some(value) if !value.trim().is_empty() => {
                    parts.insert(name.clone(), SecretString::from(value.trim()));
                }
                _ => {
                    let message = format!("the source's secret has no part {name}");
                    return Err(wrong("bad-source-secret", message));
                }
            }
        }
        given.iter_mut().for_each(|(_, value)| value.zeroize());
        Ok(Self { parts })
    }

    /// A part.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.parts.get(name).map(ExposeSecret::expose_secret)
    }

    /// The text with every part of the secret taken out.
    pub(super) fn hidden(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for part in self.parts.values() {
            let part = part.expose_secret();
            // A short one stands in many words and tells nothing.
            if part.len() >= 4 {
                text = text.replace(part, "***");
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(names: &[&str], secret: &str) -> Result<Parts, Problem> {
        let names: Vec<String> = names.iter().map(|&n| n.to_owned()).collect();
        Parts::read(&names, Some(&SecretString::from(secret)))
    }

    #[test]
    fn parts_stand_in_the_order_of_the_profile_or_under_their_names() {
        let parts = read(&["id", "word"], " one:two:three ").unwrap();
        assert_eq!((parts.get("id"), parts.get("word")), (Some("one"), Some("two:three")));
        let parts = read(&["id", "word", "key"], r#"{"word":"a:b","key":"k","id":"i"}"#).unwrap();
        assert_eq!((parts.get("word"), parts.get("key")), (Some("a:b"), Some("k")));
        let whole = read(&["key"], "{a:b}").unwrap();
        assert_eq!(whole.get("key"), Some("{a:b}"), "a single part is the whole text");
        assert!(read(&[], "unused").unwrap().get("id").is_none());
    }

    #[test]
    fn what_is_missing_is_named_and_nothing_of_the_secret_is() {
        for (names, secret, missing) in [
            (&["id", "word"][..], "s3cret", "word"),
            (&["id", "word"], ":s3cret", "id"),
            (&["id", "word"], r#"{"id":"s3cret"}"#, "word"),
        ] {
            let problem = read(names, secret).unwrap_err();
            let told = problem.to_string();
            assert!(told.contains(missing) && !told.contains("s3cret"), "{told}");
            assert_eq!(problem.kind, ProblemKind::NotSetUp);
        }
        let problem = read(&["id", "word"], "{s3cret").unwrap_err();
        assert!(!problem.to_string().contains("s3cret"));
        assert_eq!(Parts::read(&["id".into()], None).unwrap_err().code, "no-source-secret");
    }

    #[test]
    fn no_part_is_printed() {
        let parts = read(&["id", "word"], "client-7:s3cret-word").unwrap();
        assert!(!format!("{parts:?}").contains("s3cret"));
        assert_eq!(parts.hidden("client-7 may not: s3cret-word"), "*** may not: ***");
    }
}
