//! A mapping as an engine stores it, out of one as people write it: dotted names are objects, numbers and booleans are no
//! text, and what says no more than its absence is absent. Two mappings that an engine reads alike are equal then.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::parameters::whole_numbers;
use super::tree::step;

/// A mapping with the places that moved.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Canonical {
    /// The mapping.
    pub(crate) mapping: Json,
    /// Pointers of what stands under a dotted name as it was written, by the pointer that it has now.
    pub(crate) moved: BTreeMap<String, String>,
}

/// Parameters that are numbers, however they are written.
const NUMBERS: &[&str] =
    &["boost", "depth_limit", "ignore_above", "max_shingle_size", "position_increment_gap", "scaling_factor"];

/// Parameters that are booleans, however they are written. `dynamic` is none: it has further values.
const BOOLEANS: &[&str] = &[
    "coerce",
    "date_detection",
    "disable_objects",
    "doc_values",
    "eager_global_ordinals",
    "enabled",
    "fielddata",
    "ignore_malformed",
    "ignore_z_value",
    "include_in_parent",
    "include_in_root",
    "index",
    "norms",
    "numeric_detection",
    "required",
    "split_queries_on_whitespace",
    "store",
    "subobjects",
    "time_series_dimension",
];

/// Types whose values are numbers.
const NUMERIC: &[&str] =
    &["byte", "double", "float", "half_float", "integer", "long", "scaled_float", "short", "unsigned_long"];

/// The mapping as an engine stores it.
#[must_use]
pub(crate) fn canonical(mapping: &Json) -> Canonical {
    let mut moved = BTreeMap::new();
    let Some(root) = mapping.as_object() else { return Canonical { mapping: mapping.clone(), moved } };
    let mut body = object(root, ("", ""), &mut moved);
    body.retain(|name, value| !is_default_at_root(name, value));
    Canonical { mapping: Json::Object(body), moved }
}

/// What is the same at the root as if it were not written. Every index behind a data stream has
/// `_data_stream_timestamp`, and no template may.
fn is_default_at_root(name: &str, value: &Json) -> bool {
    match name {
        "_data_stream_timestamp" | "_source" => *value == json!({}) || *value == json!({"enabled": true}),
        "_routing" => *value == json!({}) || *value == json!({"required": false}),
        "_size" => *value == json!({}) || *value == json!({"enabled": false}),
        "dynamic_templates" => *value == json!([]),
        "_meta" | "runtime" | "derived" => *value == json!({}),
        "date_detection" | "enabled" | "subobjects" => *value == json!(true),
        "numeric_detection" | "disable_objects" => *value == json!(false),
        _ => false,
    }
}

/// The root, or an object; `at` is its pointer now and as it was written.
fn object(body: &Map<String, Json>, at: (&str, &str), moved: &mut BTreeMap<String, String>) -> Map<String, Json> {
    let is = |name: &str, value: bool| body.get(name).is_some_and(|found| boolean(found) == json!(value));
    let has_objects = !is("subobjects", false) && !is("disable_objects", true);
    let mut stored = Map::new();
    for (name, value) in body {
        match (name.as_str(), value) {
            ("properties", Json::Object(written)) => {
                let mut properties = Map::new();
                for (name, field) in written {
                    let names: Vec<&str> = if has_objects { name.split('.').collect() } else { vec![name] };
                    // Engines refuse such a name; it stays what it is.
                    let names = if names.contains(&"") { vec![name.as_str()] } else { names };
                    let now = names.iter().fold(at.0.to_owned(), |pointer, name| step(&pointer, "properties", name));
                    let before = step(at.1, "properties", name);
                    let field = place(field, (&now, &before), moved);
                    if names.len() > 1 {
                        moved.insert(now, before);
                    }
                    insert(&mut properties, &names, field);
                }
                stored.insert(name.clone(), Json::Object(properties));
            }
            ("dynamic", Json::Bool(value)) => drop(stored.insert(name.clone(), json!(value.to_string()))),
            (name, value) => drop(stored.insert(name.to_owned(), parameter(name, value))),
        }
    }
    stored
}

/// A field, an object, or whatever else stands there.
fn place(value: &Json, at: (&str, &str), moved: &mut BTreeMap<String, String>) -> Json {
    let Some(body) = value.as_object() else { return value.clone() };
    match body.get("type").and_then(Json::as_str) {
        None | Some("object" | "nested") => Json::Object(object(body, at, moved)),
        Some(field_type) => Json::Object(field(field_type, body)),
    }
}

