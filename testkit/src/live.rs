//! `cargo xtask live`: what is generated, on real engines. Owns the order of the parts and of the engines, which run one
//! after the other; knows neither requests nor expectations.

use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use clap::ValueEnum;

use crate::engines::{self, Engine, Running, step};

mod agreement;
mod data_stream;
mod engine_gaps;
mod ilm_parser;
mod installation;
mod installer;
mod lifecycle;
mod limits;
mod log;
mod plan;
mod queries;
mod read_back;
mod reasons;
mod roles;
mod round_trip;
mod rule_table;
mod searches;
mod shell;
mod shipping;
mod tally;

use agreement::Extent;
use rule_table::{Measured, Page};
use searches::Pairs;
use tally::Tally;

/// Put what is generated on real engines, and compare what they say with what the project says
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The parts to run; all when none is named
    #[arg(value_enum, value_name = "PART")]
    parts: Vec<Part>,
    /// Only on these engines; `opensearch2` and `elasticsearch9` have to be named for more than `installation`
    #[arg(long, value_enum, value_name = "NAME")]
    engine: Vec<Engine>,
    /// Documents to compare on each engine
    #[arg(long, value_name = "N", default_value_t = DEFAULT_DOCUMENTS)]
    documents: usize,
    /// Events to log and ship in each case of shipping
    #[arg(long, value_name = "N", default_value_t = shipping::DEFAULT_EVENTS, value_parser = clap::value_parser!(u64).range(1_000..))]
    events: u64,
    /// Of the cases of shipping, only those whose name has this in it
    #[arg(long, value_name = "TEXT", default_value = "")]
    case: String,
    /// From which all random documents follow; another one at each run when absent
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Measure `searches` for every pair of types, not only for those in which the new one is wider
    #[arg(long)]
    all_pairs: bool,
    /// Write `docs/rule-table.md`, and the table of `searches`, from what was measured
    #[arg(long)]
    write: bool,
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
    /// Every change of a mapping, and whether the engine says of it what `ecs-gen diff` says
    Rules,
    /// Searches over indices in which a field has another type, and whether they answer as the table says
    Searches,
    /// Plans of `ecs-gen diff --plan`, sent to an engine that has documents, and every document found again
    Plans,
    /// Every case of the legacy pipeline, and what the shell function sends
    Pipeline,
    /// Every text of the conformance table, pages by cursor, and aggregations
    Queries,
    /// What documents are refused for, and whether the table of reasons knows it
    Reasons,
    /// Events logged and shipped while the engine is stopped, killed, rolled over, and loses a node
    Shipping,
}

impl Part {
    /// The engines that have what the part needs, whatever their release.
    const fn engines(self) -> &'static [Engine] {
        match self {
            Self::Installation => {
                &[Engine::OpenSearch, Engine::Elasticsearch, Engine::Elasticsearch6, Engine::IlmParser]
            }
            Self::Plans => &[Engine::OpenSearch, Engine::Elasticsearch, Engine::Elasticsearch6],
            Self::Agreement | Self::Rules | Self::Searches | Self::Queries | Self::Reasons | Self::Shipping => {
                &[Engine::OpenSearch, Engine::Elasticsearch]
            }
            Self::Pipeline => &[Engine::OpenSearch, Engine::Elasticsearch6],
        }
    }

    /// Whether it runs on an engine. On another release of one it shows by default that everything can be installed, and the
    /// rest when that release is named; the rule table has no column for it, and the table of queries needs the type `version`,
    /// which OpenSearch 2 has not.
    fn runs_on(self, engine: Engine, is_named: bool) -> bool {
        if self == Self::Queries && engine == Engine::OpenSearch2 {
            return false;
        }
        let is_asked_for = engine == engine.family()
            || matches!(self, Self::Installation | Self::Searches)
            || is_named && self != Self::Rules;
        is_asked_for && self.engines().contains(&engine.family())
    }
}

/// Runs the task.
///
/// # Errors
/// The first thing that is not as it should be, and what is missing on this machine.
pub fn run(args: &Args) -> Result<ExitCode> {
    let parts: Vec<Part> = if args.parts.is_empty() { Part::value_variants().to_vec() } else { args.parts.clone() };
    let is_named = !args.engine.is_empty();
    let engines: Vec<Engine> = if args.engine.is_empty() { Engine::ALL.to_vec() } else { args.engine.clone() };
    let extent = Extent { documents: args.documents, seed: args.seed.unwrap_or_else(new_seed) };
    let pairs = if args.all_pairs { Pairs::All } else { Pairs::Widening };
    let extents = Extents { agreement: extent, events: args.events, case: &args.case, pairs };
    let mut measured = Tables::default();
    let mut ran = Vec::new();
    for engine in engines {
        let parts: Vec<Part> = parts.iter().copied().filter(|part| part.runs_on(engine, is_named)).collect();
        if !parts.is_empty() {
            ran.push(run_on(engine, &parts, extents, &mut measured)?);
        }
    }
    ensure!(!ran.is_empty(), "no engine named has what the parts named need");
    // The page has a column for each engine, so it takes a run on both.
    let page = if args.write { Page::Write } else { Page::Compare };
    if measured.rules.len() == Part::Rules.engines().len() {
        rule_table::check_table(&measured.rules, page)?;
    }
    if !measured.searches.is_empty() {
        searches::check_page(measured.searches, pairs, page)?;
    }
    step("Finished", &format!("ran against {}", ran.join(", ")));
    Ok(ExitCode::SUCCESS)
}

