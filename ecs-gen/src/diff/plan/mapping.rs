//! What of a new mapping an existing index takes, as the body of one `PUT _mapping`.

use serde_json::{Map, Value as Json, json};

use crate::diff::engine::Engine;
use crate::diff::mapping::{self, Change, What};
use crate::diff::side::LogSide;
use crate::diff::verdict::Verdict;

/// What becomes of a mapping.
pub(super) struct Update {
    /// Body of the put; none when there is nothing to put.
    pub(super) accepted: Option<Json>,
    /// Whether existing indices take all of it.
    pub(super) is_whole: bool,
    /// Paths of fields whose types keep searches over old and new indices from working.
    pub(super) conflicts: Vec<String>,
    /// Paths of fields that are gone, which a strict new index refuses.
    pub(super) removed: Vec<String>,
}

pub(super) fn update(engine: Engine, old: &LogSide, new: &LogSide) -> Update {
    let none = Update { accepted: None, is_whole: true, conflicts: Vec::new(), removed: Vec::new() };
    let (Some((old, ..)), Some((new, ..))) = (old.mapping(engine), new.mapping(engine)) else { return none };
    let changes: Vec<Change> = mapping::compare(engine, old, new).into_iter().filter(is_change).collect();
    let (accepted, rejected): (Vec<&Change>, Vec<&Change>) =
        changes.iter().partition(|change| change.verdict == Verdict::Accepted);
    let mut body = json!({});
    for change in accepted.iter().filter(|change| !is_gone(&change.what)) {
        // What the index says of itself must not be newer than what it is.
        if change.pointer != "/_meta" || rejected.is_empty() {
            apply(&mut body, change, (old, new));
        }
    }
    let paths = |wanted: fn(&What) -> bool| {
        changes.iter().filter(|change| wanted(&change.what)).map(|change| change.path.clone()).collect()
    };
    Update {
        accepted: Some(body).filter(|body| *body != json!({})),
        is_whole: rejected.is_empty(),
        conflicts: paths(|what| matches!(what, What::Type { .. })),
        removed: paths(|what| matches!(what, What::Removed(_))),
    }
}

/// An engine may refuse even what stays as it is.
fn is_change(change: &Change) -> bool {
    !matches!(&change.what, What::Parameter(parameter) if parameter.old == parameter.new)
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
        // A parameter that goes back to its default.
        if let ([key], Some(place)) = (walked, at.as_object_mut()) {
            place.remove(*key);
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
