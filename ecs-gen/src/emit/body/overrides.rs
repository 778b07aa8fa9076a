//! What settings files say, laid over a generated body.

use serde::Serialize;
use serde_json::Value as Json;

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
            _ => {
                template.insert(name.clone(), value.clone());
            }
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
