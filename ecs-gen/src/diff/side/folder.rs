//! A generated folder: that of one log, or the one above several.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value as Json;

use super::{LoadError, LogSide, Positions, entries, is_json, read_json};
use crate::diff::engine::Engine;

/// Folders of a log that hold what can be compared.
const PARTS: &[&str] = &["elasticsearch", "opensearch"];

/// The file with the struct's shape.
const SCHEMA: &str = "event.schema.json";

pub(super) fn load_folder(
    folder: &Path,
    rename: &dyn Fn(&str) -> String,
) -> Result<BTreeMap<String, LogSide>, LoadError> {
    if is_log(folder) {
        let (name, log) = load_log(folder, rename)?;
        return Ok(BTreeMap::from([(name, log)]));
    }
    let mut logs = BTreeMap::new();
    for path in entries(folder)?.into_iter().filter(|path| is_log(path)) {
        let (name, log) = load_log(&path, rename)?;
        logs.insert(name, log);
    }
    if logs.is_empty() {
        let help = "give `generated/LOG`, the folder above it, a log file or a mapping";
        return Err(LoadError::of(folder, format!("holds no generated log; {help}")));
    }
    Ok(logs)
}

/// Whether a file is of a generated log, by its path from the log's folder or from the one above.
pub(super) fn is_part(path: &Path) -> bool {
    let names: Vec<_> = path.iter().map(|name| name.to_string_lossy()).collect();
    match names.iter().map(AsRef::as_ref).collect::<Vec<&str>>()[..] {
        [SCHEMA] | [_, SCHEMA] => true,
        [part, _] | [_, part, _] => PARTS.contains(&part) && is_json(path),
        _ => false,
    }
}

fn is_log(folder: &Path) -> bool {
    PARTS.iter().any(|part| folder.join(part).join("mappings.json").is_file())
}

fn load_log(folder: &Path, rename: &dyn Fn(&str) -> String) -> Result<(String, LogSide), LoadError> {
    let mut documents = BTreeMap::new();
    for part in PARTS.iter().filter(|part| folder.join(part).is_dir()) {
        for path in entries(&folder.join(part))?.into_iter().filter(|path| is_json(path)) {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            documents.insert(format!("{part}/{name}"), read_json(&path)?);
        }
    }
    let schema = folder.join(SCHEMA);
    if schema.is_file() {
        documents.insert(SCHEMA.to_owned(), read_json(&schema)?);
    }
    let folder_name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = named(&documents).unwrap_or(folder_name);
    let positions = Positions::folder(rename(&folder.display().to_string()));
    Ok((name, LogSide::whole(documents, None, positions)))
}

/// The log's name as its own mapping has it: the folder may be called otherwise.
fn named(documents: &BTreeMap<String, Json>) -> Option<String> {
    let found = Engine::ALL.iter().find_map(|engine| documents.get(&format!("{}/mappings.json", engine.name())))?;
    found.pointer("/_meta/log")?.as_str().map(str::to_owned)
}
