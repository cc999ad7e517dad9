//! Percentiles, printed beside what they should be.

use std::time::Duration;

/// Times of one kind of key.
#[derive(Default)]
pub struct Times {
    all: Vec<Duration>,
    bytes: Vec<usize>,
}

impl Times {
    /// Adds one.
    pub fn add(&mut self, time: Duration, bytes: usize) {
        self.all.push(time);
        self.bytes.push(bytes);
    }

    /// How many were added.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// One line: count, median, 99th percentile, longest; bytes likewise.
    pub fn print(mut self, what: &str) {
        assert!(!self.all.is_empty(), "{what}: nothing was measured");
        self.all.sort_unstable();
        self.bytes.sort_unstable();
        let at = |percent: usize| (self.all.len() * percent).div_ceil(100).max(1) - 1;
        println!(
            "{what:<44} {:>5} x  {:>7} / {:>7} / {:>7} ms   {:>6} / {:>6} B",
            self.all.len(),
            ms(self.all[at(50)]),
            ms(self.all[at(99)]),
            ms(self.all[self.all.len() - 1]),
            self.bytes[at(50)],
            self.bytes[self.bytes.len() - 1],
        );
    }

    /// The heading of such lines.
    pub fn heading(title: &str) {
        println!("\n{title:<44} count    median /    99th / longest      bytes median / most");
    }
}

/// Milliseconds with two decimals.
pub fn ms(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1000.0)
}
