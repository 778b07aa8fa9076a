//! Indices, aliases, templates and policies of a fake engine, and the effect of a write to a name. Knows no HTTP.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value, json};

use crate::id::IdSet;
use crate::mapping;
use crate::server::Recording;
use crate::stats::Stats;

/// A refusal in the words of an engine.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub status: u16,
    pub kind: &'static str,
    pub reason: String,
}

impl Refusal {
    pub fn new(status: u16, kind: &'static str, reason: impl Into<String>) -> Self {
        Self { status, kind, reason: reason.into() }
    }

    pub fn missing_index(name: &str) -> Self {
        Self::new(404, "index_not_found_exception", format!("no such index [{name}]"))
    }

    /// The error object of a reply or of an item.
    pub fn to_json(&self) -> Value {
        json!({"type": self.kind, "reason": self.reason})
    }
}

/// One concrete index.
#[derive(Debug, Default)]
pub struct Index {
    pub aliases: BTreeMap<String, Value>,
    pub mappings: Value,
    pub settings: Value,
    pub ids: IdSet,
}

/// What is kept of documents besides their ids.
#[derive(Debug, Default)]
pub struct Records {
    pub sequences: Vec<u64>,
    /// Index and document, in order of arrival.
    pub documents: Vec<(String, Vec<u8>)>,
}

/// The state of a fake engine.
#[derive(Debug, Default)]
pub struct State {
    pub indices: BTreeMap<String, Index>,
    /// Backing indices of data streams, the last one written to.
    pub streams: BTreeMap<String, Vec<String>>,
    /// Component templates, index templates, policies and pipelines, by path.
    pub things: BTreeMap<String, Value>,
    pub busy_once: HashSet<u128>,
    pub recording: Recording,
    pub records: Records,
    pub stats: Stats,
    /// For documents without an id.
    pub made_ids: u64,
    /// Whether there are no lifecycle policies.
    pub lacks_lifecycle: bool,
}

impl State {
    /// The concrete index that a write to a name goes to; creates an index if the name does not exist, as engines do.
    pub fn write_target(&mut self, name: &str, require_alias: bool) -> Result<String, Refusal> {
        if let Some(backing) = self.streams.get(name).and_then(|backing| backing.last()) {
            return Ok(backing.clone());
        }
        if self.has_alias(name) {
            return self.write_index(name).ok_or_else(|| {
                let reason = format!("no write index is defined for alias [{name}]. The write index may be explicitly disabled using is_write_index=false or the alias points to multiple indices without one being designated as a write index");
                Refusal::new(400, "illegal_argument_exception", reason)
            });
        }
        if require_alias {
            let reason = format!(
                "no such index [{name}] and [require_alias] request flag is [true] and [{name}] is not an alias"
            );
            return Err(Refusal::new(404, "index_not_found_exception", reason));
        }
        if !self.indices.contains_key(name) {
            if self.best_template(name).is_some_and(|template| template["allow_auto_create"] == json!(false)) {
                let reason = format!("no such index [{name}] and composable template forbids index auto creation");
                return Err(Refusal::new(404, "index_not_found_exception", reason));
            }
            self.create_index(name, &json!({}))?;
        }
        if self.streams.values().flatten().any(|backing| backing == name) {
            let reason = "index request with op_type=create targeting backing indices is disallowed";
            return Err(Refusal::new(400, "illegal_argument_exception", reason));
        }
        Ok(name.to_owned())
    }

    pub fn has_alias(&self, alias: &str) -> bool {
        self.indices.values().any(|index| index.aliases.contains_key(alias))
    }

    /// The index that an alias writes to.
    pub fn write_index(&self, alias: &str) -> Option<String> {
        let flags = || {
            self.indices.iter().filter_map(|(name, index)| Some((name, &index.aliases.get(alias)?["is_write_index"])))
        };
        let marked = flags().find(|(_, flag)| flag.as_bool() == Some(true));
        let only = || flags().next().filter(|(_, flag)| flag.is_null() && flags().count() == 1);
        marked.or_else(only).map(|(name, _)| name.clone())
    }

