#![no_main]
#[allow(dead_code, reason = "one entry of them")]
#[path = "../../tests/parsers/entries.rs"]
mod entries;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entries::feed_answer(bytes));
