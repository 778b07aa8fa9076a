//! What a run would change on disk. One plan serves checking and writing, so the two cannot disagree.

mod apply;
mod manifest;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

pub use apply::Outcome;
pub use manifest::{MANIFEST, Manifest};

use crate::files::{Files, GENERATED_BY};

/// Where the files of a run go.
#[derive(Clone, Debug)]
pub struct Roots {
    /// Folder of the logs' folders.
    pub output: PathBuf,
    /// Folder of Rust modules; none are written without it.
    pub rust: Option<PathBuf>,
}

/// How much of the output folder belongs to the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of it: whatever no emitter makes is an orphan.
    Whole,
    /// The folders of these logs; what else is there belongs to somebody else.
    Logs(BTreeSet<String>),
    /// Only the files that are made; nothing is an orphan.
    Files,
}

/// What is to be done about one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The file is as it should be.
    Fresh,
    /// The file differs.
    Stale {
        /// What is there.
        found: Vec<u8>,
    },
    /// The file is not there.
    Missing,
    /// The file is there and nothing makes it.
    Orphaned,
}

/// One path of a plan.
#[derive(Clone, Debug)]
pub struct Item {
    /// Path as it is printed and written in the manifest: relative to the output folder, or `rust/…`.
    pub name: String,
    /// Where it is on disk.
    pub path: PathBuf,
    /// What is to be done.
    pub state: State,
    /// What should be there; nothing for an orphan.
    pub wanted: Option<Vec<u8>>,
}

/// What a run would change on disk.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Every path, in byte order of the names.
    pub items: Vec<Item>,
    /// Paths that the manifest on disk lists: those an earlier run has written.
    known: BTreeSet<String>,
}

impl Plan {
    /// Compares `files`, and the manifest that goes with them, with what is on disk.
    ///
    /// # Errors
    /// When a folder or file is there and cannot be read.
    pub fn load(files: &Files, roots: &Roots, scope: &Scope) -> io::Result<Self> {
        let mut wanted: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for (path, bytes) in files.iter() {
            if let Some(name) = name_of(path, roots) {
                wanted.insert(name, bytes.to_vec());
            }
        }
        let found = manifest::load(&roots.output)?;
        let manifest = Manifest::of(&wanted, found.as_ref(), scope);
        wanted.insert(MANIFEST.to_owned(), manifest.to_bytes());

        let mut items = Vec::new();
        for (name, bytes) in &wanted {
            items.push(load_item(name, bytes, roots)?);
        }
        for name in find_orphans(&wanted, roots, scope)? {
            let path = path_of(&name, roots);
            items.push(Item { name, path, state: State::Orphaned, wanted: None });
        }
        items.sort_by(|left, right| left.name.cmp(&right.name));
        let known = found.map(Manifest::into_names).unwrap_or_default();
        Ok(Self { items, known })
    }

    /// Files that stand where generated ones belong and were not generated: neither do they say so, nor does the
    /// manifest on disk list them. Applying the plan would overwrite them.
    #[must_use]
    pub fn find_foreign(&self) -> Vec<&Path> {
        let is_foreign = |item: &&Item| match &item.state {
            State::Stale { found } => item.name != MANIFEST && !self.known.contains(&item.name) && !is_marked(found),
            _ => false,
        };
        self.items.iter().filter(is_foreign).map(|item| item.path.as_path()).collect()
    }

    /// Whether the disk is as it should be.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.items.iter().all(|item| item.state == State::Fresh)
    }
}

/// Generated modules in the folder of Rust modules that this run does not make: `mod.rs` would no longer declare them.
///
/// # Errors
/// When the folder or a file in it cannot be read.
pub fn find_other_modules(files: &Files, roots: &Roots) -> io::Result<Vec<PathBuf>> {
    let mut others = Vec::new();
    let Some(folder) = &roots.rust else { return Ok(others) };
    let mut found = Vec::new();
    list_files(folder, "rust/", &mut found)?;
    for name in found
        .iter()
        .filter(|name| Path::new(name).extension().is_some_and(|end| end == "rs") && files.get(name).is_none())
    {
        let path = path_of(name, roots);
        if is_marked(&std::fs::read(&path).map_err(|error| with_path(&error, &path))?) {
            others.push(path);
        }
    }
    Ok(others)
}

/// `generated/a/b` → `a/b`, `rust/a.rs` → itself when Rust is wanted at all.
fn name_of(path: &str, roots: &Roots) -> Option<String> {
    match path.strip_prefix("generated/") {
        Some(name) => Some(name.to_owned()),
        None => roots.rust.is_some().then(|| path.to_owned()),
    }
}

fn path_of(name: &str, roots: &Roots) -> PathBuf {
    match (name.strip_prefix("rust/"), &roots.rust) {
        (Some(module), Some(folder)) => folder.join(module),
        _ => roots.output.join(name),
    }
}

fn load_item(name: &str, wanted: &[u8], roots: &Roots) -> io::Result<Item> {
    let path = path_of(name, roots);
    let state = match std::fs::read(&path) {
        Ok(found) if found == wanted => State::Fresh,
        Ok(found) => State::Stale { found },
        Err(error) if error.kind() == io::ErrorKind::NotFound => State::Missing,
        Err(error) => return Err(with_path(&error, &path)),
    };
    Ok(Item { name: name.to_owned(), path, state, wanted: Some(wanted.to_vec()) })
}

fn find_orphans(wanted: &BTreeMap<String, Vec<u8>>, roots: &Roots, scope: &Scope) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    match scope {
        Scope::Whole => list_files(&roots.output, "", &mut found)?,
        Scope::Logs(logs) => {
            for log in logs {
                list_files(&roots.output.join(log), &format!("{log}/"), &mut found)?;
            }
        }
        Scope::Files => return Ok(found),
    }
    if let (Some(folder), Scope::Whole) = (&roots.rust, scope) {
        let mut modules = Vec::new();
        list_files(folder, "rust/", &mut modules)?;
        found.extend(modules);
    }
    found.retain(|name| !wanted.contains_key(name));
    Ok(found)
}

fn list_files(folder: &Path, prefix: &str, found: &mut Vec<String>) -> io::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(with_path(&error, folder)),
    };
    for entry in entries {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list_files(&entry.path(), &format!("{name}/"), found)?;
        } else {
            found.push(name);
        }
    }
    Ok(())
}

fn with_path(error: &io::Error, path: &Path) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Whether a file says of itself that it was generated.
fn is_marked(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(512)];
    String::from_utf8_lossy(head).contains(GENERATED_BY)
}
