//! The metrics of a process's event log: plain values, a health, and the text that Prometheus reads. Owns their names; the
//! counting is done elsewhere.

mod prometheus;

use std::time::Duration;

use event_spool::Stats;

use crate::delivery::DeliveryMetrics;
use crate::event_writer::{FORKED, ServiceShared};

/// How long a problem that usually passes by itself may last before it impairs the health: long enough for an engine to
/// restart. A problem that needs a person impairs it at once.
pub const MAX_HEALTHY_PROBLEM: Duration = Duration::from_mins(1);
/// How old the oldest waiting event may be before that impairs the health, whatever the reason.
pub const MAX_HEALTHY_LAG: Duration = Duration::from_mins(5);

/// Metrics of a service, counted since its start unless stated otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metrics {
    /// Events that were taken into the spool.
    pub accepted: u64,
    /// Events that were refused because they are invalid, by the code of the reason.
    pub invalid: Vec<(&'static str, u64)>,
    /// Events that are lost because the spool or, for invalid ones, the quarantine did not accept them, by reason:
    /// `spool-full`, `no-segment`, `quarantine`; in a process that was forked from the one that started the service,
    /// `forked`, and everything else is zero there.
    pub lost: Vec<(&'static str, u64)>,
    /// Events that went into the quarantine.
    pub quarantined: u64,
    /// Events resubmitted from the quarantine to the spool, which counts them a second time.
    pub resubmitted: u64,
    /// Records that the full quarantine dropped, the oldest first: events, and at most as many markers of resubmitted events.
    pub quarantine_dropped: u64,
    /// Events of the quarantine that are lost because the disk has damaged them.
    pub quarantine_damaged: u64,
    /// The spool of events; its `dropped_records` and `damaged_records` are lost.
    pub spool: Stats,
    /// How delivery is going, if the service ships.
    pub delivery: Option<DeliveryMetrics>,
}

/// Whether events reach their destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// They do.
    Good,
    /// Something prevents it; each reason is one line.
    Impaired(Vec<String>),
}

impl Metrics {
    pub(crate) fn new(shared: &ServiceShared, delivery: Option<DeliveryMetrics>) -> Self {
        let spool = shared.spool.stats();
        let quarantine = shared.quarantine.spool().stats();
        Self {
            accepted: spool.appended,
            invalid: if spool.is_forked { Vec::new() } else { shared.invalid.counts() },
            // The other counts are the parent's.
            lost: shared.lost.counts().into_iter().filter(|(code, _)| !spool.is_forked || *code == FORKED).collect(),
            quarantined: if spool.is_forked { 0 } else { shared.quarantine.added() },
            resubmitted: if spool.is_forked { 0 } else { shared.quarantine.resubmitted() },
            quarantine_dropped: quarantine.dropped_records,
            quarantine_damaged: quarantine.damaged_records,
            spool,
            delivery,
        }
    }

    /// Events that wait in the spool, including those of earlier processes.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        match &self.delivery {
            Some(delivery) => delivery.waiting,
            None => self.spool.records,
        }
    }

    /// Whether events reach their destination.
    #[must_use]
    pub fn health(&self) -> Health {
        let mut reasons = Vec::new();
        if self.spool.is_forked {
            reasons.push(
                "this process was forked from the one that started the service: start one after the fork".to_owned(),
            );
        }
        if let Some(cause) = self.spool.cannot_grow {
            reasons.push(format!("the spool cannot grow: {cause}; free space, or check the disk"));
        }
        let lost: u64 = self.lost.iter().map(|(_, count)| count).sum();
        if lost > 0 {
            reasons.push(format!("{lost} events were lost"));
        }
        let losses = [
            (self.spool.dropped_records, "were dropped from a full spool"),
            (self.spool.damaged_records, "in the spool are damaged and lost"),
            (self.quarantine_dropped, "were dropped from a full quarantine"),
            (self.quarantine_damaged, "in the quarantine are damaged and lost"),
        ];
        let losses = losses.iter().filter(|(count, _)| *count > 0);
        reasons.extend(losses.map(|(count, what)| format!("{count} events {what}")));
        if self.spool.sync_failures > 0 {
            reasons.push(format!("{} syncs of the spool failed", self.spool.sync_failures));
        }
        if let Some(delivery) = &self.delivery {
            delivery.add_reasons(&mut reasons);
        }
        if reasons.is_empty() { Health::Good } else { Health::Impaired(reasons) }
    }

    /// The values in the text format of Prometheus, version 0.0.4.
    #[must_use]
    pub fn to_prometheus(&self) -> String {
        prometheus::render(self)
    }
}
