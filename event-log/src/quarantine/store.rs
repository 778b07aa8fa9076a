//! The quarantine as a whole: adding to it, listing, showing, handing back. Knows spools, and the form of a record from its
//! parent.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use event_spool::{AppendError, FullPolicy, OpenError, ReadError, Reader, Sequence, Spool};
use thiserror::Error;

use super::{Entry, Kind};

/// Bytes on disk at most: a hundred thousand refused events and more, which a person would see long before.
pub const DEFAULT_QUARANTINE_BYTES: u64 = 128 << 20;
/// The reader that everything in the quarantine is read by. What it has acknowledged was handed back.
const READER: &str = "kept";
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
}

/// Why an entry that was handed back is not taken.
pub type RefusedBack = Box<dyn std::error::Error + Send + Sync>;

/// The quarantine cannot be read or changed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum QuarantineError {
    /// Its reader cannot be opened.
    #[error("cannot open the quarantine")]
    Open(#[from] OpenError),
    /// A record cannot be read.
    #[error("cannot read the quarantine")]
    Read(#[from] ReadError),
    /// That an entry was handed back cannot be written down. It is still listed, and was handed back.
    #[error("cannot write to the quarantine")]
    Append(#[from] AppendError),
    /// What entries are handed back to did not take one. It is still in quarantine.
    #[error("the entry `{number}` was not taken back")]
    Refused {
        /// The entry.
        number: u64,
        /// Why.
        source: RefusedBack,
    },
}

impl Quarantine {
    /// Opens the quarantine in a directory, or makes one.
    ///
    /// # Errors
    /// As for a spool: another process has it open, or the directory cannot be used.
    pub fn open(directory: impl AsRef<Path>) -> Result<Self, OpenError> {
        let spool = Spool::builder()
            .segment_bytes(SEGMENT_BYTES)
            .max_bytes(DEFAULT_QUARANTINE_BYTES)
            .when_full(FullPolicy::DropOldest)
            .open(directory)?;
        Ok(Self::over(spool))
    }

    /// The quarantine in a spool that is open already.
    #[must_use]
    pub fn over(spool: Spool) -> Self {
        Self { spool, scanning: Arc::default() }
    }

    /// The spool that it is in.
    #[must_use]
    pub fn spool(&self) -> &Spool {
        &self.spool
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
        let _alone = self.scanning.lock().unwrap_or_else(PoisonError::into_inner);
        let settled = self.settled()?;
        let mut reader = self.spool.reader(READER)?;
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
        self.put(&Entry { sequence: Some(number), ..Entry::new(Kind::Settled, "", b"") })?;
        self.forget_settled()?;
        Ok(Some(value))
    }

    /// Numbers of the entries that were handed back.
    fn settled(&self) -> Result<HashSet<u64>, QuarantineError> {
        let mut settled = HashSet::new();
        let mut reader = self.spool.reader(READER)?;
        scan(&mut reader, &mut |_, entry| {
            if entry.kind == Kind::Settled {
                settled.extend(entry.sequence);
            }
        })?;
        Ok(settled)
    }

    /// Lets the oldest records go, as far as all of them are settled.
    fn forget_settled(&self) -> Result<(), QuarantineError> {
        let _alone = self.scanning.lock().unwrap_or_else(PoisonError::into_inner);
        let settled = self.settled()?;
        let mut reader = self.spool.reader(READER)?;
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

fn scan(reader: &mut Reader, each: &mut dyn FnMut(u64, &Entry<'_>)) -> Result<(), QuarantineError> {
    while let Some(record) = reader.next()? {
        if let Ok(entry) = Entry::parse(record.bytes) {
            each(record.sequence.get(), &entry);
        }
    }
    Ok(())
}
