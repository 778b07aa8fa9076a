//! `ecs-gen explain`: what a diagnostic's code means.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;
use clap::builder::PossibleValuesParser;
use ecs_gen::diagnostic::{Code, ExampleFile, lesson};

use super::output;

/// Say what the code of a diagnostic means and why it is one, with a wrong and a right example; or list all codes.
#[derive(Args)]
pub struct Explain {
    /// Such as `unknown-field`; all of them when absent
    #[arg(value_parser = PossibleValuesParser::new(Code::ALL.iter().map(|code| code.as_str())), hide_possible_values = true)]
    code: Option<String>,
}

/// Runs the command.
pub fn run(arguments: &Explain) -> ExitCode {
    for code in Code::ALL {
        match arguments.code.as_deref() {
            None => output::print_line(&meaning(*code)),
            Some(wanted) if wanted == code.as_str() => output::print_line(&teach(*code)),
            Some(_) => {}
        }
    }
    ExitCode::SUCCESS
}

fn meaning(code: Code) -> String {
    format!("{}\n   {}", code.as_str(), code.explanation().trim_end())
}

fn teach(code: Code) -> String {
    let mut out = meaning(code);
    if let Some(lesson) = lesson(code) {
        let _ = write!(out, "\n\n   {}\n", lesson.why);
        show(&mut out, "Wrong", &lesson.wrong);
        show(&mut out, "Right", &lesson.right);
    }
    out.trim_end().to_owned()
}

fn show(out: &mut String, verdict: &str, files: &[ExampleFile]) {
    for ExampleFile { name, text } in files {
        let _ = writeln!(out, "\n{verdict}, in {name}:\n");
        for line in text.lines() {
            let _ = writeln!(out, "    {line}");
        }
    }
}
