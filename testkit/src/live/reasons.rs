//! The table of reasons for which documents are refused: each state of an engine and each kind of document that it says was
//! measured, provoked, and what `event-store` makes of the answer. Owns the states; the table is `event-store`'s.

use anyhow::{Context as _, Result, ensure};
use event_store::{FailureCause, ItemOutcome};
use serde_json::{Value, json};

use super::tally::Tally;
use crate::engines::{Answer, Client, Engine, Running, reason_of};

/// Begins the name of everything that is made here.
const NAME: &str = "event-log-test-reasons";

/// What an item is refused with: the exception, how the reason begins, and what it is about.
type Wanted = (&'static str, &'static str, Meaning);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    State,
    Document,
}

/// A state of an index, or a document, that is refused.
struct Case {
    /// After [`NAME`].
    name: &'static str,
    /// The body of the index.
    index: Value,
    /// What is done before the document is sent: method, path, body. `{}` is the name of the index.
    before: Vec<(&'static str, &'static str, Value)>,
    /// Where the document is sent; `{}` is the name of the index.
    path: &'static str,
    action: &'static str,
    document: Value,
    wanted: Wanted,
    /// What puts it right again.
    after: Option<(&'static str, &'static str, Value)>,
}

impl Case {
    fn new(name: &'static str, index: Value, wanted: Wanted) -> Self {
        let document = json!({"a": "b"});
        Self { name, index, before: Vec::new(), path: "/{}/_bulk", action: "create", document, wanted, after: None }
    }

    fn place(&self, path: &str) -> String {
        path.replace("{}", &format!("{NAME}-{}", self.name))
    }

    fn before(mut self, method: &'static str, path: &'static str, body: Value) -> Self {
        self.before.push((method, path, body));
        self
    }

    fn after(mut self, method: &'static str, path: &'static str, body: Value) -> Self {
        self.after = Some((method, path, body));
        self
    }

    fn path(mut self, path: &'static str) -> Self {
        self.path = path;
        self
    }

    fn action(mut self, action: &'static str) -> Self {
        self.action = action;
        self
    }

    fn document(mut self, document: Value) -> Self {
        self.document = document;
        self
    }
}

/// Provokes each row.
pub fn check(running: &Running, tally: &mut Tally) -> Result<()> {
    let client = running.client();
    let cases = cases(running.engine());
    clean(client)?;
    let mut failures = Vec::new();
    for case in &cases {
        if let Err(error) = run(client, case) {
            failures.push(format!("the case `{}`: {error:#}", case.name));
        }
        if let Some((method, path, body)) = &case.after {
            send(client, method, &case.place(path), body)?.expect("put the engine right again")?;
        }
    }
    clean(client)?;
    ensure!(failures.is_empty(), "{}", failures.join("\n"));
    tally.add("reasons of refusals that the table knows", cases.len());
    Ok(())
}

fn cases(engine: Engine) -> Vec<Case> {
    let mut cases = states();
    cases.extend(documents(engine));
    if engine == Engine::OpenSearch {
        cases.extend(states_of_opensearch());
    }
    cases
}

fn run(client: &Client, case: &Case) -> Result<()> {
    if !case.index.is_null() {
        client.send_json("PUT", &case.place("/{}"), &case.index)?.expect("make the index")?;
    }
    for (method, path, body) in &case.before {
        send(client, method, &case.place(path), body)?.expect("bring the index into the state")?;
    }
    let body = format!("{{\"{}\":{{\"_id\":\"1\"}}}}\n{}\n", case.action, case.document);
    let reply = client.send_lines("POST", &case.place(case.path), body)?.expect("send a bulk request")?;
    let item = &reply["items"][0][case.action];
    let text = |key: &str| item["error"][key].as_str().unwrap_or_default();
    let (error_type, reason) = (text("type"), text("reason"));
    let status = u16::try_from(item["status"].as_u64().context("the item has no status")?)?;
    let (wanted_type, beginning, wanted) = case.wanted;
    let said = format!("{status} {}", reason_of(&item["error"]));
    ensure!(error_type == wanted_type, "a `{wanted_type}` is expected, and the engine says {said}");
    ensure!(
        reason.to_ascii_lowercase().starts_with(beginning),
        "`{beginning}` is expected, and the engine says {said}"
    );
    let meaning = match ItemOutcome::new(status, error_type, reason) {
        ItemOutcome::Retry { cause: FailureCause::State, .. } => Some(Meaning::State),
        ItemOutcome::Rejected { .. } => Some(Meaning::Document),
        _ => None,
    };
    ensure!(meaning == Some(wanted), "{wanted:?} is expected, and the table makes {meaning:?} of {said}");
    Ok(())
}

