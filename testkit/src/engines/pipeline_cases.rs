//! `cargo xtask engines check-pipeline`: the generated legacy pipeline on a real engine, against every case.
//!
//! A case is a file in `pipelines/infra-events-legacy/cases/`; [`case`] says what it may hold and how an outcome is
//! compared. Every case is simulated. A case without an `index` is also posted to an index whose default pipeline it
//! is, as the shell function posts, and read back; the index has the generated strict mapping, so that what the
//! pipeline makes is proved to be storable. What it refuses is posted in a bulk request too, and must be refused for good,
//! since senders repeat everything else. Both the pipeline and the index go by a name of their own and are removed
//! afterwards, since the engine may be the developer's.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::catalogue::Engine;
use super::fetch;
use super::http::{Answer, Client, reason_of};
use super::progress::step;
use super::running::{self, Running};
use crate::workspace::root;
use event_store::{FailureCause, ItemOutcome};

use case::{Case, Expectation};

mod ancestor;
mod case;

/// Name of both the pipeline and the index while the check runs.
const NAME: &str = "event-log-pipeline-check";

/// Ingest processor that the pipeline uses.
const PROCESSOR: &str = "script";

/// Checks every case on every engine, starting those that do not run yet.
///
/// # Errors
/// When an engine cannot run the pipeline, or an outcome is not the expected one; every such outcome is printed.
pub fn check(engines: &[Engine]) -> Result<()> {
    let folder = root().join("pipelines/infra-events-legacy/cases");
    for running in running::start(engines)? {
        let name = running.engine().name();
        let mut cases = case::load_all(&folder)?;
        let failures =
            check_engine(&running, &mut cases).with_context(|| format!("cannot check the pipeline on {name}"))?;
        for failure in &failures {
            eprintln!("{failure}");
        }
        if !failures.is_empty() {
            bail!("{} outcomes on {name} are not the expected ones", failures.len());
        }
        step("Checked", &format!("{} cases on {name}", cases.len()));
    }
    Ok(())
}

fn check_engine(running: &Running, cases: &mut [Case]) -> Result<Vec<String>> {
    let client = running.client();
    let is_ancestor = running.engine() == Engine::Elasticsearch6;
    check_processors(running)?;
    remove_ours(client)?;
    let mut pipeline = load_generated(running.engine(), "ingest-pipeline.json")?;
    if is_ancestor {
        step("Adapting", ancestor::REPLACED);
        ancestor::adapt(&mut pipeline)?;
        ancestor::open_identifiers(cases);
    }
    expect_success(client.send_json("PUT", &format!("/_ingest/pipeline/{NAME}"), &pipeline)?, "put the pipeline")?;
    let mut failures = simulate(client, cases)?;
    if !is_ancestor {
        failures.extend(post_all(running, cases)?);
    }
    remove_ours(client)?;
    Ok(failures)
}

/// Posts the cases to an index with the strict mapping, whose default pipeline is the one to be checked.
fn post_all(running: &Running, cases: &[Case]) -> Result<Vec<String>> {
    let client = running.client();
    let index = json!({
        "settings": {"index": {"number_of_replicas": 0, "default_pipeline": NAME}},
        "mappings": load_mapping(running.engine())?,
    });
    expect_success(client.send_json("PUT", &format!("/{NAME}"), &index)?, "create the index")?;
    let mut failures = Vec::new();
    for case in cases.iter().filter(|case| case.index.is_none()) {
        failures.extend(post(client, case)?.into_iter().map(|what| format!("{}, posted: {what}", case.file)));
    }
    failures.extend(post_refused(client, cases)?);
    Ok(failures)
}

/// Posts what must be refused in one bulk request, as shippers do.
fn post_refused(client: &Client, cases: &[Case]) -> Result<Vec<String>> {
    let is_refused = |case: &&Case| case.index.is_none() && matches!(case.expectation, Expectation::Refused(_));
    let refused: Vec<&Case> = cases.iter().filter(is_refused).collect();
    let lines = |case: &&Case| format!("{{\"create\":{{}}}}\n{}\n", case.document);
    let body: String = refused.iter().map(lines).collect();
    let reply = expect_success(client.send_lines("POST", &format!("/{NAME}/_bulk"), body)?, "send a bulk request")?;
    let items = reply["items"].as_array().context("the engine's answer has no `items`")?;
    let mut failures = Vec::new();
    for (case, item) in refused.iter().zip(items) {
        let (error, status) = (&item["create"]["error"], item["create"]["status"].as_u64().unwrap_or_default());
        let text = |key: &str| error[key].as_str().unwrap_or_default();
        let status = u16::try_from(status)?;
        let outcome = ItemOutcome::new(status, text("type"), text("reason"));
        let may_be_the_document = match outcome {
            ItemOutcome::Rejected { .. } => true,
            ItemOutcome::Retry { cause, .. } => cause == FailureCause::Unknown,
            _ => false,
        };
        if status != 400 || !may_be_the_document {
            failures.push(format!("{}, in a bulk request: it would not be put aside, after {outcome:?}", case.file));
        }
        failures.extend(
            case.check(None, Some(&reason_of(error)))
                .into_iter()
                .map(|what| format!("{}, in a bulk request: {what}", case.file)),
        );
    }
    if refused.len() != items.len() {
        failures.push(format!("a bulk request of {} documents was answered with {}", refused.len(), items.len()));
    }
    Ok(failures)
}

