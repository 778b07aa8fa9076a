//! A log file: what an event log is.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Entries;
use super::index::{IndexInput, OpenSearchInput};
use super::lifecycle::LifecycleInput;
use super::selection::SelectedFields;
use crate::source::Spanned;

/// An event log: its fields, names, lifecycle and producers.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogInput {
    /// Name of the log and of its output folder: lower case, words parted by `-`.
    pub name: Spanned<String>,
    /// Title for people.
    #[serde(default)]
    pub title: Option<String>,
    /// A paragraph for people.
    #[serde(default)]
    pub description: Option<String>,
    /// Version of the log's schema; raise it with each change that an installed engine must notice. Default 1.
    #[serde(default)]
    pub version: Option<u32>,
    /// The ECS release to select from, such as `9.4.0`, or the path of an imported one.
    pub ecs: Spanned<String>,
    /// Files of custom field sets, relative to this file.
    #[serde(default)]
    pub extensions: Vec<Spanned<String>>,
    /// Field sets of ECS in whose place the log has its own: nothing that ECS says of them counts. An extension declares
    /// each.
    #[serde(default)]
    pub own_fieldsets: Vec<Spanned<String>>,
    /// The selected field sets and fields.
    pub fields: SelectedFields,
    /// What `'*'` selects: what the release of ECS documents and custom files add (`released`, the default), or every
    /// place that the schemas allow (`all`).
    #[serde(default)]
    pub places: Option<Places>,
    /// Paths that every document must have.
    #[serde(default)]
    pub required: Vec<Spanned<String>>,
    /// What becomes of objects whose keys ECS leaves open, such as `labels`. Default: all flattened.
    #[serde(default)]
    pub open_objects: Entries<OpenObject>,
    /// Object → `false`: fields in it that the log does not have are kept and not indexed, in place of refusing the document.
    /// `'*'` is the whole document. What an object says counts for the objects in it; `strict` makes an exception.
    #[serde(default)]
    pub dynamic: Entries<Spanned<String>>,
    /// Values of constant keywords, such as `data_stream.dataset: shop`. Those of `data_stream` follow from a data stream's
    /// name of the form `TYPE-DATASET-NAMESPACE`.
    #[serde(default)]
    pub constants: Entries<Spanned<String>>,
    /// The most fields, objects and multi-fields that the mapping may have. Default 1,000, the engines' own limit.
    #[serde(default)]
    pub field_budget: Option<Spanned<u32>>,
    /// Where documents go.
    pub index: Spanned<IndexInput>,
    /// When indices roll over and go. Absent: they roll over at 30 days or 50 GB a shard, and nothing is ever deleted.
    #[serde(default)]
    pub lifecycle: Option<Spanned<LifecycleInput>>,
    /// What the OpenSearch files are for.
    #[serde(default)]
    pub opensearch: Option<Spanned<OpenSearchInput>>,
    /// Path of a selected field or object → what it means, in one line for people.
    #[serde(default)]
    pub descriptions: Entries<String>,
    /// Provider → its actions: who logs what.
    #[serde(default)]
    pub providers: Entries<Vec<Spanned<String>>>,
    /// Real documents, as JSON files relative to this file.
    #[serde(default)]
    pub samples: Vec<Spanned<String>>,
}

impl LogInput {
    /// A log with nothing but its name and its fields; everything else is the default.
    #[must_use]
    pub fn new(name: Spanned<String>, ecs: Spanned<String>, fields: SelectedFields) -> Self {
        let index = IndexInput { alias: Some(name.clone()), ..IndexInput::default() };
        Self {
            index: Spanned::new(name.span, index),
            lifecycle: None,
            opensearch: None,
            name,
            title: None,
            description: None,
            version: None,
            ecs,
            extensions: Vec::new(),
            own_fieldsets: Vec::new(),
            fields,
            places: None,
            required: Vec::new(),
            open_objects: Entries::default(),
            dynamic: Entries::default(),
            constants: Entries::default(),
            field_budget: None,
            descriptions: Entries::default(),
            providers: Entries::default(),
            samples: Vec::new(),
        }
    }
}

/// Which places of field sets `'*'` selects. What is named is selected in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Places {
    /// Those that the release of ECS documents, and what custom files add.
    Released,
    /// All that the schemas allow.
    All,
}

/// What becomes of an object with open keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpenObject {
    /// One field holds the whole object; every value in it can be searched as a keyword.
    Flattened,
    /// Kept as it is, neither checked nor searchable.
    Stored,
}
