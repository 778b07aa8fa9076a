//! Documents that share a request: the body, and what is known about each of them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use event_store::{BulkBody, ItemError, PushError};

use super::refusal_history::RefusalHistory;
use crate::id::EventId;

/// One document of a batch.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) sequence: u64,
    pub(super) id: EventId,
    /// Where the document ends in the body, its newline not counted, and how long it is.
    end: usize,
    length: usize,
    /// How often the engine refused it while it stored other documents, for a reason that may be the document's.
    pub(super) refusals: u8,
    /// Why the engine refused it, kept while it is unknown whether it is stored all the same.
    pub(super) rejection: Option<Box<Rejection>>,
}

/// The engine's error for a document that it did not store.
#[derive(Clone, Debug)]
pub(super) struct Rejection {
    pub(super) status: u16,
    pub(super) error_type: String,
    /// May quote the document.
    pub(super) reason: String,
}

impl Rejection {
    pub(super) fn item_error(&self) -> ItemError<'_> {
        ItemError { status: self.status, error_type: &self.error_type, reason: &self.reason }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = if self.error_type.is_empty() { "" } else { ": " };
        write!(out, "{}{separator}{}", self.error_type, self.reason)
    }
}

/// Whether earlier attempts may have stored the documents of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum AttemptState {
    /// No attempt was made, or the engine refused each one. The batch may be filled up, and sent to any index.
    #[default]
    NotStored,
    /// An attempt may have stored them, in the assigned index or in one that became the write index later.
    Ambiguous,
    /// As [`Ambiguous`](Self::Ambiguous), and the engine rejects the documents permanently, each with its rejection. They go into
    /// the quarantine unless they turn out to be stored.
    RejectedAmbiguous,
    /// As [`Ambiguous`](Self::Ambiguous), but a moment ago no index had them: they are sent once more. Unless that attempt is
    /// conclusive they are ambiguous again, since the earlier one may have been running all that time.
    CheckedAbsent,
    /// The engine says that they are stored in an index that it names. That counts once the index is seen behind the target.
    Unconfirmed,
}

/// Documents in the order of the spool.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) body: BulkBody,
    pub(super) items: Vec<Item>,
    /// The write index at the time of the first attempt.
    pub(super) assigned_index: Option<Arc<str>>,
    /// The index in which the engine says it has stored the documents, while they are [`Reported`](AttemptState::Unconfirmed).
    pub(super) stored_in: Option<Arc<str>>,
    pub(super) attempt_state: AttemptState,
    /// Indices still to be checked for its documents, the next one last. `None` until that is necessary.
    pub(super) indices_to_check: Option<Vec<Arc<str>>>,
    /// Consecutive attempts that stored nothing.
    pub(super) failures: u32,
    /// When all of its documents were first refused for a reason that may be theirs. Since then other batches pass it: only
    /// their success shows whether the reason is the documents or the engine.
    pub(super) stalled: Option<Duration>,
    /// Since when it has been refused, and how often other documents were stored in between.
    pub(super) refusal_history: Option<RefusalHistory>,
    /// Not to be sent before this time.
    pub(super) due: Duration,
    /// When its first document was read.
    pub(super) begun: Duration,
}

