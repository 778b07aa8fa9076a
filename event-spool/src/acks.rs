//! The durable position of one reader: a small file of acknowledgements; knows nothing of segments.
//!
//! # Format of `reader-<name>`
//! ```text
//! 0   magic, b"EVSPACK\0"     8   version of the format (u32)    12  CRC-32C of these 12 bytes
//! 16  entries of 16 bytes:    0   sequence (u64)
//!                             8   b"ACK\0"
//!                             12  CRC-32C of the place of the entry in the file (u64) and of its first 12 bytes
//! ```
//! Everything up to and including the greatest sequence of a valid entry is acknowledged. Entries are appended; a torn entry is
//! overwritten. When the file has [`COMPACT_AT`] bytes, a new one with one entry is written, synced, renamed over
//! it, and the directory is synced. A file without a valid entry means that nothing is acknowledged: events may then be
//! read again, but none is skipped.

use std::io;

use crate::{
    OpenError, Sequence,
    disk::{Directory, File, read_up_to, replace, uninterrupted, write_all_at},
    format::{u32_at, u64_at},
    sync::{Arc, AtomicBool, AtomicU64, Mutex, Ordering, lock},
};

/// 4,095 acknowledgements.
pub(crate) const COMPACT_AT: u64 = 64 << 10;

const MAGIC: [u8; 8] = *b"EVSPACK\0";
const VERSION: u32 = 1;
const ENTRY: usize = 16;
const ENTRY_MARK: [u8; 4] = *b"ACK\0";

/// The durable position of a reader: what it has acknowledged.
#[derive(Debug)]
pub(crate) struct ReaderPosition {
    name: String,
    writer: Mutex<PositionWriter>,
    acknowledged: AtomicU64,
    synced: AtomicU64,
    /// The last sequence that its user has read or passed; while it is not open, the last acknowledged one.
    read: AtomicU64,
    open: AtomicBool,
}

#[derive(Debug)]
struct PositionWriter {
    file: Arc<dyn File>,
    at: u64,
}

impl ReaderPosition {
    /// Creates the file of a new reader, synced.
    pub fn create(disk: &dyn Directory, name: &str, acknowledged: u64) -> io::Result<Self> {
        let writer = write_new(disk, name, acknowledged)?;
        Ok(Self::new(name, writer, acknowledged))
    }

    /// Reads the file of a reader. The second value says whether it has invalid entries before the last valid one.
    pub fn load(disk: &dyn Directory, name: &str) -> Result<(Self, bool), OpenError> {
        let file_name = file_name(name);
        let failed = |source| OpenError::File { file: file_name.clone(), action: "read", source };
        let file = uninterrupted(|| disk.open(&file_name)).map_err(failed)?;
        let mut header = [0; ENTRY];
        let length = read_up_to(&*file, &mut header, 0).map_err(failed)?;
        let whole = length == ENTRY && header[..8] == MAGIC && u32_at(&header, 12) == crc32c::crc32c(&header[..12]);
        if whole && u32_at(&header, 8) != VERSION {
            return Err(OpenError::Version { file: file_name, version: u32_at(&header, 8), known: VERSION });
        }
        let found = load_entries(&*file).map_err(failed)?;
        let writer = PositionWriter { file, at: found.end };
        Ok((Self::new(name, writer, found.acknowledged), !whole || found.damaged))
    }

    fn new(name: &str, writer: PositionWriter, acknowledged: u64) -> Self {
        Self {
            name: name.to_owned(),
            writer: Mutex::new(writer),
            acknowledged: AtomicU64::new(acknowledged),
            synced: AtomicU64::new(acknowledged),
            read: AtomicU64::new(acknowledged),
            open: AtomicBool::new(false),
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The last acknowledged sequence, zero before the first.
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::Acquire)
    }

    /// The last acknowledged sequence that survives the death of the machine.
    pub fn synced(&self) -> u64 {
        self.synced.load(Ordering::Acquire)
    }

