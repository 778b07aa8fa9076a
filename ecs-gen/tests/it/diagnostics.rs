//! What is reported for inputs that are wrong: every finding with its code and its place, and nothing written.

mod binary;
mod extension;
mod files;
mod grammar;
mod hints;
mod lessons;
mod lifecycle;
mod limits;
mod log;
mod messages;
mod schemas;
mod selection;
mod yaml;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use ecs_gen::diagnostic::{Diagnostic, Place};
use ecs_gen::generate::{Request, load_models};
use ecs_gen::load::Loader;
use ecs_gen::source::Spanned;
use tempfile::TempDir;

pub use schemas::check_accepted;

/// The log file of a test that has one.
pub const LOG: &str = "log.yaml";

/// A temporary folder with these files.
pub fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// A log that selects `fields`, which stand in line 4 from column 9.
pub fn log(fields: &str) -> String {
    format!("name: log\necs: 9.4.0\nindex: {{alias: log}}\nfields: {fields}\n")
}

/// A log with `rest` from line 5, and fields that are right.
fn log_with(rest: &str) -> String {
    format!("{}{rest}", log("{base: {fields: {message: {}}}}"))
}

/// A log that selects all of the extension `x`, which `ext.yaml` holds.
pub fn extended_log() -> String {
    log("{x: {fields: '*'}}\nextensions: [ext.yaml]")
}

/// The extension `x` with these fields, which stand from line 3.
pub fn extension(fields: &str) -> String {
    format!("- name: x\n  fields:\n{fields}\n")
}

/// A loader that has read ECS 9.4.0, as every log here selects from it and reading it takes most of the time.
pub fn loader() -> Loader {
    static LOADER: LazyLock<Loader> = LazyLock::new(|| {
        let mut loader = Loader::default();
        let file = loader.sources.add("none.yaml", "");
        let declared = Spanned::new(file.start(), "9.4.0".to_owned());
        loader.load_release(None, &declared, Path::new("")).unwrap();
        loader
    });
    LOADER.clone()
}

/// All findings of a run over `logs` in `folder`, as code and place, in the order in which they are printed.
fn findings(folder: &Path, logs: &[&str]) -> (Vec<(&'static str, String)>, String) {
    let mut loader = loader();
    let paths: Vec<PathBuf> = logs.iter().map(|name| folder.join(name)).collect();
    let models = load_models(&Request { logs: paths, ..Request::default() }, &mut loader);
    schemas::check_editors(folder, logs, &loader);
    assert_eq!(models.is_none(), loader.diagnostics.has_errors(), "no models without an error, no error with models");
    let place = |diagnostic: &Diagnostic| match &diagnostic.place {
        Place::Run => String::new(),
        Place::File(path) => path.display().to_string(),
        Place::Span(span) => format!("{}:{}:{}", loader.sources.file(span.file).path, span.line, span.column),
    };
    let prefix = format!("{}/", folder.display());
    let sorted = loader.diagnostics.sorted(&loader.sources);
    let found = sorted.into_iter().map(|d| (d.code.as_str(), place(d).replace(&prefix, ""))).collect();
    (found, loader.diagnostics.render(&loader.sources).replace(&prefix, ""))
}

/// Asserts that a run over `log.yaml` among `files` finds exactly `expected`, and leaves the folder as it is.
#[track_caller]
pub fn check(files: &[(&str, &str)], expected: &[(&str, &str)]) {
    check_logs(files, &[LOG], expected);
}

#[track_caller]
fn check_logs(files: &[(&str, &str)], logs: &[&str], expected: &[(&str, &str)]) {
    let folder = folder(files);
    let before = list(folder.path());
    let (found, text) = findings(folder.path(), logs);
    let found: Vec<(&str, &str)> = found.iter().map(|(code, place)| (*code, place.as_str())).collect();
    assert_eq!(found, expected, "\n{text}");
    assert_eq!(list(folder.path()), before, "something was written");
}

/// Asserts that the extension `x` with these fields gives exactly `expected`; a place without a file is in `ext.yaml`.
#[track_caller]
fn check_extension(fields: &str, expected: &[(&str, &str)]) {
    check_files_extension(&extension(fields), expected);
}

#[track_caller]
fn check_files_extension(text: &str, expected: &[(&str, &str)]) {
    let places: Vec<String> = expected.iter().map(|(_, place)| format!("ext.yaml:{place}")).collect();
    let expected: Vec<(&str, &str)> =
        expected.iter().zip(&places).map(|((code, _), place)| (*code, place.as_str())).collect();
    check(&[(LOG, &extended_log()), ("ext.yaml", text)], &expected);
}

/// What a run over `log.yaml` among `files` prints.
fn rendered(files: &[(&str, &str)]) -> String {
    findings(folder(files).path(), &[LOG]).1
}

/// Asserts that what is printed holds `text`.
#[track_caller]
pub fn check_says(files: &[(&str, &str)], text: &str) {
    let printed = rendered(files);
    assert!(printed.contains(text), "no `{text}` in\n{printed}");
}

/// Every file below `folder` with its bytes.
pub fn list(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(list(&path));
        } else {
            files.push((path.clone(), std::fs::read(&path).unwrap()));
        }
    }
    files.sort();
    files
}
