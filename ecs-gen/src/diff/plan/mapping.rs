//! What of a new mapping an existing index takes, as the body of one `PUT _mapping`.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use crate::diff::engine::Engine;
use crate::diff::mapping::tree::{children, join, step};
use crate::diff::mapping::{self, Change, ParameterChange, What};
use crate::diff::side::{self, LogSide};
use crate::diff::verdict::{Verdict, predict_put_mapping};

/// What becomes of a mapping.
#[derive(Default)]
pub(super) struct Update {
    /// Body of the put; none when there is nothing to put.
    pub(super) accepted: Option<Json>,
    /// Names of what the body changes.
    pub(super) carried: Vec<String>,
    /// Names of what existing indices do not take; all of it is taken when there are none.
    pub(super) refused: Vec<String>,
    /// Paths of fields whose types keep searches over old and new indices from working.
    pub(super) conflicts: Vec<String>,
}

/// `reindexed`: the paths of fields whose findings call for reindexing.
pub(super) fn update(engine: Engine, old: &LogSide, new: &LogSide, reindexed: &BTreeSet<String>) -> Update {
    let none = Update::default();
    let answered = side::answered(old, new);
    let (Some((old, _)), Some((new, _))) = (old.mapping(engine), new.mapping(engine)) else { return none };
    // An engine may refuse even what stays as it is.
    let is_change = |change: &Change| match &change.what {
        What::Parameter(what) if what.name == "dynamic" => changes_dynamic(&change.path, old, new),
        What::Parameter(what) => what.is_change(engine, answered),
        _ => true,
    };
    let mut changes: Vec<Change> = mapping::compare(engine, old, new).into_iter().filter(is_change).collect();
    // What says its own `dynamic` in both may have only inherited it so far, in an index that was never told.
    changes.extend(own_dynamic(&changes, new));
    let is_accepted = |change: &&Change| change.verdict == Verdict::Accepted;
    let mut refused: Vec<String> = changes.iter().filter(|change| !is_accepted(change)).map(name).collect();
    let mut carried = Vec::new();
    let mut body = json!({});
    for change in changes.iter().filter(is_accepted).filter(|change| !is_gone(&change.what)) {
        // What the index says of itself must not be newer than what it is.
        if change.pointer == "/_meta" && !refused.is_empty() {
            continue;
        }
        // A change that is fine by itself may stand in a field that the engine refuses to see again.
        let mut next = body.clone();
        apply(&mut next, change, (old, new));
        if predict_put_mapping(engine, old, &next) == Verdict::Accepted {
            body = next;
            carried.push(name(change));
        } else {
            refused.push(name(change));
        }
    }
    let is_conflict = |change: &&Change| matches!(change.what, What::Type { .. }) && reindexed.contains(&change.path);
    let conflicts = changes.iter().filter(is_conflict).map(|change| change.path.clone()).collect();
    // Several parameters of a field are one name; byte order is that of the changes.
    carried.dedup();
    refused.dedup();
    Update { accepted: Some(body).filter(|body| *body != json!({})), carried, refused, conflicts }
}

/// The path of the field that changes; of the root, the parameter.
fn name(change: &Change) -> String {
    if change.path.is_empty() { change.pointer.trim_start_matches('/').to_owned() } else { change.path.clone() }
}

/// Whether an object takes unknown fields otherwise, when it is left out of the put: it keeps its own `dynamic`, or inherits
/// that of the new mapping around it.
fn changes_dynamic(path: &str, old: &Json, new: &Json) -> bool {
    let is_own = path.is_empty() || mapping::field_at(old, path).is_some_and(|object| object.get("dynamic").is_some());
    let around = path.rsplit_once('.').map_or("", |(around, _)| around);
    let left_out = if is_own { mapping::dynamic_at(old, path) } else { mapping::dynamic_at(new, around) };
    left_out != mapping::dynamic_at(new, path)
}

/// `dynamic` of each object of the new mapping that has one and stands in an object whose `dynamic` changes.
fn own_dynamic(changes: &[Change], new: &Json) -> Vec<Change> {
    let mut found = Vec::new();
    add_own_dynamic(new, ("", ""), &mut found);
    let around = |pointer: &str| {
        let mut of_objects = changes.iter().filter_map(|change| change.pointer.strip_suffix("/dynamic"));
        of_objects.any(|around| pointer.starts_with(&format!("{around}/properties/")))
    };
    found.retain(|own| around(&own.pointer) && !changes.iter().any(|change| change.pointer == own.pointer));
    found
}

fn add_own_dynamic(object: &Json, (path, pointer): (&str, &str), found: &mut Vec<Change>) {
    for (name, below) in children(object.as_object().unwrap_or(&Map::new()), "properties") {
        let (path, pointer) = (join(path, name), step(pointer, "properties", name));
        let own = below.body.get("dynamic").map(|value| ParameterChange {
            field_type: below.type_name().to_owned(),
            name: "dynamic".to_owned(),
            old: None,
            new: Some(value.clone()),
        });
        found.extend(own.map(|own| Change {
            path: path.clone(),
            pointer: format!("{pointer}/dynamic"),
            what: What::Parameter(own),
            verdict: Verdict::Accepted,
        }));
        add_own_dynamic(&Json::Object(below.body.clone()), (&path, &pointer), found);
    }
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
            // Silence would leave it as it is, and there is no word for inheriting.
            (["dynamic"], Some(place)) => {
                place.insert("dynamic".to_owned(), json!(mapping::dynamic_at(new, &change.path)));
            }
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
