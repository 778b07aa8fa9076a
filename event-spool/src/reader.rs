//! Reads records in order, with a durable position; knows the segments, and of producers only what they have published.

use std::{
    io,
    time::{Duration, SystemTime},
};

use crate::{
    AcknowledgeError, ReadError, Sequence,
    acks::ReaderPosition,
    disk::uninterrupted,
    format::{FRAMES_OFFSET, Frame, Header, Salt},
    log::Log,
    mapping::ReadOnlyMapping,
    recovery::next_frame,
    segment::{self, Segment},
    spool::SpoolShared,
    sync::{Arc, Ordering, lock},
};

/// One record, borrowed from the mapping of its segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its number.
    pub sequence: Sequence,
    /// What was appended.
    pub bytes: &'a [u8],
}

/// The records that a reader has not acknowledged yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Backlog {
    /// Records.
    pub records: u64,
    /// Bytes of their frames; for a partly acknowledged segment, in proportion to its records.
    pub bytes: u64,
    /// Upper bound of the age of the oldest one: the time since its segment became current. `None` if there is none or it is unknown.
    pub oldest_age: Option<Duration>,
}

/// Reads the records of a spool in the order of their numbers.
///
/// Keeps the spool open, like a [`Spool`](crate::Spool).
#[derive(Debug)]
pub struct Reader {
    cursor: ReadCursor,
    position: Arc<ReaderPosition>,
}

/// Reads the records of a spool in the order of their numbers once, without a position: any number of scans may be open, and
/// no segment waits for one.
#[derive(Debug)]
pub struct Scan {
    cursor: ReadCursor,
}

/// A position in the spool.
#[derive(Debug)]
struct ReadCursor {
    shared: Arc<SpoolShared>,
    /// Lower bound of the next sequence to read.
    next: u64,
    current: Option<CurrentSegment>,
}

/// The segment that is being read.
#[derive(Debug)]
struct CurrentSegment {
    number: u64,
    at: usize,
    source: SegmentBytes,
}

#[derive(Debug)]
enum SegmentBytes {
    /// Written by this process, possibly still by producers.
    Live(Arc<Segment>),
    /// Has no producers.
    ReadOnly { bytes: ReadOnlyMapping, salt: Salt, end: usize },
}

/// What is at a reader's position.
enum FrameLookup {
    Frame(Frame),
    /// Nothing is published yet.
    Pending,
    End,
}

impl Reader {
    pub(crate) fn new(shared: Arc<SpoolShared>, position: Arc<ReaderPosition>) -> Self {
        let next = position.acknowledged() + 1;
        Self { cursor: ReadCursor { shared, next, current: None }, position }
    }

    /// The next record, or `None` when nothing else is published yet.
    ///
    /// Readers are not notified, because that would cost producers a system call. Poll again after some time.
    ///
    /// # Errors
    /// See [`ReadError`]. The reader stays before the record that it could not read.
    #[expect(clippy::should_implement_trait, reason = "an iterator cannot lend its items")]
    pub fn next(&mut self) -> Result<Option<Record<'_>>, ReadError> {
        self.cursor.next(Some(&self.position))
    }

    /// Records durably that all records up to and including this one need not be read again.
    ///
    /// One small write; it is synced at the flush interval, by [`Spool::flush`](crate::Spool::flush), and before a segment is
    /// removed. Acknowledging an acknowledged record does nothing.
    ///
    /// # Errors
    /// See [`AcknowledgeError`].
    pub fn acknowledge(&mut self, up_to: Sequence) -> Result<(), AcknowledgeError> {
        if self.log().is_forked() {
            return Err(AcknowledgeError::Forked);
        }
        if up_to.get() >= self.cursor.next {
            return Err(AcknowledgeError::NotRead { up_to, next: self.position() });
        }
        let before = self.position.acknowledged();
        self.position.acknowledge(up_to).map_err(|source| AcknowledgeError::File { up_to, source })?;
        if self.log().ends_segment(before, up_to.get()) {
            self.cursor.shared.wake();
        }
        Ok(())
    }

    /// The number of the next record to read, or a lower one.
    #[must_use]
    pub fn position(&self) -> Sequence {
        Sequence::new(self.cursor.next)
    }

    /// The last record that need not be read again; `None` before the first of the spool.
    #[must_use]
    pub fn acknowledged(&self) -> Option<Sequence> {
        Some(self.position.acknowledged()).filter(|&number| number > 0).map(Sequence::new)
    }

    /// The unacknowledged records; none in a process that was forked from the one that opened the spool.
    #[must_use]
    pub fn backlog(&self) -> Backlog {
        if self.log().is_forked() {
            return Backlog::default();
        }
        self.log().backlog(self.position.acknowledged())
    }

    fn log(&self) -> &Log {
        self.cursor.shared.log()
    }
}

