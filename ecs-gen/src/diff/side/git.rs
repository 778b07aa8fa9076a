//! A path as it was at a commit, with the files that a log file names, taken out into a folder that goes with the value.

use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

use super::log_file::is_json_log;
use super::{LoadError, Side, is_json, load_as};
use crate::input;
use crate::input::log::LogInput;
use crate::load::Loader;

/// Loads `path` as it was at `reference`, a name that git resolves to a commit.
///
/// # Errors
/// When git does not run or knows no such commit, when the path was not there then, or as [`super::load`].
pub fn load_at(path: &Path, reference: &str) -> Result<Side, LoadError> {
    let repository = Repository::around(path, reference)?;
    let inside = repository.inside(path)?;
    let export = Export::new()?;
    repository.export(&inside, &export)?;
    let exported = export.root.join(&inside);
    let is_log = exported.is_file() && (!is_json(&exported) || is_json_log(&exported));
    if is_log {
        for name in named_files(&exported) {
            // What was not there is reported by the loader, where the log file names it.
            if let Some(inside) = normal(&inside.parent().unwrap_or_else(|| Path::new("")).join(name)) {
                let _ = repository.export(&inside, &export);
            }
        }
    }
    let root = format!("{}/", export.root.display());
    let rename = |shown: &str| {
        let Some(rest) = shown.strip_prefix(&root) else { return shown.to_owned() };
        format!("{reference}:{rest}")
    };
    load_as(&exported, &rename)
        .map_err(|error| LoadError { message: error.message.replace(&root, &format!("{reference}:")), ..error })
}

struct Repository {
    top: PathBuf,
    reference: String,
}

impl Repository {
    fn around(path: &Path, reference: &str) -> Result<Self, LoadError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        let top = git(folder, &["rev-parse", "--show-toplevel"])?;
        let top = PathBuf::from(String::from_utf8_lossy(&top.stdout).trim_end());
        // `--` would make it a path, and a name that begins with a dash an option.
        let commit =
            git(&top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{reference}^{{commit}}")])
                .map_err(|_| LoadError::new(format!("git knows no commit `{reference}`")))?;
        Ok(Self { top, reference: String::from_utf8_lossy(&commit.stdout).trim_end().to_owned() })
    }

    /// The path from the repository's top. The path need not exist any more.
    fn inside(&self, path: &Path) -> Result<PathBuf, LoadError> {
        let absolute = std::path::absolute(path).map_err(|error| LoadError::of(path, error))?;
        let folder = absolute.parent().unwrap_or(&absolute);
        let folder = folder.canonicalize().map_err(|error| LoadError::of(folder, error))?;
        let name = absolute.file_name().ok_or_else(|| LoadError::of(path, "the path names no file"))?;
        let top = self.top.canonicalize().map_err(|error| LoadError::of(&self.top, error))?;
        let inside = folder.join(name);
        inside.strip_prefix(&top).map(Path::to_owned).map_err(|_| LoadError::of(path, "is outside of the repository"))
    }

    fn export(&self, inside: &Path, export: &Export) -> Result<(), LoadError> {
        let name = inside.to_string_lossy();
        let archive = git(&self.top, &["archive", "--format=tar", &self.reference, "--", &name])
            .map_err(|_| LoadError::absent(format!("`{name}` was not there at `{}`", self.reference)))?;
        tar::Archive::new(archive.stdout.as_slice())
            .unpack(&export.root)
            .map_err(|error| LoadError::of(&export.root, error))
    }
}

fn git(folder: &Path, arguments: &[&str]) -> Result<Output, LoadError> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    let output = output.map_err(|error| LoadError::new(format!("git does not run: {error}")))?;
    if output.status.success() {
        return Ok(output);
    }
    let text = String::from_utf8_lossy(&output.stderr);
    Err(LoadError::new(format!("git {}: {}", arguments.join(" "), text.trim())))
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
