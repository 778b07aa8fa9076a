//! From an index that does not take the new mapping to the next one, and the reindexing of what is stored.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::mapping::Update;
use super::{NEW_INDEX, Step, Target};
use crate::diff::engine::Engine;
use crate::diff::side::LogSide;

/// What an index is called that takes an old one's place.
const SUFFIX: &str = "-reindexed";

pub(super) fn roll_over(engine: Engine, target: &Target, new: &LogSide, update: &Update) -> Vec<Step> {
    let conflicts: Vec<String> = update.conflicts.iter().map(|path| format!("`{path}`")).collect();
    let conflicts = conflicts.join(", ");
    match target {
        Target::Index => {
            let mapping = new.mapping(engine).map(|(mapping, ..)| mapping.clone()).unwrap_or_default();
            let comment = "no index that exists takes the new mapping: a new one";
            let mut steps =
                vec![Step::new("PUT", format!("/{{index}}{SUFFIX}"), Some(json!({"mappings": mapping})), comment)];
            steps.extend(copy("{index}", update));
            steps
        }
        Target::Alias(alias) => {
            let comment = "existing indices do not take all: the next one has the new mapping and settings";
            let roll = Step::new("POST", format!("/{alias}/_rollover"), None, comment);
            if update.conflicts.is_empty() {
                return vec![roll];
            }
            let mut steps = vec![roll];
            let comment = "the copy; the template gives it the new mapping";
            steps.push(Step::new("PUT", format!("/{{old_index}}{SUFFIX}"), finished(engine, new), comment));
            steps.extend(copy("{old_index}", update));
            steps.push(swap(alias));
            for_each_index(alias, &conflicts, steps)
        }
        Target::Stream(stream) => stream_steps(engine, stream, new, &conflicts, update),
    }
}

fn stream_steps(engine: Engine, stream: &str, new: &LogSide, conflicts: &str, update: &Update) -> Vec<Step> {
    let reindexes = !update.conflicts.is_empty();
    let (query, comment) = match engine {
        // Lazily: with the next document, so that a stream without any gets no empty index. Since 8.13.
        Engine::Elasticsearch if !reindexes => {
            ("?lazy=true", "the next document opens an index with the new mapping and settings (8.13 and later)")
        }
        _ => ("", "the next index has the new mapping and settings"),
    };
    let mut roll = Step::new("POST", format!("/{stream}/_rollover{query}"), None, comment);
    if !reindexes {
        return vec![roll];
    }
    if engine == Engine::OpenSearch {
        let _ = write!(
            roll.comment,
            ". {conflicts}: OpenSearch cannot give a data stream another backing index, so searches over old and new \
             indices stay apart until the old ones have gone by their age"
        );
        return vec![roll];
    }
    let mut steps = vec![roll];
    let mapping = new.mapping(engine).map(|(mapping, ..)| mapping.clone()).unwrap_or_default();
    let mut body = finished(engine, new).unwrap_or_else(|| json!({}));
    body["mappings"] = mapping;
    let path = format!("/{{old_index}}{SUFFIX}");
    // The copy's name is not the stream's, so that no template matches it.
    steps.push(Step::new("PUT", path, Some(body), "the copy, which no template matches"));
    steps.extend(copy("{old_index}", update));
    let actions = json!({"actions": [
        {"remove_backing_index": {"data_stream": stream, "index": "{old_index}"}},
        {"add_backing_index": {"data_stream": stream, "index": format!("{{old_index}}{SUFFIX}")}},
    ]});
    steps.push(Step::new("POST", "/_data_stream/_modify", Some(actions), "the copy takes its place"));
    steps.push(Step::new("DELETE", "/{old_index}", None, "no stream has it any more"));
    for_each_index(stream, conflicts, steps)
}

/// A rollover, and the steps behind it for each index that was there before.
fn for_each_index(target: &str, conflicts: &str, mut steps: Vec<Step>) -> Vec<Step> {
    for step in &mut steps[1..] {
        step.is_repeated = true;
    }
    steps[0].take = vec![(NEW_INDEX, "/new_index")];
    let comment =
        format!("{conflicts}: searches over old and new indices fail until what is stored is reindexed: these indices");
    // Answers by the names of indices, for aliases and data streams alike, and with little in it.
    let list = Step::new("GET", format!("/{target}/_settings/index.uuid"), None, comment);
    steps.insert(1, Step { lists: true, ..list });
    steps
}

/// What tells a policy that an index is written to no more and never rolls over; nothing without a policy.
fn finished(engine: Engine, new: &LogSide) -> Option<Json> {
    let (policy, setting) = match engine {
        Engine::Elasticsearch => ("ilm-policy.json", "index.lifecycle.indexing_complete"),
        Engine::OpenSearch => ("ism-policy.json", "index.plugins.index_state_management.rollover_skip"),
    };
    new.document(engine, policy)?;
    Some(json!({"settings": {setting: true}}))
}

/// The copying. A search, which is what reads the documents, sees only what was refreshed, and a try of a write to this very
/// index may still be under way: so first nothing more may come, and then all is shown. The pipeline has seen the
/// documents already.
fn copy(index: &str, update: &Update) -> Vec<Step> {
    let mut body = json!({
        "source": {"index": index},
        "dest": {"index": format!("{index}{SUFFIX}"), "op_type": "create", "pipeline": "_none"},
    });
    if let Some(script) = removal(&update.removed) {
        body["script"] = json!({"lang": "painless", "source": script});
    }
    let comment = "a document that the new mapping refuses stands in `failures` of the answer: then stop here";
    vec![
        Step::new("PUT", format!("/{index}/_block/write"), None, "nothing is written to it any more"),
        Step::new("POST", format!("/{index}/_refresh"), None, "copying sees only what a search sees"),
        Step::new("POST", "/_reindex?refresh=true&wait_for_completion=true", Some(body), comment),
    ]
}

/// A strict mapping refuses fields that are gone.
fn removal(paths: &[String]) -> Option<String> {
    if paths.is_empty() {
        return None;
    }
    let mut script = String::from(
        "void drop(def at, String[] path, int i) { if (at instanceof List) { for (def one : at) { drop(one, path, i); } } \
         else if (at instanceof Map) { if (i == path.length - 1) { at.remove(path[i]); } \
         else if (at.containsKey(path[i])) { drop(at[path[i]], path, i + 1); } } }",
    );
    for path in paths {
        let names: Vec<String> = path.split('.').map(|name| format!("'{}'", name.replace('\'', ""))).collect();
        let _ = write!(script, " drop(ctx._source, new String[] {{{}}}, 0);", names.join(", "));
    }
    Some(script)
}

/// Removing an index that is blocked for writing is allowed.
fn swap(alias: &str) -> Step {
    let body = json!({"actions": [
        {"add": {"index": format!("{{old_index}}{SUFFIX}"), "alias": alias, "is_write_index": false}},
        {"remove_index": {"index": "{old_index}"}},
    ]});
    Step::new("POST", "/_aliases", Some(body), "the copy takes its place, in one step")
}
