//! Making a document smaller while something stays true of it.

use serde_json::Value;

/// The smallest document that is found by taking out one field or element after the other, with `holds` still true. What
/// stands at the dotted path `kept`, on the way to it and below it, stays.
pub fn shrink(document: &Value, kept: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let mut smallest = document.clone();
    loop {
        let places = places(&smallest, kept);
        let smaller = places.iter().find_map(|place| {
            let mut candidate = smallest.clone();
            remove(&mut candidate, place);
            holds(&candidate).then_some(candidate)
        });
        match smaller {
            Some(smaller) => smallest = smaller,
            None => return smallest,
        }
    }
}

/// A step into a document: a member's name or an element's number, as text.
type Place = Vec<String>;

/// All places that may be taken out, outer ones first.
fn places(document: &Value, kept: &str) -> Vec<Place> {
    let mut places = vec![];
    let mut open = vec![(document, Place::new(), String::new())];
    while let Some((value, place, path)) = open.pop() {
        let mut visit = |step: String, dotted: String, inner| {
            let mut place = place.clone();
            place.push(step);
            let is_kept = !kept.is_empty() && (is_within(kept, &dotted) || is_within(&dotted, kept));
            if !is_kept {
                places.push(place.clone());
            }
            open.push((inner, place, dotted));
        };
        match value {
            Value::Object(members) => members.iter().for_each(|(name, inner)| {
                let dotted = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                visit(name.clone(), dotted, inner);
            }),
            Value::Array(elements) => {
                elements.iter().enumerate().for_each(|(at, inner)| visit(at.to_string(), path.clone(), inner));
            }
            _ => {}
        }
    }
    places.sort_by_key(Vec::len);
    places
}

/// Whether `path` is `outer` or below it.
fn is_within(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn remove(document: &mut Value, place: &Place) {
    let Some((last, way)) = place.split_last() else { return };
    let holder = way.iter().try_fold(document, |value, step| match value {
        Value::Object(members) => members.get_mut(step),
        Value::Array(elements) => elements.get_mut(step.parse::<usize>().ok()?),
        _ => None,
    });
    match holder {
        Some(Value::Object(members)) => {
            members.remove(last);
        }
        Some(Value::Array(elements)) => {
            elements.remove(last.parse().unwrap());
        }
        _ => {}
    }
}

#[test]
fn what_matters_is_left() {
    let document = serde_json::json!({"a": {"b": [1, 2, {"c": 3}], "d": 4}, "e": {"f": 5}, "g": 6});
    let holds = |value: &Value| value.to_string().contains("\"c\":3");
    assert_eq!(shrink(&document, "", holds), serde_json::json!({"a": {"b": [{"c": 3}]}}));
    assert_eq!(shrink(&document, "e.f", holds), serde_json::json!({"a": {"b": [{"c": 3}]}, "e": {"f": 5}}));
}
