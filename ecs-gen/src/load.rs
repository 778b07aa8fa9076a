//! From files to a [`Draft`]: the reading end of a run. Reports every file that cannot be read or understood.

mod paths;
mod settings;
mod subset;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use serde_json::Value as Json;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::draft::{Draft, FieldTree};
use crate::ecs::{EcsRelease, Releases, Texts, load_published};
use crate::fieldset::{Catalog, read_fieldsets};
use crate::generate::Request;
use crate::input::exclude::ExcludeInput;
use crate::input::fieldset::FieldsetInput;
use crate::input::index::PipelineInput;
use crate::input::log::{LogInput, Places};
use crate::input::{self, Dialect};
use crate::model::{Overrides, Pipeline, Sample};
use crate::source::node::Node;
use crate::source::yaml::parse_document;
use crate::source::{FileId, LoadError, SourceFile, Sources, Span, Spanned};

/// The version of a package of which only the texts are read.
const ANY_VERSION: &str = "0.0.0";

/// Reads inputs and keeps what several logs share, so that each is read once.
#[derive(Clone, Debug, Default)]
pub struct Loader {
    /// All texts that were read.
    pub sources: Sources,
    /// All problems that were found.
    pub diagnostics: Diagnostics,
    releases: Releases,
    extensions: BTreeMap<PathBuf, Extension>,
    /// What a package of ECS says of fields and field sets, by path.
    descriptions: Arc<BTreeMap<String, String>>,
}

/// What was read of an extension file.
#[derive(Clone, Debug)]
pub struct Extension {
    /// Its field sets, as far as they are right.
    pub fieldsets: Vec<FieldsetInput>,
    /// Whether something was wrong with it, so that fields of it may be missing.
    pub is_flawed: bool,
}

impl Loader {
    /// Reads a log file and everything that it names; what the request says goes before what the file says.
    pub fn load_log(&mut self, path: &Path, request: &Request) -> Option<Draft> {
        let document = self.load_yaml(path, &Place::Run)?;
        let log: LogInput = input::read(&document, &mut self.diagnostics)?;
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        let mut extensions = self.load_extensions(folder, &log.extensions);
        extensions.is_flawed |= document.get("extensions").is_some_and(|names| self.is_incomplete(names));
        let is_selection_flawed = document.get("fields").is_some_and(|fields| self.is_incomplete(fields));
        let mut samples: Vec<Sample> =
            log.samples.iter().filter_map(|name| self.load_sample(folder, name, false)).collect();
        let input = log.index.default_pipeline.as_ref();
        let pipeline = input.and_then(|input| self.load_pipeline(folder, input));
        let flat = input.map(|input| input.samples.as_slice()).unwrap_or_default();
        samples.extend(flat.iter().filter_map(|name| self.load_sample(folder, name, true)));
        let release = self.load_release(request.ecs.as_deref(), &log.ecs, folder)?;
        let source = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let places = request.places.or(log.places).unwrap_or(Places::Released);
        let parts = DraftParts {
            source,
            extensions,
            descriptions: self.descriptions.clone(),
            is_selection_flawed,
            dialect: Dialect::Own,
            places,
            excludes: Vec::new(),
            overrides: Overrides::default(),
            samples,
            pipeline,
        };
        Some(parts.into_draft(log, release))
    }

    /// Whether a part of `node` was reported and left out.
    fn is_incomplete(&self, node: &Node) -> bool {
        let below = |node: &Node| self.is_incomplete(node);
        self.diagnostics.is_incomplete(node.span)
            || node.as_list().unwrap_or_default().iter().any(below)
            || node.as_map().unwrap_or_default().iter().any(|(_, value)| below(value))
    }

    fn load_extensions(&mut self, folder: &Path, names: &[Spanned<String>]) -> Extension {
        let mut all = Extension { fieldsets: Vec::new(), is_flawed: false };
        let mut listed = BTreeSet::new();
        for name in names {
            let path = beside(folder, &name.value);
            if listed.insert(path.clone()) {
                all.add(self.load_extension(&path, Dialect::Own, &at(name)));
            } else {
                let message = format!("the extension `{}` is listed twice", name.value);
                self.diagnostics
                    .push(Diagnostic::error(Code::DuplicateValue, message).at(name.span).help("remove one"));
            }
        }
        all
    }

