//! Tasks of this workspace; nothing here knows what a field is.

mod ecs;
mod jdk;
mod regenerate;
mod soak;
mod test;
mod testkit;
mod typescript;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tasks of this workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    Regenerate(regenerate::Args),
    Test(test::Args),
    Typescript(typescript::Args),
    /// Run a benchmark
    Bench(testkit::Args),
    /// Compare the committed facts of ECS with the published releases
    Ecs(ecs::Args),
    /// Fetch, start and stop the real engines that the tests run against
    Engines(testkit::Args),
    /// Put what is generated on real engines, and compare what they say with what the project says
    Live(testkit::Args),
    Soak(soak::Args),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Regenerate(args) => regenerate::run(&args),
        Task::Test(args) => test::run(&args),
        Task::Typescript(args) => typescript::run(&args),
        Task::Bench(args) => testkit::run("bench", &args),
        Task::Ecs(args) => ecs::run(&args),
        Task::Engines(args) => testkit::run("engines", &args),
        Task::Live(args) => testkit::run("live", &args),
        Task::Soak(args) => soak::run(&args),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
