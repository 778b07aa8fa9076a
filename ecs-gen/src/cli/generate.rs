//! `ecs-gen generate`: a log file, or somebody's official subset files, to everything that is made of it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Args, Command, ValueEnum};
use ecs_gen::emit::{EMITTERS, Emitter};
use ecs_gen::generate::{Request, emit_files, load_models};
use ecs_gen::input::log::Places;
use ecs_gen::load::Loader;
use ecs_gen::model::Model;
use ecs_gen::plan::{Plan, Roots, Scope, find_other_modules};

use super::output::{self, Mode};

/// Generate mappings, templates, policies, docs and typed Rust from a log file.
///
/// Instead of log files, subset files and custom field sets of the official ECS generator are taken as they are:
/// `ecs-gen generate --subset subset.yml --include custom.yml --ecs 9.4.0 --out out`.
#[derive(Args)]
#[command(after_help = "Exit codes: 0 everything is fresh, 1 an error (nothing is written), 2 wrong arguments, \
                        3 `--check` found stale, missing or orphaned files.\n\n\
                        Examples:\n  ecs-gen generate --log logs/my-log.yaml --out generated\n  \
                        ecs-gen generate --log logs/my-log.yaml --out generated --rust src/events --check\n  \
                        ecs-gen generate --log logs/my-log.yaml --out generated --engine opensearch\n  \
                        ecs-gen generate --subset subset.yml --include custom.yml --ecs 9.4.0 --out generated")]
pub struct Generate {
    /// A log file; may be given several times
    #[arg(long, value_name = "FILE", required_unless_present_any = ["subsets", "includes"], conflicts_with_all = ["subsets", "includes"])]
    log: Vec<PathBuf>,
    /// Subset files of the official generator, folders of them, or patterns; several are united
    #[arg(long = "subset", id = "subsets", value_name = "FILE", num_args = 1.., requires = "ecs")]
    subsets: Vec<PathBuf>,
    /// Custom field-set files of the official generator, folders of them, or patterns
    #[arg(long = "include", id = "includes", value_name = "FILE", num_args = 1.., requires = "ecs")]
    includes: Vec<PathBuf>,
    /// Exclude files of the official generator, folders of them, or patterns: what they name is taken out again
    #[arg(long = "exclude", id = "excludes", value_name = "FILE", num_args = 1.., requires = "ecs", conflicts_with = "log")]
    excludes: Vec<PathBuf>,
    /// A part of an index template in JSON, which goes before the generated one
    #[arg(long, value_name = "FILE", conflicts_with = "log")]
    template_settings: Option<PathBuf>,
    /// A part of a mapping's root in JSON, which goes before the generated one
    #[arg(long, value_name = "FILE", conflicts_with = "log")]
    mapping_settings: Option<PathBuf>,
    /// Name of the log that subset files make [default: the first subset's]
    #[arg(long, value_name = "NAME", conflicts_with = "log")]
    name: Option<String>,
    /// ECS release: a version that this program carries, or a file made by `ecs-gen import` [default: the log file's]
    #[arg(long, value_name = "VERSION|FILE")]
    ecs: Option<String>,
    /// A package or checkout of ECS, as `ecs-gen import` takes it, whose texts describe fields that neither the log nor an
    /// extension describes
    #[arg(long, value_name = "PATH")]
    descriptions: Option<PathBuf>,
    /// What `'*'` selects: what the ECS release documents and custom files add, or every place that the schemas allow; what
    /// is named is selected in any case [default: `all` for subset files, `released` or what the file says for log files]
    #[arg(long, value_enum, value_name = "WHICH")]
    places: Option<PlacesName>,
    /// Folder for the output: `OUT/<log>/elasticsearch/mappings.json` and the rest
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Folder for the Rust modules; they use the crate `ecs-schema`. None are written without it
    #[arg(long, value_name = "DIR")]
    rust: Option<PathBuf>,
    /// The one engine that files are for; those for the other one are not made, and generated ones of it are removed
    #[arg(long, value_enum, value_name = "ENGINE")]
    engine: Option<EngineName>,
    /// Only the files of an emitter; may be given several times. All other files stay as they are
    #[arg(long, value_name = "EMITTER", conflicts_with = "engine", value_parser = PossibleValuesParser::new(EMITTERS.iter().map(|emitter| emitter.name())))]
    only: Vec<String>,
    /// Write nothing; list what is stale, missing or orphaned
    #[arg(long)]
    check: bool,
    /// Take warnings for errors: write nothing when there is one
    #[arg(long)]
    deny_warnings: bool,
    /// Print diagnostics and outcome as JSON
    #[arg(long)]
    json: bool,
}