    /// Reads and parses a YAML file; `named_at` is where its name was written.
    pub fn load_yaml(&mut self, path: &Path, named_at: &Place) -> Option<Node> {
        match self.sources.load_file(path) {
            Ok(file) => parse_document(&self.sources, file, &mut self.diagnostics),
            Err(error) => {
                self.report_unreadable(path, &error, named_at);
                None
            }
        }
    }

    /// Reads the field sets of an extension file, once.
    pub fn load_extension(&mut self, path: &Path, dialect: Dialect, named_at: &Place) -> Extension {
        if let Some(known) = self.extensions.get(path) {
            return known.clone();
        }
        let before = self.diagnostics.count_errors();
        let document = self.load_yaml(path, named_at);
        let fieldsets =
            document.map(|document| read_fieldsets(&document, dialect, &mut self.diagnostics)).unwrap_or_default();
        let extension = Extension { fieldsets, is_flawed: self.diagnostics.count_errors() > before };
        self.extensions.insert(path.to_owned(), extension.clone());
        extension
    }

    /// Reads the ECS release that the command line or, without it, the log file asks for.
    pub fn load_release(
        &mut self,
        wanted: Option<&str>,
        declared: &Spanned<String>,
        folder: &Path,
    ) -> Option<Arc<EcsRelease>> {
        let at = wanted.is_none().then_some(declared.span);
        // A path in a log file is relative to it, one of the command line to the working folder.
        let wanted = wanted.map_or_else(|| release_beside(folder, &declared.value), str::to_owned);
        self.releases.load(&mut self.sources, &wanted, at, &mut self.diagnostics)
    }

    /// Reads what a package of ECS says of its fields and field sets, for all logs of the run. `None` when a problem was
    /// reported.
    pub(crate) fn load_descriptions(&mut self, package: &Path) -> Option<()> {
        let version = Some(ANY_VERSION);
        let read = load_published(&mut self.sources, package, version, Texts::Kept, &mut self.diagnostics)?;
        self.descriptions = Arc::new(read.descriptions());
        Some(())
    }

    fn load_sample(&mut self, folder: &Path, name: &Spanned<String>, before_pipeline: bool) -> Option<Sample> {
        let path = beside(folder, &name.value);
        let file = match self.sources.load_file(&path) {
            Ok(file) => file,
            Err(error) => {
                self.report_unreadable(&path, &error, &at(name));
                return None;
            }
        };
        match serde_json::from_str::<Json>(&self.sources.file(file).text) {
            Ok(document) if document.is_object() => {
                let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
                Some(Sample { name, document, before_pipeline })
            }
            Ok(_) => {
                let problem = Diagnostic::error(Code::InvalidSample, "a sample is one JSON object");
                self.diagnostics.push(problem.at(file.start()));
                None
            }
            Err(error) => {
                self.diagnostics.push(syntax_problem(self.sources.file(file), file, &error));
                None
            }
        }
    }

    fn load_pipeline(&mut self, folder: &Path, input: &PipelineInput) -> Option<Pipeline> {
        let document = self.load_yaml(&beside(folder, &input.file.value), &at(&input.file))?;
        let source = Path::new(&input.file.value).file_name().map(|name| name.to_string_lossy().into_owned());
        Some(Pipeline { name: input.name.value.clone(), body: document.to_json(), source: source.unwrap_or_default() })
    }

