//! The handle of a spool: opening, closing, and the calls that are forwarded to the log.

use std::{fmt, io, path::Path};

use crate::{
    AppendError, FlushError, OpenError, Reader, Recovery, Scan, Sequence, SpoolBuilder, Stats,
    acks::{ReaderPosition, is_valid_name},
    catalogue::Catalogue,
    disk::{Directory, LockError, uninterrupted},
    format::FRAMES_OFFSET,
    log::{Log, unix_ms},
    maintenance::BackgroundThreads,
    recovery,
    segment::{self, Segment},
    sync::{Arc, lock},
};

/// A crash-safe log of byte records. Cheap to clone; all clones are the same spool.
///
/// It stays open until the last clone and the last [`Reader`] are dropped. Dropping syncs all records and truncates unused space;
/// failures are not reported, so call [`Spool::flush`] before if they matter.
#[derive(Clone, Debug)]
pub struct Spool {
    shared: Arc<SpoolShared>,
}

/// Who does the background work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MaintenanceMode {
    Background,
    #[cfg(any(test, feature = "simulation"))]
    Manual,
}

/// The state that the handles share.
pub(crate) struct SpoolShared {
    log: Arc<Log>,
    recovery: Recovery,
    /// Before the lock, so that the threads have ended when the lock is released.
    background: Option<BackgroundThreads>,
    lock: Option<Box<dyn fmt::Debug + Send + Sync>>,
}

impl Spool {
    /// Options for opening a spool.
    pub fn builder() -> SpoolBuilder {
        SpoolBuilder::default()
    }

