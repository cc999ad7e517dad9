//! The order of lines for flows and people.

use super::encoding::day;
use crate::domain::line::Line;

/// By period, invoice date, key. Lines are large: what is sorted is a day, the first bytes of the
/// key and a position, and each line is moved at most once.
pub(super) fn in_order(lines: &mut [Line]) {
    let before = |a: &Line, b: &Line| (a.invoice_date, &a.key) <= (b.invoice_date, &b.key);
    if lines.is_sorted_by(before) {
        return;
    }
    let mut order: Vec<(i64, u128, u32)> = (0..)
        .zip(lines.iter())
        .map(|(at, l)| (day(l.invoice_date), first_bytes(&l.key), at))
        .collect();
    order.sort_unstable_by(|a, b| {
        (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| {
            let key = |at: u32| (&lines[at as usize].key, &lines[at as usize].source);
            key(a.2).cmp(&key(b.2))
        })
    });
    let mut from: Vec<u32> = order.into_iter().map(|(_, _, at)| at).collect();
    for start in 0..from.len() {
        let mut to = start;
        while from[to] as usize != start {
            let next = from[to] as usize;
            lines.swap(to, next);
            from[to] = to as u32;
            to = next;
        }
        from[to] = to as u32;
    }
}

/// The first 16 bytes of a key as a number that orders as they do; shorter keys come first.
fn first_bytes(key: &str) -> u128 {
    let mut bytes = [0; 16];
    let length = key.len().min(16);
    bytes[..length].copy_from_slice(&key.as_bytes()[..length]);
    u128::from_be_bytes(bytes)
}
