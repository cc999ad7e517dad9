//! The audit journal: who did what and when, as a chain in which every record carries the digest of
//! its own content and of the record before. Whoever changes, removes or inserts one has to make all
//! later ones anew, and the head that somebody kept elsewhere no longer fits.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::problem::{Problem, ProblemKind};

/// Least hexadecimal digits that name a record's hash: 64 bits, which nobody meets by chance.
const SHORTEST: usize = 16;

/// What a record tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuditKind {
    /// The journal began; it says how many entries of the executor's journal are older.
    JournalBegan,
    /// A run began: its kind, months, plan.
    RunBegan,
    /// A write was planned; the action is in the executor's journal, its digest here.
    Intended,
    /// A request may have been sent: this one.
    Requested,
    /// What was answered to it, or why nothing was.
    Answered,
    /// What came of it: the write is in the PSA.
    Done,
    /// What came of it: it was refused.
    Failed,
    /// It was never sent.
    Dropped,
    /// Lines that needed no write.
    Settled,
    /// Lines that needed no write are Not Synced again.
    Unsettled,
    /// A run ended: how, its counts and its equation.
    RunEnded,
    /// A plan was saved: its digest.
    PlanMade,
    /// A plan, or a way to take a run back, was approved.
    Approved,
    /// Mappings or choices of lines were edited.
    Edited,
    /// A setting or the credentials were changed (never a secret).
    Changed,
    /// What reconcile found was decided on: kept, or adopted.
    Decided,
    /// Loaded lines that were not posted were dropped.
    Unloaded,
    /// A person vouches for a journal that does not continue what was noted outside the store.
    Accepted,
}

impl AuditKind {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::JournalBegan,
        Self::RunBegan,
        Self::Intended,
        Self::Requested,
        Self::Answered,
        Self::Done,
        Self::Failed,
        Self::Dropped,
        Self::Settled,
        Self::Unsettled,
        Self::RunEnded,
        Self::PlanMade,
        Self::Approved,
        Self::Edited,
        Self::Changed,
        Self::Decided,
        Self::Unloaded,
        Self::Accepted,
    ];

    /// Its word, as it stands in the store and in the export.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::JournalBegan => "journal-began",
            Self::RunBegan => "run-began",
            Self::Intended => "intended",
            Self::Requested => "requested",
            Self::Answered => "answered",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
            Self::Settled => "settled",
            Self::Unsettled => "unsettled",
            Self::RunEnded => "run-ended",
            Self::PlanMade => "plan-made",
            Self::Approved => "approved",
            Self::Edited => "edited",
            Self::Changed => "changed",
            Self::Decided => "decided",
            Self::Unloaded => "unloaded",
            Self::Accepted => "accepted",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == word)
    }
}

/// The digest of a record and, through it, of all before.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AuditHash(pub [u8; 32]);

impl AuditHash {
    /// What stands before the first record.
    pub fn origin() -> Self {
        Self(*blake3::hash(b"addendum audit journal 1").as_bytes())
    }

    /// A digest of a text that a record tells of and that is kept elsewhere in the store.
    pub fn of_text(text: &str) -> Self {
        Self::of_bytes(text.as_bytes())
    }

    /// As [`AuditHash::of_text`], of bytes.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// Whether its hexadecimal form begins so.
    pub fn begins_with(&self, hex: &str) -> bool {
        self.to_string().starts_with(hex)
    }
}

impl fmt::Display for AuditHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for AuditHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for AuditHash {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl FromStr for AuditHash {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).map_err(|_| "no hash")?;
        bytes.try_into().map(Self).map_err(|_| "no hash")
    }
}

/// How long the journal is, and the hash of its last record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AuditHead {
    /// Records.
    pub length: u64,
    /// Hash of the last one; that of the origin for an empty journal.
    pub hash: AuditHash,
}

impl AuditHead {
    /// An empty journal's.
    pub fn origin() -> Self {
        Self { length: 0, hash: AuditHash::origin() }
    }
}

/// One record as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// 1, 2, 3, ... without a gap.
    pub id: i64,
    /// When, in microseconds since 1970.
    pub at: i64,
    /// The system user, as the system names and numbers him.
    pub who: String,
    /// What it tells of, as an [`AuditKind`] says it.
    pub kind: String,
    /// The run.
    pub run: Option<i64>,
    /// The entry of the executor's journal.
    pub entry: Option<i64>,
    /// The rest, as JSON.
    pub body: String,
}

