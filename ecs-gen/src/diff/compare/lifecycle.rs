//! Findings about the lifecycle, in the one form that an ILM policy, a data stream lifecycle and an ISM policy have in
//! common: when an index rolls over, how long it is kept after that, and what else is done to it.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::finding_collector::{FindingCollector, Place, shown};
use crate::diff::engine::Engine;
use crate::diff::rules::Rule;
use crate::diff::side::LogSide;
use crate::lifecycle::Duration;

/// What a log's lifecycle comes to on an engine.
pub(crate) struct Lifecycle {
    /// The document that says it.
    document: String,
    /// Name of the policy; none for a data stream's own lifecycle.
    pub(crate) policy: Option<String>,
    /// How long an index is kept after its rollover, with the pointer to that; none is for ever.
    keep: Option<(String, String)>,
    /// Conditions of the rollover.
    rollover: Json,
    /// What else is done, and when.
    phases: Json,
    /// What else the policy says.
    rest: Json,
}

impl Lifecycle {
    /// Reads the lifecycle of a log; none where nothing says it.
    pub(crate) fn of(engine: Engine, log: &LogSide) -> Option<Self> {
        match engine {
            Engine::Elasticsearch => ilm(log).or_else(|| data_stream(log)),
            Engine::OpenSearch => ism(log),
        }
    }
}

fn ilm(log: &LogSide) -> Option<Lifecycle> {
    let document = log.document(Engine::Elasticsearch, "ilm-policy.json")?;
    let mut phases = document.pointer("/policy/phases")?.clone();
    let keep = phases.pointer("/delete/min_age").and_then(Json::as_str).map(str::to_owned);
    let actions = phases.pointer_mut("/hot/actions").and_then(Json::as_object_mut);
    let rollover = actions.and_then(|actions| actions.remove("rollover")).unwrap_or(Json::Null);
    if let Some(delete) = phases.pointer_mut("/delete").and_then(Json::as_object_mut) {
        delete.remove("min_age");
    }
    // Without a time at which it begins, the deletion itself is no further phase.
    if phases.pointer("/delete/actions") == Some(&json!({"delete": {}})) {
        phases.as_object_mut()?.remove("delete");
    }
    Some(Lifecycle {
        document: "elasticsearch/ilm-policy.json".to_owned(),
        policy: policy_name(log, Engine::Elasticsearch, "/_ilm/policy/"),
        keep: keep.map(|keep| (keep, "/policy/phases/delete/min_age".to_owned())),
        rollover,
        phases,
        rest: Json::Null,
    })
}

fn data_stream(log: &LogSide) -> Option<Lifecycle> {
    let templates = log.family(Engine::Elasticsearch, "index-template");
    let (suffix, own) =
        templates.iter().find_map(|(suffix, template)| Some((suffix, template.pointer("/template/lifecycle")?)))?;
    let keep = own.get("data_retention").and_then(Json::as_str).map(str::to_owned);
    let mut rest = own.clone();
    if let Some(rest) = rest.as_object_mut() {
        rest.remove("data_retention");
        // An engine adds it.
        rest.retain(|name, value| name != "enabled" || *value != json!(true));
    }
    Some(Lifecycle {
        document: format!("elasticsearch/index-template{suffix}.json"),
        policy: None,
        keep: keep.map(|keep| (keep, "/template/lifecycle/data_retention".to_owned())),
        rollover: Json::Null,
        phases: Json::Null,
        rest,
    })
}

fn ism(log: &LogSide) -> Option<Lifecycle> {
    let document = log.document(Engine::OpenSearch, "ism-policy.json")?;
    let policy = document.get("policy")?;
    let mut states = policy.get("states")?.as_array()?.clone();
    let mut keep = None;
    let mut rollover = Json::Null;
    for (at, state) in states.iter_mut().enumerate() {
        let actions = state.get_mut("actions").and_then(Json::as_array_mut);
        if let Some(actions) = actions {
            if let Some(found) = actions.iter().find_map(|action| action.get("rollover")) {
                rollover = found.clone();
            }
            actions.retain(|action| action.get("rollover").is_none());
        }
        let Some(transitions) = state.get_mut("transitions").and_then(Json::as_array_mut) else { continue };
        for (number, transition) in transitions.iter().enumerate() {
            let age = transition.get("conditions").and_then(|conditions| {
                ["min_rollover_age", "min_index_age"].iter().find_map(|name| Some((*name, conditions.get(name)?)))
            });
            if let (Some("delete"), Some((name, age))) = (transition.get("state_name").and_then(Json::as_str), age) {
                let pointer = format!("/policy/states/{at}/transitions/{number}/conditions/{name}");
                keep = keep.or_else(|| age.as_str().map(|age| (age.to_owned(), pointer)));
            }
        }
        transitions.retain(|transition| transition.get("state_name") != Some(&json!("delete")));
    }
    let is_bare = |state: &Json| {
        ["delete", "hot"].iter().any(|name| state.get("name") == Some(&json!(name)))
            && state.get("transitions").and_then(Json::as_array).is_none_or(Vec::is_empty)
            && [Some(&json!([])), Some(&json!([{"delete": {}}]))].contains(&state.get("actions"))
    };
    states.retain(|state| !is_bare(state));
    Some(Lifecycle {
        document: "opensearch/ism-policy.json".to_owned(),
        policy: policy_name(log, Engine::OpenSearch, "/_plugins/_ism/policies/"),
        keep,
        rollover,
        phases: Json::Array(states),
        rest: policy.get("ism_template").cloned().unwrap_or(Json::Null),
    })
}

