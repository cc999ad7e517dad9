//! Text from outside on its way into a CSV file: people open such files in a spreadsheet, which takes
//! some of them for formulas.

/// Whether a spreadsheet would take the text for a formula. The wide forms count where the keyboard
/// is East Asian.
pub fn begins_a_formula(text: &str) -> bool {
    text.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ])
}

/// The same when apostrophes stand before it: reading takes one away, so writing must add one.
fn hides_a_formula(text: &str) -> bool {
    begins_a_formula(text.trim_start_matches('\''))
}

/// The text with an apostrophe before it where a spreadsheet would take it for a formula. Numbers are
/// the caller's: a negative one is no formula.
pub fn harmless_cell(text: &str) -> String {
    if hides_a_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// Takes the apostrophe of [`harmless_cell`] away again.
pub fn plain_cell(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| hides_a_formula(rest)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_come_back_as_they_were() {
        for text in [
            "=1+1",
            "+49",
            "-cmd",
            "@SUM(A1)",
            "'=x",
            "''=x",
            "\t=1",
            "\n=1",
            "\u{ff1d}1+1",
            "\u{ff20}x",
        ] {
            let cell = harmless_cell(text);
            assert_eq!(cell, format!("'{text}"));
            assert!(!begins_a_formula(&cell));
            assert_eq!(plain_cell(&cell), text);
        }
        for text in ["Contoso", "'quoted'", "a=b", "", " =1"] {
            assert_eq!(harmless_cell(text), text);
            assert_eq!(plain_cell(text), text);
        }
    }
}
