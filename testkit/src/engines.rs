//! `cargo xtask engines`: real search engines on this machine, for tests and measurements.
//!
//! Owns fetching (from the coordinates in `testkit/engines/pom.xml`, and from nowhere else), starting on loopback,
//! readiness, stopping, killing and starting again. Everything it writes lies in `.engines/` at the workspace root, or in the folder that
//! `EVENT_LOG_ENGINES_DIR` names. It must not know what a test asks of an engine.
//!
//! A test harness starts what it needs and lets the guards stop it:
//!
//! ```ignore
//! let running = engines::start(&[Engine::OpenSearch])?;
//! let url = running[0].url();
//! ```
//!
//! An engine of the developer's own is used instead, never started and never stopped, when its URL stands in the
//! environment: see [`Engine::url_variable`].

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args as ClapArgs, Subcommand};

mod account;
mod catalogue;
mod cluster;
mod fetch;
mod http;
mod java;
mod layout;
mod node;
mod pipeline_cases;
mod process;
mod progress;
mod running;

pub use catalogue::Engine;
pub use cluster::Cluster;
pub use fetch::fetch;
#[cfg(test)]
pub use fetch::state;
pub use http::{Answer, Client, reason_of};
pub use java::find_program as find_java;
pub use layout::jars;
pub use node::{ADMIN_PASSWORD, ADMIN_PASSWORD_HASH};
pub use pipeline_cases::check as check_pipeline;
pub use progress::step;
pub use running::{Running, start};

/// Exit code of `status` when an engine that was asked for does not answer.
const EXIT_NOT_RUNNING: u8 = 3;

/// Arguments of `cargo xtask engines`.
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fetch engines with Maven; does nothing for those already fetched
    Fetch(Names),
    /// Start engines, empty, and leave them running; fetches what is missing
    Start(Names),
    /// Stop the engines that `start` left running, and no other process
    Stop(Names),
    /// Say what is fetched and what answers; exit code 3 when something does not answer
    Status(Names),
    /// Put the generated legacy ingest pipeline on engines and check every case on them
    CheckPipeline(Names),
}

/// The engines that a command is about.
#[derive(Debug, ClapArgs)]
struct Names {
    /// Engines; all that the command applies to when none is named
    #[arg(value_enum, value_name = "NAME")]
    names: Vec<Engine>,
}

impl Names {
    fn or(&self, all: &[Engine]) -> Vec<Engine> {
        if self.names.is_empty() { all.to_vec() } else { self.names.clone() }
    }
}

/// Runs `cargo xtask engines …`.
///
/// # Errors
/// What could not be fetched, started, stopped or checked, with what to do about it.
pub fn run(args: &Args) -> Result<ExitCode> {
    match &args.command {
        Command::Fetch(names) => {
            for engine in names.or(&Engine::ALL) {
                fetch(engine)?;
            }
        }
        Command::Start(names) => {
            for running in start(&names.or(&Engine::SERVERS))? {
                running.leave_running();
            }
        }
        Command::Stop(names) => {
            for engine in names.or(&Engine::SERVERS) {
                running::stop(engine)?;
            }
        }
        Command::Status(names) => {
            let mut all_answer = true;
            for engine in names.or(&Engine::ALL) {
                all_answer &= running::report(engine)?;
            }
            if !all_answer {
                return Ok(ExitCode::from(EXIT_NOT_RUNNING));
            }
        }
        Command::CheckPipeline(names) => {
            pipeline_cases::check(&names.or(&[Engine::OpenSearch]))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
