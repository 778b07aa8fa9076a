//! Agreement: random documents, valid ones and changed ones, sent to an index with the generated strict mapping. What the
//! engine says of each must be what `validate_json` says of it, apart from what `stricter.rs` lists. Owns the batches and
//! the comparison; knows no rule.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use ecs_gen::field_type::ValueKind;
use ecs_gen::model::Field;
use ecs_gen::sample::DocumentMaker;
use ecs_schema::validate_json;
use serde_json::{Value, json};

use super::engine_gaps::Adapter;
use super::installer;
use super::log::{self, Log};
use super::tally::Tally;
use crate::engines::{Client, Engine, Running, reason_of, step};

mod disputed_values;
#[path = "../../../ecs-gen/tests/it/agreement/shrink.rs"]
mod shrink;
mod stricter;
mod violation_path;

use stricter::Leniency;

/// Documents in a request.
const BATCH: usize = 400;

/// Bytes in a request, roughly; documents with text of every length are among them.
const BATCH_BYTES: usize = 6 << 20;

/// Kinds of disagreement that are shrunk and printed.
const SHOWN: usize = 40;

/// How many documents, and from which seed.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Documents for each engine.
    pub documents: usize,
    /// From which all documents follow.
    pub seed: u64,
}

/// Compares on one engine.
pub fn check(running: &Running, extent: Extent, tally: &mut Tally) -> Result<()> {
    let mut adapter = Adapter::new(running.release());
    let mut logs = vec![Log::of_every_type()?];
    for name in log::COMMITTED {
        logs.push(Log::committed(name)?);
    }
    let share = extent.documents.div_ceil(logs.len());
    let mut disagreements = 0;
    for log in &logs {
        let index = Index::create(running.client(), log, &mut adapter)?;
        disagreements += compare(&index, Extent { documents: share, ..extent }, tally)?;
    }
    // The log with every type first, then those that need not have what an example has.
    let [every, infra, kibana] = &logs[..] else { bail!("there are {} logs", logs.len()) };
    let mut indices = Vec::new();
    for log in [every, kibana, infra] {
        indices.push(Index::create(running.client(), log, &mut adapter)?);
    }
    tally.add("rules where ours is knowingly stricter, each shown on the engine", stricter::check(&indices)?);
    tally.add("doubtful values settled", disputed_values::check(&indices[0])?);
    Tally::replaced(running.release(), adapter.used());
    ensure!(disagreements == 0, "{disagreements} disagreements, from seed {}", extent.seed);
    tally.add("disagreements", 0);
    Ok(())
}

/// An index with the generated mapping of a log, removed when this value is.
#[derive(Debug)]
struct Index<'e> {
    client: &'e Client,
    release: Engine,
    log: &'e Log,
    name: String,
    mapping: Value,
}

impl<'e> Index<'e> {
    fn create(client: &'e Client, log: &'e Log, adapter: &mut Adapter) -> Result<Self> {
        let release = adapter.release();
        let mapping = json!({"mappings": log.file(&format!("{}/mappings.json", installer::folder(release)))?});
        let body = json!({
            "settings": {"index": {
                "number_of_shards": 1,
                "number_of_replicas": 0,
                "refresh_interval": "-1",
                "translog.durability": "async",
                "mapping.total_fields.limit": 5000,
            }},
            "mappings": adapter.adapt(&mapping)["mappings"],
        });
        let name = format!("event-log-test-agreement-{}", log.name());
        // Left by a run that was interrupted.
        client.send("DELETE", &format!("/{name}"))?;
        client.send_json("PUT", &format!("/{name}"), &body)?.expect("create the index")?;
        Ok(Self { client, release, log, name, mapping: body["mappings"].clone() })
    }

    /// Whether it is one of these engines, or another release of one.
    fn is_of(&self, engines: &[Engine]) -> bool {
        engines.contains(&self.release) || engines.contains(&self.release.family())
    }

    /// Whether the engine has another type for a field than the log.
    fn has_another_type(&self, field: &Field) -> bool {
        let mut steps = field.path.as_str().split('.');
        let found = steps.try_fold(&self.mapping, |mapping, step| mapping.get("properties")?.get(step));
        found.is_some_and(|found| found["type"] != field.field_type.name())
    }

    /// Whether the document has what no later release refuses: OpenSearch before 2.17 takes no null in place of an object with
    /// free keys. What this project ships has none: the canonical form leaves null out.
    fn refuses_null_in(&self, document: &Value) -> bool {
        let mut fields = self.log.model.fields.iter().filter(|field| field.kind() == ValueKind::Flattened);
        self.release == Engine::OpenSearch2
            && fields.any(|field| violation_path::has_null(document, field.path.as_str()))
    }

