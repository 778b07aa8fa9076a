//! Searches over an old and a new index whose field has another type, for each pair of types: whether they answer as if there
//! were one type. What is measured is the table of `ecs_gen::diff::searches`, from which the findings about types are made.
//! Knows no rule.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};
use ecs_gen::diff;
use ecs_gen::diff::matrix::leaves;
use ecs_gen::diff::searches::{Answers, NUMERIC_TYPES, Outcome, SEARCHES, Table, is_widening};
use serde_json::{Value, json};

use super::engine_gaps::Adapter;
use super::tally::Tally;
use crate::engines::{Client, Engine, Running, step};

mod documents;
mod page;
mod question;

use documents::{Set, sets};
pub use page::{check_page, section};
use question::Found;

const INDEX: &str = "event-log-test-searches";

/// What of the answers is read.
const WANTED: &str = "/_msearch?filter_path=responses.error.type,responses._shards.failed,responses.hits.hits._id,\
                      responses.hits.hits.sort,responses.aggregations";

/// Which pairs are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairs {
    /// Those of which the table says that the new type takes every document and that nothing has to be reindexed.
    Widening,
    /// Each type with each other.
    All,
}

/// A type of the engine, with what it takes.
struct Type {
    name: &'static str,
    /// Names of the sets all of whose documents it takes.
    sets: BTreeSet<&'static str>,
    /// Ids of all documents that it takes.
    documents: BTreeSet<String>,
}

/// What is measured of a release.
pub struct Measured {
    /// The release, such as `elasticsearch 9.1.4`.
    pub release: String,
    /// Its part of the table.
    pub table: Table,
    /// Whether it is the engine that everybody gets.
    pub is_fetched: bool,
}

/// Measures pairs of types on an engine.
pub fn check(running: &Running, pairs: Pairs, tally: &mut Tally) -> Result<Measured> {
    let engine = match running.engine() {
        Engine::OpenSearch => diff::Engine::OpenSearch,
        _ => diff::Engine::Elasticsearch,
    };
    let release = format!("{} {}", engine.name(), running.version()?);
    let mut indices = Indices { client: running.client(), made: Vec::new() };
    let mut adapter = Adapter::new(running.release());
    let sets = sets();
    let mut fields = Vec::new();
    for (name, field) in leaves(engine) {
        let mapping = json!({"properties": {"f": field}});
        // What stands in for another type is a type of its own.
        if adapter.adapt(&mapping)["properties"]["f"]["type"] == name {
            fields.push((name, field));
        } else {
            step("Left out", &format!("on {}: `{name}`, which it has no mapper for", running.release().name()));
        }
    }
    let is_wanted = |old: &str, new: &str| old != new && (pairs == Pairs::All || is_widening(engine, old, new));
    let mut types = Vec::new();
    for (name, field) in &fields {
        if fields.iter().any(|(other, _)| is_wanted(name, other) || is_wanted(other, name)) {
            types.push(indices.fill(name, field, &sets)?);
        }
    }
    let mut table = Table::new();
    let mut baselines = Baselines { indices: &indices, sets: &sets, found: BTreeMap::new() };
    for (old, new) in types.iter().flat_map(|old| types.iter().map(move |new| (old, new))) {
        if is_wanted(old.name, new.name) {
            let answers = baselines.compare(old, new)?;
            table.insert((release.clone(), old.name.to_owned(), new.name.to_owned()), answers);
        }
    }
    tally.add("pairs of types, searched over an index of each", table.len());
    Ok(Measured { release, table, is_fetched: running.is_fetched() })
}

/// What the searches of a set come to over indices of one type: both, or one of them. Asked for once.
struct Baselines<'a> {
    indices: &'a Indices<'a>,
    sets: &'a [Set],
    found: BTreeMap<(Vec<String>, &'static str), Vec<Found>>,
}

impl Baselines<'_> {
    /// The worst of what the sets come to that one of the types takes.
    fn compare(&mut self, old: &Type, new: &Type) -> Result<Answers> {
        let both = [Indices::name(1, old.name), Indices::name(2, new.name)];
        let mut outcomes = [Outcome::Absent; SEARCHES.len()];
        let mut numeric = [Outcome::Absent; NUMERIC_TYPES.len()];
        for set in self.sets {
            let (of_old, of_new) = (old.sets.contains(set.name), new.sets.contains(set.name));
            // As if both indices were of one type that took the same documents.
            let wanted = match (of_old, of_new) {
                (true, true) => vec![Indices::name(1, old.name), Indices::name(2, old.name)],
                (true, false) => vec![both[0].clone()],
                (false, true) => vec![both[1].clone()],
                (false, false) => continue,
            };
            let found = self.indices.ask(&both, &question::bodies(set))?;
            let wanted = self.wanted(wanted, set)?;
            for (place, outcome) in outcomes.iter_mut().enumerate() {
                *outcome = (*outcome).max(question::outcome(&wanted[place], &found[place]));
            }
            for (place, outcome) in numeric.iter_mut().enumerate() {
                // The order that the sort without it has.
                *outcome = (*outcome).max(question::outcome(&wanted[0], &found[SEARCHES.len() + place]));
            }
        }
        let answers = |place: &usize| numeric[*place] == Outcome::Answers;
        let numeric_types = (0..NUMERIC_TYPES.len()).filter(answers).map(|place| NUMERIC_TYPES[place].to_owned());
        Ok(Answers {
            outcomes,
            numeric_types: numeric_types.collect(),
            takes_documents: old.documents.is_subset(&new.documents),
        })
    }

    fn wanted(&mut self, names: Vec<String>, set: &Set) -> Result<Vec<Found>> {
        let key = (names, set.name);
        if let Some(found) = self.found.get(&key) {
            return Ok(found.clone());
        }
        let found = self.indices.ask(&key.0, &question::bodies(set))?;
        self.found.insert(key, found.clone());
        Ok(found)
    }
}

