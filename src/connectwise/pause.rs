//! The pause that a 429 asks for: all clones of a client share it, so that every worker waits and
//! not only the one that was told (connectwise-api.md 7).

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// No server may stop us for longer than this at one go.
const LONGEST: Duration = Duration::from_secs(600);

/// When nothing says how long.
const UNSAID: Duration = Duration::from_secs(10);

/// Until when nobody sends.
#[derive(Debug)]
pub(super) struct Pause {
    until: watch::Sender<Option<Instant>>,
}

impl Pause {
    pub(super) fn new() -> Self {
        Self { until: watch::Sender::new(None) }
    }

    /// Nobody sends for so long, counted from now. A pause is never shortened.
    pub(super) fn hold(&self, wait: Duration) {
        let until = Instant::now() + wait.min(LONGEST);
        self.until.send_if_modified(|now| {
            let later = now.is_none_or(|n| n < until);
            if later {
                *now = Some(until);
            }
            later
        });
    }

    /// Returns when nobody has to wait any more. True: there was something to wait for.
    pub(super) async fn over(&self) -> bool {
        let mut waited = false;
        loop {
            let until = *self.until.borrow();
            match until {
                Some(until) if until > Instant::now() => {
                    waited = true;
                    sleep_until(until).await;
                }
                _ => return waited,
            }
        }
    }

    /// What is left of it.
    pub(super) fn left(&self) -> Duration {
        let until = *self.until.borrow();
        until.map_or(Duration::ZERO, |u| u.saturating_duration_since(Instant::now()))
    }
}

/// How long a 429 asks to wait: `Retry-After` in seconds or as a date, else the seconds that its
/// text names.
pub(super) fn asked(retry_after: Option<&str>, text: &str, now: Timestamp) -> Duration {
    let header = retry_after.map(str::trim).and_then(|h| {
        if let Ok(seconds) = h.parse::<u64>() {
            return Some(Duration::from_secs(seconds));
        }
        let at = jiff::fmt::rfc2822::parse(h).ok()?.timestamp();
        Some(Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO))
    });
    let in_text = || {
        let (before, _) = text.split_once(" second")?;
        before.rsplit(' ').next()?.parse().ok().map(Duration::from_secs)
    };
    header.or_else(in_text).unwrap_or(UNSAID).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn the_wait_is_read_from_header_or_text() {
        let now: Timestamp = "2026-11-21T08:00:00Z".parse().unwrap();
        let text = "Too many requests. Please try again in 30 seconds.";
        for (header, text, seconds) in [
            (Some("7"), text, 7),
            (Some(" 0 "), text, 0),
            (Some("Sat, 21 Nov 2026 08:00:42 GMT"), "", 42),
            (Some("Sat, 21 Nov 2026 07:00:00 GMT"), "", 0),
            (Some("soon"), text, 30),
            (None, text, 30),
            (None, "slow down", 10),
            (Some("99999999"), "", 600),
        ] {
            assert_eq!(asked(header, text, now), Duration::from_secs(seconds), "{header:?} {text}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn everybody_waits_and_a_shorter_word_does_not_shorten() {
        let pause = Arc::new(Pause::new());
        assert!(!pause.over().await);
        pause.hold(Duration::from_secs(30));
        pause.hold(Duration::from_secs(5));
        let started = Instant::now();
        let waiters: Vec<_> = (0..5)
            .map(|_| {
                let pause = Arc::clone(&pause);
                tokio::spawn(async move { (pause.over().await, Instant::now()) })
            })
            .collect();
        for waiter in waiters {
            let (waited, at) = waiter.await.unwrap();
            assert!(waited);
            assert!(at - started >= Duration::from_secs(30));
        }
        assert_eq!(pause.left(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_grows_while_somebody_waits_holds_them_longer() {
        let pause = Arc::new(Pause::new());
        pause.hold(Duration::from_secs(10));
        let started = Instant::now();
        let waiter = {
            let pause = Arc::clone(&pause);
            tokio::spawn(async move { pause.over().await })
        };
        tokio::task::yield_now().await;
        pause.hold(Duration::from_secs(40));
        waiter.await.unwrap();
        assert!(started.elapsed() >= Duration::from_secs(40));
    }
}
