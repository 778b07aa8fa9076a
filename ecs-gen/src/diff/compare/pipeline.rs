//! Findings about the ingest pipeline: its body, and the setting that sends documents through it.

use serde_json::Value as Json;

use super::finding_collector::{FindingCollector, Place};
use super::settings;
use crate::diff::engine::Engine;
use crate::diff::rules::Rule;
use crate::diff::side::{INDEX, LogSide};

/// Documents that may hold the setting.
const HOLDERS: &[&str] = &["component-template-settings.json", "index-template.json", INDEX];

/// The pipeline that documents pass by default.
pub(crate) fn name(engine: Engine, log: &LogSide) -> Option<String> {
    HOLDERS.iter().find_map(|holder| {
        let document = log.document(engine, holder)?;
        let pointer = if *holder == INDEX { "/settings" } else { "/template/settings" };
        let settings = settings::flatten(document, pointer);
        settings.get("index.default_pipeline").and_then(|(value, _)| value.as_str().map(str::to_owned))
    })
}

pub(super) fn compare(engine: Engine, findings: &mut FindingCollector<'_>) {
    let file = "ingest-pipeline.json";
    let document = format!("{}/{file}", engine.name());
    let (old_name, new_name) = (name(engine, findings.old), name(engine, findings.new));
    let place = Place::new("pipeline", &document, "");
    // A part of a log need not be the one that names the pipeline.
    let says = |log: &LogSide| {
        let holders = ["component-template-settings.json", INDEX];
        log.is_whole || holders.iter().any(|holder| log.document(engine, holder).is_some())
    };
    if old_name.is_none() && !says(findings.old) || new_name.is_none() && !says(findings.new) {
        return;
    }
    match (&old_name, &new_name) {
        (None, Some(name)) => {
            return findings.add(
                Rule::PipelineAdded,
                &place.only_new(),
                format!("documents pass the pipeline `{name}`"),
            );
        }
        (Some(name), None) => {
            let message = format!("documents no longer pass the pipeline `{name}`");
            return findings.add(Rule::PipelineRemoved, &place.only_old(), message);
        }
        (Some(old), Some(new)) if old != new => {
            findings.add(Rule::PipelineChanged, &place, format!("the pipeline is `{new}` where it was `{old}`"));
        }
        _ => {}
    }
    let (old, new) = (findings.old.document(engine, file), findings.new.document(engine, file));
    if let (Some(old), Some(new)) = (old, new)
        && old != new
    {
        let message = format!("the pipeline has other {}", parts(old, new).join(", "));
        findings.add(Rule::PipelineChanged, &place, message);
    }
}

/// Which keys of the body differ.
fn parts(old: &Json, new: &Json) -> Vec<String> {
    let keys = |body: &Json| body.as_object().map(|body| body.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    let mut parts: Vec<String> =
        keys(old).into_iter().chain(keys(new)).filter(|key| old.get(key) != new.get(key)).collect();
    parts.sort();
    parts.dedup();
    parts.into_iter().map(|part| format!("`{part}`")).collect()
}