    fn report_unreadable(&mut self, path: &Path, error: &LoadError, named_at: &Place) {
        let shown = path.display();
        let problem = match error {
            LoadError::Io(error) => {
                let is_named = *named_at != Place::Run;
                let help = is_named.then(|| "check the name; paths in a file are relative to that file".to_owned());
                Diagnostic::error(Code::FileUnreadable, format!("cannot read `{shown}`: {error}")).maybe_help(help)
            }
            LoadError::TooLarge(size) => {
                let limit = crate::source::MAX_FILE_BYTES;
                let message = format!("`{shown}` has {size} bytes; no input needs more than {limit}");
                Diagnostic::error(Code::TooLarge, message)
            }
            LoadError::NotUtf8(offset) => {
                Diagnostic::error(Code::FileUnreadable, format!("`{shown}` is not UTF-8 at byte {offset}"))
            }
        };
        let place = if *named_at == Place::Run { Place::File(path.to_owned()) } else { named_at.clone() };
        self.diagnostics.push(Diagnostic { place, ..problem });
    }
}

impl Extension {
    fn add(&mut self, other: Self) {
        self.fieldsets.extend(other.fieldsets);
        self.is_flawed |= other.is_flawed;
    }
}

/// What a draft is made of besides the log file and the release.
#[derive(Debug)]
struct DraftParts {
    source: String,
    extensions: Extension,
    descriptions: Arc<BTreeMap<String, String>>,
    is_selection_flawed: bool,
    dialect: Dialect,
    places: Places,
    excludes: Vec<ExcludeInput>,
    overrides: Overrides,
    samples: Vec<Sample>,
    pipeline: Option<Pipeline>,
}

impl DraftParts {
    fn into_draft(self, log: LogInput, release: Arc<EcsRelease>) -> Draft {
        Draft {
            log,
            source: self.source,
            release,
            fieldsets: self.extensions.fieldsets,
            dialect: self.dialect,
            places: self.places,
            excludes: self.excludes,
            overrides: self.overrides,
            is_flawed: self.extensions.is_flawed,
            is_selection_flawed: self.is_selection_flawed,
            descriptions: self.descriptions,
            pipeline: self.pipeline,
            samples: self.samples,
            catalog: Catalog::default(),
            selected: FieldTree::default(),
            docs_only: Vec::new(),
            required: BTreeSet::new(),
            takes_unknown: BTreeMap::new(),
            storage: None,
            opensearch_since: None,
        }
    }
}

fn at(name: &Spanned<String>) -> Place {
    Place::Span(name.span)
}

/// What is wrong with the JSON of a sample, at its place. The parser counts columns in bytes, from 1, and gives 0 for a
/// line that it has only begun.
fn syntax_problem(source: &SourceFile, file: FileId, error: &serde_json::Error) -> Diagnostic {
    let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
    let before = source.line(line).unwrap_or_default().as_bytes();
    let before = &before[..error.column().saturating_sub(1).min(before.len())];
    let column = u32::try_from(String::from_utf8_lossy(before).chars().count()).unwrap_or(u32::MAX).saturating_add(1);
    let message = error.to_string();
    let cause = message.rsplit_once(" at line ").map_or(message.as_str(), |(cause, _)| cause);
    Diagnostic::error(Code::InvalidSample, format!("the sample is not JSON: {cause}"))
        .at(Span { file, line, column })
        .help("a sample is one JSON object, a document as it is stored")
}

/// The path of a file that is named in a file of `folder`, in its shortest form: a file that two logs share is read and
/// shown once.
fn beside(folder: &Path, name: &str) -> PathBuf {
    let joined = folder.join(name);
    let mut short = PathBuf::new();
    for part in joined.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(short.components().next_back(), Some(Component::Normal(_))) => {
                short.pop();
            }
            part => short.push(part),
        }
    }
    // Behind a symbolic link, `..` leads elsewhere than it looks.
    match (joined.canonicalize(), short.canonicalize()) {
        (Ok(there), Ok(here)) if there != here => joined,
        _ => short,
    }
}

/// A release that is a file's name stands beside the log file; a version stays as it is.
fn release_beside(folder: &Path, declared: &str) -> String {
    let is_file =
        declared.contains('/') || Path::new(declared).extension().is_some_and(|end| end == "yaml" || end == "yml");
    if is_file { beside(folder, declared).display().to_string() } else { declared.to_owned() }
}
