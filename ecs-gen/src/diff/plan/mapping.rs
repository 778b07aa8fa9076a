//! What of a new mapping an existing index takes, as the body of one `PUT _mapping`.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use crate::diff::engine::Engine;
use crate::diff::mapping::{self, Change, What};
use crate::diff::side::{self, LogSide};
use crate::diff::verdict::{Verdict, predict_put_mapping};

/// What becomes of a mapping.
pub(super) struct Update {
    /// Body of the put; none when there is nothing to put.
    pub(super) accepted: Option<Json>,
    /// Whether existing indices take all of it.
    pub(super) is_whole: bool,
    /// Paths of fields whose types keep searches over old and new indices from working.
    pub(super) conflicts: Vec<String>,
}

/// `reindexed`: the paths of fields whose findings call for reindexing.
pub(super) fn update(engine: Engine, old: &LogSide, new: &LogSide, reindexed: &BTreeSet<String>) -> Update {
    let none = Update { accepted: None, is_whole: true, conflicts: Vec::new() };
    let answered = side::answered(old, new);
    let (Some((old, _)), Some((new, _))) = (old.mapping(engine), new.mapping(engine)) else { return none };
    // An engine may refuse even what stays as it is.
    let is_change =
        |change: &Change| !matches!(&change.what, What::Parameter(what) if !what.is_change(engine, answered));
    let changes: Vec<Change> = mapping::compare(engine, old, new).into_iter().filter(is_change).collect();
    let is_accepted = |change: &&Change| change.verdict == Verdict::Accepted;
    let mut is_whole = changes.iter().all(|change| is_accepted(&change));
    let mut body = json!({});
    for change in changes.iter().filter(is_accepted).filter(|change| !is_gone(&change.what)) {
        // What the index says of itself must not be newer than what it is.
        if change.pointer == "/_meta" && !is_whole {
            continue;
        }
        // A change that is fine by itself may stand in a field that the engine refuses to see again.
        let mut next = body.clone();
        apply(&mut next, change, (old, new));
        if predict_put_mapping(engine, old, &next) == Verdict::Accepted {
            body = next;
        } else {
            is_whole = false;
        }
    }
    let is_conflict = |change: &&Change| matches!(change.what, What::Type { .. }) && reindexed.contains(&change.path);
    let conflicts = changes.iter().filter(is_conflict).map(|change| change.path.clone()).collect();
    Update { accepted: Some(body).filter(|body| *body != json!({})), is_whole, conflicts }
}

const fn is_gone(what: &What) -> bool {
    matches!(what, What::Removed(_) | What::MultiFieldRemoved(_))
}

/// Writes one change into the body, with everything around it that the engine would take for changed if it were absent:
/// the other parameters of the field, and those of the objects that it stands in.
fn apply(body: &mut Json, change: &Change, (old, new): (&Json, &Json)) {
    let steps: Vec<&str> = change.pointer.split('/').skip(1).collect();
    let mut at = body;
    let mut pointer = String::new();
    let mut walked = steps.as_slice();
    // Two steps lead to each place: `properties` or `fields`, and its name.
    while let [key, name, rest @ ..] = walked {
        if !["properties", "fields"].contains(key) {
            break;
        }
        pointer = format!("{pointer}/{key}/{name}");
        let place = entry(entry(at, key), &unescaped(name));
        let known = old.pointer(&pointer).or_else(|| new.pointer(&pointer));
        if let (Some(known), true) = (known.and_then(Json::as_object), place == &json!({})) {
            *place = Json::Object(
                known
                    .iter()
                    .filter(|(key, _)| *key != "properties" && *key != "fields")
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect(),
            );
        }
        at = place;
        walked = rest;
    }
    let Some(target) = new.pointer(&change.pointer) else {
        match (walked, at.as_object_mut()) {
            // Silence would leave it as it is.
            (["dynamic"], Some(place)) => drop(place.insert("dynamic".to_owned(), json!("true"))),
            // A parameter that goes back to its default.
            ([key], Some(place)) => drop(place.remove(*key)),
            _ => {}
        }
        return;
    };
    match walked {
        [] => *at = target.clone(),
        [key] => {
            entry(at, key);
            at[*key] = target.clone();
        }
        _ => {}
    }
}

fn unescaped(name: &str) -> String {
    name.replace("~1", "/").replace("~0", "~")
}

/// The value of `key`, made when it is not there.
fn entry<'b>(body: &'b mut Json, key: &str) -> &'b mut Json {
    if !body.is_object() {
        *body = Json::Object(Map::new());
    }
    let body = body.as_object_mut().expect("it was made an object above");
    body.entry(key.to_owned()).or_insert_with(|| json!({}))
}
