//! The tests of the spool through its public interface: on a real disk, and on a simulated one that loses unsynced data.
//!
//! Under `cfg(loom)`, only `segment_cursor`, in every order that the memory model permits.

#[cfg(not(loom))]
mod corruption;
#[cfg(not(loom))]
mod crash_points;
#[cfg(not(loom))]
mod faults;
#[cfg(not(loom))]
mod fork;
#[cfg(not(loom))]
mod model;
#[cfg(not(loom))]
mod policies;
#[cfg(not(loom))]
mod real_disk;
#[cfg(loom)]
mod segment_cursor;
#[cfg(not(loom))]
mod support;
#[cfg(not(loom))]
mod workload;
