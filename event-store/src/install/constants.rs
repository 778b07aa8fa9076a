//! What an index has learnt from its documents and a bundle does not contain: the value of a `constant_keyword` declared without
//! one, which Elasticsearch takes from the first document. A mapping without it is refused from then on, because it would remove
//! the value. New fields, which an index learns as well, stay whatever mapping is put.

use serde_json::Value;

/// Copies the values of constants from the mapping of an index into a mapping that has none for them.
pub(super) fn copy_values(wanted: &mut Value, live: &Value) {
    for members in ["properties", "fields"] {
        for (name, field) in wanted.get_mut(members).and_then(Value::as_object_mut).into_iter().flatten() {
            let Some(live) = live[members].get(name) else { continue };
            let is_open = is_constant(field) && field.get("value").is_none_or(Value::is_null);
            if let Some(value) = live.get("value").filter(|_| is_open && is_constant(live)) {
                field["value"] = value.clone();
            }
            copy_values(field, live);
        }
    }
}

fn is_constant(field: &Value) -> bool {
    field["type"] == "constant_keyword"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::copy_values;

    #[test]
    fn only_learnt_values_are_copied() {
        let constant = |value: Option<&str>| {
            let mut field = json!({"type": "constant_keyword"});
            field.as_object_mut().unwrap().extend(value.map(|value| ("value".to_owned(), json!(value))));
            field
        };
        let mut wanted = json!({"properties": {
            "learnt": constant(None), "said": constant(Some("a")), "open": constant(None), "new": constant(None),
            "other": {"type": "constant_keyword"}, "number": {"type": "long"},
            "object": {"properties": {"deep": constant(None)}},
            "text": {"type": "text", "fields": {"constant": constant(None)}}
        }});
        let live = json!({"properties": {
            "learnt": constant(Some("x")), "said": constant(Some("b")), "open": constant(None),
            "other": {"type": "keyword", "value": "x"}, "number": {"type": "long", "value": 1}, "gone": constant(Some("x")),
            "object": {"properties": {"deep": constant(Some("y"))}},
            "text": {"type": "text", "fields": {"constant": constant(Some("z"))}}
        }});
        copy_values(&mut wanted, &live);
        assert_eq!(
            wanted,
            json!({"properties": {
                "learnt": constant(Some("x")), "said": constant(Some("a")), "open": constant(None), "new": constant(None),
                "other": {"type": "constant_keyword"}, "number": {"type": "long"},
                "object": {"properties": {"deep": constant(Some("y"))}},
                "text": {"type": "text", "fields": {"constant": constant(Some("z"))}}
            }})
        );
    }
}
