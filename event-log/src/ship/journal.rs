//! The journal of intents: which records are sent to which index, written before they are sent, so that a process that
//! dies in between is followed by one that repeats them where they may have arrived.
//!
//! # The form on disk
//! There are two slots, each a file of [`SLOT_BYTES`] that is allocated when it is made: a disk that the spool has filled
//! must not keep the spool from being shipped. One slot is in use; when it is full, what is still open is written to the
//! other one, which then has the higher generation.
//!
//! A slot is a head of [`HEAD_BYTES`], then entries without a gap. Numbers are little-endian.
//!
//! | bytes of the head | what |
//! | --- | --- |
//! | 8 | [`MAGIC`]; its last byte is the version of the form |
//! | 8 | generation |
//! | 4 | CRC-32C of the 16 bytes before |
//! | 4 | zero |
//!
//! | bytes of an entry | what |
//! | --- | --- |
//! | 4 | length of what follows the checksum |
//! | 4 | CRC-32C of the generation, 8 bytes, and of what follows |
//! | 1 | 1: an intent; 2: the end of what was taken over from the other slot |
//! | 2 | length of the index's name; 0 in an entry 2, which ends here |
//! | … | the index's name |
//! | 16 each | first and last sequence of a range of records |
//!
//! Entries end at the first that is not whole; what lies behind is of an older generation or was never written. A slot
//! without an entry 2 was not taken into use, and the other one holds. Later intents replace earlier ones. A record that is
//! acknowledged, and the acknowledgement synced, is forgotten with the next change of slots.

mod file;
mod form;

use std::sync::Arc;

pub use file::FileJournal;

use super::pins::Pins;
use super::ports::{PortError, Source};
use super::settings::IntentSync;

/// Size of a slot; it takes the intents of thousands of batches. More are written only when that much is open at once.
pub const SLOT_BYTES: u64 = 64 << 10;
/// Records of the spool that an intent covers in advance, so that not each batch costs a write and a sync. They were not
/// sent yet, and after a restart go to an index that the alias led to a moment before.
const LEAD_RECORDS: u64 = 16_384;

/// One of the two places.
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
    /// All bytes of a slot; empty when there are none.
    ///
    /// # Errors
    /// When it cannot be read; the shipper does not start.
    fn load(&mut self, slot: Slot) -> Result<Vec<u8>, PortError>;

    /// Overwrites bytes from an offset on.
    ///
    /// # Errors
    /// When they are not written, or not all; the same offset is written again.
    fn write(&mut self, slot: Slot, offset: u64, bytes: &[u8]) -> Result<(), PortError>;

    /// Syncs what was written.
    ///
    /// # Errors
    /// When that is not certain; what was written is not relied on then, and the other slot taken.
    fn sync(&mut self, slot: Slot) -> Result<(), PortError>;
}

/// The intents that are open.
pub struct Journal {
    store: Box<dyn JournalStore>,
    sync: IntentSync,
    slot: Slot,
    generation: u64,
    /// Where the next entry goes.
    end: u64,
    /// Where a change of slots is due.
    full: u64,
    /// A sync failed: nothing more goes to this slot.
    is_broken: bool,
    pins: Pins,
    /// The last record that an earlier process may have sent.
    replayed: u64,
}

impl Journal {
    /// Reads what an earlier process left, and begins a new slot.
    ///
    /// # Errors
    /// When the store or the source fail, or a newer release wrote the journal.
    pub fn open(store: Box<dyn JournalStore>, sync: IntentSync, source: &mut dyn Source) -> Result<Self, PortError> {
        let mut journal = Self {
            store,
            sync,
            slot: Slot::B,
            generation: 0,
            end: 0,
            full: 0,
            is_broken: false,
            pins: Pins::default(),
            replayed: 0,
        };
        for slot in [Slot::A, Slot::B] {
            let bytes = journal.store.load(slot)?;
            if let Some(found) = form::read(&bytes)?
                && found.generation > journal.generation
            {
                (journal.slot, journal.generation, journal.pins) = (slot, found.generation, found.pins);
            }
        }
        journal.change_slots(source)?;
        journal.replayed = journal.pins.last();
        Ok(journal)
    }

    /// The index that an earlier process may have sent this record to.
    pub(super) fn replayed(&self, sequence: u64) -> Option<&Arc<str>> {
        if sequence > self.replayed { None } else { self.pins.find(sequence) }
    }

    /// Writes down that the ranges go to the index; free when that is written already.
    ///
    /// # Errors
    /// When it is not certain to be read after a restart; the records must not be sent.
    pub(super) fn intend(
        &mut self,
        ranges: &[(u64, u64)],
        index: &Arc<str>,
        source: &mut dyn Source,
    ) -> Result<(), PortError> {
        if ranges.iter().all(|(first, last)| self.pins.holds(*first, *last, index)) {
            return Ok(());
        }
        if self.is_broken || self.end >= self.full {
            self.change_slots(source)?;
        }
        let mut ranges = ranges.to_vec();
        if let Some((_, last)) = ranges.last_mut()
            && *last >= self.pins.last()
        {
            // What is in the spool already goes the same way most likely.
            *last = (*last).max(source.newest().min(*last + LEAD_RECORDS));
        }
        let entry = form::intent(self.generation, index, &ranges);
        self.store.write(self.slot, self.end, &entry)?;
        self.sync_slot(self.slot)?;
        self.end += entry.len() as u64;
        for (first, last) in ranges {
            self.pins.set(first, last, index);
        }
        Ok(())
    }

    fn sync_slot(&mut self, slot: Slot) -> Result<(), PortError> {
        if self.sync == IntentSync::LeftToSystem {
            return Ok(());
        }
        self.store.sync(slot).inspect_err(|_| self.is_broken = true)
    }

    /// Takes what is open over into the other slot.
    fn change_slots(&mut self, source: &mut dyn Source) -> Result<(), PortError> {
        // An acknowledgement that a loss of power takes back needs its intents again.
        source.sync()?;
        self.pins.forget(source.acknowledged());
        let (slot, generation) = (self.slot.other(), self.generation + 1);
        let bytes = form::slot(generation, &self.pins);
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