/// Runs every case through `_simulate`, in one request.
fn simulate(client: &Client, cases: &[Case]) -> Result<Vec<String>> {
    let document = |case: &Case| {
        let index = case.index.as_deref().unwrap_or(NAME);
        json!({"_index": index, "_source": case.document})
    };
    let documents: Vec<Value> = cases.iter().map(document).collect();
    let path = format!("/_ingest/pipeline/{NAME}/_simulate");
    let answer = client.send_json("POST", &path, &json!({"docs": documents}))?;
    let body = expect_success(answer, "simulate the pipeline")?;
    let outcomes = body["docs"].as_array().context("the engine's answer has no `docs`")?;
    if outcomes.len() != cases.len() {
        bail!("{} cases were sent and {} outcomes came back", cases.len(), outcomes.len());
    }
    let mut failures = Vec::new();
    for (case, outcome) in cases.iter().zip(outcomes) {
        let reason = outcome.get("error").map(reason_of);
        let source = outcome.pointer("/doc/_source");
        failures.extend(
            case.check(source, reason.as_deref()).into_iter().map(|what| format!("{}, simulated: {what}", case.file)),
        );
    }
    Ok(failures)
}

/// Posts a document as the shell function does, reads it back, and posts it again.
fn post(client: &Client, case: &Case) -> Result<Vec<String>> {
    let path = format!("/{NAME}/_doc");
    let answer = client.send_json("POST", &path, &case.document)?;
    if !answer.is_success() {
        let mut failures = case.check(None, Some(&answer.reason()));
        if answer.status != 400 {
            failures.push(format!("the status is {}, and senders do not repeat 400 alone", answer.status));
        }
        return Ok(failures);
    }
    let id = answer.body["_id"].as_str().context("the engine's answer has no `_id`")?.to_owned();
    let stored = expect_success(client.send("GET", &format!("/{NAME}/_doc/{id}"))?, "read the document")?;
    let mut failures = case.check(Some(&stored["_source"]), None);
    if let Expectation::Stored(expected) = &case.expectation
        && *expected != case.document
        && let Some(expected_id) = expected.pointer("/event/id").and_then(Value::as_str)
    {
        if id != expected_id {
            failures.push(format!("`_id` is `{id}`, which is not the `event.id`"));
        }
        let again = client.send_json("POST", &path, &case.document)?;
        if again.status != 409 {
            failures.push(format!("the same post a second time was answered {}, not 409", again.status));
        }
    }
    Ok(failures)
}

fn check_processors(running: &Running) -> Result<()> {
    let body = expect_success(running.client().send("GET", "/_nodes/ingest")?, "list the ingest processors")?;
    let nodes = body["nodes"].as_object().context("the engine's answer has no `nodes`")?;
    for node in nodes.values() {
        let has = |wanted: &str| {
            let processors = node.pointer("/ingest/processors").and_then(Value::as_array);
            processors.is_some_and(|all| all.iter().any(|processor| processor["type"] == wanted))
        };
        if !has(PROCESSOR) {
            bail!(
                "the engine has no ingest processor `{PROCESSOR}`: it is the bare distribution, without modules{}",
                fetch::own_engine_help(running.engine())
            );
        }
    }
    Ok(())
}

/// Removes what an earlier check may have left.
fn remove_ours(client: &Client) -> Result<()> {
    for path in [format!("/{NAME}"), format!("/_ingest/pipeline/{NAME}")] {
        let answer = client.send("DELETE", &path)?;
        if answer.status != 404 {
            expect_success(answer, "remove what the check made")?;
        }
    }
    Ok(())
}

fn expect_success(answer: Answer, doing: &str) -> Result<Value> {
    if !answer.is_success() {
        bail!("cannot {doing}: the engine answered {}: {}", answer.status, answer.body);
    }
    Ok(answer.body)
}

fn generated(engine: Engine, file: &str) -> PathBuf {
    let target = if engine == Engine::OpenSearch { "opensearch" } else { "elasticsearch" };
    root().join("generated/infra-events").join(target).join(file)
}

fn load_generated(engine: Engine, file: &str) -> Result<Value> {
    let path = generated(engine, file);
    let text = fs::read_to_string(&path)
        .with_context(|| format!("cannot read `{}`, which `cargo xtask regenerate` writes", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("`{}` is not JSON", path.display()))
}

/// The strict mapping, with or without `mappings` around it.
fn load_mapping(engine: Engine) -> Result<Value> {
    let mut mapping = load_generated(engine, "mappings.json")?;
    Ok(match mapping.get_mut("mappings") {
        Some(inner) => inner.take(),
        None => mapping,
    })
}
