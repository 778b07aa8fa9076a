//! The tests of the spool through its interface: on the disk, and on a simulated one that loses what was not synced.
#![cfg(not(loom))]

mod corruption;
mod crash_points;
mod faults;
mod model;
mod policies;
mod real_disk;
mod support;
mod workload;