impl Batch {
    /// Notes that the last attempt may have arrived.
    pub(super) fn mark_ambiguous(&mut self) {
        if self.attempt_state == AttemptState::NotStored {
            self.attempt_state = AttemptState::Ambiguous;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(super) fn bytes(&self) -> usize {
        self.body.as_bytes().len()
    }

    pub(super) fn first(&self) -> u64 {
        self.items.first().map_or(u64::MAX, |item| item.sequence)
    }

    pub(super) fn push(&mut self, sequence: u64, id: EventId, document: &[u8]) -> Result<(), PushError> {
        self.body.push(id.text().as_str(), document)?;
        let end = self.body.as_bytes().len() - 1;
        self.items.push(Item { sequence, id, end, length: document.len(), refusals: 0, rejection: None });
        Ok(())
    }

    pub(super) fn document(&self, position: usize) -> &[u8] {
        let item = &self.items[position];
        &self.body.as_bytes()[item.end - item.length..item.end]
    }

    /// The sequences as ranges without gaps.
    pub(super) fn ranges(&self) -> Vec<(u64, u64)> {
        let mut ranges: Vec<(u64, u64)> = Vec::new();
        for item in &self.items {
            match ranges.last_mut() {
                Some((_, last)) if *last + 1 == item.sequence => *last = item.sequence,
                _ => ranges.push((item.sequence, item.sequence)),
            }
        }
        ranges
    }

    /// Keeps only the documents at these positions, which are in ascending order.
    pub(super) fn keep(&mut self, positions: &[usize]) {
        if positions.len() == self.items.len() {
            return;
        }
        let kept = self.copy_of(positions.iter().copied());
        (self.body, self.items) = (kept.body, kept.items);
    }

    /// Moves the second half into a batch with the same state.
    pub(super) fn split_off_half(&mut self) -> Self {
        self.split_off(self.items.len() / 2)
    }

    /// Moves the documents from a position on into a batch with the same state.
    pub(super) fn split_off(&mut self, position: usize) -> Self {
        let second = self.copy_of(position..self.items.len());
        let first = self.copy_of(0..position);
        (self.body, self.items) = (first.body, first.items);
        second
    }

    pub(super) fn copy_of(&self, positions: impl Iterator<Item = usize>) -> Self {
        let mut copy = Self {
            body: BulkBody::default(),
            items: Vec::new(),
            assigned_index: self.assigned_index.clone(),
            stored_in: None,
            indices_to_check: None,
            ..*self
        };
        for position in positions {
            let item = &self.items[position];
            copy.push(item.sequence, item.id, self.document(position)).expect("it was taken before");
            let copied = copy.items.last_mut().expect("it was pushed");
            (copied.refusals, copied.rejection) = (item.refusals, item.rejection.clone());
        }
        copy
    }

    /// Empties it for other documents, keeping its memory.
    pub(super) fn reset(&mut self) {
        self.body.clear();
        self.items.clear();
        let (body, items) = (std::mem::take(&mut self.body), std::mem::take(&mut self.items));
        *self = Self { body, items, ..Self::default() };
    }
}

#[cfg(test)]
mod tests {
    use super::{AttemptState, Batch};
    use crate::id::EventId;

    fn batch() -> Batch {
        let mut batch = Batch::default();
        for (sequence, document) in [(3, "{}"), (4, "{\"a\":1}"), (7, "{\"b\":2}"), (8, "{\"c\":3}")] {
            let id = EventId::from_bytes([u8::try_from(sequence).unwrap(); 16]);
            batch.push(sequence, id, document.as_bytes()).unwrap();
        }
        batch
    }

    fn documents(batch: &Batch) -> Vec<(u64, &str)> {
        let text = |position| std::str::from_utf8(batch.document(position)).unwrap();
        (0..batch.items.len()).map(|position| (batch.items[position].sequence, text(position))).collect()
    }

    #[test]
    fn kept_documents_have_their_own_body() {
        let mut kept = batch();
        kept.items[2].refusals = 2;
        kept.keep(&[0, 2]);
        assert_eq!(documents(&kept), [(3, "{}"), (7, "{\"b\":2}")]);
        assert_eq!(kept.items[1].refusals, 2);
        assert_eq!(kept.body.documents(), 2);
        let id = "07070707-0707-0707-0707-070707070707";
        let wanted = format!("{{\"create\":{{\"_id\":\"{id}\"}}}}\n{{\"b\":2}}\n");
        assert_eq!(kept.body.lines(1..2), wanted.as_bytes());
    }

    #[test]
    fn halves_make_the_whole() {
        let mut first = batch();
        first.attempt_state = AttemptState::Ambiguous;
        let whole = first.body.as_bytes().to_vec();
        let second = first.split_off_half();
        assert_eq!([first.body.as_bytes(), second.body.as_bytes()].concat(), whole);
        assert_eq!((first.ranges(), second.ranges()), (vec![(3, 4)], vec![(7, 8)]));
        assert_eq!(second.attempt_state, AttemptState::Ambiguous);
    }

    #[test]
    fn reset_batch_is_free_again() {
        let mut used = batch();
        used.attempt_state = AttemptState::Ambiguous;
        used.failures = 3;
        used.reset();
        assert!(
            used.is_empty()
                && used.attempt_state == AttemptState::NotStored
                && used.failures == 0
                && used.body.is_empty()
        );
    }
}
