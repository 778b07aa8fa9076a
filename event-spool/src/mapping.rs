//! Memory-mapped files, and the cursor by which threads reserve parts of them: the only unsafe code of the crate.
//!
//! Knows nothing of frames, directories or policies. The rules that make the unsafe blocks sound:
//!
//! 1. **Nobody else writes.** A spool's directory is locked by one process (`lock` in the directory). A program that writes to
//!    its files regardless violates this, as with every mapping of a file.
//! 2. **Pages exist.** A file is allocated in full before it is mapped, and is never made shorter while it is mapped for
//!    writing.
//! 3. **Bytes have one writer.** The bytes of a mapping after its first page are written only through a [`Claim`], which only
//!    [`SegmentCursor::reserve`] creates; the atomic exchange there gives each claim its own range. The first page is written
//!    through `&mut`, before it is shared, and by [`Mapping::write_once`].
//! 4. **Bytes are read only after they were published**, by a store with release ordering that the reader has seen with
//!    acquire ordering ([`Mapping::load_word`], then [`Mapping::published`]), or from a [`ReadOnlyMapping`], whose file has no
//!    writers.
#![allow(unsafe_code)]

mod fork;
mod memory;
mod read_only;
mod segment_cursor;

#[cfg(any(test, feature = "simulation"))]
pub(crate) use memory::HeapFile;

pub(crate) use fork::OwningProcess;
pub(crate) use memory::Mapping;
pub(crate) use read_only::ReadOnlyMapping;
pub(crate) use segment_cursor::{Claim, MAX_CAPACITY, Reservation, Seal, SegmentCursor};
