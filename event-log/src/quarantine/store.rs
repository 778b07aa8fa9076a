//! The quarantine as a whole: adding, listing, showing and resubmitting entries. Knows spools; the layout of a record is its
//! parent's.

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use event_spool::{AppendError, FlushError, FullPolicy, OpenError, ReadError, Record, Spool, SpoolBuilder};
use thiserror::Error;

use super::{Entry, EntryKind, HEAD_BYTES};

/// 64 MiB: some hundred thousand refused events, enough to find the cause and repair a day's worth; the oldest are dropped first.
pub const DEFAULT_QUARANTINE_BYTES: u64 = 64 << 20;
/// The reader whose position is the last record up to which every entry was resubmitted.
const READER: &str = "kept";
/// Bytes that the reason of a truncated entry may have at least.
const SHORT_REASON: usize = 256;
/// Small, because there are at least three files and most quarantines stay empty.
const SEGMENT_BYTES: u64 = 4 << 20;

/// Events that could not be delivered, on disk. Clones share it.
///
/// No method holds a lock while it calls a closure, so a closure may call any of them. An entry that one caller is resubmitting
/// is given to no other.
///
/// When it is full the oldest entries are dropped; [`Spool::stats`] counts them.
///
/// # Examples
/// ```
/// use event_log::quarantine::{Entry, EntryKind, Quarantine};
///
/// let directory = tempfile::tempdir()?;
/// let quarantine = Quarantine::open(directory.path())?;
/// let number = quarantine.put(&Entry::new(EntryKind::Invalid, "unknown field `mesage`", br#"{"mesage":"hello"}"#))?;
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
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Records that are no entries, appended since it was opened.
    marks: AtomicU64,
    resubmit_state: Mutex<ResubmitState>,
    /// Held by the user of the reader, who calls no closure meanwhile.
    forgetting: Mutex<()>,
}

/// The numbers of entries that are being resubmitted, and of those that were since it was opened.
#[derive(Debug, Default)]
struct ResubmitState {
    claimed: HashSet<u64>,
    settled: HashSet<u64>,
}

/// Whether an entry could be claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClaimOutcome {
    Taken,
    /// Another caller has it at this moment.
    Busy,
    /// It has been resubmitted.
    Settled,
}

/// The entries that one caller is resubmitting.
#[derive(Debug)]
pub(super) struct Claims<'a> {
    quarantine: &'a Quarantine,
    numbers: HashSet<u64>,
}

impl Claims<'_> {
    /// Claims an entry for this caller, if it is free.
    pub(super) fn take(&mut self, number: u64) -> ClaimOutcome {
        let mut state = self.quarantine.resubmit_state();
        if state.settled.contains(&number) {
            return ClaimOutcome::Settled;
        }
        if !state.claimed.insert(number) {
            return ClaimOutcome::Busy;
        }
        self.numbers.insert(number);
        ClaimOutcome::Taken
    }

    /// Releases a claim.
    pub(super) fn release(&mut self, number: u64) {
        if self.numbers.remove(&number) {
            self.quarantine.resubmit_state().claimed.remove(&number);
        }
    }
}

impl Drop for Claims<'_> {
    fn drop(&mut self) {
        self.quarantine.resubmit_state().claimed.retain(|number| !self.numbers.contains(number));
    }
}

