//! The table of mapping changes, measured: each change that the generator can make is put to an index that holds a document,
//! and what the engine answers must be what `ecs_gen::diff` predicts. Owns the measuring, the comparison and the measured
//! part of `docs/rule-table.md`; knows no verdict.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Result, bail, ensure};
use ecs_gen::diff::matrix::{Case, cases};
use ecs_gen::diff::{self, Reason, Verdict, predict_put_mapping};
use serde_json::{Value, json};

use super::tally::Tally;
use crate::engines::{Client, Engine, Running, step};

mod table;

pub use table::{Measured, Page, check_table};

const INDEX: &str = "event-log-test-rules";

/// Disagreements that are printed.
const SHOWN: usize = 60;

/// What an engine answered.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Answered {
    /// It took the new mapping.
    Accepted,
    /// It refused it, with this reason.
    Rejected(String),
    /// It does not take the old mapping, so that nothing can be measured.
    WithoutOld(String),
}

/// An index with the old mapping of the cases that come; made anew only when a case changed it, or has another.
struct Bench<'e> {
    client: &'e Client,
    mapping: Option<Value>,
    /// Each index has a name of its own: deleting and making one of the same name waits for the deletion.
    made: usize,
}

impl Bench<'_> {
    fn index(&self) -> String {
        format!("{INDEX}-{}", self.made)
    }

    fn measure(&mut self, case: &Case) -> Result<Answered> {
        if self.mapping.as_ref() != Some(&case.old_mapping)
            && let Some(reason) = self.make(&case.old_mapping)?
        {
            return Ok(Answered::WithoutOld(reason));
        }
        let path = format!("/{}/_mapping", self.index());
        let answer = self.client.send_json("PUT", &path, &case.new_mapping)?;
        if answer.is_success() {
            // Parameters may have been merged, so the index is not as it was.
            if case.new_mapping != case.old_mapping {
                self.mapping = None;
            }
            return Ok(Answered::Accepted);
        }
        ensure!(answer.status == 400 || answer.status == 500, "{}: the engine answered {}", case.id, answer.status);
        Ok(Answered::Rejected(answer.reason()))
    }

    /// Makes the index, with a document in it; gives the reason when the engine takes no such mapping.
    fn make(&mut self, mapping: &Value) -> Result<Option<String>> {
        self.remove()?;
        self.made += 1;
        let body = json!({
            "settings": {"index": {
                "number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1", "translog.durability": "async",
            }},
            "mappings": mapping,
        });
        let index = self.index();
        let answer = self.client.send_json("PUT", &format!("/{index}"), &body)?;
        if !answer.is_success() {
            return Ok(Some(answer.reason()));
        }
        self.client
            .send_json("POST", &format!("/{index}/_doc"), &json!({"target": "x"}))?
            .expect("store a document")?;
        self.mapping = Some(mapping.clone());
        Ok(None)
    }

    fn remove(&mut self) -> Result<()> {
        self.mapping = None;
        if self.made > 0 {
            self.client.send("DELETE", &format!("/{}", self.index()))?;
        }
        Ok(())
    }
}

impl Drop for Bench<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.remove() {
            step("Warning", &format!("the index `{}` is left on the engine: {error:#}", self.index()));
        }
    }
}

/// Measures every case on an engine, and compares.
pub fn check(running: &Running, tally: &mut Tally) -> Result<Measured> {
    let engine = match running.engine() {
        Engine::OpenSearch => diff::Engine::OpenSearch,
        Engine::Elasticsearch => diff::Engine::Elasticsearch,
        other => bail!("nothing is predicted for {}", other.name()),
    };
    let mut measured = Measured::new(engine, running.version()?);
    let mut bench = Bench { client: running.client(), mapping: None, made: 0 };
    let mut lacking: BTreeMap<String, usize> = BTreeMap::new();
    let (mut disagreements, mut impossible) = (0, 0);
    let started = Instant::now();
    let mut all: Vec<Case> = cases(engine).collect();
    // Cases with the same old mapping share an index for as long as it is not changed.
    all.sort_by_cached_key(|case| case.old_mapping.to_string());
    for case in &all {
        let predicted = predict_put_mapping(engine, &case.old_mapping, &case.new_mapping);
        let answered = bench.measure(case)?;
        let found = match &answered {
            Answered::Accepted => Verdict::Accepted,
            Answered::Rejected(reason) | Answered::WithoutOld(reason) if is_lacking(reason) => {
                *lacking.entry(reason.clone()).or_default() += 1;
                continue;
            }
            Answered::Rejected(reason) => Verdict::Rejected(Reason::of_message(reason).unwrap_or(Reason::Invalid)),
            Answered::WithoutOld(reason) => {
                impossible += 1;
                eprintln!("impossible: {}: the engine refuses the old mapping: {reason}", case.id);
                continue;
            }
        };
        measured.add(&case.id, found);
        if found.put_mapping() != predicted.put_mapping() {
            disagreements += 1;
            if disagreements <= SHOWN {
                eprintln!("disagreement: {}: predicted {predicted}, and the engine: {answered:?}", case.id);
            }
        }
    }
    let unmeasured = lacking.values().sum::<usize>() + impossible;
    report_lacking(running, &lacking);
    tally.add("mapping changes tried", all.len() - unmeasured);
    tally.add("mapping changes not tried, with a type that the engine lacks", unmeasured);
    step(
        "Measured",
        &format!("{} mapping changes in {:.0} s", all.len() - unmeasured, started.elapsed().as_secs_f64()),
    );
    ensure!(impossible == 0, "the engine refuses {impossible} mappings that the generator can make");
    ensure!(disagreements == 0, "{disagreements} of {} predictions are wrong", all.len() - unmeasured);
    tally.add("predictions that were wrong", 0);
    Ok(measured)
}

/// Whether an engine refuses because it is the bare distribution: it has no such mapper.
fn is_lacking(reason: &str) -> bool {
    reason.contains("No handler for type") || reason.contains("The mapper type [")
}

fn report_lacking(running: &Running, lacking: &BTreeMap<String, usize>) {
    let mut types: BTreeMap<&str, usize> = BTreeMap::new();
    for (reason, count) in lacking {
        let named = reason.split("type [").nth(1).and_then(|rest| rest.split(']').next());
        *types.entry(named.unwrap_or(reason)).or_default() += count;
    }
    for (name, count) in types {
        step(
            "Left out",
            &format!("on {}: {count} changes with `{name}`, which it has no mapper for", running.engine().name()),
        );
    }
}
