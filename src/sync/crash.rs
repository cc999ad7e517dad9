//! Named points at which a test may kill the process: `ADDENDUM_CRASH_AT=NAME:N` aborts at the Nth
//! time that the point is passed. A test aid that costs one comparison otherwise; it is in release
//! builds too, because what is tested is the program that people run.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where the process may die, in the order in which a run passes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// The run is open, its intents are not written.
    BeforeIntent,
    /// All intents are durable, nothing was sent.
    AfterIntent,
    /// The next request is decided and not marked.
    BeforeRequestMark,
    /// The request is marked as sent, and was not.
    AfterRequestMark,
    /// The answer came, its result is not recorded.
    AfterSend,
    /// A result is durable.
    AfterResult,
    /// Everything is done but the end of the run.
    BeforeFinish,
}

impl Point {
    /// All of them, for tests that try each.
    pub const ALL: [Self; 7] = [
        Self::BeforeIntent,
        Self::AfterIntent,
        Self::BeforeRequestMark,
        Self::AfterRequestMark,
        Self::AfterSend,
        Self::AfterResult,
        Self::BeforeFinish,
    ];

    /// The name, as in the environment variable.
    pub fn name(self) -> &'static str {
        match self {
            Self::BeforeIntent => "before-intent",
            Self::AfterIntent => "after-intent",
            Self::BeforeRequestMark => "before-request-mark",
            Self::AfterRequestMark => "after-request-mark",
            Self::AfterSend => "after-send",
            Self::AfterResult => "after-result",
            Self::BeforeFinish => "before-finish",
        }
    }
}

/// The environment variable.
pub const VARIABLE: &str = "ADDENDUM_CRASH_AT";

static CRASH_AT: LazyLock<Option<(Point, u64)>> =
    LazyLock::new(|| parse(&std::env::var(VARIABLE).ok()?));
static PASSED: AtomicU64 = AtomicU64::new(0);

fn parse(text: &str) -> Option<(Point, u64)> {
    let (name, count) = text.split_once(':').unwrap_or((text, "1"));
    let point = Point::ALL.into_iter().find(|p| p.name() == name)?;
    Some((point, count.parse().ok()?))
}

/// Passes a point.
pub(super) fn point(here: Point) {
    if let Some((at, count)) = *CRASH_AT
        && at == here
        && PASSED.fetch_add(1, Ordering::Relaxed) + 1 == count
    {
        std::process::abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_can_be_named() {
        for point in Point::ALL {
            assert_eq!(parse(&format!("{}:3", point.name())), Some((point, 3)));
        }
        assert_eq!(parse("after-send"), Some((Point::AfterSend, 1)));
        assert_eq!(parse("elsewhere:1"), None);
        assert_eq!(parse("after-send:x"), None);
    }
}
