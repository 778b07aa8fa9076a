//! The log that a spool's handles share: appending, and switching to the next segment.
//!
//! There are three locks. Readers are locked before the catalogue; the sync rounds of `commit.rs` are never held together with
//! either. An append takes no lock unless a segment ends.

use std::{collections::BTreeMap, fmt, io, time::SystemTime};

use crate::{
    AppendError, FlushPolicy, FullPolicy, Sequence, SpoolBuilder,
    acks::ReaderPosition,
    catalogue::{Catalogue, DroppedRecords, SegmentEntry},
    commit::GroupCommit,
    disk::{Directory, uninterrupted},
    error::SystemError,
    format::{FRAME_HEADER, padded},
    mapping::{Claim, OwningProcess, Reservation, Seal, SegmentCursor},
    recovery::Recovered,
    segment::{self, Segment},
    stats::{Counters, Stats},
    sync::{Arc, AtomicU64, Condvar, Mutex, MutexGuard, Ordering, lock, wait, yield_now},
};

/// The file of gaps is replaced when more than one in this many ranges is missing from it.
const SAVED_SHARE: usize = 8;

pub(crate) struct Log {
    pub disk: Arc<dyn Directory>,
    pub options: SpoolBuilder,
    pub cursor: SegmentCursor,
    pub catalogue: Mutex<Catalogue>,
    /// Notified when the current segment is sealed, replaced, or a spare was made or not.
    pub changed: Condvar,
    pub readers: Mutex<BTreeMap<String, Arc<ReaderPosition>>>,
    /// Ranges that are not in the file of gaps yet. Held while the file is replaced.
    unsaved_gaps: Mutex<usize>,
    pub commit: GroupCommit,
    pub counters: Counters,
    /// The number of the last segment that was removed from the catalogue; readers check it before each record.
    pub removed: AtomicU64,
    first_sequence: u64,
    /// The process that opened the spool, in whose memory the cursor is.
    owner: OwningProcess,
}

/// Whether a segment can become current.
enum NextSegment {
    Ready(Arc<Segment>),
    /// Another thread is creating one.
    Wait,
}

impl Log {
    pub fn new(disk: Arc<dyn Directory>, options: SpoolBuilder, recovered: Recovered) -> Self {
        let capacity = usize::try_from(options.segment_bytes).expect("the builder checks the size of segments");
        let counters = Counters::default();
        counters.damaged_records.add(recovered.report.damaged_records);
        let oldest = recovered.entries.front().map_or(recovered.next_sequence, |entry| entry.first);
        Self {
            disk,
            options,
            cursor: SegmentCursor::new(capacity),
            first_sequence: recovered.next_sequence,
            catalogue: Mutex::new(Catalogue {
                entries: recovered.entries,
                spare: None,
                preparing: false,
                no_segment: None,
                next_number: recovered.next_number,
                next_base: recovered.next_sequence,
                gaps: recovered.gaps,
                dropped: DroppedRecords::none(oldest),
            }),
            unsaved_gaps: Mutex::new(0),
            changed: Condvar::new(),
            readers: Mutex::new(recovered.readers),
            commit: GroupCommit::default(),
            counters,
            removed: AtomicU64::new(0),
            owner: OwningProcess::this_process(),
        }
    }

    /// Whether this process was forked from the one that opened the spool: its locks may be held by threads that are not
    /// there, its cursor is a copy, and its mappings belong to the parent. Check it before touching any of them.
    #[inline]
    pub fn is_forked(&self) -> bool {
        !self.owner.is_this_process()
    }

    /// Appends one record.
    pub fn append(&self, parts: &[&[u8]]) -> Result<Sequence, AppendError> {
        let (claim, length) = self.reserve(parts.iter().map(|part| part.len()).sum())?;
        let sequence = claim.publish(length, parts);
        if let FlushPolicy::EveryRecords(number) = self.options.flush_policy
            && sequence.is_multiple_of(u64::from(number.get()))
        {
            // A failure is counted; the record is in the spool.
            let _ = self.sync();
        }
        Ok(Sequence::new(sequence))
    }

