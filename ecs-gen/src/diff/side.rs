//! One side of a comparison: what a version of one or several logs comes to, whatever it was loaded from.
//!
//! A log file is generated in memory, so that a log file and a generated folder are the same here: JSON documents by
//! the path that they have in a generated folder, such as `elasticsearch/mappings.json`. A mapping of its own is a side
//! with that one document, and nothing is said of what it lacks.

mod answer;
mod check;
mod folder;
mod git;
mod log_file;
mod mapping_file;
mod position;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

pub(crate) use answer::{INDEX, mapping_of};
pub use check::check_sides;
pub use git::load_at;
pub use position::Positions;

use super::engine::Engine;
use super::finding::Position;
use super::mapping::Answered;
use super::mapping::canonical::canonical;
use crate::load::Loader;

/// One side.
#[derive(Clone, Debug)]
pub struct Side {
    /// How it is called in messages.
    pub label: String,
    /// Its logs by name; none of what was not there at a commit. A mapping of its own has none and stands under the
    /// empty name.
    pub logs: BTreeMap<String, LogSide>,
}

/// One log of a side.
#[derive(Clone, Debug)]
pub struct LogSide {
    /// Generated JSON by its path in the log's folder.
    pub(crate) documents: BTreeMap<String, Json>,
    /// Provider → actions; a generated folder does not have them.
    pub(crate) actions: Option<BTreeMap<String, Vec<String>>>,
    /// Where things stand.
    pub(crate) positions: Positions,
    /// Whether it is all of a log, so that what is absent is absent from the log.
    pub(crate) is_whole: bool,
}

/// Why a side cannot be loaded.
#[derive(Clone, Debug)]
pub struct LoadError {
    message: String,
    is_absent: bool,
}

impl LoadError {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), is_absent: false }
    }

    fn of(path: &Path, cause: impl fmt::Display) -> Self {
        Self::new(format!("`{}`: {cause}", path.display()))
    }
}

impl LoadError {
    /// Whether the path was not there at the commit, so that all of it is new.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.is_absent
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for LoadError {}

/// Loads a log file, a generated folder (that of a log, or the folder above it), or a JSON file with a mapping. A log
/// file may be written as JSON, which is YAML too.
///
/// # Errors
/// When the path is none of these, or what it holds cannot be read; the text has every diagnostic of a log file.
pub fn load(path: &Path) -> Result<Side, LoadError> {
    load_as(path, &|shown| shown.to_owned())
}

/// A mapping or template that is there already, as [`load`] takes it from a file; `label` is what it is called.
///
/// # Errors
/// When it is neither.
pub fn from_json(label: &str, document: &Json) -> Result<Side, LoadError> {
    Ok(Side { label: label.to_owned(), logs: mapping_file::parse_mapping(document, label)? })
}

/// A log file whose texts the loader may hold already.
///
/// # Errors
/// Every diagnostic, when there is an error.
pub(crate) fn load_with(path: &Path, loader: &mut Loader) -> Result<Side, LoadError> {
    let label = path.display().to_string();
    Ok(Side { logs: log_file::load_log(path, loader, &|shown| shown.to_owned())?, label })
}

/// Loads a path, calling each file in messages as `rename` does.
fn load_as(path: &Path, rename: &dyn Fn(&str) -> String) -> Result<Side, LoadError> {
    let label = rename(&path.display().to_string());
    let logs = if path.is_dir() {
        folder::load_folder(path, rename)?
    } else if is_json(path) && !log_file::is_json_log(path) {
        mapping_file::load_mapping(path, rename)?
    } else {
        log_file::load_log(path, &mut Loader::default(), rename)?
    };
    Ok(Side { label, logs })
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "json")
}

impl LogSide {
    /// All of a log, with its mappings as engines store them.
    fn whole(
        mut documents: BTreeMap<String, Json>,
        actions: Option<BTreeMap<String, Vec<String>>>,
        positions: Positions,
    ) -> Self {
        for engine in Engine::ALL {
            if let Some(mapping) = documents.get_mut(mappings(engine)) {
                *mapping = canonical(mapping).mapping;
            }
        }
        Self { documents, actions, positions, is_whole: true }
    }

    /// The mapping for an engine, with the document that it is.
    pub(crate) fn mapping(&self, engine: Engine) -> Option<(&Json, &'static str)> {
        let name = mappings(engine);
        Some((self.documents.get(name)?, name))
    }

    /// A document of an engine.
    pub(crate) fn document(&self, engine: Engine, name: &str) -> Option<&Json> {
        self.documents.get(&format!("{}/{name}", engine.name()))
    }

    /// The index that the side is, with its name and its settings.
    pub(crate) fn index(&self, engine: Engine) -> Option<&Json> {
        self.document(engine, INDEX)
    }

    /// The documents of an engine whose name begins so, by the rest of the name without `.json`: `index-template` has
    /// the empty one and `.events-gstg`.
    pub(crate) fn family(&self, engine: Engine, stem: &str) -> BTreeMap<String, &Json> {
        let start = format!("{}/{stem}", engine.name());
        let named = self.documents.iter().filter_map(|(path, document)| {
            let rest = path.strip_prefix(&start)?.strip_suffix(".json")?;
            Some((rest.to_owned(), document))
        });
        named.collect()
    }

    /// Where a place of a document stands, by the field that it is about, if it is about one.
    pub(crate) fn position(&self, document: &str, pointer: &str, field: &str) -> Position {
        self.positions.find(document, pointer, field)
    }

    /// The log's own version, as every installed object has it.
    pub(crate) fn version(&self, engine: Engine) -> Option<u64> {
        self.mapping(engine)?.0.pointer("/_meta/version")?.as_u64()
    }
}

/// Which of two sides may be an engine's answer.
pub(crate) fn answered(old: &LogSide, new: &LogSide) -> Answered {
    Answered { old: !old.is_whole, new: !new.is_whole }
}

const fn mappings(engine: Engine) -> &'static str {
    match engine {
        Engine::Elasticsearch => "elasticsearch/mappings.json",
        Engine::OpenSearch => "opensearch/mappings.json",
    }
}

fn read_json(path: &Path) -> Result<Json, LoadError> {
    let text = std::fs::read_to_string(path).map_err(|error| LoadError::of(path, error))?;
    serde_json::from_str(&text).map_err(|error| LoadError::of(path, format!("not JSON: {error}")))
}

/// The entries of a folder, in byte order.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let read = std::fs::read_dir(folder).map_err(|error| LoadError::of(folder, error))?;
    let paths: Result<Vec<PathBuf>, _> = read.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths.map_err(|error| LoadError::of(folder, error))?;
    paths.sort();
    Ok(paths)
}
