//! From files to a [`Draft`]: the reading end of a run. Reports every file that cannot be read or understood.

mod subset;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value as Json;

use crate::declaration::EcsRelease;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::draft::{Draft, FieldTree};
use crate::ecs::Releases;
use crate::extension::{Fieldset, parse_fieldsets};
use crate::input;
use crate::input::index::PipelineInput;
use crate::input::log::LogInput;
use crate::model::{Pipeline, Sample};
use crate::source::node::Node;
use crate::source::yaml::parse_document;
use crate::source::{LoadError, Sources, Spanned};

/// Reads inputs and keeps what several logs share, so that each is read once.
#[derive(Debug, Default)]
pub struct Loader {
    /// All texts that were read.
    pub sources: Sources,
    /// All problems that were found.
    pub diagnostics: Diagnostics,
    releases: Releases,
    extensions: BTreeMap<PathBuf, Vec<Fieldset>>,
}

impl Loader {
    /// Reads a log file and everything that it names; `ecs` overrides the release that the file asks for.
    pub fn load_log(&mut self, path: &Path, ecs: Option<&str>) -> Option<Draft> {
        let document = self.load_yaml(path, &Place::Run)?;
        let log: LogInput = input::read(&document, &mut self.diagnostics)?;
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        let extensions: Vec<Fieldset> =
            log.extensions.iter().flat_map(|name| self.load_extension(&folder.join(&name.value), &at(name))).collect();
        let mut samples: Vec<Sample> =
            log.samples.iter().filter_map(|name| self.load_sample(folder, name, false)).collect();
        let input = log.index.default_pipeline.as_ref();
        let pipeline = input.and_then(|input| self.load_pipeline(folder, input));
        let flat = input.map(|input| input.samples.as_slice()).unwrap_or_default();
        samples.extend(flat.iter().filter_map(|name| self.load_sample(folder, name, true)));
        let release = self.load_release(ecs, &log.ecs, folder)?;
        let source = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Some(DraftParts { source, fieldsets: extensions, samples, pipeline }.into_draft(log, release))
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
    pub fn load_extension(&mut self, path: &Path, named_at: &Place) -> Vec<Fieldset> {
        if let Some(known) = self.extensions.get(path) {
            return known.clone();
        }
        let document = self.load_yaml(path, named_at);
        let sets = document.map(|document| parse_fieldsets(&document, &mut self.diagnostics)).unwrap_or_default();
        self.extensions.insert(path.to_owned(), sets.clone());
        sets
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
        let wanted = wanted.map_or_else(|| beside(folder, &declared.value), str::to_owned);
        self.releases.load(&mut self.sources, &wanted, at, &mut self.diagnostics)
    }

    fn load_sample(&mut self, folder: &Path, name: &Spanned<String>, before_pipeline: bool) -> Option<Sample> {
        let path = folder.join(&name.value);
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
                let problem = Diagnostic::error(Code::InvalidSample, "a sample is one JSON object").in_file(&path);
                self.diagnostics.push(problem);
                None
            }
            Err(error) => {
                let message = format!("the sample is not JSON: {error}");
                self.diagnostics.push(Diagnostic::error(Code::InvalidSample, message).in_file(&path));
                None
            }
        }
    }

    fn load_pipeline(&mut self, folder: &Path, input: &PipelineInput) -> Option<Pipeline> {
        let document = self.load_yaml(&folder.join(&input.file.value), &at(&input.file))?;
        let source = Path::new(&input.file.value).file_name().map(|name| name.to_string_lossy().into_owned());
        Some(Pipeline { name: input.name.value.clone(), body: document.to_json(), source: source.unwrap_or_default() })
    }

    fn report_unreadable(&mut self, path: &Path, error: &LoadError, named_at: &Place) {
        let shown = path.display();
        let problem = match error {
            LoadError::Io(error) => Diagnostic::error(Code::FileUnreadable, format!("cannot read `{shown}`: {error}"))
                .help("check the name; paths in a file are relative to that file"),
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

/// What a draft is made of besides the log file and the release.
#[derive(Debug, Default)]
struct DraftParts {
    source: String,
    fieldsets: Vec<Fieldset>,
    samples: Vec<Sample>,
    pipeline: Option<Pipeline>,
}

impl DraftParts {
    fn into_draft(self, log: LogInput, release: Arc<EcsRelease>) -> Draft {
        Draft {
            log,
            source: self.source,
            release,
            fieldsets: self.fieldsets,
            pipeline: self.pipeline,
            samples: self.samples,
            catalog: FieldTree::default(),
            selected: FieldTree::default(),
            docs_only: Vec::new(),
            required: BTreeSet::new(),
            storage: None,
            opensearch_since: None,
        }
    }
}

fn at(name: &Spanned<String>) -> Place {
    Place::Span(name.span)
}

/// A release that is a file's name stands beside the log file; a version stays as it is.
fn beside(folder: &Path, declared: &str) -> String {
    let is_file =
        declared.contains('/') || Path::new(declared).extension().is_some_and(|end| end == "yaml" || end == "yml");
    if is_file { folder.join(declared).display().to_string() } else { declared.to_owned() }
}
