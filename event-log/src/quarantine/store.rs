//! The quarantine as a whole: adding to it, listing, showing, handing back. Knows spools, and the form of a record from its
//! parent.

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use event_spool::{AppendError, FlushError, FullPolicy, OpenError, ReadError, Reader, Sequence, Spool, SpoolBuilder};
use thiserror::Error;

use super::{Entry, Kind};

/// 64 MiB: some hundred thousand refused events, enough to see what is wrong and to mend a day's; the oldest go first.
pub const DEFAULT_QUARANTINE_BYTES: u64 = 64 << 20;
/// The reader that everything in the quarantine is read by. What it has acknowledged was handed back.
pub(super) const READER: &str = "kept";
/// Small, because at least three files are there and most quarantines stay empty.
const SEGMENT_BYTES: u64 = 4 << 20;

/// Events that could not be delivered, on disk. Clones share it.
///
/// When it is full the oldest entries go; [`Spool::stats`] counts them.
///
/// # Examples
/// ```
/// use event_log::quarantine::{Entry, Kind, Quarantine};
///
/// let directory = tempfile::tempdir()?;
/// let quarantine = Quarantine::open(directory.path())?;
/// let number = quarantine.put(&Entry::new(Kind::Invalid, "unknown field `mesage`", br#"{"mesage":"hello"}"#))?;
///
/// quarantine.entries(&mut |number, entry| println!("{number} {} {}", entry.kind.name(), entry.reason))?;
/// let corrected = quarantine.retry(number, &mut |entry| Ok(entry.document.to_vec()))?;
/// assert_eq!(corrected, Some(br#"{"mesage":"hello"}"#.to_vec()));
/// assert_eq!(quarantine.count()?, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Quarantine {
    spool: Spool,
    /// One scan at a time: they share a reader.
    scanning: Arc<Mutex<()>>,
    /// Records that are no entries, appended since it was opened.
    marks: Arc<AtomicU64>,
}

/// Why an entry that was handed back is not taken.
pub type RefusedBack = Box<dyn std::error::Error + Send + Sync>;

/// The quarantine cannot be read or changed.
#[derive(Error)]
#[non_exhaustive]
pub enum QuarantineError {
    /// Its reader cannot be opened.
    #[error("cannot open the quarantine: {0}")]
    Open(OpenError),
    /// A record cannot be read.
    #[error("cannot read the quarantine: {0}")]
    Read(ReadError),
    /// That an entry was handed back cannot be written down. It is still listed, and was handed back.
    #[error("cannot write to the quarantine: {0}")]
    Append(AppendError),
    /// The spool of events takes no entry, or no further one.
    #[error("the spool of events takes nothing back: {0}")]
    Events(AppendError),
    /// What was handed back is in the spool of events and not certainly on disk. It is still listed.
    #[error("what was handed back cannot be synced: {0}")]
    Sync(FlushError),
    /// What entries are handed back to did not take one. It is still in quarantine.
    #[error("the entry `{number}` was not taken back: {source}")]
    Refused {
        /// The entry.
        number: u64,
        /// Why.
        r#source: RefusedBack,
    },
}

impl Quarantine {
    /// Opens the quarantine in a directory, or makes one.
    ///
    /// # Errors
    /// As for a spool: another process has it open, or the directory cannot be used.
    pub fn open(directory: impl AsRef<Path>) -> Result<Self, OpenError> {
        Ok(Self::over(Self::spool_builder().open(directory)?))
    }

    /// How its spool is opened if nothing else is said: [`DEFAULT_QUARANTINE_BYTES`], of which the oldest go first.
    pub fn spool_builder() -> SpoolBuilder {
        Spool::builder()
            .segment_bytes(SEGMENT_BYTES)
            .max_bytes(DEFAULT_QUARANTINE_BYTES)
            .when_full(FullPolicy::DropOldest)
    }

    /// The quarantine in a spool that is open already.
    #[must_use]
    pub fn over(spool: Spool) -> Self {
        Self { spool, scanning: Arc::default(), marks: Arc::default() }
    }

    /// The spool that it is in.
    #[must_use]
    pub fn spool(&self) -> &Spool {
        &self.spool
    }

    /// How many entries were added since it was opened.
    #[must_use]
    pub fn added(&self) -> u64 {
        // In this order, so that a mark is never counted before its record.
        let marks = self.marks.load(Ordering::Relaxed);
        self.spool.stats().appended.saturating_sub(marks)
    }

