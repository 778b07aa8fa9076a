//! `ecs-gen completions`: completions for a shell.

use std::process::ExitCode;

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use super::output;

/// Print completions for a shell: `ecs-gen completions bash > /etc/bash_completion.d/ecs-gen`.
#[derive(Args)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

/// Runs the command.
pub fn run(arguments: &Completions, mut command: Command) -> ExitCode {
    // Into memory first: what writes them panics when the reader is gone.
    let mut script = Vec::new();
    generate(arguments.shell, &mut command, "ecs-gen", &mut script);
    output::print(&String::from_utf8_lossy(&script));
    ExitCode::SUCCESS
}
