//! A file of custom field sets: the grammar of the official ECS generator's schema files, with `reuse` in addition.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Json;

use super::Entries;
use crate::source::Spanned;

/// A field set, as the official generator takes with `--include`. A file holds one, or a list of them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldsetInput {
    /// Name of the set, and of the object that holds its fields.
    pub name: Spanned<String>,
    /// Title for people.
    #[serde(default)]
    pub title: Option<String>,
    /// What the set is for.
    #[serde(default)]
    pub description: Option<String>,
    /// The same in one line.
    #[serde(default)]
    pub short: Option<String>,
    /// A note below the docs.
    #[serde(default)]
    pub footnote: Option<String>,
    /// Place in the official docs; has no effect.
    #[serde(default)]
    pub group: Option<u32>,
    /// Always `group`.
    #[serde(default, rename = "type")]
    pub set_type: Option<FieldsetType>,
    /// Whether the fields stand at the root of the document instead of below the set's name.
    #[serde(default)]
    pub root: bool,
    /// Whether the set may still change, or the sentence that says so.
    #[serde(default)]
    pub beta: Option<Json>,
    /// Where else the set stands.
    #[serde(default)]
    pub reusable: Option<ReusableInput>,
    /// The fields.
    pub fields: Vec<ExtensionFieldInput>,
}

/// The type of a field set.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldsetType {
    /// A set of fields.
    Group,
}

impl FieldsetType {
    /// The word for a set of fields, and in old files for an object that only holds others.
    pub const NAME: &'static str = "group";
}

/// Where else a field set stands.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReusableInput {
    /// Whether the set stands at the root as well. Default true.
    #[serde(default)]
    pub top_level: Option<bool>,
    /// Order in which the official generator resolves reuse; has no effect.
    #[serde(default)]
    pub order: Option<u32>,
    /// The places.
    #[serde(default)]
    pub expected: Vec<Spanned<ExpectedInput>>,
}

/// A place where a field set stands: a path, or a path and a name.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ExpectedInput {
    /// Below that path, under the set's own name.
    At(String),
    /// Below a path, under another name.
    As(ExpectedAs),
}

/// A place and the name that a field set has there.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedAs {
    /// Path of the object that gets the set.
    pub at: String,
    /// Name of the set there; its own when absent.
    #[serde(default, rename = "as")]
    pub name: Option<String>,
    /// Whether the set may still change there.
    #[serde(default)]
    pub beta: Option<Json>,
    /// Another line for the docs there.
    #[serde(default)]
    pub short_override: Option<String>,
    /// `[array]`: documents hold a list of them there.
    #[serde(default)]
    pub normalize: Vec<Normalize>,
}

/// How many values documents hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Normalize {
    /// A list.
    Array,
}