    pub(crate) fn open(
        disk: Arc<dyn Directory>,
        path: &Path,
        options: SpoolBuilder,
        maintenance: MaintenanceMode,
    ) -> Result<Self, OpenError> {
        let directory = || path.to_owned();
        let lock = loop {
            match disk.lock() {
                Err(LockError::Io(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                outcome => break outcome,
            }
        };
        let lock = lock.map_err(|error| match error {
            LockError::Here => OpenError::OpenHere { directory: directory() },
            LockError::Elsewhere => OpenError::Locked { directory: directory() },
            LockError::Io(source) => OpenError::Directory { directory: directory(), source },
        })?;
        let mut recovered = recovery::load(&*disk)?;
        let cleanup = std::mem::take(&mut recovered.cleanup);
        let mut recovery = recovered.report.clone();
        // Before anything is cleaned up: afterwards there would be nothing left to count, or it would be counted again.
        if recovered.gaps_changed && recovered.gaps.store(&*disk).is_err() {
            recovery.file_failures += 1;
        }
        recovery.file_failures += recovery::apply(&*disk, &cleanup.now);
        recovered.note_truncated(&cleanup.now);
        recovered.note_truncated(&cleanup.later);
        let log = Arc::new(Log::new(disk, options, recovered));
        // Without space there is no segment yet. The spool is opened all the same: its records can be read.
        let began = log.roll(None).is_ok() && log.sync().is_ok();
        recovery.file_failures += recovery::apply(&*log.disk, &cleanup.later);
        if !began && !cleanup.later.is_empty() {
            log.retry_segment();
        }
        let background = match maintenance {
            MaintenanceMode::Background => {
                let started = BackgroundThreads::start(&log);
                Some(started.map_err(|source| OpenError::Directory { directory: path.to_owned(), source })?)
            }
            #[cfg(any(test, feature = "simulation"))]
            MaintenanceMode::Manual => None,
        };
        Ok(Self { shared: Arc::new(SpoolShared { log, recovery, background, lock: Some(lock) }) })
    }

    /// Appends a record and returns its number. The record survives the death of the process when this returns.
    ///
    /// Needs no lock, system call or allocation, unless a segment ends and no spare one is ready: then this call creates one, which
    /// takes milliseconds ([`Stats::late_segments`] counts that), or
    /// [`FlushPolicy::EveryRecords`](crate::FlushPolicy::EveryRecords) requires a sync.
    ///
    /// # Errors
    /// See [`AppendError`].
    pub fn append(&self, record: &[u8]) -> Result<Sequence, AppendError> {
        self.shared.log.append(&[record])
    }

    /// Appends one record that consists of several parts, in order.
    ///
    /// # Errors
    /// See [`AppendError`].
    pub fn append_parts(&self, parts: &[&[u8]]) -> Result<Sequence, AppendError> {
        self.shared.log.append(parts)
    }

    /// Appends a record, and returns once it would survive the death of the machine.
    ///
    /// Callers that wait at the same time share a sync.
    ///
    /// # Errors
    /// See [`AppendError`]; with [`AppendError::NotSynced`] the record is in the spool nevertheless.
    pub fn append_durable(&self, record: &[u8]) -> Result<Sequence, AppendError> {
        let sequence = self.append(record)?;
        self.flush().map_err(|source| AppendError::NotSynced { sequence, source })?;
        Ok(sequence)
    }

    /// Syncs all appended records and all acknowledgements, so that they survive the death of the machine.
    ///
    /// # Errors
    /// See [`FlushError`].
    pub fn flush(&self) -> Result<(), FlushError> {
        self.shared.log.sync()
    }

    /// Opens the reader of this name. A new reader begins at the oldest record, and no record is removed before the reader has
    /// acknowledged it.
    ///
    /// # Errors
    /// See [`OpenError`]: the name is invalid, the reader is already open, or its file cannot be created.
    pub fn reader(&self, name: &str) -> Result<Reader, OpenError> {
        if !is_valid_name(name) {
            return Err(OpenError::ReaderName { name: name.to_owned() });
        }
        let log = &self.shared.log;
        if log.is_forked() {
            return Err(OpenError::Forked);
        }
        let mut readers = lock(&log.readers);
        let position = if let Some(position) = readers.get(name) {
            Arc::clone(position)
        } else {
            let oldest = lock(&log.catalogue).oldest();
            let failed = |source| OpenError::File { file: crate::acks::file_name(name), action: "written", source };
            let position = Arc::new(ReaderPosition::create(&*log.disk, name, oldest - 1).map_err(failed)?);
            readers.insert(name.to_owned(), Arc::clone(&position));
            position
        };
        if !position.try_open() {
            return Err(OpenError::ReaderOpen { name: name.to_owned() });
        }
        Ok(Reader::new(Arc::clone(&self.shared), position))
    }

    /// Reads from the record after this one, or from the oldest with `None`, without a durable position.
    ///
    /// # Errors
    /// In a process that was forked from the one that opened the spool.
    pub fn scan(&self, after: Option<Sequence>) -> Result<Scan, OpenError> {
        if self.is_forked() {
            return Err(OpenError::Forked);
        }
        Ok(Scan::new(Arc::clone(&self.shared), after.map_or(1, |after| after.get() + 1)))
    }

    /// The last record that a reader has acknowledged, whether it is open or not; `None` without such a reader, or before its first
    /// acknowledgement.
    #[must_use]
    pub fn acknowledged(&self, reader: &str) -> Option<Sequence> {
        if self.is_forked() {
            return None;
        }
        let acknowledged = lock(&self.shared.log.readers).get(reader)?.acknowledged();
        (acknowledged > 0).then(|| Sequence::new(acknowledged))
    }

    /// Removes the reader of this name, so that segments no longer wait for it. False if there is none.
    ///
    /// # Errors
    /// See [`OpenError`]: the reader is open, or its file cannot be removed.
    pub fn forget_reader(&self, name: &str) -> Result<bool, OpenError> {
        let log = &self.shared.log;
        if log.is_forked() {
            return Err(OpenError::Forked);
        }
        let mut readers = lock(&log.readers);
        match readers.get(name) {
            None => return Ok(false),
            Some(position) if position.is_open() => return Err(OpenError::ReaderOpen { name: name.to_owned() }),
            Some(_) => {}
        }
        let file = crate::acks::file_name(name);
        uninterrupted(|| log.disk.remove(&file)).and_then(|()| log.disk.sync()).map_err(|source| OpenError::File {
            file,
            action: "removed",
            source,
        })?;
        readers.remove(name);
        Ok(true)
    }

    /// The names of all readers, open or not.
    #[must_use]
    pub fn readers(&self) -> Vec<String> {
        if self.is_forked() {
            return Vec::new();
        }
        lock(&self.shared.log.readers).keys().cloned().collect()
    }

    /// Whether this process was forked from the one that opened the spool, and cannot use it. Costs no system call.
    #[must_use]
    #[inline]
    pub fn is_forked(&self) -> bool {
        self.shared.log.is_forked()
    }

    /// How many records there are after this one; all of them with `None`.
    #[must_use]
    pub fn records_after(&self, sequence: Option<Sequence>) -> u64 {
        if self.is_forked() { 0 } else { self.shared.log.records_after(sequence.map_or(0, Sequence::get)) }
    }

    /// The maximum size of a record in bytes.
    #[must_use]
    pub fn max_record_bytes(&self) -> usize {
        self.shared.log.options.max_record()
    }

    /// The name of the spool's file system, if it may not keep reserved space: copy-on-write and network file systems, and overlays.
    /// When such a disk is full, an append may end the process with SIGBUS.
    #[must_use]
    pub fn file_system_without_reservation(&self) -> Option<&'static str> {
        self.shared.log.disk.file_system_without_reservation()
    }

    /// Current counters and sizes.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.shared.log.stats()
    }

