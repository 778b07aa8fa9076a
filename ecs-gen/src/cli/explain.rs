//! `ecs-gen explain`: what a diagnostic's code means.

use std::process::ExitCode;

use clap::Args;
use clap::builder::PossibleValuesParser;
use ecs_gen::diagnostic::Code;

use super::output;

/// Say what the code of a diagnostic means, or list all codes.
#[derive(Args)]
pub struct Explain {
    /// Such as `unknown-field`; all of them when absent
    #[arg(value_parser = PossibleValuesParser::new(Code::ALL.iter().map(|code| code.as_str())), hide_possible_values = true)]
    code: Option<String>,
}

/// Runs the command.
pub fn run(arguments: &Explain) -> ExitCode {
    for code in Code::ALL {
        if arguments.code.as_deref().is_none_or(|wanted| wanted == code.as_str()) {
            output::print_line(&format!("{}\n   {}", code.as_str(), code.explanation().trim_end()));
        }
    }
    ExitCode::SUCCESS
}
