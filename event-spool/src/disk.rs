//! What a spool asks of a file system, so that tests can answer in its place; knows nothing of records.
//!
//! Nothing on the way of an append goes through these traits: appends write to a [`Mapping`], which is one type for all.

mod lock;
mod real;
mod reserving;
#[cfg(any(test, feature = "simulation"))]
pub mod simulated;

use std::{fmt, io, ops::Range, sync::Arc};

pub(crate) use lock::{DirectoryLock, LockError};
pub(crate) use real::RealDirectory;

use crate::mapping::{Frozen, Mapping};

/// The directory of a spool. It is flat: names have no separators.
pub(crate) trait Directory: fmt::Debug + Send + Sync {
    /// Takes the lock of the directory, which is held until the value is dropped or the process dies.
    ///
    /// # Errors
    /// See [`LockError`].
    fn lock(&self) -> Result<Box<dyn fmt::Debug + Send + Sync>, LockError>;

    /// The names of all files, in any order.
    fn names(&self) -> io::Result<Vec<String>>;

    /// Makes a file that must not exist yet.
    fn create(&self, name: &str) -> io::Result<Arc<dyn File>>;

    /// Opens a file for reading and writing.
    fn open(&self, name: &str) -> io::Result<Arc<dyn File>>;

    /// Gives a file another name, in place of the file that had it.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Takes the name of a file away. The file goes when it is mapped and open nowhere.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Makes what was created, renamed and removed survive the death of the machine.
    fn sync(&self) -> io::Result<()>;

    /// An unpredictable number.
    fn random(&self) -> io::Result<u64>;

    /// What tells this boot of the machine from others; zero if that is not known.
    fn boot(&self) -> u128;

    /// The name of the file system, if it may not keep the space that [`File::allocate`] has reserved.
    fn unreserving(&self) -> Option<&'static str> {
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

    /// Makes content and length survive the death of the machine.
    fn sync(&self) -> io::Result<()>;

    /// Maps the whole file for writing: a file that was just allocated, once.
    fn map(&self, length: usize) -> io::Result<Mapping>;

    /// Maps the first bytes of the file for reading, which nobody writes to any more.
    fn map_frozen(&self, length: usize) -> io::Result<Frozen>;

    /// Makes a range of the mapping survive the death of the machine.
    ///
    /// After a failure, what the range had not on disk is lost for the disk, and asking again proves nothing.
    fn sync_mapping(&self, mapping: &Mapping, range: Range<usize>) -> io::Result<()>;
}

/// Writes all bytes, in as many calls as it takes.
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

/// Fills the buffer as far as the file has bytes, and says how far.
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

/// Writes a file beside the one of this name and puts it in its place, surviving the death of the machine.
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

/// What the name of a file that is not yet in its place ends with.
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
