//! Finds the field and the value that a violation's path refers to. Knows no verdicts.

use ecs_gen::model::{Field, Model};
use serde_json::Value;

/// The field that a violation's path leads to, or whose member it leads to.
pub fn field<'m>(model: &'m Model, path: &str) -> Option<&'m Field> {
    let mut wanted: String = without_numbers(path);
    loop {
        if let Some(field) = model.fields.iter().find(|field| field.path.as_str() == wanted) {
            return Some(field);
        }
        wanted.truncate(wanted.rfind('.')?);
    }
}

/// The path without the numbers of elements.
pub fn without_numbers(path: &str) -> String {
    let mut in_number = false;
    path.chars()
        .filter(|letter| {
            in_number = *letter == '[' || in_number && *letter != ']';
            !in_number && *letter != ']'
        })
        .collect()
}

/// The value at a violation's path, such as `kibana.saved_objects[2].rel`.
pub fn value<'d>(document: &'d Value, path: &str) -> Option<&'d Value> {
    path.split('.').try_fold(document, |value, step| {
        let (name, numbers) = step.split_once('[').unwrap_or((step, ""));
        let value = value.get(name)?;
        let mut numbers = numbers.split(['[', ']']).filter(|part| !part.is_empty());
        numbers.try_fold(value, |value, number| value.get(number.parse::<usize>().ok()?))
    })
}

/// Whether null stands at a field, or among its values.
pub fn has_null(document: &Value, path: &str) -> bool {
    match document {
        Value::Array(elements) => elements.iter().any(|element| has_null(element, path)),
        Value::Null => path.is_empty(),
        _ if path.is_empty() => false,
        _ => {
            let (name, path) = path.split_once('.').unwrap_or((path, ""));
            document.get(name).is_some_and(|value| has_null(value, path))
        }
    }
}

#[test]
fn null_is_found_in_lists_and_not_elsewhere() {
    let document = serde_json::json!({"a": [{"b": null}, {"b": [1, null]}], "c": {"d": null}, "e": {"f": {"g": null}}});
    let paths = ["a.b", "a", "c.d", "c", "e.f", "e.f.g", "none"];
    assert_eq!(paths.map(|path| has_null(&document, path)), [true, false, true, false, false, true, false]);
}

#[test]
fn a_path_with_numbers_leads_to_its_value() {
    let document = serde_json::json!({"a": {"b": [{"c": 1}, {"c": [2, 3]}]}});
    assert_eq!(value(&document, "a.b[1].c[0]"), Some(&serde_json::json!(2)));
    assert_eq!(value(&document, "a.b[7].c"), None);
    assert_eq!(without_numbers("a.b[1].c[0]"), "a.b.c");
}
