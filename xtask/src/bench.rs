//! `cargo xtask bench`: the project's benchmarks, one file each.

mod generate;
mod measure;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

/// Run a benchmark.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// CPU time and memory of the generator: both logs, and all of ECS as one log
    Generate(generate::Args),
    /// Runs a command several times and prints what it took; how the other benchmarks measure
    #[command(hide = true)]
    Measure(measure::Args),
}

/// Runs the task.
pub fn run(args: &Args) -> Result<ExitCode> {
    match &args.bench {
        Bench::Generate(args) => generate::run(args),
        Bench::Measure(args) => measure::run(args),
    }
}
