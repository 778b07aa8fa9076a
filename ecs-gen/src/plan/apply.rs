//! Carries a plan out: atomic writes, equal files untouched.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use super::{Item, Plan, State, is_marked, with_path};

/// What was done about one path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was as it should be and has not been touched.
    Fresh,
    /// It was written anew over another.
    Updated,
    /// It was written where nothing was.
    Created,
    /// Nothing makes it any more, and it has been removed.
    Removed,
    /// Nothing makes it, and it does not say that it was generated, so it has been left alone.
    Kept,
}

impl Plan {
    /// Makes the disk as the plan wants it and tells `done` about each path.
    ///
    /// An orphan is removed only when it names itself a generated file or stands in the manifest that was there;
    /// a person's own file is never lost.
    ///
    /// # Errors
    /// At the first file that cannot be written; every file is either as it was or as it should be.
    pub fn apply(&self, mut done: impl FnMut(&Item, Outcome)) -> io::Result<()> {
        for item in &self.items {
            let outcome = match (&item.state, &item.wanted) {
                (State::Fresh, _) => Outcome::Fresh,
                (State::Stale { .. }, Some(bytes)) => {
                    write_atomically(&item.path, bytes)?;
                    Outcome::Updated
                }
                (State::Missing, Some(bytes)) => {
                    write_atomically(&item.path, bytes)?;
                    Outcome::Created
                }
                _ => remove_orphan(item, self.known.contains(&item.name))?,
            };
            done(item, outcome);
        }
        Ok(())
    }
}

fn remove_orphan(item: &Item, known: bool) -> io::Result<Outcome> {
    let bytes = fs::read(&item.path).map_err(|error| with_path(&error, &item.path))?;
    if !known && !is_marked(&bytes) {
        return Ok(Outcome::Kept);
    }
    fs::remove_file(&item.path).map_err(|error| with_path(&error, &item.path))?;
    Ok(Outcome::Removed)
}

/// Writes beside the target and renames over it, so that a reader sees the old file or the new one, whole.
fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(folder).map_err(|error| with_path(&error, folder))?;
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(name);
    let written =
        fs::File::create(&beside).and_then(|mut file| file.write_all(bytes)).and_then(|()| fs::rename(&beside, path));
    written.map_err(|error| {
        // The half-written file is ours; that it could not be removed either adds nothing to the first error.
        let _ = fs::remove_file(&beside);
        with_path(&error, path)
    })
}
