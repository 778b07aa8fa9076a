//! Findings about index templates: patterns, priority, parts, data streams, and the names that producers write to.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::finding_collector::{FindingCollector, Place, shown};
use crate::diff::engine::Engine;
use crate::diff::rules::Rule;
use crate::diff::side::LogSide;

/// Keys of a template that another part is about.
const ELSEWHERE: &[&str] = &["index_patterns", "template", "version", "_meta", "data_stream"];

/// Keys that engines add to what they answer.
const MADE_BY_ENGINES: &[&str] = &["created_date", "created_date_millis", "modified_date", "modified_date_millis"];

/// One template on both sides.
pub(super) struct Pair<'t> {
    /// Where it stands now.
    pub(super) document: String,
    /// Before.
    pub(super) old: &'t Json,
    /// After.
    pub(super) new: &'t Json,
}

/// A template and the document that it is.
type Named<'t> = (String, &'t Json);

/// The templates that belong together: those with a pattern in common, and one that is left on each side.
pub(super) fn pairs<'t>(engine: Engine, old: &'t LogSide, new: &'t LogSide) -> Vec<Pair<'t>> {
    matched(engine, old, new).0
}

fn matched<'t>(engine: Engine, old: &'t LogSide, new: &'t LogSide) -> (Vec<Pair<'t>>, Vec<Named<'t>>, Vec<Named<'t>>) {
    let mut before = named(engine, old);
    let mut after = Vec::new();
    let mut pairs = Vec::new();
    for (document, new) in named(engine, new) {
        let same = before.iter().position(|(_, old)| {
            let (old, new) = (patterns(old), patterns(new));
            (old.is_empty() && new.is_empty()) || !old.is_disjoint(&new)
        });
        match same {
            Some(at) => pairs.push(Pair { document, old: before.remove(at).1, new }),
            None => after.push((document, new)),
        }
    }
    if let ([(_, old)], [(document, new)]) = (before.as_slice(), after.as_slice()) {
        pairs.push(Pair { document: document.clone(), old, new });
        return (pairs, Vec::new(), Vec::new());
    }
    (pairs, before, after)
}

fn named(engine: Engine, log: &LogSide) -> Vec<Named<'_>> {
    let family = log.family(engine, "index-template").into_iter();
    family.map(|(suffix, template)| (format!("{}/index-template{suffix}.json", engine.name()), template)).collect()
}

fn patterns(template: &Json) -> BTreeSet<&str> {
    let listed = template.get("index_patterns").and_then(Json::as_array).into_iter().flatten();
    listed.filter_map(Json::as_str).collect()
}

/// The template of a log that makes the index of that name, as far as one asterisk at an end of a pattern tells.
pub(super) fn of_index<'l>(engine: Engine, log: &'l LogSide, name: &str) -> Option<&'l Json> {
    let is_match = |template: &Json| {
        patterns(template).iter().any(|pattern| {
            let start = pattern.trim_end_matches('*');
            let behind_stream = name.strip_prefix(".ds-").is_some_and(|rest| rest.starts_with(start));
            name.starts_with(start) || behind_stream
        })
    };
    let templates: Vec<&Json> = named(engine, log).into_iter().map(|(_, template)| template).collect();
    templates.iter().copied().find(|template| is_match(template)).or_else(|| templates.first().copied())
}

pub(super) fn compare(engine: Engine, findings: &mut FindingCollector<'_>) {
    let (pairs, gone, come) = matched(engine, findings.old, findings.new);
    for pair in &pairs {
        compare_patterns(pair, findings);
        compare_streams(pair, findings);
        compare_rest(pair, findings);
    }
    if findings.old.is_whole && findings.new.is_whole {
        for (document, template) in &come {
            let place = Place::new(name_of(template), document, "").only_new();
            findings.add(Rule::TemplateAdded, &place, format!("a template for {} is new", listed(template)));
        }
        for (document, template) in &gone {
            let place = Place::new(name_of(template), document, "").only_old();
            findings.add(Rule::TemplateRemoved, &place, format!("the template for {} is gone", listed(template)));
        }
        compare_targets(engine, findings);
    }
}

fn name_of(template: &Json) -> String {
    format!("template.{}", patterns(template).into_iter().collect::<Vec<_>>().join(","))
}

fn listed(template: &Json) -> String {
    patterns(template).into_iter().map(|pattern| format!("`{pattern}`")).collect::<Vec<_>>().join(", ")
}

fn compare_patterns(pair: &Pair<'_>, findings: &mut FindingCollector<'_>) {
    let (old, new) = (patterns(pair.old), patterns(pair.new));
    let place = Place::new("template.index_patterns", &pair.document, "/index_patterns");
    for pattern in new.difference(&old) {
        findings.add(Rule::PatternAdded, &place, format!("the template holds for `{pattern}` too"));
    }
    for pattern in old.difference(&new) {
        findings.add(Rule::PatternRemoved, &place, format!("the template no longer holds for `{pattern}`"));
    }
}

