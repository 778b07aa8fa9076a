//! What to write in place of a value in the wrong form: the same value in the form that the option takes.

use serde_json::{Map, Value as Json};

use super::hints;
use crate::source::node::{Node, Scalar, Value};

/// Plain scalars that YAML 1.1 readers took for booleans, and texts that people write for them.
const BOOLEANS: &[(&str, bool)] =
    &[("yes", true), ("on", true), ("true", true), ("no", false), ("off", false), ("false", false)];

/// What to write in place of `node`, where the input type `place` with this schema is expected.
pub(super) fn help<'s>(
    node: &Node,
    place: &str,
    schema: &'s Map<String, Json>,
    resolve: impl Fn(&'s Json) -> &'s Json,
) -> Option<String> {
    let takes = |name: &str| match schema.get("type") {
        Some(Json::String(only)) => only == name,
        Some(Json::Array(names)) => names.iter().any(|known| known == name),
        _ => false,
    };
    let form = match &node.value {
        Value::Scalar(scalar) if scalar.is_null() => {
            return Some("write a value, or drop the option".to_owned());
        }
        Value::Scalar(scalar) if takes("array") && schema.get("maxItems").is_none() => {
            let item = schema.get("items")?;
            let name = item.get("$ref").and_then(Json::as_str).and_then(|reference| reference.rsplit('/').next());
            let is_mapping = resolve(item).get("type").is_some_and(|form| form == "object");
            let written = name.filter(|_| is_mapping).and_then(|name| hints::written(name, &quoted(scalar)));
            format!("[{}]", written.unwrap_or_else(|| quoted(scalar)))
        }
        Value::Scalar(scalar) if takes("object") => hints::written(place, &quoted(scalar))?,
        Value::Scalar(scalar) if takes("integer") || takes("number") => {
            let plain = Scalar { text: scalar.text.clone(), plain: true };
            let number = plain.as_number().filter(|number| takes("number") || number.is_i64() || number.is_u64())?;
            return Some(format!("write it without quotes: `{number}`"));
        }
        Value::Scalar(scalar) if takes("boolean") => {
            let text = scalar.text.to_lowercase();
            BOOLEANS.iter().find(|(word, _)| *word == text)?.1.to_string()
        }
        Value::List(items) if takes("string") || takes("integer") || takes("boolean") => match items.as_slice() {
            [Node { value: Value::Scalar(scalar), .. }] if !scalar.is_null() => quoted(scalar),
            _ => return Some("write one value".to_owned()),
        },
        Value::Map(_) if takes("array") && schema.get("maxItems").is_none() => {
            return Some("write a list, each of whose items begins with `-`".to_owned());
        }
        _ => return None,
    };
    Some(format!("write `{form}`"))
}

/// What to write where a selection is expected and its `fields` were written in place of it.
pub(super) fn help_with_selection(node: &Node, place: &str) -> Option<String> {
    match (&node.value, place) {
        (Value::Scalar(scalar), "Selected") if scalar.text == "*" => Some("write `{fields: '*'}`".to_owned()),
        (Value::List(items), "Selected" | "SelectedFields") => {
            let names: Vec<String> =
                items.iter().filter_map(Node::as_text).take(3).map(|name| format!("{name}: {{}}")).collect();
            let fields = format!("{{{}}}", names.join(", "));
            let form = if place == "Selected" { format!("{{fields: {fields}}}") } else { fields };
            (!names.is_empty()).then(|| format!("write `{form}`"))
        }
        _ => None,
    }
}

/// What to write where fields were named beside the options of a selection.
pub(super) fn help_with_names(place: &str, name: &str) -> Option<String> {
    (place == "Selection").then(|| format!("name fields under `fields`: `{{fields: {{{name}: {{}}}}}}`"))
}

/// The scalar as it may stand in a list or mapping.
fn quoted(scalar: &Scalar) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let text = &scalar.text;
    if text.chars().all(is_word) && text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        text.clone()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}