    /// What was found when the spool was opened.
    #[must_use]
    pub fn recovery(&self) -> &Recovery {
        &self.shared.recovery
    }

    /// Does one round of the background work, for a spool that was opened without background threads.
    #[cfg(any(test, feature = "simulation"))]
    pub fn maintain(&self) {
        self.shared.log.clean_up();
        // Failures are counted.
        let _ = self.shared.log.prepare_spare();
    }

    /// Records that a reader has found this record missing.
    #[cfg(test)]
    pub(crate) fn note_missing(&self, sequence: u64) {
        self.shared.log.note_missing(sequence, sequence);
    }

    /// Reserves a record and writes its payload but does not publish it, like a process that is killed at that point.
    ///
    /// # Errors
    /// As for [`Spool::append`].
    #[cfg(any(test, feature = "simulation"))]
    pub fn abandon(&self, record: &[u8]) -> Result<(), AppendError> {
        let (claim, _) = self.shared.log.reserve(record.len())?;
        claim.abandon(record);
        Ok(())
    }
}

impl SpoolShared {
    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    /// Wakes the background thread.
    pub(crate) fn wake(&self) {
        if let Some(background) = &self.background {
            background.wake();
        }
    }
}

impl Drop for SpoolShared {
    fn drop(&mut self) {
        if self.log.is_forked() {
            // The threads are the parent's. The lock's file stays open: closing it would give up the lock that a spool of
            // this process may have on the same directory by now.
            std::mem::forget((self.background.take(), self.lock.take()));
            return;
        }
        self.background = None;
        self.log.close();
    }
}

impl fmt::Debug for SpoolShared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spool").field("log", &self.log).finish_non_exhaustive()
    }
}

impl Log {
    /// Retries to begin a segment after space was freed.
    fn retry_segment(&self) {
        lock(&self.catalogue).no_segment = None;
        let _ = self.roll(None).is_ok() && self.sync().is_ok();
    }

    /// Records in a spare segment the sequence to continue with.
    fn record_next_sequence(catalogue: &Catalogue, spare: &Segment) -> io::Result<()> {
        spare.activate(catalogue.next_base, unix_ms());
        spare.sync_up_to(FRAMES_OFFSET)?;
        spare.truncate(FRAMES_OFFSET)
    }

    /// Syncs, and frees unused space. Each step may fail: the next open finds the same records.
    fn close(&self) {
        let open = lock(&self.catalogue).open_segment().map(|open| Arc::clone(&open.segment));
        if let Some(open) = &open {
            self.seal_current(open);
        }
        let synced = self.sync().is_ok();
        self.save_gaps(usize::MAX);
        let mut catalogue = lock(&self.catalogue);
        let spare = catalogue.spare.take();
        let mut is_followed = false;
        if let (Some(open), true) = (open, synced)
            && let Some(end) = open.end()
            && open.is_complete()
        {
            // A segment without records determines the sequence to continue with, so it is kept, truncated. After a segment with
            // records the spare does: without it, damage to the last records could not be distinguished from their absence.
            is_followed = end > FRAMES_OFFSET
                && spare.as_ref().is_some_and(|spare| Self::record_next_sequence(&catalogue, spare).is_ok());
            let _ = open.truncate(end);
        }
        if let (Some(spare), false) = (spare, is_followed) {
            let _ = self.disk.remove(&segment::name(spare.number())).and_then(|()| self.disk.sync());
        }
    }
}
