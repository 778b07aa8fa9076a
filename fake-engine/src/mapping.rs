//! Mappings as JSON: overlaying one on another, as templates are composed, and merging one into another, with the conflicts that
//! engines refuse.

use serde_json::Value;

use crate::state::Refusal;

/// Overlays `upper` on `lower`: objects member by member, anything else as a whole.
pub fn overlay(lower: &mut Value, upper: &Value) {
    match (lower, upper) {
        (_, Value::Null) => {}
        (Value::Object(lower), Value::Object(upper)) => {
            for (name, value) in upper {
                match lower.get_mut(name) {
                    Some(below) => overlay(below, value),
                    None => drop(lower.insert(name.clone(), value.clone())),
                }
            }
        }
        (lower, upper) => *lower = upper.clone(),
    }
}

/// Merges a mapping into that of an index: new fields are added, `_meta` is replaced, and nothing else may change.
pub fn merge(existing: &mut Value, wanted: &Value) -> Result<(), Refusal> {
    check_fields(existing, wanted, "")?;
    overlay(existing, wanted);
    if let Some(meta) = wanted.get("_meta") {
        existing["_meta"] = meta.clone();
    }
    Ok(())
}

fn check_fields(existing: &Value, wanted: &Value, path: &str) -> Result<(), Refusal> {
    for (name, field) in wanted["properties"].as_object().into_iter().flatten() {
        let Some(before) = existing["properties"].get(name) else {
            continue;
        };
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let kind = |field: &Value| field["type"].as_str().unwrap_or("object").to_owned();
        if kind(before) != kind(field) {
            let reason = format!("mapper [{path}] cannot be changed from type [{}] to [{}]", kind(before), kind(field));
            return Err(Refusal::new(400, "illegal_argument_exception", reason));
        }
        let value = |field: &Value| field["value"].as_str().map(str::to_owned);
        if kind(field) == "constant_keyword" && value(before).is_some() && value(before) != value(field) {
            let reason = format!(
                "Mapper for [{path}] conflicts with existing mapper: Cannot update parameter [value] from [{}] to [{}]",
                value(before).unwrap_or_default(),
                value(field).as_deref().unwrap_or("null")
            );
            return Err(Refusal::new(400, "illegal_argument_exception", reason));
        }
        check_fields(before, field, &path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::merge;

    #[test]
    fn new_fields_are_added_and_types_stay() {
        let mut mapping = json!({"_meta": {"a": 1}, "properties": {"a": {"properties": {"b": {"type": "long"}}}}});
        let wider = json!({"_meta": {"b": 2}, "properties": {"a": {"properties": {"c": {"type": "ip"}}}}});
        merge(&mut mapping, &wider).unwrap();
        let both = json!({"b": {"type": "long"}, "c": {"type": "ip"}});
        assert_eq!(mapping, json!({"_meta": {"b": 2}, "properties": {"a": {"properties": both}}}));

        let changed = json!({"properties": {"a": {"properties": {"b": {"type": "keyword"}}}}});
        let refused = merge(&mut mapping, &changed).unwrap_err();
        assert_eq!(refused.reason, "mapper [a.b] cannot be changed from type [long] to [keyword]");
    }

    #[test]
    fn value_of_a_constant_is_set_once() {
        let constant =
            |value: serde_json::Value| json!({"properties": {"a": {"type": "constant_keyword", "value": value}}});
        let mut mapping = json!({"properties": {"a": {"type": "constant_keyword"}}});
        merge(&mut mapping, &constant(json!("x"))).unwrap();
        merge(&mut mapping, &constant(json!("x"))).unwrap();
        for other in [json!("y"), json!(null)] {
            assert!(merge(&mut mapping, &constant(other)).is_err());
        }
    }
}
