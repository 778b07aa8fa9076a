//! The endpoints of an installation, with statuses and error types as in OpenSearch 3.8. Knows no faults.

use serde_json::{Value, json};

use crate::http::{Reply, RequestHead};
use crate::id;
use crate::mapping;
use crate::state::{Refusal, State, is_match, object};

/// Objects that are put and read back unchanged: their path, and the names of the list and of its members in the reply.
const TEMPLATES: [(&str, &str, &str); 2] = [
    ("/_component_template/", "component_templates", "component_template"),
    ("/_index_template/", "index_templates", "index_template"),
];

const ILM: &str = "/_ilm/policy/";
const ISM: &str = "/_plugins/_ism/policies/";
const EXPLAIN: &str = "/_plugins/_ism/explain/";
const PIPELINE: &str = "/_ingest/pipeline/";

/// Handles everything except bulk requests and control requests.
pub fn answer(state: &mut State, head: &RequestHead, body: &[u8]) -> Reply {
    let path = unescape(&head.path);
    let body = if body.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(body) };
    let result = match body {
        Ok(body) => route(state, &head.method, &path, &body),
        Err(_) => Err(Refusal::new(400, "parse_exception", "request body is not valid JSON").into()),
    };
    match result {
        Ok(value) => Reply::json(200, value.to_string()),
        Err(AdminError::Error(refused)) => {
            let mut error = refused.to_json();
            error["root_cause"] = json!([error.clone()]);
            Reply::json(refused.status, json!({"error": error, "status": refused.status}).to_string())
        }
        Err(AdminError::Body(status, body)) => Reply::json(status, body.to_string()),
    }
}

enum AdminError {
    Error(Refusal),
    /// A body that does not have the usual form of an error.
    Body(u16, Value),
}

impl From<Refusal> for AdminError {
    fn from(refused: Refusal) -> Self {
        Self::Error(refused)
    }
}

type AdminResult = Result<Value, AdminError>;

