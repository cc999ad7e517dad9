//! The gram index: from character grams and words to the names that have them. One contiguous list
//! of postings of four bytes each; weights are TF-IDF, so that rare parts weigh more.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use foldhash::fast::RandomState;

use super::tuning::Tuning;
use super::words::Word;

/// Postings keep a name in 27 bits and how often it has the gram in 5.
const NAME_BITS: u32 = 27;
/// The most names that one index can hold.
pub(super) const MOST_NAMES: usize = 1 << NAME_BITS;
/// A count is kept in eighths.
const STEP: f32 = 8.0;
/// Grams to names.
pub(super) struct Index {
    tuning: &'static Tuning,
    /// Gram to its column.
    columns: HashMap<u64, u32, RandomState>,
    /// Inverse document frequency by column.
    idf: Vec<f32>,
    /// Where each column's postings begin; one more at the end.
    begins: Vec<u32>,
    postings: Vec<u32>,
    /// One by the length of each name's vector.
    scale: Vec<f32>,
}

/// What a search needs to write on; kept from one to the next.
#[derive(Default)]
pub(super) struct Sheet {
    sums: Vec<f32>,
}

impl Index {
    pub(super) fn new<'a>(
        tuning: &'static Tuning,
        names: impl ExactSizeIterator<Item = &'a [Word]>,
    ) -> Self {
        let count = names.len().min(MOST_NAMES);
        let mut columns: HashMap<u64, u32, RandomState> = HashMap::default();
        let mut frequency: Vec<u32> = Vec::new();
        // Each name's columns with their counts, one after the other.
        let mut entries: Vec<(u32, u32)> = Vec::with_capacity(count * 64);
        let mut ends: Vec<usize> = Vec::with_capacity(count);
        let mut own: Vec<(u32, f32)> = Vec::new();
        for words in names.take(count) {
            own.clear();
            grams(tuning, words, |gram, weight| {
                let next = frequency.len() as u32;
                let column = *columns.entry(gram).or_insert(next);
                if column == next {
                    frequency.push(0);
                }
                own.push((column, weight));
            });
            counted(&mut own, |column, count| {
                frequency[column as usize] += 1;
                entries.push((column, code(count)));
            });
            ends.push(entries.len());
        }
        let n = count as f32;
        let idf: Vec<f32> =
            frequency.iter().map(|f| ((1.0 + n) / (1.0 + *f as f32)).ln() + 1.0).collect();
        let mut begins: Vec<u32> = Vec::with_capacity(frequency.len() + 1);
        let mut sum = 0;
        for f in &frequency {
            begins.push(sum);
            sum += f;
        }
        begins.push(sum);
        let mut next = begins.clone();
        let mut postings = vec![0; entries.len()];
        let mut scale = Vec::with_capacity(count);
        let mut from = 0;
        for (name, end) in (0u32..).zip(ends) {
            let mut length = 0.0f32;
            for (column, code) in &entries[from..end] {
                let c = *column as usize;
                length += (*code as f32 / STEP * idf[c]).powi(2);
                postings[next[c] as usize] = name | code << NAME_BITS;
                next[c] += 1;
            }
            scale.push(if length > 0.0 { length.sqrt().recip() } else { 0.0 });
            from = end;
        }
        Self { tuning, columns, idf, begins, postings, scale }
    }

    /// The names with the highest cosine, in no order: at most `most`. Each cosine lies between 0
    /// and 1.
    pub(super) fn shortlist(
        &self,
        words: &[Word],
        most: usize,
        sheet: &mut Sheet,
    ) -> Vec<(u32, f32)> {
        let n = self.scale.len();
        if n == 0 || most == 0 {
            return Vec::new();
        }
        let mut own: Vec<(u32, f32)> = Vec::with_capacity(128);
        let mut outside = 0.0f32;
        let rare = self.tuning.foreign * ((1.0 + n as f32).ln() + 1.0);
        grams(self.tuning, words, |gram, weight| match self.columns.get(&gram) {
            Some(column) => own.push((*column, weight)),
            None => outside += (weight * rare).powi(2),
        });
        let mut terms: Vec<(u32, f32)> = Vec::with_capacity(own.len());
        counted(&mut own, |column, count| {
            terms.push((column, damped(count) * self.idf[column as usize]));
        });
        let length = (terms.iter().map(|(_, w)| w * w).sum::<f32>() + outside).sqrt();
        sheet.sums.clear();
        sheet.sums.resize(n, 0.0);
        let sums = sheet.sums.as_mut_slice();
        for (column, weight) in terms {
            let c = column as usize;
            let one = weight * self.idf[c] / (STEP * length);
            for posting in &self.postings[self.begins[c] as usize..self.begins[c + 1] as usize] {
                let name = posting & (MOST_NAMES as u32 - 1);
                sums[name as usize] += one * (posting >> NAME_BITS) as f32;
            }
        }
        self.best(sums, most)
    }

    /// The cosine of two names by the rarity of this index's grams, 0 to 1.
    pub(super) fn cosine(&self, a: &[Word], b: &[Word]) -> f32 {
        let rare = self.tuning.foreign * ((1.0 + self.scale.len() as f32).ln() + 1.0);
        let vector = |words: &[Word]| {
            let mut all: Vec<(u64, f32)> = Vec::with_capacity(128);
            grams(self.tuning, words, |gram, weight| all.push((gram, weight)));
            all.sort_unstable_by_key(|e| e.0);
            let mut out: Vec<(u64, f32)> = Vec::with_capacity(all.len());
            for (gram, weight) in all {
                match out.last_mut() {
                    Some(last) if last.0 == gram => last.1 += weight,
                    _ => out.push((gram, weight)),
                }
            }
            for (gram, weight) in &mut out {
                let idf = self.columns.get(gram).map_or(rare, |c| self.idf[*c as usize]);
                *weight = damped(*weight) * idf;
            }
            out
        };
        let (a, b) = (vector(a), vector(b));
        let length = |v: &[(u64, f32)]| v.iter().map(|e| e.1 * e.1).sum::<f32>().sqrt();
        let (mut i, mut j, mut sum) = (0, 0, 0.0);
        while i < a.len() && j < b.len() {
            match a[i].0.cmp(&b[j].0) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    sum += a[i].1 * b[j].1;
                    (i, j) = (i + 1, j + 1);
                }
            }
        }
        let of = length(&a) * length(&b);
        if of > 0.0 { (sum / of).min(1.0) } else { 0.0 }
    }

    /// The highest sums, by a heap whose least member is on top.
    fn best(&self, sums: &[f32], most: usize) -> Vec<(u32, f32)> {
        let mut heap: BinaryHeap<Reverse<(u32, u32)>> = BinaryHeap::with_capacity(most + 1);
        let mut least = 0.0;
        for ((name, sum), scale) in (0u32..).zip(sums).zip(&self.scale) {
            let cosine = sum * scale;
            if cosine > least {
                // Floats above zero are ordered as their bits are; of equal ones the first stays.
                heap.push(Reverse((cosine.to_bits(), u32::MAX - name)));
                if heap.len() > most {
                    heap.pop();
                    least = heap.peek().map_or(0.0, |r| f32::from_bits(r.0.0));
                }
            }
        }
        heap.into_iter()
            .map(|Reverse((bits, name))| (u32::MAX - name, f32::from_bits(bits).min(1.0)))
            .collect()
    }
}