/// How much of it.
#[derive(Clone, Copy)]
struct Extents<'a> {
    agreement: Extent,
    events: u64,
    /// What a case's name is to have in it.
    case: &'a str,
    /// Which pairs of types.
    pairs: Pairs,
}

/// What was measured for tables, by engine.
#[derive(Default)]
struct Tables {
    rules: Vec<Measured>,
    searches: Vec<searches::Measured>,
}

/// Runs parts on one engine, and returns its name with its version.
fn run_on(engine: Engine, parts: &[Part], extents: Extents<'_>, measured: &mut Tables) -> Result<String> {
    let started = Instant::now();
    let mut tally = Tally::default();
    let (name, outcome) = if engine == Engine::IlmParser {
        (engine.name().to_owned(), ilm_parser::check(&mut tally))
    } else {
        let mut running = engines::start(&[engine])?.remove(0);
        let name = format!("{} {}", engine.name(), running.version()?);
        step("Testing", &format!("against {name}"));
        let outcome = parts.iter().try_for_each(|part| run_part(*part, &mut running, extents, &mut tally, measured));
        (name, outcome)
    };
    tally.print(outcome.is_ok());
    outcome.with_context(|| format!("on {name}"))?;
    step("Done", &format!("with {name} in {:.0} s", started.elapsed().as_secs_f64()));
    Ok(name)
}

fn run_part(
    part: Part,
    running: &mut Running,
    extents: Extents<'_>,
    tally: &mut Tally,
    measured: &mut Tables,
) -> Result<()> {
    match part {
        Part::Installation => {
            installation::check(running, tally)?;
            if matches!(running.engine(), Engine::OpenSearch | Engine::Elasticsearch) {
                limits::check(running, tally).context("the log above every limit")?;
                round_trip::check(running, tally).context("what was put, read back")?;
            }
            match running.engine() {
                Engine::OpenSearch => data_stream::check(running, tally).context("the data stream"),
                Engine::Elasticsearch => roles::check(running, tally),
                Engine::Elasticsearch6 => lifecycle::check(running, tally).context("the lifecycle"),
                _ => Ok(()),
            }
        }
        Part::Agreement => agreement::check(running, extents.agreement, tally).context("the agreement"),
        Part::Rules => {
            measured.rules.push(rule_table::check(running, tally).context("the mapping changes")?);
            Ok(())
        }
        Part::Searches => {
            measured.searches.push(searches::check(running, extents.pairs, tally).context("the searches")?);
            Ok(())
        }
        Part::Plans => plan::check(running, tally).context("the plans"),
        Part::Pipeline => {
            engines::check_pipeline(&[running.release()])?;
            match running.engine() {
                // Elsewhere no index has the pipeline as its default.
                Engine::OpenSearch => shell::check(running, tally).context("the shell function"),
                _ => Ok(()),
            }
        }
        Part::Queries => queries::check(running, tally).context("the queries"),
        Part::Reasons => reasons::check(running, tally).context("the reasons"),
        Part::Shipping => shipping::check(running, extents.events, extents.case, tally).context("shipping"),
    }
}

/// A seed that differs from run to run; printed, so that a run can be repeated.
fn new_seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seed = u64::from(now.subsec_micros()) + now.as_secs() % 100_000 * 1_000_000;
    step("Seed", &format!("{seed}: repeat this run's documents with `--seed {seed}`"));
    seed
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The rows of `docs/engines.md` whose first cell is in backticks, as cells.
    fn rows() -> Vec<Vec<String>> {
        let page = fs::read_to_string(crate::workspace::root().join("docs/engines.md")).unwrap();
        let rows = page.lines().filter(|line| line.starts_with("| `"));
        rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
    }

    #[test]
    fn page_has_the_release_of_each_engine() {
        for engine in Engine::ALL {
            let name = format!("`{}`", engine.name());
            let (version, _) = engines::state(engine).unwrap();
            // The runner has a number of its own behind the one of the engine that it runs.
            let is_of_it = |row: &Vec<String>| row[0] == name && version.starts_with(&row[1]);
            assert!(rows().iter().any(is_of_it), "docs/engines.md has no row for {name} {version}");
        }
    }

    #[test]
    fn page_says_which_part_runs_where() {
        for part in Part::value_variants() {
            let cell = |engine: &Engine| match (part.runs_on(*engine, false), part.runs_on(*engine, true)) {
                (true, _) => "always",
                (false, true) => "named",
                (false, false) => "–",
            };
            let name = format!("`{}`", part.to_possible_value().unwrap().get_name());
            let wanted: Vec<String> =
                std::iter::once(name).chain(Engine::ALL.iter().map(|engine| cell(engine).to_owned())).collect();
            assert!(rows().contains(&wanted), "docs/engines.md has no row | {} |", wanted.join(" | "));
        }
    }
}
