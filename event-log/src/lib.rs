//! The runtime of an event log: events go in, are checked, and stand in a crash-safe spool until they are shipped.

mod id;
pub mod quarantine;
mod record;

pub use id::{EventId, ID_BYTES, ID_TEXT_BYTES, IdError, IdText};
pub use record::{EventRecord, FORMAT, HEAD_BYTES, RecordError, head};
