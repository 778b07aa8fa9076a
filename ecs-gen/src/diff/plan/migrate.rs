//! From indices that do not take the new mapping to the next ones, and the copying of what is stored.
//!
//! Stored documents are copied into the row of indices itself, each old index into a new one: so a copy has the template,
//! the alias and the policy that every index of the row has, and data streams need nothing of their own. Behind an alias of
//! Elasticsearch a copy has the age of its old index too. Elsewhere the policy counts it from the making of the copy, which the
//! plan says.

use serde_json::{Value as Json, json};

use super::mapping::Update;
use super::{NEW_INDEX, OLD_INDEX, Step, Target, carried, documents, install};
use crate::diff::engine::Engine;
use crate::diff::side::LogSide;

/// What an index is called that takes the place of one that no name stands for.
const SUFFIX: &str = "-reindexed";

/// When an index was rolled over, in milliseconds since 1970.
const ROLLED_OVER_AT: &str = "rolled_over_at";

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
            let refused = carried::listed(&update.refused);
            let (query, comment) = if is_lazy {
                (
                    "?lazy=true",
                    format!(
                        "the next document opens an index that has what existing ones do not take: {refused} (8.13 and later)"
                    ),
                )
            } else {
                ("", format!("the next index has what existing ones do not take: {refused}"))
            };
            vec![Step::new("POST", format!("/{name}/_rollover{query}"), None, comment)]
        }
        Target::Alias(alias) if engine == Engine::Elasticsearch => {
            copy_each_with_its_age(alias, &install::read_alias(engine, new, alias), update, script)
        }
        Target::Alias(alias) => copy_each(alias, "{new_index}", update, script),
        // A backing index takes no document by its own name.
        Target::Stream(stream) => copy_each(stream, stream, update, script),
    }
}

/// The indices that are there, each of which is copied.
fn list(target: &str, update: &Update) -> Step {
    let conflicts: Vec<String> = update.conflicts.iter().map(|path| format!("`{path}`")).collect();
    let comment = format!(
        "{}: searches over old and new indices fail until what is stored is copied: these indices",
        conflicts.join(", ")
    );
    // Answers by the names of indices, for aliases and data streams alike, and with little in it.
    let mut list = Step::new("GET", format!("/{target}/_settings/index.uuid"), None, comment);
    list.lists = true;
    list
}

fn remove() -> Step {
    let comment = "all of it is in the other one; until here, searches find its documents twice";
    Step::new("DELETE", "/{old_index}", None, comment)
}

fn repeated(mut steps: Vec<Step>) -> Vec<Step> {
    for step in &mut steps {
        step.is_repeated = true;
    }
    steps
}

/// A rollover and a copying for each index that is there.
fn copy_each(target: &str, destination: &str, update: &Update, script: Option<Json>) -> Vec<Step> {
    let comment = "the next index has the new mapping and settings; the policy counts the age of what is copied into it \
                   from now on";
    let mut roll = Step::new("POST", format!("/{target}/_rollover"), None, comment);
    roll.take = vec![(NEW_INDEX, "/new_index".to_owned())];
    let mut steps = vec![roll];
    steps.extend(copy("{old_index}", destination, script));
    steps.push(remove());
    [vec![list(target, update)], repeated(steps)].concat()
}

/// A rollover, and a copying for each index that was there into one of its own, which nothing else is written to: so its age
/// can count from the rollover of the old one. Lifecycle management takes it for rolled over.
fn copy_each_with_its_age(alias: &str, aliases: &Json, update: &Update, script: Option<Json>) -> Vec<Step> {
    let comment = "the next index has the new mapping and settings, and takes what is written from now on";
    let roll = Step::new("POST", format!("/{alias}/_rollover"), None, comment);
    let mut state = Step::new("GET", "/_cluster/state/metadata/{old_index}", None, "when the index was rolled over");
    let alias_in_pointer = alias.replace('~', "~0").replace('/', "~1");
    let pointer = format!("/metadata/indices/{{{OLD_INDEX}}}/rollover_info/{alias_in_pointer}/time");
    state.take = vec![(ROLLED_OVER_AT, pointer)];
    let copy_index = format!("{{{OLD_INDEX}}}{SUFFIX}");
    let body = json!({
        "aliases": aliases,
        "settings": {
            "index.lifecycle.indexing_complete": true,
            "index.lifecycle.origination_date": format!("{{{ROLLED_OVER_AT}}}"),
        },
    });
    let comment = "an index of the row whose age counts from the rollover of the old one, so that its events go when they would \
                   have gone";
    let mut steps = vec![state, Step::new("PUT", format!("/{copy_index}"), Some(body), comment)];
    steps.extend(copy("{old_index}", &copy_index, script));
    steps.push(remove());
    [vec![list(alias, update), roll], repeated(steps)].concat()
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
    reindex.take = vec![("task", "/task".to_owned())];
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
