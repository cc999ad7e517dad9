//! Who a line is (design 5): the source's own id where there is one, else a digest of the line's
//! canonical content without display names, and an occurrence count among equal rows. Never a row
//! number.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::{BuildHasherDefault, Hasher};

use data_encoding::{BASE32_NOPAD, Encoding};
use rust_decimal::Decimal;

use super::line::CanonicalLine;

/// What every line of one load gets its key from. It counts equal rows, so all files of one load
/// share one.
#[derive(Debug, Default)]
pub struct Identities {
    equal_rows: HashMap<[u8; 16], u32, BuildHasherDefault<Digested>>,
    buffer: Vec<u8>,
}

impl Identities {
    /// The line's key (see [`super::line::Line::key`]) and the digest of its whole content.
    pub fn of(&mut self, line: &CanonicalLine) -> (Box<str>, [u8; 16]) {
        let buffer = &mut self.buffer;
        buffer.clear();
        canonical_content(line, buffer);
        let key = match &line.line_id {
            Some(id) => id.clone(),
            // Hashing is most of a load's cost: a line with an id of its own needs one digest only.
            None => {
                let identity = digest(buffer);
                let n = self.equal_rows.entry(identity).or_insert(0);
                *n += 1;
                // What is charged has its digest now; the names are hashed on top of it.
                buffer.clear();
                buffer.extend(identity);
                hash_key(&identity, *n)
            }
        };
        whole_content(line, buffer);
        let content = digest(buffer);
        (key, content)
    }

    /// The same for a line whose bill says itself what tells lines apart: `identity` is the digest
    /// of those fields. Equal ones are counted here too.
    pub fn by_fields(&mut self, line: &CanonicalLine, identity: [u8; 16]) -> (Box<str>, [u8; 16]) {
        let n = self.equal_rows.entry(identity).or_insert(0);
        *n += 1;
        let key = hash_key(&identity, *n);
        self.buffer.clear();
        canonical_content(line, &mut self.buffer);
        whole_content(line, &mut self.buffer);
        (key, digest(&self.buffer))
    }
}

/// The hash of a digest is a part of it.
#[derive(Debug, Default)]
struct Digested(u64);

impl Hasher for Digested {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk::<8>() {
            self.0 = u64::from_le_bytes(*first);
        }
    }

    /// The length that comes before an array's bytes.
    fn write_usize(&mut self, _: usize) {}
}

fn digest(bytes: &[u8]) -> [u8; 16] {
    let mut out = [0; 16];
    out.copy_from_slice(&blake3::hash(bytes).as_bytes()[..16]);
    out
}

fn hash_key(identity: &[u8; 16], occurrence: u32) -> Box<str> {
    let alphabet: &Encoding = &BASE32_NOPAD;
    let mut key = String::with_capacity(32);
    key.push_str("h-");
    alphabet.encode_append(identity, &mut key);
    key.make_ascii_lowercase();
    key.push('-');
    // Writing to a String cannot fail.
    let _ = write!(key, "{occurrence}");
    key.into_boxed_str()
}

/// Fields that say what is charged, without display names, the invoice's progress and raw columns.
fn canonical_content(line: &CanonicalLine, out: &mut Vec<u8>) {
    text(out, Some(&line.invoice_number));
    day(out, Some(line.invoice_date));
    text(out, Some(&line.organization_id));
    text(out, line.contract_id.as_deref());
    text(out, line.subscription_id.as_deref());
    text(out, Some(&line.offer_id));
    text(out, line.part_number.as_deref());
    text(out, Some(line.charge_type.as_str()));
    text(out, line.billing_cycle.as_deref());
    day(out, Some(line.charge_start));
    day(out, line.charge_end);
    number(out, Some(line.quantity));
    number(out, line.unit_price);
    number(out, line.unit_cost);
    number(out, Some(line.total));
    text(out, Some(line.currency.as_str()));
}

/// What [`canonical_content`] leaves out. An invoice that goes from Verified to Issued to Paid
/// changes nothing that is posted, and neither do columns that we do not know: counted as changes
/// they would make a revision of every Synced line each time a customer pays.
fn whole_content(line: &CanonicalLine, out: &mut Vec<u8>) {
    text(out, line.line_id.as_deref());
    let status = line.invoice_status;
    text(out, (!status.may_be_posted()).then(|| status.as_str()));
    text(out, Some(&line.organization_name));
    text(out, line.subscription_name.as_deref());
    text(out, Some(&line.offer_name));
    let Some(extra) = &line.extra else { return };
    // Keys of the organization and the offer say nothing about the line.
    text(out, extra.event_id.as_deref());
    text(out, extra.document_type.as_deref());
    text(out, extra.amends.as_deref());
    text(out, extra.counted_as.as_deref());
    out.push(u8::from(extra.cost_only));
    if let Some(rows) = extra.rows {
        out.extend(rows.count.to_le_bytes());
        out.extend(rows.digest.to_le_bytes());
    }
}

/// A field is its length and its bytes, so that neighbours cannot run into each other; an absent
/// field differs from an empty one.
fn text(out: &mut Vec<u8>, field: Option<&str>) {
    match field {
        None => out.extend(u32::MAX.to_le_bytes()),
        Some(t) => {
            out.extend(u32::try_from(t.len()).unwrap_or(u32::MAX - 1).to_le_bytes());
            out.extend(t.as_bytes());
        }
    }
}

fn day(out: &mut Vec<u8>, field: Option<jiff::civil::Date>) {
    match field {
        None => out.push(0),
        Some(d) => {
            out.push(1);
            out.extend(d.year().to_le_bytes());
            out.extend([d.month().cast_unsigned(), d.day().cast_unsigned()]);
        }
    }
}

/// `1.50` and `1.5` are the same number.
fn number(out: &mut Vec<u8>, field: Option<Decimal>) {
    match field {
        None => out.push(0),
        Some(n) => {
            out.push(1);
            // Whole numbers, most quantities among them, have no zeros to take away.
            let n = if n.scale() == 0 { n } else { n.normalize() };
            out.extend(n.serialize());
        }
    }
}
