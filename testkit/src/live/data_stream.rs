//! The data-stream flavour of a log: a committed log with a data stream in place of its alias, installed, written, rolled
//! over and written again.

use anyhow::{Result, ensure};
use serde_json::json;

use super::engine_gaps::Adapter;
use super::installation::Installed;
use super::log::Log;
use super::read_back;
use super::tally::Tally;
use crate::engines::Running;

const STREAM: &str = "event-log-test-stream";

/// Checks the flavour on an engine that has data streams.
pub fn check(running: &Running, tally: &mut Tally) -> Result<()> {
    let client = running.client();
    let index = format!("index: {{data_stream: {STREAM}, shards: 1, auto_expand_replicas: 0-1}}");
    let log = Log::with_keys("kibana-event-log", &[("index", &index), ("opensearch", "opensearch: {}")])?;
    let mut adapter = Adapter::new(running.release());
    let installed = Installed::new(client, &log, &mut adapter)?;
    read_back::check(client, &installed.steps)?;
    super::installer::install(client, &installed.steps)?;
    let sample = log.file("samples/minimal.json")?;
    let mut unknown = sample.clone();
    unknown["no_such_field"] = json!("x");
    let mut indices = Vec::new();
    for round in 1..=2 {
        let body = client.send_json("POST", &format!("/{STREAM}/_doc"), sample)?.expect("store a document")?;
        indices.push(body["_index"].clone());
        let answer = client.send_json("POST", &format!("/{STREAM}/_doc"), &unknown)?;
        ensure!(
            answer.reason().contains("strict_dynamic_mapping_exception"),
            "index {round} of the stream is not strict"
        );
        if round == 1 {
            let body = client.send("POST", &format!("/{STREAM}/_rollover"))?.expect("roll over")?;
            ensure!(body["rolled_over"] == true, "the data stream did not roll over: {body}");
        }
    }
    ensure!(indices[0] != indices[1], "both documents are in {}", indices[0]);
    client.send("POST", &format!("/{STREAM}/_refresh"))?.expect("refresh")?;
    let count = client.send("GET", &format!("/{STREAM}/_count"))?.expect("count")?;
    ensure!(count["count"] == 2, "the stream has {count}");
    tally.add("data streams through a rollover", 1);
    Ok(())
}
