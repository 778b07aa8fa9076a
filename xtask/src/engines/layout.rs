//! Where everything lies: `.engines/<name>/{lib,dist,node,run.json,fetched.xml}`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::catalogue::Engine;

/// Environment variable that names another folder than `.engines/`.
pub const DIRECTORY_VARIABLE: &str = "EVENT_LOG_ENGINES_DIR";

/// The root of this workspace.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the manifest of xtask lies one folder below the workspace root")
}

/// The Maven file with every coordinate.
pub fn pom() -> PathBuf {
    workspace().join("xtask/engines/pom.xml")
}

/// The program that starts `OpenSearch` out of its jars; Java compiles it as it starts.
pub fn opensearch_program() -> PathBuf {
    workspace().join("xtask/engines/OpenSearchNode.java")
}

/// The folder of one engine.
pub fn directory(engine: Engine) -> PathBuf {
    let root = env::var_os(DIRECTORY_VARIABLE).map_or_else(|| workspace().join(".engines"), PathBuf::from);
    root.join(engine.name())
}

/// Jars, for an engine that is fetched as jars.
pub fn jars(engine: Engine) -> PathBuf {
    directory(engine).join("lib")
}

/// What the running node may write: configuration, data, logs, temporary files. Emptied at each start.
pub fn node(engine: Engine) -> PathBuf {
    directory(engine).join("node")
}

/// Record of the process that was started.
pub fn record(engine: Engine) -> PathBuf {
    directory(engine).join("run.json")
}

/// Copy of the engine's part of the POM, written when everything in it has been fetched.
pub fn stamp(engine: Engine) -> PathBuf {
    directory(engine).join("fetched.xml")
}

/// The unpacked distribution: the one folder in `dist/`.
///
/// # Errors
/// When there is none.
pub fn distribution(engine: Engine) -> Result<PathBuf> {
    let parent = directory(engine).join("dist");
    for entry in fs::read_dir(&parent).with_context(|| format!("cannot read `{}`", parent.display()))? {
        let path = entry?.path();
        if path.join("bin/elasticsearch").exists() {
            return Ok(path);
        }
    }
    bail!("no distribution in `{}`: run `cargo xtask engines fetch {}`", parent.display(), engine.name())
}
