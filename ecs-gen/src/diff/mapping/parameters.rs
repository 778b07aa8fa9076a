//! Defaults of mapping parameters, and which of them an existing index takes. Each row was compared with live engines
//! for every type that the generator emits; see `docs/schema-changes.md`.

use serde_json::{Value as Json, json};

use super::tree::{Field, Kind};
use crate::diff::engine::Engine;
use crate::diff::verdict::{Reason, Verdict};

/// Parameters that a field takes at any time.
const UPDATABLE: &[&str] = &[
    "boost",
    "coerce",
    "copy_to",
    "depth_limit",
    "eager_global_ordinals",
    "fielddata",
    "fielddata_frequency_filter",
    "ignore_above",
    "ignore_malformed",
    "meta",
    "on_script_error",
    "search_analyzer",
    "search_quote_analyzer",
    "split_queries_on_whitespace",
    "synthetic_source_keep",
    "use_similarity",
];

/// Options at the root of a mapping that stay as the index was made.
const STATIC_AT_ROOT: &[&str] = &["_source", "_routing", "_size", "subobjects", "disable_objects", "enabled"];

/// Whether the engine takes the field at all.
pub(crate) fn is_valid(engine: Engine, field: Field<'_>) -> bool {
    let has = |name: &str| field.body.contains_key(name);
    match field.kind {
        Kind::Leaf("scaled_float") => has("scaling_factor"),
        Kind::Leaf("constant_keyword") => engine == Engine::Elasticsearch || has("value"),
        Kind::Alias => has("path"),
        Kind::Nested => field.body.get("synthetic_source_keep") != Some(&json!("arrays")),
        _ => true,
    }
}

/// What the engine says to a parameter of a field.
pub(crate) fn field_verdict(
    engine: Engine,
    field: Field<'_>,
    name: &str,
    old: Option<&Json>,
    new: Option<&Json>,
) -> Verdict {
    let (before, after) = (effective(engine, field, name, old), effective(engine, field, name, new));
    if let (Engine::OpenSearch, Kind::Leaf("geo_point")) = (engine, field.kind) {
        // It is not a field of the newer kind there: nothing is compared, and one without an index merges with nothing,
        // itself included.
        let is_refused = name == "index" && after == json!(false);
        return if is_refused { Verdict::Rejected(Reason::Parameter) } else { Verdict::Accepted };
    }
    if before == after || UPDATABLE.contains(&name) {
        return Verdict::Accepted;
    }
    match name {
        "norms" if after == json!(false) => Verdict::Accepted,
        "value" if engine == Engine::Elasticsearch && before.is_null() => Verdict::Accepted,
        _ => Verdict::Rejected(Reason::Parameter),
    }
}

/// What the engine says to a parameter of an object; `new` is what it has after the put.
pub(crate) fn object_verdict(name: &str, old: Option<&Json>, new: Option<&Json>) -> Verdict {
    if name == "dynamic" || same_for_object(name, old, new) {
        Verdict::Accepted
    } else {
        Verdict::Rejected(Reason::ObjectParameter)
    }
}

/// Whether two values of an object's parameter mean the same.
pub(crate) fn same_for_object(name: &str, old: Option<&Json>, new: Option<&Json>) -> bool {
    let default = match name {
        "enabled" | "subobjects" => json!(true),
        "disable_objects" | "include_in_parent" | "include_in_root" => json!(false),
        // `synthetic_source_keep: none` is not the same as none at all: Elasticsearch refuses to add it.
        _ => Json::Null,
    };
    let value = |value: Option<&Json>| value.map_or_else(|| default.clone(), normal);
    value(old) == value(new)
}

/// What the engine says to an option at the root of a mapping that the put has.
pub(crate) fn root_verdict(name: &str, old: Option<&Json>, new: Option<&Json>) -> Verdict {
    if STATIC_AT_ROOT.contains(&name) && !same_for_object(name, old, new) {
        Verdict::Rejected(Reason::ObjectParameter)
    } else {
        Verdict::Accepted
    }
}

/// The value that counts: the default when there is none, in one form where a value has several.
pub(crate) fn effective(engine: Engine, field: Field<'_>, name: &str, value: Option<&Json>) -> Json {
    match (name, value) {
        ("copy_to", Some(Json::String(path))) => json!([path]),
        ("copy_to", None) => json!([]),
        ("search_analyzer", None) => field.body.get("analyzer").cloned().unwrap_or(Json::Null),
        (_, Some(value)) => normal(value),
        (_, None) => default(engine, field.type_name(), name),
    }
}

/// Booleans may be written as text, and engines give `0.0` back for `0`.
fn normal(value: &Json) -> Json {
    match value {
        Json::String(text) if text == "true" => json!(true),
        Json::String(text) if text == "false" => json!(false),
        _ => whole_numbers(value),
    }
}

/// A float without a fraction as the whole number that it is.
pub(crate) fn whole_numbers(value: &Json) -> Json {
    match value {
        Json::Number(number) if number.is_f64() => whole(number).map_or_else(|| value.clone(), Json::from),
        _ => value.clone(),
    }
}

/// The whole number that a float is, where floats have no gaps yet.
fn whole(number: &serde_json::Number) -> Option<i64> {
    const WITHOUT_GAPS: f64 = 9_007_199_254_740_992.0;
    let float = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < WITHOUT_GAPS)?;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and below 2^53")]
    Some(float as i64)
}

/// What a field has that does not say.
fn default(engine: Engine, field_type: &str, name: &str) -> Json {
    let is_text = ["text", "search_as_you_type"].contains(&field_type);
    match name {
        "doc_values" => json!(!["binary", "search_as_you_type"].contains(&field_type)),
        "index" | "coerce" | "ignore_z_value" => json!(true),
        "norms" => json!(is_text),
        "store"
        | "fielddata"
        | "ignore_malformed"
        | "eager_global_ordinals"
        | "split_queries_on_whitespace"
        | "time_series_dimension" => json!(false),
        "boost" => json!(1),
        "index_options" if is_text => json!("positions"),
        "index_options" => json!("docs"),
        "term_vector" => json!("no"),
        "format" if field_type == "date_nanos" && engine == Engine::Elasticsearch => {
            json!("strict_date_optional_time_nanos||epoch_millis")
        }
        "format" => json!("strict_date_optional_time||epoch_millis"),
        "synthetic_source_keep" => json!("none"),
        "depth_limit" => json!(20),
        "meta" => json!({}),
        // Given back by both engines whether it was put or not.
        "max_shingle_size" => json!(3),
        _ => Json::Null,
    }
}