impl AuditRecord {
    /// The hash of this record behind another one: of all that it says, each part with its length,
    /// so that no two records read alike.
    pub fn hash_after(&self, before: &AuditHash) -> AuditHash {
        // In one piece: small ones cost more than their hashing.
        let texts = [&self.who, &self.kind, &self.body];
        let length: usize = texts.iter().map(|text| text.len()).sum();
        let mut all = Vec::with_capacity(length + 96);
        all.extend_from_slice(&before.0);
        all.extend_from_slice(&self.id.to_le_bytes());
        all.extend_from_slice(&self.at.to_le_bytes());
        for text in texts {
            all.extend_from_slice(&(text.len() as u64).to_le_bytes());
            all.extend_from_slice(text.as_bytes());
        }
        for number in [self.run, self.entry] {
            all.push(u8::from(number.is_some()));
            all.extend_from_slice(&number.unwrap_or_default().to_le_bytes());
        }
        AuditHash(*blake3::hash(&all).as_bytes())
    }

    /// When it was written; absent for a time that no clock shows.
    pub fn time(&self) -> Option<Timestamp> {
        Timestamp::from_microsecond(self.at).ok()
    }
}

/// What is wrong with the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditFault {
    /// A stable word: `changed`, `gap`, `truncated`, `anchor-missing`, `anchor-unreadable`,
    /// `head-not-found`, `entry-changed`, `entry-missing`, `entry-unknown`, `run-changed`,
    /// `run-missing`.
    pub code: &'static str,
    /// The record that shows it, where there is one.
    pub record: Option<i64>,
    /// What is wrong.
    pub message: String,
}

/// What `audit verify` found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditReport {
    /// Length and last hash of the journal as it is.
    pub head: AuditHead,
    /// What was noted beside the store, where it can be read.
    pub anchor: Option<AuditHead>,
    /// Entries of the executor's journal that were compared.
    pub entries: u64,
    /// The first faults.
    pub faults: Vec<AuditFault>,
    /// How many there are beyond those.
    pub more: u64,
}

impl AuditReport {
    /// So many faults are told one by one.
    pub const SHOWN: usize = 100;

    /// Whether nothing is wrong.
    pub fn is_whole(&self) -> bool {
        self.faults.is_empty()
    }

    /// Adds a fault, or counts it.
    pub fn fault(&mut self, code: &'static str, record: Option<i64>, message: String) {
        if self.faults.len() < Self::SHOWN {
            self.faults.push(AuditFault { code, record, message });
        } else {
            self.more += 1;
        }
    }
}

/// How the note beside the store stands to the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Anchoring {
    /// It names a record of the journal: the last one, or one shortly before.
    Fits,
    /// It is not there, though the journal has records.
    Missing,
    /// It cannot be read as a note.
    Unreadable,
    /// It names a record that the journal does not have, or another one in its place.
    Differs,
}

/// Reads a head that somebody kept: hexadecimal digits, at least 16.
///
/// # Errors
/// It is no such text.
pub fn kept_head(text: &str) -> Result<String, Problem> {
    let text = text.trim().to_ascii_lowercase();
    let hex = text.len() >= SHORTEST
        && text.len() <= 64
        && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if hex {
        return Ok(text);
    }
    Err(Problem::new(
        ProblemKind::Refused,
        "no-head",
        "this is no head of an audit journal",
        "give 16 to 64 hexadecimal digits, as `addendum status` printed them",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> AuditRecord {
        AuditRecord {
            id: 7,
            at: 1_000_000,
            who: "ada (uid 1000)".into(),
            kind: "done".into(),
            run: Some(3),
            entry: None,
            body: "{}".into(),
        }
    }

    #[test]
    fn every_part_of_a_record_is_in_its_hash() {
        let before = AuditHash::origin();
        let whole = record().hash_after(&before);
        assert_eq!(whole, record().hash_after(&before));
        let changes: [fn(&mut AuditRecord); 9] = [
            |r| r.id += 1,
            |r| r.at += 1,
            |r| r.who.push('x'),
            |r| r.kind = "failed".into(),
            |r| r.run = None,
            |r| r.run = Some(4),
            |r| r.entry = Some(0),
            |r| r.body = "{ }".into(),
            // The same letters, divided otherwise.
            |r| {
                r.who.push_str("do");
                r.kind = "ne".into();
            },
        ];
        for change in changes {
            let mut other = record();
            change(&mut other);
            assert_ne!(other.hash_after(&before), whole, "{other:?}");
        }
        assert_ne!(record().hash_after(&whole), whole, "the record before counts too");
    }

    #[test]
    fn words_and_kinds_are_the_same_list() {
        for kind in AuditKind::ALL {
            assert_eq!(AuditKind::of(kind.as_str()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        assert_eq!(AuditKind::of("nothing"), None);
    }

    #[test]
    fn a_kept_head_is_read_in_any_case_and_length() {
        let hash = AuditHash::origin();
        let hex = hash.to_string();
        assert_eq!(hex.parse::<AuditHash>().unwrap(), hash);
        assert!(hash.begins_with(&kept_head(&hex[..16].to_uppercase()).unwrap()));
        assert!(!hash.begins_with(&kept_head("0123456789abcdef").unwrap()));
        for bad in ["", "12", "0123456789abcdeg", &"0".repeat(65)] {
            assert_eq!(kept_head(bad).unwrap_err().code, "no-head");
        }
    }
}
