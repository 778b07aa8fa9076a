//! How long something took: exact to the nanosecond, by the monotonic clock. Sets the fields of events; logs nothing.

use std::time::Instant;

use ecs_schema::{Log, Scalar, Timestamp};

/// A timing that has begun; ends in [`stop`](Self::stop).
///
/// The wall clock is read once, at the start. The duration is measured by the monotonic clock, and `event.end` is the
/// start and the duration together, so that the three always agree, whatever happens to the wall clock meanwhile.
#[derive(Clone, Copy, Debug)]
#[must_use = "a timing that is not stopped says nothing"]
pub struct Timing {
    start: Timestamp,
    begun: Instant,
    /// Nanoseconds that had passed when the timing was begun.
    passed: i64,
}

impl Timing {
    /// Begins now, and sets `event.start`.
    pub fn start<L: Log>(event: &mut L) -> Self {
        Self { start: Timestamp::now(), begun: Instant::now(), passed: 0 }.note_start(event)
    }

    /// Begins for something that started at `start`, and sets `event.start` to it. What passed until now is taken from
    /// the wall clock; a start that is still to come counts as now.
    pub fn start_at<L: Log>(event: &mut L, start: Timestamp) -> Self {
        let (now, begun) = (Timestamp::now(), Instant::now());
        let passed = i64::try_from(now.unix_nanos() - start.unix_nanos()).unwrap_or(i64::MAX).max(0);
        Self { start, begun, passed }.note_start(event)
    }

    /// Ends, and sets `event.end` and `event.duration`, where the log has these fields; gives back the duration in
    /// nanoseconds.
    pub fn stop<L: Log>(self, event: &mut L) -> i64 {
        let duration = self.elapsed_nanos();
        event.set("event.duration", Scalar::Signed(duration));
        if let Ok(end) = Timestamp::from_unix_nanos(self.start.unix_nanos() + i128::from(duration)) {
            event.set("event.end", Scalar::Text(&end.to_string()));
        }
        duration
    }

    /// The moment of the start.
    #[must_use]
    pub const fn started(&self) -> Timestamp {
        self.start
    }

    /// Nanoseconds since the start; the greatest number there is after 292 years.
    #[must_use]
    pub fn elapsed_nanos(&self) -> i64 {
        i64::try_from(self.begun.elapsed().as_nanos()).unwrap_or(i64::MAX).saturating_add(self.passed)
    }

    fn note_start<L: Log>(self, event: &mut L) -> Self {
        event.set("event.start", Scalar::Text(&self.start.to_string()));
        self
    }
}
