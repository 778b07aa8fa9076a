//! `cargo xtask test`: everything that decides whether a change is good, in the order in which it fails fastest.

use std::process::ExitCode;

use anyhow::Result;

use crate::workspace::{cargo, run as run_command};

/// Run everything that decides whether a change is good: format, lints, freshness, tests, the checks of generated files
/// against published packages, and what is generated on real engines, which are fetched, started and stopped.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Leave out what needs the network, Node.js or Java: the published packages, and the real engines
    #[arg(long)]
    quick: bool,
}

/// Runs the task.
pub fn run(args: &Args) -> Result<ExitCode> {
    run_command(cargo().args(["fmt", "--all", "--check"]))?;
    run_command(cargo().args(["xtask", "regenerate", "--check"]))?;
    run_command(cargo().args(["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"]))?;
    // Without HTTP and TLS, as a program builds it that only spools; elsewhere their feature is on.
    let bare = ["--package", "event-log", "--no-default-features", "--lib"];
    run_command(cargo().arg("clippy").args(bare).args(["--locked", "--", "--deny", "warnings"]))?;
    run_command(cargo().args(["test", "--workspace", "--locked"]))?;
    if args.quick {
        for left_out in [
            "the type check of generated bodies against the engines' npm clients",
            "the comparison of `ecs/` with the published package",
            "what is generated on real engines",
        ] {
            eprintln!("{:>12} {left_out}", "Left out");
        }
        eprintln!("{:>12} everything else passed", "Finished");
        return Ok(ExitCode::SUCCESS);
    }
    run_command(cargo().args(["xtask", "typescript"]))?;
    run_command(cargo().args(["xtask", "ecs", "verify"]))?;
    run_command(cargo().args(["xtask", "live"]))?;
    eprintln!("{:>12} everything passed", "Finished");
    Ok(ExitCode::SUCCESS)
}
