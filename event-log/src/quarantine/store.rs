//! The quarantine as a whole: adding to it, listing, showing, handing back. Knows spools, and the form of a record from its
//! parent.

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use event_spool::{AppendError, FlushError, FullPolicy, OpenError, ReadError, Record, Spool, SpoolBuilder};
use thiserror::Error;

use super::{Entry, HEAD_BYTES, Kind};

/// 64 MiB: some hundred thousand refused events, enough to see what is wrong and to mend a day's; the oldest go first.
pub const DEFAULT_QUARANTINE_BYTES: u64 = 64 << 20;
/// The reader whose position says up to where all was handed back.
const READER: &str = "kept";
/// What the reason of an entry that is cut may have at least.
const SHORT_REASON: usize = 256;
/// Small, because at least three files are there and most quarantines stay empty.
const SEGMENT_BYTES: u64 = 4 << 20;

/// Events that could not be delivered, on disk. Clones share it.
///
/// No method keeps another one waiting while it calls a closure, so that a closure may call each of them. What one caller is
/// handing back, no other is given.
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
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Records that are no entries, appended since it was opened.
    marks: AtomicU64,
    handing_back: Mutex<HandingBack>,
    /// Held by the user of the reader, who calls nobody meanwhile.
    forgetting: Mutex<()>,
}

/// The numbers of entries that are being handed back, and that were since it was opened.
#[derive(Debug, Default)]
struct HandingBack {
    claimed: HashSet<u64>,
    settled: HashSet<u64>,
}

/// What came of taking an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    Taken,
    /// Another caller has it at this moment.
    Busy,
    /// It has been handed back.
    Settled,
}

/// The entries that one caller is handing back.
#[derive(Debug)]
pub(super) struct Claims<'a> {
    quarantine: &'a Quarantine,
    numbers: HashSet<u64>,
}

impl Claims<'_> {
    /// Takes an entry for this caller, if nobody has it.
    pub(super) fn take(&mut self, number: u64) -> Claim {
        let mut handing_back = self.quarantine.handing_back();
        if handing_back.settled.contains(&number) {
            return Claim::Settled;
        }
        if !handing_back.claimed.insert(number) {
            return Claim::Busy;
        }
        self.numbers.insert(number);
        Claim::Taken
    }

    /// Gives it back.
    pub(super) fn release(&mut self, number: u64) {
        if self.numbers.remove(&number) {
            self.quarantine.handing_back().claimed.remove(&number);
        }
    }
}

