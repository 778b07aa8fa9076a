//! Counters and their snapshot; knows nothing of what is counted.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::Sequence;
use crate::error::SystemError;

/// Counts since the spool was opened, and its present state.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Records appended since the spool was opened.
    pub appended: u64,
    /// The number that the next record gets.
    pub next_sequence: Sequence,
    /// The lowest number that may still be read.
    pub oldest_sequence: Sequence,
    /// Appends refused because the spool or the disk was full.
    pub refused: u64,
    /// Segments dropped by [`FullPolicy::DropOldest`](crate::FullPolicy::DropOldest).
    pub dropped_segments: u64,
    /// Records in dropped segments that some reader had not read, or all of them without readers. Records that a reader has read
    /// count if it is closed before it acknowledges them.
    pub dropped_records: u64,
    /// Records that are lost because their bytes are damaged, each counted once, even if the spool is opened again; records
    /// acknowledged before do not count. See [`Recovery::damaged_records`](crate::Recovery::damaged_records).
    pub damaged_records: u64,
    /// Records from the oldest to the newest, without those that are missing.
    pub records: u64,
    /// Bytes of all segments on disk, including reserved space.
    pub bytes: u64,
    /// Segments on disk that have, or may get, records.
    pub segments: u64,
    /// Segments that a producer had to create because no spare one was ready. Such an append takes milliseconds.
    pub late_segments: u64,
    /// How often everything unsynced was synced.
    pub syncs: u64,
    /// Failed syncs: of segments, which get no further records then, and of readers' positions.
    pub sync_failures: u64,
    /// Failures to create, remove or shorten files in the background. They are retried, or harmless.
    pub file_failures: u64,
    /// Damaged places that readers encountered and skipped.
    pub damaged_reads: u64,
    /// Why the last attempt to create a segment failed, if it did: the disk is full, or the file system fails.
    pub cannot_grow: Option<SystemError>,
    /// Whether this process was forked from the one that opened the spool. Then everything else is unknown.
    pub is_forked: bool,
}

impl Stats {
    /// The stats in a process that was forked from the one that opened the spool.
    pub(crate) fn of_forked() -> Self {
        Self {
            appended: 0,
            next_sequence: Sequence::FIRST,
            oldest_sequence: Sequence::FIRST,
            refused: 0,
            dropped_segments: 0,
            dropped_records: 0,
            damaged_records: 0,
            records: 0,
            bytes: 0,
            segments: 0,
            late_segments: 0,
            syncs: 0,
            sync_failures: 0,
            file_failures: 0,
            damaged_reads: 0,
            cannot_grow: None,
            is_forked: true,
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub refused: Counter,
    pub dropped_segments: Counter,
    pub damaged_records: Counter,
    pub late_segments: Counter,
    pub syncs: Counter,
    pub sync_failures: Counter,
    pub file_failures: Counter,
    pub damaged_reads: Counter,
}

/// A counter that only rises. It does not order anything between threads.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub fn add(&self, number: u64) {
        self.0.fetch_add(number, Ordering::Relaxed);
    }

    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