    /// Reserves the frame of a record with this payload. What is returned must be published.
    pub fn reserve(&self, payload: usize) -> Result<(Claim, u32), AppendError> {
        if self.is_forked() {
            return Err(AppendError::Forked);
        }
        let limit = self.options.max_record();
        if payload > limit {
            return Err(AppendError::TooLarge { bytes: payload, limit });
        }
        let length = FRAME_HEADER + payload;
        loop {
            match self.cursor.reserve(padded(length)) {
                Reservation::Claimed(claim) => {
                    return Ok((claim, u32::try_from(length).expect("a record is smaller than a segment")));
                }
                Reservation::Full(seal) => self.roll(seal)?,
            }
        }
    }

    /// Makes the next segment current, or waits until another thread has. The holder of the full segment's seal passes it on.
    #[cold]
    pub fn roll(&self, seal: Option<Seal>) -> Result<(), AppendError> {
        let mut catalogue = lock(&self.catalogue);
        if let Some(seal) = seal {
            catalogue.seal(seal);
            self.changed.notify_all();
        }
        while self.cursor.is_full() {
            if catalogue.open_segment().is_some() {
                // The thread that crossed its end is about to pass on the seal.
                catalogue = wait(&self.changed, catalogue);
                continue;
            }
            if !self.cursor.has_room() {
                catalogue.release(&self.cursor);
                if !self.cursor.has_room() {
                    // A producer has not published for as long as it took to fill seven segments.
                    drop(catalogue);
                    yield_now();
                    catalogue = lock(&self.catalogue);
                    continue;
                }
            }
            match self.next_segment(&mut catalogue) {
                Ok(NextSegment::Ready(segment)) => self.install(&mut catalogue, &segment),
                Ok(NextSegment::Wait) => catalogue = wait(&self.changed, catalogue),
                Err(error) => {
                    self.counters.refused.add(1);
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    fn install(&self, catalogue: &mut Catalogue, segment: &Arc<Segment>) {
        segment.activate(catalogue.next_base, unix_ms());
        let generation = self.cursor.next_generation();
        catalogue.push_open(segment, generation);
        // Last: from here on it has producers.
        self.cursor.install(segment);
        self.changed.notify_all();
    }

    fn next_segment(&self, catalogue: &mut Catalogue) -> Result<NextSegment, AppendError> {
        if let Some(spare) = catalogue.spare.take() {
            return Ok(NextSegment::Ready(spare));
        }
        if catalogue.preparing {
            return Ok(NextSegment::Wait);
        }
        if let Some(cause) = catalogue.no_segment
            && self.options.when_full == FullPolicy::Refuse
        {
            // The background thread tries again, not each producer.
            return Err(AppendError::NoSegment { source: cause.into() });
        }
        self.make_room(catalogue)?;
        self.counters.late_segments.add(1);
        loop {
            let number = catalogue.next_number;
            catalogue.next_number += 1;
            match Segment::prepare(&*self.disk, number, self.options.segment_bytes) {
                Ok(segment) => {
                    catalogue.no_segment = None;
                    return Ok(NextSegment::Ready(segment));
                }
                Err(error) if self.drop_for_space(catalogue, &error) => {}
                Err(source) => {
                    catalogue.no_segment = Some(SystemError::from(&source));
                    return Err(AppendError::NoSegment { source });
                }
            }
        }
    }

    /// Drops the oldest segment if the disk has no space for a new one and the policy allows it; returns whether it did.
    pub fn drop_for_space(&self, catalogue: &mut Catalogue, error: &io::Error) -> bool {
        let full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        full && self.options.when_full == FullPolicy::DropOldest && self.drop_oldest(catalogue)
    }

    /// Makes room for one more segment within the limit.
    pub fn make_room(&self, catalogue: &mut Catalogue) -> Result<(), AppendError> {
        let max_bytes = self.options.max_bytes;
        while catalogue.bytes() + self.options.segment_bytes > max_bytes {
            if self.options.when_full == FullPolicy::Refuse || !self.drop_oldest(catalogue) {
                return Err(AppendError::Full { max_bytes });
            }
        }
        Ok(())
    }

    fn drop_oldest(&self, catalogue: &mut Catalogue) -> bool {
        let Some(entry) = catalogue.pop_oldest(&self.cursor) else { return false };
        self.counters.dropped_segments.add(1);
        catalogue.dropped.through = entry.last.unwrap_or(0);
        self.remove(&[entry]);
        true
    }

    /// Removes the files of segments that were taken out of the catalogue.
    pub fn remove(&self, entries: &[SegmentEntry]) {
        if entries.is_empty() {
            return;
        }
        for entry in entries {
            self.removed.fetch_max(entry.number, Ordering::AcqRel);
            if uninterrupted(|| self.disk.remove(&segment::name(entry.number))).is_err() {
                // It stays until the next open, which finds it acknowledged or the oldest.
                self.counters.file_failures.add(1);
            }
        }
        if self.disk.sync().is_err() {
            self.counters.file_failures.add(1);
        }
    }

    /// Counts records that a reader has found missing, unless they are known to be.
    #[cold]
    pub fn note_missing(&self, first: u64, last: u64) {
        let added = lock(&self.catalogue).gaps.insert(first, last);
        if added == 0 {
            return;
        }
        self.counters.damaged_records.add(added);
        *lock(&self.unsaved_gaps) += 1;
        self.save_gaps(SAVED_SHARE);
    }

    /// Replaces the file of gaps if more than one in `share` ranges is missing from it, so that a reader that meets damage in
    /// thousands of places waits for dozens of writes and not for thousands. The background thread and closing write the rest.
    pub fn save_gaps(&self, share: usize) {
        let mut unsaved = lock(&self.unsaved_gaps);
        let gaps = {
            let catalogue = lock(&self.catalogue);
            if unsaved.saturating_mul(share) <= catalogue.gaps.ranges().len() {
                return;
            }
            catalogue.gaps.clone()
        };
        *unsaved = 0;
        if gaps.store(&*self.disk).is_err() {
            // They are counted once more by the next open.
            self.counters.file_failures.add(1);
        }
    }

    /// How many records there are after this sequence.
    pub fn records_after(&self, sequence: u64) -> u64 {
        let catalogue = lock(&self.catalogue);
        catalogue.present(catalogue.oldest().max(sequence.saturating_add(1)), self.next_sequence(&catalogue) - 1)
    }

    /// Seals a segment if it is still the current one.
    pub fn seal_current(&self, segment: &Segment) {
        let mut catalogue = lock(&self.catalogue);
        if catalogue.open_segment().is_some_and(|open| open.segment.number() == segment.number())
            && let Some(seal) = self.cursor.seal()
        {
            catalogue.seal(seal);
            self.changed.notify_all();
        }
    }

    /// The number that the next record gets.
    pub fn next_sequence(&self, catalogue: &MutexGuard<'_, Catalogue>) -> u64 {
        match (catalogue.open_segment(), self.cursor.reserved()) {
            (Some(open), Some(reserved)) => open.segment.base() + reserved.records,
            // Between crossing the end and sealing: only the sealed segments are known.
            (Some(open), None) => open.segment.base(),
            (None, _) => catalogue.next_base,
        }
    }

    pub fn stats(&self) -> Stats {
        if self.is_forked() {
            return Stats::of_forked();
        }
        let readers = lock(&self.readers);
        let catalogue = lock(&self.catalogue);
        let next_sequence = self.next_sequence(&catalogue);
        let read = readers.values().map(|position| position.read()).min().unwrap_or(0);
        Stats {
            appended: next_sequence - self.first_sequence,
            next_sequence: Sequence::new(next_sequence),
            oldest_sequence: Sequence::new(catalogue.oldest()),
            refused: self.counters.refused.get(),
            dropped_segments: self.counters.dropped_segments.get(),
            dropped_records: catalogue.dropped_records(read),
            damaged_records: self.counters.damaged_records.get(),
            records: catalogue.present(catalogue.oldest(), next_sequence - 1),
            bytes: catalogue.bytes(),
            segments: catalogue.entries.len() as u64,
            late_segments: self.counters.late_segments.get(),
            syncs: self.counters.syncs.get(),
            sync_failures: self.counters.sync_failures.get(),
            file_failures: self.counters.file_failures.get(),
            damaged_reads: self.counters.damaged_reads.get(),
            cannot_grow: catalogue.no_segment,
            is_forked: false,
        }
    }
}

/// The wall clock, in milliseconds since 1970.
pub(crate) fn unix_ms() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").field("options", &self.options).finish_non_exhaustive()
    }
}
