//! The storage of a shipper on its own machine, as traits: the spool, the quarantine, the journal of intents. The simulation
//! has implementations that lose what was not synced.

use std::collections::HashSet;
use std::error::Error;

use super::journal::JournalStore;
use crate::id::EventId;
use crate::quarantine::Entry;

/// A failure of the machine itself; shown in one line, and retried.
pub type StorageError = Box<dyn Error + Send + Sync>;

/// Which record an entry of the quarantine is about: its sequence, and its id if it has one. The sequence alone would not do,
/// because after a loss of power a spool may use it twice.
pub type EntryKey = (u64, Option<EventId>);

/// A record of the spool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceRecord<'a> {
    /// From 1, larger with each record; a gap is a record that no longer exists.
    pub sequence: u64,
    /// See [`EventRecord`](crate::EventRecord).
    pub bytes: &'a [u8],
}

/// Where records come from: a reader of the spool.
pub trait RecordSource: Send {
    /// The next record; `None` while there is none.
    ///
    /// # Errors
    /// When it cannot be read now.
    fn next(&mut self) -> Result<Option<SourceRecord<'_>>, StorageError>;

    /// Acknowledges that everything up to and including this record is finished and need not be kept.
    ///
    /// # Errors
    /// When that cannot be recorded; it is acknowledged again later.
    fn acknowledge(&mut self, up_to: u64) -> Result<(), StorageError>;

    /// The last acknowledged record, 0 before the first. After a restart reading begins after it.
    fn acknowledged(&self) -> u64;

    /// Syncs the acknowledgements.
    ///
    /// # Errors
    /// When they are not certain to survive a loss of power.
    fn sync(&mut self) -> Result<(), StorageError>;

    /// Sequence of the newest record, 0 before the first.
    fn newest(&self) -> u64;

    /// The sequence of the next record to read, or one before it. After [`next`](Self::next) has returned `None`, no record before
    /// this one is left to read.
    fn position(&self) -> u64;

    /// How many records there are after this one.
    fn records_after(&self, sequence: u64) -> u64 {
        self.newest().saturating_sub(sequence)
    }
}

/// Where documents that cannot be delivered go: the quarantine.
pub trait QuarantineSink: Send {
    /// Keeps an entry.
    ///
    /// # Errors
    /// When it cannot be kept; the document is retried rather than lost.
    fn put(&mut self, entry: &Entry<'_>) -> Result<(), StorageError>;

    /// Makes all entries survive a loss of power.
    ///
    /// # Errors
    /// When that is not certain.
    fn sync(&mut self) -> Result<(), StorageError>;

    /// The entries whose records come after this one in the spool, by sequence and id: they were quarantined before a restart,
    /// and not acknowledged. There are no more of them than records in flight.
    ///
    /// # Errors
    /// When the quarantine cannot be read.
    fn entries_after(&mut self, acknowledged: u64) -> Result<HashSet<EntryKey>, StorageError>;
}

/// All storage of a shipper.
pub struct ShipperStorage {
    /// The spool.
    pub source: Box<dyn RecordSource>,
    /// The quarantine.
    pub quarantine: Box<dyn QuarantineSink>,
    /// Where the journal of intents is kept.
    pub journal: Box<dyn JournalStore>,
}