/// Indices with one field each, two of each type, removed when this value is.
struct Indices<'e> {
    client: &'e Client,
    made: Vec<String>,
}

impl Indices<'_> {
    /// The index of a type, the older or the newer one.
    fn name(generation: u32, of: &str) -> String {
        format!("{INDEX}-{generation}-{}", of.replace('_', "-"))
    }

    fn fill(&mut self, name: &'static str, field: &Value, sets: &[Set]) -> Result<Type> {
        let mut field = field.clone();
        match name {
            // No text is taken for a number, and no fraction for a whole one.
            "byte" | "short" | "integer" | "long" | "half_float" | "float" | "double" | "scaled_float" => {
                field["coerce"] = json!(false);
            }
            "constant_keyword" => field["value"] = json!("one"),
            _ => {}
        }
        let properties = json!({"set": {"type": "keyword"}, "place": {"type": "integer"}, "f": field});
        let body = json!({
            "settings": {"number_of_shards": 1, "number_of_replicas": 0},
            "mappings": {"dynamic": "strict", "properties": properties},
        });
        let mut documents = BTreeSet::new();
        for generation in [1, 2] {
            let path = format!("/{}", Self::name(generation, name));
            self.client.send_json("PUT", &path, &body)?.expect("create an index")?;
            self.made.push(path.clone());
            documents = self.store(&path, sets)?;
        }
        let is_taken = |set: &&Set| (0..set.values.len()).all(|place| documents.contains(&set.id(place)));
        Ok(Type { name, sets: sets.iter().filter(is_taken).map(|set| set.name).collect(), documents })
    }

    /// Stores every document that the index takes, and returns their ids.
    fn store(&self, path: &str, sets: &[Set]) -> Result<BTreeSet<String>> {
        let mut lines = String::new();
        let mut add = |id: String, set: &str, place: usize, value: &Value| {
            let document = json!({"set": set, "place": place, "f": value});
            let _ = writeln!(lines, "{}\n{document}", json!({"create": {"_id": id}}));
        };
        for set in sets {
            for (place, value) in set.values.iter().enumerate() {
                add(set.id(place), set.name, place, value);
            }
        }
        for (place, value) in documents::ends().iter().enumerate() {
            add(format!("end-{place}"), "end", place, value);
        }
        let path = format!("{path}/_bulk?refresh=true");
        let answer = self.client.send_lines("POST", &path, lines)?.expect("store the documents")?;
        let items = answer["items"].as_array().context("the answer has no items")?;
        let is_taken = |item: &&Value| item["create"]["status"] == 201;
        Ok(items.iter().filter(is_taken).filter_map(|item| Some(item["create"]["_id"].as_str()?.to_owned())).collect())
    }

    /// Sends searches in one request, which fails as a whole, or is answered by what is no JSON, when one of them goes wrong in
    /// some ways: then each is sent by itself.
    fn ask(&self, names: &[String], bodies: &[Value]) -> Result<Vec<Found>> {
        let header = json!({"index": names});
        let mut lines = String::new();
        for body in bodies {
            let _ = writeln!(lines, "{header}\n{body}");
        }
        let answer = self.client.send_lines("POST", WANTED, lines);
        let responses = answer.as_ref().ok().and_then(|answer| answer.body["responses"].as_array());
        match (responses, bodies) {
            (Some(answers), _) => {
                ensure!(answers.len() == bodies.len(), "{} searches have {} answers", bodies.len(), answers.len());
                Ok(answers.iter().map(question::found).collect())
            }
            (None, [_]) => Ok(vec![Found::Failure]),
            (None, _) => {
                let alone = bodies.iter().map(|body| self.ask(names, std::slice::from_ref(body)));
                Ok(alone.collect::<Result<Vec<_>>>()?.concat())
            }
        }
    }
}

impl Drop for Indices<'_> {
    fn drop(&mut self) {
        for path in &self.made {
            if let Err(error) = self.client.send("DELETE", path) {
                step("Warning", &format!("`{path}` is left on the engine: {error:#}"));
            }
        }
    }
}
