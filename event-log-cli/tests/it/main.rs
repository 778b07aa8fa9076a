//! The program as a process.

mod quarantine;
