//! Memory that is a file, and the hand-off of pieces of it between threads: the only unsafe code of the crate.
//!
//! Knows nothing of frames, directories or policies. What makes the blocks sound, once for all:
//!
//! 1. **Nobody else writes.** A spool's directory is locked by one process (`lock` in the directory). Whoever writes to
//!    its files regardless breaks what the types say, as with every mapping of a file.
//! 2. **Pages exist.** A file is allocated in full before it is mapped, and is never made shorter while it is mapped for
//!    writing.
//! 3. **Bytes have one writer.** The bytes of a mapping behind its first page are written only through a [`Claim`], which
//!    only [`Handoff::reserve`] makes; the atomic exchange there gives each a range of its own. The first page is written
//!    through `&mut`, before anybody shares it, and by [`Mapping::write_once`].
//! 4. **Bytes are read only after they were published**, by a store with release ordering that the reader has seen with
//!    acquire ordering ([`Mapping::load_word`], then [`Mapping::published`]), or from a [`Frozen`] mapping, which has no
//!    writers.
#![allow(unsafe_code)]

mod fork;
mod frozen;
mod handoff;
mod memory;

#[cfg(any(test, feature = "simulation"))]
pub(crate) use memory::Heap;

pub(crate) use fork::Owner;
pub(crate) use frozen::Frozen;
pub(crate) use handoff::{Claim, Handoff, MAX_CAPACITY, Reservation, Seal};
pub(crate) use memory::Mapping;