/// A gram that stands twice does not count double.
fn damped(count: f32) -> f32 {
    if count > 1.0 { 1.0 + count.ln() } else { count }
}

fn code(count: f32) -> u32 {
    // Between 1 and 31 by the clamp.
    (damped(count) * STEP).round().clamp(1.0, 31.0) as u32
}

/// Adds up what stands for the same column.
fn counted(own: &mut [(u32, f32)], mut each: impl FnMut(u32, f32)) {
    own.sort_unstable_by_key(|e| e.0);
    let mut rest = &*own;
    while let Some(&(column, _)) = rest.first() {
        let same = rest.iter().take_while(|e| e.0 == column).count();
        each(column, rest[..same].iter().map(|e| e.1).sum());
        rest = &rest[same..];
    }
}

/// Grams of two to four letters within a word and its edges, each word, and its meaning.
fn grams(tuning: &Tuning, words: &[Word], mut each: impl FnMut(u64, f32)) {
    let mut padded = [b' '; 66];
    for word in words {
        let weight = match (word.entry.legal, word.entry.little) {
            (true, _) => tuning.legal_gram,
            (_, true) => tuning.little_gram,
            _ => 1.0,
        };
        let stem = word.stem();
        let letters = stem.len().min(64);
        padded[1..=letters].copy_from_slice(&stem[..letters]);
        padded[letters + 1] = b' ';
        let all = &padded[..letters + 2];
        for n in 2..=4usize {
            for gram in all.windows(n) {
                each(gram.iter().fold(0, |g, b| g << 8 | u64::from(*b)), weight);
            }
        }
        each(word.meaning | 1 << 63, weight * tuning.meaning);
    }
}