fn send(client: &Client, method: &str, path: &str, body: &Value) -> Result<Answer> {
    if body.is_null() { client.send(method, path) } else { client.send_json(method, path, body) }
}

/// Removes what is made here.
fn clean(client: &Client) -> Result<()> {
    let listed = client.send("GET", &format!("/_cat/indices/{NAME}-*?format=json&expand_wildcards=all&h=index"))?;
    for row in listed.expect("list indices")?.as_array().into_iter().flatten() {
        let index = row["index"].as_str().context("an index has no name")?;
        client.send("DELETE", &format!("/{index}"))?.expect("delete an index")?;
    }
    Ok(())
}

const ARGUMENT: &str = "illegal_argument_exception";

fn settings(name: &str, value: impl Into<Value>) -> Value {
    let value = value.into();
    json!({"settings": {name: value}})
}

fn states() -> Vec<Case> {
    let block = |name, setting: &str| {
        let wanted = ("cluster_block_exception", "index [", Meaning::State);
        // An index that is read-only cannot be deleted either.
        let lifted = json!({setting: null});
        let case = Case::new(name, json!({}), wanted).before("PUT", "/{}/_settings", json!({setting: true}));
        case.after("PUT", "/{}/_settings", lifted)
    };
    let shards = |most: Value| json!({"persistent": {"cluster.max_shards_per_node": most}});
    vec![
        block("blocked", "index.blocks.write"),
        block("read-only", "index.blocks.read_only"),
        block("flooded", "index.blocks.read_only_allow_delete"),
        Case::new("closed", json!({}), ("index_closed_exception", "", Meaning::State)).before(
            "POST",
            "/{}/_close",
            Value::Null,
        ),
        Case::new("missing", Value::Null, ("index_not_found_exception", "no such index [", Meaning::State))
            .path("/{}/_bulk?require_alias=true"),
        Case::new(
            "no-room",
            Value::Null,
            ("validation_exception", "validation failed: 1: this action would add", Meaning::State),
        )
        .before("PUT", "/_cluster/settings", shards(json!(1)))
        .after("PUT", "/_cluster/settings", shards(Value::Null)),
        Case::new(
            "routing",
            json!({"mappings": {"_routing": {"required": true}}}),
            ("routing_missing_exception", "", Meaning::State),
        ),
        Case::new(
            "pipeline",
            settings("index.default_pipeline", "no-such-pipeline"),
            (ARGUMENT, "pipeline with id [", Meaning::State),
        ),
        Case::new(
            "two-indices",
            json!({"aliases": {"event-log-test-reasons-alias": {}}}),
            (ARGUMENT, "no write index is defined for alias", Meaning::State),
        )
        .before("PUT", "/{}-too", json!({"aliases": {"event-log-test-reasons-alias": {}}}))
        .path("/event-log-test-reasons-alias/_bulk"),
    ]
}

