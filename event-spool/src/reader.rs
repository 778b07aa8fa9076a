//! Reading records in order, with a durable position; knows the segments, and nothing of producers but what they publish.

use std::{
    io,
    time::{Duration, SystemTime},
};

use crate::{
    AcknowledgeError, ReadError, Sequence,
    acks::Position,
    disk::uninterrupted,
    format::{FRAMES, Frame, Header, Salt},
    log::Log,
    mapping::Frozen,
    recovery::next_frame,
    segment::{self, Segment},
    spool::Shared,
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

/// What a reader has not yet acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Backlog {
    /// Records.
    pub records: u64,
    /// Bytes of their frames; of a segment that is acknowledged in part, by the share of its records.
    pub bytes: u64,
    /// How old the oldest of them is at most: since its segment became current. `None` without any, or if not known.
    pub oldest_age: Option<Duration>,
}

/// Reads the records of a spool in the order of their numbers.
///
/// Keeps the spool open, like a [`Spool`](crate::Spool).
#[derive(Debug)]
pub struct Reader {
    cursor: Cursor,
    position: Arc<Position>,
}

/// Reads the records of a spool in the order of their numbers once, without a position: any number of scans may be open, and
/// no segment waits for one.
#[derive(Debug)]
pub struct Scan {
    cursor: Cursor,
}

/// A place in the spool.
#[derive(Debug)]
struct Cursor {
    shared: Arc<Shared>,
    /// The next sequence to read, at least.
    next: u64,
    current: Option<Current>,
}

/// The segment that is being read.
#[derive(Debug)]
struct Current {
    number: u64,
    at: usize,
    source: Source,
}

#[derive(Debug)]
enum Source {
    /// Of this process, perhaps with producers.
    Live(Arc<Segment>),
    /// Without producers.
    Frozen { bytes: Frozen, salt: Salt, end: usize },
}

/// What was found at the place of a reader.
enum Found {
    Frame(Frame),
    /// Nothing yet.
    Pending,
    End,
}

impl Reader {
    pub(crate) fn new(shared: Arc<Shared>, position: Arc<Position>) -> Self {
        let next = position.acknowledged() + 1;
        Self { cursor: Cursor { shared, next, current: None }, position }
    }

    /// The next record, or `None` when nothing else is published yet.
    ///
    /// Nobody wakes a reader: producers would need a system call for it. Ask again after some time.
    ///
    /// # Errors
    /// See [`ReadError`]. The reader stays before what it could not read.
    #[expect(clippy::should_implement_trait, reason = "an iterator cannot lend its items")]
    pub fn next(&mut self) -> Result<Option<Record<'_>>, ReadError> {
        self.cursor.next(Some(&self.position))
    }

    /// Notes durably that all records up to this one, itself included, need not be read again.
    ///
    /// One small write; it is synced in the flush interval, by [`Spool::flush`](crate::Spool::flush), and before a
    /// segment is removed. Acknowledging again what is acknowledged does nothing.
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

    /// The number of the next record to read, or a number before it.
    #[must_use]
    pub fn position(&self) -> Sequence {
        Sequence::new(self.cursor.next)
    }

    /// The last record that need not be read again; `None` before the first of the spool.
    #[must_use]
    pub fn acknowledged(&self) -> Option<Sequence> {
        Some(self.position.acknowledged()).filter(|&number| number > 0).map(Sequence::new)
    }

    /// What is not yet acknowledged; nothing in a process that was forked from the one that opened the spool.
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
    pub(crate) fn new(shared: Arc<Shared>, next: u64) -> Self {
        Self { cursor: Cursor { shared, next, current: None } }
    }

    /// The next record, or `None` when nothing else is published yet.
    ///
    /// # Errors
    /// See [`ReadError`]. The scan stays before what it could not read.
    #[expect(clippy::should_implement_trait, reason = "an iterator cannot lend its items")]
    pub fn next(&mut self) -> Result<Option<Record<'_>>, ReadError> {
        self.cursor.next(None)
    }
}