fn route(state: &mut State, method: &str, path: &str, body: &Value) -> AdminResult {
    if let Some(name) = path.strip_prefix("/_index_template/_simulate_index/") {
        return Ok(json!({"template": state.template_for(name), "overlapping": []}));
    }
    for (prefix, list, one) in TEMPLATES {
        if let Some(name) = path.strip_prefix(prefix) {
            return template(state, method, path, name, (list, one), body);
        }
    }
    if state.lacks_lifecycle && [ILM, ISM, EXPLAIN].iter().any(|prefix| path.starts_with(prefix)) {
        let reason = format!("no handler found for uri [{path}] and method [{method}]");
        return Err(AdminError::Body(400, json!({"error": reason})));
    }
    for prefix in [ILM, ISM, PIPELINE] {
        if let Some(name) = path.strip_prefix(prefix) {
            return policy(state, method, path, name, body);
        }
    }
    if let Some(name) = path.strip_prefix(EXPLAIN) {
        return explain(state, name);
    }
    let mut parts = path.trim_start_matches('/').split('/');
    match (method, parts.next().unwrap_or_default(), parts.next(), parts.next()) {
        ("GET", "", None, None) => Ok(json!({"version": {"number": "8.19.0"}, "tagline": "You Know, for Tests"})),
        ("GET" | "HEAD", "_alias", Some(alias), None) => alias_of(state, alias),
        ("GET", "_cluster", Some("health"), None) => Ok(json!({"status": "green"})),
        ("PUT", "_data_stream", Some(name), None) => {
            state.create_stream(name)?;
            Ok(json!({"acknowledged": true}))
        }
        ("GET", "_data_stream", Some(name), None) => stream(state, name),
        ("PUT", name, Some("_mapping"), None) => put_mapping(state, name, body),
        ("GET", name, Some("_mapping"), None) => {
            indices(state, name, |index| json!({"mappings": index.mappings})).map(Value::from_iter)
        }
        ("GET", name, Some("_settings"), None) => {
            indices(state, name, |index| json!({"settings": index.settings})).map(Value::from_iter)
        }
        ("GET" | "POST", name, Some("_count"), None) => {
            let counts = indices(state, name, |index| json!(index.ids.len()))?;
            Ok(json!({"count": counts.iter().filter_map(|(_, count)| count.as_u64()).sum::<u64>()}))
        }
        ("POST" | "GET", name, Some("_mget"), None) => Ok(get_many(state, name, body)),
        ("POST", name, Some("_rollover"), wanted) => rollover(state, name, wanted, body),
        ("POST" | "GET", name, Some("_refresh"), None) => {
            indices(state, name, |_| Value::Null).map(|_| json!({"_shards": {"failed": 0}}))
        }
        ("PUT", name, None, None) if is_name(name) => {
            state.create_index(name, body)?;
            Ok(json!({"acknowledged": true, "shards_acknowledged": true, "index": name}))
        }
        ("GET" | "HEAD", name, None, None) if is_name(name) => indices(
            state,
            name,
            |index| json!({"aliases": index.aliases, "mappings": index.mappings, "settings": index.settings}),
        )
        .map(Value::from_iter),
        ("DELETE", name, None, None) if is_name(name) => {
            let removed = state.indices.remove(name).map(|_| json!({"acknowledged": true}));
            removed.ok_or_else(|| Refusal::missing_index(name).into())
        }
        ("DELETE", name, Some("_alias"), Some(alias)) => {
            let index = state.indices.get_mut(name).ok_or_else(|| Refusal::missing_index(name))?;
            let removed = index.aliases.remove(alias).map(|_| json!({"acknowledged": true}));
            removed.ok_or_else(|| Refusal::new(404, "aliases_not_found_exception", "aliases missing").into())
        }
        _ => {
            let reason = format!("no handler found for uri [{path}] and method [{method}]");
            Err(AdminError::Body(400, json!({"error": reason})))
        }
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('_')
}

fn template(state: &mut State, method: &str, path: &str, name: &str, keys: (&str, &str), body: &Value) -> AdminResult {
    match method {
        "PUT" => {
            let components = body["composed_of"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let missing: Vec<&str> = components
                .filter(|component| !state.things.contains_key(&format!("/_component_template/{component}")))
                .collect();
            if !missing.is_empty() {
                let reason = format!(
                    "index_template [{name}] invalid, cause [index template [{name}] specifies component templates {missing:?} that do not exist]"
                );
                return Err(Refusal::new(400, "invalid_index_template_exception", reason).into());
            }
            let policy = body.pointer("/template/settings/index/lifecycle");
            if state.lacks_lifecycle && policy.is_some() {
                let reason =
                    "unknown setting [index.lifecycle.name] please check that any required plugins are installed";
                return Err(Refusal::new(400, "illegal_argument_exception", reason).into());
            }
            state.things.insert(path.to_owned(), body.clone());
            Ok(json!({"acknowledged": true}))
        }
        "DELETE" if state.things.remove(path).is_some() => Ok(json!({"acknowledged": true})),
        "GET" | "HEAD" if state.things.contains_key(path) => {
            let mut one = object(keys.1, state.things[path].clone());
            one["name"] = json!(name);
            Ok(object(keys.0, json!([one])))
        }
        _ => {
            let kind = keys.1.replace('_', " ");
            Err(Refusal::new(404, "resource_not_found_exception", format!("{kind} matching [{name}] not found")).into())
        }
    }
}

fn policy(state: &mut State, method: &str, path: &str, name: &str, body: &Value) -> AdminResult {
    let is_there = state.things.contains_key(path);
    match method {
        "PUT" if is_there && path.starts_with(ISM) => {
            let reason = format!("[{name}]: version conflict, document already exists (current version [1])");
            Err(Refusal::new(409, "version_conflict_engine_exception", reason).into())
        }
        "PUT" => {
            state.things.insert(path.to_owned(), body.clone());
            Ok(json!({"acknowledged": true}))
        }
        "DELETE" if state.things.remove(path).is_some() => Ok(json!({"acknowledged": true})),
        "GET" | "HEAD" if is_there => Ok(object(name, state.things[path].clone())),
        // An engine's reply about a missing pipeline is empty.
        _ if path.starts_with(PIPELINE) => Err(AdminError::Body(404, json!({}))),
        _ => {
            let reason = format!("Lifecycle policy not found: {name}");
            Err(Refusal::new(404, "resource_not_found_exception", reason).into())
        }
    }
}

/// The policy of an index: as with Index State Management, none if the index is hidden or its name begins with a dot, unless it
/// belongs to a data stream.
fn explain(state: &State, name: &str) -> AdminResult {
    let index = state.indices.get(name).ok_or_else(|| Refusal::missing_index(name))?;
    let stream = state.streams.iter().find(|(_, backing)| backing.iter().any(|index| index == name));
    let matched = stream.map_or(name, |(stream, _)| stream.as_str());
    let is_hidden = index.settings.pointer("/index/hidden").is_some_and(|hidden| hidden == "true");
    let is_taken = stream.is_some() || !(is_hidden || name.starts_with('.'));
    let policies = state.things.iter().filter_map(|(path, policy)| Some((path.strip_prefix(ISM)?, policy)));
    let holds = |policy: &Value| {
        let patterns = policy.pointer("/policy/ism_template/0/index_patterns").and_then(Value::as_array);
        patterns.into_iter().flatten().filter_map(Value::as_str).any(|pattern| is_match(pattern, matched))
    };
    let policy = policies.into_iter().find(|(_, policy)| is_taken && holds(policy)).map(|(name, _)| name);
    let managed = usize::from(policy.is_some());
    let one = json!({"index.plugins.index_state_management.policy_id": policy, "enabled": policy.map(|_| true)});
    Ok(json!({name: one, "total_managed_indices": managed}))
}

fn alias_of(state: &State, alias: &str) -> AdminResult {
    let found: Vec<(String, Value)> = state
        .indices
        .iter()
        .filter_map(|(name, index)| {
            let options = index.aliases.get(alias)?.clone();
            Some((name.clone(), json!({"aliases": object(alias, options)})))
        })
        .collect();
    if found.is_empty() {
        return Err(AdminError::Body(404, json!({"error": format!("alias [{alias}] missing"), "status": 404})));
    }
    Ok(Value::from_iter(found))
}

fn stream(state: &State, name: &str) -> AdminResult {
    let backing = state.streams.get(name).ok_or_else(|| Refusal::missing_index(name))?;
    let indices: Vec<Value> = backing.iter().map(|index| json!({"index_name": index})).collect();
    Ok(json!({"data_streams": [{"name": name, "indices": indices, "generation": backing.len()}]}))
}

/// Which of the ids an index has (`_mget`).
fn get_many(state: &State, name: &str, body: &Value) -> Value {
    let ids = body["ids"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let docs: Vec<Value> = if let Some(index) = state.indices.get(name) {
        let has = |id: &str| index.ids.contains(&id::number(id.as_bytes()));
        ids.map(|id| json!({"_index": name, "_id": id, "found": has(id)})).collect()
    } else {
        let error = Refusal::missing_index(name).to_json();
        ids.map(|id| json!({"_index": name, "_id": id, "error": error})).collect()
    };
    json!({ "docs": docs })
}

fn put_mapping(state: &mut State, name: &str, body: &Value) -> AdminResult {
    let names = state.resolve(name);
    if names.is_empty() {
        return Err(Refusal::missing_index(name).into());
    }
    for name in &names {
        if let Some(index) = state.indices.get_mut(name) {
            mapping::merge(&mut index.mappings, body)?;
        }
    }
    Ok(json!({"acknowledged": true}))
}

fn rollover(state: &mut State, name: &str, wanted: Option<&str>, body: &Value) -> AdminResult {
    let (old, new) = state.rollover(name, wanted, body)?;
    Ok(json!({
        "acknowledged": true, "shards_acknowledged": true, "old_index": old, "new_index": new, "rolled_over": true,
        "dry_run": false, "conditions": {}
    }))
}

fn indices(
    state: &State,
    name: &str,
    show: impl Fn(&crate::state::Index) -> Value,
) -> Result<Vec<(String, Value)>, AdminError> {
    let names = state.resolve(name);
    if names.is_empty() && !name.contains('*') {
        return Err(Refusal::missing_index(name).into());
    }
    Ok(names.into_iter().filter_map(|name| Some((name.clone(), show(state.indices.get(&name)?)))).collect())
}

/// Percent-decodes; invalid escapes stay unchanged.
pub fn unescape(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = (*first == b'%')
            .then(|| after.get(..2).and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()))
            .flatten();
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
