//! What is installed besides indices: the steps of `install.json` whose bodies differ, settings and policies.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use super::{Step, Target, carried};
use crate::diff::compare::{SETTING_COMPONENTS, flatten_settings, is_static_setting};
use crate::diff::engine::Engine;
use crate::diff::side::LogSide;

/// Where the policies of an engine are put.
pub(super) const fn policy_folder(engine: Engine) -> &'static str {
    match engine {
        Engine::Elasticsearch => "/_ilm/policy/",
        Engine::OpenSearch => "/_plugins/_ism/policies/",
    }
}

/// A step of `install.json`: path and body.
type Installed = (String, Option<Json>);

fn installed(engine: Engine, log: &LogSide) -> Vec<Installed> {
    let steps = log.document(engine, "install.json").and_then(|install| install.get("steps")?.as_array());
    let step = |step: &Json| {
        let path = step.get("path")?.as_str()?.to_owned();
        let body = step.get("body").and_then(Json::as_str).and_then(|name| log.document(engine, name)).cloned();
        Some((path, body))
    };
    steps.into_iter().flatten().filter_map(step).collect()
}

/// The whole installation.
pub(super) fn all(engine: Engine, new: &LogSide) -> Vec<Step> {
    let steps = installed(engine, new).into_iter();
    steps.map(|(path, body)| Step::new("PUT", path.clone(), body, comment(&path, false))).collect()
}

/// The installation's steps that are new or have another body.
#[derive(Default)]
pub(super) struct Changed {
    /// What comes before anything else.
    pub(super) first: Vec<Step>,
    /// A known pipeline: it may set fields that the mapping gets only now.
    pub(super) behind_mapping: Vec<Step>,
}

/// A policy that exists has steps of its own, because it is not simply put, and a first index that exists is never put.
pub(super) fn changed(engine: Engine, old: &LogSide, new: &LogSide) -> Changed {
    let before = installed(engine, old);
    let mut templates = templates(&before);
    let mut changed = Changed::default();
    for (path, body) in installed(engine, new) {
        let known = before.iter().find(|(other, _)| *other == path);
        let is_policy = path.starts_with(policy_folder(engine));
        let is_index = !path.starts_with("/_");
        if known.is_some_and(|(_, old)| *old == body || is_policy || is_index) {
            continue;
        }
        if let Some(name) = path.strip_prefix(TEMPLATES) {
            changed.first.extend(make_room(&mut templates, name, body.as_ref()));
        }
        if is_policy && engine == Engine::OpenSearch {
            changed.first.extend(detach(&before, body.as_ref()));
        }
        let is_known_pipeline = known.is_some() && path.starts_with("/_ingest/");
        let about = comment(&path, known.is_some());
        let steps = if is_known_pipeline { &mut changed.behind_mapping } else { &mut changed.first };
        steps.push(put(path, known.and_then(|(_, old)| old.as_ref()), body, about));
    }
    changed
}

/// A put of a body where another was, or nothing.
fn put(path: String, old: Option<&Json>, new: Option<Json>, about: &str) -> Step {
    match (old, new) {
        (Some(old), Some(new)) => Step::replacing("PUT", path, old, &new, about),
        (_, new) => Step::new("PUT", path, new, about),
    }
}

const TEMPLATES: &str = "/_index_template/";

/// Index patterns by the name of the template.
type Templates = BTreeMap<String, Vec<Json>>;

fn patterns_of(body: Option<&Json>) -> Vec<Json> {
    body.and_then(|body| body.get("index_patterns")?.as_array()).cloned().unwrap_or_default()
}

fn templates(installed: &[Installed]) -> Templates {
    let named = installed.iter().filter_map(|(path, body)| Some((path.strip_prefix(TEMPLATES)?, body)));
    named.map(|(name, body)| (name.to_owned(), patterns_of(body.as_ref()))).collect()
}

/// Engines refuse two templates of one priority for one name: removes those in the way of the template `name`.
fn make_room(templates: &mut Templates, name: &str, body: Option<&Json>) -> Vec<Step> {
    let patterns = patterns_of(body);
    let is_in_the_way = |other: &String, of: &Vec<Json>| other != name && of.iter().any(|one| patterns.contains(one));
    let others: Vec<String> =
        templates.iter().filter(|(other, of)| is_in_the_way(other, of)).map(|(other, _)| other.clone()).collect();
    templates.insert(name.to_owned(), patterns);
    let remove = |other: String| {
        templates.remove(&other);
        Step::new("DELETE", format!("{TEMPLATES}{other}"), None, "the next request has its index pattern")
    };
    others.into_iter().map(remove).collect()
}

