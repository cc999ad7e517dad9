//! Inputs that nobody would write: a known one, changed a little or a lot.

use fastrand::Rng;

/// Pieces that parsers stumble over.
const PIECES: [&[u8]; 32] = [
    b"\"",
    b"\"\"",
    b",",
    b"\n",
    b"\r\n",
    b"\r",
    b"\t",
    b"\0",
    b"\xff",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\x1b[2J",
    b"\xe2\x80\xae",
    b"\xc2\x9b",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"null",
    b"true",
    b"-0",
    b"1e308",
    b"99999999999999999999999999999",
    b"0.00000000000000000000000000001",
    b"-",
    b"9999-12-31",
    b"0000-00-00",
    b"2026-02-30",
    b"\\u0000",
    b"\\ud800",
    b"=1+1",
];

/// One step away from the input, or several. `other` is another known input.
pub fn mutated(input: &[u8], other: &[u8], random: &mut Rng) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..random.usize(1..=4) {
        let at = random.usize(0..=bytes.len());
        let end = random.usize(at..=bytes.len().min(at + 64));
        match random.u8(0..8) {
            0 if !bytes.is_empty() => {
                let i = random.usize(0..bytes.len());
                bytes[i] ^= 1 << random.u8(0..8);
            }
            1 => bytes.insert(at, random.u8(..)),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                for _ in 0..random.usize(1..=8) {
                    bytes.splice(at..at, piece.iter().copied());
                }
            }
            4 => bytes.truncate(at),
            5 if !other.is_empty() => {
                let from = random.usize(0..other.len());
                let upto = random.usize(from..=other.len().min(from + 256));
                bytes.splice(at..end, other[from..upto].iter().copied());
            }
            _ => {
                let piece = PIECES[random.usize(0..PIECES.len())];
                bytes.splice(at..end, piece.iter().copied());
            }
        }
    }
    bytes.truncate(64 * 1024);
    bytes
}
