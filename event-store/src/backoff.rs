//! How long to wait before the next attempt. Knows no clock and no source of randomness: the caller provides both.

use std::time::Duration;

/// Exponential back-off with full jitter: a delay between zero and a bound that doubles with each failure, so that clients that
/// failed together do not retry together (AWS Architecture Blog, "Exponential Backoff And Jitter").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    base: Duration,
    cap: Duration,
}

impl Backoff {
    /// The bound is `base` after the first failure, twice that after the second, and never above `cap`.
    #[must_use]
    pub const fn new(base: Duration, cap: Duration) -> Self {
        Self { base, cap }
    }

    /// The longest delay after this many consecutive failures.
    #[must_use]
    pub fn bound(&self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1);
        let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
        self.base.saturating_mul(factor).min(self.cap)
    }

    /// The longest delay of all.
    #[must_use]
    pub const fn cap(&self) -> Duration {
        self.cap
    }

    /// A delay after this many consecutive failures; `random` is a uniformly distributed number.
    #[must_use]
    pub fn delay(&self, failures: u32, random: u32) -> Duration {
        self.bound(failures).mul_f64(f64::from(random) / f64::from(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Backoff;

    #[test]
    fn bound_doubles_up_to_the_cap() {
        let backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(10));
        let bounds: Vec<u64> = (0..8).map(|failures| backoff.bound(failures).as_secs()).collect();
        assert_eq!(bounds, [1, 1, 2, 4, 8, 10, 10, 10]);
        assert_eq!(backoff.bound(u32::MAX), Duration::from_secs(10));
    }

    #[test]
    fn delay_is_spread_over_the_whole_bound() {
        let backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(10));
        assert_eq!(backoff.delay(3, 0), Duration::ZERO);
        assert_eq!(backoff.delay(3, u32::MAX), Duration::from_secs(4));
        let half = backoff.delay(3, u32::MAX / 2).as_secs_f64();
        assert!((1.99..2.01).contains(&half), "{half}");
    }
}
