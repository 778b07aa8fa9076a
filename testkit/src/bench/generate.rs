//! CPU time and memory of the generator as a whole process, from reading the inputs to files that were found fresh or
//! written: both shipped logs, all of ECS as one log, and every place that its schemas allow.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use super::measure::{Figures, measure};
use crate::workspace::{self, cargo};

/// All of ECS as one log, in the ECS release that the shipped logs use.
const ALL_ECS: &str = "testkit/bench/all-ecs.yaml";

/// The same with the places that the release hides.
const ALL_PLACES: &str = "testkit/bench/all-places.yaml";

/// How to measure.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Runs of each case; the median counts
    #[arg(long, default_value_t = 21)]
    runs: u32,
}

/// Runs the benchmark and prints a table.
pub fn run(args: &Args) -> Result<ExitCode> {
    workspace::run(cargo().args(["build", "--release", "--package", "ecs-gen"]))?;
    let root = workspace::root();
    let program = workspace::target_folder().join("release/ecs-gen").display().to_string();
    let folder = tempfile::tempdir()?;
    let out = folder.path();
    let logs: Vec<String> = workspace::logs()?.iter().map(|log| log.display().to_string()).collect();
    let one = |log: &str| vec![root.join(log).display().to_string()];
    let (all_ecs, all_places) = (one(ALL_ECS), one(ALL_PLACES));

    println!("| generate, all outputs and Rust | CPU ms, median | min | max | peak MiB |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    let cases =
        [("both shipped logs", logs), ("all of ECS as one log", all_ecs), ("all places of ECS as one log", all_places)];
    for (name, logs) in cases {
        for (kind, again) in [("written", false), ("checked", true)] {
            let command = command(&program, &logs, out, again);
            let figures =
                if again { measure(args.runs, &command)? } else { measure_written(args.runs, &command, out)? };
            print_row(&format!("{name}, {kind}"), &figures);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn command(program: &str, logs: &[String], out: &Path, check: bool) -> Vec<String> {
    let folder = |name: &str| out.join(name).display().to_string();
    let mut command = vec![program.to_owned(), "generate".to_owned()];
    for log in logs {
        command.extend(["--log".to_owned(), log.clone()]);
    }
    command.extend(["--out".to_owned(), folder("generated"), "--rust".to_owned(), folder("rust")]);
    if check {
        command.push("--check".to_owned());
    }
    command
}

/// Every run begins with an empty folder, so that every file is written.
fn measure_written(runs: u32, command: &[String], out: &Path) -> Result<Figures> {
    let mut cpu_ms = Vec::new();
    let (mut peak_mib, mut anonymous_mib) = (0.0_f64, 0.0_f64);
    for _ in 0..runs {
        for name in ["generated", "rust"] {
            let folder = out.join(name);
            if folder.exists() {
                std::fs::remove_dir_all(folder)?;
            }
        }
        let figures = measure(1, command)?;
        cpu_ms.extend(figures.cpu_ms);
        peak_mib = peak_mib.max(figures.peak_mib);
        anonymous_mib = anonymous_mib.max(figures.anonymous_mib);
    }
    cpu_ms.sort_by(f64::total_cmp);
    Ok(Figures { cpu_ms, peak_mib, anonymous_mib, output: String::new() })
}

fn print_row(name: &str, figures: &Figures) {
    let (min, max) = (figures.cpu_ms[0], figures.cpu_ms[figures.cpu_ms.len() - 1]);
    println!("| {name} | {:.1} | {min:.1} | {max:.1} | {:.1} |", figures.median_ms(), figures.peak_mib);
}
