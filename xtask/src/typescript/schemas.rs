//! The JSON Schemas under a strict validator: of the inputs, by which editors complete them, of the documents of each log,
//! and of those of a log that has every type.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use ecs_gen::emit::{EMITTERS, Emitter};
use ecs_gen::generate::{Request, emit_files, load_models};
use ecs_gen::load::Loader;

use super::{files, generated, packages};
use crate::workspace;

/// The log that has a field of every type.
const EVERY_TYPE: &str = "ecs-gen/tests/it/agreement/every-type/log.yaml";

/// What a strict validator says of all schemas, and how many there are; the text is empty when nothing is wrong.
///
/// # Errors
///
/// When Node.js does not run the check.
pub fn check(packages: &Path, logs: &[String]) -> Result<(String, usize)> {
    let inputs = generated().join("schemas");
    let mut schemas: Vec<PathBuf> = files(&inputs)?.into_keys().map(|name| inputs.join(name)).collect();
    schemas.extend(logs.iter().map(|log| generated().join(log).join("event.schema.json")));
    let folder = tempfile::tempdir()?;
    let every_type = folder.path().join("every-type.schema.json");
    std::fs::write(&every_type, schema_of_every_type()?)?;
    schemas.push(every_type);
    let output = Command::new("node")
        .arg(packages::committed().join("strict.mjs"))
        .args(&schemas)
        .current_dir(packages)
        .output()
        .context("cannot run `node`: is Node.js installed?")?;
    if !output.status.success() {
        bail!("the check of the schemas failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok((String::from_utf8_lossy(&output.stdout).into_owned(), schemas.len()))
}

fn schema_of_every_type() -> Result<Vec<u8>> {
    let mut loader = Loader::default();
    let request = Request { logs: vec![workspace::root().join(EVERY_TYPE)], ..Request::default() };
    let models = load_models(&request, &mut loader);
    let models = models.with_context(|| loader.diagnostics.render(&loader.sources))?;
    let only: Vec<&dyn Emitter> = EMITTERS.iter().copied().filter(|emitter| emitter.name() == "json-schema").collect();
    let emitted = emit_files(&models, &only);
    let (_, bytes) = emitted.iter().next().context("the log of every type has no JSON Schema")?;
    Ok(bytes.to_vec())
}
