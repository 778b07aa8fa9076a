//! `ecs-gen completions`: completions for a shell.

use std::process::ExitCode;

use clap::{Args, Command};
use clap_complete::{Shell, generate};

/// Print completions for a shell: `ecs-gen completions bash > /etc/bash_completion.d/ecs-gen`.
#[derive(Args)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

/// Runs the command.
pub fn run(arguments: &Completions, mut command: Command) -> ExitCode {
    generate(arguments.shell, &mut command, "ecs-gen", &mut std::io::stdout());
    ExitCode::SUCCESS
}
