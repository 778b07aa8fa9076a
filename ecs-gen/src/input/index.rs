//! The option `index` of a log file: names, patterns and settings of the indices; and `opensearch`.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Json;

use super::Entries;
use crate::source::Spanned;

/// Where documents go, and how those indices are set up. Exactly one of `alias`, `aliases` and `data_stream`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IndexInput {
    /// The alias that producers write to; its first index is `ALIAS-000001`.
    #[serde(default)]
    pub alias: Option<Spanned<String>>,
    /// Several aliases, each with its own row of indices, such as one for each environment.
    #[serde(default)]
    pub aliases: Option<Spanned<Vec<Spanned<String>>>>,
    /// The data stream that producers write to.
    #[serde(default)]
    pub data_stream: Option<Spanned<String>>,
    /// What the template matches; only with `alias`. Default `ALIAS-*`.
    #[serde(default)]
    pub pattern: Option<Spanned<String>>,
    /// Whether searches with wildcards pass the indices and their alias over. Default false.
    #[serde(default)]
    pub hidden: bool,
    /// Primary shards of each index. Default 1.
    #[serde(default)]
    pub shards: Option<Spanned<u32>>,
    /// Copies of each shard. Default: the engine's, which is 1. Not with `auto_expand_replicas`.
    #[serde(default)]
    pub replicas: Option<Spanned<u32>>,
    /// Copies of each shard that follow the number of nodes, such as `0-1` or `0-all`.
    #[serde(default)]
    pub auto_expand_replicas: Option<Spanned<String>>,
    /// How soon a written document can be found, such as `5s`; `-1` for never. Default: the engine's.
    #[serde(default)]
    pub refresh_interval: Option<Spanned<String>>,
    /// How documents are compressed.
    #[serde(default)]
    pub codec: Option<CodecInput>,
    /// Further index settings by name, such as `sort.field: ['@timestamp']`; `index.` may be left out.
    #[serde(default)]
    pub settings: Entries<Spanned<Json>>,
    /// Priority of the templates and of the ISM policy; the highest that matches an index wins. Default 200.
    #[serde(default)]
    pub priority: Option<Spanned<u32>>,
    /// The ingest pipeline that every document passes.
    #[serde(default)]
    pub default_pipeline: Option<PipelineInput>,
}

/// How documents are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CodecInput {
    /// Fast.
    Default,
    /// Small.
    BestCompression,
}

/// An ingest pipeline.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PipelineInput {
    /// Its name in the engine.
    pub name: Spanned<String>,
    /// Its body, as a YAML or JSON file relative to this one.
    pub file: Spanned<String>,
    /// Documents as they come before the pipeline, as JSON files relative to this file.
    #[serde(default)]
    pub samples: Vec<Spanned<String>>,
}

/// What the OpenSearch files are for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenSearchInput {
    /// The least version that they must work on, such as `2.15`, which is the default. Types that came later are
    /// replaced.
    #[serde(default)]
    pub since: Option<Spanned<String>>,
    /// The write alias on OpenSearch, where it is another one. Needed where the log's alias begins with a dot or is
    /// hidden: Index State Management manages no such index. Indices of this alias are not hidden.
    #[serde(default)]
    pub alias: Option<Spanned<String>>,
    /// Several aliases on OpenSearch, where they are others.
    #[serde(default)]
    pub aliases: Option<Spanned<Vec<Spanned<String>>>>,
    /// The data stream on OpenSearch, where documents go to another place.
    #[serde(default)]
    pub data_stream: Option<Spanned<String>>,
    /// What the template matches on OpenSearch; only with `alias` here. Default `ALIAS-*`.
    #[serde(default)]
    pub pattern: Option<Spanned<String>>,
    /// Further index settings on OpenSearch, such as `codec: zstd_no_dict`; they go before those of `index`.
    #[serde(default)]
    pub settings: Entries<Spanned<Json>>,
}
