//! Plans at work: a log is installed and written, another version of it is planned, every request of the plan is sent, and
//! then every document is found again. Owns the versions and what is counted; what a plan is, the generator knows.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use ecs_gen::diff;
use serde_json::{Map, Value, json};

use super::engine_gaps::Adapter;
use super::installation::Installed;
use super::log::Log;
use super::tally::Tally;
use super::{installer, read_back};
use crate::engines::{Client, Engine, Running};

mod send;

/// The alias or data stream.
const TARGET: &str = "event-log-test-plan";

/// Documents that are stored before the plan.
const DOCUMENTS: usize = 60;

/// Indices that they are stored in.
const GENERATIONS: usize = 2;

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
    - {name: object.deep, type: keyword, description: goes with what it stands in}
";

/// A change of the two files, and what it is to come to.
struct Case {
    name: &'static str,
    engines: &'static [Engine],
    /// A text and what stands in its place, in either file and both versions.
    base: &'static [Edit],
    /// The same, in the new version.
    edits: &'static [Edit],
    rolls_over: bool,
    reindexes: bool,
    /// Types that a search sees of the number afterwards.
    types: usize,
    /// Fields that no search sees any more.
    absent: &'static [&'static str],
    /// Fields that every document has afterwards.
    found: &'static [&'static str],
}

type Edit = (&'static str, &'static str);

const BOTH: &[Engine] = &[Engine::OpenSearch, Engine::Elasticsearch];

/// Copying takes a module and a script language, and data streams another module, which the bare Elasticsearch does not have.
const OPENSEARCH: &[Engine] = &[Engine::OpenSearch];

const STREAM: Edit = ("alias: event-log-test-plan,", "data_stream: event-log-test-plan,");

const CASES: &[Case] = &[
    Case {
        name: "a new field",
        engines: BOTH,
        base: &[],
        edits: &[NEW_FIELD],
        rolls_over: false,
        reindexes: false,
        types: 1,
        absent: &[],
        found: &["test.kept", "test.gone"],
    },
    Case {
        name: "another number of shards",
        engines: BOTH,
        base: &[],
        edits: &[SHARDS],
        rolls_over: true,
        reindexes: false,
        types: 1,
        absent: &[],
        found: &["test.kept", "test.gone"],
    },
    Case {
        name: "a wider type",
        engines: BOTH,
        base: &[],
        edits: &[("number, type: long", "number, type: double")],
        rolls_over: true,
        reindexes: false,
        types: 2,
        absent: &[],
        found: &["test.number", "test.kept", "test.gone"],
    },
    Case {
        name: "another type, and a field that is gone",
        engines: OPENSEARCH,
        base: &[],
        edits: &[
            ("number, type: long", "number, type: keyword"),
            ("    - {name: gone, type: keyword, description: goes}\n", ""),
        ],
        rolls_over: true,
        reindexes: true,
        types: 1,
        absent: &["test.gone"],
        found: &["test.kept", "test.object.deep"],
    },
    Case {
        name: "a whole object that is gone, and a field that is another's name",
        engines: OPENSEARCH,
        base: &[],
        edits: &[
            ("number, type: long", "number, type: keyword"),
            ("    - {name: object.deep, type: keyword, description: goes with what it stands in}\n", ""),
            ("    - {name: gone, ", "    - {name: moved, type: keyword, description: comes}\n    - {name: gone, "),
            ("gone, type: keyword", "gone, type: alias, path: test.moved"),
        ],
        rolls_over: true,
        reindexes: true,
        types: 1,
        absent: &["test.object.deep", "test.object"],
        found: &["test.kept", "test.gone", "test.moved"],
    },
    Case {
        name: "another type in a data stream",
        engines: OPENSEARCH,
        base: &[STREAM],
        edits: &[("number, type: long", "number, type: keyword")],
        rolls_over: true,
        reindexes: true,
        types: 1,
        absent: &[],
        found: &["test.kept", "test.gone"],
    },
    Case {
        name: "a data stream's new field and number of shards",
        engines: OPENSEARCH,
        base: &[STREAM],
        edits: &[NEW_FIELD, SHARDS],
        rolls_over: true,
        reindexes: false,
        types: 1,
        absent: &[],
        found: &["test.kept", "test.gone"],
    },
    Case {
        name: "another retention",
        // The others have policies only in plugins and modules that are not there.
        engines: &[Engine::Elasticsearch6],
        base: &[],
        edits: &[("keep: 90d", "keep: 30d")],
        rolls_over: false,
        reindexes: false,
        types: 1,
        absent: &[],
        found: &["test.kept", "test.gone"],
    },
];

