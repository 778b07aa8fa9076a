//! A crash-safe, memory-mapped log of byte records, for many producers and several readers; knows nothing of what the
//! records mean.
//!
//! * **A record survives the process** from the moment that [`Spool::append`] returns, and the machine from the next sync
//!   ([`FlushPolicy`], [`Spool::flush`], [`Spool::append_durable`]).
//! * **An append needs no lock, system call or allocation**: one atomic exchange reserves space in a mapping, the record is copied,
//!   and one store publishes it.
//! * **A reader has a name and a durable position.** It sees records in the order of their numbers, each with a valid checksum. A
//!   segment is removed when every reader has acknowledged it and the acknowledgements are on disk.
//! * **Opening repairs.** [`Spool::recovery`] counts whatever damage a crash or a bad disk has left, and all intact records are
//!   read.
//!
//! Linux only: it relies on `fallocate`, record locks, `mmap` and `MADV_POPULATE_WRITE`. A disk that cannot read a page of a
//! mapped file kills the process with SIGBUS, as with every mapping. A full disk does not, because space is reserved
//! before, on file systems that keep it, such as ext4, XFS and tmpfs; [`Spool::file_system_without_reservation`] names those that
//! may not.
//!
//! # Examples
//! ```
//! use event_spool::Spool;
//!
//! # let directory = tempfile::tempdir()?;
//! let spool = Spool::builder().open(directory.path())?;
//! let number = spool.append(b"first")?;
//!
//! let mut reader = spool.reader("shipper")?;
//! let record = reader.next()?.expect("it was appended above");
//! assert_eq!((record.sequence, record.bytes), (number, &b"first"[..]));
//! reader.acknowledge(number)?;
//! assert!(reader.next()?.is_none());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod acks;
mod catalogue;
mod commit;
mod disk;
mod error;
mod format;
mod gaps;
mod log;
mod maintenance;
mod mapping;
mod options;
mod reader;
mod recovery;
mod segment;
mod sequence;
mod spool;
mod stats;
mod sync;

#[cfg(any(test, feature = "simulation"))]
pub use disk::simulated;
pub use error::{AcknowledgeError, AppendError, FlushError, OpenError, ReadError, SystemError};
pub use format::VERSION;
pub use options::{
    DEFAULT_FLUSH_INTERVAL, DEFAULT_MAX_BYTES, DEFAULT_MAX_RECORD_BYTES, DEFAULT_SEGMENT_BYTES, FlushPolicy,
    FullPolicy, SpoolBuilder,
};
pub use reader::{Backlog, Reader, Record, Scan};
pub use recovery::Recovery;
pub use sequence::Sequence;
pub use spool::Spool;
pub use stats::Stats;
