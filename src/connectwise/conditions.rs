//! The `conditions` parameter, built from typed parts so that nothing in a value can change the
//! filter (connectwise-api.md 4.2, 4.3).
//!
//! ConnectWise is known to ignore a filter without a word: whoever uses one filters the answer
//! again.

use std::fmt;

/// A filter. Displayed, it is the parameter's value before percent-encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conditions(String);

impl Conditions {
    /// `field = 42`
    pub fn is(field: Field, number: i64) -> Self {
        Self(format!("{field} = {number}"))
    }

    /// `field = true`
    pub fn flag(field: Field, set: bool) -> Self {
        Self(format!("{field} = {set}"))
    }

    /// `field = "text"`, escaped.
    pub fn equals(field: Field, text: &str) -> Self {
        Self(format!("{field} = {}", quoted(text)))
    }

    /// `field contains "text"`, escaped. Safer than `like`, which some servers ignore.
    pub fn contains(field: Field, text: &str) -> Self {
        Self(format!("{field} contains {}", quoted(text)))
    }

    /// `field in (1, 2)`, as many filters as are needed to keep each within `room` characters.
    /// No numbers give no filter.
    pub fn any_of(field: Field, numbers: &[i64], room: usize) -> Vec<Self> {
        let mut all = Vec::new();
        let mut list = String::new();
        let around = field.0.len() + " in ()".len();
        for number in numbers {
            let text = number.to_string();
            if !list.is_empty() && around + list.len() + 1 + text.len() > room {
                all.push(Self(format!("{field} in ({list})")));
                list.clear();
            }
            if !list.is_empty() {
                list.push(',');
            }
            list.push_str(&text);
        }
        if !list.is_empty() {
            all.push(Self(format!("{field} in ({list})")));
        }
        all
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(format!("{} and {}", self.0, other.0))
    }
}

impl fmt::Display for Conditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A field's name, such as `company/id`. Only literals: a name never comes from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field(pub &'static str);

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// In double quotes, with a backslash before backslash and quote; a `[` at the start, which would
/// open a class of characters, as `[[]`; control characters, which no name has, as spaces.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for (i, c) in text.chars().enumerate() {
        match c {
            '[' if i == 0 => out.push_str("[[]"),
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAME: Field = Field("name");

    #[test]
    fn parts_are_written_as_connectwise_reads_them() {
        for (built, text) in [
            (Conditions::is(Field("company/id"), 42), "company/id = 42"),
            (Conditions::flag(Field("inactiveFlag"), false), "inactiveFlag = false"),
            (Conditions::equals(NAME, "Acme"), "name = \"Acme\""),
            (Conditions::contains(NAME, "a\"b\\c"), "name contains \"a\\\"b\\\\c\""),
            (Conditions::equals(NAME, "[x]"), "name = \"[[]x]\""),
            (Conditions::equals(NAME, "a\nb"), "name = \"a b\""),
            (
                Conditions::is(Field("id"), 1).and(Conditions::flag(Field("f"), true)),
                "id = 1 and f = true",
            ),
        ] {
            assert_eq!(built.to_string(), text);
        }
    }

    #[test]
    fn long_lists_are_split_and_lose_nothing() {
        let numbers: Vec<i64> = (1..=2000).collect();
        let all = Conditions::any_of(Field("company/id"), &numbers, 400);
        assert!(all.len() > 10);
        let mut back = Vec::new();
        for c in &all {
            let text = c.to_string();
            assert!(text.len() <= 400, "{}", text.len());
            let inner = text.strip_prefix("company/id in (").unwrap().strip_suffix(')').unwrap();
            back.extend(inner.split(',').map(|n| n.parse::<i64>().unwrap()));
        }
        assert_eq!(back, numbers);
        assert!(Conditions::any_of(NAME, &[], 400).is_empty());
    }

    /// Reads a quoted text back as ConnectWise's grammar does; what stands behind it is returned.
    fn unquoted(text: &str) -> Option<(String, &str)> {
        let mut out = String::new();
        let inner = text.strip_prefix('"')?;
        let mut chars = inner.char_indices();
        while let Some((i, c)) = chars.next() {
            match c {
                '"' => return Some((out, &inner[i + 1..])),
                '\\' => out.push(chars.next()?.1),
                c => out.push(c),
            }
        }
        None
    }

    proptest! {
        #[test]
        fn no_value_gets_out_of_its_quotes(value in any::<String>()) {
            let text = Conditions::equals(NAME, &value).to_string();
            let quoted = text.strip_prefix("name = ").unwrap();
            let (read, rest) = unquoted(quoted).unwrap();
            prop_assert_eq!(rest, "");
            let plain: String =
                value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            let wanted = match plain.strip_prefix('[') {
                Some(rest) => format!("[[]{rest}"),
                None => plain,
            };
            prop_assert_eq!(read, wanted);
        }
    }
}
