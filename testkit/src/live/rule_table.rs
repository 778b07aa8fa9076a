//! The table of mapping changes, measured: each change that the generator can make is put to an index that holds a document,
//! and what the engine answers must be what `ecs_gen::diff` predicts. Owns the measuring, the comparison and the measured
//! part of `docs/rule-table.md`; knows no verdict.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use ecs_gen::diff::matrix::{Case, cases};
use ecs_gen::diff::{self, Reason, Verdict, predict_put_mapping};
use serde_json::{Value, json};

use super::tally::Tally;
use crate::engines::{Client, Engine, Running, step};

mod next_index;
mod settings;
mod shared;
mod table;

pub use table::{Measured, PATH as PAGE, Page, check_table};

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

/// Puts the new mapping of each change of a part to an index with the old ones. The fields have names of their own, so that
/// no change sees another.
fn measure_part(client: &Client, number: usize, part: &[&Case]) -> Result<Vec<Answered>> {
    let index = Index { client, name: format!("{INDEX}-{number}") };
    if let Some(reason) = index.create(&shared::together(part, |case| &case.old_mapping))? {
        // One of them is the reason; halves find it.
        if part.len() == 1 {
            return Ok(vec![Answered::WithoutOld(reason)]);
        }
        let (one, other) = part.split_at(part.len() / 2);
        let mut answers = measure_part(client, number, one)?;
        answers.extend(measure_part(client, number, other)?);
        return Ok(answers);
    }
    let put = |(place, case): (usize, &&Case)| index.put(&shared::alone(case, place)).context(case.id.clone());
    let answers = part.iter().enumerate().map(put).collect::<Result<Vec<_>>>()?;
    index.check_names(part)?;
    Ok(answers)
}

/// Puts the new mapping of a change of the root to an index of its own.
fn measure_root(client: &Client, number: usize, case: &Case) -> Result<Answered> {
    let index = Index { client, name: format!("{INDEX}-{number}") };
    match index.create(&case.old_mapping)? {
        Some(reason) => Ok(Answered::WithoutOld(reason)),
        None => index.put(&case.new_mapping).context(case.id.clone()),
    }
}

/// An index, removed when this value is.
struct Index<'e> {
    client: &'e Client,
    name: String,
}

impl Index<'_> {
    /// Makes the index, with a document in it; gives the reason when the engine takes no such mapping.
    fn create(&self, mapping: &Value) -> Result<Option<String>> {
        let body = json!({"settings": shared::settings(), "mappings": mapping});
        let answer = self.client.send_json("PUT", &format!("/{}", self.name), &body)?;
        if !answer.is_success() {
            return Ok(Some(answer.reason()));
        }
        self.client
            .send_json("POST", &format!("/{}/_doc", self.name), &json!({"target": "x"}))?
            .expect("store a document")?;
        Ok(None)
    }

    /// No put made a field that neither mapping has.
    fn check_names(&self, part: &[&Case]) -> Result<()> {
        let path = format!("/{}/_mapping", self.name);
        let mut answer = self.client.send("GET", &path)?.expect("read the mapping")?;
        let held = shared::names(&answer[&self.name]["mappings"].take());
        let mut known = shared::names(&shared::together(part, |case| &case.old_mapping));
        known.extend(shared::names(&shared::together(part, |case| &case.new_mapping)));
        let made: Vec<&String> = held.difference(&known).collect();
        ensure!(made.is_empty(), "the engine made fields that nobody put: {made:?}");
        Ok(())
    }

    fn put(&self, mapping: &Value) -> Result<Answered> {
        let answer = self.client.send_json("PUT", &format!("/{}/_mapping", self.name), mapping)?;
        if answer.is_success() {
            return Ok(Answered::Accepted);
        }
        ensure!(answer.status == 400 || answer.status == 500, "the engine answered {}", answer.status);
        Ok(Answered::Rejected(answer.reason()))
    }
}

impl Drop for Index<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.client.send("DELETE", &format!("/{}", self.name)) {
            step("Warning", &format!("the index `{}` is left on the engine: {error:#}", self.name));
        }
    }
}

