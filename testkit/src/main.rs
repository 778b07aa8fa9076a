//! The tasks of this workspace that need engines, HTTP or TLS: real engines, the suites on them, benchmarks. `cargo xtask`
//! builds this program when one of its tasks is asked for, so that everything else is built without what they need.

mod bench;
mod engines;
#[path = "../../xtask/src/jdk.rs"]
mod jdk;
mod live;
#[path = "../../xtask/src/workspace.rs"]
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tasks of this workspace that need engines, HTTP or TLS.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    Bench(bench::Args),
    /// Fetch, start and stop the real engines that the tests run against
    Engines(engines::Args),
    Live(live::Args),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Bench(args) => bench::run(&args),
        Task::Engines(args) => engines::run(&args),
        Task::Live(args) => live::run(&args),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
