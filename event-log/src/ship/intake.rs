//! Reads records of the spool into batches, and those that are no events into the quarantine.

use std::collections::HashSet;
use std::time::Duration;

use event_store::BulkBody;

use super::batch::{AttemptState, Batch};
use super::finished_records::FinishedRecords;
use super::journal::Journal;
use super::problems::Activity;
use super::shipper::{LOCAL_PAUSE, Shipper};
use super::stats::Condition;
use super::storage::{EntryKey, StorageError};
use crate::quarantine::{Entry, EntryKind};
use crate::record::EventRecord;

/// First pause after the spool was found empty; doubled up to [`LONGEST_IDLE`].
pub(super) const SHORTEST_IDLE: Duration = Duration::from_millis(1);
/// Polling ten times a second costs nothing, and is a tenth of the time that a record waits in a batch.
const LONGEST_IDLE: Duration = Duration::from_millis(100);
/// Stalled batches that leave room for others: many more than a log has refused documents, few enough that retrying each of
/// them costs an engine nothing.
const MAX_STALLED: usize = 64;
/// The same for documents larger than a batch, of which memory holds no more.
const MAX_LARGE_STALLED: usize = 4;
/// Length of an id as text.
const ID_TEXT: &str = "00000000-0000-0000-0000-000000000000";

/// A record that fits neither a batch nor, for now, the quarantine.
pub(super) struct UnplacedRecord {
    sequence: u64,
    record: Vec<u8>,
    reason: String,
}

impl Shipper {
    /// Whether a record may be read: it may have to begin a batch beside the one that is being filled. Stalled batches leave room
    /// for others as long as there is memory.
    pub(super) fn has_room(&self) -> bool {
        let positions = self.settings.max_batches() + usize::from(self.filling.is_some());
        let batches = self.batches();
        batches < positions || {
            let stalled = self.stalled_batches().min(MAX_STALLED);
            let has_memory = self.held_bytes() + self.settings.max_bytes <= self.settings.max_held_bytes();
            // A document larger than a batch may be all that memory holds; other documents have to be tried to judge it.
            batches < positions + stalled && (has_memory || (batches == stalled && stalled < MAX_LARGE_STALLED))
        }
    }

    /// Reads from the spool into the batch that is being filled, and begins others while there is room.
    pub(super) fn fill(&mut self) {
        while self.now >= self.read_due && self.has_room() {
            match self.read_record() {
                Ok(true) => {
                    self.idle = SHORTEST_IDLE;
                    self.problems.resolve(Activity::Reading);
                }
                Ok(false) => {
                    self.problems.resolve(Activity::Reading);
                    self.read_due = self.now + self.idle;
                    self.idle = (self.idle * 2).min(LONGEST_IDLE);
                }
                Err(error) => {
                    self.read_due = self.now + LOCAL_PAUSE;
                    self.record_problem(Activity::Reading, Condition::Local, &error.to_string());
                }
            }
        }
    }

    /// Reads one record, if there is one.
    fn read_record(&mut self) -> Result<bool, StorageError> {
        if self.unplaced.is_some() {
            self.put_unplaced()?;
        }
        let Some(record) = self.source.next()? else {
            finish_missing(&mut self.read_through, self.source.position() - 1, &mut self.finished);
            return Ok(false);
        };
        let sequence = record.sequence;
        finish_missing(&mut self.read_through, sequence - 1, &mut self.finished);
        self.read_through = sequence;
        let unplaceable = match EventRecord::parse(record.bytes) {
            Ok(EventRecord { id, .. }) if take_key(&mut self.already_quarantined, (sequence, Some(id))) => {
                self.finished.finish(sequence, sequence);
                return Ok(true);
            }
            Ok(EventRecord { id, document }) => {
                let batch = batch_for(
                    BatchLimits {
                        max_documents: self.settings.max_documents,
                        max_bytes: self.max_bytes,
                        now: self.now,
                    },
                    &self.journal,
                    (&mut self.filling, &mut self.waiting, &mut self.spare),
                    (sequence, document),
                );
                batch.push(sequence, id, document).err().map(|error| error.to_string())
            }
            Err(error) => Some(error.to_string()),
        };
        if let Some(reason) = unplaceable {
            self.unplaced = Some(UnplacedRecord { sequence, record: record.bytes.to_vec(), reason });
            // The batch may have been begun for this record.
            if let Some(empty) = self.filling.take_if(|batch| batch.is_empty()) {
                self.recycle(empty);
            }
            self.put_unplaced()?;
        }
        Ok(true)
    }

