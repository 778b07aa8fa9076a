//! The journal of intents: which records are sent to which index, written before they are sent, so that after the death of a
//! process the next one repeats them where they may have arrived.
//!
//! # Format on disk
//! There are two slots, each a file of [`SLOT_BYTES`] that is allocated when it is created: a disk that the spool has filled
//! must not prevent the spool from being shipped. One slot is in use; when it is full, the open intents are written to the
//! other one, which then has the higher generation.
//!
//! A slot is a head of [`HEAD_BYTES`], followed by entries without gaps. Numbers are little-endian.
//!
//! | bytes of the head | what |
//! | --- | --- |
//! | 8 | [`MAGIC`]; its last byte is the version of the format |
//! | 8 | generation |
//! | 4 | CRC-32C of the 16 bytes before |
//! | 4 | zero |
//!
//! | bytes of an entry | what |
//! | --- | --- |
//! | 4 | length of what follows the checksum |
//! | 4 | CRC-32C of the generation, 8 bytes, and of what follows |
//! | 1 | 1: an intent; 2: the end of the intents copied from the other slot |
//! | 2 | length of the index's name; 0 in an entry of type 2, which ends here |
//! | … | the index's name |
//! | 16 each | first and last sequence of a range of records |
//!
//! Entries end at the first incomplete one; bytes after it are of an older generation or were never written. A slot
//! without an entry of type 2 was not taken into use, and the other one is valid. Later intents replace earlier ones. A record
//! that is acknowledged, with the acknowledgement synced, is dropped at the next change of slots.

mod file;
mod form;

use std::sync::Arc;

pub use file::FileJournal;

use super::index_assignments::IndexAssignments;
use super::settings::IntentSync;
use super::storage::{RecordSource, StorageError};

/// Size of a slot; it holds the intents of thousands of batches. A slot is longer only when that many are open at once.
pub const SLOT_BYTES: u64 = 64 << 10;
/// Records of the spool that an intent covers in advance, so that not every batch costs a write and a sync. They have not been
/// sent yet; after a restart they go to the index that was the write index a moment before.
const LEAD_RECORDS: u64 = 16_384;

/// One of the two slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// The first one.
    A,
    /// The other one.
    B,
}

impl Slot {
    const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// Where the two slots are kept.
pub trait JournalStore: Send {
    /// All bytes of a slot; empty when it has none.
    ///
    /// # Errors
    /// When it cannot be read; the shipper does not start.
    fn load(&mut self, slot: Slot) -> Result<Vec<u8>, StorageError>;

    /// Overwrites bytes from an offset on.
    ///
    /// # Errors
    /// When not all bytes are written; the same offset is written again.
    fn write(&mut self, slot: Slot, offset: u64, bytes: &[u8]) -> Result<(), StorageError>;

    /// Syncs what was written.
    ///
    /// # Errors
    /// When that is not certain; then the bytes written are not relied on, and the other slot is used.
    fn sync(&mut self, slot: Slot) -> Result<(), StorageError>;
}

/// The open intents.
pub struct Journal {
    store: Box<dyn JournalStore>,
    sync: IntentSync,
    slot: Slot,
    generation: u64,
    /// The offset of the next entry.
    end: u64,
    /// The offset at which a change of slots is due.
    full: u64,
    /// A sync failed: nothing more goes to this slot.
    is_broken: bool,
    assignments: IndexAssignments,
    /// The last record that an earlier process may have sent.
    replayed: u64,
}

impl Journal {
    /// Reads the journal of an earlier process, and begins a new slot.
    ///
    /// # Errors
    /// When the store or the source fails, or a newer release wrote the journal.
    pub fn open(
        store: Box<dyn JournalStore>,
        sync: IntentSync,
        source: &mut dyn RecordSource,
    ) -> Result<Self, StorageError> {
        let mut journal = Self {
            store,
            sync,
            slot: Slot::B,
            generation: 0,
            end: 0,
            full: 0,
            is_broken: false,
            assignments: IndexAssignments::default(),
            replayed: 0,
        };
        for slot in [Slot::A, Slot::B] {
            let bytes = journal.store.load(slot)?;
            if let Some(found) = form::read(&bytes)?
                && found.generation > journal.generation
            {
                (journal.slot, journal.generation, journal.assignments) = (slot, found.generation, found.assignments);
            }
        }
        journal.change_slots(source)?;
        journal.replayed = journal.assignments.last();
        Ok(journal)
    }

    /// The index that an earlier process may have sent this record to.
    pub(super) fn replayed(&self, sequence: u64) -> Option<&Arc<str>> {
        if sequence > self.replayed { None } else { self.assignments.find(sequence) }
    }

    /// Records that the ranges go to the index; does nothing when that is recorded already.
    ///
    /// # Errors
    /// When the intent is not certain to be read after a restart; then the records must not be sent.
    pub(super) fn intend(
        &mut self,
        ranges: &[(u64, u64)],
        index: &Arc<str>,
        source: &mut dyn RecordSource,
    ) -> Result<(), StorageError> {
        if ranges.iter().all(|(first, last)| self.assignments.covers(*first, *last, index)) {
            return Ok(());
        }
        if self.is_broken || self.end >= self.full {
            self.change_slots(source)?;
        }
        let mut ranges = ranges.to_vec();
        if let Some((_, last)) = ranges.last_mut()
            && *last >= self.assignments.last()
        {
            // Records already in the spool most likely go to the same index.
            *last = (*last).max(source.newest().min(*last + LEAD_RECORDS));
        }
        let entry = form::intent(self.generation, index, &ranges);
        self.store.write(self.slot, self.end, &entry)?;
        self.sync_slot(self.slot)?;
        self.end += entry.len() as u64;
        for (first, last) in ranges {
            self.assignments.set(first, last, index);
        }
        Ok(())
    }

    fn sync_slot(&mut self, slot: Slot) -> Result<(), StorageError> {
        if self.sync == IntentSync::LeftToSystem {
            return Ok(());
        }
        self.store.sync(slot).inspect_err(|_| self.is_broken = true)
    }

    /// Copies the open intents to the other slot.
    fn change_slots(&mut self, source: &mut dyn RecordSource) -> Result<(), StorageError> {
        // If a loss of power reverts an acknowledgement, its intents are needed again.
        source.sync()?;
        self.assignments.forget(source.acknowledged());
        let (slot, generation) = (self.slot.other(), self.generation + 1);
        let bytes = form::slot(generation, &self.assignments);
        // Even when a write fails in the middle: the other slot is whole, and has the next highest generation.
        self.generation = generation;
        self.store.write(slot, 0, &bytes)?;
        self.store.sync(slot)?;
        self.slot = slot;
        self.is_broken = false;
        self.end = bytes.len() as u64;
        self.full = SLOT_BYTES.max(self.end * 2);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
