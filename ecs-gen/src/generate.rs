//! The whole way from input files to files in memory: load, run the passes, build the models, emit.

use std::path::PathBuf;

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::draft::{Draft, into_model};
use crate::emit::{EMITTERS, Emitter};
use crate::files::Files;
use crate::input::log::Places;
use crate::load::Loader;
use crate::model::Model;
use crate::pass;

/// What to generate.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Log files.
    pub logs: Vec<PathBuf>,
    /// The ECS release to use instead of the one that each log names: a version or the path of a facts file.
    pub ecs: Option<String>,
    /// Official subset files to be united, instead of log files.
    pub subsets: Vec<PathBuf>,
    /// Custom field sets for the subset files.
    pub includes: Vec<PathBuf>,
    /// Official exclude files for the subset files.
    pub excludes: Vec<PathBuf>,
    /// What goes before the generated index template of subset files, as a part of one.
    pub template_settings: Option<PathBuf>,
    /// What goes before the root of the generated mapping of subset files, as a part of one.
    pub mapping_settings: Option<PathBuf>,
    /// What `'*'` selects, instead of what each log says; all places in subset files when absent.
    pub places: Option<Places>,
    /// A package or checkout of ECS whose texts describe fields that nobody else does.
    pub descriptions: Option<PathBuf>,
    /// Whether no files for OpenSearch are wanted, so that names are fine which only it cannot manage.
    pub without_opensearch: bool,
    /// Whether a warning counts as an error.
    pub deny_warnings: bool,
    /// Name of the log that subset files make; the first subset's name when absent.
    pub name: Option<String>,
}

/// Loads and resolves everything that is asked for; the loader holds the diagnostics. `None` when there was an error.
pub fn load_models(request: &Request, loader: &mut Loader) -> Option<Vec<Model>> {
    if let Some(package) = &request.descriptions {
        loader.load_descriptions(package)?;
    }
    let mut drafts: Vec<Draft> = request.logs.iter().filter_map(|path| loader.load_log(path, request)).collect();
    if request.logs.is_empty() {
        drafts.extend(loader.load_subsets(request));
    }
    for draft in &mut drafts {
        pass::run_all(draft, &mut loader.diagnostics);
        if !request.without_opensearch {
            pass::check_opensearch(draft, &mut loader.diagnostics);
        }
    }
    pass::check_logs(&drafts, &mut loader.diagnostics);
    if request.deny_warnings {
        loader.diagnostics.deny_warnings();
    }
    if loader.diagnostics.has_errors() {
        return None;
    }
    let models: Option<Vec<Model>> = drafts.into_iter().map(into_model).collect();
    if models.is_none() {
        let message = "a log has no indices and no lifecycle, and nothing said why";
        loader.diagnostics.push(Diagnostic::error(Code::LifecycleConflict, message));
    }
    models
}

/// The files of all models, by every emitter or by those of the given names.
#[must_use]
pub fn emit_files(models: &[Model], only: &[&dyn Emitter]) -> Files {
    let mut files = Files::default();
    for emitter in if only.is_empty() { EMITTERS } else { only } {
        emitter.emit_all(models, &mut files);
    }
    files
}
