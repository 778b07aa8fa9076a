//! Reads back what was installed and compares it with what was put, after the engine's own normalisation: settings are
//! text below `index`, and that is all that may differ. Knows no log.

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::installer::InstallStep;
use crate::engines::Client;

/// What an engine holds of one step: the path that it was read from, and what it answered.
pub type Held = (String, Value);

/// Reads what each step made, and compares it with the step's body.
///
/// # Errors
/// The first difference.
pub fn check(client: &Client, steps: &[(InstallStep, Value)]) -> Result<Vec<Held>> {
    steps.iter().map(|(step, body)| check_step(client, step, body)).collect()
}

fn check_step(client: &Client, step: &InstallStep, body: &Value) -> Result<Held> {
    let path = step.path.split('?').next().unwrap_or(&step.path).to_owned();
    let name = path.rsplit('/').next().unwrap_or_default();
    let held = client.send("GET", &step.path)?.expect(&format!("read `{path}` back"))?;
    let found = match path.split('/').nth(1).unwrap_or_default() {
        "_component_template" => held["component_templates"][0]["component_template"].clone(),
        "_index_template" => held["index_templates"][0]["index_template"].clone(),
        "_template" | "_ingest" => held[name].clone(),
        "_ilm" => json!({"policy": held[name]["policy"]}),
        // A data stream has no content of its own.
        "_data_stream" => return Ok((path, Value::Null)),
        _ => json!({"aliases": held[name]["aliases"]}),
    };
    let (wanted, mut found) = (normalised(body), normalised(&found));
    // OpenSearch names the only field that it allows there.
    if body.get("data_stream").is_some() && body["data_stream"].get("timestamp_field").is_none() {
        found["data_stream"].as_object_mut().map(|stream| stream.remove("timestamp_field"));
    }
    if let Some(difference) = first_difference(&wanted, &found, "") {
        bail!("`{path}` reads back otherwise than it was put: {difference}");
    }
    Ok((path, found))
}

/// A body with its settings as text by dotted name, without empty objects that stand for nothing.
fn normalised(body: &Value) -> Value {
    match body {
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| {
                let value = if name == "settings" { settings(value) } else { normalised(value) };
                (name.clone(), value)
            });
            members.filter(|(name, value)| !is_nothing(name, value)).collect::<Map<_, _>>().into()
        }
        Value::Array(elements) => elements.iter().map(normalised).collect(),
        other => other.clone(),
    }
}

/// Legacy templates are given back with empty aliases and empty mappings; and where all settings were left out for the
/// engine's sake, nothing is left of them.
fn is_nothing(name: &str, value: &Value) -> bool {
    matches!(name, "aliases" | "mappings" | "settings" | "template") && value.as_object().is_some_and(Map::is_empty)
}

fn settings(value: &Value) -> Value {
    fn flatten(value: &Value, path: &str, out: &mut Map<String, Value>) {
        match value {
            Value::Object(members) => {
                for (name, inner) in members {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    flatten(inner, &path, out);
                }
            }
            Value::String(text) => {
                out.insert(path.to_owned(), json!(text));
            }
            other => {
                out.insert(path.to_owned(), json!(other.to_string()));
            }
        }
    }
    let mut out = Map::new();
    flatten(value, "", &mut out);
    out.into()
}

/// Where two values first differ, in words.
pub fn first_difference(wanted: &Value, found: &Value, at: &str) -> Option<String> {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            let missing = wanted.iter().find_map(|(name, value)| match found.get(name) {
                Some(found) => first_difference(value, found, &format!("{at}/{name}")),
                None => Some(format!("`{at}/{name}` is missing")),
            });
            let added = || found.keys().find(|name| !wanted.contains_key(*name));
            missing.or_else(|| added().map(|name| format!("`{at}/{name}` was added: {}", found[name])))
        }
        _ if wanted == found => None,
        _ => Some(format!("`{at}` is {found}, and {wanted} was put")),
    }
}

#[test]
fn only_the_form_of_settings_may_differ() {
    let put = json!({"template": {"settings": {"index": {"number_of_shards": 1}}}, "aliases": {}});
    let read = json!({"template": {"settings": {"index": {"number_of_shards": "1"}}}});
    assert_eq!(first_difference(&normalised(&put), &normalised(&read), ""), None);
    let other = json!({"template": {"settings": {"index": {"number_of_shards": "2"}}}});
    assert!(first_difference(&normalised(&put), &normalised(&other), "").is_some());
}
