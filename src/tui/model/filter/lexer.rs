//! Cuts a filter's text into terms: blanks part them, double quotes keep blanks together.

/// One raw term.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Raw {
    /// A `!` or `-` stood before it.
    pub(super) not: bool,
    /// The word before an operator, where there is one.
    pub(super) column: Option<String>,
    /// The operator: `:`, `=`, `>`, `>=`, `<`, `<=`.
    pub(super) operator: Option<String>,
    /// What stands behind the operator, or the whole word.
    pub(super) text: String,
}

/// All raw terms of a text. A quote that is not closed reaches to the end.
pub(super) fn cut(text: &str) -> Vec<Raw> {
    let mut terms = Vec::new();
    let mut chars = text.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.peek().is_none() {
            return terms;
        }
        let mut raw = Raw { not: chars.next_if_eq(&'!').is_some(), ..Raw::default() };
        let mut quoted = false;
        while let Some(&c) = chars.peek() {
            if c == '"' {
                quoted = !quoted;
                chars.next();
            } else if !quoted && c.is_whitespace() {
                break;
            } else if !quoted && raw.operator.is_none() && matches!(c, ':' | '=' | '>' | '<') {
                chars.next();
                let mut operator = c.to_string();
                if matches!(c, '>' | '<') && chars.next_if_eq(&'=').is_some() {
                    operator.push('=');
                }
                raw.column = Some(std::mem::take(&mut raw.text));
                raw.operator = Some(operator);
            } else {
                raw.text.push(c);
                chars.next();
            }
        }
        terms.push(raw);
    }
}
