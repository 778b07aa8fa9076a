//! Which Java an engine runs on, among those installed.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::catalogue::Engine;
use super::fetch::own_engine_help;
use crate::jdk;

/// The Java that something needs; both ends of the range are included.
#[derive(Clone, Copy, Debug)]
pub struct Requirement {
    /// The oldest major version that works.
    pub oldest: u32,
    /// The newest that works.
    pub newest: u32,
    /// What has to come with it.
    pub kind: JavaKind,
}

/// What comes with a Java.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JavaKind {
    /// Enough to run.
    Runtime,
    /// The compiler too.
    Jdk,
}

impl Requirement {
    fn is_met_by(self, major: u32, home: &Path) -> bool {
        (self.oldest..=self.newest).contains(&major)
            && (self.kind == JavaKind::Runtime || home.join("bin/javac").is_file())
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.kind == JavaKind::Jdk { "a JDK, version " } else { "Java " })?;
        match self.newest {
            u32::MAX => write!(f, "{} or newer", self.oldest),
            newest => write!(f, "{} to {newest}", self.oldest),
        }
    }
}

/// The home of a Java for this engine: `JAVA_HOME` when it fits, else the oldest installed one that fits.
///
/// # Errors
/// When none fits; the message lists what was found.
pub fn find_home(engine: Engine) -> Result<PathBuf> {
    let requirement = engine.java();
    let fits = |(major, home): &&(u32, PathBuf)| requirement.is_met_by(*major, home);
    let preferred = env::var_os(jdk::HOME_VARIABLE).map(PathBuf::from);
    let preferred: Vec<_> = preferred.into_iter().filter_map(jdk::with_major).collect();
    let installed = jdk::installed();
    if let Some((_, home)) = preferred.iter().find(fits).or_else(|| installed.iter().find(fits)) {
        return Ok(home.clone());
    }
    let found: Vec<String> = installed.iter().map(|(major, home)| format!("{major} at `{}`", home.display())).collect();
    let found = if found.is_empty() { "none is installed".to_owned() } else { format!("found {}", found.join(", ")) };
    bail!(
        "{} needs {requirement}; {found}\n  help: install one (https://adoptium.net), or set `{}` to it{}",
        engine.name(),
        jdk::HOME_VARIABLE,
        own_engine_help(engine)
    )
}

/// The `java` program of [`find_home`].
///
/// # Errors
/// When no Java fits.
pub fn find_program(engine: Engine) -> Result<PathBuf> {
    Ok(find_home(engine)?.join("bin/java"))
}
