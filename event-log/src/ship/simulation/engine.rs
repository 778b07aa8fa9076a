//! An engine in memory: indices, an alias or a data stream over them, and the four requests that a shipper sends.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;

use event_store::{Request, Response, TargetKind};
use serde_json::{Value, json};

pub const TARGET: &str = ".log";

#[derive(Default)]
pub struct Index {
    pub documents: HashMap<String, Vec<u8>>,
    pub is_blocked: bool,
    /// Whether readers of the target see it.
    pub is_visible: bool,
}

/// A fault of an item's reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemFault {
    Busy,
    UnavailableThoughStored,
    Unavailable,
    Defect,
}

pub struct Engine {
    kind: TargetKind,
    /// Whether a write to a missing index creates it.
    makes_indices: bool,
    pub indices: BTreeMap<String, Index>,
    /// The order of the indices, in which a stream has them.
    order_of_indices: Vec<String>,
    /// `None` after it was deleted, until it is repaired.
    pub write: Option<String>,
    made: u32,
    pub body_limit: usize,
    /// Every id that readers of the target have ever seen, with its document.
    pub stored: HashMap<String, Vec<u8>>,
    /// Ids that readers no longer see, and that may be stored again.
    hidden: BTreeSet<String>,
    pub doubled: Vec<String>,
    /// Numbers of the documents in the order of storing.
    pub order: Vec<u64>,
    /// Documents that went to an index that nobody reads.
    pub strays: u64,
    /// Ids that were looked up and missing since they were last sent.
    asked_for: HashSet<String>,
    /// It refuses everything, for an unknown reason.
    pub is_strange: bool,
    /// Ids that were refused for such a reason in a request with a single document.
    pub refused_alone: HashSet<String>,
}

impl Engine {
    pub fn new(kind: TargetKind, makes_indices: bool, body_limit: usize) -> Self {
        let mut engine = Self {
            kind,
            makes_indices,
            indices: BTreeMap::new(),
            order_of_indices: Vec::new(),
            write: None,
            made: 0,
            body_limit,
            stored: HashMap::new(),
            hidden: BTreeSet::new(),
            doubled: Vec::new(),
            order: Vec::new(),
            strays: 0,
            asked_for: HashSet::new(),
            is_strange: false,
            refused_alone: HashSet::new(),
        };
        engine.roll_over();
        engine
    }

    /// Creates the next index, replacing one of that name that nobody reads; does nothing while the target is missing.
    pub fn roll_over(&mut self) {
        if !self.order_of_indices.is_empty() && self.visible().next().is_none() {
            return;
        }
        self.made += 1;
        let name = match self.kind {
            TargetKind::Alias => format!("{TARGET}-{:06}", self.made),
            // As engines name them, with the day.
            TargetKind::DataStream => format!(".ds-{TARGET}-2026.11.{:02}-{:06}", self.made % 28 + 1, self.made),
        };
        self.indices.insert(name.clone(), Index { is_visible: true, ..Index::default() });
        self.order_of_indices.push(name.clone());
        self.write = Some(name);
    }

    /// An index that a person or a lifecycle may change.
    fn old_index(&self, choice: usize) -> Option<String> {
        let is_free = |(name, index): &(&String, &Index)| {
            Some(*name) != self.write.as_ref() && index.is_visible && !name.starts_with("shrink")
        };
        let old: Vec<&String> = self.indices.iter().filter(is_free).map(|(name, _)| name).collect();
        (!old.is_empty()).then(|| old[choice % old.len()].clone())
    }

    /// A lifecycle makes an old index read-only.
    pub fn block(&mut self, choice: usize) {
        if let Some(name) = self.old_index(choice) {
            self.indices.get_mut(&name).unwrap().is_blocked = true;
        }
    }

    pub fn delete(&mut self, choice: usize) {
        if let Some(name) = self.old_index(choice) {
            self.remove(&name);
        }
    }

    /// Somebody deletes the index that is written to; an alias has no other one then.
    pub fn delete_write_index(&mut self) {
        if let Some(name) = self.write.clone() {
            self.remove(&name);
            self.write = None;
        }
    }

    fn remove(&mut self, name: &str) {
        self.hide(name);
        self.indices.remove(name);
        self.order_of_indices.retain(|index| index != name);
    }

    /// A lifecycle replaces an old index by one of another name with the same documents.
    pub fn shrink(&mut self, choice: usize) {
        if let Some(name) = self.old_index(choice) {
            let mut index = self.indices.remove(&name).unwrap();
            index.is_blocked = true;
            let shrunk = format!("shrink-{name}");
            let position = self.order_of_indices.iter().position(|index| *index == name).unwrap();
            self.order_of_indices[position].clone_from(&shrunk);
            self.indices.insert(shrunk, index);
        }
    }

    /// Takes an old index away from the target; it still takes documents by its own name.
    pub fn detach(&mut self, choice: usize) {
        if let Some(name) = self.old_index(choice) {
            self.hide(&name);
            self.order_of_indices.retain(|index| *index != name);
        }
    }