/// OpenSearch refuses two policies that attach themselves to one pattern: takes the pattern from the one of another name.
fn detach(before: &[Installed], new: Option<&Json>) -> Vec<Step> {
    let folder = policy_folder(Engine::OpenSearch);
    let template = |body: Option<&Json>| body.and_then(|body| body.pointer("/policy/ism_template")).cloned();
    let old = before.iter().find(|(path, _)| path.starts_with(folder));
    let Some((path, Some(body))) = old.filter(|(_, body)| template(body.as_ref()).is_some() && template(new).is_some())
    else {
        return Vec::new();
    };
    let old = body;
    let mut body = old.clone();
    if let Some(policy) = body["policy"].as_object_mut() {
        policy.remove("ism_template");
    }
    let about = "attaches itself to no new index any more; the policy of another name does";
    replace_policy(path, Some(old), Some(body), about).into()
}

fn comment(path: &str, is_known: bool) -> &'static str {
    match path.split('/').nth(1) {
        Some("_ingest") if is_known => "behind the mapping, whose fields it may set",
        Some("_ingest") => "documents pass it from now on",
        Some("_component_template" | "_index_template") => "holds for indices made from now on",
        Some("_ilm" | "_plugins") => "a new policy",
        Some("_data_stream") => "a new data stream",
        _ => "a new alias with its first index",
    }
}

/// What documents of the log are written to.
pub(super) fn targets(engine: Engine, log: &LogSide) -> Vec<Target> {
    let mut targets = Vec::new();
    for (path, body) in installed(engine, log) {
        if let Some(stream) = path.strip_prefix("/_data_stream/") {
            targets.push(Target::Stream(stream.to_owned()));
        } else if let Some(aliases) = body.as_ref().and_then(|body| body.get("aliases")?.as_object()) {
            targets.extend(aliases.keys().cloned().map(Target::Alias));
        }
    }
    if targets.is_empty() {
        targets.push(Target::Index);
    }
    targets
}

/// An alias of an index of the row that is not written to.
pub(super) fn read_alias(engine: Engine, log: &LogSide, alias: &str) -> Json {
    let of_alias = |(_, body): Installed| body?.get("aliases")?.get(alias).cloned();
    let mut options = installed(engine, log).into_iter().find_map(of_alias).unwrap_or_else(|| json!({}));
    options["is_write_index"] = json!(false);
    json!({alias: options})
}

/// Settings of an installed log: of its components, and of the template of its first row.
fn all_settings(engine: Engine, log: &LogSide) -> BTreeMap<String, Json> {
    let [mappings, settings] = SETTING_COMPONENTS;
    let documents = [mappings, settings, "index-template.json"];
    let found = documents.iter().filter_map(|name| log.document(engine, name));
    found
        .flat_map(|document| flatten_settings(document, "/template/settings"))
        .map(|(name, (value, _))| (name, value))
        // Each row of indices has its own, and a row keeps its alias.
        .filter(|(name, _)| !name.ends_with("rollover_alias"))
        .collect()
}

fn differing(engine: Engine, old: &LogSide, new: &LogSide) -> Vec<(String, Json)> {
    let (before, after) = (all_settings(engine, old), all_settings(engine, new));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differ = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
    // Null is how a setting is taken back.
    differ.map(|name| (name.clone(), after.get(name).cloned().unwrap_or(Json::Null))).collect()
}

/// Names of the settings that only the next index can have.
pub(super) fn static_settings(engine: Engine, old: &LogSide, new: &LogSide) -> Vec<String> {
    let names = differing(engine, old, new).into_iter().map(|(name, _)| name);
    names.filter(|name| is_static_setting(name)).collect()
}

/// Settings that existing indices take.
pub(super) fn settings(engine: Engine, old: &LogSide, new: &LogSide, targets: &[Target]) -> Vec<Step> {
    let before = all_settings(engine, old);
    let number = |value: Option<&Json>| value.and_then(Json::as_str).and_then(|text| text.parse::<u64>().ok());
    // An index keeps the fields that it has, and a limit below their number refuses every new one.
    let is_lowered = |name: &str, value: &Json| {
        name.rsplit('.').next() == Some("limit")
            && number(before.get(name)).zip(number(Some(value))).is_none_or(|(old, new)| new < old)
    };
    let dynamic = differing(engine, old, new).into_iter();
    let body: Map<String, Json> =
        dynamic.filter(|(name, value)| !is_static_setting(name) && !is_lowered(name, value)).collect();
    if body.is_empty() {
        return Vec::new();
    }
    let names: Vec<String> = body.keys().cloned().collect();
    let comment = carried::comment("settings that existing indices take", &names);
    let step = |target: &Target| {
        let path = format!("/{}/_settings", target.name());
        Step::new("PUT", path, Some(Json::Object(body.clone())), comment.clone())
    };
    targets.iter().map(step).collect()
}

