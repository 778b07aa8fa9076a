//! What a shipper has done and how it is, as plain values.

use std::time::Duration;

use ecs_schema::Timestamp;
use event_store::{Obstacle, Refusal};

use super::troubles::Trouble;
use crate::delivery::DeliveryMetrics;
use crate::id::EventId;

/// How shipping goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Condition {
    /// Nothing waits after a failure.
    #[default]
    Well,
    /// No host answers, or what answers is no engine.
    Unreachable,
    /// The engine has too much to do (429, 503, slow), and is given time.
    Overloaded,
    /// The engine fails with errors that it did not foresee (500), or refuses documents for a reason that nobody knows.
    /// The documents may be at fault.
    Failing,
    /// The engine does not accept credentials or rights (401, 403). A person has to act; nothing is lost meanwhile.
    Forbidden,
    /// The alias is missing or has no write index: the log is not installed, or not yet.
    NotInstalled,
    /// The engine refuses requests that it should take: something else answers there, or the index takes no writes.
    Refused,
    /// Spool, quarantine or journal fail on this machine.
    Local,
}

impl Condition {
    /// What a refused request says of the engine.
    pub(super) fn of(refusal: &Refusal) -> Self {
        match refusal.obstacle() {
            Obstacle::Access => Self::Forbidden,
            Obstacle::Load if matches!(refusal.status, 429 | 503) => Self::Overloaded,
            Obstacle::Load => Self::Unreachable,
            Obstacle::Defect if refusal.status >= 500 => Self::Failing,
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

    /// Whether it lasts until a person acts. The others usually pass by themselves.
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
    /// Requests that were sent, questions included.
    pub requests: u64,
    /// Bytes of bulk bodies that were sent.
    pub sent_bytes: u64,
    /// Requests under way.
    pub in_flight: u32,
    /// Requests that may be under way.
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
    /// How it goes: the first of the troubles, or well.
    pub condition: Condition,
    /// Why documents wait, what a person has to see to first; empty while none waits after a failure.
    pub troubles: Vec<Trouble>,
    /// What went wrong last, in one line, without any document; kept when all is well again.
    pub last_error: Option<String>,
    /// When that was, on the clock that the shipper is told.
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
            troubles: stats.troubles,
            last_error: stats.last_error,
            has_panicked: false,
            installation: None,
        }
    }
}