fn compare_streams(pair: &Pair<'_>, findings: &mut FindingCollector<'_>) {
    let (old, new) = (pair.old.get("data_stream"), pair.new.get("data_stream"));
    let place = Place::new("template.data_stream", &pair.document, "/data_stream").where_given(old, new);
    if old.is_some() != new.is_some() {
        let words = |is_stream: bool| if is_stream { "a data stream" } else { "an alias with indices" };
        let message = format!("the log is {} where it was {}", words(new.is_some()), words(old.is_some()));
        findings.add(Rule::DataStreamChanged, &place, message);
        return;
    }
    let (old, new) = (old.map(stream_options), new.map(stream_options));
    let hidden = |stream: &Option<Json>| stream.as_ref().is_some_and(|stream| stream["hidden"] == true);
    if hidden(&old) != hidden(&new) {
        let word = if hidden(&new) { "is hidden now" } else { "is no longer hidden" };
        findings.add(Rule::HiddenChanged, &place, format!("the data stream {word}"));
    } else if old != new {
        findings.add(Rule::TemplateChanged, &place, "the options of the data stream are others");
    }
}

fn is_elsewhere(key: &str) -> bool {
    ELSEWHERE.contains(&key) || MADE_BY_ENGINES.contains(&key)
}

/// The options of a data stream without those that say what is so anyway, which engines add.
fn stream_options(stream: &Json) -> Json {
    let mut stream = stream.clone();
    if let Some(options) = stream.as_object_mut() {
        let by_default = |name: &str, value: &Json| match name {
            "timestamp_field" => *value == json!({"name": "@timestamp"}),
            _ => *value == json!(false),
        };
        options.retain(|name, value| !by_default(name, value));
    }
    stream
}

/// What a key of a template comes to: its absence means the same as these.
fn value_of(key: &str, value: Option<&Json>) -> Option<Json> {
    let is_default = |value: &&Json| match key {
        "priority" | "order" => **value == json!(0),
        "composed_of" | "ignore_missing_component_templates" => **value == json!([]),
        "deprecated" => **value == json!(false),
        _ => false,
    };
    value.filter(|value| !is_default(value)).cloned()
}

fn compare_rest(pair: &Pair<'_>, findings: &mut FindingCollector<'_>) {
    let keys = |template: &Json| -> BTreeSet<String> {
        template.as_object().into_iter().flat_map(|body| body.keys().cloned()).collect()
    };
    let is_stream = |template: &Json| template.get("data_stream").is_some();
    let becomes_other = is_stream(pair.old) != is_stream(pair.new);
    for key in keys(pair.old).union(&keys(pair.new)).filter(|key| !is_elsewhere(key)) {
        let (old, new) = (pair.old.get(key), pair.new.get(key));
        // A data stream is made by its first write, the indices of an alias are not.
        if value_of(key, old) == value_of(key, new) || (becomes_other && key == "allow_auto_create") {
            continue;
        }
        let rule = match key.as_str() {
            "priority" | "order" => Rule::TemplatePriorityChanged,
            "composed_of" => Rule::CompositionChanged,
            _ => Rule::TemplateChanged,
        };
        let place = Place::new(format!("template.{key}"), &pair.document, format!("/{key}")).where_given(old, new);
        findings.add(rule, &place, format!("`{key}` of the template is {} where it was {}", shown(new), shown(old)));
    }
    let own = |template: &Json, key: &str| {
        template.pointer(&format!("/template/{key}")).filter(|value| **value != json!({})).cloned()
    };
    let (old, new) = (own(pair.old, "aliases"), own(pair.new, "aliases"));
    if old != new {
        let place =
            Place::new("template.aliases", &pair.document, "/template/aliases").where_given(old.as_ref(), new.as_ref());
        findings.add(Rule::TemplateChanged, &place, "the template gives indices other aliases");
    }
}

/// What producers write to: aliases of first indices, names of data streams.
fn targets(engine: Engine, log: &LogSide) -> BTreeSet<String> {
    let first = log.family(engine, "first-index").into_values();
    let aliases = first.filter_map(|index| index.get("aliases")?.as_object());
    let mut targets: BTreeSet<String> = aliases.flat_map(|aliases| aliases.keys().cloned()).collect();
    for (_, template) in named(engine, log).into_iter().filter(|(_, template)| template.get("data_stream").is_some()) {
        targets.extend(patterns(template).into_iter().map(str::to_owned));
    }
    targets
}

fn compare_targets(engine: Engine, findings: &mut FindingCollector<'_>) {
    let (old, new) = (targets(engine, findings.old), targets(engine, findings.new));
    let document = format!("{}/install.json", engine.name());
    for name in new.difference(&old) {
        let place = Place::new(format!("alias.{name}"), &document, "/steps").only_new();
        findings.add(Rule::AliasAdded, &place, format!("producers may write to `{name}`"));
    }
    for name in old.difference(&new) {
        let place = Place::new(format!("alias.{name}"), &document, "/steps").only_old();
        findings.add(Rule::AliasRemoved, &place, format!("`{name}` is no longer an alias or data stream of the log"));
    }
}
