//! `cargo xtask bench`: the project's benchmarks, one file each, and what they share.

mod chart;
mod generate;
mod log;
mod machine;
mod measure;
mod page;
mod peers;
mod ship;
mod table;

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
    Log(log::Args),
    Ship(ship::Args),
    /// Runs a command several times and prints what it took; how the other benchmarks measure
    #[command(hide = true)]
    Measure(measure::Args),
}

/// Runs the task.
pub fn run(args: &Args) -> Result<ExitCode> {
    match &args.bench {
        Bench::Generate(args) => generate::run(args),
        Bench::Log(args) => log::run(args),
        Bench::Ship(args) => ship::run(args),
        Bench::Measure(args) => measure::run(args),
    }
}

/// A line that says what is being done.
fn progress(what: &str, about: &str) {
    eprintln!("{what:>12} {about}");
}

/// The middle one; of an even count the upper of the two.
fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
