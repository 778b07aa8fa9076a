//! What the simulated directory has in memory, and what of it is durable.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io,
    ops::Range,
    sync::Arc,
};

use super::{CrashPoint, Durability, Image, Operation, PAGE, Repeats, crash::FileState};
use crate::mapping::HeapFile;

#[derive(Debug)]
pub(super) struct DirectoryState {
    pub names: BTreeMap<String, usize>,
    pub durable_names: BTreeMap<String, usize>,
    pub pending: Vec<NameChange>,
    pub inodes: Vec<Inode>,
    pub durability: Durability,
    pub locked: bool,
    pub boot: u128,
    pub capacity: u64,
    pub faults: Vec<Fault>,
    pub calls: HashMap<Operation, u64>,
    /// Whether the next call is not interrupted, if calls are.
    pub interrupts: Option<bool>,
    pub short_writes: bool,
    pub points: Option<Vec<CrashPoint>>,
    pub phase: usize,
    random: u64,
}

#[derive(Clone, Debug)]
pub(super) enum NameChange {
    Create(String, usize),
    Rename(String, String),
    Remove(String),
}

#[derive(Debug)]
pub(super) struct Inode {
    pub content: FileContent,
    /// On disk, without its length.
    pub durable: Arc<Vec<u8>>,
    pub durable_length: usize,
    /// Contents since the last sync, of which each page may have reached the disk; the last is the newest noted.
    pub versions: Vec<Arc<Vec<u8>>>,
    /// Pages that a failed sync has left clean, with what they had then.
    pub clean: BTreeMap<usize, Vec<u8>>,
}

#[derive(Debug)]
pub(super) enum FileContent {
    Bytes(Vec<u8>),
    Mapped { heap: Arc<HeapFile>, length: usize },
}

#[derive(Debug)]
pub(super) struct Fault {
    pub operation: Operation,
    pub after: u64,
    pub repeats: Repeats,
    pub error: io::ErrorKind,
}

impl DirectoryState {
    pub fn new(image: &Image) -> Self {
        let files: Vec<_> = image.files.iter().collect();
        let names: BTreeMap<_, _> = files.iter().enumerate().map(|(at, (name, _))| ((*name).clone(), at)).collect();
        Self {
            durable_names: names.clone(),
            names,
            pending: Vec::new(),
            inodes: files.iter().map(|(_, bytes)| Inode::durable((*bytes).clone())).collect(),
            durability: Durability::default(),
            locked: false,
            boot: 1,
            capacity: u64::MAX,
            faults: Vec::new(),
            calls: HashMap::new(),
            interrupts: None,
            short_writes: false,
            points: None,
            phase: 0,
            random: image.random(),
        }
    }

    /// Counts a call, and lets it fail if it is to.
    pub fn call(&mut self, operation: Operation) -> io::Result<()> {
        if let Some(interrupted) = &mut self.interrupts {
            *interrupted = !*interrupted;
            // Only calls that may be interrupted, and that the system does not repeat itself.
            if *interrupted
                && !matches!(
                    operation,
                    Operation::Names
                        | Operation::Map
                        | Operation::SyncDirectory
                        | Operation::SyncFile
                        | Operation::Truncate
                )
            {
                return Err(io::ErrorKind::Interrupted.into());
            }
        }
        *self.calls.entry(operation).or_default() += 1;
        let Some(at) = self.faults.iter().position(|fault| fault.operation == operation) else { return Ok(()) };
        let fault = &mut self.faults[at];
        if fault.after > 0 {
            fault.after -= 1;
            return Ok(());
        }
        let error = fault.error;
        if fault.repeats == Repeats::Once {
            self.faults.remove(at);
        }
        Err(error.into())
    }

    pub fn create(&mut self, name: &str) -> io::Result<usize> {
        if self.names.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.inodes.push(Inode::durable(Vec::new()));
        let inode = self.inodes.len() - 1;
        self.names.insert(name.to_owned(), inode);
        self.pending.push(NameChange::Create(name.to_owned(), inode));
        Ok(inode)
    }

