//! The segments of a spool, from the oldest to the one that is appended to; does no IO.

use std::collections::VecDeque;

use crate::{
    error::SystemError,
    gaps::Gaps,
    mapping::{Seal, SegmentCursor},
    segment::Segment,
    sync::Arc,
};

/// One segment that has, or may get, records.
#[derive(Debug)]
pub(crate) struct SegmentEntry {
    pub number: u64,
    /// The first sequence.
    pub first: u64,
    /// The last sequence; `None` while the segment is open.
    pub last: Option<u64>,
    /// Valid records; zero while the segment is open.
    pub records: u64,
    /// Where its frames end, in bytes; zero while the segment is open.
    pub end: usize,
    /// What it takes on disk.
    pub file_bytes: u64,
    /// When it became current, in milliseconds since 1970, if known.
    pub activated_ms: Option<u64>,
    /// Set while the segment was written by this process and is not known to be fully synced.
    pub live: Option<LiveSegment>,
}

/// A segment of this process.
#[derive(Debug, Clone)]
pub(crate) struct LiveSegment {
    pub segment: Arc<Segment>,
    pub generation: u64,
    /// Whether the cursor has released it.
    pub released: bool,
}

/// All segments.
#[derive(Debug)]
pub(crate) struct Catalogue {
    /// Ordered by number, and so by sequence. Only the last one can be open.
    pub entries: VecDeque<SegmentEntry>,
    /// Ready to become current.
    pub spare: Option<Arc<Segment>>,
    /// Whether the background thread is making a spare at this moment.
    pub preparing: bool,
    /// Why the last attempt to make a segment failed, until one succeeds.
    pub no_segment: Option<SystemError>,
    pub next_number: u64,
    /// The base of the next segment.
    pub next_base: u64,
    /// Sequences that have no record.
    pub gaps: Gaps,
    pub dropped: DroppedRecords,
}

/// The records of segments that were dropped.
#[derive(Debug, Default)]
pub(crate) struct DroppedRecords {
    /// The last sequence that was dropped; zero without any.
    pub through: u64,
    /// Records that readers have been moved past.
    passed: u64,
    /// The last sequence that a reader was moved past, or that was not there when the spool was opened.
    passed_through: u64,
    /// Records before it that were read, and that may yet be acknowledged.
    read: Gaps,
}

impl DroppedRecords {
    /// No dropped records, for a spool that begins with this sequence.
    pub fn none(oldest: u64) -> Self {
        Self { passed_through: oldest.saturating_sub(1), ..Self::default() }
    }
}

impl Catalogue {
    /// Bytes on disk, the spare included.
    pub fn bytes(&self) -> u64 {
        let spare = self.spare.as_ref().map_or(0, |spare| spare.mapping().length() as u64);
        self.entries.iter().map(|entry| entry.file_bytes).sum::<u64>() + spare
    }

    /// The segment that is appended to.
    pub fn open_segment(&self) -> Option<&LiveSegment> {
        self.entries.back().filter(|entry| entry.last.is_none()).and_then(|entry| entry.live.as_ref())
    }

    /// The entry of a segment, by its number.
    pub fn find(&self, number: u64) -> Option<&SegmentEntry> {
        let at = self.entries.binary_search_by_key(&number, |entry| entry.number).ok()?;
        self.entries.get(at)
    }

    /// Appends a new current segment.
    pub fn push_open(&mut self, segment: &Arc<Segment>, generation: u64) {
        self.entries.push_back(SegmentEntry {
            number: segment.number(),
            first: segment.base(),
            last: None,
            records: 0,
            end: 0,
            file_bytes: segment.mapping().length() as u64,
            activated_ms: segment.activated_ms(),
            live: Some(LiveSegment { segment: Arc::clone(segment), generation, released: false }),
        });
    }

    /// Notes where the current segment ends.
    pub fn seal(&mut self, seal: Seal) {
        let Some(entry) = self.entries.back_mut().filter(|entry| entry.last.is_none()) else { return };
        let Some(live) = &entry.live else { return };
        live.segment.seal(seal);
        entry.records = seal.records;
        entry.end = seal.end;
        entry.last = Some(entry.first + seal.records - 1);
        self.next_base = entry.first + seal.records;
    }

    /// Releases what is no longer needed: slots of segments without producers, mappings of segments that are on disk.
    pub fn release(&mut self, cursor: &SegmentCursor) {
        for entry in &mut self.entries {
            let Some(live) = &mut entry.live else { continue };
            if !live.segment.is_complete() {
                continue;
            }
            if !live.released {
                cursor.release(live.generation, &live.segment);
                live.released = true;
            }
            if live.segment.has_failed() || live.segment.synced() >= entry.end {
                entry.live = None;
            }
        }
    }

    /// Takes the oldest segment out, if it is sealed and has no producers.
    pub fn pop_oldest(&mut self, cursor: &SegmentCursor) -> Option<SegmentEntry> {
        let oldest = self.entries.front()?;
        oldest.last?;
        if let Some(live) = &oldest.live {
            if !live.segment.is_complete() {
                return None;
            }
            if !live.released {
                cursor.release(live.generation, &live.segment);
            }
        }
        self.entries.pop_front()
    }

    /// How many of the sequences from `first` to `last`, all of which were assigned, have a record.
    pub fn present(&self, first: u64, last: u64) -> u64 {
        if first > last { 0 } else { last - first + 1 - self.gaps.count(first, last) }
    }

    /// Records after a sequence in an entry that ends with `last`.
    pub fn remaining(&self, entry: &SegmentEntry, last: u64, acknowledged: u64) -> u64 {
        self.present(entry.first.max(acknowledged + 1), last)
    }

    /// Records that a reader continues at `to` without having read the records from `from` on.
    pub fn note_passed(&mut self, from: u64, to: u64, acknowledged: u64) {
        let begin = self.dropped.passed_through + 1;
        let (first, last) = (from.max(begin), self.dropped.through.min(to.saturating_sub(1)));
        if first <= last {
            self.dropped.passed += self.present(first, last);
            self.dropped.passed_through = last;
            self.dropped.read.forget_through(acknowledged);
            self.dropped.read.insert(begin.max(acknowledged + 1), first - 1);
        }
    }

    /// Records that a reader is closed: what it read of dropped segments and did not acknowledge is lost.
    pub fn note_closed(&mut self, acknowledged: u64) {
        let mut read = std::mem::take(&mut self.dropped.read);
        read.forget_through(acknowledged);
        self.dropped.passed += read.ranges().map(|(first, last)| self.present(first, last)).sum::<u64>();
    }

    /// Records that were dropped before a reader read them, where `read` is the last sequence that all readers have read.
    ///
    /// A record that was read and then dropped is still in progress: it counts when its reader is closed without having
    /// acknowledged it.
    pub fn dropped_records(&self, read: u64) -> u64 {
        let first = read.max(self.dropped.passed_through) + 1;
        self.dropped.passed + self.present(first, self.dropped.through)
    }

    /// The first sequence that exists, or will.
    pub fn oldest(&self) -> u64 {
        self.entries.front().map_or(self.next_base, |entry| entry.first)
    }
}