/// What the bare distribution of Elasticsearch has no module for, or words in another way.
fn states_of_opensearch() -> Vec<Case> {
    let pipeline = |name, processors: Value, setting, wanted| {
        Case::new(name, settings(setting, "event-log-test-reasons"), wanted).before(
            "PUT",
            "/_ingest/pipeline/event-log-test-reasons",
            json!({"processors": processors}),
        )
    };
    let stream = |name, wanted| {
        let template = json!({"index_patterns": [format!("{NAME}-{name}")], "data_stream": {}});
        Case::new(name, Value::Null, wanted)
            .before("PUT", "/_index_template/event-log-test-reasons", template)
            .before("PUT", "/_data_stream/{}", Value::Null)
            .document(json!({"@timestamp": "2026-11-28T00:00:00Z"}))
            .after("DELETE", "/_data_stream/{}", Value::Null)
    };
    let no_pipeline =
        ("illegal_state_exception", "pipeline processor configured for non-existent pipeline", Meaning::State);
    let redirect = ("illegal_state_exception", "final pipeline [", Meaning::State);
    let backing = (ARGUMENT, "index request with op_type=create targeting backing indices", Meaning::State);
    vec![
        Case::new("name", Value::Null, ("invalid_index_name_exception", "", Meaning::State)).path("/{}-Capital/_bulk"),
        pipeline("calls", json!([{"pipeline": {"name": "no-such-pipeline"}}]), "index.default_pipeline", no_pipeline),
        pipeline(
            "redirects",
            json!([{"set": {"field": "_index", "value": "elsewhere"}}]),
            "index.final_pipeline",
            redirect,
        ),
        pipeline(
            "converts",
            json!([{"convert": {"field": "a", "type": "long"}}]),
            "index.default_pipeline",
            (ARGUMENT, "unable to convert [", Meaning::Document),
        ),
        stream("backing", backing).path("/.ds-{}-000001/_bulk"),
        stream("stream", (ARGUMENT, "only write ops with an op_type of create", Meaning::State)).action("index"),
    ]
}

fn documents(engine: Engine) -> Vec<Case> {
    let is_opensearch = engine == Engine::OpenSearch;
    let parsing = if is_opensearch { "mapper_parsing_exception" } else { "document_parsing_exception" };
    let of_mapping = |name, mapping: Value, document: Value, error_type, reason| {
        Case::new(name, json!({"mappings": mapping}), (error_type, reason, Meaning::Document)).document(document)
    };
    // What Elasticsearch finds while it parses, it says in another exception.
    let parsed = |reason| if is_opensearch { (ARGUMENT, reason) } else { (parsing, "") };
    let limit = |name, setting, most: u64, document: Value, (error_type, reason)| {
        let wanted = (error_type, reason, Meaning::Document);
        Case::new(name, settings(setting, most), wanted).document(document)
    };
    let (fields, depth) = (parsed("limit of total fields ["), parsed("limit of mapping depth ["));
    let (immense_type, immense) = parsed("document contains at least one immense term");
    let (keyword, long) = (json!({"properties": {"a": {"type": "keyword"}}}), "x".repeat(40_000));
    let longer_name = json!({"a name that is longer": 1});
    vec![
        of_mapping("strict", json!({"dynamic": "strict"}), json!({"a": 1}), "strict_dynamic_mapping_exception", ""),
        of_mapping("parse", json!({"properties": {"a": {"type": "long"}}}), json!({"a": "b"}), parsing, ""),
        of_mapping("immense", keyword, json!({"a": long}), immense_type, immense),
        limit("fields", "index.mapping.total_fields.limit", 1, json!({"a": 1, "b": 2}), fields),
        limit("depth", "index.mapping.depth.limit", 1, json!({"a.b.c": 1}), depth),
        limit("name-length", "index.mapping.field_name_length.limit", 20, longer_name, (ARGUMENT, "field name [")),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use event_store::{EngineKind, measured_reasons};

    use super::*;

    #[track_caller]
    fn check(engine: Engine, kind: EngineKind) {
        let wanted: Vec<_> = cases(engine).iter().map(|case| (case.wanted.0, case.wanted.1)).collect();
        let rows: BTreeSet<_> = measured_reasons(kind).collect();
        let is_of = |row: &(&str, &str), case: &(&str, &str)| row.0 == case.0 && case.1.starts_with(row.1);
        let unproven: Vec<_> = rows.iter().filter(|row| !wanted.iter().any(|case| is_of(row, case))).collect();
        assert_eq!(unproven, Vec::<&(&str, &str)>::new(), "rows called measured that no case provokes");
        let unmarked: Vec<_> = wanted.iter().filter(|case| !rows.iter().any(|row| is_of(row, case))).collect();
        assert_eq!(unmarked, Vec::<&(&str, &str)>::new(), "cases whose row is not called measured");
    }

    #[test]
    fn rows_called_measured_have_a_live_case() {
        check(Engine::OpenSearch, EngineKind::OpenSearch);
        check(Engine::Elasticsearch, EngineKind::Elasticsearch);
    }
}
