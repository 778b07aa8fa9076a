//! The two slots as files of a directory.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::super::storage::StorageError;
use super::{JournalStore, SLOT_BYTES, Slot};

/// Names of the files.
const NAMES: [&str; 2] = ["intents-a", "intents-b"];

/// A journal in a directory, by custom that of the spool whose records it is about. The spool's lock keeps others away.
#[derive(Debug)]
pub struct FileJournal {
    files: [(PathBuf, File); 2],
}

/// A file of the journal cannot be used.
#[derive(Debug, Error)]
#[error("cannot {what} the journal of intents `{}`: {source}", path.display())]
struct FileError {
    what: &'static str,
    path: PathBuf,
    r#source: io::Error,
}

impl FileJournal {
    /// Opens the files, or makes them, allocated to their full size and synced with their directory.
    ///
    /// # Errors
    /// When that is not possible; names the file.
    pub fn open(directory: &Path) -> Result<Self, StorageError> {
        let [a, b] = NAMES.map(|name| open_slot(directory.join(name)));
        let files = [a?, b?];
        File::open(directory).and_then(|directory| directory.sync_all()).map_err(|source| FileError {
            what: "sync the directory of",
            path: directory.to_owned(),
            source,
        })?;
        Ok(Self { files })
    }

    fn run<T>(
        &self,
        slot: Slot,
        what: &'static str,
        act: impl FnOnce(&File) -> io::Result<T>,
    ) -> Result<T, StorageError> {
        let (path, file) = &self.files[slot as usize];
        act(file).map_err(|source| FileError { what, path: path.clone(), source }.into())
    }
}

fn open_slot(path: PathBuf) -> Result<(PathBuf, File), FileError> {
    let open = || {
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory)?;
        }
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path)?;
        let length = file.metadata()?.len();
        if length < SLOT_BYTES {
            let missing = usize::try_from(SLOT_BYTES - length).expect("a slot fits into memory");
            file.write_all_at(&vec![0; missing], length)?;
            file.sync_all()?;
        }
        Ok(file)
    };
    match open() {
        Ok(file) => Ok((path, file)),
        Err(source) => Err(FileError { what: "open", path, source }),
    }
}

impl JournalStore for FileJournal {
    fn load(&mut self, slot: Slot) -> Result<Vec<u8>, StorageError> {
        self.run(slot, "read", |mut file| {
            let mut bytes = Vec::new();
            io::Seek::rewind(&mut file)?;
            file.read_to_end(&mut bytes)?;
            Ok(bytes)
        })
    }

    fn write(&mut self, slot: Slot, offset: u64, bytes: &[u8]) -> Result<(), StorageError> {
        self.run(slot, "write", |file| file.write_all_at(bytes, offset))
    }

    fn sync(&mut self, slot: Slot) -> Result<(), StorageError> {
        self.run(slot, "sync", File::sync_data)
    }
}
