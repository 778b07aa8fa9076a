//! Findings about documents and the generated crate: requirements, types, lists, allowed values, patterns, names, and the
//! registry of actions. What a struct looks like is read from the log's JSON Schema.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::finding_collector::{FindingCollector, Place};
use crate::diff::rules::Rule;
use crate::diff::side::LogSide;

/// The schema's file.
const SCHEMA: &str = "event.schema.json";

/// A field of a document.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Member {
    /// JSON pointer of its property.
    pointer: String,
    required: bool,
    is_array: bool,
    /// Rust type of one value.
    value: String,
    /// Name of the schema's own type, which tells more than the Rust type.
    kind: String,
    /// Whether it is an object with fields of its own.
    is_object: bool,
    pub(super) allowed: Option<Vec<String>>,
    pub(super) pattern: Option<String>,
    pub(super) description: Option<String>,
}

pub(super) fn compare(findings: &mut FindingCollector<'_>) {
    if let (Some(old), Some(new)) = (members(findings.old), members(findings.new)) {
        let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for path in paths {
            match (old.get(path), new.get(path)) {
                (None, Some(member)) => added(path, member, &old, findings),
                (Some(member), None) => removed(path, member, &new, findings),
                (Some(old), Some(new)) => changed(path, old, new, findings),
                (None, None) => {}
            }
        }
    }
    compare_actions(findings);
}

/// The fields of documents by their paths; none where the side has no JSON Schema.
pub(super) fn members(log: &LogSide) -> Option<BTreeMap<String, Member>> {
    let schema = log.documents.get(SCHEMA)?;
    let mut found = BTreeMap::new();
    walk(schema, schema, "", "", &mut found);
    Some(found)
}

/// Adds the fields of an object; a schema refers to none of its own ancestors.
fn walk(schema: &Json, object: &Json, path: &str, pointer: &str, found: &mut BTreeMap<String, Member>) {
    let required: BTreeSet<&str> =
        object.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str).collect();
    for (name, property) in object.get("properties").and_then(Json::as_object).into_iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let pointer = format!("{pointer}/properties/{}", name.replace('~', "~0").replace('/', "~1"));
        // An alias has no value in a document: nothing is valid there.
        if property.get("not") == Some(&json!({})) {
            continue;
        }
        let value = one_value(property);
        let kind = value.get("$ref").and_then(Json::as_str).and_then(|name| name.strip_prefix("#/$defs/"));
        let definition = kind.and_then(|kind| schema.get("$defs")?.get(kind));
        let is_object = definition.is_some_and(|definition| definition.get("properties").is_some())
            && kind.is_some_and(|kind| kind.starts_with(char::is_uppercase));
        let member = Member {
            required: required.contains(name.as_str()),
            is_array: property.get("items").is_some(),
            value: rust_type(kind, is_object),
            kind: kind.unwrap_or("constant").to_owned(),
            is_object,
            allowed: definition.and_then(|definition| definition.get("enum")).and_then(texts),
            pattern: value.get("pattern").and_then(Json::as_str).map(str::to_owned),
            description: property.get("description").and_then(Json::as_str).map(str::to_owned),
            pointer: pointer.clone(),
        };
        if let (true, Some(kind), Some(definition)) = (is_object, kind, definition) {
            walk(schema, definition, &path, &format!("/$defs/{kind}"), found);
        }
        found.insert(path, member);
    }
}

/// The schema of one value, out of a list or of what may be null.
fn one_value(property: &Json) -> &Json {
    let listed = property.get("items").unwrap_or(property);
    listed.get("anyOf").and_then(|forms| forms.get(0)).filter(|form| form.get("$ref").is_some()).unwrap_or(listed)
}

fn texts(list: &Json) -> Option<Vec<String>> {
    Some(list.as_array()?.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect())
}

