//! A path as it was at a commit, with the files that a log file names, taken out into a folder that goes with the value.
//!
//! Files are read one by one, not as an archive: an archive leaves out what `.gitattributes` says should not be
//! released.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use super::log_file::is_json_log;
use super::{LoadError, Side, folder, is_json, load_as};
use crate::input;
use crate::input::log::LogInput;
use crate::load::Loader;

/// How many links may lead from one to the next.
const LINKS: u32 = 8;

/// Loads `path` as it was at `reference`, a name that git resolves to a commit.
///
/// # Errors
/// When git does not run or knows no such commit, when the path was not there then, or as [`super::load`].
pub fn load_at(path: &Path, reference: &str) -> Result<Side, LoadError> {
    let repository = Repository::around(path, reference)?;
    let inside = repository.inside(path)?;
    let export = Export::new()?;
    if !repository.export(&inside, &export)? {
        let cause = format!("was not there at `{reference}`");
        return Err(LoadError { is_absent: true, ..LoadError::of(path, cause) });
    }
    let exported = if inside.as_os_str().is_empty() { export.root.clone() } else { export.root.join(&inside) };
    let is_log = exported.is_file() && (!is_json(&exported) || is_json_log(&exported));
    if is_log {
        for name in named_files(&exported) {
            // What was not there is reported by the loader, where the log file names it.
            if let Some(inside) = normal(&inside.parent().unwrap_or_else(|| Path::new("")).join(name)) {
                repository.export(&inside, &export)?;
            }
        }
    }
    let root = export.root.display().to_string();
    let below = format!("{root}/");
    let rename = |shown: &str| {
        if shown == root {
            return format!("{reference}:.");
        }
        let Some(rest) = shown.strip_prefix(&below) else { return shown.to_owned() };
        format!("{reference}:{rest}")
    };
    load_as(&exported, &rename).map_err(|error| {
        let message = error.message.replace(&below, &format!("{reference}:")).replace(&root, &format!("{reference}:."));
        LoadError { message, ..error }
    })
}

struct Repository {
    top: PathBuf,
    commit: String,
}

/// A file of a commit.
struct Entry {
    path: PathBuf,
    is_link: bool,
}

impl Repository {
    fn around(path: &Path, reference: &str) -> Result<Self, LoadError> {
        let parent = || path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = if path.is_dir() { path } else { parent().unwrap_or_else(|| Path::new(".")) };
        let top = git(folder, &["rev-parse", "--show-toplevel"])
            .map_err(|error| LoadError::of(path, format!("git finds no repository around it: {error}")))?;
        let top = PathBuf::from(String::from_utf8_lossy(&top).trim_end());
        // `--` would make it a path, and a name that begins with a dash an option.
        let commit = git(&top, &["rev-parse", "--verify", "--end-of-options", &format!("{reference}^{{commit}}")])
            .map_err(|error| {
                let help = "give a branch, tag or commit that has been fetched";
                LoadError::new(format!("git knows no commit `{reference}`; {help}: {error}"))
            })?;
        Ok(Self { top, commit: String::from_utf8_lossy(&commit).trim_end().to_owned() })
    }

    /// The path from the repository's top, which itself is empty. A file need not exist any more.
    fn inside(&self, path: &Path) -> Result<PathBuf, LoadError> {
        let real = |path: &Path| path.canonicalize().map_err(|error| LoadError::of(path, error));
        let found = if path.is_dir() {
            real(path)?
        } else {
            let absolute = std::path::absolute(path).map_err(|error| LoadError::of(path, error))?;
            let name = absolute.file_name().ok_or_else(|| LoadError::of(path, "the path names no file"))?;
            real(absolute.parent().unwrap_or(&absolute))?.join(name)
        };
        let top = real(&self.top)?;
        found.strip_prefix(&top).map(Path::to_owned).map_err(|_| LoadError::of(path, "is outside of the repository"))
    }

    /// Writes the file, or what is of a generated log in the folder, into the export. False when there was nothing.
    fn export(&self, inside: &Path, export: &Export) -> Result<bool, LoadError> {
        let mut is_any = false;
        for entry in self.list(inside)? {
            // The repository may hold much besides.
            let below = entry.path.strip_prefix(inside).unwrap_or(&entry.path);
            if below.as_os_str().is_empty() || folder::is_part(below) {
                let to = export.root.join(&entry.path);
                let folder = to.parent().unwrap_or(&export.root);
                std::fs::create_dir_all(folder).map_err(|error| LoadError::of(folder, error))?;
                let bytes = self.read(&entry, LINKS)?;
                std::fs::write(&to, bytes).map_err(|error| LoadError::of(&to, error))?;
                is_any = true;
            }
        }
        Ok(is_any)
    }

