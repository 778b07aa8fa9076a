//! Documents that are refused for a reason that may or may not be theirs: the engine answers with an internal error (500), or
//! with a reason that is not in the table of reasons. Owns what has to happen before they go into the quarantine.
//!
//! **Others are stored**, by the same request or by one that was sent after these were refused. Then the documents are at fault,
//! and each is quarantined after [`MAX_REFUSALS`] attempts.
//!
//! **Nothing is stored.** Then the engine is more likely at fault, and everything waits: indefinitely after internal errors. For an
//! unknown reason, single documents are taken out of the batches meanwhile and sent alone, as probes: one that is stored shows
//! that the engine accepts documents. When [`MAX_PROBES`] different documents were refused alone and nothing was stored for
//! [`MIN_PROBE_TIME`], the documents are considered at fault all the same, because a log with only such documents would otherwise
//! wait indefinitely. From then on batches are halved until each document has been refused alone, and is quarantined. The first
//! document that is stored ends that.

use std::collections::BTreeSet;
use std::time::Duration;

use super::batch::Batch;
use super::complete::ItemFailure;
use super::shipper::Shipper;

/// Attempts for a document that is refused while others are stored.
const MAX_REFUSALS: u8 = 16;
/// Different documents that are refused alone: more than would be alike by chance in an application.
const MAX_PROBES: usize = 16;
/// How long nothing is stored, as a multiple of the longest delay between two attempts: an hour with
/// [`DEFAULT_RETRY_CAP`](super::DEFAULT_RETRY_CAP), during which the health shows the engine's reason and somebody can act on it.
const MIN_PROBE_TIME: u32 = 120;

/// What was observed since the last document was stored.
#[derive(Debug, Default)]
pub(super) struct Probes {
    /// When the first document was refused.
    since: Option<Duration>,
    /// Sequences of the documents that were refused alone; no more than are needed.
    refused: BTreeSet<u64>,
}

impl Probes {
    /// Something was stored.
    pub(super) fn end(&mut self) {
        if self.since.take().is_some() {
            self.refused.clear();
        }
    }

    fn note(&mut self, batch: &Batch, now: Duration) {
        self.since.get_or_insert(now);
        if batch.items.len() == 1 && self.refused.len() < MAX_PROBES {
            self.refused.insert(batch.first());
        }
    }

    /// Whether the documents are considered at fault.
    fn are_conclusive(&self, now: Duration, min_time: Duration) -> bool {
        self.refused.len() >= MAX_PROBES && self.since.is_some_and(|since| now.saturating_sub(since) >= min_time)
    }
}

impl Shipper {
    /// Counts refusals for reasons that may be the documents', and decides which documents are not retried.
    ///
    /// Refusals count as soon as others have been stored once.
    pub(super) fn count_refusals(&mut self, batch: &mut Batch, failures: &mut [ItemFailure], has_stored: bool) {
        if !failures.iter().any(ItemFailure::may_be_the_document) {
            return;
        }
        let do_others_pass = has_stored || batch.stalled.is_some_and(|since| self.stored_at >= Some(since));
        if are_all(batch, failures, ItemFailure::may_be_the_document) {
            batch.stalled = batch.stalled.or(Some(self.now));
        }
        let is_unexplained = !do_others_pass && are_all(batch, failures, ItemFailure::is_unexplained);
        if is_unexplained {
            self.probes.note(batch, self.now);
        }
        let is_alone = is_unexplained && batch.items.len() == 1 && self.have_probes_failed();
        for failure in failures.iter_mut().filter(|failure| failure.may_be_the_document()) {
            let refusals = &mut batch.items[failure.position].refusals;
            if *refusals > 0 || do_others_pass {
                *refusals = refusals.saturating_add(1);
            }
            if *refusals >= MAX_REFUSALS {
                failure.give_up("refused every time, while other documents are stored: ");
            } else if is_alone {
                failure.give_up("refused alone, like every other document for a long time: ");
            }
        }
    }

    /// Retries documents that were not stored. If nothing was stored, for an unknown reason, some documents are sent alone.
    pub(super) fn retry_or_probe(&mut self, mut batch: Batch, failures: &[ItemFailure]) {
        self.require_new_check(&mut batch);
        if batch.items.len() > 1 && batch.stalled.is_some() && are_all(&batch, failures, ItemFailure::is_unexplained) {
            if self.have_probes_failed() {
                let second = batch.split_off_half();
                self.retry_now(batch);
                return self.retry_now(second);
            }
            let is_probe = |batch: &&Batch| batch.items.len() == 1 && batch.stalled.is_some();
            if self.waiting.iter().filter(is_probe).count() < MAX_PROBES {
                let rest = batch.split_off(1);
                self.retry(rest);
            }
        }
        self.retry_or_split(batch);
    }

    fn have_probes_failed(&self) -> bool {
        self.probes.are_conclusive(self.now, self.settings.retry_cap.saturating_mul(MIN_PROBE_TIME))
    }
}

/// Whether all documents of a batch were refused, each in this way.
fn are_all(batch: &Batch, failures: &[ItemFailure], is_so: fn(&ItemFailure) -> bool) -> bool {
    failures.len() == batch.items.len() && failures.iter().all(is_so)
}
