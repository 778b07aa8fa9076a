//! The generated files of one log for one engine, read and checked. Sends nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::policy;
use crate::transport::Method;

/// The file that names the others.
const INSTALL: &str = "install.json";

/// Everything that is installed on an engine for one log.
///
/// # Examples
/// Files can be embedded, with paths from the source file:
///
/// ```
/// let bundle = event_store::embed_bundle!(
///     "../../../generated/kibana-event-log/opensearch":
///     "install.json",
///     "ism-policy.json",
///     "component-template-settings.json",
///     "component-template-mappings.json",
///     "index-template.json",
///     "first-index.json",
/// )?;
/// assert_eq!((bundle.log(), bundle.version()), ("kibana-event-log", 3));
/// assert_eq!(bundle.targets().collect::<Vec<_>>(), ["kibana-event-log"]);
/// # Ok::<(), event_store::BundleError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Bundle {
    log: String,
    version: u64,
    engine: EngineKind,
    hash: String,
    /// The mapping that the templates give, as the body of `PUT INDEX/_mapping`.
    mapping: Value,
    steps: Vec<InstallStep>,
}

/// Which of the two engines a bundle is for.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum EngineKind {
    /// Elasticsearch 8 and 9.
    Elasticsearch,
    /// OpenSearch 2 and 3.
    OpenSearch,
}

impl fmt::Display for EngineKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Elasticsearch => "elasticsearch",
            Self::OpenSearch => "opensearch",
        })
    }
}

/// Why files are not a valid bundle.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// A file cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        r#source: io::Error,
    },
    /// A file that `install.json` names, or that file itself, is not among those given.
    #[error("the file `{file}` is missing")]
    Missing {
        /// Its name.
        file: String,
    },
    /// A file is not of the form that `ecs-gen` writes.
    #[error("the file `{file}` does not have the form that `ecs-gen` writes: {source}")]
    Parse {
        /// Its name.
        file: String,
        /// What is wrong.
        r#source: serde_json::Error,
    },
    /// A step that this release does not know how to perform.
    #[error("the step `{path}` of `install.json` is of an unknown kind: {why}")]
    Step {
        /// Its path.
        path: String,
        /// What it lacks.
        why: &'static str,
    },
}

/// One request of an installation.
#[derive(Clone, Debug)]
pub(super) struct InstallStep {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) body: Option<Value>,
    pub(super) skip_if: Option<SkipCheck>,
    pub(super) fine_if: Option<AcceptedRefusal>,
    pub(super) kind: InstallStepKind,
    /// Whether it is skipped, because the caller wants no policy.
    pub(super) is_left_out: bool,
}

/// What a step creates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum InstallStepKind {
    /// A component or index template, which has a `_meta`.
    Template,
    /// A lifecycle policy.
    Policy,
    /// A pipeline.
    Pipeline,
    /// The first index with its alias.
    FirstIndex { index: String, alias: String },
    /// A data stream.
    DataStream { name: String },
}

/// A request whose status may make a step superfluous.
#[derive(Clone, Debug)]
pub(super) struct SkipCheck {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) status: u16,
}

