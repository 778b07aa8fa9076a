//! Files as the command line names them: one, a folder of them, or a pattern.

use std::path::{Path, PathBuf};

use super::Loader;
use crate::diagnostic::{Code, Diagnostic};

/// The endings of files in a folder that are read.
const ENDINGS: &[&str] = &["yml", "yaml"];

impl Loader {
    /// The files that are named, each once: of a folder those directly in it, of a pattern those that match. What names
    /// no file is reported.
    pub(super) fn find_files(&mut self, named: &[PathBuf]) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = Vec::new();
        for path in named {
            let found = if path.is_dir() { in_folder(path) } else { matching(path) };
            if found.is_empty() {
                let message = format!("`{}` names no YAML file", path.display());
                let problem = Diagnostic::error(Code::FileUnreadable, message).in_file(path);
                self.diagnostics
                    .push(problem.help("name a file, a folder with some, or a pattern such as `custom/*.yml`"));
            }
            for file in found {
                if !files.contains(&file) {
                    files.push(file);
                }
            }
        }
        files
    }
}

fn in_folder(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let is_yaml = |path: &PathBuf| path.extension().is_some_and(|end| ENDINGS.iter().any(|known| end == *known));
    let mut files: Vec<PathBuf> = entries.filter(is_yaml).collect();
    files.sort();
    files
}

/// A file of that very name is no pattern; neither is a name that matches nothing and has no wildcard, which is reported
/// where it is read.
fn matching(path: &Path) -> Vec<PathBuf> {
    let pattern = path.to_string_lossy();
    if path.exists() || !pattern.contains(['*', '?', '[']) {
        return vec![path.to_owned()];
    }
    let found = glob::glob(&pattern).into_iter().flatten();
    found.filter_map(Result::ok).filter(|path| path.is_file()).collect()
}
