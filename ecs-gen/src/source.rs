//! Input texts and places in them. Everything that is wrong with an input is reported against a [`Span`] of here.

pub mod node;
pub mod yaml;

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// Largest input file that is read; the largest known one, all of ECS with its sentences, has 3 MB.
pub const MAX_FILE_BYTES: u64 = 8 * 1024 * 1024;

/// Which input file a span points into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A place in an input file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// A value with the place where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// Where it was written.
    pub span: Span,
    /// The value.
    pub value: T,
}

impl<T> Spanned<T> {
    /// Ties `value` to `span`.
    pub fn new(span: Span, value: T) -> Self {
        Self { span, value }
    }
}

impl<T> std::ops::Deref for Spanned<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// All input texts of one run, by [`FileId`].
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
    /// Texts that are read in place of the files at their paths.
    held: BTreeMap<PathBuf, Arc<str>>,
}

/// One input text.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The path as it is shown to people: as they gave it, or relative to the file that named it.
    pub path: String,
    /// The whole text.
    pub text: Arc<str>,
    lines: OnceLock<Vec<usize>>,
}

impl SourceFile {
    /// The line of that number, from 1, without its end.
    #[must_use]
    pub fn line(&self, number: u32) -> Option<&str> {
        let starts = self.lines.get_or_init(|| line_starts(&self.text));
        let index = (number as usize).checked_sub(1)?;
        let start = *starts.get(index)?;
        let end = starts.get(index + 1).copied().unwrap_or(self.text.len());
        Some(self.text[start..end].trim_end_matches(['\n', '\r']))
    }
}

/// Why a file could not become a source.
#[derive(Debug)]
pub enum LoadError {
    /// There is no such file, or it cannot be read.
    Io(std::io::Error),
    /// The file is larger than [`MAX_FILE_BYTES`].
    TooLarge(u64),
    /// The file is not UTF-8; the number is the byte offset of the first bad byte.
    NotUtf8(usize),
}

impl Sources {
    /// Adds a text that is already in memory.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).expect("a run has fewer than 2^32 input files"));
        self.files.push(SourceFile { path: path.into(), text: text.into(), lines: OnceLock::new() });
        id
    }

    /// Reads the file at `path` from disk.
    ///
    /// # Errors
    /// When it cannot be read, is too large or is not UTF-8.
    pub fn load_file(&mut self, path: &Path) -> Result<FileId, LoadError> {
        if let Some(held) = self.held.get(path) {
            let text = held.clone();
            return Ok(self.add(path.display().to_string(), text));
        }
        let file = std::fs::File::open(path).map_err(LoadError::Io)?;
        let size = file.metadata().map_err(LoadError::Io)?.len();
        if size > MAX_FILE_BYTES {
            return Err(LoadError::TooLarge(size));
        }
        // A device has no size and may have no end.
        let mut bytes = Vec::new();
        file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(LoadError::Io)?;
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(LoadError::TooLarge(bytes.len() as u64));
        }
        let text = String::from_utf8(bytes).map_err(|e| LoadError::NotUtf8(e.utf8_error().valid_up_to()))?;
        // A byte order mark says how the file is encoded; it is no character of the text and counts in no column.
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        Ok(self.add(path.display().to_string(), text))
    }

    /// Holds a text in place of the file at a path.
    pub(crate) fn hold(&mut self, path: impl Into<PathBuf>, text: impl Into<Arc<str>>) {
        self.held.insert(path.into(), text.into());
    }

    /// The file behind an id.
    #[must_use]
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }
}

impl FileId {
    pub(crate) fn number(self) -> u32 {
        self.0
    }

    pub(crate) fn from_number(number: u32) -> Self {
        Self(number)
    }

    /// The first place of the file.
    #[must_use]
    pub fn start(self) -> Span {
        Span { file: self, line: 1, column: 1 }
    }
}

/// Where the lines of a text begin. A YAML line ends with `\n`, `\r\n` or `\r`.
fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = |at: &usize| bytes[*at] == b'\n' || (bytes[*at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
    std::iter::once(0).chain((0..bytes.len()).filter(ends).map(|at| at + 1)).collect()
}
