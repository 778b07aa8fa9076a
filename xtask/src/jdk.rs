//! The Java installations of this machine, for those who run engines and for those who ask whether one can be run.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// Environment variable with a Java home to look at before all others.
pub const HOME_VARIABLE: &str = "JAVA_HOME";

/// Folders whose children are Java homes, on the systems that people develop on.
const HOMES: [&str; 4] = ["/usr/lib/jvm", "/usr/java", "/opt/java", "/Library/Java/JavaVirtualMachines"];

/// The same, below the home folder of the user.
const USER_HOMES: [&str; 3] = [".sdkman/candidates/java", ".jdks", "Library/Java/JavaVirtualMachines"];

/// Major version and home of each, the oldest first.
pub fn installed() -> Vec<(u32, PathBuf)> {
    let mut installed: Vec<_> = candidates().into_iter().filter_map(with_major).collect();
    installed.sort();
    installed
}

/// A home with its major version, when there is a Java in it.
pub fn with_major(home: PathBuf) -> Option<(u32, PathBuf)> {
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
