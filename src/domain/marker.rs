//! The marker: a deterministic digest of what an addition stands for (design 6.7).

use data_encoding::BASE32_NOPAD;

use super::addition::Subject;
use super::net;

/// What every marker begins with.
pub const PREFIX: &str = "AD-";

/// The marker of a subject: 35 characters, or 50 for several lines as one. Neither the profile's name nor an agreement's number is
/// in it, so that it survives both.
pub fn marker(subject: &Subject) -> String {
    let mut bytes = Vec::with_capacity(128);
    match subject {
        // It says two things, each in its half ([`super::net`]).
        Subject::Net { source, stem, keys } => return net::marker(source, stem, keys),
        Subject::Line { source, key } => {
            text(&mut bytes, "line");
            text(&mut bytes, source);
            text(&mut bytes, key);
        }
        Subject::Rounding { source, key } => {
            text(&mut bytes, "rounding");
            text(&mut bytes, source);
            text(&mut bytes, key);
        }
        Subject::Credit { of, period } => {
            text(&mut bytes, "credit");
            text(&mut bytes, of);
            text(&mut bytes, &period.to_string());
        }
        Subject::Recurring { source, company, contract, subscription, offer, occurrence, life } => {
            text(&mut bytes, "recurring");
            text(&mut bytes, source);
            bytes.extend(company.to_le_bytes());
            match contract {
                Some(c) => {
                    bytes.push(1);
                    text(&mut bytes, c);
                }
                None => bytes.push(0),
            }
            text(&mut bytes, subscription);
            text(&mut bytes, offer);
            bytes.extend(occurrence.to_le_bytes());
            bytes.extend(life.to_le_bytes());
        }
    }
    let digest = blake3::hash(&bytes);
    let mut marker = String::with_capacity(PREFIX.len() + 32);
    marker.push_str(PREFIX);
    BASE32_NOPAD.encode_append(&digest.as_bytes()[..20], &mut marker);
    marker
}

/// Whether a text has the form of a marker: a serial number of somebody's device has not.
pub fn is_marker(text: &str) -> bool {
    text.strip_prefix(PREFIX).is_some_and(|rest| {
        matches!(rest.len(), 32 | 47)
            && rest.bytes().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b))
    })
}

/// Length first, so that neighbours cannot run into each other.
fn text(out: &mut Vec<u8>, field: &str) {
    out.extend((field.len() as u64).to_le_bytes());
    out.extend(field.as_bytes());
}
