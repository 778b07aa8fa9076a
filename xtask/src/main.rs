//! Tasks of this workspace; nothing here knows what a field is.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod engines;

/// Tasks of this workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Fetch, start and stop the real engines that the tests run against
    Engines(engines::Args),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Engines(args) => engines::run(&args),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