    /// Creates an index from the template that matches its name, and the body of the request.
    pub fn create_index(&mut self, name: &str, body: &Value) -> Result<(), Refusal> {
        if self.indices.contains_key(name) {
            let reason = format!("index [{name}/0123456789abcdefghijkl] already exists");
            return Err(Refusal::new(400, "resource_already_exists_exception", reason));
        }
        if self.has_alias(name) {
            let reason = format!("Invalid index name [{name}], already exists as alias");
            return Err(Refusal::new(400, "invalid_index_name_exception", reason));
        }
        let aliases = body["aliases"].as_object().cloned().unwrap_or_default();
        for alias in aliases.keys() {
            if self.indices.contains_key(alias) || self.streams.contains_key(alias) {
                let reason = format!(
                    "Invalid alias name [{alias}]: an index or data stream exists with the same name as the alias"
                );
                return Err(Refusal::new(400, "invalid_alias_name_exception", reason));
            }
        }
        let mut template = self.template_for(name);
        mapping::overlay(&mut template["mappings"], &body["mappings"]);
        mapping::overlay(&mut template["settings"], &body["settings"]);
        let index = Index {
            aliases: aliases.into_iter().collect(),
            mappings: template["mappings"].take(),
            settings: template["settings"].take(),
            ids: IdSet::default(),
        };
        self.indices.insert(name.to_owned(), index);
        Ok(())
    }

    /// The matching template of the highest priority.
    fn best_template(&self, name: &str) -> Option<&Value> {
        let fits = |template: &&Value| {
            let patterns = template["index_patterns"].as_array();
            patterns.into_iter().flatten().filter_map(Value::as_str).any(|pattern| is_match(pattern, name))
        };
        let templates = self.things.iter().filter(|(path, _)| path.starts_with("/_index_template/"));
        let fitting = templates.map(|(_, template)| template).filter(fits);
        fitting.max_by_key(|template| template["priority"].as_u64().unwrap_or(0))
    }

    /// The best matching template, merged with its components.
    pub fn template_for(&self, name: &str) -> Value {
        let mut all = json!({"mappings": {}, "settings": {}});
        let Some(best) = self.best_template(name) else {
            return all;
        };
        for component in best["composed_of"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if let Some(component) = self.things.get(&format!("/_component_template/{component}")) {
                mapping::overlay(&mut all, &component["template"]);
            }
        }
        mapping::overlay(&mut all, &best["template"]);
        all
    }

    /// Creates the next index of an alias or data stream and makes it the write index; returns the names of the old and the new one.
    pub fn rollover(&mut self, name: &str, wanted: Option<&str>, body: &Value) -> Result<(String, String), Refusal> {
        if let Some(backing) = self.streams.get(name) {
            let old = backing.last().cloned().unwrap_or_default();
            let new = next_name(&old);
            self.create_index(&new, body)?;
            self.streams.entry(name.to_owned()).or_default().push(new.clone());
            return Ok((old, new));
        }
        let old = self.write_index(name).ok_or_else(|| {
            Refusal::new(400, "illegal_argument_exception", format!("rollover target [{name}] does not exist"))
        })?;
        let new = wanted.map_or_else(|| next_name(&old), str::to_owned);
        self.create_index(&new, body)?;
        let options = self.indices.get_mut(&old).and_then(|index| {
            let options = index.aliases.get_mut(name)?;
            let before = options.clone();
            options["is_write_index"] = json!(false);
            Some(before)
        });
        let mut options = options.unwrap_or_else(|| json!({}));
        options["is_write_index"] = json!(true);
        if let Some(index) = self.indices.get_mut(&new) {
            index.aliases.insert(name.to_owned(), options);
        }
        Ok((old, new))
    }

    /// Creates a data stream with its first backing index.
    pub fn create_stream(&mut self, name: &str) -> Result<(), Refusal> {
        if self.streams.contains_key(name) {
            let reason = format!("data_stream [{name}] already exists");
            return Err(Refusal::new(400, "resource_already_exists_exception", reason));
        }
        let backing = format!(".ds-{name}-000001");
        self.create_index(&backing, &json!({}))?;
        self.streams.insert(name.to_owned(), vec![backing]);
        Ok(())
    }

