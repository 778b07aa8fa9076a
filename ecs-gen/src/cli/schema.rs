//! `ecs-gen schema`: the JSON Schema of an input grammar, for editors.

use std::process::ExitCode;

use clap::Args;
use clap::builder::PossibleValuesParser;
use ecs_gen::input::GRAMMARS;

use super::output;

/// Print the JSON Schema of an input file, by which an editor completes and checks it.
///
/// Save it, and name it in the first line of the input: `# yaml-language-server: $schema=log.schema.json`.
#[derive(Args)]
pub struct Schema {
    /// Which input
    #[arg(value_parser = PossibleValuesParser::new(GRAMMARS.iter().map(|(name, _)| *name)))]
    grammar: String,
}

/// Runs the command.
pub fn run(arguments: &Schema) -> ExitCode {
    for (name, schema) in GRAMMARS {
        if *name == arguments.grammar {
            output::print_line(&format!("{:#}", schema()));
        }
    }
    ExitCode::SUCCESS
}
