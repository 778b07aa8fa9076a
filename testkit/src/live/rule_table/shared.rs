//! Many changes in one index: each has a field of its own, so that one index, and one rollover, serves all of them.

use std::collections::BTreeSet;

use ecs_gen::diff::matrix::Case;
use serde_json::{Map, Value, json};

/// Fields in an index; making one costs more than putting many mappings to it.
pub const FIELDS: usize = 120;

/// Whether the change is one of the root, which an index has only one of.
pub fn is_of_root(case: &Case) -> bool {
    case.id.starts_with("root/")
}

/// The name of the changed field of the change at a place.
pub fn name(place: usize) -> String {
    format!("f{place}")
}

/// One mapping with the field of each change.
pub fn together(cases: &[&Case], side: fn(&Case) -> &Value) -> Value {
    let mut properties = Map::new();
    for (place, case) in cases.iter().enumerate() {
        add(&mut properties, side(case), place);
    }
    json!({"dynamic": "strict", "properties": properties})
}

/// The new mapping of one change among others.
pub fn alone(case: &Case, place: usize) -> Value {
    let mut properties = Map::new();
    add(&mut properties, &case.new_mapping, place);
    json!({"dynamic": "strict", "properties": properties})
}

fn add(properties: &mut Map<String, Value>, mapping: &Value, place: usize) {
    for (field, value) in mapping["properties"].as_object().into_iter().flatten() {
        if field != "f" {
            properties.insert(field.clone(), value.clone());
            continue;
        }
        let mut value = value.clone();
        if value["path"] == "f" {
            value["path"] = json!(name(place));
        }
        properties.insert(name(place), value);
    }
}

/// The dotted paths of all fields and multi-fields of a mapping.
pub fn names(mapping: &Value) -> BTreeSet<String> {
    fn add(value: &Value, path: &str, found: &mut BTreeSet<String>) {
        for key in ["properties", "fields"] {
            for (name, inner) in value[key].as_object().into_iter().flatten() {
                let path = format!("{path}{name}");
                add(inner, &format!("{path}."), found);
                found.insert(path);
            }
        }
    }
    let mut found = BTreeSet::new();
    add(mapping, "", &mut found);
    found
}

/// Settings of an index with room for all of them.
pub fn settings() -> Value {
    json!({"index": {
        "number_of_shards": 1,
        "number_of_replicas": 0,
        "refresh_interval": "-1",
        "translog.durability": "async",
        "mapping.total_fields.limit": 10_000,
        "mapping.nested_fields.limit": 10_000,
    }})
}
