//! `cargo xtask bench ship`: shipping from a full spool to a bulk endpoint, and delivery when that endpoint fails, compared with
//! clients of other projects, against the same fake engine.

mod client;
mod corpus;
mod delivery;
mod report;
mod rsyslog;
mod throughput;

use std::fs;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use clap::builder::PossibleValuesParser;
use serde::Serialize;

use self::client::{CLIENTS, Client, Tools};
use super::peers::PeerBuilder;
use super::{machine, page};
use crate::workspace;

/// The destination alias.
const ALIAS: &str = ".kibana-event-log";

/// Measure shipping to a bulk endpoint, and lost and doubled events, compared with clients of other projects
///
/// `throughput`: each client sends the same number of events to a fake engine that takes everything. Ours begins with a
/// spool that another process has filled, esutil with documents in memory, rsyslog with a file, which it moves through its
/// disk-assisted queue. CPU time and memory are the client's alone; the time runs from its start to the last document.
///
/// `delivery`: each client sends events to an engine that fails in one of six ways. The engine keeps the number of every
/// document, so that missing and doubled ones are counted where they are stored. What a client reports and what it keeps
/// of rejected documents is counted as well.
///
/// A peer is fetched by its own client (Go, apt-get) into `target/bench` when it takes part, and nothing is installed; with
/// `--only ours` nothing is fetched. One that cannot be had is a row that says why. All requests go to 127.0.0.1.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Runs of the throughput; the median of each figure counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Events of a throughput run
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1000..))]
    events: u32,
    /// Events of each way to fail
    #[arg(long, default_value_t = 200_000, value_parser = clap::value_parser!(u32).range(1000..))]
    faulted: u32,
    /// Only this one; may be given several times
    #[arg(long, value_name = "PEER", value_parser = PossibleValuesParser::new(CLIENTS.map(|client| client.name)))]
    only: Vec<String>,
    /// Only this part
    #[arg(long)]
    part: Option<Part>,
    /// Print everything that was measured as JSON, and no table
    #[arg(long)]
    json: bool,
    /// Write tables and picture into `docs/`
    #[arg(long)]
    write: bool,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask bench ship --only ours --part throughput
  cargo xtask bench ship --part delivery --faulted 20000
  cargo xtask bench ship --runs 5 --write";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    Throughput,
    Delivery,
}

/// What a client did in one part.
#[derive(Debug, Serialize)]
struct Row<R> {
    name: &'static str,
    title: String,
    #[serde(skip)]
    is_ours: bool,
    /// Why there is nothing.
    left_out: Option<String>,
    results: Vec<R>,
}

impl<R> Row<R> {
    fn new(client: &Client, tools: &Result<Tools, String>) -> Self {
        Self {
            name: client.name,
            title: client.title(tools.as_ref().ok()),
            is_ours: client.name == "ours",
            left_out: tools.as_ref().err().cloned(),
            results: Vec::new(),
        }
    }
}

#[derive(Debug, Default, Serialize)]
struct Results {
    throughput: Option<Vec<Row<throughput::Run>>>,
    delivery: Option<Vec<Row<delivery::Outcome>>>,
}

/// Runs the benchmark.
pub fn run(args: &Args) -> Result<ExitCode> {
    let load = machine::load();
    let mut peers = PeerBuilder::default();
    let parent = workspace::target_folder().join("bench");
    fs::create_dir_all(&parent).with_context(|| parent.display().to_string())?;
    let parent = parent.canonicalize()?;
    let asked = |client: &&Client| args.only.is_empty() || args.only.iter().any(|name| name == client.name);
    let clients: Vec<_> = CLIENTS.iter().filter(asked).map(|client| (client, client.prepare(&mut peers))).collect();
    let wants = |part| args.part.is_none_or(|asked| asked == part);
    let mut results = Results::default();
    if wants(Part::Throughput) {
        results.throughput = Some(throughput::run(&clients, args, &mut peers, &parent)?);
    }
    if wants(Part::Delivery) {
        results.delivery = Some(delivery::run(&clients, args, &parent)?);
    }
    let throughput = results.throughput.as_deref().map(|rows| report::throughput(rows, args, &load));
    let delivery = results.delivery.as_deref().map(|rows| report::delivery(rows, args, &load));
    if args.json {
        println!("{}", serde_json::to_string_pretty(&results)?);
    } else {
        [&throughput, &delivery].into_iter().flatten().for_each(|text| println!("{text}"));
    }
    if args.write {
        if let (Some(text), Some(rows)) = (throughput, &results.throughput) {
            page::write_part("ship", &format!("![CPU time of shipping](benchmarks/ship.svg)\n\n{text}"))?;
            page::write_picture("ship.svg", &report::chart(rows).to_svg())?;
        }
        if let Some(text) = delivery {
            page::write_part("delivery", &text)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