    /// The file, or all files of the folder.
    fn list(&self, inside: &Path) -> Result<Vec<Entry>, LoadError> {
        let mut arguments: Vec<&OsStr> =
            ["--literal-pathspecs", "ls-tree", "-r", "-z", "--full-tree", &self.commit].map(OsStr::new).to_vec();
        if !inside.as_os_str().is_empty() {
            arguments.extend([OsStr::new("--"), inside.as_os_str()]);
        }
        let listed = git(&self.top, &arguments)?;
        // `MODE TYPE ID TAB PATH`, each with a zero behind it.
        let entries = String::from_utf8_lossy(&listed)
            .split_terminator('\0')
            .filter_map(|line| {
                let (facts, path) = line.split_once('\t')?;
                let mut facts = facts.split(' ');
                let (mode, kind) = (facts.next()?, facts.next()?);
                (kind == "blob").then(|| Entry { path: path.into(), is_link: mode == "120000" })
            })
            .collect();
        Ok(entries)
    }

    /// What the file would hold in a work tree.
    fn read(&self, entry: &Entry, links: u32) -> Result<Vec<u8>, LoadError> {
        let object = format!("{}:{}", self.commit, entry.path.display());
        if !entry.is_link {
            return git(&self.top, &["cat-file", "--filters", &object]);
        }
        let target = git(&self.top, &["cat-file", "blob", &object])?;
        let target = String::from_utf8_lossy(&target).into_owned();
        let target = normal(&entry.path.parent().unwrap_or_else(|| Path::new("")).join(target));
        let found = match target {
            Some(target) if links > 0 => self.list(&target)?.into_iter().find(|entry| entry.path == target),
            _ => None,
        };
        let cause = "is a link that leads to no file of the commit; name the file itself";
        let found = found.ok_or_else(|| LoadError::of(&entry.path, cause))?;
        self.read(&found, links - 1)
    }
}

/// Runs git and gives what it prints; when it fails, the reason is its own.
fn git<A: AsRef<OsStr>>(folder: &Path, arguments: &[A]) -> Result<Vec<u8>, LoadError> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    let output = output.map_err(|error| LoadError::new(format!("git does not run: {error}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let words: Vec<_> = arguments.iter().map(|word| word.as_ref().to_string_lossy()).collect();
    let text = String::from_utf8_lossy(&output.stderr);
    Err(LoadError::new(format!("git {}: {}", words.join(" "), text.trim())))
}

/// The files that a log file names; none when it cannot be read, which the loader reports.
fn named_files(log: &Path) -> Vec<String> {
    let mut loader = Loader::default();
    let document = loader.load_yaml(log, &crate::diagnostic::Place::Run);
    let log: Option<LogInput> = document.and_then(|document| input::read(&document, &mut loader.diagnostics));
    let Some(log) = log else { return Vec::new() };
    let mut names = vec![log.ecs.value];
    names.extend(log.extensions.into_iter().chain(log.samples).map(|name| name.value));
    if let Some(pipeline) = log.index.value.default_pipeline {
        names.push(pipeline.file.value);
        names.extend(pipeline.samples.into_iter().map(|name| name.value));
    }
    names
}

/// The path without `.` and `..`; nothing when it leads out of its root.
fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => normal.push(part),
            Component::CurDir => {}
            Component::ParentDir if normal.pop() => {}
            _ => return None,
        }
    }
    Some(normal)
}

/// A folder of our own that is removed with the value.
struct Export {
    root: PathBuf,
}

impl Export {
    fn new() -> Result<Self, LoadError> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("ecs-gen-diff-{}-{number}", std::process::id()));
        // Not `create_dir_all`: a folder that is already there is somebody else's.
        std::fs::create_dir(&root).map_err(|error| LoadError::of(&root, error))?;
        Ok(Self { root })
    }
}

impl Drop for Export {
    fn drop(&mut self) {
        // A folder that cannot be removed lies in the system's folder for such.
        let _ = std::fs::remove_dir_all(&self.root);
    }
}
