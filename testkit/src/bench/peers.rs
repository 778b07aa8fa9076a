//! Builds the programs that a benchmark compares the project with. Everything that is fetched comes through the ordinary client of
//! its registry, into `target/bench`, and nothing is installed on the system. A peer that cannot be built is skipped with a
//! reason, and is not a failure.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::progress;
use crate::workspace::{self, cargo};

/// How a peer is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Toolchain {
    /// An example of this workspace.
    Example(&'static str),
    /// The fake engine of this workspace, as a program.
    FakeEngine,
    /// Cargo, in a separate workspace.
    Cargo,
    /// Go: one of the two programs.
    Go(&'static str),
    Node,
    Java,
    /// Debian's packages of rsyslog, unpacked and not installed.
    Rsyslog,
}

/// A program that is ready to run: its command so far, and what it runs on.
#[derive(Clone, Debug)]
pub struct Ready {
    /// Program and first arguments.
    pub words: Vec<String>,
    /// Such as `go1.26.8`.
    pub runs_on: String,
}

/// Builds peers, each at most once per run; keeps the reason if that fails.
#[derive(Default)]
pub struct PeerBuilder {
    built: BTreeMap<Toolchain, Result<Ready, String>>,
}

impl PeerBuilder {
    /// Builds a program unless this run has built it; the error is the reason in one line.
    pub fn build(&mut self, toolchain: Toolchain) -> Result<Ready, String> {
        let make = || make(toolchain).map_err(|error| format!("{error:#}").lines().collect::<Vec<_>>().join("; "));
        self.built.entry(toolchain).or_insert_with(make).clone()
    }
}

fn make(toolchain: Toolchain) -> Result<Ready> {
    match toolchain {
        Toolchain::Example(name) => {
            workspace::run(cargo().args(["build", "--profile", "measured", "-p", "event-log", "--example", name]))?;
            Ok(ready(workspace::target_folder().join("measured/examples").join(name), "Rust"))
        }
        Toolchain::FakeEngine => {
            workspace::run(cargo().args(["build", "--profile", "measured", "-p", "fake-engine"]))?;
            Ok(ready(workspace::target_folder().join("measured/fake-engine"), "Rust"))
        }
        Toolchain::Cargo => make_rust(),
        Toolchain::Go(name) => make_go(name),
        Toolchain::Node => make_node(),
        Toolchain::Java => make_java(),
        Toolchain::Rsyslog => make_rsyslog(),
    }
}

fn ready(program: impl AsRef<Path>, runs_on: &str) -> Ready {
    Ready { words: vec![shown(program)], runs_on: runs_on.to_owned() }
}

fn shown(path: impl AsRef<Path>) -> String {
    path.as_ref().display().to_string()
}

/// Where a peer's sources are.
pub fn sources(name: &str) -> PathBuf {
    workspace::root().join("testkit/bench/peers").join(name)
}

fn workplace(name: &str) -> Result<PathBuf> {
    let folder = workspace::target_folder().join("bench").join(name);
    fs::create_dir_all(&folder).with_context(|| shown(&folder))?;
    // Programs are started from elsewhere.
    folder.canonicalize().with_context(|| shown(&folder))
}

fn make_rust() -> Result<Ready> {
    let folder = workplace("rust")?;
    let manifest = shown(sources("rust").join("Cargo.toml"));
    let arguments = ["build", "--quiet", "--locked", "--release", "--manifest-path", &manifest, "--target-dir"];
    step(cargo().args(arguments).arg(&folder))?;
    Ok(ready(folder.join("release/bench-peers"), "Rust"))
}

fn make_go(name: &str) -> Result<Ready> {
    let program = workplace("go")?.join(name);
    let package = format!("./{name}");
    step(
        Command::new("go").args(["build", "-mod=readonly", "-o"]).arg(&program).arg(package).current_dir(sources("go")),
    )?;
    Ok(ready(program, &said(Command::new("go").args(["env", "GOVERSION"]))?))
}

fn make_node() -> Result<Ready> {
    let folder = workplace("node")?;
    for file in ["package.json", "package-lock.json", "log.js"] {
        fs::copy(sources("node").join(file), folder.join(file)).with_context(|| file.to_owned())?;
    }
    let lock = sources("node").join("package-lock.json");
    fetch_once(
        &lock,
        &folder.join("fetched"),
        Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder),
    )?;
    let runs_on = format!("Node.js {}", said(Command::new("node").arg("--version"))?);
    Ok(Ready { words: vec!["node".to_owned(), shown(folder.join("log.js"))], runs_on })
}

/// What Chronicle Queue asks for on Java 17, in its own documentation.
const JAVA_OPTIONS: &[&str] = &[
    "-Xms512m",
    "-Xmx512m",
    "-Dchronicle.analytics.disable=true",
    "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
    "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-exports=jdk.unsupported/sun.misc=ALL-UNNAMED",
    "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
    "--add-opens=jdk.compiler/com.sun.tools.javac=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/java.util=ALL-UNNAMED",
];

