//! Shipping: records of the spool to a bulk endpoint, so that nothing is lost and nothing is stored twice. Owns batches,
//! retries, assignments and acknowledgements; knows neither how an event is made nor how a connection is.
//!
//! The shipper is a state machine without clock, threads and sockets: it is told the time, gives out requests, and is
//! told how they ended. Plain threads drive it in a service, and the simulation in the tests on a clock of its own,
//! against an engine that does everything that engines do on bad days.
//!
//! Where the log is to be installed first, another thread does that in the background, and holds the shipper back until it
//! is done: a mapping of an older version would refuse new documents for good.
//!
//! # What is promised
//! **Nothing is lost.** A record is acknowledged to the spool when its document is stored where readers of the target see
//! it, or when it is in the quarantine and synced there; and only together with all records before it. Whatever else happens,
//! it is sent again.
//!
//! **Nothing is stored twice.** Each document is a `create` under its own id, which an engine refuses when the *index* has
//! that id. An alias or a data stream is not an index: after a rollover it leads elsewhere, to an index that does not know
//! the id. Therefore:
//!
//! * The first try goes to the target by its name, an alias with `require_alias`, so that no engine makes an index of that
//!   name. Before it is sent, the journal of intents says which index the target wrote to at that moment (`ship/journal.rs` has its form):
//!   it arrives there, or in an index that was written to later.
//! * As long as a try *may* have arrived, its documents are **in doubt**: no complete reply, a reply that is not to be
//!   believed (malformed, cut off, not JSON, a wrong count of items), a request or an item whose status is ambiguous, which
//!   is everything outside of 400 to 499 and 408 ([`ItemOutcome::is_ambiguous`](event_store::ItemOutcome::is_ambiguous) and
//!   its like share one definition), or the death of this process. A connection that was never made, and 400 to 499 but 408,
//!   leave no doubt.
//! * What is in doubt is not sent before the target was resolved once more, *after* the failure. If an alias still writes to
//!   the recorded index, the try is repeated there by name, where the id makes it harmless. Otherwise, and on data streams,
//!   whose indices take no `create` by name, that index and each one that may have been written to after it are asked for the
//!   ids (`_mget`); what none of them has is sent again. That needs the right to get documents by their ids, which the
//!   generated role of a writer has; without it the records wait, and the health says why.
//! * A reply names the index of each document. A later index of the target counts as stored. A repetition by name counts when
//!   the index is seen behind the target afterwards, because an engine that makes indices by itself makes one anew that was
//!   deleted a moment before. A document in an index that is not behind the target is a **stray**: it does not count, is said
//!   with the requests that bring it back, and sent again.
//! * The document is to go into the quarantine: while it may be stored the indices are asked first, because whoever hands it
//!   back later would store it a second time.
//!
//! **No document stops the others, and no state of the engine is taken for the documents.** What is refused with a defect of
//! the engine's own (500), or for a reason that nobody knows, is passed by others. When these are stored and it never is, it
//! goes into the quarantine. While none is, it waits, because that is more likely the engine's state, and documents are sent
//! alone as probes; only when many different ones were refused alone for an hour do they go too. What is refused for the
//! engine's state or load (403, 429, a blocked index), or with the whole request, goes when it is refused alone for an hour
//! while others are stored between its tries (`ship/overtaken.rs`).
//!
//! **Order.** Records go into batches in the order of the spool, and a batch is sent in that order; within a batch a
//! producer's events are stored in the order in which it logged them. Between batches the order is kept only with
//! [`Settings::max_in_flight`] 1, where no batch is begun before the one before it is finished. A document that the engine
//! refuses for now is passed by those behind it in its batch, in either case, and by later batches once that has happened
//! several times. The order of events is in their ids,
//! timestamps and `event.sequence`, whatever the order of their arrival.
//!
//! **Memory** is bounded by [`Settings::most_held_bytes`], however long an outage lasts: a record is read from the spool
//! when there is a place for it in a batch. Besides there is a table of finished ranges, which has no more entries than
//! records are held.
//!
//! # What remains
//! * A try that the engine goes on with while its documents are asked for, or that was not yet begun when a rollover came, can
//!   store them in an index other than that of the next try. Both take a request that timed out here and still runs there
//!   *and* a rollover in that moment, which is why a transport should wait longer than an engine does
//!   ([`DEFAULT_REQUEST_TIMEOUT`](event_store::DEFAULT_REQUEST_TIMEOUT)).
//! * Later indices of an alias are told by the number at the end of their names. Somebody who makes an alias write to an
//!   *older* index, and then to a newer one, between two tries can make a document appear in both.
//! * Somebody who takes an index away from the target while its documents are in doubt, and puts it back later, brings them
//!   back beside those that were sent again.
//! * Where a pipeline sends documents of a data stream to another index, they are strays each time: they wait, and the health
//!   says so. Where a data stream *and* its template are deleted while documents are under way, an engine that makes indices by
//!   itself may make a plain index of the stream's name; the documents do not count, and the installation says what is in its
//!   place. That an index behind the target is of this log is the installer's to check, by its `_meta`; readers of the target
//!   see what is in it.
//! * What is refused each time for a reason that is not its own waits as long as nothing else is stored, and with it the space
//!   of the spool behind it: all documents of a log may be larger than the engine's memory for requests, or a proxy may answer
//!   every request with 500. With [`Settings::max_in_flight`] 1, where nothing overtakes a request, that goes for a whole request
//!   that is refused because of one document, too. The health says so from the first minute on.
//! * An engine that loses what it acknowledged loses it. That includes a document that it refuses as known (409) while an
//!   earlier request with it is still being synced or replicated: the refusal waits for neither. If the engine dies in that
//!   moment, the document is lost.

mod batch;
mod complete;
mod errand;
mod installing;
mod intake;
mod journal;
mod local;
mod look;
mod overtaken;
mod pins;
mod ports;
mod probe;
mod progress;
mod random;
mod settings;
mod shipper;
#[cfg(test)]
mod simulation;
mod stats;
mod target;
mod thread;
mod troubles;
mod window;

pub(crate) use ports::Ports;
pub use settings::{
    DEFAULT_MAX_AGE, DEFAULT_MAX_BYTES, DEFAULT_MAX_DOCUMENTS, DEFAULT_MAX_IN_FLIGHT, DEFAULT_RETRY_BASE,
    DEFAULT_RETRY_CAP, DEFAULT_SLOW_AFTER, IntentSync, MOST_DOCUMENTS, Settings,
};
pub use stats::Condition;
pub(crate) use thread::ShipperThread;
pub use troubles::Trouble;
