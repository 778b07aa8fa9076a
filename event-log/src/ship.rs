//! Shipping: records of the spool to a bulk endpoint, so that nothing is lost and nothing is stored twice. Owns batches,
//! retries, index assignments and acknowledgements; knows neither how an event is created nor how a connection is made.
//!
//! The shipper is a state machine without clock, threads or sockets: it is told the time, returns requests, and is told their
//! outcomes. In a service plain threads drive it; in the tests a simulation does, on a virtual clock, against an engine that
//! fails in every way that engines do.
//!
//! If the log is to be installed first, another thread does that in the background, and the shipper sends nothing until it is
//! done: a mapping of an older version would permanently reject new documents.
//!
//! # Guarantees
//! **Nothing is lost.** A record is acknowledged to the spool when its document is stored where readers of the target see
//! it, or is in the quarantine and synced there; and only together with all records before it. Otherwise it is sent again.
//!
//! **Nothing is stored twice.** Each document is a `create` under its own id, which an engine refuses when the *index* has
//! that id. An alias or a data stream is not an index: after a rollover it points to another index, which does not know the
//! id. Therefore:
//!
//! * The first attempt goes to the target by its name, for an alias with `require_alias`, so that no engine creates an index of
//!   that name. Before it is sent, the journal of intents records the target's write index at that moment (`ship/journal.rs`
//!   specifies its format): the documents arrive there, or in an index that became the write index later.
//! * As long as an attempt *may* have arrived, its documents are **ambiguous**. That is so without a complete reply, after a
//!   reply that cannot be trusted (malformed, truncated, not JSON, a wrong number of items), after an ambiguous status of a
//!   request or an item, which is every status outside of 400 to 499 and 408
//!   ([`ItemOutcome::is_ambiguous`](event_store::ItemOutcome::is_ambiguous) and its counterparts share one definition), and after
//!   the death of this process. A connection that was never established, and 400 to 499 except 408, are not ambiguous.
//! * Ambiguous documents are not sent before the target has been resolved again, *after* the failure. If an alias still writes
//!   to the recorded index, the attempt is repeated there by name, where the ids make it harmless. Otherwise, and on data
//!   streams, whose indices accept no `create` by name, the ids are looked up (`_mget`) in that index and in every later one;
//!   documents that none of them has are sent again. That needs the privilege to get documents by their ids, which the generated
//!   role of a writer has; without it the records wait, and the health says why.
//! * A reply names the index of each document. A later index of the target counts as stored. An attempt repeated by index name
//!   counts once the index is seen behind the target afterwards, because an engine that creates indices on write recreates one
//!   that was deleted a moment before. A document in an index that is not behind the target is a **stray**: it does not count, is
//!   logged with the requests that bring it back, and is sent again.
//! * Before a document that may be stored goes into the quarantine, the indices are checked for it, because resubmitting it
//!   later would store it a second time.
//!
//! **No document blocks the others, and the state of the engine is not blamed on documents.** Documents that are refused with an
//! internal error (500) or for an unknown reason are passed by others. If the others are stored and such a document never is, it
//! goes into the quarantine. While nothing is stored, it waits, because the engine is more likely at fault, and documents are sent
//! alone as probes; only when many different ones were refused alone for an hour do they go into the quarantine too
//! (`ship/probe.rs`). A document that is refused because of the engine's state or load (403, 429, a blocked index), or with the
//! whole request, goes into the quarantine when it has been refused alone for an hour while others were stored between its
//! attempts (`ship/refusal_history.rs`).
//!
//! **Order.** Records go into batches in the order of the spool, and a batch is sent in that order; within a batch a
//! producer's events are stored in the order in which it logged them. Between batches the order is kept only with
//! [`Settings::max_in_flight`] 1, where no batch is begun before the previous one is finished. In either case a document that the
//! engine refuses temporarily is passed by those after it in its batch, and by later batches once that has happened several
//! times. The order of events is in their ids, timestamps and `event.sequence`, whatever the order of their arrival.
//!
//! **Memory** is bounded by [`Settings::max_held_bytes`], however long an outage lasts: a record is read from the spool
//! when a batch has room for it. There is also a table of finished ranges, which has no more entries than records are held.
//!
//! # Limits of the guarantees
//! * An attempt that is still running in the engine while its documents are looked up, or that had not begun when a rollover
//!   happened, can store them in another index than the next attempt does. Both require a request that timed out here and still
//!   runs there *and* a rollover at that moment, which is why a transport should wait longer than an engine does
//!   ([`DEFAULT_REQUEST_TIMEOUT`](event_store::DEFAULT_REQUEST_TIMEOUT)).
//! * Later indices of an alias are recognised by the number at the end of their names. If somebody makes an alias write to an
//!   *older* index, and then to a newer one, between two attempts, a document can appear in both.
//! * If somebody removes an index from the target while its documents are ambiguous, and adds it again later, they are there
//!   beside those that were sent again.
//! * Where a pipeline sends documents of a data stream to another index, they are strays every time: they wait, and the health
//!   says so. Where a data stream *and* its template are deleted while documents are in flight, an engine that creates indices on
//!   write may create a plain index of the stream's name; the documents do not count, and the installation reports the index
//!   that is in the stream's place. Whether an index behind the target belongs to this log is for the installer to check, by its
//!   `_meta`; readers of the target see its documents.
//! * A document that is refused every time for a reason that is not its own waits as long as nothing else is stored, and holds the
//!   space of the spool behind it: all documents of a log may be larger than the engine's memory for requests, or a proxy may
//!   answer every request with 500. With [`Settings::max_in_flight`] 1, where nothing passes a request, the same is true of a whole
//!   request that is refused because of one document. The health says so from the first minute on.
//! * What an engine acknowledges and then loses is lost. That includes a document that it refuses as known (409) while an earlier
//!   request with it is still being synced or replicated: the refusal waits for neither. If the engine dies at that moment,
//!   the document is lost.

mod batch;
mod complete;
mod existence_check;
mod finished_records;
mod index_assignments;
mod install_thread;
mod intake;
mod journal;
mod pending_request;
mod probe;
mod problems;
mod random;
mod refusal_history;
mod settings;
mod shipper;
#[cfg(test)]
mod simulation;
mod spool_storage;
mod stats;
mod storage;
mod target;
mod thread;
mod window;

pub use problems::DeliveryProblem;
pub use settings::{
    DEFAULT_MAX_AGE, DEFAULT_MAX_BYTES, DEFAULT_MAX_DOCUMENTS, DEFAULT_MAX_IN_FLIGHT, DEFAULT_RETRY_BASE,
    DEFAULT_RETRY_CAP, DEFAULT_SLOW_AFTER, IntentSync, MAX_BATCH_DOCUMENTS, Settings,
};
pub use stats::Condition;
pub(crate) use storage::ShipperStorage;
pub(crate) use thread::ShipperThread;