/// What brings an existing policy, and the indices that follow it, to the new one.
pub(super) fn policies(engine: Engine, old: &LogSide, new: &LogSide, targets: &[Target]) -> Vec<Step> {
    let mut steps = Vec::new();
    let folder = policy_folder(engine);
    let policy = |log: &LogSide| installed(engine, log).into_iter().find(|(path, _)| path.starts_with(folder));
    let before = policy(old);
    if let Some((path, body)) = policy(new) {
        let is_known = before.as_ref().is_some_and(|(other, _)| *other == path);
        let old = before.and_then(|(_, body)| body);
        if said(old.as_ref()) != said(body.as_ref()) || !is_known {
            let name = path.trim_start_matches(folder).to_owned();
            match engine {
                Engine::Elasticsearch if is_known => {
                    let about = "replaces what people edited; each index follows it from its next phase on";
                    steps.push(put(path, old.as_ref(), body, about));
                }
                Engine::Elasticsearch => {}
                Engine::OpenSearch => {
                    if is_known {
                        steps.extend(replace_policy(&path, old.as_ref(), body, "replaces what people edited"));
                    }
                    steps.extend(change_policy(&name, &patterns(targets, new)));
                }
            }
        }
    }
    steps.extend(stream_lifecycle(engine, old, new, targets));
    steps
}

/// What a policy does, without what it says about itself.
fn said(policy: Option<&Json>) -> Option<Json> {
    let mut policy = policy?.get("policy")?.clone();
    let body = policy.as_object_mut()?;
    body.remove("_meta");
    body.remove("description");
    Some(policy)
}

/// What the indices of a log are called: the patterns of its templates, and for a data stream the names behind it.
fn patterns(targets: &[Target], new: &LogSide) -> Vec<String> {
    let streams = targets.iter().filter_map(|target| match target {
        Target::Stream(name) => Some(format!(".ds-{name}-*")),
        _ => None,
    });
    let templates = new.family(Engine::OpenSearch, "index-template").into_values();
    let listed = templates.filter_map(|template| template.get("index_patterns")?.as_array());
    let names = listed.flatten().filter_map(Json::as_str).map(str::to_owned);
    let found: Vec<String> = streams.collect();
    if found.is_empty() { names.collect() } else { found }
}

/// Indices keep the version of an ISM policy that they were given.
fn change_policy(name: &str, patterns: &[String]) -> Vec<Step> {
    let step = |indices: &String| {
        let path = format!("/_plugins/_ism/change_policy/{indices}");
        let comment = "indices that exist keep the policy that they were given until they are told otherwise";
        Step::new("POST", path, Some(json!({"policy_id": name})), comment)
    };
    patterns.iter().map(step).collect()
}

/// An ISM policy is replaced only by who knows its last change.
fn replace_policy(path: &str, old: Option<&Json>, new: Option<Json>, about: &str) -> [Step; 2] {
    let mut get = Step::new("GET", path, None, "the policy as it is; its numbers prove that nobody changed it since");
    get.take = vec![("if_seq_no", "/_seq_no".to_owned()), ("if_primary_term", "/_primary_term".to_owned())];
    let path = format!("{path}?if_seq_no={{if_seq_no}}&if_primary_term={{if_primary_term}}");
    [get, put(path, old, new, about)]
}

/// A data stream that exists keeps its own lifecycle whatever the template says.
fn stream_lifecycle(engine: Engine, old: &LogSide, new: &LogSide, targets: &[Target]) -> Vec<Step> {
    let own = |log: &LogSide| log.document(engine, "index-template.json")?.pointer("/template/lifecycle").cloned();
    let (before, after) = (own(old), own(new));
    let Some(after) = after.filter(|after| Some(after) != before.as_ref()) else { return Vec::new() };
    let streams = targets.iter().filter(|target| matches!(target, Target::Stream(_)));
    let step = |target: &Target| {
        let path = format!("/_data_stream/{}/_lifecycle", target.name());
        Step::new("PUT", path, Some(after.clone()), "an existing data stream keeps its lifecycle until it is put")
    };
    streams.map(step).collect()
}
