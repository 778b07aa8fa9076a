//! A directory in memory that forgets what was not synced and fails on request; knows nothing of records.
//!
//! What it models: content is durable by page (4,096 bytes) when its file or mapping was synced, length when the file was,
//! names when the directory was. A failed sync leaves the pages as they are on disk and *clean*: a later sync does not
//! write them, unless they were changed again.

mod crash;
mod state;

use std::{
    fmt, io,
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

pub use crash::{CrashPoint, Image};
use state::{DirectoryState, FileContent};

use super::{Directory, File, LockError};
use crate::mapping::{HeapFile, Mapping, ReadOnlyMapping};

/// The size of a page, which reaches the disk as a whole unless it is torn.
pub const PAGE: usize = 4096;
/// The size of a sector, which is never torn.
pub const SECTOR: usize = 512;

/// The operations that can fail and are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "they are the methods of `Directory` and `File`")]
pub enum Operation {
    Lock,
    Names,
    Create,
    Open,
    Rename,
    Remove,
    SyncDirectory,
    Read,
    Write,
    Allocate,
    Truncate,
    SyncFile,
    Map,
    SyncMapping,
}

/// Whether syncs are modelled, so that unsynced data can be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Durability {
    /// They are.
    #[default]
    Modelled,
    /// They do nothing, and cost nothing.
    Ignored,
}

/// A directory in memory. Clones are the same directory.
#[derive(Clone)]
pub struct SimulatedDirectory {
    state: Arc<Mutex<DirectoryState>>,
}

impl Default for SimulatedDirectory {
    fn default() -> Self {
        Self::new(&Image::default())
    }
}

impl SimulatedDirectory {
    /// A directory with these files, all durable.
    #[must_use]
    pub fn new(image: &Image) -> Self {
        Self { state: Arc::new(Mutex::new(DirectoryState::new(image))) }
    }

    /// Sets whether syncs are modelled.
    #[must_use]
    pub fn durability(self, durability: Durability) -> Self {
        self.state().durability = durability;
        self
    }

    /// Names the boot of the machine.
    #[must_use]
    pub fn in_boot(self, boot: u128) -> Self {
        self.state().boot = boot;
        self
    }

    /// Sets the maximum size of all files together, in bytes.
    pub fn set_capacity(&self, bytes: u64) {
        self.state().capacity = bytes;
    }

    /// Makes an operation fail after `after` more calls, and from then on always if it repeats.
    pub fn fail(&self, operation: Operation, after: u64, repeats: Repeats, error: io::ErrorKind) {
        self.state().faults.push(state::Fault { operation, after, repeats, error });
    }

    /// Forgets all faults.
    pub fn heal(&self) {
        self.state().faults.clear();
    }

    /// Interrupts each call once before it succeeds.
    pub fn interrupt_calls(&self) {
        self.state().interrupts = Some(false);
    }

    /// Limits each write to three bytes.
    pub fn shorten_writes(&self) {
        self.state().short_writes = true;
    }

    /// Starts recording crash points: one after each operation that changes something, and one at each [`Self::mark`].
    pub fn record(&self) {
        self.state().points = Some(Vec::new());
    }

    /// Records a crash point now, for changes without an operation.
    pub fn mark(&self) {
        self.state().note();
    }

    /// Sets the phase of the following crash points.
    pub fn set_phase(&self, phase: usize) {
        self.state().phase = phase;
    }

    /// Takes the recorded crash points.
    #[must_use]
    pub fn take_points(&self) -> Vec<CrashPoint> {
        self.state().points.take().unwrap_or_default()
    }

    /// All files as they are, synced or not: what a killed process leaves.
    #[must_use]
    pub fn image(&self) -> Image {
        self.state().image()
    }

    /// All files with only their synced content: the least that a failure of the machine leaves.
    #[must_use]
    pub fn durable_image(&self) -> Image {
        self.state().crash_point().durable()
    }

    /// How often an operation was called.
    #[must_use]
    pub fn calls(&self, operation: Operation) -> u64 {
        self.state().calls.get(&operation).copied().unwrap_or(0)
    }

    fn state(&self) -> MutexGuard<'_, DirectoryState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn file(&self, inode: usize) -> Arc<dyn File> {
        Arc::new(SimulatedFile { state: Arc::clone(&self.state), inode })
    }
}

/// Whether a fault happens once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeats {
    /// Once.
    Once,
    /// From then on.
    Always,
}

impl fmt::Debug for SimulatedDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedDirectory").finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct SimulatedLock(Arc<Mutex<DirectoryState>>);

impl Drop for SimulatedLock {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).locked = false;
    }
}

