//! How many requests may be in flight: additive increase, multiplicative decrease (Chiu and Jain, 1989; AIMD).

use std::time::Duration;

/// Grows by one for each round of successes, and is halved by a sign of overload. Several signs in the same round count once:
/// a request that was sent before the last halving says nothing about the load after it.
#[derive(Clone, Debug)]
pub(super) struct InFlightWindow {
    /// In thousandths of a request.
    size: u32,
    most: u32,
    narrowed: Option<Duration>,
}

const ONE: u32 = 1000;

impl InFlightWindow {
    /// Begins with two requests, or one when no more are allowed.
    pub(super) fn new(most: u32) -> Self {
        let most = most.saturating_mul(ONE);
        Self { size: (2 * ONE).min(most), most, narrowed: None }
    }

    pub(super) fn size(&self) -> u32 {
        self.size / ONE
    }

    pub(super) fn widen(&mut self) {
        self.size = (self.size + ONE * ONE / self.size).min(self.most);
    }

    pub(super) fn narrow(&mut self, sent: Duration, now: Duration) {
        if self.narrowed.is_none_or(|narrowed| sent >= narrowed) {
            self.size = (self.size / 2).max(ONE);
            self.narrowed = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::InFlightWindow;
    use std::time::Duration;

    #[test]
    fn window_grows_and_halves_once_per_round() {
        let at = Duration::from_secs;
        let mut window = InFlightWindow::new(8);
        for _ in 0..100 {
            window.widen();
        }
        assert_eq!(window.size(), 8);
        window.narrow(at(1), at(2));
        assert_eq!(window.size(), 4);
        window.narrow(at(1), at(3));
        assert_eq!(window.size(), 4, "it was sent before the halving");
        window.narrow(at(2), at(3));
        window.narrow(at(3), at(4));
        window.narrow(at(4), at(5));
        assert_eq!(window.size(), 1);
        window.widen();
        assert_eq!(window.size(), 2);
        window.widen();
        assert_eq!(window.size(), 2, "two successes make a round of two");
        window.widen();
        assert_eq!(window.size(), 2);
        window.widen();
        assert_eq!(window.size(), 3);
    }

    #[test]
    fn window_of_one_stays() {
        let mut window = InFlightWindow::new(1);
        window.widen();
        assert_eq!(window.size(), 1);
    }
}
