//! How delivery is going, as a service shows it: plain values.

use std::time::Duration;

/// How delivery is going.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryMetrics {
    /// Events that the store has confirmed, those included that it had before.
    pub delivered: u64,
    /// Events that were sent again after a try that failed.
    pub retried: u64,
    /// Of `delivered`, those that the store had before: second tries whose first had arrived.
    pub conflicts: u64,
    /// Events that the store refused for good and that are in quarantine now.
    pub rejected: u64,
    /// Events that wait in the spool.
    pub waiting: u64,
    /// The age of the oldest event that waits, as far as known: of those that a request is made of or under way with.
    pub lag: Option<Duration>,
    /// The last failure in one line, without secrets and without documents.
    pub last_error: Option<String>,
    /// How the installation of the log's generated files is going, when that is the delivery's business.
    pub installation: Option<InstallationMetrics>,
}

/// How the installation of a log's generated files is going.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstallationMetrics {
    /// Whether it is done. Until then nothing is sent, unless the engine has a newer version of the log.
    pub is_installed: bool,
    /// Tries that failed.
    pub failures: u64,
    /// Why the last try failed, in one line; none once it is installed.
    pub last_error: Option<String>,
    /// Whether a person has to do something before a try can succeed. It is tried again all the same.
    pub needs_person: bool,
}
