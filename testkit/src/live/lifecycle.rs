//! The generated lifecycle policy at work on Elasticsearch 6: the write alias rolls over, and the old index is closed for
//! writing or goes. The conditions are shortened through the log file's own keys; the policy and the templates are as
//! generated from it, but for the one that shows why an action that closes an index needs a rollover.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use super::engine_gaps::Adapter;
use super::installation::Installed;
use super::log::{self, Log};
use super::tally::Tally;
use crate::engines::{Answer, Client, Running, step};

/// How long the engine may take for a rollover and a deletion; its lifecycle steps run every two seconds.
const PATIENCE: Duration = Duration::from_mins(2);

/// How often the engine is asked.
const ASK_EVERY: Duration = Duration::from_millis(500);

/// Shortened conditions of each log, with nothing else changed.
const SHORT: &[(&str, &str)] =
    &[("lifecycle", "lifecycle: {policy: event-log-test-policy, rollover: {max_age: 30d, max_docs: 1}, keep: 1s}")];

/// The same with a first index that stays and is closed for writing.
const CLOSING: &[(&str, &str)] = &[(
    "lifecycle",
    "lifecycle: {policy: event-log-test-policy, rollover: {max_age: 30d, max_docs: 1}, \
     phases: {warm: {after: 1s, readonly: {}}}}",
)];

/// What an engine answers to a document for a closed index.
const CLOSED: u16 = 403;

/// Lets each committed log's alias roll over and its first index go, and closes an index with and without a rollover.
pub fn check(running: &Running, tally: &mut Tally) -> Result<()> {
    let client = running.client();
    let status = client.send("GET", "/_ilm/status")?.expect("ask for the lifecycle management")?;
    ensure!(status["operation_mode"] == "RUNNING", "the lifecycle management does not run: {status}");
    let mut adapter = Adapter::new(running.release());
    for name in log::COMMITTED {
        let log = Log::with_keys(name, SHORT)?;
        let installed = Installed::new(client, &log, &mut adapter)?;
        for target in installed.targets() {
            let seconds = check_target(client, &log, target).with_context(|| format!("the alias `{target}`"))?;
            step("Checked", &format!("`{target}` rolled over, and its first index was deleted, in {seconds} s"));
            tally.add("aliases rolled over, first index deleted", 1);
        }
    }
    check_closing(client, &mut adapter).context("the action `readonly`")?;
    tally.add("logs closed for writing that go on only behind a rollover", 1);
    Ok(())
}

/// With the generated policy, which rolls over, events go on after the first index was closed; with the rollover taken out
/// of it, as the generator refuses it, the log ends there.
fn check_closing(client: &Client, adapter: &mut Adapter) -> Result<()> {
    let mut log = Log::with_keys("kibana-event-log", CLOSING)?;
    let answer = store_behind_closed(client, &log, adapter)?;
    ensure!(answer.is_success(), "behind a rollover, a document was answered {}: {}", answer.status, answer.reason());
    let policy = log.file_mut("elasticsearch/ilm-policy.json");
    let actions = policy.and_then(|policy| policy.pointer_mut("/policy/phases/hot/actions")?.as_object_mut());
    ensure!(actions.is_some_and(|actions| actions.remove("rollover").is_some()), "the policy has no rollover");
    let answer = store_behind_closed(client, &log, adapter)?;
    ensure!(answer.status == CLOSED, "without a rollover, a document was answered {}", answer.status);
    Ok(())
}

/// Stores a document, waits until its index takes no more, and sends another one to the alias.
fn store_behind_closed(client: &Client, log: &Log, adapter: &mut Adapter) -> Result<Answer> {
    let installed = Installed::new(client, log, adapter)?;
    let target = &installed.targets()[0];
    let sample = log.file("samples/minimal.json")?;
    let path = format!("/{target}/_doc");
    let first = client.send_json("POST", &path, sample)?.expect("store a document")?["_index"].take();
    let first = first.as_str().context("the answer names no index")?;
    wait_until(client, first, || {
        let settings = client.send("GET", &format!("/{first}/_settings/index.blocks.write"))?.body;
        Ok(settings[first]["settings"]["index"]["blocks"]["write"] == "true")
    })
    .with_context(|| format!("`{first}` was never closed for writing"))?;
    client.send_json("POST", &path, sample)
}

fn check_target(client: &Client, log: &Log, target: &str) -> Result<u64> {
    let (first, second) = (format!("{target}-000001"), format!("{target}-000002"));
    let sample = log.file("samples/minimal.json")?;
    let body = client.send_json("POST", &format!("/{target}/_doc"), sample)?.expect("store a document")?;
    ensure!(body["_index"] == first.as_str(), "the document went to {}", body["_index"]);
    let started = Instant::now();
    wait_until(client, &first, || {
        let aliases = client.send("GET", &format!("/_alias/{target}"))?.body;
        let write = |index: &str| aliases[index]["aliases"][target]["is_write_index"] == json!(true);
        Ok(write(&second) && !write(&first))
    })
    .with_context(|| format!("`{second}` never became the index that is written to"))?;
    wait_until(client, &first, || Ok(client.send("HEAD", &format!("/{first}"))?.status == 404))
        .with_context(|| format!("`{first}` was never deleted"))?;
    // The next index is made by the templates, so it is as strict as the first.
    let mut unknown = sample.clone();
    unknown["no_such_field"] = json!("x");
    let answer = client.send_json("POST", &format!("/{target}/_doc"), &unknown)?;
    ensure!(answer.reason().contains("strict_dynamic_mapping_exception"), "the next index is not strict");
    let body = client.send_json("POST", &format!("/{target}/_doc"), sample)?.expect("store a document")?;
    ensure!(body["_index"] != first.as_str(), "the document went to the deleted index");
    Ok(started.elapsed().as_secs())
}

/// Asks again and again, up to a deadline.
fn wait_until(client: &Client, index: &str, mut is_so: impl FnMut() -> Result<bool>) -> Result<()> {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        if is_so()? {
            return Ok(());
        }
        thread::sleep(ASK_EVERY);
    }
    let explained = client.send("GET", &format!("/{index}/_ilm/explain")).map_or(Value::Null, |answer| answer.body);
    bail!("not within {} s; the engine explains: {explained}", PATIENCE.as_secs())
}
