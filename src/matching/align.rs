//! Two names laid side by side, word by word: equal, translated, abbreviated, misspelled, glued or
//! split words, and initials that stand for several.

use rapidfuzz::distance::osa;

use super::words::Word;

/// How well each word of one name is found in the other, 0 to 1.
#[derive(Debug, Default)]
pub(super) struct Alignment {
    pub first: Vec<f32>,
    pub second: Vec<f32>,
    /// Initials of one name stand for words of the other.
    pub acronym: bool,
    /// All that one name says is the other's initials.
    pub all_initials: bool,
}

/// A word of the name that is searched with, prepared for many comparisons.
pub(super) struct Probe {
    comparator: osa::BatchComparator<u8>,
}

impl Probe {
    pub(super) fn new(word: &Word) -> Self {
        Self { comparator: osa::BatchComparator::new(word.text.iter().copied()) }
    }
}

/// Lays two names side by side.
pub(super) fn align(a: &[Word], probes: &[Probe], b: &[Word]) -> Alignment {
    let mut out =
        Alignment { first: vec![0.0; a.len()], second: vec![0.0; b.len()], ..Alignment::default() };
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            let s = likeness(x, &probes[i], y);
            out.first[i] = out.first[i].max(s);
            out.second[j] = out.second[j].max(s);
        }
    }
    glued(a, b, &mut out.first, &mut out.second);
    glued(b, a, &mut out.second, &mut out.first);
    composed(a, b, &mut out.first, &mut out.second);
    composed(b, a, &mut out.second, &mut out.first);
    let one = initials(a, b, &mut out.first, &mut out.second);
    let two = initials(b, a, &mut out.second, &mut out.first);
    out.acronym = one.is_some() || two.is_some();
    out.all_initials = one == Some(true) || two == Some(true);
    out
}

/// Two words, 0 to 1.
fn likeness(a: &Word, probe: &Probe, b: &Word) -> f32 {
    if a.meaning == b.meaning {
        return if a.text == b.text { 1.0 } else { 0.96 };
    }
    if a.text == b.text {
        return 1.0;
    }
    if a.digits || b.digits {
        return numbers(a, b);
    }
    // Short forms and articles are what they are.
    if a.entry.legal || b.entry.legal || a.entry.little || b.entry.little {
        return 0.0;
    }
    let (short, long) = if a.text.len() <= b.text.len() { (a, b) } else { (b, a) };
    let (s, l) = (short.text.len(), long.text.len());
    if s >= 3 && long.text.starts_with(&short.text) {
        // `tech` for `technology`, `northwind` for `northwinds`.
        return 0.70 + 0.25 * s as f32 / l as f32;
    }
    let shared = (a.letters & b.letters).count_ones();
    if shared * 2 < short.letters.count_ones() {
        return 0.0;
    }
    let spelled = if s >= 4 && l - s <= 3 {
        let distance = probe.comparator.distance(b.text.iter().copied()) as f32;
        let same = 1.0 - distance / l as f32;
        if same >= 0.66 && distance <= 3.0 {
            let same_start = a.text[0] == b.text[0];
            (same * if same_start { 1.0 } else { 0.92 } - 0.02).max(0.0)
        } else {
            0.0
        }
    } else {
        0.0
    };
    if spelled < 0.5 && (2..=6).contains(&s) && l >= s + 3 && contracts(&short.text, &long.text) {
        return 0.55;
    }
    // Alike by less than three quarters is more often another word.
    if spelled >= 0.75 { spelled } else { spelled * 0.6 }
}

/// Words with digits: a model number may have a suffix (colour, market), a number may not.
fn numbers(a: &Word, b: &Word) -> f32 {
    if !(a.is_model() && b.is_model()) {
        return 0.0;
    }
    let (s, l) = (a.text.len().min(b.text.len()), a.text.len().max(b.text.len()));
    let common = a.text.iter().zip(&*b.text).take_while(|(x, y)| x == y).count();
    if common >= 4 && common == s && l - s <= 4 {
        return 0.85;
    }
    if common >= 5 && common + 3 >= l && a.text[..common].iter().any(u8::is_ascii_digit) {
        return 0.70;
    }
    0.0
}

/// `mfg` for `manufacturing`: first letter, then letters in order, the last one near the end.
fn contracts(short: &[u8], long: &[u8]) -> bool {
    if short[0] != long[0] || short.iter().skip(1).any(|b| matches!(b, b'a' | b'e' | b'i' | b'o')) {
        return false;
    }
    let mut rest = long.iter();
    short.iter().all(|b| rest.any(|c| c == b))
}