impl Scan {
    pub(crate) fn new(shared: Arc<SpoolShared>, next: u64) -> Self {
        Self { cursor: ReadCursor { shared, next, current: None } }
    }

    /// The next record, or `None` when nothing else is published yet.
    ///
    /// # Errors
    /// See [`ReadError`]. The scan stays before the record that it could not read.
    #[expect(clippy::should_implement_trait, reason = "an iterator cannot lend its items")]
    pub fn next(&mut self) -> Result<Option<Record<'_>>, ReadError> {
        self.cursor.next(None)
    }
}

impl ReadCursor {
    fn next(&mut self, position: Option<&ReaderPosition>) -> Result<Option<Record<'_>>, ReadError> {
        if self.shared.log().is_forked() {
            return Err(ReadError::Forked);
        }
        let frame = loop {
            if !self.enter_segment(position)? {
                return Ok(None);
            }
            match self.find_frame()? {
                FrameLookup::Pending => return Ok(None),
                FrameLookup::End => self.leave_segment(position),
                FrameLookup::Frame(frame) if frame.sequence < self.next => self.skip_frame(&frame),
                FrameLookup::Frame(frame) => break frame,
            }
        };
        self.skip_frame(&frame);
        if frame.sequence > self.next {
            self.shared.log().note_missing(self.next, frame.sequence - 1);
        }
        self.advance_to(frame.sequence + 1, position);
        let current = self.current.as_ref().expect("the frame was found in it");
        Ok(Some(Record { sequence: Sequence::new(frame.sequence), bytes: current.source.payload(&frame) }))
    }

    fn advance_to(&mut self, next: u64, position: Option<&ReaderPosition>) {
        self.next = next;
        if let Some(position) = position {
            position.set_read(next - 1);
        }
    }

    /// Opens the segment that has the next record, unless one is open. False if there is none.
    fn enter_segment(&mut self, position: Option<&ReaderPosition>) -> Result<bool, ReadError> {
        if self.current.as_ref().is_some_and(|current| self.shared.log().has_segment(current.number)) {
            return Ok(true);
        }
        let shared = Arc::clone(&self.shared);
        let log = shared.log();
        self.current = None;
        let mut catalogue = lock(&log.catalogue);
        let Some(entry) = catalogue.entries.iter().find(|entry| entry.last.is_none_or(|last| last >= self.next)) else {
            return Ok(false);
        };
        let (number, first) = (entry.number, entry.first);
        let source = match &entry.live {
            Some(live) => Ok(SegmentBytes::Live(Arc::clone(&live.segment))),
            None => Err(entry.end),
        };
        if first > self.next {
            if let Some(position) = position {
                catalogue.note_passed(self.next, first, position.acknowledged());
            }
            self.advance_to(first, position);
        }
        drop(catalogue);
        let source = match source {
            Ok(live) => live,
            // The segment was just dropped: the next call finds the oldest one.
            Err(end) => match open_read_only(log, number, end) {
                Err(ReadError::File { .. }) if !log.has_segment(number) => return Ok(false),
                other => other?,
            },
        };
        self.current = Some(CurrentSegment { number, at: FRAMES_OFFSET, source });
        Ok(true)
    }

    fn find_frame(&mut self) -> Result<FrameLookup, ReadError> {
        let log = self.shared.log();
        let current = self.current.as_mut().expect("a segment was entered");
        let (number, at) = (current.number, current.at);
        if let SegmentBytes::Live(segment) = &current.source {
            // Read before the frame: if the segment ends here now, nothing is published here later.
            let end = segment.end();
            if end.is_some_and(|end| at >= end) {
                return Ok(FrameLookup::End);
            }
            match Frame::in_mapping(segment.mapping(), at, segment.salt()) {
                Ok(Some(frame)) => return Ok(FrameLookup::Frame(frame)),
                Ok(None) => return Ok(FrameLookup::Pending),
                Err(_) => {}
            }
            let (Some(end), true) = (end, segment.is_complete()) else {
                // So that it soon has no producers.
                log.seal_current(segment);
                return Err(ReadError::Damaged { segment: segment::name(number), at: at as u64 });
            };
            current.source = open_read_only(log, number, end)?;
        }
        let SegmentBytes::ReadOnly { bytes, salt, end } = &current.source else {
            return Ok(FrameLookup::End);
        };
        let Some(frame) = next_frame(&bytes[..*end], at, *salt, None) else {
            log.counters.damaged_reads.add(u64::from(at < *end));
            return Ok(FrameLookup::End);
        };
        log.counters.damaged_reads.add(u64::from(frame.at > at));
        Ok(FrameLookup::Frame(frame))
    }

    fn skip_frame(&mut self, frame: &Frame) {
        if let Some(current) = &mut self.current {
            current.at = frame.end();
        }
    }

    fn leave_segment(&mut self, position: Option<&ReaderPosition>) {
        if let Some(current) = self.current.take() {
            let last = lock(&self.shared.log().catalogue).find(current.number).and_then(|entry| entry.last);
            if let Some(last) = last.filter(|last| *last >= self.next) {
                self.shared.log().note_missing(self.next, last);
                self.advance_to(last + 1, position);
            }
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if self.log().is_forked() {
            return;
        }
        let mut catalogue = lock(&self.cursor.shared.log().catalogue);
        catalogue.note_closed(self.position.acknowledged());
        // With the catalogue locked: records read beyond the acknowledgement are no longer in progress.
        self.position.close();
    }
}

