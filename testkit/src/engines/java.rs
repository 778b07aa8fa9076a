//! Finding a Java that an engine runs on, among those installed.

use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::catalogue::Engine;
use super::fetch::own_engine_help;

/// Environment variable with a Java home to look at before all others.
const HOME_VARIABLE: &str = "JAVA_HOME";

/// Folders whose children are Java homes, on the systems that people develop on.
const HOMES: [&str; 4] = ["/usr/lib/jvm", "/usr/java", "/opt/java", "/Library/Java/JavaVirtualMachines"];

/// The same, below the home folder of the user.
const USER_HOMES: [&str; 3] = [".sdkman/candidates/java", ".jdks", "Library/Java/JavaVirtualMachines"];

/// The Java that something needs; both ends of the range are included.
#[derive(Clone, Copy, Debug)]
pub struct Requirement {
    /// The oldest major version that works.
    pub oldest: u32,
    /// The newest that works.
    pub newest: u32,
    /// What has to come with it.
    pub kind: Kind,
}

/// What comes with a Java.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Enough to run.
    Runtime,
    /// The compiler too.
    Jdk,
}

impl Requirement {
    fn is_met_by(self, major: u32, home: &Path) -> bool {
        (self.oldest..=self.newest).contains(&major) && (self.kind == Kind::Runtime || home.join("bin/javac").is_file())
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.kind == Kind::Jdk { "a JDK, version " } else { "Java " })?;
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
    let preferred = env::var_os(HOME_VARIABLE).map(PathBuf::from);
    let preferred: Vec<_> = preferred.into_iter().filter_map(with_major).collect();
    let mut installed: Vec<_> = candidates().into_iter().filter_map(with_major).collect();
    installed.sort();
    if let Some((_, home)) = preferred.iter().find(fits).or_else(|| installed.iter().find(fits)) {
        return Ok(home.clone());
    }
    let found: Vec<String> = installed.iter().map(|(major, home)| format!("{major} at `{}`", home.display())).collect();
    let found = if found.is_empty() { "none is installed".to_owned() } else { format!("found {}", found.join(", ")) };
    bail!(
        "{} needs {requirement}; {found}\n  help: install one (https://adoptium.net), or set `{HOME_VARIABLE}` to it{}",
        engine.name(),
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

fn with_major(home: PathBuf) -> Option<(u32, PathBuf)> {
    Some((major(&home)?, home))
}

fn candidates() -> Vec<PathBuf> {
    let user = env::var_os("HOME").map(PathBuf::from);
    let parents = HOMES
        .iter()
        .map(PathBuf::from)
        .chain(user.iter().flat_map(|user| USER_HOMES.iter().map(|below| user.join(below))));
    let mut homes = Vec::new();
    for parent in parents {
        let Ok(entries) = fs::read_dir(parent) else {
            continue;
        };
        for entry in entries.flatten() {
            homes.push(entry.path());
            homes.push(entry.path().join("Contents/Home"));
        }
    }
    homes.extend(env::var_os(HOME_VARIABLE).map(PathBuf::from));
    homes.extend(home_on_path());
    homes
}

/// The home of the `java` on the search path, with links resolved.
fn home_on_path() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let java = env::split_paths(&path).map(|folder| folder.join("java")).find(|java| java.is_file())?;
    Some(fs::canonicalize(java).ok()?.parent()?.parent()?.to_owned())
}

/// The major version of the Java at `home`, from the `release` file that every JDK since 9 carries.
fn major(home: &Path) -> Option<u32> {
    if !home.join("bin/java").is_file() {
        return None;
    }
    parse_major(&fs::read_to_string(home.join("release")).ok()?)
}

fn parse_major(release: &str) -> Option<u32> {
    let version = release.lines().find_map(|line| line.strip_prefix("JAVA_VERSION="))?.trim_matches('"');
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::parse_major;

    #[track_caller]
    fn check(release: &str, expected: Option<u32>) {
        assert_eq!(parse_major(release), expected, "{release}");
    }

    #[test]
    fn major_version_is_read_from_release_file() {
        check("IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"17.0.15\"\nJAVA_VERSION_DATE=\"2025-04-15\"\n", Some(17));
        check("JAVA_VERSION=\"25\"\n", Some(25));
        check("JAVA_VERSION=\"21-ea\"\n", Some(21));
        check("JAVA_VERSION=\"1.8.0_392\"\n", Some(1));
        check("JAVA_RUNTIME_VERSION=\"17\"\n", None);
    }
}
