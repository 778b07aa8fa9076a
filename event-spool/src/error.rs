//! The errors of each operation.
//!
//! The errors say their causes in their own `Display`. `Debug` says the same, so that an error that a `main` returns, which is
//! printed by `Debug`, reads as a sentence.

use std::{fmt, io, path::PathBuf};

use crate::Sequence;

/// The message of a spool's handle in a process that was forked from the one that opened it.
pub(crate) const FORKED: &str =
    "this process was forked from the one that opened the spool: open one after the fork, in a directory of its own";

/// An error of the operating system in a form that can be copied, unlike [`io::Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SystemError {
    kind: io::ErrorKind,
    /// The system's error number, such as 28 for a full disk.
    code: Option<i32>,
}

impl From<&io::Error> for SystemError {
    fn from(error: &io::Error) -> Self {
        Self { kind: error.kind(), code: error.raw_os_error() }
    }
}

impl From<SystemError> for io::Error {
    fn from(error: SystemError) -> Self {
        error.code.map_or_else(|| error.kind.into(), Self::from_raw_os_error)
    }
}

impl fmt::Display for SystemError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        io::Error::from(*self).fmt(out)
    }
}

/// A spool, or a reader, could not be opened. Nothing was lost.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has the directory open.
    #[error("the spool in `{}` is open in another process", directory.display())]
    Locked {
        /// The directory.
        directory: PathBuf,
    },
    /// Another spool of this process has the directory open.
    #[error("the spool in `{}` is already open in this process: share the one that is open", directory.display())]
    OpenHere {
        /// The directory.
        directory: PathBuf,
    },
    /// This process was forked from the one that opened the spool, and cannot use its handles.
    #[error("{FORKED}")]
    Forked,
    /// The directory cannot be created or written to.
    #[error("the directory `{}` cannot be used for a spool: {source}", directory.display())]
    Directory {
        /// The directory.
        directory: PathBuf,
        /// What the system says.
        r#source: io::Error,
    },
    /// A file was written in a version of the format that this program does not know, most likely by a newer release.
    #[error("the file `{file}` has version `{version}` of the format, and this program knows version `{known}`")]
    Version {
        /// The name of the file.
        file: String,
        /// Its version.
        version: u32,
        /// The version that this program knows.
        known: u32,
    },
    /// Reading the directory's files, or writing the files that opening needs, failed.
    #[error("the file `{file}` of the spool cannot be {action}: {source}")]
    File {
        /// The name of the file.
        file: String,
        /// What was done to it.
        action: &'static str,
        /// What the system says.
        r#source: io::Error,
    },
    /// A setting of the builder is out of bounds.
    #[error("the setting `{setting}` is `{value}`, and must be {rule}")]
    Setting {
        /// The name of the setter.
        setting: &'static str,
        /// What it was given.
        value: u64,
        /// What it must be.
        rule: &'static str,
    },
    /// The name of a reader is empty, longer than 64 bytes, or has other characters than ASCII letters, digits, `_`, `-`.
    #[error("`{name}` cannot be the name of a reader")]
    ReaderName {
        /// The name.
        name: String,
    },
    /// The reader of this name is already open; it has one position, and so one user at a time.
    #[error("the reader `{name}` is already open")]
    ReaderOpen {
        /// The name.
        name: String,
    },
}

/// A record was not appended. The spool is unchanged.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// The record is larger than allowed, see
    /// [`SpoolBuilder::max_record_bytes`](crate::SpoolBuilder::max_record_bytes).
    #[error("a record of `{bytes}` bytes exceeds the limit of `{limit}` bytes")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The spool has reached its maximum size, and its policy is to refuse.
    #[error("the spool is full: its limit is `{max_bytes}` bytes")]
    Full {
        /// The limit.
        max_bytes: u64,
    },
    /// This process was forked from the one that opened the spool. The record is not in the spool, and nothing of it was
    /// touched.
    #[error("{FORKED}")]
    Forked,
    /// No segment can be created: the disk is full, or the file system fails.
    #[error("no further segment can be created for the spool: {source}")]
    NoSegment {
        /// What the system says.
        r#source: io::Error,
    },
    /// Only from [`Spool::append_durable`](crate::Spool::append_durable): the record is in the spool and will be read, but may not
    /// survive the death of the machine.
    #[error("record `{sequence}` was appended, but could not be synced: {source}")]
    NotSynced {
        /// The number of the record.
        sequence: Sequence,
        /// What the sync said.
        r#source: FlushError,
    },
}

impl AppendError {
    /// Whether the same call may succeed later, after readers have acknowledged records or the disk has space again.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Full { .. } | Self::NoSegment { .. })
    }
}

/// Records or acknowledgements could not be synced. They survive the death of the process, but may not survive that of the machine.
///
/// A segment whose sync failed gets no further records, and is not synced again, because its pages then count as clean: later
/// flushes cover only later records.
#[derive(thiserror::Error)]
#[non_exhaustive]
#[error("not everything in the spool could be synced: `{what}` failed{}", CauseSuffix(source.as_ref()))]
pub struct FlushError {
    /// The file.
    pub(crate) what: String,
    /// What the system said.
    pub(crate) r#source: Option<io::Error>,
}

/// A record could not be read.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// A segment of an earlier process cannot be opened or mapped. The reader stays where it is.
    #[error("the file `{file}` of the spool cannot be read: {source}")]
    File {
        /// The name of the file.
        file: String,
        /// What the system says.
        r#source: io::Error,
    },
    /// Published bytes are not a valid record: something else has written to the segment. The reader continues after them once the
    /// segment has no producers.
    #[error("the segment `{segment}` is damaged at byte `{at}`")]
    Damaged {
        /// The name of the file.
        segment: String,
        /// From its beginning.
        at: u64,
    },
    /// This process was forked from the one that opened the spool.
    #[error("{FORKED}")]
    Forked,
}

/// An acknowledgement was not stored. The reader's durable position is unchanged.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum AcknowledgeError {
    /// This process was forked from the one that opened the spool.
    #[error("{FORKED}")]
    Forked,
    /// The record has not been read yet.
    #[error("record `{up_to}` cannot be acknowledged: the next to be read is `{next}`")]
    NotRead {
        /// The record to acknowledge.
        up_to: Sequence,
        /// The reader's position.
        next: Sequence,
    },
    /// The file of the reader cannot be written.
    #[error("the acknowledgement of record `{up_to}` cannot be written: {source}")]
    File {
        /// The record to acknowledge.
        up_to: Sequence,
        /// What the system says.
        r#source: io::Error,
    },
}

/// Displays `: ` and a cause, if there is one.
struct CauseSuffix<'a>(Option<&'a io::Error>);

impl fmt::Display for CauseSuffix<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |cause| write!(out, ": {cause}"))
    }
}

/// Implements `Debug` by `Display`.
macro_rules! debug_by_display {
    ($($error:ty),+ $(,)?) => {
        $(impl fmt::Debug for $error {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, out)
            }
        })+
    };
}

debug_by_display!(AcknowledgeError, AppendError, FlushError, OpenError, ReadError);
