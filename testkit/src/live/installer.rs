//! Follows `install.json`: sends each step's request, unless its result exists already. The smallest installer that the format
//! allows. Knows steps, and nothing of what they create.

use anyhow::{Context as _, Result, bail};
use event_store::Bundle;
use serde::Deserialize;
use serde_json::{Value, json};

use super::engine_gaps::Adapter;
use super::log::Log;
use crate::engines::{Answer, Client, Engine};

/// One step of an installation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstallStep {
    /// Method of the request.
    pub method: String,
    /// Path of the request.
    pub path: String,
    /// Name of the file with its body; a data stream is created without one.
    pub body: Option<String>,
    /// For people.
    #[serde(rename = "note")]
    _note: String,
    skip_if: Option<SkipIf>,
    fine_if: Option<FineIf>,
}

impl InstallStep {
    /// Whether it is skipped if its result exists.
    pub const fn can_be_skipped(&self) -> bool {
        self.skip_if.is_some()
    }
}

/// A request whose reply may make the step superfluous.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SkipIf {
    method: String,
    path: String,
    status: u16,
}

/// A refusal that means that another installer performed the step.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FineIf {
    status: u16,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InstallFile {
    #[serde(rename = "log")]
    _log: String,
    #[serde(rename = "version")]
    _version: Value,
    #[serde(rename = "engine")]
    _engine: String,
    steps: Vec<InstallStep>,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstallOutcome {
    /// The engine took it.
    Done,
    /// What it makes was there.
    Skipped,
    /// The engine refused it in the way that the step says is fine.
    Fine,
}

/// The folder with an engine's files.
pub const fn folder(engine: Engine) -> &'static str {
    match engine.family() {
        Engine::OpenSearch => "opensearch",
        _ => "elasticsearch",
    }
}

/// The steps that the engine can do, each with its body, both adapted to what the engine lacks.
pub fn load_steps(log: &Log, adapter: &mut Adapter) -> Result<Vec<(InstallStep, Value)>> {
    let engine = adapter.engine();
    let folder = folder(engine);
    let installation: InstallFile = serde_json::from_value(log.file(&format!("{folder}/install.json"))?.clone())?;
    let mut steps = Vec::new();
    for mut step in installation.steps {
        if !adapter.has_step(&step.path) {
            continue;
        }
        let mut body = match &step.body {
            Some(body) => log.file(&format!("{folder}/{body}"))?.clone(),
            None => Value::Null,
        };
        if engine == Engine::Elasticsearch6 {
            use_ancestors_forms(&mut step, &mut body, log)?;
        }
        body = adapter.adapt(&body);
        steps.push((step, body));
    }
    Ok(steps)
}

/// The same as the installer of programs takes it: the generated files, with what the engine lacks left out of them.
pub fn load_bundle(log: &Log, adapter: &mut Adapter) -> Result<Bundle> {
    let folder = folder(adapter.engine());
    let mut files = Vec::new();
    for (name, content) in log.folder(folder) {
        let mut content = content.clone();
        if let Some(steps) = content.get_mut("steps").and_then(Value::as_array_mut) {
            steps.retain(|step| step["path"].as_str().is_none_or(|path| adapter.has_step(path)));
        } else {
            content = adapter.adapt(&content);
        }
        files.push((name, content.to_string()));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    Ok(Bundle::from_files(&files)?)
}

/// The committed bundle as it is.
///
/// # Errors
/// When the files are no bundle.
pub fn load_whole_bundle(log: &Log, engine: Engine) -> Result<Bundle> {
    let files: Vec<(&str, String)> =
        log.folder(folder(engine)).map(|(name, content)| (name, content.to_string())).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    Ok(Bundle::from_files(&files)?)
}

/// Version 6 has legacy templates where later ones have composable ones, and wants to be told that there is no type.
fn use_ancestors_forms(step: &mut InstallStep, body: &mut Value, log: &Log) -> Result<()> {
    if let Some(name) = step.path.strip_prefix("/_index_template/") {
        step.path = format!("/_template/{name}?include_type_name=false");
        let component = |of: &str| log.file(&format!("elasticsearch/component-template-{of}.json"));
        let mut settings = component("settings")?["template"]["settings"].clone();
        merge(&mut settings, &body["template"]["settings"]);
        *body = json!({
            "index_patterns": body["index_patterns"],
            "order": body["priority"],
            "version": body["version"],
            "settings": settings,
            "mappings": component("mappings")?["template"]["mappings"],
        });
    }
    Ok(())
}

/// Lays one tree of settings over another, as the engine composes them.
fn merge(under: &mut Value, over: &Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (name, value) in over {
                merge(under.entry(name).or_insert(Value::Null), value);
            }
        }
        (_, Value::Null) => {}
        (under, over) => *under = over.clone(),
    }
}

/// Takes all steps.
///
/// # Errors
/// The first refusal that the step does not call fine.
pub fn install(client: &Client, steps: &[(InstallStep, Value)]) -> Result<Vec<InstallOutcome>> {
    steps.iter().map(|(step, body)| take(client, step, body).with_context(|| step.path.clone())).collect()
}

fn take(client: &Client, step: &InstallStep, body: &Value) -> Result<InstallOutcome> {
    if let Some(skip) = &step.skip_if
        && client.send(&skip.method, &skip.path)?.status == skip.status
    {
        return Ok(InstallOutcome::Skipped);
    }
    let answer = match body {
        Value::Null => client.send(&step.method, &step.path)?,
        body => client.send_json(&step.method, &step.path, body)?,
    };
    if answer.is_success() {
        return Ok(InstallOutcome::Done);
    }
    if step.fine_if.as_ref().is_some_and(|fine| fine.covers(&answer)) {
        return Ok(InstallOutcome::Fine);
    }
    bail!("the engine answered {}: {}", answer.status, answer.reason())
}

impl FineIf {
    fn covers(&self, answer: &Answer) -> bool {
        let kind = answer.body.pointer("/error/type").and_then(Value::as_str);
        answer.status == self.status && self.error.as_deref().is_none_or(|wanted| kind == Some(wanted))
    }
}
