//! CPU time and peak memory of a whole process, by the operating system's own account of finished children. One
//! process measures one command, because that account is a sum and a maximum over all of its children.

use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, bail};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use serde::{Deserialize, Serialize};

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How often the command is run
    #[arg(long)]
    runs: u32,
    /// The command
    #[arg(trailing_var_arg = true, required = true)]
    command: Vec<String>,
}

/// What the runs took.
#[derive(Debug, Serialize, Deserialize)]
pub struct Figures {
    /// User and system CPU time of each run, in milliseconds, ascending.
    pub cpu_ms: Vec<f64>,
    /// Largest resident set of any run, in MiB.
    pub peak_mib: f64,
}

impl Figures {
    /// The middle run.
    pub fn median_ms(&self) -> f64 {
        self.cpu_ms[self.cpu_ms.len() / 2]
    }
}

/// Runs the command and prints its figures as one line of JSON.
pub fn run(args: &Args) -> Result<ExitCode> {
    let mut cpu_ms = Vec::new();
    for _ in 0..args.runs {
        let before = cpu_millis()?;
        let output = Command::new(&args.command[0]).args(&args.command[1..]).stdout(Stdio::null()).output()?;
        if !output.status.success() {
            bail!("{}: {}", args.command.join(" "), String::from_utf8_lossy(&output.stderr));
        }
        cpu_ms.push(cpu_millis()? - before);
    }
    cpu_ms.sort_by(f64::total_cmp);
    let peak_kib = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss();
    #[allow(clippy::cast_precision_loss, reason = "a resident set has far fewer than 2^52 KiB")]
    let figures = Figures { cpu_ms, peak_mib: peak_kib as f64 / 1024.0 };
    println!("{}", serde_json::to_string(&figures)?);
    Ok(ExitCode::SUCCESS)
}

/// Measures `command` in a process of its own.
pub fn measure(runs: u32, command: &[String]) -> Result<Figures> {
    let this = std::env::current_exe()?;
    let output = Command::new(this)
        .args(["bench", "measure", "--runs", &runs.to_string(), "--"])
        .args(command)
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        bail!("`{}` could not be measured", command.join(" "));
    }
    serde_json::from_slice(&output.stdout).context("the measuring process prints its figures as JSON")
}

fn cpu_millis() -> Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    #[allow(clippy::cast_precision_loss, reason = "a benchmark takes far fewer than 2^52 microseconds")]
    Ok(micros as f64 / 1000.0)
}
