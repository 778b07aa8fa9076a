//! Tasks that are programs of `testkit`: they need HTTP, TLS and more, which nobody who only regenerates should build.
//! Knows their names and nothing of their arguments.

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::workspace::{cargo, root};

/// What `testkit` is called with; it also answers `--help`.
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub struct Args {
    /// Arguments of the task; `--help` lists them
    #[arg(value_name = "ARGUMENT", trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Builds `testkit` when it is not fresh, runs a task of it, and returns what it exits with.
///
/// # Errors
/// When cargo cannot be run.
pub fn run(task: &str, args: &Args) -> Result<ExitCode> {
    let mut command = cargo();
    // In the folder of the caller, whose arguments may be paths.
    command.current_dir(env::current_dir()?).args(["run", "--package", "testkit", "--manifest-path"]);
    command.arg(root().join("Cargo.toml")).args(["--", task]).args(&args.arguments);
    let status = command.status().context("cannot run cargo")?;
    // Without a code it was ended by a signal.
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
