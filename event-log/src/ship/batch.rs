//! Documents that share a request: the body, and what is known of each of them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use event_store::{BulkBody, PushError, Said};

use super::overtaken::Overtaken;
use crate::id::EventId;

/// One document of a batch.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) sequence: u64,
    pub(super) id: EventId,
    /// Where the document ends in the body, its newline not counted, and how long it is.
    end: usize,
    length: usize,
    /// How often the engine refused it, and it may be the reason, while it took other documents.
    pub(super) refusals: u8,
    /// What the engine refused it with, where that has to be kept until it is known whether it is stored all the same.
    pub(super) rejection: Option<Box<Rejection>>,
}

/// What an engine said of a document that it did not store.
#[derive(Clone, Debug)]
pub(super) struct Rejection {
    pub(super) status: u16,
    pub(super) error_type: String,
    /// May quote the document.
    pub(super) reason: String,
}

impl Rejection {
    pub(super) fn said(&self) -> Said<'_> {
        Said { status: self.status, error_type: &self.error_type, reason: &self.reason }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = if self.error_type.is_empty() { "" } else { ": " };
        write!(out, "{}{separator}{}", self.error_type, self.reason)
    }
}

/// Whether earlier tries may have stored the documents of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Arrival {
    /// None was sent, or the engine turned each of them down. The batch may be filled up, and go to any index.
    #[default]
    None,
    /// One may have, in the index that it was assigned to or in one that was written to after it.
    InDoubt,
    /// The same, and the engine refuses the documents for good, each with its rejection. They go into the quarantine unless
    /// they turn out to be stored.
    Refused,
    /// The same, and a moment ago no index had them: they are sent once more. Unless that try settles it, they are in doubt
    /// again, since the earlier one may have been running all that time.
    Asked,
    /// The engine says that they are stored in an index that it names. That counts when it is seen to be behind the target.
    Reported,
}

/// Documents in the order of the spool.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) body: BulkBody,
    pub(super) items: Vec<Item>,
    /// The write index of the moment in which it was sent for the first time.
    pub(super) pin: Option<Arc<str>>,
    /// The index that the engine says it has stored the documents in, while they are [`Reported`](Arrival::Reported).
    pub(super) stored_in: Option<Arc<str>>,
    pub(super) arrival: Arrival,
    /// Indices that are still to be asked for its documents, the next one last. None until that is necessary.
    pub(super) to_ask: Option<Vec<Arc<str>>>,
    /// Tries in a row that stored nothing.
    pub(super) failures: u32,
    /// When all of its documents were refused for the first time, and may be the reason. Since then it is passed by others,
    /// in whose absence nobody could tell what the reason is.
    pub(super) stalled: Option<Duration>,
    /// That it was refused, since when, and how often others have passed it.
    pub(super) overtaken: Option<Overtaken>,
    /// Not to be sent before.
    pub(super) due: Duration,
    /// When its first document was read.
    pub(super) begun: Duration,
}

impl Batch {
    /// Notes that the last try may have arrived.
    pub(super) fn doubt(&mut self) {
        if self.arrival == Arrival::None {
            self.arrival = Arrival::InDoubt;
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

    pub(super) fn document(&self, place: usize) -> &[u8] {
        let item = &self.items[place];
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

    /// Leaves only the documents at these places, which ascend.
    pub(super) fn keep(&mut self, places: &[usize]) {
        if places.len() == self.items.len() {
            return;
        }
        let kept = self.copy_of(places.iter().copied());
        (self.body, self.items) = (kept.body, kept.items);
    }

    /// Takes the second half away, into a batch that stands where this one does.
    pub(super) fn split_off_half(&mut self) -> Self {
        self.split_off(self.items.len() / 2)
    }

    /// Takes the documents from a place on away, into a batch that stands where this one does.
    pub(super) fn split_off(&mut self, place: usize) -> Self {
        let second = self.copy_of(place..self.items.len());
        let first = self.copy_of(0..place);
        (self.body, self.items) = (first.body, first.items);
        second
    }

    pub(super) fn copy_of(&self, places: impl Iterator<Item = usize>) -> Self {
        let mut copy = Self {
            body: BulkBody::default(),
            items: Vec::new(),
            pin: self.pin.clone(),
            stored_in: None,
            to_ask: None,
            ..*self
        };
        for place in places {
            let item = &self.items[place];
            copy.push(item.sequence, item.id, self.document(place)).expect("it was taken before");
            let copied = copy.items.last_mut().expect("it was pushed");
            (copied.refusals, copied.rejection) = (item.refusals, item.rejection.clone());
        }
        copy
    }

    /// Empties it for other documents, and keeps its memory.
    pub(super) fn reset(&mut self) {
        self.body.clear();
        self.items.clear();
        let (body, items) = (std::mem::take(&mut self.body), std::mem::take(&mut self.items));
        *self = Self { body, items, ..Self::default() };
    }
}

#[cfg(test)]
mod tests {
    use super::{Arrival, Batch};
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
        let text = |place| std::str::from_utf8(batch.document(place)).unwrap();
        (0..batch.items.len()).map(|place| (batch.items[place].sequence, text(place))).collect()
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
        first.arrival = Arrival::InDoubt;
        let whole = first.body.as_bytes().to_vec();
        let second = first.split_off_half();
        assert_eq!([first.body.as_bytes(), second.body.as_bytes()].concat(), whole);
        assert_eq!((first.ranges(), second.ranges()), (vec![(3, 4)], vec![(7, 8)]));
        assert_eq!(second.arrival, Arrival::InDoubt);
    }

    #[test]
    fn reset_batch_is_free_again() {
        let mut used = batch();
        used.arrival = Arrival::InDoubt;
        used.failures = 3;
        used.reset();
        assert!(used.is_empty() && used.arrival == Arrival::None && used.failures == 0 && used.body.is_empty());
    }
}
