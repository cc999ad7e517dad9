//! Fuzzy search in short lists, by the matcher that helix uses. A blank means AND; capitals are
//! minded once one is typed.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// Indexes of the texts that match, best first; all of them, in their order, for an empty pattern.
pub fn rank<'a>(pattern: &str, texts: impl Iterator<Item = &'a str>) -> Vec<usize> {
    if pattern.trim().is_empty() {
        return (0..texts.count()).collect();
    }
    let pattern = Pattern::parse(pattern, CaseMatching::Smart, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut found: Vec<(u32, usize, usize)> = texts
        .enumerate()
        .filter_map(|(i, text)| {
            let score = pattern.score(Utf32Str::new(text, &mut buffer), &mut matcher)?;
            Some((score, text.len(), i))
        })
        .collect();
    // Of equal scores the shorter text is the closer one.
    found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    found.into_iter().map(|(_, _, i)| i).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_order_and_the_closest_comes_first() {
        let names = ["Contoso Holding Europe", "Contoso", "Fabrikam", "Müller & Söhne"];
        assert_eq!(rank("contoso", names.into_iter())[0], 1);
        assert_eq!(rank("europe cont", names.into_iter()), [0]);
        assert_eq!(rank("muller", names.into_iter()), [3]);
        assert_eq!(rank("", names.into_iter()), [0, 1, 2, 3]);
        assert!(rank("zzz", names.into_iter()).is_empty());
    }
}