    /// What the engine says of each document: nothing, or why it refuses it.
    fn send<'d>(&self, documents: impl Iterator<Item = &'d Value>) -> Result<Vec<Option<String>>> {
        let mut lines = String::new();
        for document in documents {
            lines += "{\"create\":{}}\n";
            lines += &document.to_string();
            lines.push('\n');
        }
        let body = self.client.send_lines("POST", &format!("/{}/_bulk", self.name), lines)?.expect("send documents")?;
        let items = body["items"].as_array().context("the answer has no `items`")?;
        items.iter().map(|item| verdict(&item["create"])).collect()
    }

    fn send_one(&self, document: &Value) -> Result<Option<String>> {
        Ok(self.send(std::iter::once(document))?.remove(0))
    }

    /// What the engine is expected to do with a document: what we do, but for violations of rules that it lacks.
    fn expectation(&self, document: &Value) -> Expectation {
        if self.refuses_null_in(document) {
            return Expectation::Refused;
        }
        let Err(violations) = validate_json(self.log.rules(), document) else { return Expectation::Taken };
        let mut expected = Expectation::Taken;
        for violation in violations.as_slice() {
            match stricter::leniency(self, document, violation) {
                None => return Expectation::Refused,
                Some(Leniency::Sometimes) => expected = Expectation::Either,
                Some(Leniency::Always) => {}
            }
        }
        expected
    }
}

/// What an engine is expected to do with a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expectation {
    /// It takes it, as we do, or where only we have a rule.
    Taken,
    /// It refuses it, as we do.
    Refused,
    /// We refuse it, and the engine may take it.
    Either,
}

impl Expectation {
    fn is_met_by(self, is_refused: bool) -> bool {
        self == Self::Either || (self == Self::Refused) == is_refused
    }
}

impl Drop for Index<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.client.send("DELETE", &format!("/{}", self.name)) {
            step("Warning", &format!("the index `{}` is left on the engine: {error:#}", self.name));
        }
    }
}

fn verdict(item: &Value) -> Result<Option<String>> {
    match item["status"].as_u64() {
        Some(201) => Ok(None),
        Some(400) => Ok(Some(reason_of(&item["error"]))),
        _ => bail!("the engine did not judge a document: {item}"),
    }
}

/// A document and what was done to it.
struct Candidate {
    label: &'static str,
    path: String,
    document: Value,
}

/// Sends one log's share, and returns the number of documents on which there is no agreement.
fn compare(index: &Index<'_>, extent: Extent, tally: &mut Tally) -> Result<usize> {
    let mut maker = DocumentMaker::new(&index.log.model, extent.seed);
    let mut found: BTreeMap<(&'static str, bool), (usize, Candidate, String)> = BTreeMap::new();
    let (mut sent, mut refused, mut undecided) = (0, 0, 0);
    while sent < extent.documents {
        let batch = make_batch(&mut maker, (extent.documents - sent).min(BATCH));
        sent += batch.len();
        let verdicts = index.send(batch.iter().map(|candidate| &candidate.document))?;
        ensure!(verdicts.len() == batch.len(), "{} documents, and {} verdicts", batch.len(), verdicts.len());
        for (candidate, verdict) in batch.into_iter().zip(verdicts) {
            refused += usize::from(verdict.is_some());
            let expected = index.expectation(&candidate.document);
            undecided += usize::from(expected == Expectation::Either);
            if expected.is_met_by(verdict.is_some()) {
                continue;
            }
            let key = (candidate.label, verdict.is_some());
            let entry = found.entry(key).or_insert_with(|| (0, candidate, verdict.unwrap_or_default()));
            entry.0 += 1;
        }
    }
    tally.add("documents compared", sent);
    tally.add("documents compared, refused by the engine", refused);
    tally.add("documents compared, refused by us for what the engine takes sometimes", undecided);
    for (count, candidate, reason) in found.values().take(SHOWN) {
        report(index, *count, candidate, reason)?;
    }
    Ok(found.values().map(|(count, ..)| count).sum())
}

/// Two of three documents are changed.
fn make_batch(maker: &mut DocumentMaker<'_>, most: usize) -> Vec<Candidate> {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while batch.len() < most && bytes < BATCH_BYTES {
        let document = maker.document();
        let candidate = if batch.len() % 3 == 0 {
            Candidate { label: "valid", path: String::new(), document }
        } else {
            let mutation = maker.mutation(&document);
            Candidate { label: mutation.label, path: mutation.path, document: mutation.document }
        };
        bytes += candidate.document.to_string().len();
        batch.push(candidate);
    }
    batch
}

/// Shrinks a document on which there is no agreement, and prints it.
fn report(index: &Index<'_>, count: usize, candidate: &Candidate, reason: &str) -> Result<()> {
    let is_refused = !reason.is_empty();
    let disagrees = |document: &Value| {
        !index.expectation(document).is_met_by(is_refused)
            && index.send_one(document).is_ok_and(|verdict| verdict.is_some() == is_refused)
    };
    let smallest = shrink::shrink(&candidate.document, "", disagrees);
    let mut shown = smallest.to_string();
    if shown.len() > 600 {
        shown = format!("{}… ({} bytes)", shown.chars().take(300).collect::<String>(), shown.len());
    }
    let reason = index.send_one(&smallest)?.unwrap_or_default();
    let ours = validate_json(index.log.rules(), &smallest).map_or_else(|found| found.to_string(), |()| String::new());
    let (ours, theirs) = if is_refused {
        let ours = if ours.is_empty() { "takes it".to_owned() } else { format!("is knowingly stricter: {ours}") };
        (ours, format!("refuses it: {reason}"))
    } else {
        (format!("refuses it: {ours}"), "takes it".to_owned())
    };
    eprintln!(
        "disagreement: {} on {} at `{}` ({} documents)\n  document: {shown}\n  `validate_json` {ours}\n  the engine {theirs}",
        candidate.label,
        index.log.name(),
        candidate.path,
        count
    );
    Ok(())
}
