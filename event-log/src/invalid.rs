//! Why events were refused, and how often. Owns the reasons, their counters and how often each is reported; the quarantine keeps
//! the events.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ecs_schema::{Found, Violations};

/// Why an event is not logged.
///
/// `Display` and `Debug` show the reason without any value of the event, so that it can be logged;
/// [`with_values`](Self::with_values) includes the values.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Invalid {
    /// The event, with the logger's defaults and fixed fields, violates rules of the log.
    #[error("the event breaks rules of its log: {0}")]
    Violations(Violations),
    /// The event's provider and action are not registered.
    #[error("{}", unregistered(provider, action, *is_provider_known))]
    Unregistered {
        /// `event.provider`, empty when the event has none.
        provider: String,
        /// `event.action`, empty when the event has none.
        action: String,
        /// Whether the provider is registered, with other actions.
        is_provider_known: bool,
    },
    /// The text is not JSON.
    #[error("the text is not JSON: {0}")]
    Syntax(serde_json::Error),
    /// The event exceeds the size limit of the service.
    #[error("the event has {bytes} bytes of JSON, more than the {limit} of `max_event_bytes`")]
    TooLarge {
        /// The length of its JSON, with defaults and fixed fields.
        bytes: usize,
        /// The limit; see [`ServiceBuilder::max_event_bytes`](crate::ServiceBuilder::max_event_bytes).
        limit: usize,
    },
}

fn unregistered(provider: &str, action: &str, is_provider_known: bool) -> String {
    let string = |text: &str| Found::String { bytes: text.len() };
    if is_provider_known {
        format!("`event.action` is {}, which is not registered for the provider `{provider}`", string(action))
    } else {
        format!("`event.provider` is {}, and no such provider is registered", string(provider))
    }
}

impl Invalid {
    /// The reason as one word in kebab case, by which refused events are counted: the first violation's code, or
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

    /// Also shows the offending values of the event; for places that are as well protected as the events.
    #[must_use]
    pub fn with_values(&self) -> impl fmt::Display {
        fmt::from_fn(|out| match self {
            Self::Violations(violations) => {
                write!(out, "the event breaks rules of its log: {}", violations.with_values())
            }
            Self::Unregistered { provider, action, .. } => {
                write!(out, "the action `{action}` of the provider `{provider}` is not registered")
            }
            _ => fmt::Display::fmt(self, out),
        })
    }
}

/// More than the number of codes.
const MAX_CODES: usize = 32;

/// Counts of events by the code of a reason, and when each reason is reported next.
#[derive(Debug)]
pub(crate) struct ReasonCounts {
    slots: [ReasonCount; MAX_CODES],
    begun: Instant,
    /// Minimum time between two reports of the same reason, in nanoseconds.
    interval: u64,
}

#[derive(Debug, Default)]
struct ReasonCount {
    code: OnceLock<&'static str>,
    count: AtomicU64,
    /// When the reason is reported next, in nanoseconds after `begun`.
    next_report: AtomicU64,
    /// The count at the last report.
    reported: AtomicU64,
}

impl ReasonCounts {
    pub(crate) fn new(interval: Duration) -> Self {
        let interval = u64::try_from(interval.as_nanos()).unwrap_or(u64::MAX);
        Self { slots: Default::default(), begun: Instant::now(), interval }
    }

    /// Counts an event; returns the count since the last report if a report is due.
    pub(crate) fn count(&self, code: &'static str) -> Option<u64> {
        self.add(code, 1)
    }

    /// The same for several events.
    pub(crate) fn add(&self, code: &'static str, number: u64) -> Option<u64> {
        let slot = self.slot(code)?;
        let count = slot.count.fetch_add(number, Ordering::Relaxed) + number;
        let now = u64::try_from(self.begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let due = slot.next_report.load(Ordering::Relaxed);
        let next = now.saturating_add(self.interval);
        // Of several concurrent threads, one reports.
        let is_ours =
            due <= now && slot.next_report.compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        is_ours.then(|| count.saturating_sub(slot.reported.swap(count, Ordering::Relaxed)))
    }

    /// Each code with its count, sorted by code.
    pub(crate) fn counts(&self) -> Vec<(&'static str, u64)> {
        let counted = |slot: &ReasonCount| Some((*slot.code.get()?, slot.count.load(Ordering::Relaxed)));
        let mut counts: Vec<_> = self.slots.iter().filter_map(counted).collect();
        counts.sort_unstable();
        counts
    }

    /// The slot of `code`, allocated on first use; `None` only if there are more codes than slots.
    fn slot(&self, code: &'static str) -> Option<&ReasonCount> {
        self.slots.iter().find(|slot| *slot.code.get_or_init(|| code) == code)
    }
}
