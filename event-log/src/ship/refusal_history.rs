//! Documents that are refused every time for a reason that is not theirs (the engine is overloaded, the index is blocked, a
//! privilege is missing), and whole requests that are refused because of one document in them. As long as nothing else is
//! stored, the engine is at fault, and they wait. Owns what happens when other documents are repeatedly stored in between: then
//! the document is at fault after all, for instance because it is larger than the engine's memory for requests, and waiting
//! would hold the space of the spool behind it permanently.
//!
//! A batch is *passed* when something that was sent after its last refusal was stored. After [`SPLIT_AFTER`] times it leaves
//! room for others, and is split until each document is alone. A document that is alone goes into the quarantine when it was
//! passed [`QUARANTINE_AFTER`] times and [`MIN_RETRY_TIME`] has passed since its first refusal. It can be resubmitted from there.
//!
//! When nothing at all is stored for [`NO_PROGRESS_TIME`], each batch in memory may have such a document. Then a document that
//! is alone leaves room for others, unless the order is kept, and a request that is refused as a whole is split, into
//! [`MAX_PARTS`] at most: the success of the other parts shows which document is at fault.

use std::time::Duration;

use event_store::FailureCause;

use super::batch::{Batch, Rejection};
use super::complete::ItemFailure;
use super::shipper::Shipper;

/// How often a batch is passed before it is split.
const SPLIT_AFTER: u16 = 16;
/// How often a document is passed before it goes into the quarantine.
const QUARANTINE_AFTER: u16 = 32;
/// How long it is retried at least, as a multiple of the longest delay between two attempts: an hour by default.
const MIN_RETRY_TIME: u32 = 120;
/// How long nothing is stored, in the same unit, before batches are split without having been passed.
const NO_PROGRESS_TIME: u32 = 10;
/// How many batches that makes at most.
const MAX_PARTS: usize = 16;

/// Since when a batch has been refused, and how often other documents were stored between its attempts.
#[derive(Clone, Copy, Debug)]
pub(super) struct RefusalHistory {
    since: Duration,
    last: Duration,
    passed: u16,
}

impl Shipper {
    /// Notes that documents of a batch were refused. `has_stored`: others of the same request were stored.
    fn note_refusal(&mut self, batch: &mut Batch, has_stored: bool) {
        let now = self.now;
        let is_passed = |last| has_stored || self.stored_at > Some(last);
        let passed = batch.refusal_history.map_or(0, |before| before.passed + u16::from(is_passed(before.last)));
        let since = batch.refusal_history.map_or(now, |before| before.since);
        batch.refusal_history = Some(RefusalHistory { since, last: now, passed: passed.min(QUARANTINE_AFTER) });
        if passed >= SPLIT_AFTER || (batch.items.len() == 1 && !self.is_in_order() && self.makes_no_progress(batch)) {
            batch.stalled.get_or_insert(now);
        }
    }

    /// Whether nothing has been stored for [`NO_PROGRESS_TIME`] since the batch was first refused.
    fn makes_no_progress(&self, batch: &Batch) -> bool {
        let limit = self.settings.retry_cap.saturating_mul(NO_PROGRESS_TIME);
        let is_past = |since: Duration| self.now.saturating_sub(since) >= limit;
        self.stored_at.is_none_or(is_past) && batch.refusal_history.is_some_and(|seen| is_past(seen.since))
    }

    /// Whether this document is at fault after all.
    fn has_exhausted_retries(&self, batch: &Batch) -> bool {
        let min_retry_time = self.settings.retry_cap.saturating_mul(MIN_RETRY_TIME);
        batch.items.len() == 1
            && batch.refusal_history.is_some_and(|seen| {
                seen.passed >= QUARANTINE_AFTER && self.now.saturating_sub(seen.since) >= min_retry_time
            })
    }

    /// Counts a refusal for a reason that is not the documents', and gives up on a document that is alone and was passed often.
    pub(super) fn count_passed(&mut self, batch: &mut Batch, failures: &mut [ItemFailure], has_stored: bool) {
        if failures.is_empty() {
            return;
        }
        self.note_refusal(batch, has_stored);
        if let [failure] = failures
            && !failure.is_final
            && self.has_exhausted_retries(batch)
        {
            failure.give_up("refused every time, alone and for long, while other documents are stored: ");
        }
    }

    /// Retries a batch of which nothing was stored because the whole request failed.
    pub(super) fn retry_whole(
        &mut self,
        mut batch: Batch,
        sent: Duration,
        rejection: Rejection,
        cause: Option<FailureCause>,
    ) {
        self.note_refusal(&mut batch, false);
        if self.has_exhausted_retries(&batch) {
            let failure = ItemFailure::of_whole(rejection);
            return self.apply_item_results(batch, sent, vec![failure], &[]);
        }
        let may_be_one = cause.is_some_and(FailureCause::may_be_the_document);
        if may_be_one && batch.items.len() > 1 && self.makes_no_progress(&batch) && self.waiting.len() < MAX_PARTS {
            return self.retry_halves(batch);
        }
        self.retry_or_split(batch);
    }

    /// Retries a batch, in two parts if it has been passed often.
    pub(super) fn retry_or_split(&mut self, batch: Batch) {
        if batch.items.len() > 1 && batch.refusal_history.is_some_and(|seen| seen.passed >= SPLIT_AFTER) {
            self.retry_halves(batch);
        } else {
            self.retry(batch);
        }
    }

    fn retry_halves(&mut self, mut batch: Batch) {
        self.require_new_check(&mut batch);
        let second = batch.split_off_half();
        self.retry(batch);
        self.retry(second);
    }
}
