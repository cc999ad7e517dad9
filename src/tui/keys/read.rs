//! Reads key map files. What is wrong in one is named with its line, and the rest still loads.

use serde::Deserialize;

use super::chord::{Chord, sequence};
use super::condition::Condition;
use crate::tui::commands::Command;

/// The key map as shipped.
pub const SHIPPED: &str = include_str!("../../../config/keymap.toml");

/// Something wrong in a key map file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapProblem {
    /// Line in the file, from 1.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// One sequence of one `[[bind]]` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bound {
    pub(super) chords: Vec<Chord>,
    pub(super) when: Condition,
    pub(super) command: Option<Command>,
    pub(super) about: String,
    pub(super) line: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    bind: Vec<toml::Spanned<toml::Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bind {
    keys: Keys,
    run: String,
    #[serde(default)]
    when: String,
    #[serde(default)]
    about: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Keys {
    One(String),
    Several(Vec<String>),
}

/// Reads a file's text.
pub(super) fn read(text: &str) -> (Vec<Bound>, Vec<MapProblem>) {
    let line_of = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(e) => {
            let line = e.span().map_or(1, |s| line_of(s.start));
            return (vec![], vec![MapProblem { line, message: e.message().to_owned() }]);
        }
    };
    let (mut bound, mut problems) = (vec![], vec![]);
    for table in file.bind {
        let line = line_of(table.span().start);
        match one(table.into_inner(), line) {
            Ok(more) => bound.extend(more),
            Err(message) => problems.push(MapProblem { line, message }),
        }
    }
    (bound, problems)
}

fn one(value: toml::Value, line: usize) -> Result<Vec<Bound>, String> {
    let bind: Bind = value.try_into().map_err(|e: toml::de::Error| e.message().to_owned())?;
    let command = match bind.run.as_str() {
        "none" => None,
        id => Some(Command::by_id(id).ok_or_else(|| unknown_command(id))?),
    };
    let when = Condition::parse(&bind.when).map_err(|e| e.to_string())?;
    let keys = match bind.keys {
        Keys::One(one) => vec![one],
        Keys::Several(all) => all,
    };
    keys.iter()
        .map(|keys| {
            Ok(Bound {
                chords: sequence(keys).map_err(|e| e.to_string())?,
                when: when.clone(),
                command,
                about: bind.about.clone(),
                line,
            })
        })
        .collect()
}

fn unknown_command(id: &str) -> String {
    let near = crate::tui::commands::TABLE
        .iter()
        .map(|e| (strsim::jaro_winkler(e.id, id), e.id))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match near {
        Some((score, near)) if score > 0.8 => format!("{id:?} is no command; {near:?} is"),
        _ => format!("{id:?} is no command; the palette shows their names"),
    }
}
