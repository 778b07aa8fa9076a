//! `ecs-gen diff`: what changes between two versions of a log, and the requests that bring a cluster from one to the
//! other.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Args, Command, ValueEnum};
use ecs_gen::diff::render::{self, EXIT_FOUND, FailOn};
use ecs_gen::diff::{self, Engine, LoadError, Options, RULES, Rule, Side};

use super::output;

/// Say what changes between two versions of a log, for whom, and what is to be done.
///
/// OLD and NEW are each a log file, a generated folder (`generated/LOG`, or the folder above it), or a JSON file with a
/// mapping: bare, `{"mappings"}`, an answer to `GET INDEX`, `GET INDEX/_mapping`, `GET INDEX/_settings`,
/// `GET _index_template/NAME` or `GET _component_template/NAME`, or the body of a template. A folder must hold what was
/// generated for the engine that `--engine` names; a mapping is taken for one of either, and compared with one log.
#[derive(Args)]
#[command(
    after_help = "Exit codes: 0 nothing reaches `--fail-on`, or a plan was printed, 1 an error, 2 wrong arguments, 3 something does.\n\n\
                        Examples:\n  ecs-gen diff generated/my-log ../deployed/my-log\n  \
                        ecs-gen diff logs/my-log.yaml --against origin/main --format github\n  \
                        ecs-gen diff installed-mapping.json logs/my-log.yaml --engine opensearch --plan"
)]
pub struct Diff {
    /// The old version; with `--against` the only path
    #[arg(value_name = "OLD", required_unless_present = "rules")]
    old: Option<PathBuf>,
    /// The new version
    #[arg(value_name = "NEW", required_unless_present_any = ["against", "rules"], conflicts_with = "against")]
    new: Option<PathBuf>,
    /// Compare the path with itself as it was at this commit; the files that a log file names are taken from there too,
    /// and what was not there is new
    #[arg(long, value_name = "GIT-REF")]
    against: Option<String>,
    /// The engine that the verdicts are for
    #[arg(long, value_enum, default_value_t = EngineName::Elasticsearch)]
    engine: EngineName,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// What to fail on: `none`, `info`, `dangerous`, `breaking`, or classes joined by commas, of which everything but
    /// information counts: index, stream, query, writer, reader, crate
    #[arg(long, value_name = "SEVERITY|CLASS", default_value = "breaking", value_parser = parse_fail_on)]
    fail_on: FailOn,
    /// Take the findings of a rule for information; may be given several times
    #[arg(long, value_name = "RULE", value_parser = PossibleValuesParser::new(RULES.iter().map(|rule| rule.id)), hide_possible_values = true)]
    allow: Vec<String>,
    /// Print the requests that bring a cluster from OLD to NEW instead, as text, or with `--format json` for tools. A
    /// plan judges nothing: it has no findings to fail on or to allow
    #[arg(long, conflicts_with_all = ["fail_on", "allow"])]
    plan: bool,
    /// Of the bodies in a plan that replace others print only what differs, and none where only the notes
    /// do (`_meta`, `version`): to be read, not to be sent
    #[arg(long, requires = "plan")]
    only_changes: bool,
    /// Print all rules as a table instead
    #[arg(long, exclusive = true)]
    rules: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum EngineName {
    Elasticsearch,
    #[value(name = "opensearch")]
    OpenSearch,
    /// Findings of both, each once, with the engine where it is of one only
    Both,
}

impl EngineName {
    fn engines(self) -> &'static [Engine] {
        match self {
            Self::Elasticsearch => &[Engine::Elasticsearch],
            Self::OpenSearch => &[Engine::OpenSearch],
            Self::Both => &Engine::ALL,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For tools
    Json,
    /// Workflow commands, shown beside the lines
    Github,
    /// For a comment
    Markdown,
}

fn parse_fail_on(text: &str) -> Result<FailOn, String> {
    FailOn::parse(text).ok_or_else(|| "not a severity, not classes, and not `none`".to_owned())
}

/// Runs the command.
pub fn run(arguments: &Diff) -> ExitCode {
    if arguments.rules {
        output::print(&diff::to_markdown());
        return ExitCode::SUCCESS;
    }
    if arguments.plan && !matches!(arguments.format, Format::Text | Format::Json) {
        let message = "the argument '--plan' cannot be used with '--format github' or '--format markdown': those are \
                       for findings; print the plan as text or with '--format json'";
        Diff::augment_args(Command::new("ecs-gen diff")).error(ErrorKind::ArgumentConflict, message).exit();
    }
    if arguments.only_changes && arguments.format == Format::Json {
        let message = "the argument '--only-changes' cannot be used with '--format json': tools send whole bodies";
        Diff::augment_args(Command::new("ecs-gen diff")).error(ErrorKind::ArgumentConflict, message).exit();
    }
    match sides(arguments) {
        Ok((old, new)) if arguments.plan => print_plans(arguments, &old, &new),
        Ok((old, new)) => print_findings(arguments, &old, &new),
        Err(error) => {
            output::print_error(&format!("error: {error}\n"));
            ExitCode::FAILURE
        }
    }
}

fn sides(arguments: &Diff) -> Result<(Side, Side), LoadError> {
    // The parser has seen to it that both are there, but for `--against`, which makes one of the other.
    let first = arguments.old.clone().unwrap_or_default();
    let (old, new) = match (&arguments.against, &arguments.new) {
        (Some(reference), _) => (load_old(&first, reference)?, diff::load(&first)?),
        (None, new) => (diff::load(&first)?, diff::load(&new.clone().unwrap_or_default())?),
    };
    diff::check_sides(&old, &new, arguments.engine.engines())?;
    Ok((old, new))
}

/// The path at the commit. What was not there is all new.
fn load_old(path: &Path, reference: &str) -> Result<Side, LoadError> {
    match diff::load_at(path, reference) {
        Err(error) if error.is_absent() => {
            Ok(Side { label: format!("{reference}:{}", path.display()), logs: BTreeMap::new() })
        }
        loaded => loaded,
    }
}

fn print_findings(arguments: &Diff, old: &Side, new: &Side) -> ExitCode {
    let allowed = arguments.allow.iter().filter_map(|id| Rule::from_id(id)).collect();
    let options = Options { engines: arguments.engine.engines().to_vec(), allowed };
    let findings = diff::compare(old, new, &options);
    match arguments.format {
        Format::Text => output::print(&render::to_text(&findings)),
        Format::Json => output::print_line(&format!("{:#}", render::to_json(&findings))),
        Format::Github => output::print(&render::to_github(&findings, arguments.against.as_deref())),
        Format::Markdown => output::print(&render::to_markdown(&findings)),
    }
    let fails = findings.iter().any(|finding| arguments.fail_on.is_reached(finding));
    if fails { ExitCode::from(EXIT_FOUND) } else { ExitCode::SUCCESS }
}

fn print_plans(arguments: &Diff, old: &Side, new: &Side) -> ExitCode {
    let plans: Vec<_> = arguments.engine.engines().iter().map(|engine| diff::plan(*engine, old, new)).collect();
    if arguments.format == Format::Json {
        let plans: Vec<_> = plans.iter().map(diff::Plan::to_json).collect();
        output::print_line(&format!("{:#}", serde_json::json!({ "plans": plans })));
    } else {
        for plan in &plans {
            output::print(&if arguments.only_changes { plan.to_text_of_changes() } else { plan.to_text() });
        }
    }
    ExitCode::SUCCESS
}