    /// Takes the alias off all indices.
    pub fn remove_alias(&mut self) {
        for name in self.order_of_indices.clone() {
            self.hide(&name);
        }
    }

    /// Puts the alias back, and makes an index to write to if there is none.
    pub fn repair(&mut self) {
        for name in self.order_of_indices.clone() {
            self.show(&name);
        }
        if self.write.is_none() {
            self.roll_over();
        }
    }

    fn hide(&mut self, name: &str) {
        let index = self.indices.get_mut(name).unwrap();
        if std::mem::take(&mut index.is_visible) {
            self.hidden.extend(index.documents.keys().cloned());
        }
    }

    fn show(&mut self, name: &str) {
        let index = self.indices.get_mut(name).unwrap();
        if !std::mem::replace(&mut index.is_visible, true) {
            let mut documents: Vec<_> = index.documents.clone().into_iter().collect();
            documents.sort_by_key(|(_, document)| number_of(document));
            for (id, document) in documents {
                self.see(&id, &document);
            }
        }
    }

    /// Readers see a document from now on.
    fn see(&mut self, id: &str, document: &[u8]) {
        if self.stored.insert(id.to_owned(), document.to_vec()).is_none() {
            self.order.push(number_of(document));
        } else if !self.hidden.remove(id) {
            self.doubled.push(id.to_owned());
        }
    }

    pub fn answer(&mut self, request: &Request<'_>, fault_of: &mut dyn FnMut(&str) -> Option<ItemFault>) -> Response {
        let (path, query) = request.path.split_once('?').unwrap_or((request.path, ""));
        let body = request.body.unwrap_or_default();
        match path.trim_start_matches('/').split_once('/').unwrap() {
            ("_alias", name) => self.alias(name),
            ("_data_stream", name) => self.data_stream(name),
            (index, "_bulk") => self.bulk(index, query, body, fault_of),
            (index, "_mget") => self.get_many(index, &serde_json::from_slice(body).unwrap()),
            other => panic!("{other:?} is no request of a shipper"),
        }
    }

    /// The visible indices in their order.
    fn visible(&self) -> impl Iterator<Item = &String> {
        self.order_of_indices.iter().filter(|name| self.indices[*name].is_visible)
    }

