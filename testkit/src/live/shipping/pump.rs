//! The example program `pump` as a process: it logs numbered events and ships them, as anybody's program does. Owns its
//! command line and what it prints; knows no engine's state beyond how many documents there are.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;

use super::{MAX_AGE, SPREAD, wait_until};
use crate::engines::{Client, step};
use crate::workspace::cargo;

/// Exit code at the deadline.
const AT_DEADLINE: i32 = 5;
/// Seconds that logging and shipping may take before shipping the rest is begun anew.
const LOG_SECONDS: &str = "240";
/// Seconds that shipping the rest may take at a time, and how often that is tried.
const DRAIN_SECONDS: &str = "60";
const DRAINS: u32 = 5;
/// Milliseconds that a request may take: what the transport allows by default, and more than an engine allows itself.
const TIMEOUT: &str = "90000";

/// The program, built.
#[derive(Debug)]
pub struct Pump {
    program: PathBuf,
}

impl Pump {
    /// Builds it as it is developed: what it is to show does not depend on its speed.
    pub fn build() -> Result<Self> {
        step("Building", "the example `pump`");
        let output = cargo()
            // Of the workspace, as this program and the tests are: a package alone would be built anew with fewer features.
            .args(["build", "--workspace", "--example", "pump", "--message-format", "json-render-diagnostics"])
            .stderr(Stdio::inherit())
            .output()
            .context("cannot run cargo")?;
        ensure!(output.status.success(), "the example `pump` does not build");
        let lines = String::from_utf8(output.stdout)?;
        let messages = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let of_pump = |message: &Value| message["target"]["name"] == "pump";
        let program = messages.filter(of_pump).find_map(|message| message["executable"].as_str().map(PathBuf::from));
        Ok(Self { program: program.context("cargo does not say where the program is")? })
    }
}

/// A spool with its file of acknowledgements, and the engine that it is shipped to.
#[derive(Debug)]
pub struct Scene<'e> {
    directory: TempDir,
    pump: &'e Pump,
    client: &'e Client,
    urls: &'e [String],
    target: &'e str,
    events: u64,
}

/// What runs of the pump say about shipping, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shipped {
    /// Documents sent again, counted each time.
    pub retried: u64,
    /// Documents that the engine had, as it said at a second try.
    pub conflicts: u64,
    /// Documents in quarantine.
    pub quarantined: u64,
}

impl<'e> Scene<'e> {
    pub fn new(pump: &'e Pump, client: &'e Client, urls: &'e [String], target: &'e str, events: u64) -> Result<Self> {
        Ok(Self { directory: tempfile::tempdir()?, pump, client, urls, target, events })
    }

    /// The alias or data stream that is shipped to.
    pub fn target(&self) -> &str {
        self.target
    }

    pub fn client(&self) -> &Client {
        self.client
    }

    /// How many events are logged.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Begins to log all events and to ship them.
    pub fn log(&self, more: &[&str]) -> Result<Logging> {
        let (acks, events) = (self.path("acks"), self.events.to_string());
        let all = ["--ack", &acks, "--events", &events, "--deadline", LOG_SECONDS];
        self.spawn(&[&all, more].concat())
    }

    /// The same over some seconds, from several threads, in many small requests.
    pub fn log_slowly(&self) -> Result<Logging> {
        let rate = (self.events / SPREAD).max(1).to_string();
        self.log(&["--threads", "4", "--rate", &rate, "--max-age", MAX_AGE])
    }

    /// Ships until nothing is left, and returns the counts of all runs.
    pub fn drain(&self) -> Result<Shipped> {
        for _ in 0..DRAINS {
            let status = self.spawn(&["--drain", "--deadline", DRAIN_SECONDS])?.wait()?;
            if status.success() {
                return self.shipped();
            }
            ensure!(status.code() == Some(AT_DEADLINE), "the pump failed: {status}\n{}", self.said());
        }
        bail!("the spool does not drain\n{}", self.said())
    }

