//! Why an event was refused, and how often that happened. Owns the reasons, their counters and how often one is
//! reported; keeping the event is the quarantine's business.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ecs_schema::Violations;

/// Why an event is not logged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Invalid {
    /// The event, with the logger's defaults and fixed fields, breaks rules of the log.
    #[error("the event breaks rules of its log")]
    Violations(#[source] Violations),
    /// The event's provider and action are not registered.
    #[error("the action `{action}` of the provider `{provider}` is not registered")]
    Unregistered {
        /// `event.provider`, empty when the event has none.
        provider: String,
        /// `event.action`, empty when the event has none.
        action: String,
    },
    /// The text is no JSON.
    #[error("the text is no JSON")]
    Syntax(#[source] serde_json::Error),
    /// The event is larger than a record of the spool can be.
    #[error("the event has {bytes} bytes, more than a record can have")]
    TooLarge {
        /// The length of the record in bytes.
        bytes: usize,
    },
}

impl Invalid {
    /// The reason in one word of kebab case, by which refused events are counted: the first violation's code, or
    /// `unregistered`, `syntax`, `too-large`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Violations(violations) => violations.iter().next().map_or("invalid", |first| first.rule.code()),
            Self::Unregistered { .. } => "unregistered",
            Self::Syntax(_) => "syntax",
            Self::TooLarge { .. } => "too-large",
        }
    }

    /// The whole reason in one line: with its cause, without the event.
    #[must_use]
    pub fn line(&self) -> String {
        match std::error::Error::source(self) {
            Some(cause) => format!("{self}: {cause}"),
            None => self.to_string(),
        }
    }
}

/// More than there are codes.
const MAX_CODES: usize = 32;

/// How many events were refused, by the code of the reason.
#[derive(Debug)]
pub(crate) struct Refusals {
    slots: [Slot; MAX_CODES],
    begun: Instant,
    /// The least time between two reports of one reason, in nanoseconds.
    interval: u64,
}

#[derive(Debug, Default)]
struct Slot {
    code: OnceLock<&'static str>,
    count: AtomicU64,
    /// When the reason is reported next, in nanoseconds after `begun`.
    next_report: AtomicU64,
    /// The count at the last report.
    reported: AtomicU64,
}

impl Refusals {
    pub(crate) fn new(interval: Duration) -> Self {
        let interval = u64::try_from(interval.as_nanos()).unwrap_or(u64::MAX);
        Self { slots: Default::default(), begun: Instant::now(), interval }
    }

    /// Counts a refusal; gives back how many there were since the last report, when it is time for one.
    pub(crate) fn count(&self, code: &'static str) -> Option<u64> {
        let slot = self.slot(code)?;
        let count = slot.count.fetch_add(1, Ordering::Relaxed) + 1;
        let now = u64::try_from(self.begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let due = slot.next_report.load(Ordering::Relaxed);
        let next = now.saturating_add(self.interval);
        // Of several threads at once, one reports.
        let is_ours =
            due <= now && slot.next_report.compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        is_ours.then(|| count.saturating_sub(slot.reported.swap(count, Ordering::Relaxed)))
    }

    /// Each code with its count, sorted by code.
    pub(crate) fn counts(&self) -> Vec<(&'static str, u64)> {
        let counted = |slot: &Slot| Some((*slot.code.get()?, slot.count.load(Ordering::Relaxed)));
        let mut counts: Vec<_> = self.slots.iter().filter_map(counted).collect();
        counts.sort_unstable();
        counts
    }

    /// The slot of `code`, taken when it has none; none only when there are more codes than slots.
    fn slot(&self, code: &'static str) -> Option<&Slot> {
        self.slots.iter().find(|slot| *slot.code.get_or_init(|| code) == code)
    }
}
