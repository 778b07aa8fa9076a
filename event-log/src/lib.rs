//! The runtime of an event log: events go in, are checked, and stand in a crash-safe spool until they are shipped.

pub mod quarantine;
