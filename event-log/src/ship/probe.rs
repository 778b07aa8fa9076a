//! Documents that are refused, and may be the reason themselves or not: the engine answers with a defect of its own (500), or
//! with a reason that the table of reasons does not know. Owns what has to happen before they go into the quarantine.
//!
//! **Others are stored**, by the same request or by one that was sent after these were refused. Then it is the documents, and
//! each goes after [`MOST_REFUSALS`] tries.
//!
//! **Nothing is stored.** Then it is more likely the engine, and everything waits: as long as it takes where the engine has a
//! defect. Where nobody knows the reason, single documents are taken out of the batches meanwhile and sent alone, as probes:
//! one that is stored shows that the engine takes documents. When [`MOST_PROBES`] different documents were refused alone and
//! nothing was stored for [`PATIENCE`], it is taken to be the documents all the same, because a log that has only such
//! documents would never come to an end otherwise. From then on batches are halved until each document has been refused
//! alone, and goes. The first one that is stored ends that.

use std::collections::BTreeSet;
use std::time::Duration;

use super::batch::Batch;
use super::complete::Failure;
use super::shipper::Shipper;

/// Tries of a document that is refused while others are stored.
const MOST_REFUSALS: u8 = 16;
/// Different documents that are refused alone. More than an application has that are alike by chance.
const MOST_PROBES: usize = 16;
/// How long nothing is stored, in longest delays between two tries: with [`DEFAULT_RETRY_CAP`](super::DEFAULT_RETRY_CAP) an
/// hour, in which the health says what the engine's reason is and somebody can see to it.
const PATIENCE: u32 = 120;

/// What was found out since nothing is stored any more.
#[derive(Debug, Default)]
pub(super) struct Probes {
    /// When the first document was refused.
    since: Option<Duration>,
    /// Records whose documents were refused alone, by sequence; no more than are needed.
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
        if batch.items.len() == 1 && self.refused.len() < MOST_PROBES {
            self.refused.insert(batch.first());
        }
    }

    /// Whether it is taken to be the documents.
    fn are_enough(&self, now: Duration, patience: Duration) -> bool {
        self.refused.len() >= MOST_PROBES && self.since.is_some_and(|since| now.saturating_sub(since) >= patience)
    }
}

impl Shipper {
    /// Counts that documents were refused and may be the reason, and decides which of them are not tried again.
    ///
    /// That others were stored once is enough to count from then on.
    pub(super) fn count_refusals(&mut self, batch: &mut Batch, failures: &mut [Failure], has_stored: bool) {
        if !failures.iter().any(Failure::may_be_the_document) {
            return;
        }
        let do_others_pass = has_stored || batch.stalled.is_some_and(|since| self.stored_at >= Some(since));
        if are_all(batch, failures, Failure::may_be_the_document) {
            batch.stalled = batch.stalled.or(Some(self.now));
        }
        let is_unexplained = !do_others_pass && are_all(batch, failures, Failure::is_unexplained);
        if is_unexplained {
            self.probes.note(batch, self.now);
        }
        let is_alone = is_unexplained && batch.items.len() == 1 && self.have_probes_failed();
        for failure in failures.iter_mut().filter(|failure| failure.may_be_the_document()) {
            let refusals = &mut batch.items[failure.place].refusals;
            if *refusals > 0 || do_others_pass {
                *refusals = refusals.saturating_add(1);
            }
            if *refusals >= MOST_REFUSALS {
                failure.give_up("refused each time, while other documents are stored: ");
            } else if is_alone {
                failure.give_up("refused alone, like each other document for a long time: ");
            }
        }
    }

    /// Sends again what was not stored. If nothing was, and nobody knows why, some documents go alone.
    pub(super) fn retry_or_probe(&mut self, mut batch: Batch, failures: &[Failure]) {
        self.ask_once_more(&mut batch);
        if batch.items.len() > 1 && batch.stalled.is_some() && are_all(&batch, failures, Failure::is_unexplained) {
            if self.have_probes_failed() {
                let second = batch.split_off_half();
                self.retry_now(batch);
                return self.retry_now(second);
            }
            let is_probe = |batch: &&Batch| batch.items.len() == 1 && batch.stalled.is_some();
            if self.waiting.iter().filter(is_probe).count() < MOST_PROBES {
                let rest = batch.split_off(1);
                self.retry(rest);
            }
        }
        self.retry_apart(batch);
    }

    fn have_probes_failed(&self) -> bool {
        self.probes.are_enough(self.now, self.settings.retry_cap.saturating_mul(PATIENCE))
    }
}

/// Whether all documents of a batch were refused, each in such a way.
fn are_all(batch: &Batch, failures: &[Failure], is_so: fn(&Failure) -> bool) -> bool {
    failures.len() == batch.items.len() && failures.iter().all(is_so)
}
