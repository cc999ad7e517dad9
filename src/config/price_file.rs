//! The price file: a CSV table of price rules, a row for each organization, offer, or offer of an
//! organization that has a rule of its own. It sorts and diffs in git, and a spreadsheet opens it.

use std::io::Read as _;
use std::path::Path;

use crate::domain::price::PriceRules;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

/// Columns that decide; an empty id means all.
const DECIDING: [&str; 3] = ["organization_id", "offer_id", "rule"];
/// Columns for people.
const FOR_PEOPLE: [&str; 3] = ["organization_name", "offer_name", "note"];
/// A rule for each of 5,000 customers' 100 offers fits; a wrong path might lead to a file that
/// does not end.
const LARGEST: u64 = 32 << 20;
/// So many mistakes are told at once.
const TOLD: usize = 20;

/// Adds the rules of a file.
///
/// # Errors
/// `price-file-unreadable`, or `price-file`: each row that cannot be is named with its reason.
pub(super) fn read(file: &Path, into: &mut PriceRules) -> Result<(), Problem> {
    let mut bytes = Vec::new();
    std::fs::File::open(file)
        .and_then(|f| f.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(|e| unreadable(file, &e.to_string()))?;
    if bytes.len() as u64 > LARGEST {
        return Err(unreadable(file, "it is larger than 32 MiB"));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| unreadable(file, "it is not UTF-8 text"))?;
    rules(&harmless(&file.display().to_string()), text.trim_start_matches('\u{feff}'), into)
}

fn unreadable(file: &Path, why: &str) -> Problem {
    Problem::new(
        ProblemKind::Refused,
        "price-file-unreadable",
        format!("the price file {} cannot be read: {why}", harmless(&file.display().to_string())),
        "check billing.price.file in the settings; empty it to have no price file",
    )
}

fn rules(name: &str, text: &str, into: &mut PriceRules) -> Result<(), Problem> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let mut wrong: Vec<String> = Vec::new();
    let headers = reader.headers().cloned().unwrap_or_default();
    let column = |name: &str| headers.iter().position(|h| h.eq_ignore_ascii_case(name));
    let [organization, offer, rule] = DECIDING.map(column);
    for missing in DECIDING.iter().zip([organization, offer, rule]) {
        if let (name, None) = missing {
            wrong.push(format!("the column {name} is missing"));
        }
    }
    let known = |h: &str| DECIDING.iter().chain(&FOR_PEOPLE).any(|k| h.eq_ignore_ascii_case(k));
    for unknown in headers.iter().filter(|h| !known(h)) {
        wrong.push(format!("the column {} is not known", harmless(unknown)));
    }
    if wrong.is_empty() {
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(e) => {
                    wrong.push(harmless(&e.to_string()));
                    break;
                }
            };
            let line = record.position().map_or(0, csv::Position::line);
            let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default();
            let id = |at| Some(cell(at)).filter(|s| !s.is_empty());
            let rule = match cell(rule).parse() {
                Ok(rule) => rule,
                Err(e) => {
                    wrong.push(format!(
                        "line {line}: \u{201c}{}\u{201d} is no rule: {e}",
                        harmless(cell(rule))
                    ));
                    continue;
                }
            };
            if !into.set(id(organization), id(offer), rule) {
                wrong.push(format!(
                    "line {line}: there is a rule for the same organization and offer already"
                ));
            }
        }
    }
    let Some(last) = wrong.len().checked_sub(1) else { return Ok(()) };
    let mut message: Vec<String> =
        wrong.iter().take(TOLD).map(|w| format!("{name}: {w}")).collect();
    if last >= TOLD {
        message.push(format!("and {} more", wrong.len() - TOLD));
    }
    Err(Problem::new(
        ProblemKind::Refused,
        "price-file",
        message.join("\n"),
        "a row has organization_id and offer_id (empty: all) and rule: as-billed, markup 20%, \
         margin 15%, add 1.50 or product; organization_name, offer_name and note are for people",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::price::PriceRule;

    fn of(text: &str) -> Result<PriceRules, Problem> {
        let mut rules = PriceRules::default();
        super::rules("prices.csv", text, &mut rules).map(|()| rules)
    }

    #[test]
    fn the_most_specific_row_holds() {
        let rules = of("# our prices\n\
             organization_id,organization_name,offer_id,rule\n\
             ,,,markup 20%\n\
             org-1,Fourth Coffee,,margin 15%\n\
             org-1,Fourth Coffee,o-1,add 1.50\n\
             ,,o-1,product\n\
             ,,o-2, AS-BILLED\n")
        .expect("a price file");
        let is = |organization, offer, rule: &str| {
            assert_eq!(rules.of(organization, offer), rule.parse::<PriceRule>().expect("a rule"));
        };
        is("org-1", "o-1", "add 1.50");
        is("org-1", "o-2", "margin 15%");
        is("org-2", "o-1", "product");
        is("org-2", "o-2", "as-billed");
        is("org-2", "o-3", "markup 20%");
        assert!(rules.asks_products() && !rules.is_as_billed());
        assert_eq!(rules.len(), 4);
    }

    #[test]
    fn what_cannot_be_is_named_with_its_line() {
        for (text, word) in [
            ("organization_id,rule\n", "offer_id is missing"),
            ("organization_id,offer_id,rule,price\n", "column price is not known"),
            ("organization_id,offer_id,rule\n,,plus 3\n", "line 2: \u{201c}plus 3\u{201d}"),
            (
                "organization_id,offer_id,rule\na,,product\na,,markup 1%\n",
                "line 3: there is a rule",
            ),
            ("organization_id,offer_id,rule\n,,margin 100%\n", "margin 100%"),
            ("organization_id,offer_id,rule\n,,markup 20\n", "markup 20"),
        ] {
            let problem = of(text).expect_err(text);
            assert!(problem.message.contains(word), "{}", problem.message);
            assert_eq!(problem.code, "price-file");
        }
    }
}
