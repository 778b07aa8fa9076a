//! Why an event was refused, and how often that happened. Owns the reasons, their counters and how often one is
//! reported; keeping the event is the quarantine's business.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ecs_schema::{Found, Violations};

/// Why an event is not logged.
///
/// `Display` and `Debug` say the reason without any value of the event, so that it can go into the program's log;
/// [`with_values`](Self::with_values) shows them.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Invalid {
    /// The event, with the logger's defaults and fixed fields, breaks rules of the log.
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
    /// The event is larger than the service takes.
    #[error("the event has {bytes} bytes of JSON, more than the {limit} of `max_event_bytes`")]
    TooLarge {
        /// The length of its JSON, with defaults and fixed fields.
        bytes: usize,
        /// What it may have; see [`ServiceBuilder::max_event_bytes`](crate::ServiceBuilder::max_event_bytes).
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

    /// Shows the offending values of the event too; for a place that is as well guarded as the events are.
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

/// More than there are codes.
const MAX_CODES: usize = 32;

/// How many events were refused, by the code of the reason.
#[derive(Debug)]
pub(crate) struct ReasonCounts {
    slots: [ReasonCount; MAX_CODES],
    begun: Instant,
    /// The least time between two reports of one reason, in nanoseconds.
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

    /// Counts a refusal; gives back how many there were since the last report, when it is time for one.
    pub(crate) fn count(&self, code: &'static str) -> Option<u64> {
        self.add(code, 1)
    }

    /// The same for several at once.
    pub(crate) fn add(&self, code: &'static str, number: u64) -> Option<u64> {
        let slot = self.slot(code)?;
        let count = slot.count.fetch_add(number, Ordering::Relaxed) + number;
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
        let counted = |slot: &ReasonCount| Some((*slot.code.get()?, slot.count.load(Ordering::Relaxed)));
        let mut counts: Vec<_> = self.slots.iter().filter_map(counted).collect();
        counts.sort_unstable();
        counts
    }

    /// The slot of `code`, taken when it has none; none only when there are more codes than slots.
    fn slot(&self, code: &'static str) -> Option<&ReasonCount> {
        self.slots.iter().find(|slot| *slot.code.get_or_init(|| code) == code)
    }
}
