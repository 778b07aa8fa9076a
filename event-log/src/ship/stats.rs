//! What a shipper has done and its condition, as plain values.

use std::time::Duration;

use ecs_schema::Timestamp;
use event_store::{FailureCause, Refusal};

use super::problems::DeliveryProblem;
use crate::delivery::DeliveryMetrics;
use crate::id::EventId;

/// How shipping is going.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Condition {
    /// Nothing waits after a failure.
    #[default]
    Well,
    /// No host answers, or what answers is no engine.
    Unreachable,
    /// The engine is overloaded (429, 503, slow replies), and requests are slowed down.
    Overloaded,
    /// The engine fails with internal errors (500), or refuses documents for an unknown reason.
    /// The documents may be at fault.
    Failing,
    /// The engine does not accept the credentials, or they lack a privilege (401, 403). A person has to act; nothing is lost
    /// meanwhile.
    Forbidden,
    /// The alias is missing or has no write index: the log is not installed, or not yet.
    NotInstalled,
    /// The engine refuses requests that it should accept: something else answers there, or the index accepts no writes.
    Refused,
    /// Spool, quarantine or journal fail on this machine.
    Local,
}

impl Condition {
    /// What a refused request says of the engine.
    pub(super) fn of(refusal: &Refusal) -> Self {
        match refusal.cause() {
            FailureCause::Access => Self::Forbidden,
            FailureCause::Load if matches!(refusal.status, 429 | 503) => Self::Overloaded,
            FailureCause::Load => Self::Unreachable,
            FailureCause::Defect if refusal.status >= 500 => Self::Failing,
            _ => Self::Refused,
        }
    }

    /// All, in the order of their declaration.
    pub const ALL: [Self; 8] = [
        Self::Well,
        Self::Unreachable,
        Self::Overloaded,
        Self::Failing,
        Self::Forbidden,
        Self::NotInstalled,
        Self::Refused,
        Self::Local,
    ];

    /// In one word, as metrics and log lines show it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::Unreachable => "unreachable",
            Self::Overloaded => "overloaded",
            Self::Failing => "failing",
            Self::Forbidden => "forbidden",
            Self::NotInstalled => "not-installed",
            Self::Refused => "refused",
            Self::Local => "local",
        }
    }

    /// Whether it lasts until a person acts. Other conditions usually pass by themselves.
    #[must_use]
    pub const fn needs_person(self) -> bool {
        matches!(self, Self::Forbidden | Self::NotInstalled | Self::Refused | Self::Local)
    }
}

/// Counts since the shipper began, and its present state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Documents that are stored, those of `conflicts` included.
    pub delivered: u64,
    /// Of these, documents that an earlier try had stored (409).
    pub conflicts: u64,
    /// Documents that were sent again, counted each time.
    pub retried: u64,
    /// Documents that an engine stored in an index that is not behind the target; they are sent again, and are not among
    /// those delivered.
    pub strays: u64,
    /// Documents that went to the quarantine.
    pub quarantined: u64,
    /// Requests that were sent, queries included.
    pub requests: u64,
    /// Bytes of bulk bodies that were sent.
    pub sent_bytes: u64,
    /// Requests in flight.
    pub in_flight: u32,
    /// Requests that may be in flight.
    pub window: u32,
    /// Bytes of documents in memory.
    pub held_bytes: usize,
    /// Entries of the table of finished ranges.
    pub finished_ranges: usize,
    /// All records up to this one are finished.
    pub finished_through: u64,
    /// Records of the spool that are not finished.
    pub lag_records: u64,
    /// The oldest document in memory that is not finished; its id has the time when it was logged.
    pub oldest: Option<EventId>,
    /// The condition of the first problem, or [`Condition::Well`].
    pub condition: Condition,
    /// Why documents wait, problems that need a person first; empty while none waits after a failure.
    pub problems: Vec<DeliveryProblem>,
    /// The last failure, in one line, without any document; kept after it is resolved.
    pub last_error: Option<String>,
    /// When that was, on the shipper's clock.
    pub last_error_at: Option<Duration>,
}

/// As of now: the lag is the age that the oldest document has at this moment.
impl From<Stats> for DeliveryMetrics {
    fn from(stats: Stats) -> Self {
        Self {
            delivered: stats.delivered,
            retried: stats.retried,
            conflicts: stats.conflicts,
            strays: stats.strays,
            rejected: stats.quarantined,
            waiting: stats.lag_records,
            lag: stats.oldest.and_then(|id| id.age(Timestamp::now())),
            problems: stats.problems,
            last_error: stats.last_error,
            has_panicked: false,
            installation: None,
        }
    }
}
