//! An engine in memory: indices, an alias, and the four requests that a shipper makes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use event_store::{Request, Response};
use serde_json::{Value, json};

pub const ALIAS: &str = ".log";

#[derive(Default)]
pub struct Index {
    pub documents: HashMap<String, Vec<u8>>,
    pub is_blocked: bool,
    pub is_behind_alias: bool,
}

/// What an item is answered with in place of what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemFault {
    Busy,
    UnavailableThoughStored,
    Unavailable,
    Defect,
}

pub struct Engine {
    pub indices: BTreeMap<String, Index>,
    pub write: String,
    made: u32,
    pub body_limit: usize,
    /// Every id that was ever stored, and the document.
    pub stored: HashMap<String, Vec<u8>>,
    /// Ids that went down with their index, and may be stored again.
    deleted: BTreeSet<String>,
    pub doubled: Vec<String>,
    /// Numbers of the documents in the order in which they were stored.
    pub order: Vec<u64>,
}

impl Engine {
    pub fn new(body_limit: usize) -> Self {
        let mut engine = Self {
            indices: BTreeMap::new(),
            write: String::new(),
            made: 0,
            body_limit,
            stored: HashMap::new(),
            deleted: BTreeSet::new(),
            doubled: Vec::new(),
            order: Vec::new(),
        };
        engine.roll_over();
        engine
    }

    pub fn roll_over(&mut self) {
        self.made += 1;
        self.write = format!("{ALIAS}-{:06}", self.made);
        self.indices.insert(self.write.clone(), Index { is_behind_alias: true, ..Index::default() });
    }

    /// An index that a person or a lifecycle may change. What was taken out of the alias or has another name already stays
    /// as it is: documents that are nowhere behind the alias, in no index of the name that they were sent to, are not found
    /// by anybody.
    fn old_index(&self, choice: usize) -> Option<String> {
        let is_free = |(name, index): &(&String, &Index)| {
            **name != self.write && index.is_behind_alias && !name.starts_with("shrink")
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
            let index = self.indices.remove(&name).unwrap();
            self.deleted.extend(index.documents.into_keys());
        }
    }

    /// A lifecycle replaces an old index by one of another name with the same documents.
    pub fn shrink(&mut self, choice: usize) {
        if let Some(name) = self.old_index(choice) {
            let mut index = self.indices.remove(&name).unwrap();
            index.is_blocked = true;
            self.indices.insert(format!("shrink-{name}"), index);
        }
    }

    /// Takes an old index out of the alias; it still takes documents.
    pub fn unalias(&mut self, choice: usize) {
        if let Some(name) = self.old_index(choice) {
            self.indices.get_mut(&name).unwrap().is_behind_alias = false;
        }
    }

    pub fn answer(&mut self, request: &Request<'_>, fault_of: &mut dyn FnMut(&str) -> Option<ItemFault>) -> Response {
        let path = request.path.split('?').next().unwrap();
        let body = request.body.unwrap_or_default();
        match path.trim_start_matches('/').split_once('/').unwrap() {
            ("_alias", alias) => self.alias(alias),
            (index, "_bulk") => self.bulk(index, body, fault_of),
            (index, "_mget") => self.get_many(index, &serde_json::from_slice(body).unwrap()),
            (alias, "_search") => self.search(alias, &serde_json::from_slice(body).unwrap()),
            other => panic!("{other:?} is no request of a shipper"),
        }
    }

    fn alias(&self, alias: &str) -> Response {
        assert_eq!(alias, ALIAS);
        let behind = self.indices.iter().filter(|(_, index)| index.is_behind_alias);
        let rows = behind.map(|(name, _)| {
            let flag = json!({ALIAS: {"is_write_index": *name == self.write, "is_hidden": true}});
            (name.clone(), json!({ "aliases": flag }))
        });
        Response::json(200, Value::Object(rows.collect()).to_string())
    }

    fn bulk(&mut self, index: &str, body: &[u8], fault_of: &mut dyn FnMut(&str) -> Option<ItemFault>) -> Response {
        if body.len() > self.body_limit {
            return Response::json(413, r#"{"error":{"type":"too_large","reason":"body"},"status":413}"#);
        }
        assert_ne!(index, ALIAS, "requests go to concrete indices");
        let mut items = String::new();
        let mut has_errors = false;
        let mut lines = body.split(|byte| *byte == b'\n');
        while let (Some(action), Some(document)) = (lines.next(), lines.next()) {
            let action: Value = serde_json::from_slice(action).unwrap();
            let id = action["create"]["_id"].as_str().unwrap();
            let (status, error) = self.create(index, id, document, fault_of(id));
            has_errors |= status != 201;
            let comma = if items.is_empty() { "" } else { "," };
            if error.is_empty() {
                write!(items, r#"{comma}{{"create":{{"status":{status}}}}}"#).unwrap();
            } else {
                let error = json!({"type": error, "reason": "because"});
                write!(items, r#"{comma}{{"create":{{"status":{status},"error":{error}}}}}"#).unwrap();
            }
        }
        Response::json(200, format!(r#"{{"errors":{has_errors},"items":[{items}]}}"#))
    }

    fn create(&mut self, index: &str, id: &str, document: &[u8], fault: Option<ItemFault>) -> (u16, &'static str) {
        if fault == Some(ItemFault::Busy) {
            return (429, "es_rejected_execution_exception");
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
        if is_bad(document) {
            return (400, "strict_dynamic_mapping_exception");
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
        if self.stored.insert(id.to_owned(), document.to_vec()).is_none() {
            self.order.push(number_of(document));
        } else if !self.deleted.remove(id) {
            self.doubled.push(id.to_owned());
        }
        if fault == Some(ItemFault::UnavailableThoughStored) {
            return (503, "unavailable_shards_exception");
        }
        if document.starts_with(STORED_AND_SICKENING) { (500, "null_pointer_exception") } else { (201, "") }
    }

    fn get_many(&self, index: &str, question: &Value) -> Response {
        let ids = question["ids"].as_array().unwrap();
        let docs = ids.iter().map(|id| match self.indices.get(index) {
            None => json!({"_id": id, "error": {"type": "index_not_found_exception"}}),
            Some(store) => json!({"_id": id, "found": store.documents.contains_key(id.as_str().unwrap())}),
        });
        Response::json(200, json!({"docs": docs.collect::<Vec<_>>()}).to_string())
    }

    fn search(&self, alias: &str, question: &Value) -> Response {
        assert_eq!(alias, ALIAS);
        let ids = question["query"]["ids"]["values"].as_array().unwrap();
        let is_there = |id: &&Value| {
            let id = id.as_str().unwrap();
            self.indices.values().any(|index| index.is_behind_alias && index.documents.contains_key(id))
        };
        let hits: Vec<Value> = ids.iter().filter(is_there).map(|id| json!({ "_id": id })).collect();
        Response::json(200, json!({"timed_out": false, "_shards": {"failed": 0}, "hits": {"hits": hits}}).to_string())
    }
}

/// How a document begins that sets off a defect each time, and is not stored.
const SICKENING: &[u8] = b"{\"sick\"";
/// How a document begins that is stored and sets off a defect each time.
const STORED_AND_SICKENING: &[u8] = b"{\"odd\"";

/// Whether the engine's mapping refuses the document.
pub fn is_bad(document: &[u8]) -> bool {
    document.starts_with(b"{\"bad\"")
}

/// The number that stands in a document of this simulation.
pub fn number_of(document: &[u8]) -> u64 {
    let text = std::str::from_utf8(document).unwrap();
    let digits = text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit);
    digits.collect::<String>().parse().unwrap()
}
