//! Documents that are refused each time for what is not their fault (the engine has too much to do, the index takes no writes,
//! a right is missing), and whole requests that are refused because of one document in them. As long as nothing else is
//! stored, it is the engine, and they wait. Owns what happens when others are stored in between, again and again: then it is
//! about them after all, such as a document that is larger than the memory that an engine has for requests, and waiting would
//! hold the space of the spool behind them for good.
//!
//! Their batch is *overtaken* when something that was sent after its last refusal was stored. After [`OVERTAKEN`] times it
//! leaves room for others, and is taken apart until each document is alone. One that is alone goes into the quarantine when it
//! was overtaken [`MOST_OVERTAKEN`] times and [`PATIENCE`] has passed since its first refusal. From there it can be handed back.
//!
//! When nothing is stored at all for [`STILL`], each batch in memory may have such a document. Then a document that is alone
//! leaves room for others, unless the order is to be kept, and what is refused as a whole is taken apart, into [`MOST_PARTS`]
//! at most: the other halves show it.

use std::time::Duration;

use event_store::Obstacle;

use super::batch::{Batch, Rejection};
use super::complete::Failure;
use super::shipper::Shipper;

/// How often a batch is overtaken before that counts.
const OVERTAKEN: u16 = 16;
/// How often a document is that goes into the quarantine.
const MOST_OVERTAKEN: u16 = 32;
/// How long it is tried at least, in longest delays between two tries: an hour with the default.
const PATIENCE: u32 = 120;
/// How long nothing is stored, in the same unit, before batches are taken apart without having been overtaken.
const STILL: u32 = 10;
/// Batches up to which that is done.
const MOST_PARTS: usize = 16;

/// That a batch is refused, since when, and whether others pass it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Overtaken {
    since: Duration,
    last: Duration,
    times: u16,
}

impl Shipper {
    /// Notes that documents of a batch were refused. `has_stored`: others of the same request were stored.
    fn note_refusal(&mut self, batch: &mut Batch, has_stored: bool) {
        let now = self.now;
        let is_passed = |last| has_stored || self.stored_at > Some(last);
        let times = batch.overtaken.map_or(0, |before| before.times + u16::from(is_passed(before.last)));
        let since = batch.overtaken.map_or(now, |before| before.since);
        batch.overtaken = Some(Overtaken { since, last: now, times: times.min(MOST_OVERTAKEN) });
        if times >= OVERTAKEN || (batch.items.len() == 1 && !self.is_in_order() && self.is_still(batch)) {
            batch.stalled.get_or_insert(now);
        }
    }

    /// Whether nothing was stored for long, since a batch was refused for the first time.
    fn is_still(&self, batch: &Batch) -> bool {
        let still = self.settings.retry_cap.saturating_mul(STILL);
        let is_over = |since: Duration| self.now.saturating_sub(since) >= still;
        self.stored_at.is_none_or(is_over) && batch.overtaken.is_some_and(|seen| is_over(seen.since))
    }

    /// Whether it is this document after all.
    fn is_hopeless(&self, batch: &Batch) -> bool {
        let patience = self.settings.retry_cap.saturating_mul(PATIENCE);
        batch.items.len() == 1
            && batch
                .overtaken
                .is_some_and(|seen| seen.times >= MOST_OVERTAKEN && self.now.saturating_sub(seen.since) >= patience)
    }

    /// Counts that documents were refused for what is not their fault, and gives up on one that is alone with it.
    pub(super) fn count_overtaken(&mut self, batch: &mut Batch, failures: &mut [Failure], has_stored: bool) {
        if failures.is_empty() {
            return;
        }
        self.note_refusal(batch, has_stored);
        if let [failure] = failures
            && !failure.is_final
            && self.is_hopeless(batch)
        {
            failure.give_up("refused each time, alone and for long, while other documents are stored: ");
        }
    }

    /// Sends a batch again of which nothing was stored because the whole request failed.
    pub(super) fn retry_whole(
        &mut self,
        mut batch: Batch,
        sent: Duration,
        rejection: Rejection,
        obstacle: Option<Obstacle>,
    ) {
        self.note_refusal(&mut batch, false);
        if self.is_hopeless(&batch) {
            let failure = Failure::of_whole(rejection);
            return self.sort_out(batch, sent, vec![failure], &[]);
        }
        let may_be_one = obstacle.is_some_and(Obstacle::may_be_the_document);
        if may_be_one && batch.items.len() > 1 && self.is_still(&batch) && self.waiting.len() < MOST_PARTS {
            return self.retry_halves(batch);
        }
        self.retry_apart(batch);
    }

    /// Sends a batch again, in two when it has been overtaken often.
    pub(super) fn retry_apart(&mut self, batch: Batch) {
        if batch.items.len() > 1 && batch.overtaken.is_some_and(|seen| seen.times >= OVERTAKEN) {
            self.retry_halves(batch);
        } else {
            self.retry(batch);
        }
    }

    fn retry_halves(&mut self, mut batch: Batch) {
        self.ask_once_more(&mut batch);
        let second = batch.split_off_half();
        self.retry(batch);
        self.retry(second);
    }
}
