//! The settings of shipping, with the reasons for their defaults.

use std::num::NonZeroU32;
use std::time::Duration;

/// Documents per batch. This many small events are about a megabyte; larger batches gain nothing measurable, and each reply has
/// an item for each document.
pub const DEFAULT_MAX_DOCUMENTS: u32 = 4096;
/// The largest setting for a batch: all documents of a batch are looked up in one request.
pub const MAX_BATCH_DOCUMENTS: u32 = 10_000;
/// Bytes of a request's body: a hundredth of what engines accept, small enough to be held several times.
pub const DEFAULT_MAX_BYTES: usize = 1 << 20;
/// How long a record may wait for others to share its request: as long as engines take to make a document searchable.
pub const DEFAULT_MAX_AGE: Duration = Duration::from_secs(1);
/// Requests in flight at most: two keep client and engine busy at the same time, the others compensate for latency.
pub const DEFAULT_MAX_IN_FLIGHT: u32 = 4;
/// Bound of the first delay before a retry.
pub const DEFAULT_RETRY_BASE: Duration = Duration::from_millis(100);
/// Bound of all later delays: a recovered engine is noticed within half a minute.
pub const DEFAULT_RETRY_CAP: Duration = Duration::from_secs(30);
/// A slower reply counts as a sign of overload, like 429.
pub const DEFAULT_SLOW_AFTER: Duration = Duration::from_secs(5);

/// Whether an intent is synced to disk before its request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IntentSync {
    /// It is synced; nothing is stored twice after a loss of power either. One sync per thousands of records.
    BeforeSend,
    /// The operating system writes it at some time. Sufficient for the death of the process.
    LeftToSystem,
}

/// How records are shipped.
///
/// # Examples
/// ```
/// use event_log::ship::Settings;
///
/// let settings = Settings::new(".kibana-event-log").max_documents(500.try_into()?).seed(7);
/// assert!(settings.max_held_bytes() > 1 << 20);
/// # Ok::<(), std::num::TryFromIntError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    pub(super) target: String,
    pub(super) max_documents: usize,
    pub(super) max_bytes: usize,
    pub(super) max_age: Duration,
    pub(super) max_in_flight: u32,
    pub(super) retry_base: Duration,
    pub(super) retry_cap: Duration,
    pub(super) slow_after: Duration,
    pub(super) intent_sync: IntentSync,
    pub(super) seed: u64,
}

/// Everything at its default, for the alias or data stream of that name.
impl From<&str> for Settings {
    fn from(target: &str) -> Self {
        Self::new(target)
    }
}

/// Everything at its default, for the alias or data stream of that name.
impl From<String> for Settings {
    fn from(target: String) -> Self {
        Self::new(target)
    }
}

impl Settings {
    /// Everything at its default; the target is the alias or the data stream that the log's generated files install.
    #[must_use]
    pub fn new(target: impl Into<String>) -> Self {
        Self {
            target: target.into(),
            max_documents: DEFAULT_MAX_DOCUMENTS as usize,
            max_bytes: DEFAULT_MAX_BYTES,
            max_age: DEFAULT_MAX_AGE,
            max_in_flight: DEFAULT_MAX_IN_FLIGHT,
            retry_base: DEFAULT_RETRY_BASE,
            retry_cap: DEFAULT_RETRY_CAP,
            slow_after: DEFAULT_SLOW_AFTER,
            intent_sync: IntentSync::BeforeSend,
            seed: 0,
        }
    }

    /// Maximum number of documents per batch, by default [`DEFAULT_MAX_DOCUMENTS`]; no more than [`MAX_BATCH_DOCUMENTS`].
    #[must_use]
    pub fn max_documents(mut self, documents: NonZeroU32) -> Self {
        self.max_documents = documents.get().min(MAX_BATCH_DOCUMENTS) as usize;
        self
    }

    /// Maximum size of a request's body in bytes, by default [`DEFAULT_MAX_BYTES`]; a larger document is sent alone.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes.max(1);
        self
    }

    /// How long a batch waits to be filled, by default [`DEFAULT_MAX_AGE`].
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = age;
        self
    }

    /// Maximum number of requests in flight, by default [`DEFAULT_MAX_IN_FLIGHT`]. With 1, batches are kept in order.
    #[must_use]
    pub fn max_in_flight(mut self, requests: NonZeroU32) -> Self {
        self.max_in_flight = requests.get();
        self
    }

    /// Bounds of the delays before a retry, by default [`DEFAULT_RETRY_BASE`] and [`DEFAULT_RETRY_CAP`].
    #[must_use]
    pub fn retry(mut self, base: Duration, cap: Duration) -> Self {
        self.retry_base = base;
        self.retry_cap = cap;
        self
    }

    /// The latency from which a reply counts as slow, by default [`DEFAULT_SLOW_AFTER`].
    #[must_use]
    pub fn slow_after(mut self, latency: Duration) -> Self {
        self.slow_after = latency;
        self
    }

    /// Whether intents are synced, by default [`IntentSync::BeforeSend`].
    #[must_use]
    pub fn intent_sync(mut self, sync: IntentSync) -> Self {
        self.intent_sync = sync;
        self
    }

    /// Seed of the random delays: the same seed gives the same delays. With 0 the driver chooses one.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The alias or data stream that is shipped to.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The seed, 0 when none is set.
    #[must_use]
    pub fn chosen_seed(&self) -> u64 {
        self.seed
    }

    /// How many requests may be in flight.
    #[must_use]
    pub fn in_flight_limit(&self) -> u32 {
        self.max_in_flight
    }

    /// Batches that exist at the same time, one being filled while the others are in flight.
    pub(super) fn max_batches(&self) -> usize {
        if self.max_in_flight == 1 { 1 } else { self.max_in_flight as usize + 1 }
    }

    /// Maximum size of the documents in memory, in bytes; single documents larger than a batch come on top.
    #[must_use]
    pub fn max_held_bytes(&self) -> usize {
        (self.max_batches() + 1) * self.max_bytes
    }
}