/// A field of an extension.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtensionFieldInput {
    /// Path below the set.
    pub name: Spanned<String>,
    /// The type; `keyword`, `long`, `date`, … Absent only with `reuse`.
    #[serde(default, rename = "type")]
    pub field_type: Option<Spanned<String>>,
    /// An ECS field set whose fields stand here too.
    #[serde(default)]
    pub reuse: Option<Spanned<String>>,
    /// `core`, `extended` or `custom`; `custom` when absent.
    #[serde(default)]
    pub level: Option<LevelInput>,
    /// What the field means.
    #[serde(default)]
    pub description: Option<String>,
    /// The same in one line.
    #[serde(default)]
    pub short: Option<String>,
    /// A value, for the docs.
    #[serde(default)]
    pub example: Option<Json>,
    /// `[array]`: documents hold a list of values.
    #[serde(default)]
    pub normalize: Vec<Normalize>,
    /// Whether every document that has the set has the field.
    #[serde(default)]
    pub required: Option<bool>,
    /// The only values that are allowed.
    #[serde(default)]
    pub allowed_values: Vec<AllowedValueInput>,
    /// Values that are usual.
    #[serde(default)]
    pub expected_values: Vec<String>,
    /// A regular expression that each value matches.
    #[serde(default)]
    pub pattern: Option<Spanned<String>>,
    /// Further ways in which the value is indexed.
    #[serde(default)]
    pub multi_fields: Vec<MultiFieldInput>,
    /// Type of the values of an open object.
    #[serde(default)]
    pub object_type: Option<String>,
    /// How Kibana displays the value.
    #[serde(default)]
    pub format: Option<String>,
    /// What Kibana reads a duration as.
    #[serde(default)]
    pub input_format: Option<String>,
    /// What Kibana shows a duration as.
    #[serde(default)]
    pub output_format: Option<String>,
    /// How many decimals Kibana shows.
    #[serde(default)]
    pub output_precision: Option<u32>,
    /// Whether the field may still change, or the sentence that says so.
    #[serde(default)]
    pub beta: Option<Json>,
    /// Relations to OpenTelemetry; has no effect.
    #[serde(default)]
    pub otel: Option<Json>,
    /// Any mapping parameter of the type.
    #[serde(default)]
    pub parameters: Entries<Spanned<Json>>,
    /// Mapping parameter: whether values can be searched.
    #[serde(default)]
    pub index: Option<Spanned<bool>>,
    /// Mapping parameter: whether values can be sorted and aggregated.
    #[serde(default)]
    pub doc_values: Option<Spanned<bool>>,
    /// Mapping parameter: strings longer than this are kept and not indexed. A keyword has 1024 unless this says
    /// otherwise; `none` takes the limit away.
    #[serde(default)]
    pub ignore_above: Option<Spanned<IgnoreAboveInput>>,
    /// Mapping parameter: whether lengths count in scores. `false` for text unless this says otherwise.
    #[serde(default)]
    pub norms: Option<Spanned<bool>>,
    /// Mapping parameter: what a scaled float is multiplied by.
    #[serde(default)]
    pub scaling_factor: Option<Spanned<f64>>,
    /// Mapping parameter: the value of a constant keyword.
    #[serde(default)]
    pub value: Option<Spanned<String>>,
    /// Mapping parameter: what an alias points to.
    #[serde(default)]
    pub path: Option<Spanned<String>>,
    /// Mapping parameter: whether an object is parsed.
    #[serde(default)]
    pub enabled: Option<Spanned<bool>>,
    /// Mapping parameter: what synthetic source keeps.
    #[serde(default)]
    pub synthetic_source_keep: Option<Spanned<String>>,
}

/// A limit in characters, or none.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum IgnoreAboveInput {
    /// That many characters.
    Limit(u32),
    /// `none`.
    None(NoLimit),
}

/// The word for no limit.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoLimit {
    /// No limit.
    None,
}

/// How widely a field is used.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LevelInput {
    /// Of general use.
    Core,
    /// Of use in some places.
    Extended,
    /// Not of ECS.
    Custom,
}

/// An allowed value.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AllowedValueInput {
    /// The value.
    pub name: Spanned<String>,
    /// What it means.
    #[serde(default)]
    pub description: Option<String>,
    /// The `event.type` values that go with it.
    #[serde(default)]
    pub expected_event_types: Vec<String>,
    /// Whether the value may still change, or the sentence that says so.
    #[serde(default)]
    pub beta: Option<Json>,
}

/// A further way in which a value is indexed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MultiFieldInput {
    /// Name behind the field's path; the type's name when absent.
    #[serde(default)]
    pub name: Option<Spanned<String>>,
    /// Its type.
    #[serde(rename = "type")]
    pub field_type: Spanned<String>,
    /// The whole path, as generated files have it; has no effect.
    #[serde(default)]
    pub flat_name: Option<String>,
    /// Mapping parameter: strings longer than this are kept and not indexed.
    #[serde(default)]
    pub ignore_above: Option<Spanned<IgnoreAboveInput>>,
    /// Mapping parameter: whether lengths count in scores.
    #[serde(default)]
    pub norms: Option<Spanned<bool>>,
    /// Mapping parameter: what is done to a term.
    #[serde(default)]
    pub normalizer: Option<Spanned<String>>,
    /// Mapping parameter: how text becomes terms.
    #[serde(default)]
    pub analyzer: Option<Spanned<String>>,
    /// Mapping parameter: what a scaled float is multiplied by.
    #[serde(default)]
    pub scaling_factor: Option<Spanned<f64>>,
    /// Any mapping parameter of the type.
    #[serde(default)]
    pub parameters: Entries<Spanned<Json>>,
}
