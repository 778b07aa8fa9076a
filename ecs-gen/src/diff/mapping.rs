//! What differs between two mappings, place by place, and what an engine says to each difference in a `PUT _mapping`.
//!
//! A put merges: what is absent from the new mapping stays. A field that is present is compared parameter by parameter,
//! and an absent parameter means its default; of an object an absent parameter means no change. Compares mappings as
//! [`canonical`] gives them, and knows no rule.

pub(crate) mod canonical;
mod merge;
pub(crate) mod parameters;
pub(crate) mod tree;

use serde_json::Value as Json;

use super::engine::Engine;
use super::verdict::Verdict;

use merge::changes;

/// A difference.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Change {
    /// Dotted path; that of a multi-field has its name behind the field's. Empty is the root.
    pub(crate) path: String,
    /// JSON pointer inside the mapping.
    pub(crate) pointer: String,
    /// What differs.
    pub(crate) what: What,
    /// What the engine says to it.
    pub(crate) verdict: Verdict,
}

/// What differs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum What {
    /// A field is new; its type.
    Added(String),
    /// A field is gone; its type.
    Removed(String),
    /// A multi-field is new; its type.
    MultiFieldAdded(String),
    /// A multi-field is gone; its type.
    MultiFieldRemoved(String),
    /// Another type, of any kind.
    Type {
        /// Before.
        old: String,
        /// After.
        new: String,
    },
    /// A parameter of a field, an object, or the root.
    Parameter(ParameterChange),
}

/// A parameter that differs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ParameterChange {
    /// Type of the field; `object`, `nested`, or empty for the root.
    pub(crate) field_type: String,
    /// Its name.
    pub(crate) name: String,
    /// Before; none when it was absent.
    pub(crate) old: Option<Json>,
    /// After; none when it is absent.
    pub(crate) new: Option<Json>,
}

/// The type of the field or multi-field at a dotted path.
#[must_use]
pub(crate) fn leaf_type<'j>(mapping: &'j Json, path: &str) -> Option<&'j str> {
    let mut steps = path.split('.');
    let below = |found: &'j Json, step| ["properties", "fields"].iter().find_map(|key| found.get(key)?.get(step));
    steps.try_fold(mapping, below)?.get("type")?.as_str()
}

/// The field at a dotted path; multi-fields are none.
#[must_use]
pub(crate) fn field_at<'j>(mapping: &'j Json, path: &str) -> Option<&'j Json> {
    path.split('.').try_fold(mapping, |found, step| found.get("properties")?.get(step))
}

/// `dynamic` as it counts for the field at `path`, known or not.
#[must_use]
pub(crate) fn dynamic_at(mapping: &Json, path: &str) -> String {
    let text = |value: &Json| {
        value.get("dynamic").map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    let mut found = text(mapping).unwrap_or_else(|| "true".to_owned());
    let mut place = mapping;
    for segment in path.split('.') {
        let Some(below) = place.get("properties").and_then(|properties| properties.get(segment)) else { break };
        place = below;
        found = text(place).unwrap_or(found);
    }
    found
}

/// Whether a document with a value at a path that the mapping does not know is refused: the object that it stands in is
/// strict, and none above it is kept without being looked at.
#[must_use]
pub(crate) fn refuses_unknown(mapping: &Json, path: &str) -> bool {
    let is_unseen = |way: &str| {
        let enabled = field_at(mapping, way).and_then(|object| object.get("enabled"));
        enabled.is_some_and(|value| *value == Json::Bool(false) || value == "false")
    };
    let mut above = path.match_indices('.').map(|(at, _)| &path[..at]);
    dynamic_at(mapping, path).starts_with("strict") && !above.any(is_unseen)
}

/// Whether a side may be what an engine answered, before and after.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answered {
    /// The old side.
    pub(crate) old: bool,
    /// The new side.
    pub(crate) new: bool,
}

impl ParameterChange {
    /// Whether anything was changed. An engine refuses some parameters even as they are; it learns the value of a
    /// `constant_keyword` from the first document, and one of them never gives `index` of a `geo_point` back.
    pub(crate) fn is_change(&self, engine: Engine, answered: Answered) -> bool {
        let (without_old, without_new) = (self.old.is_none(), self.new.is_none());
        let is_by_engine = match (engine, self.field_type.as_str(), self.name.as_str()) {
            (Engine::Elasticsearch, "constant_keyword", "value") => {
                (answered.old && without_new) || (answered.new && !answered.old && without_old)
            }
            (Engine::OpenSearch, "geo_point", "index") => {
                answered.old != answered.new && ((answered.old && without_old) || (answered.new && without_new))
            }
            _ => false,
        };
        self.old != self.new && !is_by_engine
    }
}

/// All differences of two mappings, in byte order of the paths.
pub(crate) fn compare(engine: Engine, old: &Json, new: &Json) -> Vec<Change> {
    let mut found = changes(engine, old, new);
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}
