//! What was put, read back in every form of answer and compared by `ecs_gen::diff` with the log that it was put from:
//! nothing may differ, and no plan may have anything to do. Knows no form and no default.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, Result, bail, ensure};
use ecs_gen::diff::{self, Options, Side};
use serde_json::Value;

use super::engine_gaps::Adapter;
use super::installation::Installed;
use super::installer;
use super::log::Log;
use super::tally::Tally;
use crate::engines::{Client, Engine, Running};

/// Puts each log on an engine and reads it back: those of the workspace, and those with every type and every setting.
pub fn check(running: &Running, tally: &mut Tally) -> Result<()> {
    let mut adapter = Adapter::new(running.release());
    let mut logs = vec![Log::of_every_type()?, Log::of_every_setting()?];
    for name in super::log::COMMITTED {
        logs.push(Log::committed(name)?);
    }
    for log in &logs {
        let installed = Installed::new(running.client(), log, &mut adapter)?;
        let answers = check_log(running.client(), log, &installed, &mut adapter);
        let answers = answers.with_context(|| format!("the log `{}` read back", log.name()))?;
        tally.add("answers that do not differ from what was put", answers);
    }
    Tally::replaced(running.release(), adapter.used());
    Ok(())
}

fn check_log(client: &Client, log: &Log, installed: &Installed<'_>, adapter: &mut Adapter) -> Result<usize> {
    let engine = match adapter.engine().family() {
        Engine::OpenSearch => diff::Engine::OpenSearch,
        Engine::Elasticsearch => diff::Engine::Elasticsearch,
        other => bail!("nothing is generated for {}", other.name()),
    };
    let put = as_put(log, adapter)?;
    let mut paths: Vec<String> = Vec::new();
    for (step, _) in &installed.steps {
        let path = step.path.split('?').next().unwrap_or_default();
        if path.starts_with("/_component_template/") || path.starts_with("/_index_template/") {
            paths.push(path.to_owned());
        }
    }
    for target in installed.targets() {
        paths.extend(["", "/_mapping", "/_settings"].map(|part| format!("/{target}{part}")));
        // Of several indices the one that is written to counts.
        client.send("POST", &format!("/{target}/_rollover"))?.expect("roll over")?;
        paths.extend(["", "/_mapping", "/_settings"].map(|part| format!("/{target}{part}?expand_wildcards=all")));
    }
    let mut count = 0;
    for path in &paths {
        let answer = client.send("GET", path)?.expect(&format!("read `{path}`"))?;
        let held = diff::from_json(path, &answer)?;
        check_same(engine, &held, &put)?;
        check_same(engine, &put, &held)?;
        count += 1;
    }
    ensure!(count > 0, "nothing was read back");
    Ok(count)
}

fn check_same(engine: diff::Engine, old: &Side, new: &Side) -> Result<()> {
    let options = Options { engines: vec![engine], ..Options::default() };
    if let Some(finding) = diff::compare(old, new, &options).first() {
        bail!("`{}` to `{}`: {}: {}", old.label, new.label, finding.spec().id, finding.message);
    }
    let plan = diff::plan(engine, old, new);
    ensure!(plan.steps.is_empty(), "`{}` to `{}` has a plan: {}", old.label, new.label, plan.to_text());
    Ok(())
}

/// The log as a generated folder has it, without what the engine of the tests lacks.
fn as_put(log: &Log, adapter: &mut Adapter) -> Result<Side> {
    let folder = tempfile::tempdir()?;
    let name = installer::folder(adapter.engine());
    let part = folder.path().join(name);
    fs::create_dir(&part)?;
    let files: BTreeMap<&str, &Value> = log.folder(name).collect();
    for (file, content) in files {
        let body = match file {
            // What the lifecycle and the installer do is not put as it is.
            "install.json" | "roles.json" => content.clone(),
            "mappings.json" => adapter.adapt(&serde_json::json!({"mappings": content}))["mappings"].take(),
            _ => adapter.adapt(content),
        };
        fs::write(part.join(file), body.to_string())?;
    }
    Ok(diff::load(folder.path())?)
}