const NEW_FIELD: Edit = ("    - {name: kept", "    - {name: new, type: long, description: is new}\n    - {name: kept");

const SHARDS: Edit = ("shards: 1", "shards: 2");

/// Applies each plan that the engine can do.
pub fn check(running: &Running, tally: &mut Tally) -> Result<()> {
    for case in CASES.iter().filter(|case| case.engines.contains(&running.engine())) {
        let sent = apply(running, case).with_context(|| format!("the plan for {}", case.name))?;
        tally.add("plans applied, with every document found again", 1);
        tally.add("requests of plans", sent);
    }
    if running.engine() == Engine::Elasticsearch {
        check_ages(running, tally).context("the age of copies")?;
    }
    Ok(())
}

/// Copies behind an alias of Elasticsearch are made with the age of their old indices. The engine of the tests has nothing that
/// copies, so that the plan is sent without that, and without the removal.
fn check_ages(running: &Running, tally: &mut Tally) -> Result<()> {
    let client = running.client();
    let folder = tempfile::tempdir()?;
    let old = write_version(&folder.path().join("old"), &[])?;
    let new = write_version(&folder.path().join("new"), &[("number, type: long", "number, type: keyword")])?;
    let mut adapter = Adapter::new(running.release());
    let _installed = Installed::new(client, &Log::from_file(&old)?, &mut adapter)?;
    store(client)?;
    let mut plan = diff::plan(diff::Engine::Elasticsearch, &diff::load(&old)?, &diff::load(&new)?);
    plan.steps.retain(|step| {
        step.method != "DELETE" && !["/_reindex", "/_tasks"].iter().any(|start| step.path.starts_with(start))
    });
    send::send(client, &plan, &mut adapter)?;
    let state = client.send("GET", &format!("/_cluster/state/metadata/{TARGET}"))?.expect("read the state")?;
    let indices = state.pointer("/metadata/indices").and_then(Value::as_object).context("the state has no indices")?;
    let mut copies = 0;
    for (name, copy) in indices {
        let Some(of) = name.strip_suffix("-reindexed") else { continue };
        let rolled_over = indices[of].pointer(&format!("/rollover_info/{TARGET}/time")).map(ToString::to_string);
        let age = copy.pointer("/settings/index/lifecycle/origination_date").and_then(Value::as_str);
        ensure!(
            age.is_some() && age == rolled_over.as_deref(),
            "`{name}` has the age {age:?}, and not {rolled_over:?}"
        );
        let of_number = copy.pointer("/mappings/_doc/properties/test/properties/number/type");
        ensure!(of_number == Some(&json!("keyword")), "`{name}` has not the new mapping: {of_number:?}");
        copies += 1;
    }
    ensure!(copies == GENERATIONS, "there are {copies} indices for copies, and not {GENERATIONS}");
    tally.add("indices for copies with the age of the old ones", copies);
    Ok(())
}

