//! Fetching with Maven, and knowing what has been fetched. Knows no coordinate: the POM does.

use std::fs;
use std::io;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::catalogue::Engine;
use super::layout;
use super::progress::step;

/// Fetches an engine unless what the POM names is already there.
///
/// # Errors
/// When Maven is missing or could not fetch.
pub fn fetch(engine: Engine) -> Result<()> {
    let profile = load_profile(engine)?;
    let about = format!("{} {}", engine.name(), version(&profile));
    if is_fetched(engine, &profile) {
        step("Fresh", &about);
        return Ok(());
    }
    step("Fetching", &format!("{about} from Maven Central"));
    let started = Instant::now();
    let directory = layout::directory(engine);
    if directory.exists() {
        fs::remove_dir_all(&directory).with_context(|| format!("cannot remove `{}`", directory.display()))?;
    }
    run_maven(engine)?;
    fs::write(layout::stamp(engine), profile)?;
    step("Fetched", &format!("{about} in {:.1} s", started.elapsed().as_secs_f64()));
    Ok(())
}

/// The version that the POM asks for, and whether it is there.
///
/// # Errors
/// When the POM has no profile of that name.
pub fn state(engine: Engine) -> Result<(String, FetchState)> {
    let profile = load_profile(engine)?;
    let state = match (layout::stamp(engine).exists(), is_fetched(engine, &profile)) {
        (_, true) => FetchState::Fetched,
        (true, false) => FetchState::Stale,
        (false, false) => FetchState::Absent,
    };
    Ok((version(&profile).to_owned(), state))
}

/// What lies in the folder of an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchState {
    /// What the POM names.
    Fetched,
    /// Something else than what the POM names now.
    Stale,
    /// Nothing.
    Absent,
}

fn is_fetched(engine: Engine, profile: &str) -> bool {
    fs::read_to_string(layout::stamp(engine)).is_ok_and(|stamp| stamp == profile)
}

/// The text of the engine's profile: a change of any coordinate in it changes it.
fn load_profile(engine: Engine) -> Result<String> {
    let path = layout::pom();
    let pom = fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let Some(profile) = parse_profile(&pom, engine.name()) else {
        bail!("`{}` has no profile `{}`", path.display(), engine.name());
    };
    Ok(profile.to_owned())
}

fn parse_profile<'pom>(pom: &'pom str, name: &str) -> Option<&'pom str> {
    let (_, rest) = pom.split_once(&format!("<id>{name}</id>"))?;
    Some(rest.split_once("</profile>")?.0)
}

fn version(profile: &str) -> &str {
    let after = profile.split_once("<version>").map_or("", |(_, rest)| rest);
    after.split_once("</version>").map_or("?", |(version, _)| version)
}

fn run_maven(engine: Engine) -> Result<()> {
    let (goal, folder) = if engine.is_jars() {
        ("dependency:copy-dependencies", "lib")
    } else {
        ("dependency:unpack-dependencies", "dist")
    };
    let output = layout::directory(engine).join(folder);
    fs::create_dir_all(&output).with_context(|| format!("cannot create `{}`", output.display()))?;
    let outcome = Command::new("mvn")
        .args(["--quiet", "--batch-mode", "--file"])
        .arg(layout::pom())
        .args(["--activate-profiles", engine.name(), goal])
        .arg(format!("-DoutputDirectory={}", output.display()))
        // By default the plugin remembers beside the POM what it has unpacked, and would not unpack it again.
        .arg(format!("-DmarkersDirectory={}", output.with_file_name("markers").display()))
        .stdin(Stdio::null())
        .output();
    match outcome {
        Ok(output) if output.status.success() => Ok(()),
        // Maven writes its errors to standard output.
        Ok(output) => bail!(
            "Maven could not fetch {} ({})\n{}\n  \
             help: check the network and the proxy or mirror in `~/.m2/settings.xml`, then run the command again",
            engine.name(),
            output.status,
            String::from_utf8_lossy(&output.stdout).trim_end()
        ),
        Err(error) if error.kind() == io::ErrorKind::NotFound => bail!(
            "`mvn` is not installed, and the engines come from Maven Central\n  \
             help: install Apache Maven 3.6 or newer (`apt install maven`, `brew install maven`){}",
            own_engine_help(engine)
        ),
        Err(error) => Err(error).context("cannot run `mvn`"),
    }
}

/// How to do without the fetched engine, as a line of help.
pub fn own_engine_help(engine: Engine) -> String {
    engine.url_variable().map_or_else(String::new, |variable| {
        format!("\n  help: to use an engine of your own instead, set `{variable}` to its URL")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_engine_has_a_profile_with_a_version() {
        for engine in Engine::ALL {
            let profile = load_profile(engine).unwrap();
            assert!(version(&profile).starts_with(|first: char| first.is_ascii_digit()), "{engine:?}");
        }
    }

    #[test]
    fn profile_ends_before_the_next_one() {
        let pom = "<profile><id>a</id><version>1</version></profile><profile><id>b</id><version>2</version></profile>";
        assert_eq!(version(parse_profile(pom, "a").unwrap()), "1");
        assert_eq!(version(parse_profile(pom, "b").unwrap()), "2");
        assert_eq!(parse_profile(pom, "c"), None);
    }
}
