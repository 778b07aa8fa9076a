//! Tasks of this workspace; nothing here knows what a field is.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod ecs;

/// Tasks of this workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Compare the committed facts of ECS with the published releases
    Ecs(ecs::Args),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Ecs(args) => ecs::run(&args),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
