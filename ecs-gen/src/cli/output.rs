//! What the commands print, as text or JSON, and the exit codes. All printing is here: `print!` and `eprint!` panic
//! when the reader is gone.

use std::io::{self, ErrorKind, IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::time::{Duration, Instant};

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

/// Prints to standard output, as it is.
pub fn print(text: &str) {
    if let Err(error) = write_out(text.as_bytes()) {
        print_error(&format!("error: standard output: {error}\n"));
        // What was asked for is not where it should be, and nothing after it would help.
        std::process::exit(1);
    }
}

/// Prints to standard output, with an end of line.
pub fn print_line(text: &str) {
    print(&format!("{text}\n"));
}

/// Prints to standard error, as it is.
pub fn print_error(text: &str) {
    // There is nowhere to say that it failed.
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Writes to standard output. A reader that has seen enough and closed it, such as `head`, is no error: the exit code
/// still says how the command went.
pub fn write_out(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Prints what was found wrong; as JSON, warnings alone wait for the outcome, so that one document is printed.
pub fn print_diagnostics(loader: &Loader, mode: Mode) {
    if !mode.json {
        print_error(&loader.diagnostics.render(&loader.sources));
    } else if loader.diagnostics.has_errors() {
        print_line(&format!("{:#}", loader.diagnostics.to_json(&loader.sources)));
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
                print_line(&format!("{document:#}"));
            } else {
                print_error(&outcome.text);
            }
            if outcome.stale { ExitCode::from(EXIT_STALE) } else { ExitCode::SUCCESS }
        }
        Err(error) => fail(&error, mode),
    }
}

/// Prints an error of the disk.
pub fn fail(error: &io::Error, mode: Mode) -> ExitCode {
    if mode.json {
        print_line(&format!("{:#}", serde_json::json!({ "error": error.to_string() })));
    } else {
        print_error(&format!("error: {error}\n"));
    }
    ExitCode::FAILURE
}

/// A line on the terminal that says how far a command is; nothing where standard error is no terminal.
pub struct Progress {
    is_shown: bool,
    last: Instant,
}

impl Progress {
    /// Nothing is shown yet.
    pub fn new() -> Self {
        Self { is_shown: io::stderr().is_terminal(), last: Instant::now() }
    }

    /// Shows the text now and then; `count` is the number of what was done.
    pub fn tell(&mut self, count: u64, text: impl FnOnce() -> String) {
        /// Looking at the clock costs as much as a small document.
        const STEP: u64 = 1_000;
        if self.is_shown && count.is_multiple_of(STEP) && self.last.elapsed() > Duration::from_millis(200) {
            self.last = Instant::now();
            print_error(&format!("\r{}\x1b[K", text()));
        }
    }

    /// Takes the line away.
    pub fn clear(&self) {
        if self.is_shown {
            print_error("\r\x1b[K");
        }
    }
}
