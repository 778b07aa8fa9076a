//! A directory of the operating system (Linux).

use std::{
    fmt, fs, io,
    ops::Range,
    os::fd::AsFd,
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use rustix::fs::FallocateFlags;

use super::{
    Directory, DirectoryLock, File, LockError, space_reservation::file_system_without_reservation, uninterrupted,
    write_all_at,
};
use crate::mapping::{Mapping, ReadOnlyMapping};

/// Events may be confidential: only the user who runs the process reads them.
const MODE: u32 = 0o600;

/// A directory of the operating system.
#[derive(Debug)]
pub(crate) struct RealDirectory {
    path: PathBuf,
    boot: u128,
}

impl RealDirectory {
    /// Opens the directory, and creates it and its parents if they do not exist.
    ///
    /// # Errors
    /// The error of the file system.
    pub fn open(path: &Path) -> io::Result<Self> {
        if !path.is_dir() {
            fs::create_dir_all(path)?;
            if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
                fs::File::open(parent)?.sync_all()?;
            }
        }
        Ok(Self { path: path.to_owned(), boot: load_boot() })
    }

    fn open_with(&self, name: &str, options: &mut fs::OpenOptions) -> io::Result<RealFile> {
        options.read(true).write(true).mode(MODE).open(self.path.join(name)).map(|file| RealFile { file })
    }
}

/// The identity that Linux gives to each boot, see `random(4)`; zero where `/proc` is not mounted.
fn load_boot() -> u128 {
    fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .ok()
        .and_then(|text| u128::from_str_radix(&text.trim().replace('-', ""), 16).ok())
        .unwrap_or(0)
}

impl Directory for RealDirectory {
    fn lock(&self) -> Result<Box<dyn fmt::Debug + Send + Sync>, LockError> {
        Ok(Box::new(DirectoryLock::take(&self.path, MODE)?))
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            // A name that is not UTF-8 is not one of ours.
            names.extend(entry?.file_name().into_string());
        }
        Ok(names)
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn File>> {
        Ok(Arc::new(self.open_with(name, fs::OpenOptions::new().create_new(true))?))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn File>> {
        Ok(Arc::new(self.open_with(name, &mut fs::OpenOptions::new())?))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path.join(from), self.path.join(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }

    fn sync(&self) -> io::Result<()> {
        fs::File::open(&self.path)?.sync_all()
    }

    fn random(&self) -> io::Result<u64> {
        let mut bytes = [0; 8];
        // Up to 256 bytes come whole, says `getrandom(2)`.
        uninterrupted(|| Ok(rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty())?))?;
        Ok(u64::from_ne_bytes(bytes))
    }

    fn boot(&self) -> u128 {
        self.boot
    }

    fn file_system_without_reservation(&self) -> Option<&'static str> {
        let status = rustix::fs::statfs(&self.path).ok()?;
        file_system_without_reservation(u32::try_from(status.f_type & 0xffff_ffff).ok()?)
    }
}

#[derive(Debug)]
struct RealFile {
    file: fs::File,
}

impl File for RealFile {
    fn length(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        self.file.read_at(buffer, at)
    }

    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<usize> {
        self.file.write_at(bytes, at)
    }

    fn allocate(&self, length: u64) -> io::Result<()> {
        let allocated = uninterrupted(|| Ok(rustix::fs::fallocate(&self.file, FallocateFlags::empty(), 0, length)?));
        match allocated {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => write_zeros(self, length),
            other => other,
        }
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        self.file.set_len(length)
    }

    fn sync(&self) -> io::Result<()> {
        self.file.sync_all()
    }

    fn map(&self, length: usize) -> io::Result<Mapping> {
        Mapping::of_file(self.file.as_fd(), length)
    }

    fn map_read_only(&self, length: usize) -> io::Result<ReadOnlyMapping> {
        ReadOnlyMapping::of_file(self.file.as_fd(), length)
    }

    fn sync_mapping(&self, mapping: &Mapping, range: Range<usize>) -> io::Result<()> {
        mapping.sync_file(range)
    }
}

/// Reserves space by writing zeros, for file systems without `fallocate`.
fn write_zeros(file: &RealFile, length: u64) -> io::Result<()> {
    let zeros = [0; 4096];
    let mut at = 0;
    while at < length {
        let next = (length - at).min(zeros.len() as u64);
        write_all_at(file, &zeros[..usize::try_from(next).expect("at most the buffer")], at)?;
        at += next;
    }
    Ok(())
}
