//! The real storage: a reader of the spool, the quarantine, and the journal's files.

use std::collections::HashSet;
use std::path::Path;

use event_spool::{Reader, Sequence, Spool};

use super::journal::FileJournal;
use super::storage::{EntryKey, QuarantineSink, RecordSource, ShipperStorage, SourceRecord, StorageError};
use crate::quarantine::{Entry, Quarantine};

/// The name of the spool's reader whose position shipping resumes from after a restart.
pub const READER: &str = "shipper";

impl ShipperStorage {
    /// The storage for shipping from this spool, with the journal of intents in a separate directory.
    ///
    /// # Errors
    /// When the spool's reader is in use, or the journal's files cannot be opened.
    pub fn open(spool: &Spool, quarantine: Quarantine, journal: &Path) -> Result<Self, StorageError> {
        let source = SpoolSource { reader: spool.reader(READER)?, spool: spool.clone() };
        Ok(Self {
            source: Box::new(source),
            quarantine: Box::new(quarantine),
            journal: Box::new(FileJournal::open(journal)?),
        })
    }
}

struct SpoolSource {
    spool: Spool,
    reader: Reader,
}

impl RecordSource for SpoolSource {
    fn next(&mut self) -> Result<Option<SourceRecord<'_>>, StorageError> {
        let record = self.reader.next()?;
        Ok(record.map(|record| SourceRecord { sequence: record.sequence.get(), bytes: record.bytes }))
    }

    fn acknowledge(&mut self, up_to: u64) -> Result<(), StorageError> {
        Ok(self.reader.acknowledge(Sequence::new(up_to))?)
    }

    fn acknowledged(&self) -> u64 {
        self.reader.acknowledged().map_or(0, Sequence::get)
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        Ok(self.spool.flush()?)
    }

    fn newest(&self) -> u64 {
        self.spool.stats().next_sequence.get() - 1
    }

    fn position(&self) -> u64 {
        self.reader.position().get()
    }

    fn records_after(&self, sequence: u64) -> u64 {
        self.spool.records_after(Some(sequence).filter(|sequence| *sequence > 0).map(Sequence::new))
    }
}

impl QuarantineSink for Quarantine {
    fn put(&mut self, entry: &Entry<'_>) -> Result<(), StorageError> {
        Self::put(self, entry)?;
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        Ok(self.spool().flush()?)
    }

    fn entries_after(&mut self, acknowledged: u64) -> Result<HashSet<EntryKey>, StorageError> {
        let mut after = HashSet::new();
        self.entries(&mut |_, entry| {
            let sequence = entry.sequence.filter(|sequence| *sequence > acknowledged);
            after.extend(sequence.map(|sequence| (sequence, entry.id)));
        })?;
        Ok(after)
    }
}
