//! `cargo xtask regenerate`: everything that is made of the workspace's log files, and the Rust of the tests' own log.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};
use ecs_gen::diagnostic::Diagnostics;
use ecs_gen::diff::{self, Engine, Finding, Options, Rule, Severity, render};
use ecs_gen::emit::{EMITTERS, Emitter};
use ecs_gen::files::Files;
use ecs_gen::generate::{Request, emit_files, load_models};
use ecs_gen::input::add_schemas;
use ecs_gen::load::Loader;
use ecs_gen::plan::{Plan, Roots, Scope};
use ecs_gen::report::{self, EXIT_STALE};

use crate::workspace;

/// Regenerate mappings, templates, policies, docs and typed Rust from `logs/*.yaml`.
///
/// Writes `generated/` and `ecs-schema/src/generated/`. Equal files are left untouched; orphans are removed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 fresh, 1 an error (nothing is written), 3 `--check` found stale, missing or \
                        orphaned files, or `--against` a breaking change without a raised version.")]
pub struct Args {
    /// Write nothing; list what is stale, missing or orphaned, with a diff
    #[arg(long)]
    check: bool,
    /// Also compare the logs with themselves at this commit: what breaks needs a higher `version`
    #[arg(long, value_name = "GIT-REF", requires = "check")]
    against: Option<String>,
    /// Only the files of one emitter
    #[arg(long, value_name = "EMITTER", value_parser = clap::builder::PossibleValuesParser::new(EMITTERS.iter().map(|emitter| emitter.name())))]
    only: Option<String>,
    /// Only one log
    #[arg(long, value_name = "NAME")]
    log: Option<String>,
}

/// Runs the task.
pub fn run(args: &Args) -> Result<ExitCode> {
    let root = workspace::root();
    // Relative paths keep messages short and the same in every folder.
    std::env::set_current_dir(root)?;
    let logs: Vec<PathBuf> = workspace::logs()?.into_iter().map(|path| relative(&path, root)).collect();
    let mut loader = Loader::default();
    let models = load_models(&Request { logs: logs.clone(), ..Request::default() }, &mut loader);
    eprint!("{}", loader.diagnostics.render(&loader.sources));
    let Some(models) = models else { return Ok(ExitCode::FAILURE) };

    if let Some(wanted) = &args.log {
        let names: Vec<String> = models.iter().map(|model| model.log.name.clone()).collect();
        if !names.contains(wanted) {
            let near = Diagnostics::did_you_mean(wanted, names.iter().map(String::as_str)).unwrap_or_default();
            bail!("no log is called `{wanted}`; there are {}. {near}", names.join(", "));
        }
    }
    let only: Vec<&dyn Emitter> =
        EMITTERS.iter().copied().filter(|emitter| args.only.as_deref() == Some(emitter.name())).collect();
    let scope = match (&args.only, &args.log) {
        (Some(_), _) => Scope::Files,
        (None, Some(log)) => Scope::Logs(BTreeSet::from([log.clone()])),
        (None, None) => Scope::Whole,
    };
    let mut files: Files = emit_files(&models, &only);
    if let Some(wanted) = &args.log {
        files.keep_log(wanted);
    }
    if scope == Scope::Whole {
        add_schemas(&mut files);
    }
    let roots = Roots { output: "generated".into(), rust: Some("ecs-schema/src/generated".into()) };
    let mut is_stale = finish(&Plan::load(&files, &roots, &scope)?, args)?;
    if scope == Scope::Whole {
        is_stale |= finish(&test_plan()?, args)?;
    }
    if let Some(reference) = &args.against {
        is_stale |= report_unversioned(&logs, reference)?;
    }
    Ok(if is_stale { ExitCode::from(EXIT_STALE) } else { ExitCode::SUCCESS })
}

/// A log with every type, whose structs only tests read and write: its Rust is committed, its other files are not.
const TEST_LOG: &str = "ecs-gen/tests/it/agreement/every-type/log.yaml";
const TEST_RUST: &str = "ecs-gen/tests/it/agreement/generated";

fn test_plan() -> Result<Plan> {
    let mut loader = Loader::default();
    let request = Request { logs: vec![TEST_LOG.into()], ..Request::default() };
    let Some(models) = load_models(&request, &mut loader) else {
        bail!("{}", loader.diagnostics.render(&loader.sources));
    };
    let rust: Vec<&dyn Emitter> = EMITTERS.iter().copied().filter(|emitter| emitter.name() == "rust").collect();
    let roots = Roots { output: TEST_RUST.into(), rust: Some(TEST_RUST.into()) };
    Ok(Plan::load(&emit_files(&models, &rust), &roots, &Scope::Files)?)
}

/// Writes or checks; whether something is stale.
fn finish(plan: &Plan, args: &Args) -> Result<bool> {
    let report = if args.check { report::check(plan) } else { report::apply(plan)? };
    eprint!("{}", report.text);
    Ok(report.stale)
}

/// Prints what breaks in logs whose version is not higher than at the commit; tells whether there is any.
fn report_unversioned(logs: &[PathBuf], reference: &str) -> Result<bool> {
    let mut is_any = false;
    for path in logs {
        let old = match diff::load_at(path, reference) {
            Ok(old) => old,
            // A new log breaks nobody.
            Err(error) if error.is_absent() => continue,
            Err(error) => return Err(error.into()),
        };
        let options = Options { engines: Engine::ALL.to_vec(), ..Options::default() };
        let findings = diff::compare(&old, &diff::load(path)?, &options);
        if findings.iter().any(|finding| finding.rule == Rule::VersionNotRaised) {
            let breaks =
                |finding: &Finding| finding.severity() == Severity::Breaking || finding.rule == Rule::VersionNotRaised;
            let shown: Vec<Finding> = findings.into_iter().filter(breaks).collect();
            eprint!("{}", render::to_text(&shown));
            is_any = true;
        }
    }
    Ok(is_any)
}

fn relative(path: &Path, root: &Path) -> PathBuf {
    path.strip_prefix(root).unwrap_or(path).to_owned()
}
