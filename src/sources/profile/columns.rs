//! The columns that a profile asks for, each with a number, so that a row is read into a list of
//! cells once and every rule finds its cell without a look-up.

use std::collections::BTreeMap;

use super::path::JsonPath;
use super::rule::OneOrMore;

/// The number of a column of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Col(pub usize);

/// One column that a profile names.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name in the profile.
    pub name: String,
    /// All names under which a file may have it, as [`plain`] makes them.
    pub plain: Vec<String>,
    /// The same as paths into JSON.
    pub paths: Vec<JsonPath>,
    /// A field shows it as it is; other columns are kept as raw data.
    pub shown: bool,
    /// It holds dates.
    pub date: bool,
    /// It holds numbers.
    pub number: bool,
    /// Taken away from the beginning wherever the column is compared; lower case.
    pub strip_prefix: Option<String>,
    /// Texts that stand for no value wherever the column is compared; lower case.
    pub absent: Vec<String>,
}

/// All columns of a profile.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    list: Vec<Column>,
}

/// A header's name without what does not matter: case, blanks, dashes and underscores.
pub fn plain(name: &str) -> String {
    name.trim()
        .trim_start_matches('\u{feff}')
        .chars()
        .filter(|c| !matches!(c, ' ' | '_' | '-' | '\u{a0}'))
        .flat_map(char::to_lowercase)
        .collect()
}

impl Columns {
    /// The column with this name; a new one where there is none yet.
    pub fn intern(&mut self, name: &str, aliases: &BTreeMap<String, OneOrMore>) -> Col {
        let wanted = plain(name);
        if let Some(at) = self.list.iter().position(|c| c.plain.contains(&wanted)) {
            return Col(at);
        }
        // An alias names its column.
        let entry = aliases.iter().find(|(canonical, others)| {
            plain(canonical) == wanted || others.0.iter().any(|o| plain(o) == wanted)
        });
        let mut names = vec![entry.map_or(name, |(canonical, _)| canonical).to_owned()];
        names.extend(entry.iter().flat_map(|(_, others)| others.0.iter().cloned()));
        self.list.push(Column {
            name: names[0].clone(),
            plain: names.iter().map(|n| plain(n)).collect(),
            paths: names.iter().map(|n| JsonPath::new(n)).collect(),
            shown: false,
            date: false,
            number: false,
            strip_prefix: None,
            absent: Vec::new(),
        });
        Col(self.list.len() - 1)
    }

    /// The column that a header's name means.
    pub fn find(&self, header: &str) -> Option<Col> {
        let header = plain(header);
        self.list.iter().position(|c| c.plain.contains(&header)).map(Col)
    }

    /// A column by its number.
    pub fn get(&self, col: Col) -> &Column {
        &self.list[col.0]
    }

    /// A column by its number, to say more about it.
    pub fn get_mut(&mut self, col: Col) -> &mut Column {
        &mut self.list[col.0]
    }

    /// All of them, by number.
    pub fn iter(&self) -> impl Iterator<Item = (Col, &Column)> {
        self.list.iter().enumerate().map(|(n, c)| (Col(n), c))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }
}
