//! Findings about index settings: those of the two components together and of each index template, by their dotted names.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::finding_collector::{FindingCollector, Place, shown};
use super::templates;
use crate::diff::engine::Engine;
use crate::diff::rules::Rule;
use crate::diff::side::{INDEX, LogSide};
use crate::index_setting::{SETTINGS, SettingSpec};

/// Settings, or beginnings of their names, that an index keeps as it was made with, besides those of [`SETTINGS`].
const STATIC: &[&str] = &[
    "index.mapping.coerce",
    "index.mapping.source.mode",
    "index.number_of_routing_shards",
    "index.number_of_shards",
    "index.routing_partition_size",
    "index.soft_deletes.",
    "index.store.type",
];

/// Settings that another part is about: the pipeline, and the policy with its alias.
const ELSEWHERE: &[&str] = &["index.default_pipeline", "index.lifecycle.name"];

/// The components of a log that hold settings. Which of the two does is of no importance to an index.
pub(crate) const COMPONENTS: [&str; 2] = ["component-template-mappings.json", "component-template-settings.json"];

/// Settings by dotted name, each with its pointer inside the document.
pub(crate) type Settings = BTreeMap<String, (Json, String)>;

/// What engines write into an index of their own accord, or beginnings of such names.
const MADE_BY_ENGINES: &[&str] = &[
    "index.creation_date",
    "index.creation_date_string",
    "index.history.uuid",
    "index.lifecycle.indexing_complete",
    "index.lifecycle.origination_date",
    "index.provided_name",
    "index.replication.type",
    "index.resize.",
    "index.routing.allocation.include._tier_preference",
    "index.routing.allocation.initial_recovery.",
    "index.uuid",
    "index.version.",
];

/// What an index has that does not say, in every version that is supported.
const DEFAULTS: &[(&str, &str)] = &[
    ("index.codec", "default"),
    ("index.hidden", "false"),
    ("index.mapping.coerce", "true"),
    ("index.mapping.depth.limit", "20"),
    ("index.mapping.ignore_malformed", "false"),
    ("index.mapping.total_fields.limit", "1000"),
    ("index.number_of_replicas", "1"),
    ("index.number_of_shards", "1"),
];

pub(super) fn compare(engine: Engine, findings: &mut FindingCollector<'_>) {
    let index = findings.old.index(engine).or(findings.new.index(engine));
    if let Some(index) = index {
        let document = format!("{}/{INDEX}", engine.name());
        if let (Some(old), Some(new)) = (of_index(engine, findings.old, index), of_index(engine, findings.new, index)) {
            compare_settings(&old, &new, &document, findings);
        }
        return;
    }
    if !findings.old.is_whole || !findings.new.is_whole {
        for name in COMPONENTS {
            if let (Some(old), Some(new)) = (findings.old.document(engine, name), findings.new.document(engine, name)) {
                let settings = |document| flatten(document, "/template/settings");
                compare_settings(&settings(old), &settings(new), &format!("{}/{name}", engine.name()), findings);
            }
        }
    } else if let (Some(old), Some(new)) = (composed(engine, findings.old), composed(engine, findings.new)) {
        let [mappings, _] = COMPONENTS.map(|name| findings.new.document(engine, name));
        let beside_mapping = mappings.map(|document| flatten(document, "/template/settings")).unwrap_or_default();
        for (name, is_beside) in COMPONENTS.iter().zip([true, false]) {
            let part = |settings: &Settings| -> Settings {
                let kept = settings.iter().filter(|(name, _)| beside_mapping.contains_key(*name) == is_beside);
                kept.map(|(name, value)| (name.clone(), value.clone())).collect()
            };
            compare_settings(&part(&old), &part(&new), &format!("{}/{name}", engine.name()), findings);
        }
    }
    for pair in templates::pairs(engine, findings.old, findings.new) {
        let (old, new) = (flatten(pair.old, "/template/settings"), flatten(pair.new, "/template/settings"));
        compare_settings(&old, &new, &pair.document, findings);
    }
}

/// The settings that the log gives to an index, or those that the index has; none when nothing says them.
fn of_index(engine: Engine, log: &LogSide, index: &Json) -> Option<Settings> {
    let mut settings = match log.index(engine) {
        Some(own) => flatten(own, "/settings"),
        None if log.is_whole => {
            let mut settings = composed(engine, log).unwrap_or_default();
            let template = templates::of_index(engine, log, index["name"].as_str().unwrap_or_default());
            settings.extend(template.map(|template| flatten(template, "/template/settings")).unwrap_or_default());
            settings
        }
        None => return None,
    };
    // The number of replicas follows the nodes, what is behind a data stream is hidden whatever the template says, and
    // without its name nobody knows which of the aliases an index has.
    let is_any = |name: &str| settings.contains_key(name);
    let (is_expanded, name) = (is_any("index.auto_expand_replicas"), index["name"].as_str().unwrap_or_default());
    settings.retain(|setting, _| {
        let is_made = |made: &&str| setting == *made || (made.ends_with('.') && setting.starts_with(*made));
        let is_passed_over = MADE_BY_ENGINES.iter().any(is_made)
            || (is_expanded && setting == "index.number_of_replicas")
            || (name.starts_with(".ds-") && setting == "index.hidden")
            || (name.is_empty() && setting.ends_with("rollover_alias"));
        !is_passed_over
    });
    Some(settings)
}

