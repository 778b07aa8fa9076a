//! Plans at work: a log is installed and written, another version of it is planned, every request of the plan is sent, and
//! then every document is found again. Owns the versions and what is counted; what a plan is, the generator knows.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use ecs_gen::diff::{self, Plan, Step};
use serde_json::{Map, Value, json};

use super::installation::Installed;
use super::lacking::Adapter;
use super::log::Log;
use super::tally::Tally;
use crate::engines::{Client, Engine, Running};

const ALIAS: &str = "event-log-test-plan";

/// Documents that are stored before the plan.
const DOCUMENTS: usize = 60;

const LOG: &str = "\
name: event-log-test-plan
ecs: 9.4.0
version: 1
extensions: [extension.yaml]
fields:
  base: {fields: {'@timestamp': {}, message: {}}}
  ecs: {fields: {version: {}}}
  event: {fields: {action: {}}}
  test: {fields: '*'}
required: [event.action]
index: {alias: event-log-test-plan, shards: 1}
lifecycle: {rollover: {max_age: 30d, max_size: 5gb}, keep: 90d}
";

const EXTENSION: &str = "\
- name: test
  title: Test
  description: What changes.
  fields:
    - {name: number, type: long, description: a number}
    - {name: kept, type: keyword, description: stays}
    - {name: gone, type: keyword, description: goes}
";

/// A change of the two files, and what it is to come to.
struct Case {
    name: &'static str,
    /// A text and what stands in its place, in either file.
    edits: &'static [(&'static str, &'static str)],
    rolls_over: bool,
    /// Copying takes a module and a script language, which the bare Elasticsearch does not have.
    reindexes: bool,
}

const CASES: &[Case] = &[
    Case {
        name: "a new field",
        edits: &[("    - {name: kept", "    - {name: new, type: long, description: is new}\n    - {name: kept")],
        rolls_over: false,
        reindexes: false,
    },
    Case { name: "another number of shards", edits: &[("shards: 1", "shards: 2")], rolls_over: true, reindexes: false },
    Case {
        name: "another type, and a field that is gone",
        edits: &[
            ("number, type: long", "number, type: keyword"),
            ("    - {name: gone, type: keyword, description: goes}\n", ""),
        ],
        rolls_over: true,
        reindexes: true,
    },
];

/// Applies each plan that the engine can do.
pub fn check(running: &Running, tally: &mut Tally) -> Result<()> {
    for case in CASES {
        if case.reindexes && running.engine() == Engine::Elasticsearch {
            continue;
        }
        let steps = apply(running, case).with_context(|| format!("the plan for {}", case.name))?;
        tally.add("plans applied, with every document found again", 1);
        tally.add("requests of plans", steps);
    }
    Ok(())
}

fn apply(running: &Running, case: &Case) -> Result<usize> {
    let client = running.client();
    let folder = tempfile::tempdir()?;
    let old = write_version(&folder.path().join("old"), &[])?;
    let new = write_version(&folder.path().join("new"), case.edits)?;
    let mut adapter = Adapter::new(running.engine());
    let installed = Installed::new(client, &Log::from_file(&old)?, &mut adapter)?;
    let stored = store(client)?;
    let engine = match running.engine() {
        Engine::OpenSearch => diff::Engine::OpenSearch,
        _ => diff::Engine::Elasticsearch,
    };
    let plan = diff::plan(engine, &diff::load(&old)?, &diff::load(&new)?);
    let sent = send(client, &plan, &mut adapter)?;
    ensure!(sent > 0, "the plan has no requests");
    check_documents(client, &stored, case)?;
    let indices = client.send("GET", &format!("/_alias/{ALIAS}"))?.expect("ask for the indices")?;
    let count = indices.as_object().map_or(0, Map::len);
    ensure!((count > 1) == case.rolls_over, "there are {count} indices");
    // What the plan has made is not in the list of what was installed.
    for index in indices.as_object().into_iter().flat_map(|indices| indices.keys()) {
        client.send("DELETE", &format!("/{index}"))?;
    }
    drop(installed);
    Ok(sent)
}

