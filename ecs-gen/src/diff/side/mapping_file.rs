//! A JSON file with a mapping, settings or templates, in any of the forms of [`answer`].

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value as Json;

use super::answer::{self, Held};
use super::{LoadError, LogSide, Positions, mappings, read_json};
use crate::diff::engine::Engine;

pub(super) fn load_mapping(
    path: &Path,
    rename: &dyn Fn(&str) -> String,
) -> Result<BTreeMap<String, LogSide>, LoadError> {
    let document = read_json(path)?;
    if document.as_object().is_some_and(serde_json::Map::is_empty) {
        // As a mapping it would be one without fields, and everything would seem to be new.
        let cause = "is `{}`, which an engine answers when no index has the name: ask for one that exists";
        return Err(LoadError::of(path, format!("{cause}; a mapping without fields is `{{\"mappings\": {{}}}}`")));
    }
    parse_mapping(&document, &rename(&path.display().to_string()))
}

/// The same of a document that is there already.
pub(super) fn parse_mapping(document: &Json, shown: &str) -> Result<BTreeMap<String, LogSide>, LoadError> {
    let Held { mapping, parts } = answer::read(document).map_err(|cause| LoadError::of(Path::new(shown), cause))?;
    let mut documents = BTreeMap::new();
    let mut pointers = BTreeMap::new();
    // Nothing in it says of which engine it is.
    for engine in Engine::ALL {
        if let Some((found, pointer)) = &mapping {
            documents.insert(mappings(engine).to_owned(), found.mapping.clone());
            pointers.insert(mappings(engine).to_owned(), pointer.clone());
        }
        for (name, content, pointer) in &parts {
            let path = format!("{}/{name}", engine.name());
            documents.insert(path.clone(), content.clone());
            pointers.insert(path, pointer.clone());
        }
    }
    let moved = mapping.map(|(found, _)| found.moved).unwrap_or_default();
    let positions = Positions::file(shown.to_owned(), pointers, moved);
    let log = LogSide { documents, actions: None, positions, is_whole: false };
    Ok(BTreeMap::from([(String::new(), log)]))
}
