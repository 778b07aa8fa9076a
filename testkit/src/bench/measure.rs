//! CPU time and peak memory of a whole process, by the operating system's own account of finished children. One
//! process measures one command, because that account is a sum and a maximum over all of its children.

use std::fs;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use serde::{Deserialize, Serialize};

/// How often a running command is asked for its memory.
const SAMPLE: Duration = Duration::from_millis(10);

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
    /// Largest resident set of any run, in MiB, mapped files included.
    pub peak_mib: f64,
    /// Largest resident set without mapped files, in MiB, as far as samples show it.
    pub anonymous_mib: f64,
    /// What the last run printed.
    pub output: String,
}

impl Figures {
    /// The middle run.
    pub fn median_ms(&self) -> f64 {
        self.cpu_ms[self.cpu_ms.len() / 2]
    }

    /// The last line that was printed, as JSON.
    pub fn json(&self) -> Result<serde_json::Value> {
        let line = self.output.lines().last().unwrap_or_default();
        serde_json::from_str(line).with_context(|| format!("`{line}` is no JSON"))
    }
}

/// Runs the command and prints its figures as one line of JSON.
pub fn run(args: &Args) -> Result<ExitCode> {
    let mut figures = Figures { cpu_ms: Vec::new(), peak_mib: 0.0, anonymous_mib: 0.0, output: String::new() };
    for _ in 0..args.runs {
        let before = cpu_millis()?;
        let child = Command::new(&args.command[0])
            .args(&args.command[1..])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot run `{}`", args.command[0]))?;
        figures.output = watch(child, &args.command, &mut figures.anonymous_mib)?;
        figures.cpu_ms.push(cpu_millis()? - before);
    }
    figures.cpu_ms.sort_by(f64::total_cmp);
    figures.peak_mib = mib(getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss());
    println!("{}", serde_json::to_string(&figures)?);
    Ok(ExitCode::SUCCESS)
}

/// Waits for the end of the child, looks at its memory meanwhile, and gives what it printed.
fn watch(mut child: Child, command: &[String], anonymous_mib: &mut f64) -> Result<String> {
    let status = format!("/proc/{}/status", child.id());
    let (mut stdout, mut stderr) = (child.stdout.take(), child.stderr.take());
    let (printed, complaint) = std::thread::scope(|scope| -> Result<_> {
        let printed = scope.spawn(|| read(stdout.as_mut()));
        let complaint = scope.spawn(|| read(stderr.as_mut()));
        while child.try_wait()?.is_none() {
            let text = fs::read_to_string(&status).unwrap_or_default();
            *anonymous_mib = anonymous_mib.max(mib(parse_kib(&text, "RssAnon:")));
            std::thread::sleep(SAMPLE);
        }
        let join = "reading a pipe does not panic";
        Ok((printed.join().expect(join), complaint.join().expect(join)))
    })?;
    if !child.wait()?.success() {
        bail!("{}: {}", command.join(" "), complaint.trim_end());
    }
    Ok(printed)
}

fn read(pipe: Option<&mut impl std::io::Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        // What came before a broken pipe is what there is to show.
        let _ = pipe.read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn parse_kib(status: &str, name: &str) -> i64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(0)
}

#[allow(clippy::cast_precision_loss, reason = "a resident set has far fewer than 2^52 KiB")]
fn mib(kib: i64) -> f64 {
    kib as f64 / 1024.0
}

/// A command that is being measured in a process of its own.
pub struct Measured {
    child: Child,
    shown: String,
}

/// Begins to measure `command`.
pub fn start(runs: u32, command: &[String]) -> Result<Measured> {
    let child = Command::new(std::env::current_exe()?)
        .args(["bench", "measure", "--runs", &runs.to_string(), "--"])
        .args(command)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    Ok(Measured { child, shown: command.join(" ") })
}

impl Measured {
    /// Waits for the end.
    pub fn finish(self) -> Result<Figures> {
        let output = self.child.wait_with_output()?;
        if !output.status.success() {
            bail!("`{}`: {}", self.shown, String::from_utf8_lossy(&output.stderr).trim_end());
        }
        serde_json::from_slice(&output.stdout).context("the measuring process prints its figures as JSON")
    }
}

/// Measures `command` in a process of its own.
pub fn measure(runs: u32, command: &[String]) -> Result<Figures> {
    start(runs, command)?.finish()
}

fn cpu_millis() -> Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    #[allow(clippy::cast_precision_loss, reason = "a benchmark takes far fewer than 2^52 microseconds")]
    Ok(micros as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::parse_kib;

    #[test]
    fn memory_is_read_from_the_status_of_a_process() {
        assert_eq!(parse_kib("VmRSS:\t  4 kB\nRssAnon:\t    1836 kB\nRssFile: 7 kB\n", "RssAnon:"), 1836);
        assert_eq!(parse_kib("Name:\tzombie\n", "RssAnon:"), 0);
    }
}