fn field(field_type: &str, body: &Map<String, Json>) -> Map<String, Json> {
    let mut stored = Map::new();
    for (name, value) in body {
        let value = match (name.as_str(), value) {
            ("fields", Json::Object(fields)) if fields.is_empty() => continue,
            ("fields", Json::Object(fields)) => {
                let multi_field = |value: &Json| {
                    let body = value.as_object()?;
                    Some(Json::Object(field(body.get("type")?.as_str()?, body)))
                };
                let fields = fields
                    .iter()
                    .map(|(name, value)| (name.clone(), multi_field(value).unwrap_or_else(|| value.clone())));
                Json::Object(fields.collect())
            }
            ("copy_to", Json::String(path)) => json!([path]),
            ("null_value", _) if NUMERIC.contains(&field_type) => number(value),
            ("null_value", _) if field_type == "boolean" => boolean(value),
            ("null_value", _) if field_type == "geo_point" => point(value),
            ("null_value" | "value", Json::Number(_) | Json::Bool(_))
                if ["keyword", "wildcard", "constant_keyword"].contains(&field_type) =>
            {
                json!(value.to_string())
            }
            (name, value) => parameter(name, value),
        };
        stored.insert(name.clone(), value);
    }
    stored
}

/// A parameter whose name tells what its value is; all of an option of the root, such as `_source`.
fn parameter(name: &str, value: &Json) -> Json {
    match value {
        Json::Object(options) if name.starts_with('_') && name != "_meta" => {
            Json::Object(options.iter().map(|(name, value)| (name.clone(), parameter(name, value))).collect())
        }
        _ if NUMBERS.contains(&name) => number(value),
        _ if BOOLEANS.contains(&name) => boolean(value),
        _ => value.clone(),
    }
}

fn number(value: &Json) -> Json {
    let parsed = value.as_str().and_then(|text| serde_json::from_str::<serde_json::Number>(text.trim()).ok());
    whole_numbers(&parsed.map_or_else(|| value.clone(), Json::Number))
}

fn boolean(value: &Json) -> Json {
    match value.as_str() {
        Some("true") => json!(true),
        Some("false") => json!(false),
        _ => value.clone(),
    }
}

/// A point is stored as an object, whether it is written so, as `"lat,lon"` or as `[lon, lat]`.
fn point(value: &Json) -> Json {
    let degrees = |value: &Json| value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
    let written = match value {
        Json::String(text) => text.split_once(',').map(|(lat, lon)| (json!(lat), json!(lon))),
        Json::Array(list) => list.get(1).map(|lat| (lat.clone(), list[0].clone())),
        _ => value.get("lat").zip(value.get("lon")).map(|(lat, lon)| (lat.clone(), lon.clone())),
    };
    let stored = written.and_then(|(lat, lon)| Some(json!({"lat": degrees(&lat)?, "lon": degrees(&lon)?})));
    stored.unwrap_or_else(|| value.clone())
}

/// Puts a field where its names lead; an object that is there already gets what the other has.
fn insert(properties: &mut Map<String, Json>, names: &[&str], field: Json) {
    match names {
        [] => {}
        [name] => match (properties.get_mut(*name), field) {
            (Some(known), field) => merge(known, field),
            (None, field) => drop(properties.insert((*name).to_owned(), field)),
        },
        [name, names @ ..] => {
            let mut below = Map::new();
            insert(&mut below, names, field);
            insert(properties, &[name], json!({"properties": below}));
        }
    }
}

/// Objects have what both have; of anything else the later counts, as for engines.
fn merge(known: &mut Json, later: Json) {
    match (known, later) {
        (Json::Object(known), Json::Object(later))
            if known.contains_key("properties") || later.contains_key("properties") =>
        {
            for (name, value) in later {
                match (name.as_str(), known.get_mut(&name), value) {
                    ("properties", Some(Json::Object(properties)), Json::Object(fields)) => {
                        for (name, field) in fields {
                            insert(properties, &[&name], field);
                        }
                    }
                    (_, _, value) => drop(known.insert(name, value)),
                }
            }
        }
        (known, later) => *known = later,
    }
}