/// The Rust type of a kind of value; structs and enums have the names of their definitions.
fn rust_type(kind: Option<&str>, is_object: bool) -> String {
    let kind = match kind {
        None => return "String".to_owned(),
        Some(kind) if is_object || kind.starts_with(char::is_uppercase) => return kind.to_owned(),
        Some(kind) => kind,
    };
    if let Some(end) = kind.strip_suffix("_range") {
        return format!("Range<{}>", rust_type(Some(end), false));
    }
    let name = match kind {
        "keyword" | "text" => "String",
        "long" | "long_number" => "i64",
        "integer" => "i32",
        "short" => "i16",
        "byte" => "i8",
        "unsigned_long" => "u64",
        "double" => "f64",
        "float" | "half_float" => "f32",
        "boolean" => "bool",
        "ip" => "IpAddr",
        "geo_point" => "GeoPoint",
        "binary" => "Binary",
        "flattened" => "Flattened",
        "version" => "Version",
        "any" => "Json",
        _ if kind.starts_with("date") => "Timestamp",
        _ => kind,
    };
    name.to_owned()
}

fn place<'p>(path: &'p str, old: Option<&Member>, new: Option<&Member>) -> Place<'p> {
    let pointer = |member: Option<&Member>| member.map(|member| member.pointer.clone()).unwrap_or_default();
    let place = Place::new(path, SCHEMA, "").at(pointer(old), pointer(new)).of_field(path);
    match (old, new) {
        (None, _) => place.only_new(),
        (_, None) => place.only_old(),
        _ => place,
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(parent, _)| parent)
}

fn added(path: &str, member: &Member, old: &BTreeMap<String, Member>, findings: &mut FindingCollector<'_>) {
    // With its object, all of it is new.
    if !parent(path).is_empty() && !old.contains_key(parent(path)) {
        return;
    }
    let place = place(path, None, Some(member));
    if member.required {
        let message = format!("`{path}` is new and required: its struct's constructor takes it");
        findings.add(Rule::CrateRequirementChanged, &place, message);
        findings.add(Rule::RequiredAdded, &place, format!("documents without `{path}` are no longer valid"));
    } else {
        findings.add(Rule::CrateFieldAdded, &place, format!("`{path}` is a new field, a `{}`", member.value));
    }
}

fn removed(path: &str, member: &Member, new: &BTreeMap<String, Member>, findings: &mut FindingCollector<'_>) {
    if !parent(path).is_empty() && !new.contains_key(parent(path)) {
        return;
    }
    let place = place(path, Some(member), None);
    findings.add(Rule::CrateFieldRemoved, &place, format!("the field for `{path}`, a `{}`, is gone", member.value));
    findings.add(Rule::ReaderFieldRemoved, &place, format!("stored values of `{path}` are passed over"));
}

fn changed(path: &str, old: &Member, new: &Member, findings: &mut FindingCollector<'_>) {
    let place = place(path, Some(old), Some(new));
    requirement(path, old, new, &place, findings);
    types(path, old, new, &place, findings);
    values(path, old, new, &place, findings);
    if old.pattern != new.pattern {
        match &new.pattern {
            Some(pattern) => {
                findings.add(Rule::PatternTightened, &place, format!("values of `{path}` must match `{pattern}`"));
            }
            None => findings.add(Rule::PatternLoosened, &place, format!("values of `{path}` need no pattern any more")),
        }
    }
}

fn requirement(path: &str, old: &Member, new: &Member, place: &Place<'_>, findings: &mut FindingCollector<'_>) {
    if old.required == new.required {
        return;
    }
    // A list is a `Vec` either way, and only the constructor changes.
    let message = if new.required {
        format!("`{path}` is required: its struct's constructor takes it")
    } else {
        format!("`{path}` is optional: its struct's constructor no longer takes it")
    };
    findings.add(Rule::CrateRequirementChanged, place, message);
    if new.required {
        findings.add(Rule::RequiredAdded, place, format!("documents without `{path}` are no longer valid"));
    } else {
        findings.add(Rule::RequiredBecameOptional, place, format!("events may come without `{path}`"));
    }
}