impl SegmentBytes {
    fn payload(&self, frame: &Frame) -> &[u8] {
        match self {
            Self::Live(segment) => {
                let range = frame.payload();
                segment.mapping().published(range.start, range.len()).expect("the frame was read there")
            }
            Self::ReadOnly { bytes, .. } => &bytes[frame.payload()],
        }
    }
}

fn open_read_only(log: &Log, number: u64, end: usize) -> Result<SegmentBytes, ReadError> {
    let file = segment::name(number);
    let open = || -> io::Result<SegmentBytes> {
        let bytes = uninterrupted(|| log.disk.open(&file))?.map_read_only(end)?;
        let header = Header::decode(&bytes).map_err(|_| io::ErrorKind::InvalidData)?;
        let end = end.min(bytes.len());
        Ok(SegmentBytes::ReadOnly { bytes, salt: Salt::new(header.salt), end })
    };
    open().map_err(|source| ReadError::File { file: segment::name(number), source })
}

impl Log {
    fn has_segment(&self, number: u64) -> bool {
        number > self.removed.load(Ordering::Acquire)
    }

    /// Whether a segment ends with a sequence after the first and up to the second.
    fn ends_segment(&self, before: u64, up_to: u64) -> bool {
        let catalogue = lock(&self.catalogue);
        let mut ends = catalogue.entries.iter().filter_map(|entry| entry.last);
        ends.any(|last| before < last && last <= up_to)
    }

    fn backlog(&self, acknowledged: u64) -> Backlog {
        let catalogue = lock(&self.catalogue);
        let next = self.next_sequence(&catalogue);
        let mut backlog = Backlog::default();
        let mut activated = None;
        for entry in &catalogue.entries {
            let (records, bytes) = match entry.last {
                Some(_) => (entry.records, (entry.end - FRAMES_OFFSET) as u64),
                None => {
                    (next - entry.first, self.cursor.reserved().map_or(0, |seal| (seal.end - FRAMES_OFFSET) as u64))
                }
            };
            let remaining = catalogue.remaining(entry, entry.last.unwrap_or(next - 1), acknowledged);
            if remaining > 0 {
                activated.get_or_insert(entry.activated_ms);
                backlog.records += remaining;
                // Widened: a segment has up to 2^27 bytes and 2^23 records.
                backlog.bytes += bytes * remaining / records;
            }
        }
        backlog.oldest_age = activated.flatten().map(|then| {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            now.saturating_sub(Duration::from_millis(then))
        });
        backlog
    }
}
