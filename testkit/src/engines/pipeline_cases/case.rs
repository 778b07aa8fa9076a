//! One case of the legacy pipeline: its file, and the comparison of an outcome with what it expects.
//!
//! ```json
//! {"name": "what it shows", "index": "events-gprd", "document": {…}, "expect": {…}}
//! {"name": "what it shows", "document": {…}, "refused": "part of the reason"}
//! ```
//!
//! `index` is where the document is sent, for a case in which that matters. Fields that depend on the moment
//! ([`TIME_DEPENDENT`]) may be left out of `expect`: the outcome must have them all the same, and their value is not
//! compared. When `expect` equals `document`, the outcome must equal it too.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;

/// Fields that every document made by the pipeline has, and whose value may depend on the moment.
const TIME_DEPENDENT: [(&str, &str); 6] = [
    ("", "@timestamp"),
    ("/event", "start"),
    ("/event", "created"),
    ("/event", "ingested"),
    ("/event", "id"),
    ("/change", "group_id"),
];

/// A document and what the pipeline must make of it.
#[derive(Debug)]
pub struct Case {
    /// Name of the file, for messages.
    pub file: String,
    /// What is sent.
    pub document: Value,
    /// Where it is sent, when that matters.
    pub index: Option<String>,
    /// What must come of it.
    pub expectation: Expectation,
}

/// What must come of a document.
#[derive(Debug)]
pub enum Expectation {
    /// It is stored, as this.
    Stored(Value),
    /// It is refused, with a reason that contains this.
    Refused(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    /// For people; messages name the file.
    #[serde(rename = "name")]
    _name: String,
    index: Option<String>,
    document: Value,
    expect: Option<Value>,
    refused: Option<String>,
}

/// Loads every case in a folder, sorted by file name.
///
/// # Errors
/// When there is none, or one cannot be read.
pub fn load_all(folder: &Path) -> Result<Vec<Case>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        bail!("`{}` holds no case", folder.display());
    }
    paths.sort();
    paths.iter().map(|path| load(path).with_context(|| format!("cannot load `{}`", path.display()))).collect()
}

fn load(path: &Path) -> Result<Case> {
    let file: CaseFile = serde_json::from_str(&fs::read_to_string(path)?)?;
    let expectation = match (file.expect, file.refused) {
        (Some(document), None) => Expectation::Stored(document),
        (None, Some(reason)) => Expectation::Refused(reason),
        _ => bail!("a case has either `expect` or `refused`"),
    };
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Case { file: name, document: file.document, index: file.index, expectation })
}

impl Case {
    /// Compares an outcome, either a document or the reason of a refusal; returns what is wrong with it.
    pub fn check(&self, document: Option<&Value>, reason: Option<&str>) -> Vec<String> {
        match (&self.expectation, document, reason) {
            (Expectation::Stored(expected), Some(found), None) => {
                let mut found = found.clone();
                let mut wrong = Vec::new();
                if *expected != self.document {
                    wrong.extend(take_time_dependent(expected, &mut found));
                }
                compare("", expected, &found, &mut wrong);
                wrong
            }
            (Expectation::Refused(expected), None, Some(found)) if found.contains(expected.as_str()) => Vec::new(),
            (Expectation::Refused(expected), None, Some(found)) => {
                vec![format!("the reason `{found}` does not contain `{expected}`")]
            }
            (Expectation::Refused(_), Some(found), _) => {
                vec![format!("stored instead of refused: {found}")]
            }
            (Expectation::Stored(_), _, Some(found)) => vec![format!("refused: {found}")],
            (_, None, None) => vec!["the engine told neither a document nor a reason".to_owned()],
        }
    }
}

/// Takes out of `found` what `expected` leaves open; returns what `found` should have had.
fn take_time_dependent(expected: &Value, found: &mut Value) -> Vec<String> {
    let mut missing = Vec::new();
    for (parent, name) in TIME_DEPENDENT {
        if expected.pointer(parent).is_some_and(|object| object.get(name).is_some()) {
            continue;
        }
        let taken = found.pointer_mut(parent).and_then(Value::as_object_mut).and_then(|object| object.remove(name));
        if taken.as_ref().and_then(Value::as_str).is_none_or(str::is_empty) {
            missing.push(format!("`{parent}/{name}` is missing"));
        }
    }
    missing
}