/// Why an entry was not accepted again.
pub type ResubmitError = Box<dyn std::error::Error + Send + Sync>;

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
    /// An entry was resubmitted, but that could not be recorded. It is still listed.
    #[error("cannot write to the quarantine: {0}")]
    Append(AppendError),
    /// The spool of events accepts no entry, or no further one.
    #[error("the spool of events accepts no entry: {0}")]
    Events(AppendError),
    /// Entries were appended to the spool of events, but may not be on disk. They are still listed.
    #[error("resubmitted entries cannot be synced: {0}")]
    Sync(FlushError),
    /// Another call is resubmitting the entry at this moment; possibly an outer call of the same thread, from whose closure
    /// this one was made.
    #[error("the entry `{number}` is being resubmitted by another call")]
    Busy {
        /// The entry.
        number: u64,
    },
    /// The `resubmit` function did not accept the entry. It is still in quarantine.
    #[error("the entry `{number}` was not resubmitted: {source}")]
    Refused {
        /// The entry.
        number: u64,
        /// Why.
        r#source: ResubmitError,
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

    /// How its spool is opened by default: [`DEFAULT_QUARANTINE_BYTES`], dropping the oldest entries first, with records as large
    /// as its files allow.
    pub fn spool_builder() -> SpoolBuilder {
        let builder = Spool::builder().segment_bytes(SEGMENT_BYTES).max_bytes(DEFAULT_QUARANTINE_BYTES);
        let largest = builder.largest_record_bytes();
        builder.when_full(FullPolicy::DropOldest).max_record_bytes(largest)
    }

    /// The quarantine in a spool that is already open. Create it once for a spool and clone it: two instances do not know
    /// what the other is resubmitting.
    #[must_use]
    pub fn over(spool: Spool) -> Self {
        Self { spool, shared: Arc::default() }
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
        let marks = self.shared.marks.load(Ordering::Relaxed);
        self.spool.stats().appended.saturating_sub(marks)
    }

    /// How many entries were resubmitted since it was opened.
    #[must_use]
    pub fn resubmitted(&self) -> u64 {
        self.shared.marks.load(Ordering::Relaxed)
    }

    /// Adds an entry, and returns its number. It survives the death of the process. Of an entry larger than a record may be,
    /// only the beginning is kept, as [`EntryKind::Truncated`].
    ///
    /// # Errors
    /// When the spool accepts no record: the disk is full.
    pub fn put(&self, entry: &Entry<'_>) -> Result<u64, AppendError> {
        let Some(most) = self.cut_of(entry) else {
            return self.append(entry);
        };
        let start = &entry.document[..most];
        let whole = entry.document.len();
        let reason =
            format!("only the first {most} of {whole} bytes are kept; {}: {}", entry.kind.name(), entry.reason);
        let Entry { status, id, sequence, .. } = *entry;
        let mut cut = Entry { status, id, sequence, ..Entry::new(EntryKind::Truncated, &reason, start) };
        cut.reason = &cut.reason[..cut.reason.floor_char_boundary(entry.reason.len().max(SHORT_REASON))];
        self.append(&cut)
    }

    /// How many bytes of an entry's document are kept when it is larger than a record may be.
    pub(crate) fn cut_of(&self, entry: &Entry<'_>) -> Option<usize> {
        let head = HEAD_BYTES + entry.reason.len().max(SHORT_REASON);
        let room = self.spool.max_record_bytes().saturating_sub(head);
        (HEAD_BYTES + entry.reason.len() + entry.document.len() > self.spool.max_record_bytes()).then(|| {
            let is_inside = |byte: &u8| byte & 0xc0 == 0x80;
            let mut most = room.min(entry.document.len());
            // Not in the middle of a character.
            while most > 0 && entry.document.get(most).is_some_and(is_inside) {
                most -= 1;
            }
            most
        })
    }

    fn append(&self, entry: &Entry<'_>) -> Result<u64, AppendError> {
        let sequence = self.spool.append_parts(&[&entry.head(), entry.reason.as_bytes(), entry.document])?;
        Ok(sequence.get())
    }

    /// Calls `each` with the number and content of each entry, the oldest first; entries added meanwhile are left out.
    ///
    /// # Errors
    /// When the spool cannot be read. Records that another release wrote are left out.
    pub fn entries(&self, each: &mut dyn FnMut(u64, &Entry<'_>)) -> Result<(), QuarantineError> {
        let settled = self.settled()?;
        self.scan(&mut |number, entry| {
            if entry.kind != EntryKind::Settled && !settled.contains(&number) {
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

    /// The result of `see` on one entry; `None` when there is no such entry.
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

    /// Resubmits an entry: `resubmit` logs it again, and when that succeeds the entry is marked as settled. `None` when there is
    /// no such entry.
    ///
    /// After a crash in between the entry is still listed. Append one of [`EntryKind::Rejected`] to the spool under its own id, so
    /// that resubmitting it a second time does no harm.
    ///
    /// # Errors
    /// When `resubmit` fails, with its error, or when another call is resubmitting the entry at this moment; the entry stays.
    pub fn retry<T>(
        &self,
        number: u64,
        resubmit: &mut dyn FnMut(&Entry<'_>) -> Result<T, ResubmitError>,
    ) -> Result<Option<T>, QuarantineError> {
        let mut claims = self.claims();
        match claims.take(number) {
            ClaimOutcome::Taken => (),
            ClaimOutcome::Busy => return Err(QuarantineError::Busy { number }),
            ClaimOutcome::Settled => return Ok(None),
        }
        // Looked up after it was claimed: a previous claimant has settled it by then, or has not resubmitted it.
        let Some(outcome) = self.show(number, resubmit)? else { return Ok(None) };
        let value = outcome.map_err(|source| QuarantineError::Refused { number, source })?;
        self.settle(number).map_err(QuarantineError::Append)?;
        self.forget_settled()?;
        Ok(Some(value))
    }

    pub(super) fn claims(&self) -> Claims<'_> {
        Claims { quarantine: self, numbers: HashSet::new() }
    }

    fn resubmit_state(&self) -> MutexGuard<'_, ResubmitState> {
        self.shared.resubmit_state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that an entry was resubmitted.
    pub(super) fn settle(&self, number: u64) -> Result<(), AppendError> {
        self.put(&Entry { sequence: Some(number), ..Entry::new(EntryKind::Settled, "", b"") })?;
        self.shared.marks.fetch_add(1, Ordering::Relaxed);
        self.resubmit_state().settled.insert(number);
        Ok(())
    }

    /// Numbers of the entries that were resubmitted.
    pub(super) fn settled(&self) -> Result<HashSet<u64>, QuarantineError> {
        let mut settled = HashSet::new();
        self.scan(&mut |_, entry| {
            if entry.kind == EntryKind::Settled {
                settled.extend(entry.sequence);
            }
        })?;
        Ok(settled)
    }

    /// Releases the oldest records, up to the first that is not settled.
    pub(super) fn forget_settled(&self) -> Result<(), QuarantineError> {
        let _alone = self.shared.forgetting.lock().unwrap_or_else(PoisonError::into_inner);
        let settled = self.settled()?;
        let mut reader = self.spool.reader(READER).map_err(QuarantineError::Open)?;
        let mut through = None;
        while let Some(record) = reader.next().map_err(QuarantineError::Read)? {
            let Record { sequence, bytes } = record;
            let is_done = |entry: &Entry<'_>| entry.kind == EntryKind::Settled || settled.contains(&sequence.get());
            // Records of another release are left out of listings, and released with those around them.
            if !Entry::parse(bytes).map_or(true, |entry| is_done(&entry)) {
                break;
            }
            through = Some(sequence);
        }
        // After a failure the records remain, marked as settled, which they are.
        if let Some(sequence) = through
            && reader.acknowledge(sequence).is_ok()
        {
            self.resubmit_state().settled.retain(|number| *number > sequence.get());
        }
        Ok(())
    }

    /// Calls `each` with all records present now whose format this release knows.
    pub(super) fn scan(&self, each: &mut dyn FnMut(u64, &Entry<'_>)) -> Result<(), QuarantineError> {
        let end = self.spool.stats().next_sequence;
        let mut scan = self.spool.scan(self.spool.acknowledged(READER)).map_err(QuarantineError::Open)?;
        while let Some(record) = scan.next().map_err(QuarantineError::Read)?.filter(|record| record.sequence < end) {
            if let Ok(entry) = Entry::parse(record.bytes) {
                each(record.sequence.get(), &entry);
            }
        }
        Ok(())
    }
}
