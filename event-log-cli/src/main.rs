//! The program `event-log`: arguments and exit codes. Each subcommand has its own file.

mod quarantine;

use std::io;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;

/// Exit code of a failure.
const FAILED: u8 = 1;

/// Manage the event log of a service
#[derive(Debug, Parser)]
#[command(name = "event-log", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Quarantine(quarantine::Arguments),
    /// Print the completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Quarantine(arguments) => quarantine::run(&arguments, &mut io::stdout().lock()),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "event-log", &mut io::stdout());
            Ok(0)
        }
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        // The reader of the output has closed it.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("event-log: {error:#}");
            ExitCode::from(FAILED)
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
