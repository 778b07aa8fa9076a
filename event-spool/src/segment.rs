//! A segment that this process appends to, or is about to; knows the format, and nothing of other segments.

use std::{io, sync::OnceLock};

use crate::{
    disk::{Directory, File, uninterrupted, write_all_at},
    format::{Activation, FRAMES_OFFSET, Header, Salt, claimed_length, padded},
    mapping::{Mapping, Seal},
    sync::{Arc, AtomicBool, AtomicU64, Ordering},
};

/// A segment of this process.
#[derive(Debug)]
pub(crate) struct Segment {
    number: u64,
    salt: Salt,
    mapping: Mapping,
    file: Arc<dyn File>,
    /// The first sequence; zero before the segment is current.
    base: AtomicU64,
    /// Where it ends, in bytes; zero while it is open.
    end: AtomicU64,
    /// Everything before this offset is published; advanced by [`Segment::walk_published`].
    published: AtomicU64,
    /// Everything published before this offset is on disk; advanced by the one thread that syncs.
    synced: AtomicU64,
    /// The offset up to which pages are prepared for writing; advanced by the background thread.
    populated: AtomicU64,
    failed: AtomicBool,
    activated: OnceLock<Activation>,
}

impl Segment {
    /// Creates the file of a segment, fully allocated and synced, but does not make it current.
    ///
    /// # Errors
    /// The error of the file system; the file is then removed if possible.
    pub fn prepare(disk: &dyn Directory, number: u64, capacity: u64) -> io::Result<Arc<Self>> {
        let name = name(number);
        let file = uninterrupted(|| disk.create(&name))?;
        Self::fill(disk, file, number, capacity).inspect_err(|_| {
            // Best effort: a file that stays has no records, and the next open removes it.
            let _ = disk.remove(&name);
        })
    }

    fn fill(disk: &dyn Directory, file: Arc<dyn File>, number: u64, capacity: u64) -> io::Result<Arc<Self>> {
        uninterrupted(|| file.allocate(capacity))?;
        let header = Header { salt: disk.random()?, number, capacity, boot: disk.boot() };
        let length = usize::try_from(capacity).expect("the builder checks the size of segments");
        let mut mapping = file.map(length)?;
        mapping.write_unshared(0, &header.encode_page());
        file.sync()?;
        disk.sync()?;
        Ok(Arc::new(Self {
            number,
            salt: Salt::new(header.salt),
            mapping,
            file,
            base: AtomicU64::new(0),
            end: AtomicU64::new(0),
            published: AtomicU64::new(FRAMES_OFFSET as u64),
            synced: AtomicU64::new(0),
            populated: AtomicU64::new(FRAMES_OFFSET as u64),
            failed: AtomicBool::new(false),
            activated: OnceLock::new(),
        }))
    }

    pub fn number(&self) -> u64 {
        self.number
    }

    pub fn salt(&self) -> Salt {
        self.salt
    }

    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// The sequence of its first record.
    pub fn base(&self) -> u64 {
        self.base.load(Ordering::Acquire)
    }

    /// Prepares it to become current; only the first call has an effect.
    pub fn activate(&self, base: u64, unix_ms: u64) {
        let activation = *self.activated.get_or_init(|| Activation { base, unix_ms });
        let (places, bytes) = activation.encode(self.salt);
        self.mapping.write_once(&places, &bytes);
        self.base.store(activation.base, Ordering::Release);
    }

    /// When it became current, in milliseconds since 1970.
    pub fn activated_ms(&self) -> Option<u64> {
        self.activated.get().map(|activation| activation.unix_ms)
    }

    pub fn seal(&self, seal: Seal) {
        self.end.store(seal.end as u64, Ordering::Release);
    }

    /// Where it ends, in bytes; `None` while it is open.
    pub fn end(&self) -> Option<usize> {
        match self.end.load(Ordering::Acquire) {
            0 => None,
            end => Some(to_address(end)),
        }
    }

    /// Walks over the frames published since the last walk, and returns the offset up to which there is no gap.
    pub fn walk_published(&self) -> usize {
        let mut at = to_address(self.published.load(Ordering::Acquire));
        while self.end().is_none_or(|end| at < end) {
            match self.mapping.load_word(at, Ordering::Acquire) {
                None | Some(0) => break,
                Some(word) => at += padded(claimed_length(word)),
            }
        }
        self.published.fetch_max(at as u64, Ordering::AcqRel);
        at
    }

    /// Whether it is sealed and all its frames are published: it has no producers, and never will.
    pub fn is_complete(&self) -> bool {
        self.end().is_some_and(|end| self.walk_published() >= end)
    }

    /// The offset up to which it is on disk.
    pub fn synced(&self) -> usize {
        to_address(self.synced.load(Ordering::Acquire))
    }

    /// Whether a sync has failed. It is not repeated: pages that could not be written count as clean.
    pub fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    /// Writes everything that is published and not yet on disk, up to `reserved`. Called by one thread at a time.
    ///
    /// # Errors
    /// The error of the file system; the segment has then failed permanently.
    pub fn sync_up_to(&self, reserved: usize) -> io::Result<()> {
        let from = self.synced();
        if from >= reserved || self.has_failed() {
            return Ok(());
        }
        // Before the sync: a frame published during it may be on disk or not, and is written by the next one.
        let published = self.walk_published();
        // Producers no longer write to published frames; a page that they share with one is mapped again by their next store.
        self.mapping.advise_dont_need(from..published);
        match uninterrupted(|| self.file.sync_mapping(&self.mapping, from..reserved)) {
            Ok(()) => {
                self.synced.store(published as u64, Ordering::Release);
                Ok(())
            }
            Err(error) => {
                self.failed.store(true, Ordering::Release);
                Err(error)
            }
        }
    }

    /// Prepares pages for writing up to `until`, in steps large enough for a system call.
    pub fn populate_up_to(&self, until: usize) {
        /// A few dozen pages for one system call.
        const STEP: usize = 256 << 10;
        let from = to_address(self.populated.load(Ordering::Relaxed));
        let until = until.next_multiple_of(STEP).min(self.mapping.length());
        if from < until {
            self.mapping.populate(from..until);
            self.populated.store(until as u64, Ordering::Relaxed);
        }
    }

    /// Truncates the file after the last frame, once nobody appends to it.
    pub fn truncate(&self, end: usize) -> io::Result<()> {
        uninterrupted(|| self.file.truncate(end as u64))?;
        self.file.sync()
    }
}

/// The name of the file of a segment.
pub(crate) fn name(number: u64) -> String {
    format!("segment-{number:020}")
}

/// The number in the name of a segment.
pub(crate) fn parse_name(file: &str) -> Option<u64> {
    let number = file.strip_prefix("segment-")?.parse().ok()?;
    (name(number) == file).then_some(number)
}

/// Saves bytes in a separate file. False if an earlier recovery has done so.
pub(crate) fn set_aside(disk: &dyn Directory, name: &str, bytes: &[u8]) -> io::Result<bool> {
    let file = match uninterrupted(|| disk.create(name)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        Err(error) => return Err(error),
    };
    write_all_at(&*file, bytes, 0)?;
    file.sync()?;
    Ok(true)
}

fn to_address(offset: u64) -> usize {
    usize::try_from(offset).expect("offsets in a mapping are addresses")
}