    /// The concrete indices that a name resolves to.
    pub fn resolve(&self, name: &str) -> Vec<String> {
        if let Some(backing) = self.streams.get(name) {
            return backing.clone();
        }
        let fits = |(index, found): &(&String, &Index)| is_match(name, index) || found.aliases.contains_key(name);
        self.indices.iter().filter(fits).map(|(name, _)| name.clone()).collect()
    }

    /// Counts, with those that are derived from the sets of ids.
    pub fn stats(&self) -> Stats {
        let stored: u64 = self.indices.values().map(|index| index.ids.len() as u64).sum();
        let filled: Vec<&IdSet> = self.indices.values().map(|index| &index.ids).filter(|ids| !ids.is_empty()).collect();
        let unique = match filled.as_slice() {
            [] | [_] => stored,
            several => several.iter().flat_map(|ids| ids.iter()).collect::<HashSet<_>>().len() as u64,
        };
        Stats { documents: stored, unique, duplicates_across_indices: stored - unique, ..self.stats.clone() }
    }

    /// Clears documents and counts.
    pub fn reset(&mut self) {
        self.indices.values_mut().for_each(|index| index.ids.clear());
        self.busy_once.clear();
        self.records = Records::default();
        self.stats = Stats::default();
    }
}

/// The name with the number at its end incremented.
fn next_name(name: &str) -> String {
    let (stem, number) = name.rsplit_once('-').unwrap_or((name, "0"));
    let next = number.parse::<u64>().map_or(1, |number| number + 1);
    format!("{stem}-{next:06}")
}

/// Whether a name matches a pattern with `*`.
pub fn is_match(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            after.is_empty() || rest.char_indices().any(|(at, _)| is_match(after, &rest[at..])) || is_match(after, "")
        }),
    }
}

/// An object with one member.
pub fn object(name: impl Into<String>, value: Value) -> Value {
    Value::Object(Map::from_iter([(name.into(), value)]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{State, is_match, next_name};

    #[test]
    fn patterns_match_names() {
        for (pattern, name, wanted) in [
            ("a-*", "a-1", true),
            ("a-*", "a-", true),
            ("a-*", "b-1", false),
            ("*-x", "a-x", true),
            ("*-x", "a-xy", false),
            ("*", "", true),
            ("a", "a", true),
            ("a", "ab", false),
        ] {
            assert_eq!(is_match(pattern, name), wanted, "{pattern} {name}");
        }
    }

    #[test]
    fn rollover_moves_the_write_index() {
        let mut state = State::default();
        state
            .create_index("log-000001", &json!({"aliases": {"log": {"is_write_index": true, "is_hidden": true}}}))
            .unwrap();
        assert_eq!(state.rollover("log", None, &json!({})).unwrap(), ("log-000001".into(), "log-000002".into()));
        assert_eq!(state.write_index("log").as_deref(), Some("log-000002"));
        let options = &state.indices["log-000002"].aliases["log"];
        assert_eq!(*options, json!({"is_write_index": true, "is_hidden": true}));
        let refused = state.rollover("log", Some("log-000002"), &json!({})).unwrap_err();
        assert_eq!((refused.status, refused.kind), (400, "resource_already_exists_exception"));
        assert_eq!(next_name("log"), "log-000001");
    }

    #[test]
    fn write_creates_an_index_that_blocks_the_alias() {
        let mut state = State::default();
        let refused = state.write_target("log", true).unwrap_err();
        assert_eq!((refused.status, refused.kind), (404, "index_not_found_exception"));
        assert_eq!(state.write_target("log", false).unwrap(), "log");
        let refused = state.create_index("log-000001", &json!({"aliases": {"log": {}}})).unwrap_err();
        assert_eq!((refused.status, refused.kind), (400, "invalid_alias_name_exception"));
    }
}