    fn put_unplaced(&mut self) -> Result<(), StorageError> {
        let Some(unplaced) = &self.unplaced else { return Ok(()) };
        let sequence = unplaced.sequence;
        if !self.already_quarantined.contains(&(sequence, None)) {
            let entry = Entry::new(EntryKind::Unreadable, &unplaced.reason, &unplaced.record);
            self.quarantine.put(&Entry { sequence: Some(sequence), ..entry })?;
            self.already_quarantined.insert((sequence, None));
        }
        self.quarantine.sync()?;
        self.already_quarantined.remove(&(sequence, None));
        let text = format!("a record that is not an event was quarantined: {}", unplaced.reason);
        self.unplaced = None;
        self.stats.quarantined += 1;
        self.finished.finish(sequence, sequence);
        self.log_rejection(&text);
        Ok(())
    }

    /// Fills a small batch that was refused temporarily up with new records, so that they share a request.
    pub(super) fn refill(&mut self) {
        if self.filling.is_some() || (self.settings.max_in_flight == 1 && self.waiting.len() > 1) {
            return;
        }
        let (now, half) = (self.now, self.max_bytes / 2);
        let is_open = |batch: &Batch| {
            batch.attempt_state == AttemptState::NotStored
                && batch.stalled.is_none()
                && batch.failures > 0
                && batch.due <= now
                && batch.bytes() < half
        };
        if let Some(position) = self.waiting.iter().position(is_open) {
            self.filling = Some(self.waiting.swap_remove(position));
            self.fill();
        }
    }
}

/// Finishes the sequences up to and including one that have no record.
fn finish_missing(read_through: &mut u64, through: u64, finished: &mut FinishedRecords) {
    if through > *read_through {
        finished.finish(*read_through + 1, through);
        *read_through = through;
    }
}

/// Removes a key, and returns whether it was there. The set is nearly always empty, and then nothing is hashed.
fn take_key(keys: &mut HashSet<EntryKey>, key: EntryKey) -> bool {
    !keys.is_empty() && keys.remove(&key)
}

#[derive(Clone, Copy)]
struct BatchLimits {
    max_documents: usize,
    max_bytes: usize,
    now: Duration,
}

/// The batch that a record goes into; a batch that it does not fit, or that has another destination, is closed.
fn batch_for<'a>(
    limits: BatchLimits,
    journal: &Journal,
    (filling, waiting, spare): (&'a mut Option<Batch>, &mut Vec<Batch>, &mut Vec<Batch>),
    (sequence, document): (u64, &[u8]),
) -> &'a mut Batch {
    let assigned_index = journal.replayed(sequence);
    let fits = |batch: &Batch| {
        let has_same_destination = if batch.attempt_state == AttemptState::Ambiguous {
            batch.assigned_index.as_ref() == assigned_index
        } else {
            assigned_index.is_none()
        };
        has_same_destination
            && batch.items.len() < limits.max_documents
            && batch.bytes() + BulkBody::cost(ID_TEXT, document) <= limits.max_bytes
    };
    if let Some(mut closed) = filling.take_if(|batch| !batch.is_empty() && !fits(batch)) {
        closed.due = limits.now;
        waiting.push(closed);
    }
    filling.get_or_insert_with(|| {
        let spare = spare.pop().unwrap_or_default();
        let attempt_state = if assigned_index.is_some() { AttemptState::Ambiguous } else { AttemptState::NotStored };
        Batch { attempt_state, assigned_index: assigned_index.cloned(), begun: limits.now, due: limits.now, ..spare }
    })
}
