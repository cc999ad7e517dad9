//! A name taken apart into words: what counts as one word, and what is known about each.

use super::Kind;
use super::lexicon::{self, Entry};
use super::spelling;

/// A word of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Lower-case ASCII, without accents.
    pub text: Box<[u8]>,
    /// Words of one meaning are alike: translations, abbreviations.
    pub meaning: u64,
    /// The word that names its meaning; its own text where no table has it.
    pub stem: Stem,
    /// What the tables say.
    pub entry: Entry,
    /// It holds a digit.
    pub digits: bool,
    /// It stands behind a legal form and a comma or bracket: a place, a branch.
    pub addendum: bool,
    /// Which letters it has, to see at once that two words have little in common.
    pub letters: u64,
}

/// Whose letters a word is searched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stem {
    /// A word of the tables.
    Known(&'static [u8]),
    /// Its own.
    Own,
}

impl Word {
    fn new(mut text: Vec<u8>) -> Self {
        spelling::without_umlauts(&mut text);
        let entry = lexicon::entry(&text);
        let meaning = if entry.meaning == 0 { lexicon::own_meaning(&text) } else { entry.meaning };
        let stem = match lexicon::name_of(entry) {
            Some(name) => Stem::Known(name),
            None => Stem::Own,
        };
        let letters = text.iter().fold(0, |set, b| {
            set | match b {
                b'a'..=b'z' => 1u64 << (b - b'a'),
                b'0'..=b'9' => 1 << (b - b'0' + 26),
                _ => 0,
            }
        });
        Self {
            digits: text.iter().any(u8::is_ascii_digit),
            text: text.into(),
            meaning,
            stem,
            entry,
            addendum: false,
            letters,
        }
    }

    /// The letters whose grams stand for it.
    pub fn stem(&self) -> &[u8] {
        match self.stem {
            Stem::Known(name) => name,
            Stem::Own => &self.text,
        }
    }

    /// Whether it says what the thing is called: no legal form and no article.
    pub fn is_core(&self) -> bool {
        !self.entry.legal && !self.entry.little
    }

    /// Whether it looks like a maker's model or part number: letters with digits, or a long number.
    pub fn is_model(&self) -> bool {
        self.digits && self.text.len() >= 4 && !self.is_measure()
    }

    /// A number with a unit, such as `32gb`, or a year.
    fn is_measure(&self) -> bool {
        let digits = self.text.iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
        if digits == self.text.len() {
            return digits == 4 && (self.text.starts_with(b"19") || self.text.starts_with(b"20"));
        }
        digits > 0
            && matches!(
                &self.text[digits..],
                b"gb"
                    | b"mb"
                    | b"tb"
                    | b"in"
                    | b"ft"
                    | b"mm"
                    | b"cm"
                    | b"mp"
                    | b"hz"
                    | b"mhz"
                    | b"ghz"
                    | b"w"
                    | b"v"
                    | b"x"
                    | b"ml"
                    | b"oz"
                    | b"lb"
                    | b"p"
                    | b"i"
                    | b"th"
                    | b"st"
                    | b"nd"
                    | b"rd"
                    | b"pk"
                    | b"vcpu"
                    | b"vcpus"
                    | b"cpu"
                    | b"c"
                    | b"ram"
                    | b"u"
                    | b"k"
                    | b"min"
                    | b"pack"
            )
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text).unwrap_or_default()
    }
}

/// Takes a name apart. Dotted abbreviations (`B.V.`, `S. p. A.`) become one word, `&` and `+`
/// become `and`, and glued words (`PowerBI`, `EtherFast10`) are split where the case turns or
/// where a word meets digits.
pub(super) fn words(kind: Kind, name: &str) -> Vec<Word> {
    let mut cut =
        Cutting { kind, out: Vec::new(), word: Vec::new(), shouted: true, breaks: Vec::new() };
    cut.name(&spelling::spaced(name));
    let mut out = cut.finish();
    mark_addenda(&mut out.0, &out.1);
    out.0
}

struct Cutting {
    kind: Kind,
    /// Words so far, with whether each is a letter that stands alone.
    out: Vec<Vec<u8>>,
    word: Vec<u8>,
    /// All letters of the word are capitals: model numbers are, glued words are not.
    shouted: bool,
    /// Places among the words before which a comma or a bracket stands.
    breaks: Vec<usize>,
}

impl Cutting {
    fn name(&mut self, name: &str) {
        let mut before = ' ';
        let mut rest = name.chars().peekable();
        while let Some(c) = rest.next() {
            let next = rest.peek().copied().unwrap_or(' ');
            self.character(before, c, next);
            before = c;
        }
        self.flush();
    }

