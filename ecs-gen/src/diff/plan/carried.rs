//! What the body of a request carries beside the one that it replaces: in names for people, and as the part that differs.

use serde_json::{Map, Value as Json};

/// Names in a comment; the rest is counted.
const NAMED: usize = 5;

/// Members that only hold others, so that names do without them.
const HOLDERS: &[&str] = &["template", "mappings", "settings", "policy"];

/// What holds fields.
const FIELDS: &[&str] = &["properties", "fields"];

/// The dotted names of what differs, in which fields have their paths; without notes.
pub(super) fn names(old: &Json, new: &Json) -> Vec<String> {
    let mut found = Vec::new();
    walk(old, new, "", &mut found);
    found
}

fn walk(old: &Json, new: &Json, path: &str, found: &mut Vec<String>) {
    let (Some(before), Some(after)) = (old.as_object(), new.as_object()) else {
        if old != new {
            found.push(path.to_owned());
        }
        return;
    };
    for (key, old, new) in differing(before, after) {
        let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        match (old, new) {
            (Some(old), Some(new)) if FIELDS.contains(&key) => fields(old, new, "", found),
            (Some(old), Some(new)) if HOLDERS.contains(&key) => walk(old, new, "", found),
            (Some(old), Some(new)) => walk(old, new, &path, found),
            _ => found.push(path),
        }
    }
}

/// Fields are named whole, whatever of them differs.
fn fields(old: &Json, new: &Json, path: &str, found: &mut Vec<String>) {
    let (Some(before), Some(after)) = (old.as_object(), new.as_object()) else { return };
    for (name, old, new) in differing(before, after) {
        let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        let (Some(old), Some(new)) = (old.and_then(Json::as_object), new.and_then(Json::as_object)) else {
            found.push(path);
            continue;
        };
        if differing(old, new).any(|(key, _, _)| !FIELDS.contains(&key)) {
            found.push(path.clone());
        }
        for (_, old, new) in differing(old, new).filter(|(key, ..)| FIELDS.contains(key)) {
            fields(old.unwrap_or(&Json::Null), new.unwrap_or(&Json::Null), &path, found);
        }
    }
}

/// A member, before and after.
type Member<'j> = (&'j str, Option<&'j Json>, Option<&'j Json>);

/// The members that differ, but for what generated files say of themselves, anew for each version.
fn differing<'j>(before: &'j Map<String, Json>, after: &'j Map<String, Json>) -> impl Iterator<Item = Member<'j>> {
    let gone = before.keys().filter(|key| !after.contains_key(*key));
    let all = after.keys().chain(gone).map(|key| (key.as_str(), before.get(key), after.get(key)));
    let is_note =
        |key: &str, value: Option<&Json>| key == "_meta" || (key == "version" && value.is_some_and(Json::is_number));
    all.filter(move |(key, old, new)| old != new && !is_note(key, new.or(*old)))
}

/// The part of the new body that differs, with null for what is gone; nothing when only the notes do.
pub(super) fn difference(old: &Json, new: &Json) -> Option<Json> {
    let (Some(before), Some(after)) = (old.as_object(), new.as_object()) else {
        return (old != new).then(|| new.clone());
    };
    let part = |(key, old, new): Member<'_>| {
        let part = match (old, new) {
            (Some(old), Some(new)) => difference(old, new)?,
            (_, new) => new.cloned().unwrap_or(Json::Null),
        };
        Some((key.to_owned(), part))
    };
    let found: Map<String, Json> = differing(before, after).filter_map(part).collect();
    (!found.is_empty()).then_some(Json::Object(found))
}

/// Names in a sentence.
pub(super) fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(NAMED);
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

/// A comment on a request, with what its body carries.
pub(super) fn comment(about: &str, names: &[String]) -> String {
    if names.is_empty() { format!("{about}; only its notes differ") } else { format!("{about}: {}", listed(names)) }
}
