//! The npm packages that judge: installed from the committed lock into the folder that cargo builds into, and again only
//! when the lock changes. Their install scripts never run.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::workspace;

/// What the packages are installed from, and what says that they are.
const MANIFEST: &str = "package.json";
const LOCK: &str = "package-lock.json";
const INSTALLED: &str = "installed-lock.json";

/// Name and version of an installed package.
#[derive(Debug, Deserialize)]
pub struct Package {
    name: String,
    version: String,
}

impl std::fmt::Display for Package {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}", self.name, self.version)
    }
}

/// The folder with what is committed for this check.
pub fn committed() -> PathBuf {
    workspace::root().join("xtask/typescript")
}

/// Installs the packages if they are not; gives the folder that `node_modules/` stands in.
///
/// # Errors
///
/// When Node.js or npm is not there, or npm cannot install.
pub fn install() -> Result<PathBuf> {
    let folder = workspace::target_folder().join("typescript");
    let lock = read(&committed().join(LOCK))?;
    let installed = std::fs::read_to_string(folder.join(INSTALLED));
    if installed.is_ok_and(|installed| installed == lock) {
        return Ok(folder);
    }
    require("node")?;
    require("npm")?;
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    for name in [MANIFEST, LOCK] {
        std::fs::write(folder.join(name), read(&committed().join(name))?)?;
    }
    // The newest clients want a newer Node.js to run, which they are not.
    let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--engine-strict=false", "--loglevel=error"];
    workspace::run(Command::new("npm").args(arguments).current_dir(&folder))?;
    // Written last: an installation that broke off is begun again.
    std::fs::write(folder.join(INSTALLED), lock)?;
    Ok(folder)
}

/// What is installed under a name in `node_modules/`.
///
/// # Errors
///
/// When it is not installed.
pub fn installed(folder: &Path, name: &str) -> Result<Package> {
    let path = folder.join("node_modules").join(name).join(MANIFEST);
    serde_json::from_str(&read(&path)?).with_context(|| path.display().to_string())
}

fn require(program: &str) -> Result<()> {
    match Command::new(program).arg("--version").output() {
        Ok(output) if output.status.success() => Ok(()),
        _ => bail!(
            "`{program}` does not run: generated files are checked with TypeScript, which needs Node.js and npm; \
             `cargo xtask test --quick` leaves that out"
        ),
    }
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| path.display().to_string())
}