/// A refusal that counts as success.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AcceptedRefusal {
    pub(super) status: u16,
    pub(super) error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InstallFile {
    log: String,
    version: u64,
    engine: EngineKind,
    steps: Vec<InstallStepFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InstallStepFile {
    method: String,
    path: String,
    body: Option<String>,
    #[serde(rename = "note")]
    _note: String,
    skip_if: Option<SkipCheckFile>,
    fine_if: Option<AcceptedRefusal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SkipCheckFile {
    method: String,
    path: String,
    status: u16,
}

impl Bundle {
    /// Reads a folder of generated files, such as `generated/kibana-event-log/elasticsearch`.
    ///
    /// # Errors
    /// When a file is missing or not as generated.
    pub fn load(folder: impl AsRef<Path>) -> Result<Self, BundleError> {
        let folder = folder.as_ref();
        Self::new(|file| {
            let path = folder.join(file);
            fs::read_to_string(&path).map_err(|source| BundleError::Read { path, source })
        })
    }

    /// Takes files by name and content; [`embed_bundle!`](crate::embed_bundle) makes the list. More files than needed are
    /// fine.
    ///
    /// # Errors
    /// When one is missing or not as generated.
    pub fn from_files(files: &[(&str, &str)]) -> Result<Self, BundleError> {
        let files: BTreeMap<&str, &str> = files.iter().copied().collect();
        Self::new(|file| {
            let text = files.get(file).ok_or_else(|| BundleError::Missing { file: file.to_owned() })?;
            Ok((*text).to_owned())
        })
    }

    fn new(load: impl Fn(&str) -> Result<String, BundleError>) -> Result<Self, BundleError> {
        let install: InstallFile = parse(INSTALL, &load(INSTALL)?)?;
        let mut steps = Vec::new();
        let (mut hash, mut mapping) = (None, None);
        for step in install.steps {
            let body = match &step.body {
                Some(file) => {
                    let text = load(file)?;
                    Some(parse::<Value>(file, &text)?)
                }
                None => None,
            };
            let value = body.clone().unwrap_or_default();
            let step = InstallStep::new(step, &value, body)?;
            if step.kind == InstallStepKind::Template {
                hash = value["_meta"]["hash"].as_str().map(str::to_owned).or(hash);
                mapping = value["template"].get("mappings").cloned().or(mapping);
            }
            steps.push(step);
        }
        let missing = |why| BundleError::Step { path: "/_index_template/…".to_owned(), why };
        Ok(Self {
            log: install.log,
            version: install.version,
            engine: install.engine,
            hash: hash.ok_or_else(|| missing("no template has a `_meta.hash`"))?,
            mapping: mapping.ok_or_else(|| missing("no template has a mapping"))?,
            steps,
        })
    }

    /// Leaves out the lifecycle policy, and the index settings that name one: for an engine without lifecycle management, which
    /// refuses both. Nothing rolls over or deletes the indices of the log then; that is up to you, and the report of the
    /// installation says so. Once the engine has lifecycle management, an installation with the policy fixes that for later
    /// indices.
    #[must_use]
    pub fn without_policy(mut self) -> Self {
        let hash = std::mem::take(&mut self.hash);
        self.hash = format!("{hash}{}", policy::WITHOUT);
        for step in &mut self.steps {
            step.is_left_out = step.kind == InstallStepKind::Policy;
            if let Some(body) = &mut step.body {
                policy::remove(body, &hash, &self.hash);
            }
        }
        policy::remove(&mut self.mapping, &hash, &self.hash);
        self
    }

    /// Name of the log.
    #[must_use]
    pub fn log(&self) -> &str {
        &self.log
    }

    /// Version of the log, as its owner counts.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The engine that the files are for.
    #[must_use]
    pub const fn engine(&self) -> EngineKind {
        self.engine
    }

    /// Hash of everything that an installation keeps up to date.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Aliases or the data stream that documents are written to.
    pub fn targets(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(|step| match &step.kind {
            InstallStepKind::FirstIndex { alias, .. } => Some(alias.as_str()),
            InstallStepKind::DataStream { name } => Some(name.as_str()),
            InstallStepKind::Template | InstallStepKind::Policy | InstallStepKind::Pipeline => None,
        })
    }

    /// Whether it creates an alias or a data stream of that name.
    #[must_use]
    pub fn has_target(&self, name: &str) -> bool {
        let is_it = |kind: &InstallStepKind| match kind {
            InstallStepKind::FirstIndex { alias, .. } => alias == name,
            InstallStepKind::DataStream { name: stream } => stream == name,
            _ => false,
        };
        self.steps.iter().any(|step| is_it(&step.kind))
    }

    pub(super) fn mapping(&self) -> &Value {
        &self.mapping
    }

    pub(super) fn steps(&self) -> &[InstallStep] {
        &self.steps
    }
}

fn parse<T: for<'de> Deserialize<'de>>(file: &str, text: &str) -> Result<T, BundleError> {
    serde_json::from_str(text).map_err(|source| BundleError::Parse { file: file.to_owned(), source })
}

impl InstallStep {
    fn new(step: InstallStepFile, value: &Value, body: Option<Value>) -> Result<Self, BundleError> {
        let unknown = |why| BundleError::Step { path: step.path.clone(), why };
        let method = |name: &str| name.parse::<Method>().map_err(|_| unknown("its method"));
        let skip_if = match &step.skip_if {
            Some(probe) => {
                Some(SkipCheck { method: method(&probe.method)?, path: probe.path.clone(), status: probe.status })
            }
            None => None,
        };
        let kind = if step.path.starts_with("/_component_template/") || step.path.starts_with("/_index_template/") {
            InstallStepKind::Template
        } else if let Some(name) = step.path.strip_prefix("/_data_stream/") {
            InstallStepKind::DataStream { name: unescape(name) }
        } else if policy::is_of_one(&step.path) {
            InstallStepKind::Policy
        } else if step.path.starts_with("/_") {
            InstallStepKind::Pipeline
        } else {
            let aliases = value["aliases"].as_object();
            let alias = aliases.and_then(|aliases| aliases.keys().next()).ok_or_else(|| unknown("its alias"))?;
            InstallStepKind::FirstIndex { index: unescape(&step.path[1..]), alias: alias.clone() }
        };
        Ok(Self {
            method: method(&step.method)?,
            skip_if,
            kind,
            path: step.path,
            body,
            fine_if: step.fine_if,
            is_left_out: false,
        })
    }
}

/// Undoes the escaping of a name in a path.
fn unescape(name: &str) -> String {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let escaped = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A [`Bundle`] out of files that are compiled in: the folder as seen from the source file, and the names of the files.
#[macro_export]
macro_rules! embed_bundle {
    ($folder:literal: $($file:literal),+ $(,)?) => {
        $crate::Bundle::from_files(&[$(($file, include_str!(concat!($folder, "/", $file)))),+])
    };
}
