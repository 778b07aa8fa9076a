//! `cargo xtask test`: everything that decides whether a change is good, in the order in which it fails fastest.

use std::process::ExitCode;

use anyhow::Result;

use crate::live;
use crate::workspace::{cargo, run as run_command};

/// Run everything that decides whether a change is good: format, lints, freshness, tests, the checks of generated files
/// against published packages. With `--engines`, what is generated on real engines too.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Leave out what needs the network: the npm packages that generated files are checked against
    #[arg(long, conflicts_with = "engines")]
    quick: bool,
    /// Go on with everything that `cargo xtask live` runs on real engines; needs Java and Maven
    #[arg(long)]
    engines: bool,
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
        eprintln!("{:>12} engines' npm clients, and the comparison of `ecs/` with the published package", "");
        return Ok(ExitCode::SUCCESS);
    }
    run_command(cargo().args(["xtask", "typescript"]))?;
    run_command(cargo().args(["xtask", "ecs", "verify"]))?;
    if args.engines {
        live::run_all()?;
    } else {
        eprintln!(
            "{:>12} left out: what runs on real engines; `cargo xtask test --engines` goes on with it",
            "Engines"
        );
    }
    eprintln!("{:>12} everything passed", "Finished");
    Ok(ExitCode::SUCCESS)
}