/// Whether two values of a setting are the same to an index: an absent one is its default, and a list is a text with
/// commas.
fn is_same(name: &str, old: Option<&Json>, new: Option<&Json>) -> bool {
    let value = |value: Option<&Json>| match value {
        None | Some(Json::Null) => {
            DEFAULTS.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        }
        Some(Json::String(text)) => Some(text.clone()),
        Some(Json::Array(list)) => {
            let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Some(list.iter().map(text).collect::<Vec<_>>().join(","))
        }
        Some(other) => Some(other.to_string()),
    };
    value(old) == value(new)
}

/// The settings of both components; none when the log has neither.
fn composed(engine: Engine, log: &LogSide) -> Option<Settings> {
    let found: Vec<&Json> = COMPONENTS.iter().filter_map(|name| log.document(engine, name)).collect();
    let settings = found.iter().flat_map(|document| flatten(document, "/template/settings")).collect();
    (!found.is_empty()).then_some(settings)
}

fn compare_settings(old: &Settings, new: &Settings, document: &str, findings: &mut FindingCollector<'_>) {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for name in names.into_iter().filter(|name| !ELSEWHERE.contains(&name.as_str())) {
        let (before, after) = (old.get(name), new.get(name));
        let (old_value, new_value) = (before.map(|(value, _)| value), after.map(|(value, _)| value));
        if is_same(name, old_value, new_value) {
            continue;
        }
        let pointer = |entry: Option<&(Json, String)>| entry.map(|(_, pointer)| pointer.clone()).unwrap_or_default();
        let place = Place::new(format!("settings.{name}"), document, "")
            .at(pointer(before), pointer(after))
            .where_given(old_value, new_value);
        let message = format!("`{name}` is {} where it was {}", shown(new_value), shown(old_value));
        findings.add(rule_of(name, old_value, new_value), &place, message);
    }
}

fn rule_of(name: &str, old: Option<&Json>, new: Option<&Json>) -> Rule {
    let number = |value: Option<&Json>| value.and_then(Json::as_str).and_then(|text| text.parse::<u64>().ok());
    match name {
        "index.hidden" => Rule::HiddenChanged,
        _ if name.starts_with("index.mapping.") && name.rsplit('.').next() == Some("limit") => {
            // The engines' own limit is 1,000 and more for everything but nested objects.
            match (number(old), number(new)) {
                (Some(old), Some(new)) if new < old => Rule::FieldLimitLowered,
                _ => Rule::SettingChanged,
            }
        }
        _ if is_static(name) => Rule::StaticSettingChanged,
        _ => Rule::SettingChanged,
    }
}

/// Whether an index keeps the setting as it was made with.
pub(crate) fn is_static(name: &str) -> bool {
    let name_is = |known: &str| name == known || (known.ends_with('.') && name.starts_with(known));
    let of_table = name.strip_prefix("index.").is_some_and(|bare| {
        let is_of = |spec: &SettingSpec| {
            bare.strip_prefix(spec.name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        SETTINGS.iter().any(|spec| spec.is_static && is_of(spec))
    });
    of_table || STATIC.iter().any(|known| name_is(known))
}

/// All settings below `pointer` of a document; `index.` is added where it is left out, as engines do.
pub(crate) fn flatten(document: &Json, pointer: &str) -> Settings {
    let mut settings = Settings::new();
    if let Some(found) = document.pointer(pointer) {
        flatten_into(found, "", pointer, &mut settings);
    }
    settings
}

fn flatten_into(value: &Json, name: &str, pointer: &str, settings: &mut Settings) {
    if let Json::Object(entries) = value {
        for (key, value) in entries {
            let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
            let pointer = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
            flatten_into(value, &name, &pointer, settings);
        }
        return;
    }
    let name = if name.starts_with("index.") { name.to_owned() } else { format!("index.{name}") };
    // Engines give every single value back as text.
    let value = match value {
        Json::Number(_) | Json::Bool(_) => Json::String(value.to_string()),
        other => other.clone(),
    };
    settings.insert(name, (value, pointer.to_owned()));
}
