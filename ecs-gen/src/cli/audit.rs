//! `ecs-gen audit`: documents that exist already, judged by a log.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use ecs_gen::audit::{Audit, Counts, EXIT_REFUSED, Values, load_rules};

use super::output::{self, Progress};

/// Say which existing documents a log would refuse, before it is installed.
///
/// Reads documents, one JSON object on each line, and counts by field and rule what the log refuses; `engine` says whether
/// an engine with the log's strict mapping refuses it as well. Values of the documents are not shown unless asked for.
#[derive(Args)]
#[command(
    after_help = "Exit codes: 0 all documents are accepted, 1 an error, 2 wrong arguments, 3 some are refused.\n\n\
                        Examples:\n  ecs-gen audit --log logs/orders.yaml orders.ndjson\n  \
                        zcat export-*.gz | ecs-gen audit --log generated/orders -\n  \
                        ecs-gen audit --log orders.yaml --json export/*.ndjson | jq '.rows[0]'"
)]
pub struct Arguments {
    /// The log: its file, its generated folder, or the `rules.json` in that
    #[arg(long, value_name = "FILE|DIR")]
    log: PathBuf,
    /// Files of documents, one on each line; `-` is standard input
    #[arg(value_name = "DOCS", required = true)]
    documents: Vec<PathBuf>,
    /// Show the value of the first document of each row, and names of fields that are data
    #[arg(long)]
    values: bool,
    /// Print the report as JSON, with all rows
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> ExitCode {
    match audit(arguments) {
        Ok(code) => code,
        Err(message) => {
            output::print_error(&message);
            ExitCode::FAILURE
        }
    }
}

fn audit(arguments: &Arguments) -> Result<ExitCode, String> {
    let rules = load_rules(&arguments.log)?;
    let mut audit = Audit::new(rules, if arguments.values { Values::Shown } else { Values::Hidden });
    let mut progress = Progress::new();
    for path in &arguments.documents {
        let name = path.display().to_string();
        let failed = |error: io::Error| format!("error: `{name}`: {error}\n");
        audit.read(&name, open(path).map_err(failed)?, |counts| tell(&mut progress, counts)).map_err(failed)?;
    }
    progress.clear();
    let report = audit.finish();
    if arguments.json {
        output::print_line(&format!("{:#}", report.to_json()));
    } else {
        output::print(&report.to_text());
    }
    Ok(if report.counts().refused > 0 { ExitCode::from(EXIT_REFUSED) } else { ExitCode::SUCCESS })
}

fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    /// Large enough that a system call is rare, small enough for a cache.
    const BUFFER: usize = 256 * 1024;
    if path == Path::new("-") {
        return Ok(Box::new(BufReader::with_capacity(BUFFER, io::stdin())));
    }
    Ok(Box::new(BufReader::with_capacity(BUFFER, File::open(path)?)))
}

fn tell(progress: &mut Progress, counts: &Counts) {
    let Counts { documents, refused, bytes, .. } = counts;
    progress.tell(*documents, || format!("{documents} documents, {} MB, {refused} refused", bytes / 1_000_000));
}