/// A word of `a` that is several words of `b` without the space between (`face book`, and
/// `DSC-W120` for `DSCW120`).
fn glued(a: &[Word], b: &[Word], first: &mut [f32], second: &mut [f32]) {
    for (i, x) in a.iter().enumerate() {
        if first[i] >= 0.9 || x.text.len() < 4 {
            continue;
        }
        for from in 0..b.len() {
            let mut taken = 0;
            for to in from..b.len().min(from + 5) {
                let part = &b[to].text;
                if !x.text[taken..].starts_with(part) {
                    break;
                }
                taken += part.len();
                if to == from {
                    continue;
                }
                let all = taken == x.text.len();
                // A longer model number, or a name with a suffix.
                let most = taken >= 6 && x.text.len() - taken <= 4;
                let value = if all {
                    0.97
                } else if most {
                    0.80
                } else {
                    continue;
                };
                first[i] = first[i].max(value);
                second[from..=to].iter_mut().for_each(|s| *s = s.max(value));
            }
        }
    }
}

/// A word of `a` that is made of the beginnings of words of `b` (`unimetro`, `mhhannover`): what
/// domains are made of.
fn composed(a: &[Word], b: &[Word], first: &mut [f32], second: &mut [f32]) {
    const LONGEST: usize = 24;
    for (i, x) in a.iter().enumerate() {
        let text = &*x.text;
        if first[i] >= 0.6 || x.digits || !(5..=LONGEST).contains(&text.len()) || b.len() < 2 {
            continue;
        }
        // The best worth of the first letters, and which words it takes: 0 is unreachable.
        let mut best = [(f32::MIN, 0u32); LONGEST + 1];
        best[0] = (0.0, 0);
        for (j, w) in b.iter().enumerate().take(32) {
            for at in (0..text.len()).rev() {
                let (worth, taken) = best[at];
                if worth == f32::MIN {
                    continue;
                }
                let common = w.text.iter().zip(&text[at..]).take_while(|(p, q)| p == q).count();
                for k in 1..=common {
                    let gain = match k {
                        _ if k >= 3 || k == w.text.len() && k > 1 => k as f32,
                        2 => 1.2,
                        _ => 0.4,
                    };
                    if worth + gain > best[at + k].0 {
                        best[at + k] = (worth + gain, taken | 1 << j);
                    }
                }
            }
        }
        let (worth, taken) = best[text.len()];
        let share = worth / text.len() as f32;
        if taken.count_ones() < 2 || share < 0.6 {
            continue;
        }
        let value = 0.35 + 0.5 * share;
        first[i] = first[i].max(value);
        for (j, s) in second.iter_mut().enumerate().take(32) {
            if taken >> j & 1 == 1 {
                *s = s.max(value);
            }
        }
    }
}

/// A word of `a` that is the initials of words of `b`. Gives whether both names are said by it
/// in full.
fn initials(a: &[Word], b: &[Word], first: &mut [f32], second: &mut [f32]) -> Option<bool> {
    let mut found = None;
    for (i, x) in a.iter().enumerate() {
        let letters = x.text.len();
        if first[i] >= 0.8 || x.digits || !(2..=8).contains(&letters) || x.entry.legal {
            continue;
        }
        for from in 0..b.len() {
            let Some(to) = spelled(&x.text, b, from) else { continue };
            let whole = b.iter().enumerate().all(|(j, w)| (from..to).contains(&j) || !w.is_core());
            let alone = a.iter().enumerate().all(|(j, w)| j == i || !w.is_core());
            // Two letters are initials of everything.
            if letters == 2 && !whole || to - from < 2 {
                continue;
            }
            let value = match (whole, letters) {
                (true, 2) => 0.70,
                (true, _) => 0.88,
                (false, 3) => 0.65,
                (false, _) => 0.75,
            };
            first[i] = first[i].max(value);
            second[from..to].iter_mut().for_each(|s| *s = s.max(value));
            found = Some(found == Some(true) || whole && alone);
            break;
        }
    }
    found
}

/// Where the words end whose beginnings spell the letters, from a place on. Each gives its first
/// letter (the first and last word may give more: `uwash`, `caltech`); small words may be passed
/// over.
fn spelled(letters: &[u8], words: &[Word], from: usize) -> Option<usize> {
    let mut rest = letters;
    let mut at = from;
    while let Some(first) = rest.first() {
        let word = words.get(at)?;
        if word.text[0] == *first {
            let common = word.text.iter().zip(rest).take_while(|(x, y)| x == y).count();
            // The rest of the letters is the beginning of this word, if it is more than one.
            if common == rest.len() && common >= 3 {
                return Some(at + 1);
            }
            rest = &rest[1..];
        } else if !word.entry.little || at == from {
            return None;
        }
        at += 1;
    }
    Some(at)
}