    /// The numbers whose `log_event` has returned.
    pub fn acknowledged(&self) -> Result<Vec<u64>> {
        let text = fs::read_to_string(self.path("acks"))?;
        text.lines().map(|line| line.parse().with_context(|| format!("`{line}` is no number"))).collect()
    }

    /// What the pump has said of its problems so far.
    pub fn problems(&self) -> String {
        fs::read_to_string(self.path("problems")).unwrap_or_default()
    }

    /// Waits until the engine has that many documents.
    pub fn wait_for_stored(&self, documents: u64) -> Result<()> {
        let path = format!("/{}/_count", self.target);
        wait_until("the engine did not get enough documents", || {
            self.client.send("POST", &format!("/{}/_refresh", self.target))?.expect("refresh")?;
            let count = self.client.send("GET", &path)?.expect("count")?["count"].as_u64();
            Ok(count.context("the count is no number")? >= documents)
        })
    }

    fn spawn(&self, more: &[&str]) -> Result<Logging> {
        let file = |name| File::options().create(true).append(true).open(self.path(name));
        let mut command = Command::new(&self.pump.program);
        command.args(["--spool", &self.path("spool"), "--timeout", TIMEOUT, "--target", self.target]);
        command.args(more);
        for url in self.urls {
            command.args(["--url", url]);
        }
        let child = command.stdin(Stdio::null()).stdout(file("said")?).stderr(file("problems")?).spawn();
        Ok(Logging { child: child.context("cannot run the pump")?, problems: self.path("problems").into() })
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).to_string_lossy().into_owned()
    }

    fn said(&self) -> String {
        ["said", "problems"].map(|name| fs::read_to_string(self.path(name)).unwrap_or_default()).concat()
    }

    fn shipped(&self) -> Result<Shipped> {
        Ok(parse_shipped(&fs::read_to_string(self.path("said"))?))
    }
}

/// A pump that runs; it is ended when this value is dropped before it ends by itself.
#[derive(Debug)]
pub struct Logging {
    child: Child,
    problems: PathBuf,
}

impl Logging {
    /// Waits until it has logged everything and shipped most of it.
    pub fn finish(mut self) -> Result<()> {
        let status = self.wait()?;
        let problems = fs::read_to_string(&self.problems).unwrap_or_default();
        let is_over = status.success() || status.code() == Some(AT_DEADLINE);
        ensure!(is_over, "the pump failed: {status}\n{problems}");
        for problem in problems.lines() {
            step("Met", problem);
        }
        Ok(())
    }

    fn wait(&mut self) -> Result<ExitStatus> {
        Ok(self.child.wait()?)
    }
}

impl Drop for Logging {
    fn drop(&mut self) {
        // Our own child: without effect when it has ended and was waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Adds up the numbers behind the names of the pump's two lines.
fn parse_shipped(text: &str) -> Shipped {
    let sum = |name: &str| {
        let behind = text.match_indices(name).map(|(at, _)| &text[at + name.len()..]);
        behind.filter_map(|rest| rest[..rest.find([',', ' ']).unwrap_or(rest.len())].parse::<u64>().ok()).sum()
    };
    Shipped {
        retried: sum(" retried: "),
        conflicts: sum(" conflicts: "),
        quarantined: sum(" quarantined: ") + sum(" rejected: "),
    }
}

#[test]
fn numbers_of_all_runs_are_added_up() {
    let text = "StopReport { delivered: 7, spooled: 0, quarantined: 1, lost: 0, is_synced: true }\n\
        DeliveryMetrics { shipped: 7, retried: 12, conflicts: 3, rejected: 2, waiting: 0, lag: None }\n\
        StopReport { delivered: 1, spooled: 0, quarantined: 0, lost: 0, is_synced: true }\n\
        DeliveryMetrics { shipped: 1, retried: 1, conflicts: 0, rejected: 0, waiting: 0, lag: None }\n";
    assert_eq!(parse_shipped(text), Shipped { retried: 13, conflicts: 3, quarantined: 3 });
}
