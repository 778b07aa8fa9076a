//! Where everything lies: `.engines/<name>/{lib,dist,node,run.json,fetched.xml}`.
//!
//! Root runs some engines under an unprivileged account. When that account cannot enter the workspace, which is usual
//! below `/root`, everything lies in a folder of `/var/tmp` that is named after the workspace instead.

use std::env;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};

use super::account::is_root;
use super::catalogue::Engine;
use crate::workspace::root;

/// Environment variable that names another folder than `.engines/`.
pub const DIRECTORY_VARIABLE: &str = "EVENT_LOG_ENGINES_DIR";

/// The Maven file with every coordinate.
pub fn pom() -> PathBuf {
    root().join("testkit/engines/pom.xml")
}

/// The program that starts `OpenSearch` out of its jars; Java compiles it as it starts.
pub fn opensearch_program() -> PathBuf {
    root().join("testkit/engines/OpenSearchNode.java")
}

/// The folder of one engine.
pub fn directory(engine: Engine) -> PathBuf {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    let engines = ROOT.get_or_init(|| match env::var_os(DIRECTORY_VARIABLE) {
        Some(named) => PathBuf::from(named),
        None if is_root().unwrap_or(false) && !can_be_entered_by_others(root()) => outside(root()),
        None => root().join(".engines"),
    });
    engines.join(engine.name())
}

/// Whether every folder on the way has the permission to pass for accounts that neither own it nor are of its group.
fn can_be_entered_by_others(folder: &Path) -> bool {
    const PASS_FOR_OTHERS: u32 = 0o001;
    folder.ancestors().all(|on_the_way| fs::metadata(on_the_way).is_ok_and(|found| found.mode() & PASS_FOR_OTHERS != 0))
}

/// A folder that outlives a restart and that everybody may enter; checkouts do not share it.
fn outside(workspace: &Path) -> PathBuf {
    let name = workspace.to_string_lossy().replace('/', "-");
    Path::new("/var/tmp/event-log-engines").join(name.trim_start_matches('-'))
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

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_closed_folder_on_the_way_keeps_others_out() {
        let folder = tempfile::tempdir().unwrap();
        let closed = folder.path().join("closed");
        let inner = closed.join("inner");
        fs::create_dir_all(&inner).unwrap();
        for (mode, expected) in [(0o755, true), (0o700, false)] {
            fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
            fs::set_permissions(&closed, PermissionsExt::from_mode(mode)).unwrap();
            let is_open_above = can_be_entered_by_others(folder.path());
            assert_eq!(can_be_entered_by_others(&inner), expected && is_open_above, "{mode:o}");
        }
    }

    #[test]
    fn checkouts_do_not_share_a_folder_outside() {
        assert_eq!(outside(Path::new("/srv/one")), Path::new("/var/tmp/event-log-engines/srv-one"));
        assert_ne!(outside(Path::new("/srv/one")), outside(Path::new("/srv/two")));
    }
}
