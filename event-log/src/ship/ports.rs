//! What a shipper is connected to on its own machine, as traits: the spool, the quarantine, the journal of intents. The
//! simulation brings twins that lose what was not synced.

use std::collections::HashSet;
use std::error::Error;

use super::journal::JournalStore;
use crate::id::EventId;
use crate::quarantine::Entry;

/// What goes wrong on the machine itself; shown in one line, and tried again.
pub type PortError = Box<dyn Error + Send + Sync>;

/// Which record an entry of the quarantine is about: its sequence, and its id if it has one. A sequence alone would do, if a
/// loss of power could not make a spool use it twice.
pub type EntryKey = (u64, Option<EventId>);

/// A record of the spool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceRecord<'a> {
    /// From 1, larger with each record; a gap is a record that is not there any more.
    pub sequence: u64,
    /// See [`EventRecord`](crate::EventRecord).
    pub bytes: &'a [u8],
}

/// Where records come from: a reader of the spool.
pub trait Source: Send {
    /// The next record; `None` while there is none.
    ///
    /// # Errors
    /// When it cannot be read now.
    fn next(&mut self) -> Result<Option<SourceRecord<'_>>, PortError>;

    /// Everything up to and including this record is finished, and need not be there after a restart.
    ///
    /// # Errors
    /// When that cannot be written down; it is said again.
    fn acknowledge(&mut self, up_to: u64) -> Result<(), PortError>;

    /// What was acknowledged last, 0 before the first. After a restart the record behind it is read first.
    fn acknowledged(&self) -> u64;

    /// Syncs the acknowledgements.
    ///
    /// # Errors
    /// When they are not certain to outlast a loss of power.
    fn sync(&mut self) -> Result<(), PortError>;

    /// Sequence of the newest record, 0 before the first.
    fn newest(&self) -> u64;

    /// The sequence of the next record to read, or one before it. When [`next`](Self::next) has given none, there is no record
    /// before this one that is still to be read.
    fn position(&self) -> u64;

    /// How many records there are behind this one.
    fn records_after(&self, sequence: u64) -> u64 {
        self.newest().saturating_sub(sequence)
    }
}

/// Where documents go that cannot be delivered: the quarantine.
pub trait Sink: Send {
    /// Keeps an entry.
    ///
    /// # Errors
    /// When it cannot be kept; the document is tried again in place of being lost.
    fn put(&mut self, entry: &Entry<'_>) -> Result<(), PortError>;

    /// Makes what was put outlast a loss of power.
    ///
    /// # Errors
    /// When that is not certain.
    fn sync(&mut self) -> Result<(), PortError>;

    /// The entries whose records stand behind this one in the spool, by sequence and id: they were put aside before a
    /// restart, and not acknowledged. Few, because no more are under way.
    ///
    /// # Errors
    /// When the quarantine cannot be read.
    fn entries_behind(&mut self, acknowledged: u64) -> Result<HashSet<EntryKey>, PortError>;
}

/// The three.
pub struct Ports {
    /// The spool.
    pub source: Box<dyn Source>,
    /// The quarantine.
    pub quarantine: Box<dyn Sink>,
    /// Where the journal of intents is kept.
    pub journal: Box<dyn JournalStore>,
}
