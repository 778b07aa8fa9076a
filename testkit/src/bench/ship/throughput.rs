//! Shipping to an engine that accepts everything: CPU time, memory, documents per second.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Serialize;

use super::client::{Client, ClientFiles, ClientKind, Tools};
use super::{Args, Row, corpus, rsyslog};
use crate::bench::measure;
use crate::bench::peers::{PeerBuilder, Ready, Toolchain};
use crate::bench::progress;

/// How often the engine is asked what it has.
const POLL: Duration = Duration::from_millis(50);
/// A client that has not shipped everything by then is left out.
const PATIENCE: Duration = Duration::from_mins(5);

/// One run of one client.
#[derive(Clone, Debug, Serialize)]
pub struct Run {
    pub cpu_seconds_per_million: f64,
    /// From the start of the client to the last document.
    pub documents_per_second: f64,
    /// Mapped files included.
    pub peak_mib: f64,
    /// Without them.
    pub anonymous_mib: f64,
    /// Bytes of the bodies of the bulk requests, for each document.
    pub bytes_per_document: f64,
}

/// Measures all clients, interleaved.
pub fn run(
    clients: &[(&Client, Result<Tools, String>)],
    args: &Args,
    peers: &mut PeerBuilder,
    parent: &Path,
) -> Result<Vec<Row<Run>>> {
    let engine = peers.build(Toolchain::FakeEngine).map_err(anyhow::Error::msg)?;
    let folder = tempfile::tempdir_in(parent)?;
    let corpus = corpus::write(folder.path(), args.events)?;
    let mut rows: Vec<Row<Run>> = clients.iter().map(|(client, tools)| Row::new(client, tools)).collect();
    for number in 1..=args.runs {
        for ((client, tools), row) in clients.iter().zip(&mut rows) {
            let (Ok(tools), None) = (tools, &row.left_out) else { continue };
            progress("Measuring", &format!("throughput of {}, run {number} of {}", client.name, args.runs));
            match measure_once(client, tools, &engine, args.events, &corpus, folder.path()) {
                Ok(run) => row.results.push(run),
                Err(error) => row.left_out = Some(format!("{error:#}").replace('\n', "; ")),
            }
        }
    }
    Ok(rows)
}

fn measure_once(
    client: &Client,
    tools: &Tools,
    engine: &Ready,
    events: u32,
    corpus: &Path,
    parent: &Path,
) -> Result<Run> {
    let folder = tempfile::tempdir_in(parent)?;
    let files = ClientFiles { folder: folder.path(), corpus };
    let engine = Engine::start(engine)?;
    let command = if client.kind == ClientKind::Ours {
        fill_spool(tools, files, events)?;
        let spool = files.folder.join("spool").display().to_string();
        let more = ["--spool", &spool, "--url", &engine.url, "--drain"].map(str::to_owned);
        [tools.ready.words.clone(), more.to_vec()].concat()
    } else {
        client.command(tools, files, &engine.url, events)?
    };
    let began = Instant::now();
    let measured = measure::start(1, &command)?;
    if !client.ends() {
        engine.wait_for(events, began)?;
    }
    let mut took = began.elapsed();
    if !client.ends() {
        rsyslog::ask_to_end(files.folder)?;
    }
    let figures = measured.finish()?;
    if client.ends() {
        took = began.elapsed();
    }
    let (documents, bytes) = engine.stored()?;
    // The service of ours has logged that it starts and stops.
    ensure!(documents >= u64::from(events), "{documents} of {events} documents arrived");
    let events = f64::from(events);
    #[allow(clippy::cast_precision_loss, reason = "a benchmark sends far fewer than 2^52 bytes")]
    let bytes_per_document = bytes as f64 / documents as f64;
    Ok(Run {
        cpu_seconds_per_million: figures.median_ms() * 1000.0 / events,
        documents_per_second: events / took.as_secs_f64(),
        peak_mib: figures.peak_mib,
        anonymous_mib: figures.anonymous_mib,
        bytes_per_document,
    })
}

fn fill_spool(tools: &Tools, files: ClientFiles<'_>, events: u32) -> Result<()> {
    let words = &tools.ready.words;
    let output = Command::new(&words[0])
        .args(&words[1..])
        .arg("--spool")
        .arg(files.folder.join("spool"))
        .arg("--ack")
        .arg(files.acknowledgements())
        .args(["--events", &events.to_string(), "--no-ship"])
        .output()?;
    ensure!(output.status.success(), "the spool: {}", String::from_utf8_lossy(&output.stderr).trim_end());
    fs::remove_file(files.acknowledgements()).context("the numbers of the logged events")
}

/// A fake engine as a separate process, so that its work is not counted as the client's.
struct Engine {
    child: Child,
    url: String,
}

impl Engine {
    fn start(program: &Ready) -> Result<Self> {
        let mut child = Command::new(&program.words[0]).stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut url = String::new();
        let stdout = child.stdout.take().context("standard output is a pipe")?;
        BufReader::new(stdout).read_line(&mut url)?;
        Ok(Self { child, url: url.trim_end().to_owned() })
    }

    /// Documents, and the bytes of all bodies.
    fn stored(&self) -> Result<(u64, u64)> {
        let stats: serde_json::Value =
            ureq::get(format!("{}/_control/stats", self.url)).call()?.body_mut().read_json()?;
        let count = |name: &str| stats[name].as_u64().with_context(|| format!("`{stats}` lacks `{name}`"));
        Ok((count("documents")?, count("bytes")?))
    }

    fn wait_for(&self, events: u32, began: Instant) -> Result<()> {
        loop {
            let (documents, _) = self.stored()?;
            if documents >= u64::from(events) {
                return Ok(());
            }
            if began.elapsed() > PATIENCE {
                bail!("{documents} of {events} documents arrived within {} s", PATIENCE.as_secs());
            }
            std::thread::sleep(POLL);
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // It may have ended already; there is nobody to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
