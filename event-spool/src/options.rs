//! How a spool is to behave, as values; opens nothing itself but asks the log to.

#[cfg(any(test, feature = "simulation"))]
use crate::disk::simulated::SimulatedDirectory;
use std::{fmt, num::NonZeroU32, path::Path, sync::Arc, time::Duration};

use crate::{
    OpenError, Spool, Stats,
    disk::RealDirectory,
    format::{FRAME_HEADER, FRAMES},
    mapping::MAX_CAPACITY,
};

/// 16 MiB: some 50,000 events of 300 bytes; small enough that space comes back soon after an acknowledgement and that a
/// new segment is made within a few milliseconds, large enough that this happens rarely.
pub const DEFAULT_SEGMENT_BYTES: u64 = 16 << 20;
/// 1 GiB: some three million events of 300 bytes, which is a day of an outage at 38 events a second.
pub const DEFAULT_MAX_BYTES: u64 = 1 << 30;
/// What is lost at most when the machine dies, not the process. A sync costs a fraction of a millisecond of disk, and none
/// of the producers' time.
pub const DEFAULT_FLUSH_INTERVAL: Duration = Duration::from_millis(100);
/// The greatest record unless said: a frame of 1 MiB.
pub const DEFAULT_MAX_RECORD_BYTES: usize = (1 << 20) - FRAME_HEADER;

const MIN_SEGMENT_BYTES: u64 = 2 * FRAMES as u64;
const MIN_SEGMENTS: u64 = 3;

/// What happens to a record that has no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum FullPolicy {
    /// It is refused and counted; what is in the spool stays.
    #[default]
    Refuse,
    /// The oldest segment goes, counted, and readers in it are moved forward.
    DropOldest,
}

/// When records are made to survive the death of the machine. They survive that of the process at once, always.
///
/// A segment that is full is synced under each policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlushPolicy {
    /// On a background thread, in this interval.
    Interval(Duration),
    /// By the append whose sequence is a multiple of this number, which waits for it. A failure is counted, not returned:
    /// the record is in the spool.
    EveryRecords(NonZeroU32),
    /// By [`Spool::flush`] and [`Spool::append_durable`] alone.
    Explicit,
}

impl Default for FlushPolicy {
    fn default() -> Self {
        Self::Interval(DEFAULT_FLUSH_INTERVAL)
    }
}

/// How to open a [`Spool`].
#[derive(Clone, Debug)]
#[must_use]
pub struct SpoolBuilder {
    pub(crate) segment_bytes: u64,
    pub(crate) max_bytes: u64,
    pub(crate) when_full: FullPolicy,
    pub(crate) flush_policy: FlushPolicy,
    pub(crate) on_loss: Option<OnLoss>,
    max_record_bytes: Option<usize>,
}

/// Who is told that records were lost.
#[derive(Clone)]
pub(crate) struct OnLoss(pub Arc<dyn Fn(&Stats) + Send + Sync>);

impl fmt::Debug for OnLoss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnLoss")
    }
}

impl Default for SpoolBuilder {
    fn default() -> Self {
        Self {
            segment_bytes: DEFAULT_SEGMENT_BYTES,
            max_bytes: DEFAULT_MAX_BYTES,
            when_full: FullPolicy::default(),
            flush_policy: FlushPolicy::default(),
            on_loss: None,
            max_record_bytes: None,
        }
    }
}

impl SpoolBuilder {
    /// The size of the files, in bytes: a multiple of 4,096 from 8,192 to 128 MiB, [`DEFAULT_SEGMENT_BYTES`] unless said.
    ///
    /// A record may take half of what a segment has for records at most. Segments that exist keep their size.
    pub fn segment_bytes(mut self, bytes: u64) -> Self {
        self.segment_bytes = bytes;
        self
    }

    /// The bytes of all segments together, the one that is kept ready included: three segments at least,
    /// [`DEFAULT_MAX_BYTES`] unless said. The files of readers, of some KiB each, come on top.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// The bytes of a record at most: no more than [`largest_record_bytes`](Self::largest_record_bytes). Unless said, it is that
    /// or [`DEFAULT_MAX_RECORD_BYTES`], whichever is less. Larger ones that are in the spool are read.
    pub fn max_record_bytes(mut self, bytes: usize) -> Self {
        self.max_record_bytes = Some(bytes);
        self
    }