fn apply(running: &Running, case: &Case) -> Result<usize> {
    let client = running.client();
    let folder = tempfile::tempdir()?;
    let old = write_version(&folder.path().join("old"), case.base)?;
    let new = write_version(&folder.path().join("new"), &[case.base, case.edits].concat())?;
    let mut adapter = Adapter::new(running.release());
    let _installed = Installed::new(client, &Log::from_file(&old)?, &mut adapter)?;
    let stored = store(client)?;
    let engine = match running.engine() {
        Engine::OpenSearch => diff::Engine::OpenSearch,
        _ => diff::Engine::Elasticsearch,
    };
    let plan = diff::plan(engine, &diff::load(&old)?, &diff::load(&new)?);
    let sent = send::send(client, &plan, &mut adapter)?;
    ensure!(sent > 0, "the plan has no requests");
    check_documents(client, &stored, case)?;
    check_installed(client, &Log::from_file(&new)?, &mut adapter)?;
    let indices = client.send("GET", &format!("/{TARGET}/_settings/index.uuid"))?.expect("ask for the indices")?;
    let count = indices.as_object().map_or(0, Map::len);
    // Every old index that is copied is gone, and has another in its place.
    let wanted = GENERATIONS + usize::from(case.rolls_over && !case.reindexes);
    ensure!(count == wanted, "there are {count} indices, and not {wanted}");
    Ok(sent)
}

/// Templates and policies are those that the new version installs.
fn check_installed(client: &Client, new: &Log, adapter: &mut Adapter) -> Result<()> {
    let mut steps = installer::load_steps(new, adapter)?;
    steps.retain(|(step, _)| step.path.starts_with("/_"));
    read_back::check(client, &steps)?;
    Ok(())
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

/// Stores documents under ids of their own in several generations of indices, and returns the numbers in them by id. They
/// are not refreshed, so that a plan that copies has to see to that.
fn store(client: &Client) -> Result<BTreeMap<String, usize>> {
    let mut stored = BTreeMap::new();
    for number in 0..DOCUMENTS {
        if number > 0 && number % (DOCUMENTS / GENERATIONS) == 0 {
            client.send("POST", &format!("/{TARGET}/_rollover"))?.expect("roll over")?;
        }
        let id = format!("document-{number}");
        let document = json!({
            "@timestamp": "2026-01-01T00:00:00Z",
            "ecs": {"version": "9.4.0"},
            "event": {"action": "test"},
            "test": {"number": number, "kept": "kept", "gone": "gone", "object": {"deep": "deep"}},
        });
        client
            .send_json("PUT", &format!("/{TARGET}/_doc/{id}?op_type=create"), &document)?
            .expect("store a document")?;
        stored.insert(id, number);
    }
    Ok(stored)
}

/// Every document is behind the name, once, with what it held; and a search over all indices sees one type.
fn check_documents(client: &Client, stored: &BTreeMap<String, usize>, case: &Case) -> Result<()> {
    client.send("POST", &format!("/{TARGET}/_refresh"))?.expect("refresh")?;
    let found = client.send("GET", &format!("/{TARGET}/_search?size=1000"))?.expect("search")?;
    let hits = found.pointer("/hits/hits").and_then(Value::as_array).context("the answer has no hits")?;
    let mut numbers = BTreeMap::new();
    for hit in hits {
        let id = hit["_id"].as_str().unwrap_or_default().to_owned();
        let number = hit.pointer("/_source/test/number").and_then(Value::as_u64).context("a document has no number")?;
        ensure!(numbers.insert(id.clone(), usize::try_from(number)?).is_none(), "`{id}` is there twice");
    }
    ensure!(numbers == *stored, "{} of {} documents are there as they were", numbers.len(), stored.len());
    let searched =
        client.send_json("POST", &format!("/{TARGET}/_count"), &json!({"query": {"term": {"test.number": 7}}}))?;
    ensure!(searched.expect("count")?["count"] == 1, "the number 7 is not found");
    let fields = client.send("GET", &format!("/{TARGET}/_field_caps?fields=test.*"))?.expect("ask for the fields")?;
    let types = fields.pointer("/fields/test.number").and_then(Value::as_object).map_or(0, Map::len);
    ensure!(types == case.types, "a search sees {types} types");
    for field in case.absent {
        ensure!(fields["fields"].get(field).is_none(), "the field `{field}` is still there");
    }
    for field in case.found {
        let query = json!({"query": {"exists": {"field": field}}});
        let found = client.send_json("POST", &format!("/{TARGET}/_count"), &query)?.expect("count")?;
        ensure!(found["count"] == DOCUMENTS, "`{field}` is found {} times", found["count"]);
    }
    Ok(())
}
