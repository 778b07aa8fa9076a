//! From indices that do not take the new mapping to the next ones, and the copying of what is stored.
//!
//! Stored documents are copied into the row of indices itself, each old index into a new one: so a copy has the template,
//! the alias and the policy that every index of the row has, and data streams need nothing of their own. What it costs is
//! said in the plan: the policy counts the age of a copy from its making.

use serde_json::{Value as Json, json};

use super::mapping::Update;
use super::{NEW_INDEX, Step, Target, documents};
use crate::diff::engine::Engine;
use crate::diff::side::LogSide;

/// What an index is called that takes the place of one that no name stands for.
const SUFFIX: &str = "-reindexed";

pub(super) fn roll_over(
    engine: Engine,
    target: &Target,
    (old, new): (&LogSide, &LogSide),
    update: &Update,
) -> Vec<Step> {
    let script = documents::script(engine, old, new);
    match target {
        Target::Index => {
            let mapping = new.mapping(engine).map(|(mapping, _)| mapping.clone()).unwrap_or_default();
            let copy_index = format!("{{index}}{SUFFIX}");
            let comment = "{index} does not take the new mapping: another index, which is to be written to from now on";
            let mut steps =
                vec![Step::new("PUT", format!("/{copy_index}"), Some(json!({"mappings": mapping})), comment)];
            steps.extend(copy("{index}", &copy_index, script));
            steps
        }
        Target::Alias(name) | Target::Stream(name) if update.conflicts.is_empty() => {
            // Lazily: with the next document, so that a stream without any gets no empty index. Since 8.13.
            let is_lazy = matches!(target, Target::Stream(_)) && engine == Engine::Elasticsearch;
            let (query, comment) = if is_lazy {
                ("?lazy=true", "the next document opens an index with the new mapping and settings (8.13 and later)")
            } else {
                ("", "existing indices do not take all: the next one has the new mapping and settings")
            };
            vec![Step::new("POST", format!("/{name}/_rollover{query}"), None, comment)]
        }
        Target::Alias(alias) => copy_each(alias, "{new_index}", update, script),
        // A backing index takes no document by its own name.
        Target::Stream(stream) => copy_each(stream, stream, update, script),
    }
}

/// A rollover and a copying for each index that is there.
fn copy_each(target: &str, destination: &str, update: &Update, script: Option<Json>) -> Vec<Step> {
    let conflicts: Vec<String> = update.conflicts.iter().map(|path| format!("`{path}`")).collect();
    let comment = format!(
        "{}: searches over old and new indices fail until what is stored is copied: these indices",
        conflicts.join(", ")
    );
    // Answers by the names of indices, for aliases and data streams alike, and with little in it.
    let mut list = Step::new("GET", format!("/{target}/_settings/index.uuid"), None, comment);
    list.lists = true;
    let comment = "the next index has the new mapping and settings; the policy counts the age of what is copied into it \
                   from now on";
    let mut roll = Step::new("POST", format!("/{target}/_rollover"), None, comment);
    roll.take = vec![(NEW_INDEX, "/new_index")];
    let mut repeated = vec![roll];
    repeated.extend(copy("{old_index}", destination, script));
    let comment = "all of it is in the other one; until here, searches find its documents twice";
    repeated.push(Step::new("DELETE", "/{old_index}", None, comment));
    for step in &mut repeated {
        step.is_repeated = true;
    }
    std::iter::once(list).chain(repeated).collect()
}

/// The copying. A search, which is what reads the documents, sees only what was refreshed, and a try of a write to this very
/// index may still be under way: so first nothing more may come, and then all is shown. The pipeline has seen the
/// documents already. Sent again after an interruption, it passes over what is there.
fn copy(index: &str, destination: &str, script: Option<Json>) -> Vec<Step> {
    let mut body = json!({
        "source": {"index": index},
        "dest": {"index": destination, "op_type": "create", "pipeline": "_none"},
        "conflicts": "proceed",
    });
    if let Some(script) = script {
        body["script"] = script;
    }
    let mut reindex =
        Step::new("POST", "/_reindex?refresh=true&wait_for_completion=false", Some(body), "goes on by itself");
    reindex.take = vec![("task", "/task")];
    let comment = "the end of the copying. When a document was refused, it stands in `failures`: then stop here";
    let mut task = Step::new("GET", "/_tasks/{task}", None, comment);
    task.until = Some(("/completed", json!(true)));
    task.expect = Some(("/response/failures", json!([])));
    vec![
        Step::new("PUT", format!("/{index}/_block/write"), None, "nothing is written to it any more"),
        Step::new("POST", format!("/{index}/_refresh"), None, "copying sees only what a search sees"),
        reindex,
        task,
    ]
}