impl Directory for SimulatedDirectory {
    fn lock(&self) -> Result<Box<dyn fmt::Debug + Send + Sync>, LockError> {
        let mut state = self.state();
        state.call(Operation::Lock)?;
        if std::mem::replace(&mut state.locked, true) {
            return Err(LockError::Here);
        }
        Ok(Box::new(SimulatedLock(Arc::clone(&self.state))))
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let mut state = self.state();
        state.call(Operation::Names)?;
        Ok(state.names.keys().cloned().collect())
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn File>> {
        let mut state = self.state();
        state.call(Operation::Create)?;
        let inode = state.create(name)?;
        state.note();
        Ok(self.file(inode))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn File>> {
        let mut state = self.state();
        state.call(Operation::Open)?;
        let inode = *state.names.get(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(self.file(inode))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.state();
        state.call(Operation::Rename)?;
        state.rename(from, to)?;
        state.note();
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        state.call(Operation::Remove)?;
        state.remove(name)?;
        state.note();
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.state();
        state.call(Operation::SyncDirectory)?;
        state.sync_names();
        state.note();
        Ok(())
    }

    fn random(&self) -> io::Result<u64> {
        Ok(self.state().random())
    }

    fn boot(&self) -> u128 {
        self.state().boot
    }
}

#[derive(Debug)]
struct SimulatedFile {
    state: Arc<Mutex<DirectoryState>>,
    inode: usize,
}

impl SimulatedFile {
    fn call(&self, operation: Operation) -> io::Result<MutexGuard<'_, DirectoryState>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.call(operation)?;
        Ok(state)
    }
}

impl File for SimulatedFile {
    fn length(&self) -> io::Result<u64> {
        let state = self.call(Operation::Read)?;
        Ok(state.inodes[self.inode].content.length() as u64)
    }

    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        let state = self.call(Operation::Read)?;
        Ok(state.inodes[self.inode].content.see(|bytes| {
            let at = usize::try_from(at).map_or(bytes.len(), |at| at.min(bytes.len()));
            let length = buffer.len().min(bytes.len() - at);
            buffer[..length].copy_from_slice(&bytes[at..at + length]);
            length
        }))
    }

    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<usize> {
        let mut state = self.call(Operation::Write)?;
        let length = if state.short_writes { bytes.len().min(3) } else { bytes.len() };
        let at = usize::try_from(at).map_err(|_| io::ErrorKind::FileTooLarge)?;
        state.write(self.inode, &bytes[..length], at)?;
        state.note();
        Ok(length)
    }

    fn allocate(&self, length: u64) -> io::Result<()> {
        let mut state = self.call(Operation::Allocate)?;
        state.allocate(self.inode, usize::try_from(length).map_err(|_| io::ErrorKind::FileTooLarge)?)?;
        state.note();
        Ok(())
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        let mut state = self.call(Operation::Truncate)?;
        state.inodes[self.inode].content.truncate(usize::try_from(length).map_err(|_| io::ErrorKind::FileTooLarge)?);
        state.note();
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.call_sync(Operation::SyncFile, 0..usize::MAX)?;
        state.sync_content(self.inode, 0..usize::MAX);
        state.sync_length(self.inode);
        state.note();
        Ok(())
    }

    fn map(&self, length: usize) -> io::Result<Mapping> {
        let mut state = self.call(Operation::Map)?;
        let heap = state.inodes[self.inode].content.heap()?;
        assert_eq!(heap.length(), length, "a segment is mapped in full");
        Ok(Mapping::of_heap(&heap))
    }

    fn map_read_only(&self, length: usize) -> io::Result<ReadOnlyMapping> {
        let mut state = self.call(Operation::Map)?;
        let content = &mut state.inodes[self.inode].content;
        if length > content.length() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(ReadOnlyMapping::of_heap(&content.heap()?, length))
    }

    fn sync_mapping(&self, _: &Mapping, range: Range<usize>) -> io::Result<()> {
        let mut state = self.call_sync(Operation::SyncMapping, range.clone())?;
        state.sync_content(self.inode, range);
        state.note();
        Ok(())
    }
}

impl SimulatedFile {
    /// As `call`; after a failure of the device the pages count as clean.
    fn call_sync(&self, operation: Operation, range: Range<usize>) -> io::Result<MutexGuard<'_, DirectoryState>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.call(operation) {
            Ok(()) => Ok(state),
            Err(error) => {
                if error.kind() != io::ErrorKind::Interrupted {
                    state.forget_dirty(self.inode, range);
                }
                Err(error)
            }
        }
    }
}

impl FileContent {
    fn heap(&mut self) -> io::Result<Arc<HeapFile>> {
        if let Self::Bytes(bytes) = self {
            if bytes.is_empty() {
                return Err(io::ErrorKind::InvalidInput.into());
            }
            *self = Self::Mapped { heap: Arc::new(HeapFile::of(bytes)), length: bytes.len() };
        }
        match self {
            Self::Mapped { heap, .. } => Ok(Arc::clone(heap)),
            Self::Bytes(_) => Err(io::ErrorKind::InvalidInput.into()),
        }
    }
}
