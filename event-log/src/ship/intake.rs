//! Reading: records of the spool into batches, and into the quarantine what is no event.

use std::collections::HashSet;
use std::time::Duration;

use event_store::BulkBody;

use super::batch::{Arrival, Batch};
use super::journal::Journal;
use super::ports::{EntryKey, PortError};
use super::progress::Progress;
use super::shipper::{LOCAL_PAUSE, Shipper};
use super::stats::Condition;
use super::troubles::Activity;
use crate::quarantine::{Entry, EntryKind};
use crate::record::EventRecord;

/// First pause after the spool was found empty; doubled up to [`LONGEST_IDLE`].
pub(super) const SHORTEST_IDLE: Duration = Duration::from_millis(1);
/// Ten looks a second cost nothing, and are a tenth of what a record waits in a batch.
const LONGEST_IDLE: Duration = Duration::from_millis(100);
/// Batches that are stalled and leave room for others: many more than a log has documents that are refused, few enough
/// that trying each of them again costs an engine nothing.
const MOST_STALLED: usize = 64;
/// The same for documents that are larger than a batch, and of which memory has no more.
const MOST_LARGE_STALLED: usize = 4;
/// Length of an id as text.
const ID_TEXT: &str = "00000000-0000-0000-0000-000000000000";

/// A record that could be put neither into a batch nor into the quarantine.
pub(super) struct Unplaced {
    sequence: u64,
    record: Vec<u8>,
    reason: String,
}

impl Shipper {
    /// Whether a record may be read: it may have to begin a batch beside the one that is being filled. Batches that are
    /// stalled leave room for others as long as there is memory.
    pub(super) fn has_room(&self) -> bool {
        let places = self.settings.max_batches() + usize::from(self.filling.is_some());
        let batches = self.batches();
        batches < places || {
            let stalled = self.stalled_batches().min(MOST_STALLED);
            let has_memory = self.held_bytes() + self.settings.max_bytes <= self.settings.most_held_bytes();
            // A document larger than a batch may be all that is held. It is judged by whether others pass.
            batches < places + stalled && (has_memory || (batches == stalled && stalled < MOST_LARGE_STALLED))
        }
    }

    /// Reads from the spool into the batch that is being filled, and begins others while there is room.
    pub(super) fn fill(&mut self) {
        while self.now >= self.read_due && self.has_room() {
            match self.read_record() {
                Ok(true) => {
                    self.idle = SHORTEST_IDLE;
                    self.troubles.end(Activity::Reading);
                }
                Ok(false) => {
                    self.troubles.end(Activity::Reading);
                    self.read_due = self.now + self.idle;
                    self.idle = (self.idle * 2).min(LONGEST_IDLE);
                }
                Err(error) => {
                    self.read_due = self.now + LOCAL_PAUSE;
                    self.trouble(Activity::Reading, Condition::Local, &error.to_string());
                }
            }
        }
    }

    /// Reads one record, if there is one.
    fn read_record(&mut self) -> Result<bool, PortError> {
        if self.unplaced.is_some() {
            self.put_unplaced()?;
        }
        let Some(record) = self.source.next()? else {
            pass(&mut self.read_through, self.source.position() - 1, &mut self.progress);
            return Ok(false);
        };
        let sequence = record.sequence;
        pass(&mut self.read_through, sequence - 1, &mut self.progress);
        self.read_through = sequence;
        let unplaceable = match EventRecord::parse(record.bytes) {
            Ok(EventRecord { id, .. }) if take_key(&mut self.put_before, (sequence, Some(id))) => {
                self.progress.finish(sequence, sequence);
                return Ok(true);
            }
            Ok(EventRecord { id, document }) => {
                let batch = place_for(
                    Room { max_documents: self.settings.max_documents, max_bytes: self.max_bytes, now: self.now },
                    &self.journal,
                    (&mut self.filling, &mut self.waiting, &mut self.spare),
                    (sequence, document),
                );
                batch.push(sequence, id, document).err().map(|error| error.to_string())
            }
            Err(error) => Some(error.to_string()),
        };
        if let Some(reason) = unplaceable {
            self.unplaced = Some(Unplaced { sequence, record: record.bytes.to_vec(), reason });
            // It may have been begun for this one.
            if let Some(empty) = self.filling.take_if(|batch| batch.is_empty()) {
                self.recycle(empty);
            }
            self.put_unplaced()?;
        }
        Ok(true)
    }