    fn character(&mut self, before: char, c: char, next: char) {
        match c {
            '\'' | '’' | '`' | '´' => {
                // Elided articles are words: `l'Oreal`, `d'Energie`. So is nothing in `McDonald's`.
                let inch = self.kind == Kind::Offer && before.is_ascii_digit();
                if inch && !next.is_alphanumeric() {
                    self.word.extend(b"in");
                } else if matches!(self.word.as_slice(), b"l" | b"d" | b"dell" | b"all" | b"nell") {
                    self.flush();
                }
            }
            '"' | '”' | '″' | '“' => {
                if self.kind == Kind::Offer && before.is_ascii_digit() {
                    self.word.extend(b"in");
                }
                self.flush();
            }
            // `w/o` is `without`.
            '/' if matches!(self.word.as_slice(), b"w") && matches!(next, 'o' | 'O') => {
                self.word.clear();
            }
            '.' if before.is_ascii_digit() && next.is_ascii_digit() => {
                if !self.word.is_empty() {
                    self.word.push(b'.');
                }
            }
            ',' if before.is_ascii_digit() && next.is_ascii_digit() => {}
            '&' | '+' => {
                // `AT&T` is one word, `Smith & Sons` is three.
                let tight = before.is_alphanumeric() && next.is_alphanumeric();
                if c == '+' || !(tight && self.word.len() <= 2) {
                    self.flush();
                    self.out.push(b"and".to_vec());
                }
            }
            ',' | ';' | '(' | ')' | '[' | ']' | '|' => {
                self.flush();
                self.breaks.push(self.out.len());
            }
            c if c.is_alphanumeric() => self.letter(before, c, next),
            c if unicode_normalization::char::is_combining_mark(c) => {}
            _ => self.flush(),
        }
    }

    fn letter(&mut self, before: char, c: char, next: char) {
        let alone = spelling::is_ideograph(c) || spelling::is_ideograph(before);
        // `PowerBI` and `SMTPServer` turn; `iPhone`, `SaaS` and `2vCPU` do not.
        let letters = self.word.iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
        let turns = c.is_uppercase()
            && (before.is_lowercase() && letters >= 2 && next.is_alphabetic()
                || before.is_uppercase() && letters >= 3 && next.is_lowercase());
        let meets = c.is_ascii_digit()
            && before.is_alphabetic()
            && self.word.len() >= 4
            && !self.shouted
            && self.word.iter().all(u8::is_ascii_alphabetic);
        let leaves = before.is_ascii_digit() && c.is_uppercase() && next.is_lowercase();
        if alone || turns || meets || leaves {
            self.flush();
        }
        if self.word.is_empty() {
            self.shouted = true;
        }
        if before == '/'
            && matches!(c, 'o' | 'O')
            && self.word.is_empty()
            && !next.is_alphanumeric()
        {
            self.word.extend(b"without");
            return;
        }
        self.shouted &= !c.is_lowercase();
        spelling::fold(c, &mut self.word);
    }

    fn flush(&mut self) {
        while self.word.last() == Some(&b'.') {
            self.word.pop();
        }
        if !self.word.is_empty() {
            self.out.push(std::mem::take(&mut self.word));
        }
    }

    /// Runs of single letters are one abbreviation; numbers take the unit behind them.
    fn finish(self) -> (Vec<Word>, Vec<bool>) {
        let (mut texts, mut broken): (Vec<Vec<u8>>, Vec<bool>) = (Vec::new(), Vec::new());
        let mut run = false;
        for (place, word) in self.out.into_iter().enumerate() {
            let stop = self.breaks.contains(&place);
            let single = word.len() == 1 && word[0].is_ascii_alphabetic();
            if let Some(last) = texts.last_mut()
                && !stop
                && (run && single || self.kind == Kind::Offer && takes_unit(last, &word))
            {
                last.extend(unit(&word));
            } else if self.kind == Kind::Offer
                && word.len() == 2
                && word[0] == b'p'
                && word[1].is_ascii_digit()
            {
                texts.push(b"plan".to_vec());
                texts.push(vec![word[1]]);
                broken.extend([stop, false]);
            } else {
                texts.push(word);
                broken.push(stop);
            }
            run = single;
        }
        if self.kind == Kind::Offer {
            years(&mut texts);
        }
        (texts.into_iter().map(Word::new).collect(), broken)
    }
}

/// Twelve months are a year.
fn years(texts: &mut [Vec<u8>]) {
    for i in 1..texts.len() {
        if !matches!(texts[i].as_slice(), b"month" | b"months" | b"mth" | b"mths" | b"mo") {
            continue;
        }
        let years: &[u8] = match texts[i - 1].as_slice() {
            b"12" => b"1",
            b"24" => b"2",
            b"36" => b"3",
            b"60" => b"5",
            _ => continue,
        };
        texts[i - 1] = years.to_vec();
        texts[i] = b"year".to_vec();
    }
}

fn takes_unit(number: &[u8], word: &[u8]) -> bool {
    number.iter().all(|b| b.is_ascii_digit() || *b == b'.')
        && matches!(
            word,
            b"gb"
                | b"mb"
                | b"tb"
                | b"inch"
                | b"inches"
                | b"mm"
                | b"cm"
                | b"mp"
                | b"megapixel"
                | b"megapixels"
                | b"mhz"
                | b"ghz"
                | b"hz"
                | b"watt"
                | b"watts"
                | b"oz"
                | b"lb"
                | b"ft"
                | b"gigabyte"
                | b"gigabytes"
        )
}

fn unit(word: &[u8]) -> &[u8] {
    match word {
        b"inch" | b"inches" => b"in",
        b"megapixel" | b"megapixels" => b"mp",
        b"watt" | b"watts" => b"w",
        b"gigabyte" | b"gigabytes" => b"gb",
        other => other,
    }
}

/// `Acme Ltd, Leeds` and `Acme GmbH (Werk 2)`: what stands behind the form tells less.
fn mark_addenda(words: &mut [Word], broken: &[bool]) {
    let mut closed = false;
    for i in 1..words.len() {
        let behind = words[i - 1].entry.closing && i >= 2;
        closed |= behind && broken.get(i).copied().unwrap_or_default();
        words[i].addendum = closed && words[i].is_core();
    }
}
