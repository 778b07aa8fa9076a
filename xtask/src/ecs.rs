//! `cargo xtask ecs verify`: whether the committed field sets, expanded and selected as the release selects them, are what
//! the published packages list. The one task that needs the network, through the ordinary npm client; the comparison
//! itself is the library's.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, bail};
use clap::Subcommand;
use ecs_gen::diagnostic::Diagnostics;
use ecs_gen::ecs::{releases, verify};
use ecs_gen::source::Sources;

/// The published package.
const PACKAGE: &str = "@elastic/ecs";

/// The versions of the package that publish another version of ECS than their own.
const PUBLISHED_AS: &[(&str, &str)] = &[("8.11.0", "8.11.1")];

/// What to do with the releases of ECS
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Fetch the published package with npm and compare the fields that the committed field sets document with it
    Verify {
        /// The version; every committed one when absent
        version: Option<String>,
    },
}

/// Runs the task; a difference is a failure.
pub fn run(arguments: &Args) -> anyhow::Result<ExitCode> {
    let Task::Verify { version } = &arguments.task;
    let committed = || releases::COMMITTED.iter().map(|(version, _)| (*version).to_owned()).collect();
    let versions: Vec<String> = version.clone().map_or_else(committed, |version| vec![version]);
    let mut all_equal = true;
    for version in &versions {
        all_equal &= verify_version(version)?;
    }
    Ok(if all_equal { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn verify_version(version: &str) -> anyhow::Result<bool> {
    let name = format!("ecs/{version}.yaml");
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(&name);
    let text = std::fs::read_to_string(&committed)
        .with_context(|| format!("no facts of ECS {version} are committed: `{name}` cannot be read"))?;
    let folder = tempfile::tempdir().context("no temporary folder can be made")?;
    let published = PUBLISHED_AS.iter().find(|(ecs, _)| *ecs == version).map_or(version, |(_, package)| package);
    let package = fetch_package(published, folder.path())?;
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    let file = sources.add(name.as_str(), text);
    let Some(differences) = verify(&mut sources, &package, file, &mut diagnostics) else {
        bail!("ECS {version} cannot be compared\n\n{}", diagnostics.render(&sources));
    };
    for difference in &differences {
        println!("{difference}");
    }
    match differences.len() {
        0 => println!("ECS {version}: what `{name}` documents is what {PACKAGE}@{published} has"),
        count => println!("ECS {version}: {count} differences; `-` is committed, `+` is published"),
    }
    Ok(differences.is_empty())
}

/// Lets npm put the package into `folder` and returns its path.
fn fetch_package(version: &str, folder: &Path) -> anyhow::Result<PathBuf> {
    let output = Command::new("npm")
        .args(["pack", "--silent", &format!("{PACKAGE}@{version}")])
        .current_dir(folder)
        .output()
        .context("`npm` cannot be run; install Node.js, or import a package by hand with `ecs-gen import`")?;
    if !output.status.success() {
        bail!("`npm pack {PACKAGE}@{version}` failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let mut entries = std::fs::read_dir(folder).context("the temporary folder cannot be read")?;
    let archive = entries.find_map(|entry| {
        let path = entry.ok()?.path();
        path.extension().is_some_and(|extension| extension == "tgz").then_some(path)
    });
    archive.with_context(|| format!("`npm pack {PACKAGE}@{version}` left no .tgz"))
}