fn compare(path: &str, expected: &Value, found: &Value, wrong: &mut Vec<String>) {
    let (Value::Object(left), Value::Object(right)) = (expected, found) else {
        if expected != found {
            wrong.push(format!("`{path}` is {found}, expected {expected}"));
        }
        return;
    };
    for (name, value) in left {
        let path = format!("{path}/{name}");
        match right.get(name) {
            Some(found) => compare(&path, value, found, wrong),
            None => wrong.push(format!("`{path}` is missing, expected {value}")),
        }
    }
    for (name, value) in right.iter().filter(|(name, _)| !left.contains_key(*name)) {
        wrong.push(format!("`{path}/{name}` is {value}, expected nothing"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn case(expectation: Expectation) -> Case {
        Case { file: "test".to_owned(), document: json!({"message": "x"}), index: None, expectation }
    }

    fn strict() -> Value {
        json!({
            "@timestamp": "2020-01-01T00:00:00Z",
            "message": "x",
            "event": {"id": "a", "start": "2020-01-01T00:00:00Z", "created": "2020-01-01T00:00:00Z", "ingested": "2020-01-01T00:00:00Z"},
            "change": {"group_id": "a"},
        })
    }

    #[test]
    fn moments_may_be_left_open_and_must_be_there() {
        let open = case(Expectation::Stored(json!({"message": "x", "event": {}, "change": {}})));
        assert_eq!(open.check(Some(&strict()), None), Vec::<String>::new());
        let mut without = strict();
        without["event"]["created"].take();
        assert_eq!(open.check(Some(&without), None), ["`/event/created` is missing"]);
    }

    #[test]
    fn every_difference_is_told_with_its_path() {
        let expected = json!({"message": "y", "event": {"kind": "event"}, "change": {}});
        let wrong = case(Expectation::Stored(expected)).check(Some(&strict()), None);
        assert_eq!(wrong, ["`/event/kind` is missing, expected \"event\"", "`/message` is \"x\", expected \"y\""]);
    }

    #[test]
    fn refusal_is_judged_by_its_reason() {
        let refused = case(Expectation::Refused("no `message`".to_owned()));
        assert_eq!(refused.check(None, Some("pipeline: no `message`; needed")), Vec::<String>::new());
        assert_eq!(refused.check(None, Some("broken")).len(), 1);
        assert_eq!(refused.check(Some(&strict()), None).len(), 1);
    }

    fn committed() -> Vec<Case> {
        load_all(&crate::workspace::root().join("pipelines/infra-events-legacy/cases")).unwrap()
    }

    #[test]
    fn every_case_file_can_be_loaded() {
        assert!(committed().len() >= 25);
    }

    /// Counts the texts of a document, each of which must be short enough for its field to index it.
    fn count_indexed(path: &str, value: &Value, mapping: &Value) -> usize {
        match value {
            Value::Array(items) => items.iter().map(|item| count_indexed(path, item, mapping)).sum(),
            Value::Object(fields) => {
                let of = |name: &str| mapping.pointer(&format!("/properties/{name}")).unwrap_or(mapping);
                fields.iter().map(|(name, value)| count_indexed(&format!("{path}.{name}"), value, of(name))).sum()
            }
            Value::String(text) => {
                let units = text.encode_utf16().count() as u64;
                let is_short = mapping["ignore_above"].as_u64().is_none_or(|longest| units <= longest);
                // What Lucene takes as one term, less the path that `labels` puts before it.
                assert!(is_short && text.len() <= 32_000, "`{path}` has {units} characters and is not indexed");
                1
            }
            _ => 0,
        }
    }

    #[test]
    fn no_search_misses_what_is_stored() {
        for target in ["elasticsearch", "opensearch"] {
            let file = crate::workspace::root().join("generated/infra-events").join(target).join("mappings.json");
            let mapping: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
            for case in committed() {
                if let Expectation::Stored(document) = &case.expectation {
                    assert!(count_indexed(&case.file, document, &mapping) > 5, "{}", case.file);
                }
            }
        }
    }
}