    /// The last sequence that is read or acknowledged.
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Acquire).max(self.acknowledged())
    }

    /// Notes the last sequence that was read or passed.
    pub fn set_read(&self, sequence: u64) {
        self.read.store(sequence, Ordering::Release);
    }

    /// Opens the reader for one user; false if it is open already.
    pub fn try_open(&self) -> bool {
        !self.open.swap(true, Ordering::AcqRel)
    }

    pub fn close(&self) {
        // Records that were read and not acknowledged are read again.
        self.set_read(self.acknowledged());
        self.open.store(false, Ordering::Release);
    }

    pub fn is_open(&self) -> bool {
        self.open.load(Ordering::Acquire)
    }

    /// Writes an acknowledgement, but does not sync it: one small write.
    pub fn acknowledge(&self, up_to: Sequence) -> io::Result<()> {
        let mut writer = lock(&self.writer);
        if up_to.get() <= self.acknowledged() {
            return Ok(());
        }
        let entry = encode_entry(writer.at, up_to.get());
        write_all_at(&*writer.file, &entry, writer.at)?;
        writer.at += ENTRY as u64;
        self.acknowledged.store(up_to.get(), Ordering::Release);
        Ok(())
    }

    /// Syncs all acknowledgements.
    ///
    /// A file whose sync has failed is not synced again, but replaced by a new one.
    pub fn sync(&self, disk: &dyn Directory) -> io::Result<()> {
        let acknowledged = self.acknowledged();
        if acknowledged <= self.synced() {
            return Ok(());
        }
        let file = Arc::clone(&lock(&self.writer).file);
        match file.sync() {
            Ok(()) => {
                self.synced.fetch_max(acknowledged, Ordering::AcqRel);
                Ok(())
            }
            Err(_) => self.replace(disk),
        }
    }

    /// Replaces a file that has grown long.
    pub fn compact(&self, disk: &dyn Directory) -> io::Result<()> {
        if lock(&self.writer).at < COMPACT_AT {
            return Ok(());
        }
        self.replace(disk)
    }

    fn replace(&self, disk: &dyn Directory) -> io::Result<()> {
        let mut writer = lock(&self.writer);
        let acknowledged = self.acknowledged();
        *writer = write_new(disk, &self.name, acknowledged)?;
        self.synced.fetch_max(acknowledged, Ordering::AcqRel);
        Ok(())
    }
}

struct LoadedEntries {
    acknowledged: u64,
    /// Behind the last valid entry.
    end: u64,
    damaged: bool,
}

fn load_entries(file: &dyn File) -> io::Result<LoadedEntries> {
    let mut found = LoadedEntries { acknowledged: 0, end: ENTRY as u64, damaged: false };
    let mut chunk = [0; 256 * ENTRY];
    let mut at = ENTRY as u64;
    let mut invalid = false;
    loop {
        let length = read_up_to(file, &mut chunk, at)?;
        for entry in chunk[..length].as_chunks::<ENTRY>().0 {
            match decode_entry(entry, at) {
                Some(sequence) => {
                    found.acknowledged = found.acknowledged.max(sequence);
                    found.end = at + ENTRY as u64;
                    found.damaged |= invalid;
                }
                None => invalid = true,
            }
            at += ENTRY as u64;
        }
        if length < chunk.len() {
            return Ok(found);
        }
    }
}

/// Writes a file with one entry, and replaces the old file by it.
fn write_new(disk: &dyn Directory, name: &str, acknowledged: u64) -> io::Result<PositionWriter> {
    let mut bytes = [0; 2 * ENTRY];
    bytes[..8].copy_from_slice(&MAGIC);
    bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
    let crc = crc32c::crc32c(&bytes[..12]);
    bytes[12..16].copy_from_slice(&crc.to_le_bytes());
    bytes[ENTRY..].copy_from_slice(&encode_entry(ENTRY as u64, acknowledged));
    let file = replace(disk, &file_name(name), &bytes)?;
    Ok(PositionWriter { file, at: 2 * ENTRY as u64 })
}

fn encode_entry(at: u64, sequence: u64) -> [u8; ENTRY] {
    let mut entry = [0; ENTRY];
    entry[..8].copy_from_slice(&sequence.to_le_bytes());
    entry[8..12].copy_from_slice(&ENTRY_MARK);
    let crc = entry_checksum(at, &entry);
    entry[12..].copy_from_slice(&crc.to_le_bytes());
    entry
}

fn decode_entry(entry: &[u8; ENTRY], at: u64) -> Option<u64> {
    (entry[8..12] == ENTRY_MARK && u32_at(entry, 12) == entry_checksum(at, entry)).then(|| u64_at(entry, 0))
}

fn entry_checksum(at: u64, entry: &[u8; ENTRY]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&at.to_le_bytes()), &entry[..12])
}

/// The name of the file of a reader.
pub(crate) fn file_name(name: &str) -> String {
    format!("reader-{name}")
}

/// The reader whose file this is.
pub(crate) fn parse_file_name(file: &str) -> Option<&str> {
    file.strip_prefix("reader-").filter(|name| is_valid_name(name))
}

/// Whether a reader may have this name, which becomes part of a file name.
pub(crate) fn is_valid_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}
