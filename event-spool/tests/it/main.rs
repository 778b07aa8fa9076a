//! The tests of the spool through its interface: on the disk, and on a simulated one that loses what was not synced.
#![cfg(not(loom))]

mod policies;
mod real_disk;
mod support;
