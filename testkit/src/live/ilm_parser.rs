//! The generated lifecycle policies, read by Elasticsearch 8's own parser and checked by its own `validate()`. The engine
//! of the tests has no lifecycle management, but its jars are to be had. Knows no rule of policies.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use super::log::{self, Log};
use super::tally::Tally;
use crate::engines::{self, Engine};
use crate::workspace;

/// Lifecycles that use what the committed logs do not.
const OTHER_LIFECYCLES: &[&str] = &[
    "lifecycle: {rollover: {max_age: 1d, max_docs: 5, max_primary_shard_size: 50gb, max_primary_shard_docs: 9}}",
    "lifecycle: {rollover: {max_age: 9d, min_age: 1d, min_docs: 5, min_size: 1gb, min_primary_shard_size: 1gb, min_primary_shard_docs: 9}}",
    "lifecycle: {rollover: {max_age: 30d}, keep: 90d, phases: {warm: {after: 7d, forcemerge: {max_num_segments: 1}, readonly: {}}}}",
];

/// Changes to a generated policy that the engine refuses, and a part of its reason: proof that the check can fail.
const BROKEN: &[(&str, &str)] = &[
    ("a misspelt key", "unknown field [max_sizes]"),
    ("a rollover in the warm phase", "invalid action [rollover]"),
    ("an age that is no time", "failed to parse"),
];

/// Checks every committed policy, some more, and that broken ones are refused.
pub fn check(tally: &mut Tally) -> Result<()> {
    engines::fetch(Engine::IlmParser)?;
    let folder = tempfile::tempdir()?;
    let mut good = Vec::new();
    for name in log::COMMITTED {
        good.push(workspace::root().join(format!("generated/{name}/elasticsearch/ilm-policy.json")));
    }
    for (at, lifecycle) in OTHER_LIFECYCLES.iter().enumerate() {
        let log = Log::with_keys("kibana-event-log", &[("lifecycle", lifecycle)])?;
        good.push(write(folder.path(), &format!("other-{at}"), log.file("elasticsearch/ilm-policy.json")?)?);
    }
    for (path, reason) in good.iter().zip(parse(&good)?) {
        ensure!(reason.is_empty(), "Elasticsearch refuses `{}`: {reason}", path.display());
    }
    tally.add("lifecycle policies parsed and validated by Elasticsearch", good.len());
    let log = Log::committed("infra-events")?;
    let policy = log.file("elasticsearch/ilm-policy.json")?;
    let mut bad = Vec::new();
    for at in 0..BROKEN.len() {
        bad.push(write(folder.path(), &format!("broken-{at}"), &broken(policy, at))?);
    }
    for ((what, wanted), reason) in BROKEN.iter().zip(parse(&bad)?) {
        ensure!(reason.contains(wanted), "a policy with {what} was answered: {reason:?}");
    }
    tally.add("broken lifecycle policies refused by Elasticsearch", bad.len());
    Ok(())
}

fn broken(policy: &Value, at: usize) -> Value {
    let mut policy = policy.clone();
    let phases = &mut policy["policy"]["phases"];
    match at {
        0 => phases["hot"]["actions"]["rollover"]["max_sizes"] = json!("20gb"),
        1 => phases["warm"] = phases["hot"].clone(),
        _ => phases["delete"]["min_age"] = json!("3 weeks"),
    }
    policy
}

fn write(folder: &Path, name: &str, policy: &Value) -> Result<PathBuf> {
    let path = folder.join(format!("{name}.json"));
    fs::write(&path, policy.to_string())?;
    Ok(path)
}

/// What the parser says of each file: nothing, or why not.
fn parse(files: &[PathBuf]) -> Result<Vec<String>> {
    let java = engines::find_java(Engine::IlmParser)?;
    let output = Command::new(java)
        .arg("-cp")
        .arg(engines::jars(Engine::IlmParser).join("*"))
        .arg(workspace::root().join("testkit/engines/IlmPolicyCheck.java"))
        .args(files)
        .output()
        .context("cannot run Java")?;
    if !output.status.success() {
        bail!("the parser of lifecycle policies failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let reasons: Vec<String> = String::from_utf8(output.stdout)?.lines().map(str::to_owned).collect();
    ensure!(reasons.len() == files.len(), "{} files, and {} answers: {reasons:?}", files.len(), reasons.len());
    Ok(reasons.into_iter().map(|reason| if reason == "accepted" { String::new() } else { reason }).collect())
}