    pub fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        let change = NameChange::Rename(from.to_owned(), to.to_owned());
        if !change.apply(&mut self.names) {
            return Err(io::ErrorKind::NotFound.into());
        }
        self.pending.push(change);
        Ok(())
    }

    pub fn remove(&mut self, name: &str) -> io::Result<()> {
        let change = NameChange::Remove(name.to_owned());
        if !change.apply(&mut self.names) {
            return Err(io::ErrorKind::NotFound.into());
        }
        self.pending.push(change);
        Ok(())
    }

    pub fn write(&mut self, inode: usize, bytes: &[u8], at: usize) -> io::Result<()> {
        let end = at + bytes.len();
        self.take_space(inode, end)?;
        let FileContent::Bytes(content) = &mut self.inodes[inode].content else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        if content.len() < end {
            content.resize(end, 0);
        }
        content[at..end].copy_from_slice(bytes);
        Ok(())
    }

    pub fn allocate(&mut self, inode: usize, length: usize) -> io::Result<()> {
        self.take_space(inode, length)?;
        self.inodes[inode].content = FileContent::Mapped { heap: Arc::new(HeapFile::new(length)), length };
        Ok(())
    }

    fn take_space(&self, inode: usize, length: usize) -> io::Result<()> {
        let others: BTreeSet<_> = self.names.values().filter(|&&other| other != inode).collect();
        let used: usize = others.into_iter().map(|&other| self.inodes[other].content.length()).sum();
        if (used + length) as u64 > self.capacity {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    pub fn sync_names(&mut self) {
        self.durable_names = self.names.clone();
        self.pending.clear();
    }

    /// Makes the pages of a range durable, but for those that count as clean.
    pub fn sync_content(&mut self, inode: usize, range: Range<usize>) {
        if self.durability == Durability::Modelled {
            self.inodes[inode].sync(&range);
        }
    }

    pub fn sync_length(&mut self, inode: usize) {
        if self.durability == Durability::Modelled {
            let inode = &mut self.inodes[inode];
            inode.durable_length = inode.content.length();
        }
    }

    pub fn forget_dirty(&mut self, inode: usize, range: Range<usize>) {
        let inode = &mut self.inodes[inode];
        let bytes = inode.content.see(<[u8]>::to_vec);
        for page in pages(&range, bytes.len()) {
            inode.clean.insert(page, page_of(&bytes, page).to_vec());
        }
    }

    /// Notes what may have reached the disk by now, and records a crash point if that is wanted.
    pub fn note(&mut self) {
        if self.points.is_none() {
            return;
        }
        for inode in &mut self.inodes {
            inode.note();
        }
        let point = self.crash_point();
        self.points.get_or_insert_default().push(point);
    }

    pub fn crash_point(&self) -> CrashPoint {
        CrashPoint {
            phase: self.phase,
            names: self.durable_names.clone(),
            pending: self.pending.clone(),
            files: self.inodes.iter().map(Inode::state).collect(),
        }
    }

    pub fn image(&self) -> Image {
        let content = |&inode: &usize| self.inodes[inode].content.see(<[u8]>::to_vec);
        Image { files: self.names.iter().map(|(name, inode)| (name.clone(), content(inode))).collect() }
    }

    /// Numbers that differ and repeat from run to run (`splitmix64`).
    pub fn random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.random ^ (self.random >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl NameChange {
    /// Applies the change; false if there is nothing to apply it to.
    pub fn apply(&self, names: &mut BTreeMap<String, usize>) -> bool {
        match self {
            Self::Create(name, inode) => {
                names.insert(name.clone(), *inode);
                true
            }
            Self::Rename(from, to) => match names.remove(from) {
                Some(inode) => {
                    names.insert(to.clone(), inode);
                    true
                }
                None => false,
            },
            Self::Remove(name) => names.remove(name).is_some(),
        }
    }
}

impl Inode {
    fn durable(bytes: Vec<u8>) -> Self {
        Self {
            durable_length: bytes.len(),
            durable: Arc::new(bytes.clone()),
            versions: Vec::new(),
            content: FileContent::Bytes(bytes),
            clean: BTreeMap::new(),
        }
    }

    fn note(&mut self) {
        let newest = self.versions.last().unwrap_or(&self.durable);
        let changed = self.content.see(|bytes| (***newest != *bytes).then(|| bytes.to_vec()));
        self.versions.extend(changed.map(Arc::new));
    }

    fn state(&self) -> FileState {
        FileState {
            durable: Arc::clone(&self.durable),
            durable_length: self.durable_length,
            versions: self.versions.clone(),
            length: self.content.length(),
        }
    }

    fn sync(&mut self, range: &Range<usize>) {
        let bytes = self.content.see(<[u8]>::to_vec);
        let mut durable = (*self.durable).clone();
        durable.resize(durable.len().max(bytes.len()), 0);
        for page in pages(range, bytes.len()) {
            let now = page_of(&bytes, page);
            if self.clean.get(&page).is_some_and(|then| then == now) {
                continue;
            }
            self.clean.remove(&page);
            durable[page * PAGE..page * PAGE + now.len()].copy_from_slice(now);
        }
        self.durable = Arc::new(durable);
        self.versions = vec![Arc::new(bytes)];
    }
}

impl FileContent {
    /// Shows the bytes. Appends wait meanwhile.
    pub fn see<R>(&self, see: impl FnOnce(&[u8]) -> R) -> R {
        match self {
            Self::Bytes(bytes) => see(bytes),
            Self::Mapped { heap, length } => heap.with_content(|bytes| see(&bytes[..*length])),
        }
    }

    pub fn length(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Mapped { length, .. } => *length,
        }
    }

    pub fn truncate(&mut self, to: usize) {
        match self {
            Self::Bytes(bytes) => bytes.resize(to, 0),
            Self::Mapped { length, .. } => *length = to.min(*length),
        }
    }
}

/// The numbers of the pages that a range touches.
pub(super) fn pages(range: &Range<usize>, length: usize) -> Range<usize> {
    range.start.min(length) / PAGE..range.end.min(length).div_ceil(PAGE)
}

pub(super) fn page_of(bytes: &[u8], page: usize) -> &[u8] {
    &bytes[(page * PAGE).min(bytes.len())..((page + 1) * PAGE).min(bytes.len())]
}
