//! Changes settings in place: comments, order and everything unknown to the change stay.

use std::fs;
use std::io;
use std::path::Path;

use toml_edit::{DocumentMut, Item, Table, Value};

use super::replace::replace_linked_file;
use super::{DEFAULT_SETTINGS, Settings, keys, paths};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

/// See [`Settings::write`].
pub(super) fn write(
    file: &Path,
    profile: &str,
    changes: &[(String, Option<Value>)],
) -> Result<Vec<(String, String)>, Problem> {
    paths::check_profile_name(profile)?;
    let known = keys::all();
    for (key, _) in changes {
        if !known.contains(key) {
            let names: Vec<&str> = known.iter().map(String::as_str).collect();
            return Err(Problem::new(
                ProblemKind::Refused,
                "settings-unknown-key",
                format!("the key {} is not known", harmless(key)),
                keys::nearest(key, &names)
                    .map(|n| format!("did you mean {n}?"))
                    .unwrap_or_default(),
            ));
        }
    }
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => DEFAULT_SETTINGS.to_owned(),
        Err(e) => return Err(super::unreadable(file, &e)),
    };
    // What is broken already is told with its place, and nothing is written over it.
    super::parse(file, &text, profile)?;
    let mut document = text.parse::<DocumentMut>().map_err(|e| {
        Problem::new(ProblemKind::Refused, "settings-syntax", harmless(e.message()), "")
    })?;
    let defaults = DEFAULT_SETTINGS
        .parse::<DocumentMut>()
        .expect("the shipped defaults are TOML, which a test holds");
    let mut told = Vec::with_capacity(changes.len());
    for (key, value) in changes {
        let path: Vec<&str> = key.split('.').collect();
        let before = shown(&document, profile, &path);
        let own: Vec<&str> = ["profiles", profile].into_iter().chain(path.clone()).collect();
        let for_profile = profile != "default" || find(document.as_table(), &own).is_some();
        match value {
            Some(v) => put(&mut document, if for_profile { &own } else { &path }, v.clone(), key)?,
            None if for_profile => remove(document.as_table_mut(), &own),
            // At the top level the default is written, so that the key's comment keeps its key.
            None => {
                if find(document.as_table(), &path).is_some()
                    && let Some(v) = find(defaults.as_table(), &path).and_then(Item::as_value)
                {
                    let mut v = v.clone();
                    v.decor_mut().clear();
                    put(&mut document, &path, v, key)?;
                }
            }
        }
        told.push((before, shown(&document, profile, &path)));
    }
    let text = document.to_string();
    // A change that the next start would refuse is refused now.
    super::parse(file, &text, profile)?;
    replace_linked_file(file, text.as_bytes()).map_err(|e| {
        Problem::new(
            ProblemKind::Fault,
            "settings-not-written",
            format!("{} cannot be written: {e}", harmless(&file.display().to_string())),
            "check the folder's permissions and free space; the old settings are untouched",
        )
    })?;
    Ok(told)
}

/// What the file says of a key: the profile's own word, else the top level's.
fn shown(document: &DocumentMut, profile: &str, path: &[&str]) -> String {
    let own: Vec<&str> = ["profiles", profile].into_iter().chain(path.iter().copied()).collect();
    let item = find(document.as_table(), &own).or_else(|| find(document.as_table(), path));
    item.and_then(Item::as_value).map_or_else(
        || "the default".to_owned(),
        |value| match value.as_str() {
            Some(text) => text.to_owned(),
            None => value.to_string().trim().to_owned(),
        },
    )
}

fn find<'d>(table: &'d Table, path: &[&str]) -> Option<&'d Item> {
    let (last, tables) = path.split_last()?;
    let mut at: &dyn toml_edit::TableLike = table;
    for name in tables {
        at = at.get(name)?.as_table_like()?;
    }
    at.get(last)
}

fn put(
    document: &mut DocumentMut,
    path: &[&str],
    mut value: Value,
    key: &str,
) -> Result<(), Problem> {
    let not_a_table = || {
        Problem::new(
            ProblemKind::Refused,
            "settings-wrong-type",
            format!("{key} cannot be set: what holds it is no table"),
            "correct the settings file",
        )
    };
    let (last, tables) = path.split_last().ok_or_else(not_a_table)?;
    let mut at: &mut dyn toml_edit::TableLike = document.as_table_mut();
    for name in tables {
        let item = at.entry(name).or_insert_with(|| {
            let mut table = Table::new();
            // Only tables with keys of their own get a header.
            table.set_implicit(true);
            Item::Table(table)
        });
        at = item.as_table_like_mut().ok_or_else(not_a_table)?;
    }
    match at.get_mut(last) {
        Some(item) => {
            if let Some(old) = item.as_value() {
                *value.decor_mut() = old.decor().clone();
            }
            *item = Item::Value(value);
        }
        None => {
            at.insert(last, Item::Value(value));
        }
    }
    Ok(())
}

fn remove(table: &mut Table, path: &[&str]) {
    let Some((last, tables)) = path.split_last() else { return };
    let mut at: &mut dyn toml_edit::TableLike = table;
    for name in tables {
        match at.get_mut(name).and_then(Item::as_table_like_mut) {
            Some(t) => at = t,
            None => return,
        }
    }
    at.remove(last);
}

impl Settings {
    /// The commented file that a first [`Settings::write`] starts from.
    pub fn commented_defaults() -> &'static str {
        DEFAULT_SETTINGS
    }
}
