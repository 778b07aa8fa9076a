//! `cargo xtask test`: everything that decides whether a change is good, in the order in which it fails fastest. Owns the
//! order and what each part runs; which parts can run is `plan`'s, what they cost `usage`'s.

mod plan;
mod tool;
mod usage;

use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};

use self::plan::{Missing, Part, Plan};
use self::tool::Tool;
use self::usage::Usage;
use crate::testkit;
use crate::workspace::{cargo, run as run_command};

/// Run everything that decides whether a change is good: format, lints, freshness, tests, the checks of generated files
/// against published packages, and what is generated on real engines, which are fetched, started and stopped.
///
/// A part that needs a program which is not installed is left out, and the table at the end says which command brings it.
/// With `--all`, or where the variable `CI` is set, that is an error instead.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Leave out what needs the network, Node.js or Java: the published packages, and the real engines
    #[arg(long)]
    quick: bool,
    /// Fail at once where a part would have to be left out
    #[arg(long, conflicts_with = "quick")]
    all: bool,
}

/// The parts, in their order.
const PARTS: &[Part] = &[
    Part { name: "format", needs: &[], is_quick: true, run: format },
    Part { name: "freshness of generated files", needs: &[], is_quick: true, run: freshness },
    Part { name: "lints", needs: &[], is_quick: true, run: lints },
    Part { name: "tests", needs: &[], is_quick: true, run: tests },
    Part { name: "tests against earlier commits", needs: &[Tool::Git], is_quick: true, run: tests_with_git },
    Part { name: "bodies against npm clients", needs: &[Tool::Node, Tool::Npm], is_quick: false, run: typescript },
    Part { name: "`ecs/` against the package", needs: &[Tool::Npm], is_quick: false, run: ecs },
    Part {
        name: "real engines",
        needs: &[Tool::Maven, Tool::Curl, Tool::OlderJdk, Tool::NewerJdk],
        is_quick: false,
        run: engines,
    },
];

/// Runs the task.
pub fn run(args: &Args) -> Result<ExitCode> {
    let missing = if args.all || std::env::var_os("CI").is_some() { Missing::Fails } else { Missing::IsLeftOut };
    let Plan { run, left_out } = plan::plan(PARTS, args.quick, missing, Tool::is_installed)?;
    let mut rows = Vec::new();
    for part in &run {
        let before = Usage::now();
        let outcome = (part.run)();
        rows.push((part.name, Usage::now().since(&before)));
        if let Err(error) = outcome {
            eprint!("\n{}", usage::to_table(&rows));
            return Err(error.context(format!("{} failed", part.name)));
        }
    }
    eprint!("\n{}{}", usage::to_table(&rows), plan::to_table(&left_out));
    let rest = if left_out.is_empty() { "everything" } else { "everything else" };
    eprintln!("{:>12} {rest} passed", "Finished");
    Ok(ExitCode::SUCCESS)
}

fn format() -> Result<()> {
    run_command(cargo().args(["fmt", "--all", "--check"]))
}

fn freshness() -> Result<()> {
    run_command(xtask()?.args(["regenerate", "--check"]))
}

fn lints() -> Result<()> {
    run_command(cargo().args(["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"]))?;
    // Without HTTP and TLS, as a program builds it that only spools; elsewhere their feature is on.
    let bare = ["--package", "event-log", "--no-default-features", "--lib"];
    run_command(cargo().arg("clippy").args(bare).args(["--locked", "--", "--deny", "warnings"]))
}

/// The tests that call `git`.
const WITH_GIT: &str = "diff::against::";

fn tests() -> Result<()> {
    run_command(cargo().args(["test", "--workspace", "--locked", "--", "--skip", WITH_GIT]))
}

fn tests_with_git() -> Result<()> {
    // Of the whole workspace, because a single package would be built anew with fewer features.
    run_command(cargo().args(["test", "--workspace", "--locked", "--quiet", "--test", "it", WITH_GIT]))
}

fn typescript() -> Result<()> {
    run_command(xtask()?.arg("typescript"))
}

fn ecs() -> Result<()> {
    run_command(xtask()?.args(["ecs", "verify"]))
}

fn engines() -> Result<()> {
    run_command(testkit::command()?.arg("live"))
}

/// This program, for another task.
fn xtask() -> Result<Command> {
    Ok(Command::new(std::env::current_exe().context("this program does not know where it is")?))
}
