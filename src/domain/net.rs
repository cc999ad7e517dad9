//! Net additions: one addition for several lines. Who such an addition is must be told from its
//! marker alone, by a machine that knows nothing but the bill (design 6.7, 6.8):
//!
//! * the first half is the *stem*, a digest of the event, or of the subscription and month: whoever
//!   looks for any of its lines looks at additions with this stem;
//! * the second half is a digest of the keys of the very lines that it stands for. A line that
//!   joins later changes no addition that is posted: what is left is another set, and has another
//!   marker.

use data_encoding::BASE32_NOPAD;

use super::addition::Subject;
use super::event::EventKey;
use super::line::{Line, Text};
use super::marker::PREFIX;
use super::policy::PostingMode;

/// Characters of a stem.
const STEM: usize = 26;
/// Characters of a digest of keys. With the stem and the prefix they are the 50 that a serial
/// number has room for.
const SET: usize = 21;

/// More lines than this of one stem are not tried out, one choice after the other.
const MOST_TRIED: usize = 16;

/// The stem of the net addition that a line is a part of under this mode, where it can be one.
pub fn stem(line: &Line, mode: PostingMode) -> Option<Text> {
    let mut bytes = Vec::with_capacity(160);
    match mode {
        PostingMode::PerLine => return None,
        PostingMode::NetPerEvent => {
            bytes.extend(b"event");
            EventKey::of(line)?.write(&mut bytes);
        }
        PostingMode::NetPerSubscriptionMonth => {
            bytes.extend(b"month");
            let period = line.period.to_string();
            for field in [
                Some(&*line.source),
                Some(&*line.organization_id),
                Some(&*period),
                line.contract_id.as_deref(),
                Some(line.subscription_id.as_deref()?),
            ] {
                put(&mut bytes, field);
            }
        }
    }
    Some(BASE32_NOPAD.encode(&blake3::hash(&bytes).as_bytes()[..16]).into())
}

/// What a net addition of these lines stands for. The order of the keys does not matter.
pub fn subject(source: &Text, stem: &Text, mut keys: Vec<Text>) -> Subject {
    keys.sort_unstable();
    Subject::Net { source: source.clone(), stem: stem.clone(), keys }
}

/// The marker of a net addition: 50 characters. `keys` in order.
pub(super) fn marker(source: &str, stem: &str, keys: &[Text]) -> String {
    format!("{PREFIX}{stem}{}", set(source, keys))
}

fn set(source: &str, keys: &[Text]) -> String {
    let mut bytes = Vec::with_capacity(32 * (keys.len() + 1));
    put(&mut bytes, Some("net"));
    put(&mut bytes, Some(source));
    for key in keys {
        put(&mut bytes, Some(key));
    }
    BASE32_NOPAD.encode(&blake3::hash(&bytes).as_bytes()[..13])
}

/// The stem that a marker has, if it is that of a net addition.
pub fn stem_of(marker: &str) -> Option<&str> {
    let rest = marker.strip_prefix(PREFIX)?;
    (rest.len() == STEM + SET && rest.is_ascii()).then(|| &rest[..STEM])
}

/// Which of these lines, all of the marker's stem, the addition with this marker stands for; `None`
/// when it is no choice of them, or when there are too many to try.
pub fn lines_of(marker: &str, source: &str, keys: &[Text]) -> Option<Vec<Text>> {
    let wanted = &marker.strip_prefix(PREFIX)?.get(STEM..)?;
    let mut keys: Vec<Text> = keys.to_vec();
    keys.sort_unstable();
    keys.dedup();
    let is = |some: &[Text]| set(source, some) == **wanted;
    if is(&keys) {
        return Some(keys);
    }
    if keys.len() > MOST_TRIED {
        return None;
    }
    (1u32..1 << keys.len()).find_map(|choice| {
        let some: Vec<Text> = keys
            .iter()
            .enumerate()
            .filter(|(n, _)| choice & (1 << n) != 0)
            .map(|(_, key)| key.clone())
            .collect();
        is(&some).then_some(some)
    })
}

/// Length first, so that neighbours cannot run into each other.
fn put(out: &mut Vec<u8>, field: Option<&str>) {
    match field {
        None => out.extend(u64::MAX.to_le_bytes()),
        Some(t) => {
            out.extend((t.len() as u64).to_le_bytes());
            out.extend(t.as_bytes());
        }
    }
}
