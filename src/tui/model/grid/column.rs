//! Columns are values: what stands in a cell, how it is compared, and how wide it likes to be.

use std::cmp::Ordering;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::domain::line::Text;
use crate::tui::model::record::Record;

/// What a cell holds. Text, filter and sort are made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Empty,
    /// A fixed word.
    Word(&'static str),
    /// A text from outside; made harmless when it is drawn or written.
    Text(Text),
    /// A whole number.
    Count(u64),
    /// An amount of money, shown with two decimals at least.
    Money(Decimal),
    /// A quantity.
    Number(Decimal),
    /// A calendar day.
    Day(Date),
}

impl Value {
    /// A text made on the spot.
    pub fn text(text: impl AsRef<str>) -> Self {
        Self::Text(text.as_ref().into())
    }

    /// A text that may be absent.
    pub fn maybe(text: Option<&Text>) -> Self {
        text.map_or(Self::Empty, |t| Self::Text(t.clone()))
    }

    /// As it is shown.
    pub fn show(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Word(w) => (*w).to_owned(),
            Self::Text(t) => crate::domain::text::harmless(t),
            Self::Count(n) => n.to_string(),
            Self::Money(m) => crate::domain::money::text(*m),
            Self::Number(n) => n.normalize().to_string(),
            Self::Day(d) => d.to_string(),
        }
    }

    /// As a number, where it is one.
    pub fn number(&self) -> Option<Decimal> {
        match self {
            Self::Count(n) => Some(Decimal::from(*n)),
            Self::Money(n) | Self::Number(n) => Some(*n),
            _ => None,
        }
    }

    /// Order of two values of one column: nothing comes last, texts are compared as people count
    /// ("Item 2" before "Item 10").
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Empty, Self::Empty) => Ordering::Equal,
            (Self::Empty, _) => Ordering::Greater,
            (_, Self::Empty) => Ordering::Less,
            (Self::Day(a), Self::Day(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => natural(a, b),
            (Self::Word(a), Self::Word(b)) => a.cmp(b),
            (a, b) => match (a.number(), b.number()) {
                (Some(a), Some(b)) => a.cmp(&b),
                _ => natural(&a.show(), &b.show()),
            },
        }
    }
}

/// Compares texts without regard to case, digit runs by their number.
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.chars().peekable(), b.chars().peekable());
    loop {
        match (a.peek().copied(), b.peek().copied()) {
            (None, None) => return Ordering::Equal,
            (None, _) => return Ordering::Less,
            (_, None) => return Ordering::Greater,
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (m, n) = (digits(&mut a), digits(&mut b));
                // Longer runs without leading zeros are greater numbers.
                match m.len().cmp(&n.len()).then_with(|| m.cmp(&n)) {
                    Ordering::Equal => {}
                    unequal => return unequal,
                }
            }
            (Some(x), Some(y)) => {
                let (lx, ly) = (x.to_lowercase(), y.to_lowercase());
                match lx.cmp(ly) {
                    Ordering::Equal => {
                        a.next();
                        b.next();
                    }
                    unequal => return unequal,
                }
            }
        }
    }
}

fn digits(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut run = String::new();
    while let Some(c) = chars.next_if(char::is_ascii_digit) {
        if !(run.is_empty() && c == '0') {
            run.push(c);
        }
    }
    run
}

/// How a cell is meant, beyond its text. The view gives it colours, and a letter carries the
/// meaning where there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// As it is.
    #[default]
    Plain,
    /// Fine.
    Good,
    /// Look at it.
    Warn,
    /// Broken.
    Bad,
    /// Of less interest.
    Dim,
    /// An invitation to press Enter, or a suggestion.
    Hint,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What it holds.
    pub value: Value,
    /// How it is meant.
    pub tone: Tone,
}

impl Cell {
    /// A plain cell.
    pub fn plain(value: Value) -> Self {
        Self { value, tone: Tone::Plain }
    }

    /// A cell with a tone.
    pub fn toned(value: Value, tone: Tone) -> Self {
        Self { value, tone }
    }

    /// An empty cell.
    pub fn empty() -> Self {
        Self::plain(Value::Empty)
    }
}

/// What Enter on a cell changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edits {
    /// Nothing: Enter shows the details.
    Nothing,
    /// The company.
    Company,
    /// The catalog item.
    Product,
    /// The agreement.
    Agreement,
    /// Excluded from Sync.
    Excluded,
    /// The start.
    Start,
    /// The end.
    End,
}

/// A column as shipped.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// Its name in filters, in remembered layouts and in exports' headers.
    pub name: &'static str,
    /// Further names that filters understand.
    pub aliases: &'static [&'static str],
    /// Its heading.
    pub title: &'static str,
    /// Cells wide, the gap excluded.
    pub width: u16,
    /// Numbers stand on the right.
    pub right: bool,
    /// Shown unless the user hides it.
    pub shown: bool,
    /// What Enter changes.
    pub edits: Edits,
    /// The words that stand in it, where there are no others. A filter that names one of them
    /// whole means that word: `status:synced` is not about Not Synced.
    pub words: &'static [&'static str],
    /// What stands in it.
    pub cell: fn(&Record) -> Cell,
}

impl Spec {
    /// A column shown as shipped.
    pub const fn new(
        name: &'static str,
        title: &'static str,
        width: u16,
        cell: fn(&Record) -> Cell,
    ) -> Self {
        Self {
            name,
            aliases: &[],
            title,
            width,
            right: false,
            shown: true,
            edits: Edits::Nothing,
            words: &[],
            cell,
        }
    }

    /// Its further names in filters.
    pub const fn also(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    /// The words that stand in it.
    pub const fn words(self, words: &'static [&'static str]) -> Self {
        Self { words, ..self }
    }

    /// Stands on the right.
    pub const fn right(self) -> Self {
        Self { right: true, ..self }
    }

    /// Hidden until asked for.
    pub const fn hidden(self) -> Self {
        Self { shown: false, ..self }
    }

    /// What Enter changes.
    pub const fn edits(self, edits: Edits) -> Self {
        Self { edits, ..self }
    }

    /// Whether a filter's word means this column.
    pub fn answers_to(&self, word: &str) -> bool {
        self.name.eq_ignore_ascii_case(word)
            || self.aliases.iter().any(|a| a.eq_ignore_ascii_case(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_compared_as_people_count() {
        let mut all = ["item 10", "Item 2", "item 02b", "Äpfel", "apfel", ""];
        all.sort_by(|a, b| natural(a, b));
        assert_eq!(all, ["", "apfel", "Item 2", "item 02b", "item 10", "Äpfel"]);
        assert_eq!(natural("a007", "A7"), Ordering::Equal);
        assert_eq!(natural("99999999999999999999999", "100000000000000000000000"), Ordering::Less);
    }

    #[test]
    fn nothing_comes_last() {
        let mut all = [Value::Empty, Value::Money(Decimal::new(-1, 0)), Value::Money(Decimal::ONE)];
        all.sort_by(Value::compare);
        assert_eq!(all[2], Value::Empty);
    }
}
