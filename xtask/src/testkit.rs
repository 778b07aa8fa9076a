//! Tasks that are programs of `testkit`: they need HTTP, TLS and more, which nobody who only regenerates should build.
//! Knows their names and nothing of their arguments.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};

use crate::workspace::{self, cargo};

/// What `testkit` is called with; it also answers `--help`.
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub struct Args {
    /// Arguments of the task; `--help` lists them
    #[arg(value_name = "ARGUMENT", trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Runs a task of `testkit`, and returns what it exits with.
///
/// # Errors
/// When it cannot be built or started.
pub fn run(task: &str, args: &Args) -> Result<ExitCode> {
    // In the folder of the caller, whose arguments may be paths.
    let status = command()?.arg(task).args(&args.arguments).status().context("cannot run `testkit`")?;
    // Without a code it was ended by a signal.
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// `testkit`, built when it is not fresh.
///
/// # Errors
/// When it cannot be built.
pub fn command() -> Result<Command> {
    // With an example, cargo builds for the whole workspace what the tests are built of; alone, `testkit` would have its
    // dependencies with fewer features, for a second time. The example is one that `testkit` starts.
    workspace::run(cargo().args(["build", "--workspace", "--bin", "testkit", "--example", "pump"]))?;
    Ok(Command::new(workspace::target_folder().join("debug/testkit")))
}
