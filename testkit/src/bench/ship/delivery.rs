//! Shipping to an engine that fails: counts of events that arrived, are missing, are stored twice, or were quarantined.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use fake_engine::{FakeEngine, Mode, Recording};
use serde::Serialize;

use super::client::{Client, ClientFiles, ClientKind, DEADLINE, Tools};
use super::{ALIAS, Args, Row, corpus};
use crate::bench::progress;

/// The polling interval of client and engine.
const POLL: Duration = Duration::from_millis(1);
/// The length of an outage.
const OUTAGE: Duration = Duration::from_secs(9);
/// A client that never ends is done when nothing has arrived for so long.
const QUIET: Duration = Duration::from_secs(20);
/// Longer than ours takes to give up.
const PATIENCE: Duration = Duration::from_secs(DEADLINE + 30);

/// A failure under which delivery is measured.
#[derive(Debug)]
pub struct FailureCase {
    /// Its name in the table.
    pub name: &'static str,
    mode: &'static str,
    disruption: Disruption,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disruption {
    /// The mode does not change.
    None,
    /// The engine recovers after a while.
    Heals,
    /// The client is killed in the middle and restarted.
    Killed,
}

/// In the order of the table.
pub const FAILURE_CASES: [FailureCase; 6] = [
    FailureCase { name: "2 of 3 requests 503", mode: "503@2/3", disruption: Disruption::None },
    FailureCase { name: "5 % of items 429", mode: "items-429:5", disruption: Disruption::None },
    FailureCase { name: "1 of 5 applied, then reset", mode: "applied-then-reset@1/5", disruption: Disruption::None },
    FailureCase { name: "503 for 9 s, then healed", mode: "503", disruption: Disruption::Heals },
    FailureCase { name: "1 % of items 400", mode: "items-400:1", disruption: Disruption::None },
    FailureCase { name: "kill -9 in the middle", mode: "ok", disruption: Disruption::Killed },
];

/// What happened to the events.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    pub way: &'static str,
    /// Events that the client was given and has taken.
    pub issued: u64,
    /// Different ones of them in the engine.
    pub arrived: u64,
    /// Those that are neither in the engine nor kept aside.
    pub missing: u64,
    /// Documents that are in the engine once more than they should.
    pub doubled: u64,
    /// Rejected documents that the client keeps.
    pub kept_aside: u64,
    /// Documents that the client says have failed.
    pub reported: u64,
}

/// Tries all clients in all ways.
pub fn run(clients: &[(&Client, Result<Tools, String>)], args: &Args, parent: &Path) -> Result<Vec<Row<Outcome>>> {
    let folder = tempfile::tempdir_in(parent)?;
    let corpus = corpus::write(folder.path(), args.faulted)?;
    let mut rows = Vec::new();
    for (client, tools) in clients {
        let mut row = Row::new(client, tools);
        for case in &FAILURE_CASES {
            let (Ok(tools), None) = (tools, &row.left_out) else { continue };
            progress("Delivering", &format!("{}: {}", client.name, case.name));
            match deliver(client, tools, case, args.faulted, &corpus, folder.path()) {
                Ok(outcome) => row.results.push(outcome),
                Err(error) => row.left_out = Some(format!("{error:#}").replace('\n', "; ")),
            }
        }
        rows.push(row);
    }
    Ok(rows)
}

fn deliver(
    client: &Client,
    tools: &Tools,
    case: &FailureCase,
    events: u32,
    corpus: &Path,
    parent: &Path,
) -> Result<Outcome> {
    let folder = tempfile::tempdir_in(parent)?;
    let files = ClientFiles { folder: folder.path(), corpus };
    let mode: Mode = case.mode.parse()?;
    let engine = FakeEngine::builder().alias(ALIAS).recording(Recording::Sequences).mode(mode).start()?;
    let trial = Trial { client, tools, files, engine: &engine, events };
    let printed = trial.run(case.disruption)?;
    let issued = trial.issued()?;
    let stored = engine.sequences();
    let unique: HashSet<u64> = stored.iter().copied().collect();
    let absent = issued.iter().filter(|number| !unique.contains(number)).count() as u64;
    let kept_aside = trial.kept_aside()?;
    Ok(Outcome {
        way: case.name,
        issued: issued.len() as u64,
        arrived: issued.len() as u64 - absent,
        missing: absent.saturating_sub(kept_aside),
        doubled: (stored.len() - unique.len()) as u64,
        kept_aside,
        reported: printed["failed"].as_u64().unwrap_or(0),
    })
}

