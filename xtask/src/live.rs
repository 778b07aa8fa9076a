//! `cargo xtask live`: what is generated, on real engines. Owns the order of the parts and of the engines, which run one
//! after the other; knows neither requests nor expectations.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::ValueEnum;

use crate::engines::{self, Engine, Running, step};

mod agreement;
mod data_stream;
mod ilm_parser;
mod installation;
mod installer;
mod lacking;
mod lifecycle;
mod log;
mod read_back;
mod roles;
#[path = "../../ecs-gen/tests/it/agreement/rules.rs"]
mod rules;
mod shell;
mod tally;

use agreement::Extent;
use tally::Tally;

/// Put what is generated on real engines, and compare what they say with what the project says
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The parts to run; all when none is named
    #[arg(value_enum, value_name = "PART")]
    parts: Vec<Part>,
    /// Only on these engines
    #[arg(long, value_enum, value_name = "NAME")]
    engine: Vec<Engine>,
    /// Documents to compare on each engine
    #[arg(long, value_name = "N", default_value_t = DEFAULT_DOCUMENTS)]
    documents: usize,
    /// From which all random documents follow; another one at each run when absent
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
}

/// Enough that each kind of change is made dozens of times, and few enough for every run.
const DEFAULT_DOCUMENTS: usize = 5_000;

/// A part of the tests on engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Every generated artifact put, read back and used: templates, policies, roles, data streams
    Installation,
    /// Random documents, and whether the engine says of them what `validate_json` says
    Agreement,
    /// Every case of the legacy pipeline, and what the shell function sends
    Pipeline,
}

/// Runs the task.
pub fn run(args: &Args) -> Result<ExitCode> {
    run_parts(args)?;
    Ok(ExitCode::SUCCESS)
}

fn run_parts(args: &Args) -> Result<()> {
    let has = |part| args.parts.is_empty() || args.parts.contains(&part);
    if has(Part::Installation) && (args.engine.is_empty() || args.engine.contains(&Engine::IlmParser)) {
        let mut tally = Tally::default();
        ilm_parser::check(&mut tally)?;
        tally.print();
    }
    let extent = Extent { documents: args.documents, seed: args.seed.unwrap_or_else(new_seed) };
    for engine in Engine::SERVERS {
        if !args.engine.is_empty() && !args.engine.contains(&engine) {
            continue;
        }
        let running = engines::start(&[engine])?.remove(0);
        let version = running.version()?;
        step("Testing", &format!("against {} {version}", engine.name()));
        let mut tally = Tally::default();
        let outcome = run_on(args, extent, &running, &mut tally);
        tally.print();
        outcome.with_context(|| format!("on {} {version}", engine.name()))?;
    }
    Ok(())
}

fn run_on(args: &Args, extent: Extent, running: &Running, tally: &mut Tally) -> Result<()> {
    let has = |part| args.parts.is_empty() || args.parts.contains(&part);
    if has(Part::Installation) {
        installation::check(running, tally)?;
        match running.engine() {
            Engine::OpenSearch => data_stream::check(running, tally).context("the data stream")?,
            Engine::Elasticsearch => roles::check(running, tally)?,
            Engine::Elasticsearch6 => lifecycle::check(running, tally).context("the lifecycle")?,
            Engine::IlmParser => {}
        }
    }
    if has(Part::Agreement) && running.engine() != Engine::Elasticsearch6 {
        agreement::check(running, extent, tally).context("the agreement")?;
    }
    if has(Part::Pipeline) && running.engine() == Engine::OpenSearch {
        engines::check_pipeline(&[Engine::OpenSearch])?;
        shell::check(running, tally).context("the shell function")?;
    }
    Ok(())
}

/// A seed that differs from run to run; printed, so that a run can be repeated.
fn new_seed() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let seed = u64::from(now.subsec_micros()) + now.as_secs() % 100_000 * 1_000_000;
    step("Seed", &format!("{seed}: repeat this run's documents with `--seed {seed}`"));
    seed
}