    /// Lets records have so many bytes, and makes segments and the spool larger where they have to be for that.
    pub fn fit_records(mut self, bytes: usize) -> Self {
        self.segment_bytes = self.segment_bytes.max(Self::segment_bytes_for(bytes));
        self.max_bytes = self.max_bytes.max(self.segment_bytes.saturating_mul(MIN_SEGMENTS));
        let most = bytes.max(self.max_record());
        self.max_record_bytes(most)
    }

    /// The least `segment_bytes` with which records may have so many bytes.
    #[must_use]
    pub fn segment_bytes_for(bytes: usize) -> u64 {
        let half = (bytes as u64).saturating_add(FRAME_HEADER as u64);
        let whole = half.saturating_mul(2).saturating_add(FRAMES as u64);
        whole.checked_next_multiple_of(FRAMES as u64).unwrap_or(u64::MAX)
    }

    /// What a record may have at most with the `segment_bytes` that are set: half of what a segment has for records.
    #[must_use]
    pub fn largest_record_bytes(&self) -> usize {
        let half =
            usize::try_from(self.segment_bytes).unwrap_or(MAX_CAPACITY).min(MAX_CAPACITY).saturating_sub(FRAMES) / 2;
        half.saturating_sub(FRAME_HEADER)
    }

    /// What happens to a record that has no room; [`FullPolicy::Refuse`] unless said.
    pub fn when_full(mut self, policy: FullPolicy) -> Self {
        self.when_full = policy;
        self
    }

    /// When records are synced; each [`DEFAULT_FLUSH_INTERVAL`] unless said.
    pub fn flush_policy(mut self, policy: FlushPolicy) -> Self {
        self.flush_policy = policy;
        self
    }

    /// Calls `report` on a thread of the spool's own, without a lock, when records were dropped or found to be damaged since it
    /// was opened. What the opening itself found is in [`Spool::recovery`]. Nobody unless said.
    pub fn on_loss(mut self, report: impl Fn(&Stats) + Send + Sync + 'static) -> Self {
        self.on_loss = Some(OnLoss(Arc::new(report)));
        self
    }

    /// Opens the spool in this directory, and makes the directory if there is none.
    ///
    /// Reads through all segments that are there, one after the other; memory does not grow with them.
    ///
    /// # Errors
    /// See [`OpenError`]. A full disk is none: what is in the spool can be read, and appends are refused until there is
    /// space.
    pub fn open(self, directory: impl AsRef<Path>) -> Result<Spool, OpenError> {
        self.check()?;
        let path = directory.as_ref();
        let disk =
            RealDirectory::open(path).map_err(|source| OpenError::Directory { directory: path.to_owned(), source })?;
        Spool::open(Arc::new(disk), path, self, crate::spool::Maintenance::Background)
    }

    /// Opens a spool in a simulated directory, without background threads: [`Spool::maintain`] does their work when called.
    ///
    /// # Errors
    /// As for [`SpoolBuilder::open`].
    #[cfg(any(test, feature = "simulation"))]
    pub fn open_simulated(self, disk: &SimulatedDirectory) -> Result<Spool, OpenError> {
        self.check()?;
        Spool::open(Arc::new(disk.clone()), Path::new("simulated"), self, crate::spool::Maintenance::Manual)
    }

    fn check(&self) -> Result<(), OpenError> {
        let aligned = self.segment_bytes.is_multiple_of(FRAMES as u64);
        if !aligned || !(MIN_SEGMENT_BYTES..=MAX_CAPACITY as u64).contains(&self.segment_bytes) {
            return Err(OpenError::Setting {
                setting: "segment_bytes",
                value: self.segment_bytes,
                rule: "a multiple of 4,096 from 8,192 to 134,217,728",
            });
        }
        if self.max_record() > self.largest_record_bytes() {
            return Err(OpenError::Setting {
                setting: "max_record_bytes",
                value: self.max_record() as u64,
                rule: "less than half of `segment_bytes`",
            });
        }
        if self.max_bytes / MIN_SEGMENTS < self.segment_bytes {
            return Err(OpenError::Setting {
                setting: "max_bytes",
                value: self.max_bytes,
                rule: "three times `segment_bytes` at least",
            });
        }
        Ok(())
    }

    /// The greatest payload.
    pub(crate) fn max_record(&self) -> usize {
        self.max_record_bytes.unwrap_or_else(|| DEFAULT_MAX_RECORD_BYTES.min(self.largest_record_bytes()))
    }
}