/// What `'*'` selects.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum PlacesName {
    Released,
    All,
}

impl From<PlacesName> for Places {
    fn from(name: PlacesName) -> Self {
        match name {
            PlacesName::Released => Self::Released,
            PlacesName::All => Self::All,
        }
    }
}

/// An engine that files are for.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum EngineName {
    Elasticsearch,
    #[value(name = "opensearch")]
    OpenSearch,
}

impl EngineName {
    /// The emitters of files for the other engine. A data view is for Kibana, which speaks to Elasticsearch alone.
    fn others(self) -> &'static [&'static str] {
        match self {
            Self::Elasticsearch => &["opensearch"],
            Self::OpenSearch => &["elasticsearch", "data-view"],
        }
    }
}

impl Generate {
    /// The emitters that are asked for.
    fn emitters(&self) -> Vec<&'static dyn Emitter> {
        let is_asked = |emitter: &&'static dyn Emitter| {
            let name = emitter.name();
            let is_listed = self.only.is_empty() || self.only.iter().any(|only| only == name);
            is_listed && self.engine.is_none_or(|engine| !engine.others().contains(&name))
        };
        EMITTERS.iter().copied().filter(is_asked).collect()
    }
}

/// Runs the command.
pub fn run(arguments: Generate) -> ExitCode {
    let emitters = arguments.emitters();
    let has_rust = emitters.iter().any(|emitter| emitter.name() == "rust");
    if !arguments.only.is_empty() && has_rust && arguments.rust.is_none() {
        let message = "the argument '--only rust' needs '--rust <DIR>', the folder of the Rust modules";
        Generate::augment_args(Command::new("ecs-gen generate"))
            .error(ErrorKind::MissingRequiredArgument, message)
            .exit();
    }
    let is_partial = !arguments.only.is_empty();
    let request = Request {
        logs: arguments.log,
        ecs: arguments.ecs,
        subsets: arguments.subsets,
        includes: arguments.includes,
        excludes: arguments.excludes,
        template_settings: arguments.template_settings,
        mapping_settings: arguments.mapping_settings,
        places: arguments.places.map(Into::into),
        descriptions: arguments.descriptions,
        without_opensearch: !emitters.iter().any(|emitter| emitter.name() == "opensearch"),
        deny_warnings: arguments.deny_warnings,
        name: arguments.name,
    };
    let mode = Mode::new(arguments.check, arguments.json);
    let mut loader = Loader::default();
    let models = load_models(&request, &mut loader);
    output::print_diagnostics(&loader, mode);
    let Some(models) = models else { return ExitCode::FAILURE };
    let roots = Roots { output: arguments.out, rust: arguments.rust.filter(|_| has_rust) };
    let files = emit_files(&models, &emitters);
    match find_other_modules(&files, &roots) {
        Ok(others) if others.is_empty() => {}
        Ok(others) => return output::fail(&together(&others), mode),
        Err(error) => return output::fail(&error, mode),
    }
    let scope = if is_partial { Scope::Files } else { Scope::Logs(names(&models)) };
    match Plan::load(&files, &roots, &scope) {
        Ok(plan) => match plan.find_foreign().as_slice() {
            [] => output::carry_out(&plan, &loader, mode),
            _ if arguments.check => output::carry_out(&plan, &loader, mode),
            foreign => output::fail(&overwritten(foreign), mode),
        },
        Err(error) => output::fail(&error, mode),
    }
}

fn overwritten(foreign: &[&Path]) -> std::io::Error {
    let names: Vec<String> = foreign.iter().map(|path| format!("`{}`", path.display())).collect();
    let names = names.join(", ");
    std::io::Error::other(format!(
        "{names}: would be overwritten, and nothing says that it was generated; move it away, or choose another folder. \
         Nothing was written"
    ))
}

fn together(others: &[PathBuf]) -> std::io::Error {
    let names: Vec<String> = others.iter().map(|path| format!("`{}`", path.display())).collect();
    let others = names.join(", ");
    std::io::Error::other(format!(
        "{others}: generated from a log that this run does not have, and `mod.rs` would lose it; name all logs of the \
         folder in one run (`--log A --log B`), give each its own `--rust` folder, or delete the file if its log is gone"
    ))
}

fn names(models: &[Model]) -> BTreeSet<String> {
    models.iter().map(|model| model.log.name.clone()).collect()
}
