//! The options of a spool, as values; opening is left to the spool.

#[cfg(any(test, feature = "simulation"))]
use crate::disk::simulated::SimulatedDirectory;
use std::{fmt, num::NonZeroU32, path::Path, sync::Arc, time::Duration};

use crate::{
    OpenError, Spool, Stats,
    disk::RealDirectory,
    format::{FRAME_HEADER, FRAMES_OFFSET},
    mapping::MAX_CAPACITY,
};

/// 16 MiB: some 50,000 events of 300 bytes; small enough that space comes back soon after an acknowledgement and that a
/// new segment is made within a few milliseconds, large enough that this happens rarely.
pub const DEFAULT_SEGMENT_BYTES: u64 = 16 << 20;
/// 1 GiB: some three million events of 300 bytes, which is a day of an outage at 38 events a second.
pub const DEFAULT_MAX_BYTES: u64 = 1 << 30;
/// The most that is lost when the machine dies, as opposed to the process. A sync costs a fraction of a millisecond of disk time,
/// and none of the producers' time.
pub const DEFAULT_FLUSH_INTERVAL: Duration = Duration::from_millis(100);
/// The default size limit of a record: a frame of 1 MiB.
pub const DEFAULT_MAX_RECORD_BYTES: usize = (1 << 20) - FRAME_HEADER;

const MIN_SEGMENT_BYTES: u64 = 2 * FRAMES_OFFSET as u64;
const MIN_SEGMENTS: u64 = 3;

/// What happens to a record for which there is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum FullPolicy {
    /// The record is refused and counted; records in the spool are kept.
    #[default]
    Refuse,
    /// The oldest segment is dropped and counted, and readers in it are moved forward.
    DropOldest,
}

/// When records are synced, so that they survive the death of the machine. They always survive that of the process at once.
///
/// A full segment is synced under every policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlushPolicy {
    /// On a background thread, at this interval.
    Interval(Duration),
    /// By each append whose sequence is a multiple of this number, which waits for it. A failure is counted, not returned:
    /// the record is in the spool.
    EveryRecords(NonZeroU32),
    /// Only by [`Spool::flush`] and [`Spool::append_durable`].
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
    pub(crate) on_loss: Option<LossCallback>,
    max_record_bytes: Option<usize>,
}

/// The callback for lost records.
#[derive(Clone)]
pub(crate) struct LossCallback(pub Arc<dyn Fn(&Stats) + Send + Sync>);

impl fmt::Debug for LossCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LossCallback")
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
    /// The size of the files, in bytes: a multiple of 4,096 from 8,192 to 128 MiB, by default [`DEFAULT_SEGMENT_BYTES`].
    ///
    /// A record may take at most half of the space that a segment has for records. Existing segments keep their size.
    pub fn segment_bytes(mut self, bytes: u64) -> Self {
        self.segment_bytes = bytes;
        self
    }

    /// The maximum size of all segments in bytes, including the spare one: at least three segments, by default
    /// [`DEFAULT_MAX_BYTES`]. The files of readers, of some KiB each, come on top.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// The maximum size of a record in bytes: no more than [`largest_record_bytes`](Self::largest_record_bytes), by default that or
    /// [`DEFAULT_MAX_RECORD_BYTES`], whichever is less. Larger records that are already in the spool are read.
    pub fn max_record_bytes(mut self, bytes: usize) -> Self {
        self.max_record_bytes = Some(bytes);
        self
    }

    /// Allows records of this size in bytes, and enlarges segments and the spool as far as that requires.
    pub fn fit_records(mut self, bytes: usize) -> Self {
        self.segment_bytes = self.segment_bytes.max(Self::segment_bytes_for(bytes));
        self.max_bytes = self.max_bytes.max(self.segment_bytes.saturating_mul(MIN_SEGMENTS));
        let most = bytes.max(self.max_record());
        self.max_record_bytes(most)
    }

    /// The smallest `segment_bytes` that allows records of this size in bytes.
    #[must_use]
    pub fn segment_bytes_for(bytes: usize) -> u64 {
        let half = (bytes as u64).saturating_add(FRAME_HEADER as u64);
        let whole = half.saturating_mul(2).saturating_add(FRAMES_OFFSET as u64);
        whole.checked_next_multiple_of(FRAMES_OFFSET as u64).unwrap_or(u64::MAX)
    }

    /// What a record may have at most with the `segment_bytes` that are set: half of what a segment has for records.
    #[must_use]
    pub fn largest_record_bytes(&self) -> usize {
        let half =
            usize::try_from(self.segment_bytes).unwrap_or(MAX_CAPACITY).min(MAX_CAPACITY).saturating_sub(FRAMES_OFFSET)
                / 2;
        half.saturating_sub(FRAME_HEADER)
    }

    /// What happens to a record for which there is no room; by default [`FullPolicy::Refuse`].
    pub fn when_full(mut self, policy: FullPolicy) -> Self {
        self.when_full = policy;
        self
    }

    /// When records are synced; by default every [`DEFAULT_FLUSH_INTERVAL`].
    pub fn flush_policy(mut self, policy: FlushPolicy) -> Self {
        self.flush_policy = policy;
        self
    }

    /// Calls `report` on a background thread of the spool, without holding a lock, when records were dropped or found damaged after
    /// the spool was opened. Losses found when opening it are in [`Spool::recovery`]. By default nothing is called.
    pub fn on_loss(mut self, report: impl Fn(&Stats) + Send + Sync + 'static) -> Self {
        self.on_loss = Some(LossCallback(Arc::new(report)));
        self
    }

    /// Opens the spool in this directory, which is created if it does not exist.
    ///
    /// Reads all existing segments, one after the other; memory use does not grow with them.
    ///
    /// # Errors
    /// See [`OpenError`]. A full disk is not an error: the records in the spool can be read, and appends are refused until there
    /// is space.
    pub fn open(self, directory: impl AsRef<Path>) -> Result<Spool, OpenError> {
        self.check()?;
        let path = directory.as_ref();
        let disk =
            RealDirectory::open(path).map_err(|source| OpenError::Directory { directory: path.to_owned(), source })?;
        Spool::open(Arc::new(disk), path, self, crate::spool::MaintenanceMode::Background)
    }

    /// Opens a spool in a simulated directory, without background threads: [`Spool::maintain`] does their work when called.
    ///
    /// # Errors
    /// As for [`SpoolBuilder::open`].
    #[cfg(any(test, feature = "simulation"))]
    pub fn open_simulated(self, disk: &SimulatedDirectory) -> Result<Spool, OpenError> {
        self.check()?;
        Spool::open(Arc::new(disk.clone()), Path::new("simulated"), self, crate::spool::MaintenanceMode::Manual)
    }

    fn check(&self) -> Result<(), OpenError> {
        let aligned = self.segment_bytes.is_multiple_of(FRAMES_OFFSET as u64);
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
                rule: "at least three times `segment_bytes`",
            });
        }
        Ok(())
    }

    /// The maximum payload.
    pub(crate) fn max_record(&self) -> usize {
        self.max_record_bytes.unwrap_or_else(|| DEFAULT_MAX_RECORD_BYTES.min(self.largest_record_bytes()))
    }
}