    fn put_unplaced(&mut self) -> Result<(), PortError> {
        let Some(unplaced) = &self.unplaced else { return Ok(()) };
        let sequence = unplaced.sequence;
        if !self.put_before.contains(&(sequence, None)) {
            let entry = Entry::new(EntryKind::Unreadable, &unplaced.reason, &unplaced.record);
            self.quarantine.put(&Entry { sequence: Some(sequence), ..entry })?;
            self.put_before.insert((sequence, None));
        }
        self.quarantine.sync()?;
        self.put_before.remove(&(sequence, None));
        let text = format!("a record that is no event is in the quarantine now: {}", unplaced.reason);
        self.unplaced = None;
        self.stats.quarantined += 1;
        self.progress.finish(sequence, sequence);
        self.log_rejection(&text);
        Ok(())
    }

    /// Fills up with new records what is left of a batch that was refused for now, so that a later batch takes it along.
    pub(super) fn refill(&mut self) {
        if self.filling.is_some() || (self.settings.max_in_flight == 1 && self.waiting.len() > 1) {
            return;
        }
        let (now, half) = (self.now, self.max_bytes / 2);
        let is_open = |batch: &Batch| {
            batch.arrival == Arrival::None
                && batch.stalled.is_none()
                && batch.failures > 0
                && batch.due <= now
                && batch.bytes() < half
        };
        if let Some(place) = self.waiting.iter().position(is_open) {
            self.filling = Some(self.waiting.swap_remove(place));
            self.fill();
        }
    }
}

/// Finishes what is missing up to and including a sequence.
fn pass(read_through: &mut u64, through: u64, progress: &mut Progress) {
    if through > *read_through {
        progress.finish(*read_through + 1, through);
        *read_through = through;
    }
}

/// Takes a key out, and tells whether it was there. Nearly always nothing is, and then nothing is hashed.
fn take_key(keys: &mut HashSet<EntryKey>, key: EntryKey) -> bool {
    !keys.is_empty() && keys.remove(&key)
}

#[derive(Clone, Copy)]
struct Room {
    max_documents: usize,
    max_bytes: usize,
    now: Duration,
}

/// The batch that a record goes into; one that it does not fit in, or that goes elsewhere, is closed.
fn place_for<'a>(
    room: Room,
    journal: &Journal,
    (filling, waiting, spare): (&'a mut Option<Batch>, &mut Vec<Batch>, &mut Vec<Batch>),
    (sequence, document): (u64, &[u8]),
) -> &'a mut Batch {
    let pin = journal.replayed(sequence);
    let fits = |batch: &Batch| {
        let is_same_way = if batch.arrival == Arrival::InDoubt { batch.pin.as_ref() == pin } else { pin.is_none() };
        is_same_way
            && batch.items.len() < room.max_documents
            && batch.bytes() + BulkBody::cost(ID_TEXT, document) <= room.max_bytes
    };
    if let Some(mut closed) = filling.take_if(|batch| !batch.is_empty() && !fits(batch)) {
        closed.due = room.now;
        waiting.push(closed);
    }
    filling.get_or_insert_with(|| {
        let spare = spare.pop().unwrap_or_default();
        let arrival = if pin.is_some() { Arrival::InDoubt } else { Arrival::None };
        Batch { arrival, pin: pin.cloned(), begun: room.now, due: room.now, ..spare }
    })
}
