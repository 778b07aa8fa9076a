//! Shipping: records of the spool to a bulk endpoint, so that nothing is lost and nothing is stored twice. Owns batches,
//! retries, pins and acknowledgements; knows neither how an event is made nor how a connection is.
//!
//! [`Shipper`] is a state machine without clock, threads and sockets: it is told the time, gives out [`Errand`]s, and is
//! told how they ended. [`ShipperThread`] drives it on plain threads, and the simulation in the tests on a clock of its own, against an engine that does everything that engines do on bad days.
//!
//! Where the log is to be installed first, [`ShipperThread::start_installing`] does that in the background, and holds the
//! shipper back until it is done. What is sent goes to an index that the engine has named, so nothing makes an index of the
//! alias's name; what the waiting prevents is that a mapping of an older version refuses new documents for good.
//!
//! # What is promised
//! **Nothing is lost.** A record is acknowledged to the spool when its document is stored, or when it is in the quarantine
//! and synced there; and only together with all records before it. Whatever else happens, it is sent again.
//!
//! **Nothing is stored twice.** Each document is a `create` under its own id, which an engine refuses when the *index* has
//! that id. An alias is not an index: after a rollover it leads elsewhere, to an index that does not know the id. So every
//! request goes to a concrete index by name, and before it is sent the journal of intents says which records go where (see
//! [`journal`]). As long as an earlier try *may* have arrived, a record is **in doubt**, and only its own index is tried:
//!
//! * In doubt puts: no complete reply, a reply that is not to be believed (malformed, cut off, not JSON, a wrong count of
//!   items), a request or an item whose status is ambiguous, which is everything outside of 400 to 499 and 408
//!   ([`ItemOutcome::is_ambiguous`](event_store::ItemOutcome::is_ambiguous) and its like share one definition), and the
//!   death of this process.
//! * Not in doubt: a connection that was never made, 400 to 499 but 408, for the whole request or an item. Such a record
//!   goes wherever the alias writes to when it is sent again.
//! * The index is not behind the alias any more, or takes no writes (a lifecycle made it read-only): it is asked which of
//!   the ids it has (`_mget`). Those are finished, the others are free to go to the write index.
//! * The index is gone: what it held may live on behind the alias under another name (shrunk, mounted from a snapshot), so
//!   the alias is searched for the ids; an index that is deleted with its documents leaves nothing that could be doubled.
//!   Asking needs the right to read. Without it the records stay in the spool and the health says why.
//! * The document is to go into the quarantine: its index is asked first, because whoever hands it back later, after a
//!   rollover, would store it a second time.
//!
//! **No document stops the others.** One that the engine answers with a defect of its own (500) on each try is passed by
//! others. When these are stored and it never is, it goes into the quarantine; while none is, it waits, because then the
//! defect is more likely the engine's state than the document.
//!
//! **Order.** Records go into batches in the order of the spool, and a batch is sent in that order; within a batch a
//! producer's events are stored in the order in which it logged them. Between batches the order is kept only with
//! [`Settings::max_in_flight`] 1, where no batch is begun before the one before it is finished. A document that the engine
//! refuses for now is passed by those behind it in its batch, in either case. The order of events is in their ids,
//! timestamps and `event.sequence`, whatever the order of their arrival.
//!
//! **Memory** is bounded by [`Settings::most_held_bytes`], however long an outage lasts: a record is read from the spool
//! when there is a place for it in a batch. Besides there is a table of finished ranges, which has no more entries than
//! records are held.
//!
//! # What is not
//! Data streams: their indices take no `create` by name, so a rollover between two tries could double. An index that is
//! deleted by hand in the seconds between looking and sending is made anew by engines that may create indices on their own;
//! `action.auto_create_index` can forbid that. An engine that loses what it acknowledged loses it. That includes a document
//! that it refuses as known (409) while an earlier request with it is still being synced or replicated: the refusal waits for
//! neither. If the engine dies in that moment, the document is lost. It takes a request that timed out here and still runs
//! there, which is why a transport should wait longer than an engine does
//! ([`DEFAULT_REQUEST_TIMEOUT`](event_store::DEFAULT_REQUEST_TIMEOUT)).

mod batch;
mod complete;
mod errand;
mod installing;
mod intake;
pub mod journal;
mod local;
mod look;
mod pins;
mod ports;
mod progress;
mod random;
mod settings;
mod shipper;
mod stats;
mod target;
mod thread;
mod window;

pub use errand::Errand;
pub use journal::{FileJournal, Journal, JournalStore, Slot};
pub use local::READER;
pub use ports::{EntryKey, PortError, Ports, Sink, Source, SourceRecord};
pub use settings::{
    DEFAULT_MAX_AGE, DEFAULT_MAX_BYTES, DEFAULT_MAX_DOCUMENTS, DEFAULT_MAX_IN_FLIGHT, DEFAULT_RETRY_BASE,
    DEFAULT_RETRY_CAP, DEFAULT_SLOW_AFTER, IntentSync, MOST_DOCUMENTS, Settings,
};
pub use shipper::{Shipper, Step};
pub use stats::{Condition, Stats};
pub use thread::ShipperThread;
