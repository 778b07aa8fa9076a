//! What is kept of a payload that did not fit: allow-listed values, of everything else its type and length.

use serde_json::{Map, Value as Json, json};

/// Deepest nesting that is kept.
const MAX_DEPTH: usize = 12;
/// Most entries of an object or list that are kept.
const MAX_ENTRIES: usize = 64;
/// Longest name of a field that is kept as it is; longer ones and those with other characters may be data.
const MAX_NAME: usize = 64;

/// The payload without what is not allow-listed; `keep` has paths with dots, in which lists do not appear.
pub fn redact(body: &Json, keep: &[String]) -> Json {
    Redactor { keep }.value(body, "", 0)
}

struct Redactor<'k> {
    keep: &'k [String],
}

impl Redactor<'_> {
    fn value(&self, value: &Json, path: &str, depth: usize) -> Json {
        match value {
            Json::Null | Json::Bool(_) => value.clone(),
            Json::String(text) if self.is_kept(path) && text.len() <= crate::text::MAX_KEYWORD => {
                // A host, a type, a status: never an address of a person, whoever allow-listed the field.
                crate::text::without_addresses(&crate::url::parse(text).unwrap_or_else(|| text.clone())).into()
            }
            Json::Number(_) if self.is_kept(path) => value.clone(),
            Json::String(text) => format!("string({})", text.chars().count()).into(),
            Json::Number(_) => "number".into(),
            Json::Array(items) if depth >= MAX_DEPTH => json!(format!("list({})", items.len())),
            Json::Object(fields) if depth >= MAX_DEPTH => json!(format!("object({})", fields.len())),
            Json::Array(items) => {
                items.iter().take(MAX_ENTRIES).map(|item| self.value(item, path, depth + 1)).collect()
            }
            Json::Object(fields) => {
                let mut out = Map::new();
                for (at, (name, field)) in fields.iter().take(MAX_ENTRIES).enumerate() {
                    let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    let name = if is_name(name) { name.clone() } else { format!("name-{at}({})", name.len()) };
                    out.insert(name, self.value(field, &inner, depth + 1));
                }
                Json::Object(out)
            }
        }
    }

    fn is_kept(&self, path: &str) -> bool {
        self.keep.iter().any(|kept| kept == path)
    }
}

/// Whether a name of a field looks like one that a program gave. Below an object with free names it may still be data, but
/// such names are of variables and labels, and their values are not kept.
fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '$');
    name.len() <= MAX_NAME && name.chars().all(is_plain)
}
