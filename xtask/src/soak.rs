//! `cargo xtask soak`: the long forms of the proofs that nothing is lost or doubled. Owns the parts and the table of their
//! figures; the proofs are the same tests as in the short forms.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;

use crate::workspace::{cargo, root};

/// Run the long forms of the proofs, with progress, and print a table of their figures
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The parts to run; all when none is named
    #[arg(value_enum, value_name = "PART")]
    parts: Vec<Part>,
    /// Instead of a part's own length: states, seeds, events through each mode, or kills
    #[arg(long, value_name = "N")]
    length: Option<u64>,
}

/// A proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// 1,000,000 states that a crash of the machine can leave the spool in
    Crashes,
    /// 100,000 seeded runs of the shipper on a virtual clock, all faults at once
    Simulation,
    /// 200,000 events through each fault of an engine, over HTTP
    Faults,
    /// 2,000 processes killed with SIGKILL while they log and ship
    Kills,
}

impl Part {
    const fn test(self) -> Test {
        let (target, filter, variable, length) = match self {
            Self::Crashes => (SPOOL, "crash_points::", "EVENT_SPOOL_CRASH_STATES", 1_000_000),
            Self::Simulation => (SHIPPER, "simulation::", "EVENT_LOG_SIM_SEEDS", 100_000),
            Self::Faults => (LOG, "faults::", "EVENT_LOG_CAMPAIGN_EVENTS", 200_000),
            Self::Kills => (LOG, "kill::", "EVENT_LOG_KILLS", 2_000),
        };
        Test { target, filter, variable, length }
    }
}

const SPOOL: &[&str] = &["-p", "event-spool", "--test", "it"];
const LOG: &[&str] = &["-p", "event-log", "--test", "it"];
/// Private parts of the crate are tested inside it.
const SHIPPER: &[&str] = &["-p", "event-log", "--lib"];

/// How a proof is run.
struct Test {
    /// Arguments of `cargo test` that select its target.
    target: &'static [&'static str],
    /// What the names of its tests have in them.
    filter: &'static str,
    /// Sets how long they are.
    variable: &'static str,
    /// How long they are when nothing else is said.
    length: u64,
}

/// What begins a line that goes into the table.
const FIGURES: &str = "figures: ";

struct Row {
    part: Part,
    length: u64,
    time: Duration,
    figures: Vec<String>,
    is_passed: bool,
}

/// Runs the task.
pub fn run(args: &Args) -> Result<ExitCode> {
    let parts = if args.parts.is_empty() { Part::value_variants() } else { &args.parts };
    let rows: Vec<Row> = parts.iter().map(|part| run_part(*part, args.length)).collect::<Result<_>>()?;
    println!();
    for row in &rows {
        let verdict = if row.is_passed { "passed" } else { "FAILED" };
        let name = format!("{:?}", row.part).to_lowercase();
        println!("{name}, length {}: {verdict} in {:.0} s", row.length, row.time.as_secs_f64());
        for line in &row.figures {
            println!("  {line}");
        }
    }
    if rows.iter().any(|row| !row.is_passed) {
        bail!("a promise is broken; the lines above say how to repeat it");
    }
    Ok(ExitCode::SUCCESS)
}

fn run_part(part: Part, length: Option<u64>) -> Result<Row> {
    let Test { target, filter, variable, length: usual } = part.test();
    let length = length.unwrap_or(usual);
    eprintln!("{:>12} {filter} with {variable}={length}", "Soaking");
    let began = Instant::now();
    let mut command: Command = cargo();
    // One test at a time: the figures of one are not to be those of another's load.
    command
        .args(["test", "--release"])
        .args(target)
        .args(["--", "--nocapture", "--test-threads", "1", filter])
        .env(variable, length.to_string())
        .current_dir(root())
        .stdout(Stdio::piped());
    let mut child = command.spawn().context("cannot run cargo")?;
    let mut figures = Vec::new();
    for line in BufReader::new(child.stdout.take().context("it was asked for")?).lines() {
        let line = line?;
        println!("{line}");
        // The harness may have written the name of the test before it.
        if let Some((_, rest)) = line.split_once(FIGURES) {
            figures.push(rest.to_owned());
        }
    }
    let is_passed = child.wait()?.success();
    Ok(Row { part, length, time: began.elapsed(), figures, is_passed })
}
