//! `cargo xtask live`: what is generated, on real engines. Owns the order of the parts and of the engines, which run one
//! after the other; knows neither requests nor expectations.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::ValueEnum;

use crate::engines::{self, Engine, Running, step};

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
}

/// A part of the tests on engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Every generated artifact put, read back and used: templates, policies, roles, data streams
    Installation,
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
    for engine in Engine::SERVERS {
        if !args.engine.is_empty() && !args.engine.contains(&engine) {
            continue;
        }
        let running = engines::start(&[engine])?.remove(0);
        let version = running.version()?;
        step("Testing", &format!("against {} {version}", engine.name()));
        let mut tally = Tally::default();
        let outcome = run_on(args, &running, &mut tally);
        tally.print();
        outcome.with_context(|| format!("on {} {version}", engine.name()))?;
    }
    Ok(())
}

fn run_on(args: &Args, running: &Running, tally: &mut Tally) -> Result<()> {
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
    if has(Part::Pipeline) && running.engine() == Engine::OpenSearch {
        engines::check_pipeline(&[Engine::OpenSearch])?;
        shell::check(running, tally).context("the shell function")?;
    }
    Ok(())
}
