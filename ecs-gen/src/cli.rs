//! The commands, one file each. Exit codes: 0 fine, 1 an error, 2 wrong arguments, 3 stale files,
//! refused documents, or a change that `diff` is to fail on.

mod audit;
mod completions;
mod diff;
mod explain;
mod generate;
mod import;
mod infer;
mod output;
mod schema;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

/// Declare an event log once, in YAML; get strict mappings, templates, lifecycle policies and typed Rust.
#[derive(Parser)]
#[command(name = "ecs-gen", version, propagate_version = true, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Generate(generate::Generate),
    Audit(audit::Arguments),
    Diff(diff::Diff),
    Import(import::Import),
    Infer(infer::Arguments),
    Schema(schema::Schema),
    Explain(explain::Explain),
    Completions(completions::Completions),
}

/// Parses the arguments and runs the command.
pub fn run() -> ExitCode {
    match Cli::parse().command {
        Command::Generate(arguments) => generate::run(arguments),
        Command::Audit(arguments) => audit::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Infer(arguments) => infer::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments, Cli::command()),
    }
}
