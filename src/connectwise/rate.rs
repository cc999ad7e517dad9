//! So many requests a minute, counted on the runtime's clock: a simulation's minutes pass as fast as
//! it likes.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::time::{Instant, sleep};

/// The rate that all clones of a client share.
#[derive(Debug)]
pub(super) struct Rate {
    limiter: RateLimiter<NotKeyed, InMemoryState, Elapsed, NoOpMiddleware<Duration>>,
}

/// Time since the rate was set.
#[derive(Debug, Clone, Copy)]
struct Elapsed(Instant);

impl Clock for Elapsed {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

impl Rate {
    /// So many a minute, of which a tenth may come at once: no minute sees much more than was set.
    /// Zero is no limit.
    pub(super) fn new(per_minute: u32) -> Option<Self> {
        let per_minute = NonZeroU32::new(per_minute)?;
        let burst = NonZeroU32::new(per_minute.get() / 10).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_minute(per_minute).allow_burst(burst);
        Some(Self { limiter: RateLimiter::direct_with_clock(quota, Elapsed(Instant::now())) })
    }

    /// Waits until one more may go.
    pub(super) async fn turn(&self) {
        while let Err(not_yet) = self.limiter.check() {
            let now = self.limiter.clock().now();
            sleep(not_yet.wait_time_from(now)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_tenth_comes_at_once_and_the_rest_by_the_minute() {
        let started = Instant::now();
        let rate = Rate::new(60).unwrap();
        for _ in 0..6 {
            rate.turn().await;
        }
        assert_eq!(started.elapsed(), Duration::ZERO);
        for _ in 0..60 {
            rate.turn().await;
        }
        let took = started.elapsed();
        assert!(took >= Duration::from_secs(59) && took <= Duration::from_secs(61), "{took:?}");
        assert!(Rate::new(0).is_none());
    }
}