impl Cursor {
    fn next(&mut self, position: Option<&Position>) -> Result<Option<Record<'_>>, ReadError> {
        if self.shared.log().is_forked() {
            return Err(ReadError::Forked);
        }
        let frame = loop {
            if !self.enter_segment(position)? {
                return Ok(None);
            }
            match self.find_frame()? {
                Found::Pending => return Ok(None),
                Found::End => self.leave_segment(position),
                Found::Frame(frame) if frame.sequence < self.next => self.step_over(&frame),
                Found::Frame(frame) => break frame,
            }
        };
        self.step_over(&frame);
        if frame.sequence > self.next {
            self.shared.log().note_missing(self.next, frame.sequence - 1);
        }
        self.go_on(frame.sequence + 1, position);
        let current = self.current.as_ref().expect("the frame was found in it");
        Ok(Some(Record { sequence: Sequence::new(frame.sequence), bytes: current.source.payload(&frame) }))
    }

    fn go_on(&mut self, next: u64, position: Option<&Position>) {
        self.next = next;
        if let Some(position) = position {
            position.set_read(next - 1);
        }
    }

    /// Opens the segment that has the next record, unless one is open. False if there is none.
    fn enter_segment(&mut self, position: Option<&Position>) -> Result<bool, ReadError> {
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
            Some(live) => Ok(Source::Live(Arc::clone(&live.segment))),
            None => Err(entry.end),
        };
        if first > self.next {
            if let Some(position) = position {
                catalogue.note_passed(self.next, first, position.acknowledged());
            }
            self.go_on(first, position);
        }
        drop(catalogue);
        let source = match source {
            Ok(live) => live,
            // Dropped in this moment: the next call finds what is the oldest then.
            Err(end) => match open_frozen(log, number, end) {
                Err(ReadError::File { .. }) if !log.has_segment(number) => return Ok(false),
                other => other?,
            },
        };
        self.current = Some(Current { number, at: FRAMES, source });
        Ok(true)
    }

    fn find_frame(&mut self) -> Result<Found, ReadError> {
        let log = self.shared.log();
        let current = self.current.as_mut().expect("a segment was entered");
        let (number, at) = (current.number, current.at);
        if let Source::Live(segment) = &current.source {
            // Read before the frame: if the segment ends here now, nothing is published here later.
            let end = segment.end();
            if end.is_some_and(|end| at >= end) {
                return Ok(Found::End);
            }
            match Frame::in_mapping(segment.mapping(), at, segment.salt()) {
                Ok(Some(frame)) => return Ok(Found::Frame(frame)),
                Ok(None) => return Ok(Found::Pending),
                Err(_) => {}
            }
            let (Some(end), true) = (end, segment.is_complete()) else {
                // So that it soon has no more producers.
                log.seal_current(segment);
                return Err(ReadError::Damaged { segment: segment::name(number), at: at as u64 });
            };
            current.source = open_frozen(log, number, end)?;
        }
        let Source::Frozen { bytes, salt, end } = &current.source else {
            return Ok(Found::End);
        };
        let Some(frame) = next_frame(&bytes[..*end], at, *salt, None) else {
            log.counters.damaged_reads.add(u64::from(at < *end));
            return Ok(Found::End);
        };
        log.counters.damaged_reads.add(u64::from(frame.at > at));
        Ok(Found::Frame(frame))
    }

    fn step_over(&mut self, frame: &Frame) {
        if let Some(current) = &mut self.current {
            current.at = frame.end();
        }
    }

    fn leave_segment(&mut self, position: Option<&Position>) {
        if let Some(current) = self.current.take() {
            let last = lock(&self.shared.log().catalogue).find(current.number).and_then(|entry| entry.last);
            if let Some(last) = last.filter(|last| *last >= self.next) {
                self.shared.log().note_missing(self.next, last);
                self.go_on(last + 1, position);
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
        // With the catalogue locked: what it has read beyond is not under way any more.
        self.position.close();
    }
}

impl Source {
    fn payload(&self, frame: &Frame) -> &[u8] {
        match self {
            Self::Live(segment) => {
                let range = frame.payload();
                segment.mapping().published(range.start, range.len()).expect("the frame was read there")
            }
            Self::Frozen { bytes, .. } => &bytes[frame.payload()],
        }
    }
}

fn open_frozen(log: &Log, number: u64, end: usize) -> Result<Source, ReadError> {
    let file = segment::name(number);
    let open = || -> io::Result<Source> {
        let bytes = uninterrupted(|| log.disk.open(&file))?.map_frozen(end)?;
        let header = Header::decode(&bytes).map_err(|_| io::ErrorKind::InvalidData)?;
        let end = end.min(bytes.len());
        Ok(Source::Frozen { bytes, salt: Salt::new(header.salt), end })
    };
    open().map_err(|source| ReadError::File { file: segment::name(number), source })
}

impl Log {
    fn has_segment(&self, number: u64) -> bool {
        number > self.removed.load(Ordering::Acquire)
    }

    /// Whether a segment ends with a sequence behind the first and up to the second.
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
                Some(_) => (entry.records, (entry.end - FRAMES) as u64),
                None => (next - entry.first, self.handoff.reserved().map_or(0, |seal| (seal.end - FRAMES) as u64)),
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