    fn alias(&self, alias: &str) -> Response {
        assert_eq!(alias, TARGET);
        if self.kind != TargetKind::Alias || self.visible().next().is_none() {
            return Response::json(404, r#"{"error":"alias [.log] missing","status":404}"#);
        }
        let rows = self.visible().map(|name| {
            let flag = json!({TARGET: {"is_write_index": Some(name) == self.write.as_ref(), "is_hidden": true}});
            (name.clone(), json!({ "aliases": flag }))
        });
        Response::json(200, Value::Object(rows.collect()).to_string())
    }

    fn data_stream(&self, name: &str) -> Response {
        assert_eq!(name, TARGET);
        if self.kind != TargetKind::DataStream || self.visible().next().is_none() {
            return Response::json(404, r#"{"error":{"type":"index_not_found_exception","reason":"no"},"status":404}"#);
        }
        let indices: Vec<Value> = self.visible().map(|name| json!({ "index_name": name })).collect();
        Response::json(200, json!({"data_streams": [{"name": name, "indices": indices}]}).to_string())
    }

    /// The index that a write to a name goes to now, or why there is none.
    pub fn write_target(&self, name: &str) -> Result<String, (u16, &'static str)> {
        if name != TARGET {
            let is_backing =
                self.kind == TargetKind::DataStream && self.order_of_indices.iter().any(|index| index == name);
            assert!(!is_backing, "a backing index takes no `create` by its name");
            return Ok(name.to_owned());
        }
        match &self.write {
            Some(write) if self.indices[write].is_visible => Ok(write.clone()),
            None if self.visible().next().is_some() => Err((400, "illegal_argument_exception")),
            _ => Err((404, "index_not_found_exception")),
        }
    }

    fn bulk(
        &mut self,
        name: &str,
        query: &str,
        body: &[u8],
        fault_of: &mut dyn FnMut(&str) -> Option<ItemFault>,
    ) -> Response {
        if body.len() > self.body_limit {
            return Response::json(413, r#"{"error":{"type":"too_large","reason":"body"},"status":413}"#);
        }
        if body.split(|byte| *byte == b'\n').any(|line| line.starts_with(POISONOUS)) {
            return Response::json(
                500,
                r#"{"error":{"type":"null_pointer_exception","reason":"because"},"status":500}"#,
            );
        }
        let demands_alias = query.contains("require_alias=true");
        assert_eq!(demands_alias, name == TARGET && self.kind == TargetKind::Alias, "{name}?{query}");
        assert!(query.contains("items.*._index"), "the reply says where documents are");
        let target = self.write_target(name);
        let mut items = String::new();
        let mut has_errors = false;
        let mut lines = body.split(|byte| *byte == b'\n');
        while let (Some(action), Some(document)) = (lines.next(), lines.next()) {
            let action: Value = serde_json::from_slice(action).unwrap();
            let id = action["create"]["_id"].as_str().unwrap();
            self.asked_for.remove(id);
            let is_alone = items.is_empty() && lines.clone().next().is_none_or(<[u8]>::is_empty);
            let (status, error) = match &target {
                Ok(index) => self.create(index, id, document, fault_of(id)),
                Err(refused) => *refused,
            };
            has_errors |= status != 201;
            if error == STRANGE_ERROR && is_alone {
                self.refused_alone.insert(id.to_owned());
            }
            let comma = if items.is_empty() { "" } else { "," };
            let index = target.as_deref().unwrap_or(name);
            if error.is_empty() {
                write!(items, r#"{comma}{{"create":{{"_index":"{index}","status":{status}}}}}"#).unwrap();
            } else {
                let has_no_index = error == "illegal_argument_exception";
                let reason = if has_no_index { "no write index is defined for alias [.log]" } else { "because" };
                let error = json!({"type": error, "reason": reason});
                write!(items, r#"{comma}{{"create":{{"_index":"{index}","status":{status},"error":{error}}}}}"#)
                    .unwrap();
            }
        }
        Response::json(200, format!(r#"{{"errors":{has_errors},"items":[{items}]}}"#))
    }

    fn create(&mut self, index: &str, id: &str, document: &[u8], fault: Option<ItemFault>) -> (u16, &'static str) {
        if fault == Some(ItemFault::Busy) {
            return (429, "es_rejected_execution_exception");
        }
        if !self.indices.contains_key(index) && self.makes_indices {
            self.indices.insert(index.to_owned(), Index::default());
        }
        let Some(store) = self.indices.get_mut(index) else { return (404, "index_not_found_exception") };
        if store.is_blocked {
            return (403, "cluster_block_exception");
        }
        match fault {
            Some(ItemFault::Unavailable) => return (503, "unavailable_shards_exception"),
            Some(ItemFault::Defect) => return (500, "null_pointer_exception"),
            _ => (),
        }
        if self.is_strange || document.starts_with(STRANGE) {
            return (400, STRANGE_ERROR);
        }
        if is_bad(document) {
            return (400, "strict_dynamic_mapping_exception");
        }
        if document.starts_with(HEAVY) {
            return (429, "es_rejected_execution_exception");
        }
        if document.starts_with(SICKENING) {
            return (500, "null_pointer_exception");
        }
        if store.documents.contains_key(id) && document.starts_with(STORED_AND_SICKENING) {
            return (500, "null_pointer_exception");
        }
        if store.documents.contains_key(id) {
            return (409, "version_conflict_engine_exception");
        }
        store.documents.insert(id.to_owned(), document.to_vec());
        if store.is_visible {
            self.see(id, document);
        } else {
            self.strays += 1;
        }
        if fault == Some(ItemFault::UnavailableThoughStored) {
            return (503, "unavailable_shards_exception");
        }
        if document.starts_with(STORED_AND_SICKENING) { (500, "null_pointer_exception") } else { (201, "") }
    }

    /// Whether documents of a bulk request were looked up since they were last sent.
    pub fn has_been_asked_for(&self, body: &[u8]) -> bool {
        let ids = body.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok());
        ids.filter_map(|line| line["create"]["_id"].as_str().map(str::to_owned)).any(|id| self.asked_for.contains(&id))
    }

    fn get_many(&mut self, index: &str, question: &Value) -> Response {
        let ids = question["ids"].as_array().unwrap();
        self.asked_for.extend(ids.iter().map(|id| id.as_str().unwrap().to_owned()));
        let docs = ids.iter().map(|id| match self.indices.get(index) {
            None => json!({"_id": id, "error": {"type": "index_not_found_exception"}}),
            Some(store) => json!({"_id": id, "found": store.documents.contains_key(id.as_str().unwrap())}),
        });
        Response::json(200, json!({"docs": docs.collect::<Vec<_>>()}).to_string())
    }
}

/// The start of a document that triggers an internal error every time, and is not stored.
/// A document that is larger than the memory which the engine has for it.
pub const HEAVY: &[u8] = b"{\"heavy\"";

/// A document that makes every request fail that it is in.
pub const POISONOUS: &[u8] = b"{\"poison\"";

const SICKENING: &[u8] = b"{\"sick\"";
/// The start of a document that is stored and triggers an internal error every time.
const STORED_AND_SICKENING: &[u8] = b"{\"odd\"";

/// The start of a document that is refused every time, for an unknown reason.
pub const STRANGE: &[u8] = b"{\"strange\"";
/// That reason.
const STRANGE_ERROR: &str = "some_new_exception";

/// Whether the engine's mapping refuses the document.
pub fn is_bad(document: &[u8]) -> bool {
    document.starts_with(b"{\"bad\"")
}

/// The number in a document of this simulation.
pub fn number_of(document: &[u8]) -> u64 {
    let text = std::str::from_utf8(document).unwrap();
    let digits = text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit);
    digits.collect::<String>().parse().unwrap()
}
