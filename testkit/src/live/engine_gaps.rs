//! The features that engines of the tests lack, and their replacements: one table. Each row is used only where it is needed, and a
//! run prints every row that it used. Sends no requests.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::engines::Engine;

/// A feature that an engine lacks.
#[derive(Clone, Copy, Debug)]
enum EngineGap {
    /// A field type, with the type of the same family that stands in for it, and the parameters that the other has too.
    Type(&'static str, &'static str, &'static [&'static str]),
    /// A setting, by the start of its dotted name.
    Setting(&'static str),
    /// A member of a body, wherever it stands above the fields.
    Member(&'static str),
    /// The default of a parameter, which the engine takes and does not give back.
    Default(&'static str, &'static str),
    /// A parameter of a type that the engine gives back with its default, whether it was put or not.
    Shown(&'static str, &'static str, bool),
    /// A parameter of a type that the engine takes and never gives back.
    Hidden(&'static str, &'static str),
    /// A step of the installation, by the start of its path.
    Step(&'static str),
}

const BARE: &str = "the bare distribution has no such mapper";
const NO_ILM: &str = "the bare distribution has no lifecycle management; the policy is parsed by `ilm-parser`";
const NO_SCRIPT: &str = "the bare distribution has no script processor; the pipeline runs on OpenSearch";
const NO_ISM: &str = "the engine comes without the Index Management plugin";
const OLD: &str = "the engine is older than that";
const LEGACY: &str = "the engine has legacy templates only, and gets one with what the components have";

const DATE_FORMAT: EngineGap = EngineGap::Default("format", "strict_date_optional_time||epoch_millis");
const NOT_SHOWN: &str = "the engine takes the default, and does not give it back";

/// Other releases of an engine lack the same features; what its replies show is listed for each release.
const ROWS: &[(Engine, EngineGap, &str)] = &[
    (Engine::Elasticsearch, EngineGap::Type("wildcard", "keyword", &["ignore_above"]), BARE),
    (Engine::Elasticsearch, EngineGap::Type("constant_keyword", "keyword", &[]), BARE),
    (Engine::Elasticsearch, EngineGap::Type("match_only_text", "text", &[]), BARE),
    (Engine::Elasticsearch, EngineGap::Type("search_as_you_type", "text", &["norms"]), BARE),
    (Engine::Elasticsearch, EngineGap::Type("scaled_float", "double", &["coerce"]), BARE),
    (Engine::Elasticsearch, EngineGap::Type("version", "keyword", &[]), BARE),
    (Engine::Elasticsearch, EngineGap::Type("unsigned_long", "double", &[]), BARE),
    (Engine::Elasticsearch, EngineGap::Setting("index.lifecycle.name"), NO_ILM),
    (Engine::Elasticsearch, EngineGap::Setting("index.lifecycle.rollover_alias"), NO_ILM),
    (Engine::Elasticsearch, EngineGap::Setting("index.lifecycle.indexing_complete"), NO_ILM),
    (Engine::Elasticsearch, EngineGap::Setting("index.default_pipeline"), NO_SCRIPT),
    (Engine::Elasticsearch, EngineGap::Step("/_ilm/"), NO_ILM),
    (Engine::Elasticsearch, EngineGap::Step("/_ingest/"), NO_SCRIPT),
    (Engine::OpenSearch, EngineGap::Setting("index.plugins.index_state_management."), NO_ISM),
    (Engine::OpenSearch, EngineGap::Step("/_plugins/_ism/"), NO_ISM),
    (
        Engine::OpenSearch2,
        EngineGap::Type("constant_keyword", "keyword", &[]),
        "the engine loses the value of one, so that no shard of the index starts",
    ),
    (Engine::OpenSearch, DATE_FORMAT, NOT_SHOWN),
    (Engine::Elasticsearch, DATE_FORMAT, NOT_SHOWN),
    (Engine::Elasticsearch6, DATE_FORMAT, NOT_SHOWN),
    (Engine::OpenSearch, EngineGap::Shown("wildcard", "doc_values", true), "the engine always shows it"),
    (Engine::OpenSearch, EngineGap::Hidden("geo_point", "index"), "the engine takes it, and does not give it back"),
    (Engine::Elasticsearch6, EngineGap::Type("flattened", "object", &[]), OLD),
    (Engine::Elasticsearch6, EngineGap::Type("wildcard", "keyword", &["ignore_above"]), OLD),
    (Engine::Elasticsearch6, EngineGap::Type("constant_keyword", "keyword", &[]), OLD),
    (Engine::Elasticsearch6, EngineGap::Type("match_only_text", "text", &[]), OLD),
    (Engine::Elasticsearch6, EngineGap::Type("version", "keyword", &[]), OLD),
    (Engine::Elasticsearch6, EngineGap::Setting("index.hidden"), OLD),
    (
        Engine::Elasticsearch6,
        EngineGap::Setting("index.default_pipeline"),
        "its Painless is older; `check-pipeline` adapts it",
    ),
    (Engine::Elasticsearch6, EngineGap::Member("is_hidden"), OLD),
    (Engine::Elasticsearch6, EngineGap::Member("_meta"), OLD),
    (Engine::Elasticsearch6, EngineGap::Step("/_ingest/"), "its Painless is older; `check-pipeline` adapts it"),
    (Engine::Elasticsearch6, EngineGap::Step("/_component_template/"), LEGACY),
];

/// Adapts bodies to one engine, and remembers which rows of the table it used.
#[derive(Debug)]
pub struct Adapter {
    engine: Engine,
    used: BTreeSet<String>,
}

impl Adapter {
    /// An adapter to a release of an engine, which has used nothing.
    pub const fn new(engine: Engine) -> Self {
        Self { engine, used: BTreeSet::new() }
    }

    /// The release of the engine.
    pub const fn release(&self) -> Engine {
        self.engine
    }

    /// The engine, whatever its release.
    pub const fn engine(&self) -> Engine {
        self.engine.family()
    }

    /// What was replaced or left out, with the reasons.
    pub fn used(&self) -> impl Iterator<Item = &str> {
        self.used.iter().map(String::as_str)
    }

    /// Whether the engine can do a step of the installation.
    pub fn has_step(&mut self, path: &str) -> bool {
        for (what, reason) in self.rows() {
            if let EngineGap::Step(start) = what
                && path.starts_with(start)
            {
                self.used.insert(format!("step `{start}…` left out: {reason}"));
                return false;
            }
        }
        true
    }

    /// Whether the engine has a setting, by its dotted name.
    pub fn has_setting(&mut self, path: &str) -> bool {
        let unsupported = self.missing_setting(path);
        if let Some((start, reason)) = unsupported {
            self.used.insert(format!("setting `{start}` left out: {reason}"));
        }
        unsupported.is_none()
    }

    fn missing_setting(&self, path: &str) -> Option<(&'static str, &'static str)> {
        self.rows().find_map(|(what, reason)| match what {
            EngineGap::Setting(start) if path.starts_with(start) || format!("{path}.") == start => {
                Some((start, reason))
            }
            _ => None,
        })
    }

    /// The body without what the engine lacks: of a template, an index, a policy or a mapping.
    pub fn adapt(&mut self, body: &Value) -> Value {
        let mut body = body.clone();
        self.adapt_body(&mut body);
        body
    }

    /// The mapping as the engine gives it back, from the one that was put.
    pub fn shown(&mut self, mapping: &Value) -> Value {
        let mut mapping = mapping.clone();
        for (what, reason) in self.rows() {
            match what {
                EngineGap::Shown(of, parameter, default) if add_default(&mut mapping, of, parameter, default) => {
                    self.used.insert(format!("`{parameter}: {default}` expected with `{of}` in answers: {reason}"));
                }
                EngineGap::Hidden(of, parameter) if remove_parameter(&mut mapping, of, parameter) => {
                    self.used.insert(format!("`{parameter}` of `{of}` not expected in answers: {reason}"));
                }
                _ => {}
            }
        }
        mapping
    }

    fn rows(&self) -> impl Iterator<Item = (EngineGap, &'static str)> + use<> {
        let release = self.engine;
        let is_shared =
            move |of, what| of == release.family() && !matches!(what, EngineGap::Shown(..) | EngineGap::Hidden(..));
        let holds = move |(of, what, _): &&(Engine, EngineGap, &str)| *of == release || is_shared(*of, *what);
        ROWS.iter().filter(holds).map(|(_, what, reason)| (*what, *reason))
    }

    fn adapt_body(&mut self, body: &mut Value) {
        let Some(members) = body.as_object_mut() else { return };
        for (what, reason) in self.rows() {
            if let EngineGap::Member(name) = what
                && members.remove(name).is_some()
            {
                self.used.insert(format!("`{name}` left out: {reason}"));
            }
        }
        for (name, inner) in members {
            match name.as_str() {
                "settings" => self.adapt_settings(inner, ""),
                "properties" => self.adapt_fields(inner),
                _ => self.adapt_body(inner),
            }
        }
    }

    fn adapt_settings(&mut self, settings: &mut Value, above: &str) {
        let Some(members) = settings.as_object_mut() else { return };
        for name in members.keys().cloned().collect::<Vec<_>>() {
            let path = format!("{above}{name}");
            if !self.has_setting(&path) {
                members.remove(&name);
            } else if let Some(inner) = members.get_mut(&name) {
                self.adapt_settings(inner, &format!("{path}."));
                if inner == &json!({}) {
                    members.remove(&name);
                }
            }
        }
    }

    fn adapt_fields(&mut self, fields: &mut Value) {
        let Some(fields) = fields.as_object_mut() else { return };
        for field in fields.values_mut() {
            self.adapt_field(field);
        }
    }

    fn adapt_field(&mut self, field: &mut Value) {
        let Some(members) = field.as_object_mut() else { return };
        for inner in ["properties", "fields"] {
            if let Some(inner) = members.get_mut(inner) {
                self.adapt_fields(inner);
            }
        }
        for (what, reason) in self.rows() {
            if let EngineGap::Default(name, value) = what
                && members.get(name).and_then(Value::as_str) == Some(value)
            {
                members.remove(name);
                self.used.insert(format!("`{name}: {value}` left out: {reason}"));
            }
        }
        let Some(name) = members.get("type").and_then(Value::as_str).map(str::to_owned) else { return };
        for (what, reason) in self.rows() {
            if let EngineGap::Type(unsupported, base, kept) = what
                && unsupported == name
            {
                replace_type(members, base, kept);
                self.used.insert(format!("type `{name}` replaced by `{base}`: {reason}"));
            }
        }
    }
}

/// Adds a parameter to all fields of a type, and tells whether there was one.
fn add_default(mapping: &mut Value, of: &str, parameter: &str, default: bool) -> bool {
    let Some(members) = mapping.as_object_mut() else { return false };
    let mut added = members.get("type").is_some_and(|name| name == of);
    if added {
        members.entry(parameter).or_insert(json!(default));
    }
    for inner in members.values_mut() {
        added |= add_default(inner, of, parameter, default);
    }
    added
}

/// Removes a parameter from all fields of a type, and tells whether there was one.
fn remove_parameter(mapping: &mut Value, of: &str, parameter: &str) -> bool {
    let Some(members) = mapping.as_object_mut() else { return false };
    let is_of_type = members.get("type").is_some_and(|name| name == of);
    let mut removed = is_of_type && members.remove(parameter).is_some();
    for inner in members.values_mut() {
        removed |= remove_parameter(inner, of, parameter);
    }
    removed
}

/// Lucene's limit for a term.
const MAX_TERM_BYTES: u64 = 32_766;

fn replace_type(field: &mut Map<String, Value>, base: &str, kept: &[&str]) {
    field.retain(|name, _| kept.contains(&name.as_str()) || name == "copy_to" || name == "fields");
    field.insert("type".to_owned(), json!(base));
    if base == "keyword" {
        // A keyword refuses text that does not fit a term; most of the types that it stands in for do not.
        field.entry("ignore_above").or_insert(json!(MAX_TERM_BYTES / 4));
    }
    if base == "object" {
        // A replacement for a field with free names must accept free names.
        field.insert("dynamic".to_owned(), json!("true"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lacking_is_replaced_and_named() {
        let mut adapter = Adapter::new(Engine::Elasticsearch);
        let body = json!({
            "settings": {"index": {"lifecycle": {"name": "x"}, "number_of_shards": "1"}},
            "mappings": {"properties": {"a": {"properties": {"b": {"type": "wildcard", "ignore_above": 7}}}}},
        });
        let expected = json!({
            "settings": {"index": {"number_of_shards": "1"}},
            "mappings": {"properties": {"a": {"properties": {"b": {"type": "keyword", "ignore_above": 7}}}}},
        });
        assert_eq!(adapter.adapt(&body), expected);
        assert_eq!(adapter.used().count(), 2);
    }

    #[test]
    fn supported_features_are_unchanged() {
        let mut adapter = Adapter::new(Engine::OpenSearch);
        let body = json!({"mappings": {"properties": {"type": {"type": "wildcard"}}}, "_meta": {"version": 1}});
        assert_eq!(adapter.adapt(&body), body);
        assert_eq!(adapter.used().count(), 0);
    }
}
