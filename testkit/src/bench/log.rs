//! `cargo xtask bench log`: what one call costs the caller, beside front ends of other projects, in the same run.

mod front_end;
mod report;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, ensure};
use clap::builder::PossibleValuesParser;
use serde::Serialize;

pub use front_end::FRONT_ENDS;
use front_end::{EventCounter, FrontEnd};

use super::measure::measure;
use super::peers::{PeerBuilder, Ready};
use super::{machine, page, progress};
use crate::workspace;

/// Calls before those that are timed: files are open, pages touched, code compiled.
const WARM_UP: u32 = 100_000;
/// Calls before the process kills itself.
const BEFORE_KILL: u32 = 100_000;
/// Time from the beginning of one call to that of the next.
const PACE_NS: u32 = 5_000;

/// Measure what one call costs, beside front ends of other projects
///
/// Every program makes the same calls: an event of about ten fields and 300 bytes, each call timed by itself, so that each
/// figure has one reading of the clock in it. `burst` is call after call, `paced` 5 µs from one to the next. CPU time and
/// memory are those of the whole process in the burst of one thread. Then each program makes 100,000 calls and kills itself
/// with SIGKILL, and what is found on disk is counted. Runs are interleaved: each program once, then each again.
///
/// Ours is the whole way: merge, check, id, JSON, checksum, record in the spool. Chronicle Queue appends ready bytes.
///
/// A peer is fetched by its own client (cargo, go, npm, Maven) into `target/bench` when it takes part; with
/// `--only ours` nothing is fetched. One that cannot be had is a row that says why.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Runs; the median of each figure counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Calls of each thread in a burst
    #[arg(long, default_value_t = 500_000, value_parser = clap::value_parser!(u32).range(1000..))]
    calls: u32,
    /// Calls of each thread when they are paced
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1000..))]
    paced: u32,
    /// Only this one; may be given several times
    #[arg(long, value_name = "PEER", value_parser = PossibleValuesParser::new(FRONT_ENDS.map(|peer| peer.name)))]
    only: Vec<String>,
    /// Folder to write to, on the disk that is to be measured; `target/bench` if not given
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Print everything that was measured as JSON, and no table
    #[arg(long)]
    json: bool,
    /// Write table and picture into `docs/`
    #[arg(long)]
    write: bool,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask bench log --only ours --runs 1
  cargo xtask bench log --only ours --only chronicle-queue
  cargo xtask bench log --runs 5 --write";

/// What the calls of one scenario took, in nanoseconds.
#[derive(Clone, Debug, Serialize)]
struct Latency {
    p50: f64,
    p99: f64,
    p999: f64,
    max: f64,
}

/// One run of one front end.
#[derive(Clone, Debug, Serialize)]
struct Run {
    /// By scenario.
    latency: BTreeMap<&'static str, Latency>,
    cpu_seconds_per_million: f64,
    peak_mib: f64,
    /// Events in the file when the program had ended, as a share of the calls.
    kept_at_end: f64,
    /// The same when it was killed.
    kept_after_kill: f64,
}

/// One front end.
#[derive(Debug, Serialize)]
struct Row {
    name: &'static str,
    title: String,
    #[serde(skip)]
    is_ours: bool,
    /// Why there are no runs.
    left_out: Option<String>,
    runs: Vec<Run>,
}

struct Scenario {
    name: &'static str,
    threads: u32,
    is_paced: bool,
}

/// The first one is also measured for CPU time and memory.
const SCENARIOS: [Scenario; 4] = [
    Scenario { name: "burst, 1 thread", threads: 1, is_paced: false },
    Scenario { name: "burst, 2 threads", threads: 2, is_paced: false },
    Scenario { name: "paced, 1 thread", threads: 1, is_paced: true },
    Scenario { name: "paced, 2 threads", threads: 2, is_paced: true },
];

