//! What settings files say, laid over a generated body.

use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::model::Model;

/// A body as it is generated, or with a settings file laid over it.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Overridden<B> {
    /// The file says nothing.
    Plain(B),
    /// What it says goes before the rest.
    LaidOver(Json),
}

/// An index template with the log's template settings: their patterns are added, their index settings go before ours,
/// and everything else is as they say.
pub fn with_template_settings<B: Serialize>(model: &Model, body: B) -> Overridden<B> {
    lay_settings_over(model, body, |template, name, value| {
        template.insert(name.to_owned(), value.clone());
    })
}

/// A legacy template with the same: `priority` is its `order`, what `template` holds is at its root, and what came with
/// composable templates has no place in it.
pub fn with_legacy_settings<B: Serialize>(model: &Model, body: B) -> Overridden<B> {
    lay_settings_over(model, body, |legacy, name, value| match (name, value) {
        ("priority", _) => {
            legacy.insert("order".to_owned(), value.clone());
        }
        ("version", _) => {
            legacy.insert(name.to_owned(), value.clone());
        }
        ("template", Json::Object(parts)) => {
            let parts = parts.iter().filter(|(part, _)| matches!(part.as_str(), "settings" | "aliases"));
            for (part, value) in parts {
                lay_over(legacy.entry(part).or_insert_with(|| Json::Object(Map::new())), value);
            }
        }
        _ => {}
    })
}

fn lay_settings_over<B: Serialize>(
    model: &Model,
    body: B,
    take: impl Fn(&mut Map<String, Json>, &str, &Json),
) -> Overridden<B> {
    let Some(settings) = &model.log.overrides.template else { return Overridden::Plain(body) };
    let mut body = serde_json::to_value(body).expect("bodies have text keys and finite numbers");
    let Json::Object(template) = &mut body else { return Overridden::LaidOver(body) };
    for (name, value) in settings {
        match (name.as_str(), template.get_mut(name)) {
            ("index_patterns", Some(Json::Array(own))) => {
                let added = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
                own.extend(added);
            }
            (_, Some(own @ Json::Object(_))) => lay_over(own, value),
            _ => take(template, name, value),
        }
    }
    Overridden::LaidOver(body)
}

fn lay_over(own: &mut Json, value: &Json) {
    match (own, value) {
        (Json::Object(own), Json::Object(entries)) => {
            for (name, value) in entries {
                match own.get_mut(name) {
                    Some(known) => lay_over(known, value),
                    None => {
                        own.insert(name.clone(), value.clone());
                    }
                }
            }
        }
        (own, value) => *own = value.clone(),
    }
}