fn types(path: &str, old: &Member, new: &Member, place: &Place<'_>, findings: &mut FindingCollector<'_>) {
    let shown = |member: &Member| {
        if member.is_array { format!("Vec<{}>", member.value) } else { member.value.clone() }
    };
    let (was, is) = (shown(old), shown(new));
    if was != is {
        let same_form = old.is_array == new.is_array;
        let renamed =
            same_form && ((old.is_object && new.is_object) || (old.allowed.is_some() && new.allowed.is_some()));
        let rule = if renamed { Rule::CrateTypeRenamed } else { Rule::CrateTypeChanged };
        findings.add(rule, place, format!("`{path}` is `{is}` where it was `{was}`"));
    }
    if old.is_array && !new.is_array {
        findings.add(Rule::ListBecameSingle, place, format!("stored events with several `{path}` cannot be read"));
    }
    if old.value != new.value && !reads(old, new) {
        let message = format!("stored values of `{path}` may not be readable as `{}`", new.value);
        findings.add(Rule::ReaderTypeChanged, place, message);
    }
}

/// Whether every value of the old type is one of the new.
fn reads(old: &Member, new: &Member) -> bool {
    // A float is read from any number, rounded where it has to be.
    const WIDER: &[(&str, &[&str])] = &[
        ("i8", &["i16", "i32", "i64", "f32", "f64"]),
        ("i16", &["i32", "i64", "f32", "f64"]),
        ("i32", &["i64", "f32", "f64"]),
        ("i64", &["f32", "f64"]),
        ("u64", &["f32", "f64"]),
        ("f32", &["f64"]),
    ];
    let is_text = |member: &Member| member.value == "String" || member.allowed.is_some();
    let is_wider = WIDER.iter().any(|(from, to)| old.value == *from && to.contains(&new.value.as_str()));
    (old.is_object && new.is_object) || (is_text(old) && is_text(new)) || is_wider || new.kind == "any"
}

fn values(path: &str, old: &Member, new: &Member, place: &Place<'_>, findings: &mut FindingCollector<'_>) {
    let listed =
        |values: Vec<&String>| values.into_iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
    match (&old.allowed, &new.allowed) {
        (Some(old), Some(new)) => {
            let more: Vec<&String> = new.iter().filter(|value| !old.contains(value)).collect();
            let less: Vec<&String> = old.iter().filter(|value| !new.contains(value)).collect();
            if !more.is_empty() {
                let more = listed(more);
                findings.add(Rule::ValuesWidened, place, format!("`{path}` may be {more} too"));
                findings.add(Rule::CrateEnumWidened, place, format!("the enum of `{path}` has {more} too"));
            }
            if !less.is_empty() {
                let less = listed(less);
                findings.add(Rule::ValuesNarrowed, place, format!("`{path}` may no longer be {less}"));
                findings.add(Rule::CrateEnumNarrowed, place, format!("the enum of `{path}` no longer has {less}"));
            }
        }
        (None, Some(new)) if old.value == "String" => {
            let allowed = listed(new.iter().collect());
            findings.add(Rule::ValuesNarrowed, place, format!("`{path}` may be nothing but {allowed}"));
        }
        (Some(_), None) if new.value == "String" => {
            findings.add(Rule::ValuesWidened, place, format!("`{path}` may be any text"));
        }
        _ => {}
    }
}

fn compare_actions(findings: &mut FindingCollector<'_>) {
    let (Some(old), Some(new)) = (&findings.old.actions, &findings.new.actions) else { return };
    let pairs = |actions: &BTreeMap<String, Vec<String>>| -> BTreeSet<(String, String)> {
        let each = |(provider, actions): (&String, &Vec<String>)| -> Vec<(String, String)> {
            actions.iter().map(|action| (provider.clone(), action.clone())).collect()
        };
        actions.iter().flat_map(each).collect()
    };
    let (old, new) = (pairs(old), pairs(new));
    for (provider, action) in new.difference(&old) {
        let place = Place::new(format!("providers.{provider}.{action}"), "", "").only_new();
        findings.add(Rule::ActionAdded, &place, format!("`{provider}` may log `{action}`"));
    }
    for (provider, action) in old.difference(&new) {
        let place = Place::new(format!("providers.{provider}.{action}"), "", "").only_old();
        findings.add(Rule::ActionRemoved, &place, format!("`{provider}` may no longer log `{action}`"));
    }
}
