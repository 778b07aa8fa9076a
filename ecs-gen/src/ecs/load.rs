//! Reading a text file as a source, with a diagnostic when that fails; and the rule that a release is whole or none.

use std::path::Path;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, LoadError, MAX_FILE_BYTES, Sources};

/// Reads the file at `path`; `None` when a problem was reported.
pub(super) fn load_text(sources: &mut Sources, path: &Path, diagnostics: &mut Diagnostics) -> Option<FileId> {
    match sources.load_file(path) {
        Ok(file) => Some(file),
        Err(error) => {
            diagnostics.push(describe_failure(&error).in_file(path));
            None
        }
    }
}

fn describe_failure(error: &LoadError) -> Diagnostic {
    match error {
        LoadError::Io(cause) => Diagnostic::error(Code::FileUnreadable, format!("the file cannot be read: {cause}")),
        LoadError::TooLarge(size) => too_large(*size),
        LoadError::NotUtf8(at) => Diagnostic::error(
            Code::FileUnreadable,
            format!("the file is not UTF-8 text: byte {at} begins no character"),
        ),
    }
}

/// A file of `size` bytes is more than any real input has.
pub(super) fn too_large(size: u64) -> Diagnostic {
    let message = format!("the file has {size} bytes; the limit is {MAX_FILE_BYTES}");
    Diagnostic::error(Code::TooLarge, message)
}

/// Runs `read` and keeps what it made only when it reported no error: with one, a fact could be missing.
pub(super) fn collect<T>(
    sources: &Sources,
    diagnostics: &mut Diagnostics,
    read: impl FnOnce(&mut Diagnostics) -> Option<T>,
) -> Option<T> {
    let mut found = Diagnostics::default();
    let made = read(&mut found);
    for diagnostic in found.sorted(sources) {
        diagnostics.push(diagnostic.clone());
    }
    made.filter(|_| !found.has_errors())
}
