//! An installed mapping as a tree of places. Several indices are united: a field that one of them has is a field.

use serde_json::{Map, Value as Json};

use super::tree::{Place, type_of};
use crate::diff::mapping_of_answer;
use crate::diff::{Side, from_json};
use crate::field_path::FieldPath;
use crate::field_type::{FieldType, OpenSearchType};
use crate::model::Version;
use crate::pass::check_depth::MAX_DEPTH;

/// A mapping that was given.
#[derive(Debug)]
pub(super) struct Mapping {
    /// What `diff` compares with: of several indices the newest.
    pub(super) side: Side,
    /// Its `dynamic` at the root.
    pub(super) dynamic: String,
    /// The analyzers of the index, when its settings were given too.
    pub(super) analysis: Option<Json>,
    /// The version of the log that it was generated from.
    pub(super) version: Option<u64>,
    /// The least OpenSearch that has its types, where it is a newer one than a log's default.
    pub(super) since: Option<Version>,
}

/// Members of a mapping's root that a log file has nothing for.
const NOT_TAKEN: &[(&str, &str)] = &[
    ("dynamic_templates", "new fields are refused, so there is nothing to template"),
    ("runtime", "runtime fields are left to the index"),
    ("derived", "derived fields are left to the index"),
    ("_routing", "the log routes by document"),
    ("date_detection", "new fields are refused, so nothing is detected"),
    ("numeric_detection", "new fields are refused, so nothing is detected"),
    ("_source", "the log keeps the whole source"),
];

/// Adds what the mapping declares to `root`.
pub(super) fn read(label: &str, document: &Json, root: &mut Place, notes: &mut Vec<String>) -> Result<Mapping, String> {
    let side = from_json(label, document).map_err(|error| error.to_string())?;
    let newest = mapping_of_answer(document);
    // The newest index may have no field yet, as after a rollover.
    let Some(found) = newest.as_object() else { return Err(format!("`{label}` holds no mapping")) };
    for (name, why) in NOT_TAKEN.iter().filter(|(name, _)| found.contains_key(*name)) {
        notes.push(format!("`{name}` of the mapping is not taken over: {why}"));
    }
    add(root, found, "", notes);
    for (name, index) in document.as_object().into_iter().flatten().rev() {
        let older = index.get("mappings").filter(|_| index.get("properties").is_none());
        if let Some(older) = older.map(|older| mapping_of_answer(&serde_json::json!({ "mappings": older }))) {
            let before = root.count();
            let mut of_older = Vec::new();
            add(root, older.as_object().unwrap_or(&Map::new()), "", &mut of_older);
            of_older.retain(|note| !notes.contains(note));
            notes.extend(of_older);
            if root.count() > before {
                notes.push(format!("fields that only an older index has are added: `{name}`"));
            }
        }
    }
    let dynamic = found.get("dynamic").map_or_else(|| "true".to_owned(), text_of);
    if dynamic != "strict" && dynamic != "false" {
        notes.push(format!(
            "the mapping has `dynamic: {dynamic}`: fields that it lacks were added by documents, and are refused now"
        ));
    }
    let version = found.get("_meta").and_then(|meta| meta.get("version")?.as_u64());
    let analysis = find_analysis(document);
    Ok(Mapping { side, dynamic, analysis, since: since(root), version })
}

/// The newest of the versions that the types are said to be there since.
fn since(place: &Place) -> Option<Version> {
    let bodies = place.mapped.iter().flat_map(|body| {
        let multi = body.get("fields").and_then(Json::as_object).into_iter().flat_map(Map::values);
        std::iter::once(body).chain(multi.filter_map(Json::as_object))
    });
    let types = bodies.filter_map(|body| FieldType::from_name(body.get("type")?.as_str()?));
    let own = types.filter_map(|field_type| match field_type.spec().opensearch {
        OpenSearchType::Since(version, _) => Version::parse(version),
        _ => None,
    });
    own.chain(place.children.values().filter_map(since)).max()
}

fn text_of(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The analyzers in the settings of an index or a template, wherever they stand in an answer; of several the last.
fn find_analysis(document: &Json) -> Option<Json> {
    let below: Vec<&Json> = match document {
        Json::Object(members) => {
            let settings = members.get("settings");
            let analysis =
                |settings: &Json| settings.pointer("/index/analysis").or_else(|| settings.get("analysis")).cloned();
            if let Some(found) = settings.and_then(analysis) {
                return Some(found);
            }
            members.iter().filter(|(name, _)| *name != "mappings").map(|(_, below)| below).collect()
        }
        Json::Array(elements) => elements.iter().collect(),
        _ => Vec::new(),
    };
    below.into_iter().rev().find_map(find_analysis)
}

fn add(place: &mut Place, body: &Map<String, Json>, path: &str, notes: &mut Vec<String>) {
    for (name, field) in body.get("properties").and_then(Json::as_object).into_iter().flatten() {
        let Some(field) = field.as_object() else { continue };
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        if !FieldPath::is_segment(name) {
            notes.push(format!("`{path}` is left out: fields here have names of letters, digits, `_`, `-` and `@`"));
            continue;
        }
        if path.split('.').count() > MAX_DEPTH {
            notes.push(format!("`{path}` is left out: fields here are at most {MAX_DEPTH} levels deep"));
            continue;
        }
        let child = place.children.entry(name.clone()).or_default();
        let mut own = field.clone();
        own.remove("properties");
        // Of a field that several indices have, the newest counts.
        let (older, counts) = (type_of(field).to_owned(), child.mapped.get_or_insert(own));
        let newest = type_of(counts).to_owned();
        if newest != older {
            notes.push(format!(
                "`{path}` is `{newest}` in an index and `{older}` in an older one: it becomes `{newest}`"
            ));
        }
        if matches!(newest.as_str(), "object" | "nested") || newest == older {
            add(child, field, &path, notes);
        }
    }
}