struct Trial<'a> {
    client: &'a Client,
    tools: &'a Tools,
    files: ClientFiles<'a>,
    engine: &'a FakeEngine,
    events: u32,
}

impl Trial<'_> {
    /// From the start to the end; what the client has printed at last, if it is JSON.
    fn run(&self, disruption: Disruption) -> Result<serde_json::Value> {
        let began = Instant::now();
        let mut child = self.start()?;
        let (mut is_healed, mut is_killed) = (disruption != Disruption::Heals, disruption != Disruption::Killed);
        let (mut seen, mut progressed) = (0, Instant::now());
        while began.elapsed() < PATIENCE && child.try_wait()?.is_none() {
            std::thread::sleep(POLL);
            if !is_healed && began.elapsed() >= OUTAGE {
                self.engine.set_mode(Mode::default());
                (is_healed, progressed) = (true, Instant::now());
            }
            let documents = self.engine.stats().documents;
            if !is_killed && documents >= u64::from(self.events) / 2 {
                child.kill()?;
                child.wait()?;
                child = self.start()?;
                is_killed = true;
            }
            if documents > seen {
                (seen, progressed) = (documents, Instant::now());
            }
            if !self.client.ends() && is_healed && self.is_settled(seen, progressed) {
                break;
            }
        }
        if child.try_wait()?.is_none() {
            child.kill()?;
        }
        let output = child.wait_with_output()?;
        let printed = String::from_utf8_lossy(&output.stdout);
        Ok(serde_json::from_str(printed.lines().last().unwrap_or_default()).unwrap_or_default())
    }

    fn is_settled(&self, seen: u64, progressed: Instant) -> bool {
        let quiet = progressed.elapsed();
        // A client that doubles may go on when all is there.
        seen >= u64::from(self.events) && quiet > QUIET / 10 || quiet > QUIET
    }

    fn start(&self) -> Result<Child> {
        let command = self.client.command(self.tools, self.files, &self.engine.url(), self.events)?;
        let mut command_line = Command::new(&command[0]);
        command_line.args(&command[1..]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        command_line.spawn().with_context(|| format!("cannot run `{}`", command[0]))
    }

    /// Numbers of the events that the client has taken.
    fn issued(&self) -> Result<HashSet<u64>> {
        if self.client.kind != ClientKind::Ours {
            return Ok((1..=u64::from(self.events)).collect());
        }
        let text = fs::read_to_string(self.files.acknowledgements())?;
        // A line without its end was being written when the process died.
        let lines = text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
        lines.map(|line| line.parse().with_context(|| format!("`{line}` is no number"))).collect()
    }

    fn kept_aside(&self) -> Result<u64> {
        let Some(counter) = &self.tools.counter else { return Ok(0) };
        let output = Command::new(&counter.words[0])
            .arg("--count")
            .arg(self.files.folder.join("spool"))
            .arg("quarantine")
            .output()?;
        let printed = String::from_utf8_lossy(&output.stdout);
        printed.trim().parse().with_context(|| String::from_utf8_lossy(&output.stderr).trim_end().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use fake_engine::Mode;

    use super::FAILURE_CASES;

    #[test]
    fn engine_knows_every_way_to_fail() {
        for case in &FAILURE_CASES {
            assert!(case.mode.parse::<Mode>().is_ok(), "{}", case.name);
        }
    }
}
