//! Losses of a spool: events that were dropped because it was full, and events whose bytes are damaged. Owns how they are logged
//! through `tracing`; the spool counts them.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use event_spool::{Spool, Stats};

use crate::invalid::ReasonCounts;

/// Logs the losses of one spool, each kind once per interval.
#[derive(Debug)]
pub(crate) struct LossReporter {
    directory: PathBuf,
    reports: ReasonCounts,
    dropped: AtomicU64,
    damaged: AtomicU64,
}

impl LossReporter {
    pub(crate) fn new(directory: &Path, interval: Duration) -> Self {
        let reports = ReasonCounts::new(interval);
        Self { directory: directory.to_owned(), reports, dropped: AtomicU64::new(0), damaged: AtomicU64::new(0) }
    }

    /// Logs what was found when the spool was opened.
    pub(crate) fn report_opening(&self, spool: &Spool) {
        let unfinished = spool.recovery().unfinished_records;
        if unfinished > 0 {
            let directory = self.directory.display();
            tracing::info!("{unfinished} events in `{directory}` were being logged when the process was killed");
        }
        self.report(&spool.stats());
    }

    /// Logs what was lost since the last report.
    pub(crate) fn report(&self, stats: &Stats) {
        let directory = self.directory.display();
        if let Some(count) = self.since(&self.dropped, stats.dropped_records, "dropped") {
            tracing::error!(
                reason = "dropped",
                count,
                "events were dropped from the full spool in `{directory}`, the oldest first: give it more space, or \
                 find out why they are not taken out",
            );
        }
        if let Some(count) = self.since(&self.damaged, stats.damaged_records, "damaged") {
            tracing::error!(
                reason = "damaged",
                count,
                "events in `{directory}` are damaged and cannot be read: check the disk; their remains are in files named \
                 `damaged-…`",
            );
        }
    }

    fn since(&self, last: &AtomicU64, now: u64, code: &'static str) -> Option<u64> {
        let before = last.fetch_max(now, Ordering::Relaxed);
        if now > before { self.reports.add(code, now - before) } else { None }
    }
}
