//! What the commands print, as text or JSON, and the exit codes.

use std::process::ExitCode;

use ecs_gen::load::Loader;
use ecs_gen::plan::Plan;
use ecs_gen::report::{self, EXIT_STALE};

/// Whether to write, and in which form to print.
#[derive(Clone, Copy)]
pub struct Mode {
    check: bool,
    json: bool,
}

impl Mode {
    /// From the flags of the same names.
    pub fn new(check: bool, json: bool) -> Self {
        Self { check, json }
    }
}

/// Prints what was found wrong; as JSON, warnings alone wait for the outcome, so that one document is printed.
pub fn print_diagnostics(loader: &Loader, mode: Mode) {
    if !mode.json {
        eprint!("{}", loader.diagnostics.render(&loader.sources));
    } else if loader.diagnostics.has_errors() {
        println!("{:#}", loader.diagnostics.to_json(&loader.sources));
    }
}

/// Checks or applies the plan and says what was done.
pub fn carry_out(plan: &Plan, loader: &Loader, mode: Mode) -> ExitCode {
    let carried = if mode.check { Ok(report::check(plan)) } else { report::apply(plan) };
    match carried {
        Ok(outcome) => {
            if mode.json {
                let mut document = loader.diagnostics.to_json(&loader.sources);
                if let (Some(document), serde_json::Value::Object(outcome)) =
                    (document.as_object_mut(), outcome.to_json())
                {
                    document.extend(outcome);
                }
                println!("{document:#}");
            } else {
                eprint!("{}", outcome.text);
            }
            if outcome.stale { ExitCode::from(EXIT_STALE) } else { ExitCode::SUCCESS }
        }
        Err(error) => fail(&error, mode),
    }
}

/// Prints an error of the disk.
pub fn fail(error: &std::io::Error, mode: Mode) -> ExitCode {
    if mode.json {
        println!("{:#}", serde_json::json!({ "error": error.to_string() }));
    } else {
        eprintln!("error: {error}");
    }
    ExitCode::FAILURE
}
