//! What a log is besides its fields: names, indices, pipeline, producers, samples.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value as Json};

use crate::lifecycle::Lifecycle;

/// Names, indices, lifecycle and producers of a log.
#[derive(Clone, Debug)]
pub struct Log {
    /// Name of the log and of its folder, such as `kibana-event-log`.
    pub name: String,
    /// Title for people.
    pub title: String,
    /// One paragraph for people; empty when there is none.
    pub description: String,
    /// The log's own version, raised with each change of its schema.
    pub version: u32,
    /// The input file that declares it, relative to the workspace, for the first line of generated files.
    pub source: String,
    /// Where documents go.
    pub target: IndexTarget,
    /// Where they go on OpenSearch, when that is another place.
    pub opensearch_target: Option<IndexTarget>,
    /// Index settings.
    pub settings: Settings,
    /// When indices roll over and go.
    pub lifecycle: Lifecycle,
    /// The ingest pipeline that every document passes.
    pub pipeline: Option<Pipeline>,
    /// The least OpenSearch version that the OpenSearch files are for.
    pub opensearch_since: Version,
    /// Provider → its actions, each in declared order of actions.
    pub providers: BTreeMap<String, Vec<String>>,
    /// Real documents of the log's own.
    pub samples: Vec<Sample>,
    /// What settings files of the official generator say.
    pub overrides: Overrides,
}

/// What goes before generated templates and mappings, in the engine's own grammar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// Of an index template.
    pub template: Option<Map<String, Json>>,
    /// Of the root of a mapping.
    pub mappings: Option<Map<String, Json>>,
}

/// Where documents go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexTarget {
    /// Write aliases, each with its own row of indices. At least one; the first is the log's default.
    Aliases(Vec<Alias>),
    /// A data stream.
    DataStream(DataStream),
}

/// A write alias and its indices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// What producers write to, such as `events-gprd`.
    pub name: String,
    /// The first index, such as `events-gprd-000001`.
    pub first_index: String,
    /// What the template and the policy match, such as `events-gprd-*`.
    pub pattern: String,
}

/// A data stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataStream {
    /// What producers write to and what the template matches.
    pub name: String,
}

impl IndexTarget {
    /// What producers write to: aliases or a data stream.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let (aliases, stream) = match self {
            Self::Aliases(aliases) => (aliases.as_slice(), None),
            Self::DataStream(stream) => (&[][..], Some(stream.name.as_str())),
        };
        aliases.iter().map(|alias| alias.name.as_str()).chain(stream)
    }

    /// The patterns that the templates match, each once.
    #[must_use]
    pub fn patterns(&self) -> Vec<&str> {
        match self {
            Self::Aliases(aliases) => aliases.iter().map(|alias| alias.pattern.as_str()).collect(),
            Self::DataStream(stream) => vec![stream.name.as_str()],
        }
    }
}

/// Index settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Whether wildcard searches pass it over.
    pub hidden: bool,
    /// Primary shards.
    pub shards: u32,
    /// Replicas of each, when fixed.
    pub replicas: Option<u32>,
    /// Such as `0-1`: replicas follow the number of nodes.
    pub auto_expand_replicas: Option<String>,
    /// Such as `5s`.
    pub refresh_interval: Option<String>,
    /// Such as `best_compression`.
    pub codec: Option<String>,
    /// Further settings on Elasticsearch, by name without `index.`.
    pub elasticsearch: BTreeMap<&'static str, Json>,
    /// Further settings on OpenSearch.
    pub opensearch: BTreeMap<&'static str, Json>,
    /// Priority of the templates; the highest that matches wins.
    pub priority: u32,
}

/// An ingest pipeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Pipeline {
    /// Its name in the engine.
    pub name: String,
    /// Its body in the engine's own grammar.
    pub body: serde_json::Value,
    /// The input file that it comes from.
    pub source: String,
}

/// A real document that belongs to the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// File name without folder and ending.
    pub name: String,
    /// The document.
    pub document: serde_json::Value,
    /// Whether it is the flat form that the pipeline turns into the strict one, not a document of the log itself.
    pub before_pipeline: bool,
}

/// A release of an engine, such as `2.15`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second number.
    pub minor: u32,
}

impl Version {
    /// Reads `2.15`, `2` or `2.15.0`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|part| part.parse().ok());
        let major = parts.next()??;
        let minor = parts.next().unwrap_or(Some(0))?;
        Some(Self { major, minor })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}