/// Every change with what the engine answered to it. Each name is used for one index after the other only where a
/// half could not be made at all.
fn measure(client: &Client, all: &[Case]) -> Result<Vec<Answered>> {
    let (roots, fields): (Vec<usize>, Vec<usize>) = (0..all.len()).partition(|place| shared::is_of_root(&all[*place]));
    let mut answers: BTreeMap<usize, Answered> = BTreeMap::new();
    for (number, places) in fields.chunks(shared::FIELDS).enumerate() {
        let part: Vec<&Case> = places.iter().map(|place| &all[*place]).collect();
        answers.extend(places.iter().copied().zip(measure_part(client, number, &part)?));
    }
    let parts = fields.len().div_ceil(shared::FIELDS);
    for (number, place) in roots.into_iter().enumerate() {
        answers.insert(place, measure_root(client, parts + number, &all[place])?);
    }
    Ok(answers.into_values().collect())
}

/// Measures every case on an engine, and compares.
pub fn check(running: &Running, tally: &mut Tally) -> Result<Measured> {
    let engine = match running.engine() {
        Engine::OpenSearch => diff::Engine::OpenSearch,
        Engine::Elasticsearch => diff::Engine::Elasticsearch,
        other => bail!("nothing is predicted for {}", other.name()),
    };
    let mut measured = Measured::new(engine, running.version()?, running.is_fetched());
    let mut unsupported: BTreeMap<String, usize> = BTreeMap::new();
    let (mut disagreements, mut impossible) = (0, 0);
    let started = Instant::now();
    let all: Vec<Case> = cases(engine).collect();
    let mut known = Vec::new();
    for (case, answered) in all.iter().zip(measure(running.client(), &all)?) {
        let predicted = predict_put_mapping(engine, &case.old_mapping, &case.new_mapping);
        let found = match &answered {
            Answered::Accepted => Verdict::Accepted,
            Answered::Rejected(reason) | Answered::WithoutOld(reason) if is_lacking(reason) => {
                *unsupported.entry(reason.clone()).or_default() += 1;
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
        if !shared::is_of_root(case) {
            known.push(case);
        }
        if found.put_mapping() != predicted.put_mapping() {
            disagreements += 1;
            if disagreements <= SHOWN {
                eprintln!("disagreement: {}: predicted {predicted}, and the engine: {answered:?}", case.id);
            }
        }
    }
    let unmeasured = unsupported.values().sum::<usize>() + impossible;
    measured.not_tried = unsupported_types(&unsupported);
    for (name, count) in &measured.not_tried {
        step("Left out", &format!("on {}: {count} changes with `{name}`, which it has no mapper for", engine.name()));
    }
    tally.add("mapping changes tried", all.len() - unmeasured);
    tally.add("mapping changes not tried, with a type that the engine lacks", unmeasured);
    step(
        "Measured",
        &format!("{} mapping changes in {:.0} s", all.len() - unmeasured, started.elapsed().as_secs_f64()),
    );
    ensure!(impossible == 0, "the engine refuses {impossible} mappings that the generator can make");
    ensure!(disagreements == 0, "{disagreements} of {} predictions are wrong", all.len() - unmeasured);
    let next = next_index::check(running, engine, &known).context("the next index")?;
    tally.add("new mappings put into a template", next.simulated);
    tally.add("new mappings put into a template, refused as predicted", next.invalid);
    tally.add("mapping changes brought by a rollover", next.rolled_over);
    tally.add("mapping changes brought by a rollover, two types to a search", next.conflicts);
    ensure!(next.wrong == 0, "{} predictions about the next index are wrong", next.wrong);
    tally.add("predictions that were wrong", 0);
    measured.next = next;
    measured.settings = settings::check(running, engine, tally).context("the settings")?;
    Ok(measured)
}

/// Whether an engine refuses because it is the bare distribution: it has no such mapper.
fn is_lacking(reason: &str) -> bool {
    reason.contains("No handler for type") || reason.contains("The mapper type [")
}

/// How many changes are left out, by the type that the engine has no mapper for.
fn unsupported_types(unsupported: &BTreeMap<String, usize>) -> BTreeMap<String, usize> {
    let mut types: BTreeMap<String, usize> = BTreeMap::new();
    for (reason, count) in unsupported {
        let named = reason.split("type [").nth(1).and_then(|rest| rest.split(']').next());
        *types.entry(named.unwrap_or(reason).to_owned()).or_default() += count;
    }
    types
}