fn make_java() -> Result<Ready> {
    let folder = workplace("java")?;
    let (jars, classes) = (folder.join("lib"), folder.join("classes"));
    let pom = sources("java").join("pom.xml");
    fetch_once(
        &pom,
        &folder.join("fetched"),
        Command::new("mvn")
            .args(["--quiet", "--batch-mode", "--file"])
            .arg(&pom)
            .arg("dependency:copy-dependencies")
            .arg(format!("-DoutputDirectory={}", jars.display())),
    )?;
    let path = format!("{}/*", jars.display());
    step(Command::new("javac").args(["-cp", &path, "-d"]).arg(&classes).arg(sources("java").join("Peer.java")))?;
    let version = said(Command::new("java").arg("--version"))?;
    let mut words = vec!["java".to_owned()];
    words.extend(JAVA_OPTIONS.iter().map(|&option| option.to_owned()));
    words.extend(["-cp".to_owned(), format!("{}:{path}", classes.display()), "Peer".to_owned()]);
    Ok(Ready { words, runs_on: format!("Java {}", version.split(' ').nth(1).unwrap_or("?")) })
}

/// What the program needs and most systems lack.
const DEBIAN: &[&str] = &["rsyslog", "rsyslog-elasticsearch", "libestr0", "libfastjson4", "liblognorm5"];

fn make_rsyslog() -> Result<Ready> {
    let folder = workplace("rsyslog")?;
    let root = folder.join("root");
    let program = root.join("usr/sbin/rsyslogd");
    if !program.exists() {
        step(Command::new("apt-get").arg("download").args(DEBIAN).current_dir(&folder))?;
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|end| end == "deb") {
                step(Command::new("dpkg-deb").arg("--extract").arg(&path).arg(&root))?;
            }
        }
    }
    let libraries = root.join("usr/lib/x86_64-linux-gnu");
    let words = vec![
        "env".to_owned(),
        format!("LD_LIBRARY_PATH={}", libraries.display()),
        shown(program),
        "-M".to_owned(),
        shown(libraries.join("rsyslog")),
    ];
    let said = said(Command::new(&words[0]).args(&words[1..]).arg("-v"))?;
    let version = said.split_whitespace().nth(1).unwrap_or("?").to_owned();
    Ok(Ready { words, runs_on: version })
}

/// Runs the client of a registry, unless `stamp` says that it has fetched what this manifest names.
fn fetch_once(manifest: &Path, stamp: &Path, command: &mut Command) -> Result<()> {
    let wanted = fs::read(manifest).with_context(|| shown(manifest))?;
    if fs::read(stamp).is_ok_and(|fetched| fetched == wanted) {
        return Ok(());
    }
    step(command)?;
    fs::write(stamp, wanted).with_context(|| shown(stamp))
}

/// Runs a step in silence; its last words are the error.
fn step(command: &mut Command) -> Result<()> {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let first = command.get_args().next().unwrap_or_default().to_string_lossy().into_owned();
    progress("Preparing", &format!("{program} {first}"));
    let output = match command.output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => bail!("no `{program}`"),
        output => output.with_context(|| format!("cannot run `{program}`"))?,
    };
    if !output.status.success() {
        let words = [output.stderr, output.stdout].concat();
        let words = String::from_utf8_lossy(&words);
        bail!("`{program} {first}`: {}", words.lines().find(|line| !line.trim().is_empty()).unwrap_or("failed"));
    }
    Ok(())
}

fn said(command: &mut Command) -> Result<String> {
    let output = command.output()?;
    Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or("?").trim().to_owned())
}

/// The first version after a name in a manifest or lock file.
pub fn version(file: &str, name: &str) -> String {
    let text = fs::read_to_string(workspace::root().join("testkit/bench/peers").join(file)).unwrap_or_default();
    version_behind(&text, name).unwrap_or("?").to_owned()
}

fn version_behind<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(name)?;
    let rest = &rest[rest.find(|letter: char| letter.is_ascii_digit())?..];
    let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && !".+-".contains(letter));
    Some(&rest[..end.unwrap_or(rest.len())])
}

#[cfg(test)]
mod tests {
    use super::{version, version_behind};

    #[test]
    fn versions_are_read_from_every_manifest() {
        let cases = [
            ("name = \"slog-async\"\nversion = \"2.8.0\"\n", "\"slog-async\"", "2.8.0"),
            ("\tgo.uber.org/zap v1.28.0\n", "uber.org/zap ", "1.28.0"),
            ("\"pino\": \"10.4.0\"", "\"pino\"", "10.4.0"),
            ("<artifactId>queue</artifactId>\n <version>2026.4</version>", "queue</artifactId>", "2026.4"),
        ];
        for (text, name, expected) in cases {
            assert_eq!(version_behind(text, name), Some(expected), "{text}");
        }
        assert_eq!(version_behind("nothing", "queue"), None);
    }

    #[test]
    fn every_peer_of_the_call_has_a_version() {
        for front_end in super::super::log::FRONT_ENDS {
            if let Some((file, name)) = front_end.version {
                assert_ne!(version(file, name), "?", "{}", front_end.name);
            }
        }
    }
}