fn write_version(folder: &Path, edits: &[(&str, &str)]) -> Result<PathBuf> {
    fs::create_dir(folder)?;
    let (mut log, mut extension) = (LOG.to_owned(), EXTENSION.to_owned());
    for (from, to) in edits {
        ensure!(log.contains(from) || extension.contains(from), "there is no `{from}`");
        log = log.replace(from, to);
        extension = extension.replace(from, to);
    }
    let path = folder.join("log.yaml");
    fs::write(&path, log)?;
    fs::write(folder.join("extension.yaml"), extension)?;
    Ok(path)
}

/// Stores documents under ids of their own, and returns the numbers in them by id.
fn store(client: &Client) -> Result<BTreeMap<String, usize>> {
    let mut stored = BTreeMap::new();
    for number in 0..DOCUMENTS {
        let id = format!("document-{number}");
        let document = json!({
            "@timestamp": "2026-01-01T00:00:00Z",
            "ecs": {"version": "9.4.0"},
            "event": {"action": "test"},
            "test": {"number": number, "kept": "kept", "gone": "gone"},
        });
        client.send_json("PUT", &format!("/{ALIAS}/_create/{id}"), &document)?.expect("store a document")?;
        stored.insert(id, number);
    }
    Ok(stored)
}

/// Sends the requests in order, with what earlier answers gave in the places that name it.
fn send(client: &Client, plan: &Plan, adapter: &mut Adapter) -> Result<usize> {
    let mut taken: BTreeMap<&str, String> = BTreeMap::new();
    let mut sent = 0;
    for step in &plan.steps {
        if !adapter.has_step(&step.path) {
            continue;
        }
        let filled = |text: &str| {
            taken.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
        };
        let answer = send_step(client, step, &filled, adapter)?;
        if let Some(failures) = answer["failures"].as_array() {
            ensure!(failures.is_empty(), "documents could not be copied: {failures:?}");
        }
        for (name, pointer) in &step.take {
            let value = answer.pointer(pointer).with_context(|| format!("the answer has nothing at `{pointer}`"))?;
            taken.insert(name, value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        }
        sent += 1;
    }
    Ok(sent)
}

fn send_step(client: &Client, step: &Step, filled: &dyn Fn(&str) -> String, adapter: &mut Adapter) -> Result<Value> {
    let path = filled(&step.path);
    let answer = match &step.body {
        Some(body) => {
            let body: Value = serde_json::from_str(&filled(&adapter.adapt(body).to_string()))?;
            client.send_json(step.method, &path, &body)?
        }
        None => client.send(step.method, &path)?,
    };
    answer.expect(&format!("{} {path}", step.method))
}

/// Every document is behind the alias, once, with what it held; and a search over all indices sees one type.
fn check_documents(client: &Client, stored: &BTreeMap<String, usize>, case: &Case) -> Result<()> {
    client.send("POST", &format!("/{ALIAS}/_refresh"))?.expect("refresh")?;
    let found = client.send("GET", &format!("/{ALIAS}/_search?size=1000"))?.expect("search")?;
    let hits = found.pointer("/hits/hits").and_then(Value::as_array).context("the answer has no hits")?;
    let mut numbers = BTreeMap::new();
    for hit in hits {
        let id = hit["_id"].as_str().unwrap_or_default().to_owned();
        let number = hit.pointer("/_source/test/number").and_then(Value::as_u64).context("a document has no number")?;
        ensure!(numbers.insert(id.clone(), usize::try_from(number)?).is_none(), "`{id}` is there twice");
    }
    ensure!(numbers == *stored, "{} of {} documents are there as they were", numbers.len(), stored.len());
    let searched =
        client.send_json("POST", &format!("/{ALIAS}/_count"), &json!({"query": {"term": {"test.number": 7}}}))?;
    ensure!(searched.expect("count")?["count"] == 1, "the number 7 is not found");
    let fields = client.send("GET", &format!("/{ALIAS}/_field_caps?fields=test.*"))?.expect("ask for the fields")?;
    let types = fields.pointer("/fields/test.number").and_then(Value::as_object).map_or(0, Map::len);
    ensure!(types == 1, "a search sees {types} types");
    let has_gone = fields.pointer("/fields/test.gone").is_some();
    ensure!(has_gone != case.reindexes, "the field that goes is there: {has_gone}");
    Ok(())
}
