//! Finds a `line_id` that stands twice among the lines of one load, in little memory: sixteen
//! bytes a line, so that a million lines take some 40 MB.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher, RandomState};

/// 96 bits of two keyed hashes: two of a million lines share them once in 10^17 loads, and no one
/// who writes a bill can know the keys.
#[derive(PartialEq, Eq)]
struct Digest([u32; 3]);

impl Hash for Digest {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(u64::from(self.0[0]) << 32 | u64::from(self.0[1]));
    }
}

/// A digest is a hash already.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*b);
        }
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = n;
    }
}

/// The ids seen so far and the rows that they stand in.
#[derive(Default)]
pub(super) struct Duplicates {
    keys: [RandomState; 2],
    rows: HashMap<Digest, u32, BuildHasherDefault<AsItIs>>,
    /// For each file the number of its first row among the rows of all files.
    files: Vec<(u32, String)>,
    last: u32,
}

/// Where an id stood first.
pub(super) struct First {
    /// The file, when it is another one.
    pub(super) file: Option<String>,
    /// Its row.
    pub(super) row: u64,
}

impl Duplicates {
    /// What follows stands in this file.
    pub(super) fn enter(&mut self, file: &str) {
        self.files.push((self.last, file.to_owned()));
    }

    /// Remembers the id, or tells where it stood.
    pub(super) fn add(&mut self, id: &str, row: u64) -> Option<First> {
        let base = self.files.last().map_or(0, |(base, _)| *base);
        let number = base.saturating_add(u32::try_from(row).unwrap_or(u32::MAX));
        self.last = self.last.max(number);
        let (a, b) = (self.keys[0].hash_one(id), self.keys[1].hash_one(id));
        let first = match self.rows.entry(Digest([(a >> 32) as u32, a as u32, b as u32])) {
            std::collections::hash_map::Entry::Vacant(v) => {
                v.insert(number);
                return None;
            }
            std::collections::hash_map::Entry::Occupied(o) => *o.get(),
        };
        let at = self.files.partition_point(|(base, _)| *base < first).saturating_sub(1);
        let (start, file) = self.files.get(at)?;
        let other = at + 1 != self.files.len();
        Some(First { file: other.then(|| file.clone()), row: u64::from(first - start) })
    }
}
