//! Names brought to a comparable form: case, accents, punctuation and legal forms.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A name taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Normal {
    /// Words in order, lower case, without accents and punctuation.
    pub words: Vec<String>,
    /// The same without legal forms; never empty unless the name is.
    pub core: Vec<String>,
}

/// Words that tell how a company is incorporated, in the languages that bills come in. They are a
/// weak feature: dropping them blindly would make "Acme Ltd" and "Acme GmbH" equal.
const LEGAL_FORMS: &[&str] = &[
    "aktiengesellschaft",
    "aktiebolag",
    "naamloze",
    "vennootschap",
    "societe",
    "anonyme",
    "kabushiki",
    "kaisha",
    "gesellschaft",
    "mit",
    "beschränkter",
    "haftung",
    "incorporation",
    "ab",
    "ag",
    "aps",
    "as",
    "asa",
    "bhd",
    "bv",
    "bvba",
    "co",
    "company",
    "corp",
    "corporation",
    "cv",
    "doo",
    "eg",
    "ek",
    "eurl",
    "ev",
    "gbr",
    "gesmbh",
    "ggmbh",
    "gmbh",
    "inc",
    "incorporated",
    "kft",
    "kg",
    "kgaa",
    "kk",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "ltda",
    "mbh",
    "nv",
    "ohg",
    "oy",
    "oyj",
    "oü",
    "pa",
    "pc",
    "plc",
    "pllc",
    "pte",
    "pty",
    "pvt",
    "sa",
    "sarl",
    "sas",
    "se",
    "sl",
    "slu",
    "snc",
    "sp",
    "spa",
    "sprl",
    "srl",
    "sro",
    "ug",
    "unlimited",
    "vof",
    "zoo",
    "the",
    "holding",
    "holdings",
];

/// Whether the word is a legal form.
pub(super) fn is_legal_form(word: &str) -> bool {
    LEGAL_FORMS.contains(&word)
}

/// How much a legal form's grams count: enough to tell "Acme Ltd" from "Acme GmbH", too little to
/// make two companies alike.
const LEGAL_FORM_WEIGHT: f32 = 0.5;

/// Takes a name apart. Dotted abbreviations (`B.V.`, `S. p. A.`) become one word, `&` and `+`
/// become `and`, and words that are glued (`EtherFast10`, `PowerBI`) are split where letters meet
/// digits or where the case turns.
pub(super) fn normal(name: &str) -> Normal {
    let words = join_initials(split(name));
    let mut core: Vec<String> = words.iter().filter(|w| !is_legal_form(w)).cloned().collect();
    if core.is_empty() {
        core.clone_from(&words);
    }
    Normal { words, core }
}

fn split(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before: Option<char> = None;
    for c in name.nfkd().filter(|c| !is_combining_mark(*c)) {
        if c == '\'' || c == '’' {
            continue;
        }
        if c == '&' || c == '+' {
            flush(&mut words, &mut word);
            words.push("and".into());
            before = None;
            continue;
        }
        if !c.is_alphanumeric() {
            flush(&mut words, &mut word);
            before = None;
            continue;
        }
        if let Some(b) = before
            && b.is_lowercase()
            && c.is_uppercase()
        {
            flush(&mut words, &mut word);
        }
        word.extend(c.to_lowercase());
        before = Some(c);
    }
    flush(&mut words, &mut word);
    words
}

fn flush(words: &mut Vec<String>, word: &mut String) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

/// `b v` becomes `bv`: runs of single letters are one abbreviation.
fn join_initials(words: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(words.len());
    let mut run = String::new();
    for w in words {
        if w.chars().count() == 1 && w.chars().all(char::is_alphabetic) {
            run.push_str(&w);
        } else {
            flush(&mut out, &mut run);
            out.push(w);
        }
    }
    flush(&mut out, &mut run);
    out
}

/// Character grams of 2 to 4 within word boundaries, as hashes: the unit of the name index.
pub(super) fn grams(words: &[String], mut each: impl FnMut(u64, f32)) {
    let mut padded: Vec<char> = Vec::new();
    for w in words {
        let weight = if is_legal_form(w) { LEGAL_FORM_WEIGHT } else { 1.0 };
        padded.clear();
        padded.push(' ');
        padded.extend(w.chars());
        padded.push(' ');
        for n in 2..=4 {
            for g in padded.windows(n) {
                each(hash(g), weight);
            }
        }
    }
}

/// FNV-1a over the characters: grams are only ever compared with grams of the same process.
fn hash(gram: &[char]) -> u64 {
    gram.iter().fold(0xcbf2_9ce4_8422_2325, |h, c| {
        (h ^ u64::from(u32::from(*c))).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The initials of a name's words without legal forms, from three on: `international business
/// machines` gives `ibm`.
pub(super) fn initials(core: &[String]) -> Option<String> {
    let letters: String =
        core.iter().filter(|w| *w != "and").filter_map(|w| w.chars().next()).collect();
    (letters.chars().count() >= 3).then_some(letters)
}

/// The marks that tell variants of one name apart: numbers, and plan or edition words such as
/// `p1`, `e5`, `f3`. Two names whose marks differ are never accepted as the same.
pub(super) fn variant_marks(words: &[String]) -> Vec<&str> {
    let mut marks: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|w| w.chars().any(|c| c.is_ascii_digit()) || EDITIONS.contains(w))
        .collect();
    marks.sort_unstable();
    marks.dedup();
    marks
}

/// The words that hold digits, in order: companies whose names differ in a number are different.
pub(super) fn numbers(words: &[String]) -> impl Iterator<Item = &String> {
    words.iter().filter(|w| w.chars().any(|c| c.is_ascii_digit()))
}

/// Words that name an edition or a kind of customer: names that differ in one are different offers.
const EDITIONS: &[&str] = &[
    "academic",
    "addon",
    "annual",
    "basic",
    "business",
    "charity",
    "commercial",
    "developer",
    "device",
    "education",
    "enterprise",
    "essentials",
    "faculty",
    "frontline",
    "gcc",
    "government",
    "month",
    "monthly",
    "nonprofit",
    "premium",
    "pro",
    "professional",
    "standard",
    "starter",
    "student",
    "students",
    "trial",
    "ultimate",
    "user",
    "without",
    "year",
    "yearly",
];