    /// Adds an entry, and returns its number. It survives the death of the process.
    ///
    /// # Errors
    /// When the spool takes no record: it is larger than any, or the disk is full.
    pub fn put(&self, entry: &Entry<'_>) -> Result<u64, AppendError> {
        let sequence = self.spool.append_parts(&[&entry.head(), entry.reason.as_bytes(), entry.document])?;
        Ok(sequence.get())
    }

    /// Calls `each` with the number of each entry and what it is, the oldest first.
    ///
    /// # Errors
    /// When the spool cannot be read. A record that another release wrote is left out.
    pub fn entries(&self, each: &mut dyn FnMut(u64, &Entry<'_>)) -> Result<(), QuarantineError> {
        let _alone = self.lock();
        let settled = self.settled()?;
        let mut reader = self.spool.reader(READER).map_err(QuarantineError::Open)?;
        scan(&mut reader, &mut |number, entry| {
            if entry.kind != Kind::Settled && !settled.contains(&number) {
                each(number, entry);
            }
        })
    }

    /// How many entries there are.
    ///
    /// # Errors
    /// As [`entries`](Self::entries).
    pub fn count(&self) -> Result<u64, QuarantineError> {
        let mut count = 0;
        self.entries(&mut |_, _| count += 1)?;
        Ok(count)
    }

    /// What `see` makes of one entry; `None` when there is no such entry.
    ///
    /// # Errors
    /// As [`entries`](Self::entries).
    pub fn show<T>(&self, number: u64, see: &mut dyn FnMut(&Entry<'_>) -> T) -> Result<Option<T>, QuarantineError> {
        let mut seen = None;
        self.entries(&mut |at, entry| {
            if at == number {
                seen = Some(see(entry));
            }
        })?;
        Ok(seen)
    }

    /// Hands an entry back: `resubmit` logs it again, and when it succeeds the entry is settled. `None` when there is no
    /// such entry.
    ///
    /// After a crash in between the entry is still listed. One of [`Kind::Rejected`] is to be appended to the spool under
    /// its own id, so that handing it back again does no harm.
    ///
    /// # Errors
    /// When `resubmit` fails, with its error; the entry stays.
    pub fn retry<T>(
        &self,
        number: u64,
        resubmit: &mut dyn FnMut(&Entry<'_>) -> Result<T, RefusedBack>,
    ) -> Result<Option<T>, QuarantineError> {
        let Some(outcome) = self.show(number, resubmit)? else { return Ok(None) };
        let value = outcome.map_err(|source| QuarantineError::Refused { number, source })?;
        self.settle(number).map_err(QuarantineError::Append)?;
        self.forget_settled()?;
        Ok(Some(value))
    }

    /// Notes that an entry was handed back.
    pub(super) fn settle(&self, number: u64) -> Result<(), AppendError> {
        self.put(&Entry { sequence: Some(number), ..Entry::new(Kind::Settled, "", b"") })?;
        self.marks.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// For one scan.
    pub(super) fn lock(&self) -> MutexGuard<'_, ()> {
        self.scanning.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Numbers of the entries that were handed back.
    pub(super) fn settled(&self) -> Result<HashSet<u64>, QuarantineError> {
        let mut settled = HashSet::new();
        let mut reader = self.spool.reader(READER).map_err(QuarantineError::Open)?;
        scan(&mut reader, &mut |_, entry| {
            if entry.kind == Kind::Settled {
                settled.extend(entry.sequence);
            }
        })?;
        Ok(settled)
    }

    /// Lets the oldest records go, as far as all of them are settled.
    pub(super) fn forget_settled(&self) -> Result<(), QuarantineError> {
        let _alone = self.lock();
        let settled = self.settled()?;
        let mut reader = self.spool.reader(READER).map_err(QuarantineError::Open)?;
        let mut through = None;
        let mut is_open = true;
        scan(&mut reader, &mut |number, entry| {
            is_open &= entry.kind == Kind::Settled || settled.contains(&number);
            if is_open {
                through = Some(number);
            }
        })?;
        // A failure leaves the records listed as settled, which is what they are.
        if let Some(sequence) = through.map(Sequence::new) {
            let _ = reader.acknowledge(sequence);
        }
        Ok(())
    }
}

pub(super) fn scan(reader: &mut Reader, each: &mut dyn FnMut(u64, &Entry<'_>)) -> Result<(), QuarantineError> {
    while let Some(record) = reader.next().map_err(QuarantineError::Read)? {
        if let Ok(entry) = Entry::parse(record.bytes) {
            each(record.sequence.get(), &entry);
        }
    }
    Ok(())
}
