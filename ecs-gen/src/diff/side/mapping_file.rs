//! A JSON file with a mapping, in any of the forms that engines give and take: bare, `{"mappings"}`, an answer to
//! `GET INDEX/_mapping`, or the body of an index, component or legacy template. What else a template says is compared too.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::{LoadError, LogSide, Positions, read_json};
use crate::diff::engine::Engine;
use crate::diff::mapping;

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
    let mut documents = BTreeMap::new();
    for engine in Engine::ALL {
        let name = engine.name();
        if mapping::unwrap(document).is_some() {
            documents.insert(format!("{name}/mappings.json"), document.clone());
        }
        if let Some(template) = as_template(document) {
            documents.insert(format!("{name}/index-template.json"), template);
        }
    }
    if documents.is_empty() {
        let forms = "a mapping, `{\"mappings\"}`, an answer to `GET INDEX/_mapping`, a template, or a log file";
        return Err(LoadError::of(Path::new(shown), format!("is none of {forms}")));
    }
    let positions = Positions::file(shown.to_owned());
    let log = LogSide { documents, actions: None, positions, is_whole: false };
    Ok(BTreeMap::from([(String::new(), log)]))
}

/// A template in the composable form, without its mapping; nothing for what is no template.
fn as_template(document: &Json) -> Option<Json> {
    if document.get("index_patterns").is_none() && document.get("template").is_none() {
        return None;
    }
    let mut template = document.clone();
    let body = template.as_object_mut()?;
    body.remove("mappings");
    if let Some(order) = body.remove("order") {
        body.insert("priority".to_owned(), order);
    }
    if let Some(settings) = body.remove("settings") {
        body.insert("template".to_owned(), json!({"settings": settings}));
    }
    if let Some(own) = body.get_mut("template").and_then(Json::as_object_mut) {
        own.remove("mappings");
    }
    Some(template)
}
