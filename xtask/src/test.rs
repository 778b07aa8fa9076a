//! `cargo xtask test`: everything that decides whether a change is good, in the order in which it fails fastest.

use std::process::ExitCode;

use anyhow::Result;

use crate::live;
use crate::workspace::{cargo, run as run_command};

/// Run everything that decides whether a change is good: format, lints, freshness, tests, the checks of generated files
/// against published packages, and what is generated on real engines.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Leave out what needs the network or an engine
    #[arg(long)]
    quick: bool,
}

/// Runs the task.
pub fn run(args: &Args) -> Result<ExitCode> {
    run_command(cargo().args(["fmt", "--all", "--check"]))?;
    run_command(cargo().args(["xtask", "regenerate", "--check"]))?;
    run_command(cargo().args(["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"]))?;
    run_command(cargo().args(["test", "--workspace", "--locked"]))?;
    if args.quick {
        eprintln!(
            "{:>12} left out, because they need the network: the type check of generated bodies against the",
            "Quick"
        );
        eprintln!(
            "{:>12} engines' npm clients, and the comparison of `ecs/` with the published package; and because",
            ""
        );
        eprintln!("{:>12} they need Java and engines: everything that `cargo xtask live` runs", "");
        return Ok(ExitCode::SUCCESS);
    }
    run_command(cargo().args(["xtask", "typescript"]))?;
    run_command(cargo().args(["xtask", "ecs", "verify"]))?;
    live::run_all()?;
    eprintln!("{:>12} everything passed", "Finished");
    Ok(ExitCode::SUCCESS)
}
