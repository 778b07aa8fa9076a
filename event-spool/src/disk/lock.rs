//! The lock of a directory: one spool at a time, of this process or of another.
//!
//! Between processes it is a record lock (`fcntl(2)`, `F_SETLK`), because such a lock belongs to the process: a child does
//! not inherit it, so the directory is free as soon as the process that locked it has died, whatever children still have
//! open. Within the process it is a table, because a process is never refused its own record lock, and would lose it by
//! closing any other descriptor of the file; for the same reason the file is opened only if the directory is not in the table.

use std::{
    fs, io,
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use rustix::fs::FlockOperation;

use crate::mapping::OwningProcess;

const FILE: &str = "lock";

/// Why a directory cannot be locked.
#[derive(Debug)]
pub(crate) enum LockError {
    /// Another spool of this process has it.
    Here,
    /// Another process has it.
    Elsewhere,
    /// The lock cannot be requested.
    Io(io::Error),
}

impl From<io::Error> for LockError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The lock of a directory; the system releases it when the process dies.
#[derive(Debug)]
pub(crate) struct DirectoryLock {
    key: Key,
    _file: fs::File,
}

/// Device and inode of a directory.
type Key = (u64, u64);

/// The directories that this process has locked. In a forked child, the entries of its parent are not its own.
static HELD: Mutex<Vec<(Key, OwningProcess)>> = Mutex::new(Vec::new());

fn held() -> MutexGuard<'static, Vec<(Key, OwningProcess)>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

impl DirectoryLock {
    /// Locks a directory.
    ///
    /// # Errors
    /// See [`LockError`].
    pub fn take(directory: &Path, mode: u32) -> Result<Self, LockError> {
        let metadata = fs::metadata(directory)?;
        let key = (metadata.dev(), metadata.ino());
        let mut held = held();
        held.retain(|(_, owner)| owner.is_this_process());
        if held.iter().any(|(other, _)| *other == key) {
            return Err(LockError::Here);
        }
        let mut options = fs::OpenOptions::new();
        let file = options.create(true).truncate(false).read(true).write(true).mode(mode).open(directory.join(FILE))?;
        let locked = rustix::fs::fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive).map_err(io::Error::from);
        locked.map_err(|error| match error.kind() {
            // Two names of the same answer, says `fcntl(2)`.
            io::ErrorKind::WouldBlock | io::ErrorKind::PermissionDenied => LockError::Elsewhere,
            _ => LockError::Io(error),
        })?;
        held.push((key, OwningProcess::this_process()));
        Ok(Self { key, _file: file })
    }
}

impl Drop for DirectoryLock {
    fn drop(&mut self) {
        // Before the file is closed, which releases the lock: a caller in between is told "another process".
        held().retain(|(key, owner)| *key != self.key || !owner.is_this_process());
    }
}