/// Runs the benchmark.
pub fn run(args: &Args) -> Result<ExitCode> {
    let load = machine::load();
    let mut peers = PeerBuilder::default();
    let asked = |peer: &&FrontEnd| args.only.is_empty() || args.only.iter().any(|name| name == peer.name);
    let mut contestants = Vec::new();
    for peer in FRONT_ENDS.iter().filter(asked) {
        let ready = peers.build(peer.toolchain);
        let row = Row {
            name: peer.name,
            title: peer.title(ready.as_ref().ok()),
            is_ours: peer.name == "ours",
            left_out: ready.as_ref().err().cloned(),
            runs: Vec::new(),
        };
        contestants.push((peer, ready.ok(), row));
    }
    let parent = args.folder.clone().unwrap_or_else(|| workspace::target_folder().join("bench"));
    fs::create_dir_all(&parent).with_context(|| parent.display().to_string())?;
    for number in 1..=args.runs {
        for (peer, ready, row) in &mut contestants {
            let (Some(ready), None) = (ready.as_ref(), &row.left_out) else { continue };
            progress("Measuring", &format!("{}, run {number} of {}", peer.name, args.runs));
            match measure_once(args, peer, ready, &parent) {
                Ok(run) => row.runs.push(run),
                Err(error) => row.left_out = Some(format!("{error:#}").replace('\n', "; ")),
            }
        }
    }
    let rows: Vec<Row> = contestants.into_iter().map(|(_, _, row)| row).collect();
    if args.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        println!("{}", report::to_markdown(&rows, args.runs, &load));
    }
    if args.write {
        let table = report::to_markdown(&rows, args.runs, &load);
        page::write_part("log", &format!("![p50 and p99 of one call](benchmarks/log.svg)\n\n{table}"))?;
        page::write_picture("log.svg", &report::to_chart(&rows).to_svg())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn measure_once(args: &Args, peer: &FrontEnd, ready: &Ready, parent: &Path) -> Result<Run> {
    let mut run = Run {
        latency: BTreeMap::new(),
        cpu_seconds_per_million: 0.0,
        peak_mib: 0.0,
        kept_at_end: 0.0,
        kept_after_kill: 0.0,
    };
    for scenario in SCENARIOS.iter().filter(|scenario| scenario.threads <= peer.threads) {
        let folder = tempfile::tempdir_in(parent)?;
        let (calls, pace) = if scenario.is_paced { (args.paced, PACE_NS) } else { (args.calls, 0) };
        let command = command(peer, ready, folder.path(), &[calls, WARM_UP, pace, scenario.threads]);
        let figures = measure(1, &command)?;
        let printed = figures.json()?;
        let figure = |name: &str| printed[name].as_f64().with_context(|| format!("`{printed}` lacks `{name}`"));
        let latency = Latency { p50: figure("p50")?, p99: figure("p99")?, p999: figure("p999")?, max: figure("max")? };
        run.latency.insert(scenario.name, latency);
        if scenario.name == SCENARIOS[0].name {
            let events = f64::from(calls + WARM_UP);
            run.cpu_seconds_per_million = figures.median_ms() * 1000.0 / events;
            run.peak_mib = figures.peak_mib;
            run.kept_at_end = count(peer, ready, folder.path())? / events;
        }
    }
    run.kept_after_kill = count_after_kill(peer, ready, parent)?;
    Ok(run)
}

fn command(peer: &FrontEnd, ready: &Ready, folder: &Path, numbers: &[u32]) -> Vec<String> {
    let mut command = ready.words.clone();
    command.extend([peer.argument.to_owned(), folder.display().to_string()]);
    command.extend(numbers.iter().map(u32::to_string));
    command
}

fn count_after_kill(peer: &FrontEnd, ready: &Ready, parent: &Path) -> Result<f64> {
    let folder = tempfile::tempdir_in(parent)?;
    let command = command(peer, ready, folder.path(), &[BEFORE_KILL, 0, 0, 1]);
    let output = Command::new(&command[0]).args(&command[1..]).arg("kill").stdin(Stdio::null()).output()?;
    ensure!(output.status.code().is_none(), "`{}` was to be killed: {}", peer.name, output.status);
    Ok(count(peer, ready, folder.path())? / f64::from(BEFORE_KILL))
}

/// How many events are on disk.
#[allow(clippy::cast_precision_loss, reason = "a benchmark writes far fewer than 2^52 events")]
fn count(peer: &FrontEnd, ready: &Ready, folder: &Path) -> Result<f64> {
    match peer.kept {
        EventCounter::Lines => {
            let bytes = fs::read(folder.join("events.json"))?;
            let lines = bytes.split_inclusive(|&byte| byte == b'\n');
            // Anything else is a report of the front end, or a line without its end.
            let is_event =
                |line: &[u8]| line.ends_with(b"\n") && line.windows(15).any(|part| part == b"action executed");
            Ok(lines.filter(|line| is_event(line)).count() as f64)
        }
        EventCounter::Counted { argument } => {
            let output = Command::new(&ready.words[0]).args(&ready.words[1..]).arg(argument).arg(folder).output()?;
            let printed = String::from_utf8_lossy(&output.stdout);
            printed.trim().parse().with_context(|| {
                format!("`{}` cannot count: {}", peer.name, String::from_utf8_lossy(&output.stderr).trim_end())
            })
        }
    }
}