impl Drop for Claims<'_> {
    fn drop(&mut self) {
        self.quarantine.handing_back().claimed.retain(|number| !self.numbers.contains(number));
    }
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
    /// Another caller is handing the entry back at this moment; or the same one, who calls from within its closure.
    #[error("the entry `{number}` is being handed back by another call")]
    Busy {
        /// The entry.
        number: u64,
    },
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

    /// How its spool is opened if nothing else is said: [`DEFAULT_QUARANTINE_BYTES`], of which the oldest go first, and
    /// records as large as its files allow.
    pub fn spool_builder() -> SpoolBuilder {
        let builder = Spool::builder().segment_bytes(SEGMENT_BYTES).max_bytes(DEFAULT_QUARANTINE_BYTES);
        let largest = builder.largest_record_bytes();
        builder.when_full(FullPolicy::DropOldest).max_record_bytes(largest)
    }

    /// The quarantine in a spool that is open already. To be made once for a spool, and cloned: two that were made would not
    /// know what the other is handing back.
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

    /// How many entries were handed back since it was opened.
    #[must_use]
    pub fn resubmitted(&self) -> u64 {
        self.shared.marks.load(Ordering::Relaxed)
    }

    /// Adds an entry, and returns its number. It survives the death of the process. Of one that is larger than a record may be,
    /// the beginning is kept, as [`Kind::Truncated`].
    ///
    /// # Errors
    /// When the spool takes no record: the disk is full.
    pub fn put(&self, entry: &Entry<'_>) -> Result<u64, AppendError> {
        let Some(most) = self.cut_of(entry) else {
            return self.append(entry);
        };
        let start = &entry.document[..most];
        let whole = entry.document.len();
        let reason =
            format!("only the first {most} of {whole} bytes are kept; {}: {}", entry.kind.name(), entry.reason);
        let Entry { status, id, sequence, .. } = *entry;
        let mut cut = Entry { status, id, sequence, ..Entry::new(Kind::Truncated, &reason, start) };
        cut.reason = &cut.reason[..cut.reason.floor_char_boundary(entry.reason.len().max(SHORT_REASON))];
        self.append(&cut)
    }

    /// How much of an entry's document is kept when it is larger than a record may be.
    pub(crate) fn cut_of(&self, entry: &Entry<'_>) -> Option<usize> {
        let head = HEAD_BYTES + entry.reason.len().max(SHORT_REASON);
        let room = self.spool.max_record_bytes().saturating_sub(head);
        (HEAD_BYTES + entry.reason.len() + entry.document.len() > self.spool.max_record_bytes()).then(|| {
            let is_inside = |byte: &u8| byte & 0xc0 == 0x80;
            let mut most = room.min(entry.document.len());
            // Not within a character.
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

    /// Calls `each` with the number of each entry and what it is, the oldest first; what is added meanwhile is left out.
    ///
    /// # Errors
    /// When the spool cannot be read. A record that another release wrote is left out.
    pub fn entries(&self, each: &mut dyn FnMut(u64, &Entry<'_>)) -> Result<(), QuarantineError> {
        let settled = self.settled()?;
        self.scan(&mut |number, entry| {
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
    /// When `resubmit` fails, with its error, or another call is handing the entry back at this moment; the entry stays.
    pub fn retry<T>(
        &self,
        number: u64,
        resubmit: &mut dyn FnMut(&Entry<'_>) -> Result<T, RefusedBack>,
    ) -> Result<Option<T>, QuarantineError> {
        let mut claims = self.claims();
        match claims.take(number) {
            Claim::Taken => (),
            Claim::Busy => return Err(QuarantineError::Busy { number }),
            Claim::Settled => return Ok(None),
        }
        // Looked for after it was taken: whoever had it before has settled it by then, or has not handed it back.
        let Some(outcome) = self.show(number, resubmit)? else { return Ok(None) };
        let value = outcome.map_err(|source| QuarantineError::Refused { number, source })?;
        self.settle(number).map_err(QuarantineError::Append)?;
        self.forget_settled()?;
        Ok(Some(value))
    }

    pub(super) fn claims(&self) -> Claims<'_> {
        Claims { quarantine: self, numbers: HashSet::new() }
    }

    fn handing_back(&self) -> MutexGuard<'_, HandingBack> {
        self.shared.handing_back.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that an entry was handed back.
    pub(super) fn settle(&self, number: u64) -> Result<(), AppendError> {
        self.put(&Entry { sequence: Some(number), ..Entry::new(Kind::Settled, "", b"") })?;
        self.shared.marks.fetch_add(1, Ordering::Relaxed);
        self.handing_back().settled.insert(number);
        Ok(())
    }

    /// Numbers of the entries that were handed back.
    pub(super) fn settled(&self) -> Result<HashSet<u64>, QuarantineError> {
        let mut settled = HashSet::new();
        self.scan(&mut |_, entry| {
            if entry.kind == Kind::Settled {
                settled.extend(entry.sequence);
            }
        })?;
        Ok(settled)
    }

    /// Lets the oldest records go, as far as all of them are settled.
    pub(super) fn forget_settled(&self) -> Result<(), QuarantineError> {
        let _alone = self.shared.forgetting.lock().unwrap_or_else(PoisonError::into_inner);
        let settled = self.settled()?;
        let mut reader = self.spool.reader(READER).map_err(QuarantineError::Open)?;
        let mut through = None;
        while let Some(record) = reader.next().map_err(QuarantineError::Read)? {
            let Record { sequence, bytes } = record;
            let is_done = |entry: &Entry<'_>| entry.kind == Kind::Settled || settled.contains(&sequence.get());
            // What another release wrote is left out of lists, and goes with what is around it.
            if !Entry::parse(bytes).map_or(true, |entry| is_done(&entry)) {
                break;
            }
            through = Some(sequence);
        }
        // A failure leaves the records listed as settled, which is what they are.
        if let Some(sequence) = through
            && reader.acknowledge(sequence).is_ok()
        {
            self.handing_back().settled.retain(|number| *number > sequence.get());
        }
        Ok(())
    }

    /// Calls `each` with all records that are there now, as far as this release knows them.
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