fn policy_name(log: &LogSide, engine: Engine, folder: &str) -> Option<String> {
    let steps = log.document(engine, "install.json")?.get("steps")?.as_array()?;
    let paths = steps.iter().filter_map(|step| step.get("path")?.as_str());
    paths.filter_map(|path| path.strip_prefix(folder)).map(str::to_owned).next()
}

pub(super) fn compare(engine: Engine, findings: &mut FindingCollector<'_>) {
    let (old, new) = match (Lifecycle::of(engine, findings.old), Lifecycle::of(engine, findings.new)) {
        (Some(old), Some(new)) => (old, new),
        (None, Some(new)) if findings.old.is_whole => {
            let place = Place::new("policy", &new.document, "").only_new();
            return findings.add(Rule::PolicyAdded, &place, "a lifecycle is new");
        }
        (Some(old), None) if findings.new.is_whole => {
            let place = Place::new("policy", &old.document, "").only_old();
            return findings.add(Rule::PolicyRemoved, &place, "the lifecycle is gone");
        }
        _ => return,
    };
    compare_carriers(&old, &new, findings);
    compare_keep(&old, &new, findings);
    if old.rollover != new.rollover && old.policy.is_some() == new.policy.is_some() {
        let (before, after) = (Some(&old.rollover), Some(&new.rollover));
        let place = Place::new("policy.rollover", &new.document, "");
        let message = format!("indices roll over at {} where it was {}", shown(after), shown(before));
        findings.add(Rule::RolloverChanged, &place, message);
    }
    if old.phases != new.phases && old.policy.is_some() == new.policy.is_some() {
        let place = Place::new("policy.phases", &new.document, "");
        let message = format!("the phases {} differ", phase_names(&old.phases, &new.phases));
        findings.add(Rule::PhaseChanged, &place, message);
    }
    if old.rest != new.rest && old.document == new.document {
        let message = format!("the policy says {} where it said {}", shown(Some(&new.rest)), shown(Some(&old.rest)));
        findings.add(Rule::PolicyChanged, &Place::new("policy", &new.document, ""), message);
    }
}

/// Which of them differ; as names or numbers of states.
fn phase_names(old: &Json, new: &Json) -> String {
    let parts = |phases: &Json| -> Vec<(String, Json)> {
        match phases {
            Json::Object(phases) => phases.iter().map(|(name, phase)| (name.clone(), phase.clone())).collect(),
            Json::Array(states) => {
                let name = |state: &Json| state.get("name").and_then(Json::as_str).unwrap_or_default().to_owned();
                states.iter().map(|state| (name(state), state.clone())).collect()
            }
            _ => Vec::new(),
        }
    };
    let (old, new) = (parts(old), parts(new));
    let differ = |one: &[(String, Json)], other: &[(String, Json)]| -> BTreeSet<String> {
        one.iter().filter(|part| !other.contains(part)).map(|(name, _)| format!("`{name}`")).collect()
    };
    let names: BTreeSet<String> = differ(&old, &new).union(&differ(&new, &old)).cloned().collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}

fn compare_carriers(old: &Lifecycle, new: &Lifecycle, findings: &mut FindingCollector<'_>) {
    let place = Place::new("policy", &new.document, "");
    match (&old.policy, &new.policy) {
        (None, Some(name)) if old.document != new.document => {
            findings.add(Rule::PolicyAdded, &place, format!("the policy `{name}` carries the lifecycle"));
        }
        (Some(name), None) if old.document != new.document => {
            let message = format!("the data stream's own lifecycle takes the place of the policy `{name}`");
            findings.add(Rule::PolicyRemoved, &place, message);
        }
        (Some(old), Some(new)) if old != new => {
            findings.add(Rule::PolicyRenamed, &place, format!("the policy is `{new}` where it was `{old}`"));
        }
        _ => {}
    }
}

fn compare_keep(old: &Lifecycle, new: &Lifecycle, findings: &mut FindingCollector<'_>) {
    let age = |keep: &Option<(String, String)>| keep.as_ref().and_then(|(age, _)| Duration::parse(age).ok());
    let (before, after) = (age(&old.keep), age(&new.keep));
    let rule = match (&before, &after) {
        _ if before == after => return,
        (None, Some(_)) => Rule::RetentionShortened,
        (Some(before), Some(after)) if after < before => Rule::RetentionShortened,
        _ => Rule::RetentionExtended,
    };
    let pointer =
        |keep: &Option<(String, String)>| keep.as_ref().map(|(_, pointer)| pointer.clone()).unwrap_or_default();
    let words = |age: &Option<Duration>| age.as_ref().map_or_else(|| "for ever".to_owned(), |age| format!("for {age}"));
    let place = Place::new("policy.keep", &new.document, "").at(pointer(&old.keep), pointer(&new.keep));
    findings.add(
        rule,
        &place,
        format!("indices are kept {} after rollover where it was {}", words(&after), words(&before)),
    );
}
