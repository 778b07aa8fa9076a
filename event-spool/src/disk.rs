//! The file system as a spool uses it, as traits that tests implement too; knows nothing of records.
//!
//! Appends do not go through these traits: they write to a [`Mapping`], which is the same type for all.

mod lock;
mod real;
#[cfg(any(test, feature = "simulation"))]
pub mod simulated;
mod space_reservation;

use std::{fmt, io, ops::Range, sync::Arc};

pub(crate) use lock::{DirectoryLock, LockError};
pub(crate) use real::RealDirectory;

use crate::mapping::{Mapping, ReadOnlyMapping};

/// The directory of a spool. It is flat: names have no separators.
pub(crate) trait Directory: fmt::Debug + Send + Sync {
    /// Takes the lock of the directory, which is held until the value is dropped or the process dies.
    ///
    /// # Errors
    /// See [`LockError`].
    fn lock(&self) -> Result<Box<dyn fmt::Debug + Send + Sync>, LockError>;

    /// The names of all files, in any order.
    fn names(&self) -> io::Result<Vec<String>>;

    /// Creates a file that must not exist yet.
    fn create(&self, name: &str) -> io::Result<Arc<dyn File>>;

    /// Opens a file for reading and writing.
    fn open(&self, name: &str) -> io::Result<Arc<dyn File>>;

    /// Renames a file, replacing the file that had the name.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Unlinks a file. It is deleted once it is no longer mapped or open.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Syncs creations, renames and removals to disk.
    fn sync(&self) -> io::Result<()>;

    /// An unpredictable number.
    fn random(&self) -> io::Result<u64>;

    /// The identity of this boot of the machine; zero if it is unknown.
    fn boot(&self) -> u128;

    /// The name of the file system, if it may not keep the space that [`File::allocate`] has reserved.
    fn file_system_without_reservation(&self) -> Option<&'static str> {
        None
    }
}

/// One file.
pub(crate) trait File: fmt::Debug + Send + Sync {
    /// Bytes.
    fn length(&self) -> io::Result<u64>;

    /// Reads at a place; zero bytes mean the end.
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize>;

    /// Writes at a place, perhaps only a part.
    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<usize>;

    /// Reserves space for the first `length` bytes, and makes the file as long. New bytes read as zero.
    fn allocate(&self, length: u64) -> io::Result<()>;

    /// Cuts the file.
    fn truncate(&self, length: u64) -> io::Result<()>;

    /// Syncs content and length to disk.
    fn sync(&self) -> io::Result<()>;

    /// Maps the whole file for writing: a file that was just allocated, once.
    fn map(&self, length: usize) -> io::Result<Mapping>;

    /// Maps the first bytes of the file for reading, once nobody writes to them.
    fn map_read_only(&self, length: usize) -> io::Result<ReadOnlyMapping>;

    /// Syncs a range of the mapping to disk.
    ///
    /// After a failure, the parts of the range that were not on disk never reach it, and a second sync proves nothing.
    fn sync_mapping(&self, mapping: &Mapping, range: Range<usize>) -> io::Result<()>;
}

/// Writes all bytes, in as many calls as necessary.
pub(crate) fn write_all_at(file: &dyn File, mut bytes: &[u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match file.write_at(bytes, at) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => {
                bytes = &bytes[written..];
                at += written as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Fills the buffer as far as the file has bytes, and returns how many.
pub(crate) fn read_up_to(file: &dyn File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], at + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Writes a temporary file and renames it to this name, durably.
pub(crate) fn replace(disk: &dyn Directory, name: &str, bytes: &[u8]) -> io::Result<Arc<dyn File>> {
    let temporary = format!("{name}{NEW}");
    let file = match uninterrupted(|| disk.create(&temporary)) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            uninterrupted(|| disk.remove(&temporary))?;
            uninterrupted(|| disk.create(&temporary))?
        }
        other => other?,
    };
    write_all_at(&*file, bytes, 0)?;
    file.sync()?;
    uninterrupted(|| disk.rename(&temporary, name))?;
    disk.sync()?;
    Ok(file)
}

/// The suffix of temporary files.
pub(crate) const NEW: &str = ".new";

/// Repeats a call that a signal interrupted.
pub(crate) fn uninterrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}
