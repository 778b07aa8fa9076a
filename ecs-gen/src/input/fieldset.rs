//! Field sets: the grammar of the official ECS generator's schema files, with `reuse` in addition. ECS itself, custom
//! files and extensions are all read by it.

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
    /// A note below the official docs; has no effect.
    #[serde(default)]
    pub footnote: Option<Spanned<String>>,
    /// Place in the official docs; has no effect.
    #[serde(default)]
    pub group: Option<Spanned<u32>>,
    /// Always `group`.
    #[serde(default, rename = "type")]
    pub set_type: Option<FieldsetType>,
    /// Whether the fields are at the root of the document instead of below the set's name.
    #[serde(default)]
    pub root: Option<bool>,
    /// Whether the set may still change, or the sentence that says so; has no effect on its fields.
    #[serde(default)]
    pub beta: Option<Spanned<Json>>,
    /// Whether the set is an experiment, or the sentence that says so; has no effect on its fields.
    #[serde(default)]
    pub alpha: Option<Spanned<Json>>,
    /// Where else the set is used.
    #[serde(default)]
    pub reusable: Option<ReusableInput>,
    /// The fields. Absent in a custom set that only adds places to a set that exists.
    #[serde(default)]
    pub fields: Vec<FieldInput>,
}

/// The type of a field set.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldsetType {
    /// A set of fields.
    Group,
    /// The same.
    Object,
}

impl FieldsetType {
    /// The word for a set of fields, and in old files for an object that only holds others.
    pub const NAME: &'static str = "group";
}

/// Where else a field set is used.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReusableInput {
    /// Whether the set is at the top level of documents as well. Default true.
    #[serde(default)]
    pub top_level: Option<bool>,
    /// When the set is copied to its places: low numbers first, 2 when absent. A set with `order: 1` goes wherever the
    /// sets go that it is reused in.
    #[serde(default)]
    pub order: Option<u32>,
    /// The places.
    #[serde(default)]
    pub expected: Vec<Spanned<ExpectedInput>>,
}

/// A place of a field set: a path, or a path and a name.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ExpectedInput {
    /// Below that path, under the set's own name.
    At(String),
    /// Below a path, under another name.
    As(Box<ExpectedAs>),
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
    /// Whether the set may still change there, or the sentence that says so.
    #[serde(default)]
    pub beta: Option<Json>,
    /// How far the set goes: `true` carries it along to wherever the set of that object is reused, `false` keeps it at this
    /// place alone. Absent, its `order` decides.
    #[serde(default)]
    pub transitive: Option<bool>,
    /// Another line for the docs there.
    #[serde(default)]
    pub short_override: Option<String>,
    /// `[array]`: documents hold a list of them there.
    #[serde(default)]
    pub normalize: NormalizeInput,
}

/// How many values documents hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Normalize {
    /// A list.
    Array,
}

/// `[array]`, or `array` for short.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum NormalizeInput {
    /// A list of steps.
    List(Vec<Normalize>),
    /// One step.
    One(Normalize),
}

impl NormalizeInput {
    /// Whether documents hold a list.
    #[must_use]
    pub fn is_array(&self) -> bool {
        match self {
            Self::List(steps) => steps.contains(&Normalize::Array),
            Self::One(Normalize::Array) => true,
        }
    }
}

impl Default for NormalizeInput {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

/// A field of a set. What several files say of a field is laid over each other, so each option may be absent.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldInput {
    /// Path below the set.
    pub name: Spanned<String>,
    /// The type; `keyword`, `long`, `date`, … Absent with `reuse`, and for a field that another file declares.
    #[serde(default, rename = "type")]
    pub field_type: Option<Spanned<String>>,
    /// A field set whose fields are used here too.
    #[serde(default)]
    pub reuse: Option<Spanned<String>>,
    /// How far a `reuse` goes: `true` carries it along to wherever this set is reused, `false` keeps it in this set alone.
    /// Absent, it is as with a place of `order: 2`.
    #[serde(default)]
    pub transitive: Option<Spanned<bool>>,
    /// `core`, `extended` or `custom`; `custom` when absent, `extended` in facts of ECS.
    #[serde(default)]
    pub level: Option<LevelInput>,
    /// What the field means.
    #[serde(default)]
    pub description: Option<String>,
    /// The same in one line.
    #[serde(default)]
    pub short: Option<String>,
    /// A value, for people who read the file.
    #[serde(default)]
    pub example: Option<Spanned<Json>>,
    /// `[array]`: documents hold a list of values.
    #[serde(default)]
    pub normalize: NormalizeInput,
    /// Whether every document that has the set has the field.
    #[serde(default)]
    pub required: Option<bool>,
    /// The only values that are allowed.
    #[serde(default)]
    pub allowed_values: Option<Vec<AllowedValueInput>>,
    /// Values that are usual.
    #[serde(default)]
    pub expected_values: Option<Vec<String>>,
    /// A regular expression that each value matches.
    #[serde(default)]
    pub pattern: Option<Spanned<String>>,
    /// Further ways in which the value is indexed.
    #[serde(default)]
    pub multi_fields: Vec<MultiFieldInput>,
    /// Type of the values of an open object; has no effect.
    #[serde(default)]
    pub object_type: Option<Spanned<String>>,
    /// How Kibana displays the value.
    #[serde(default)]
    pub format: Option<Spanned<String>>,
    /// What a number is a number of: a unit of time, `byte` or `percent`, which is a number from 0 to 1.
    #[serde(default)]
    pub unit: Option<Spanned<String>>,
    /// Whether a number goes up and down, `gauge`, or only up, `counter`.
    #[serde(default)]
    pub metric_type: Option<Spanned<String>>,
    /// What Kibana reads a duration as; has no effect.
    #[serde(default)]
    pub input_format: Option<Spanned<String>>,
    /// What Kibana shows a duration as; has no effect.
    #[serde(default)]
    pub output_format: Option<Spanned<String>>,
    /// How many decimals Kibana shows; has no effect.
    #[serde(default)]
    pub output_precision: Option<Spanned<u32>>,
    /// Whether the field may still change, or the sentence that says so.
    #[serde(default)]
    pub beta: Option<Json>,
    /// Whether the field is an experiment, or the sentence that says so. It may change, as one with `beta`.
    #[serde(default)]
    pub alpha: Option<Json>,
    /// Relations to OpenTelemetry; has no effect.
    #[serde(default)]
    pub otel: Option<Spanned<Json>>,
    /// Relations to OpenTelemetry where the set is reused; has no effect.
    #[serde(default)]
    pub otel_reuse: Option<Spanned<Json>>,
    /// The set that a flat list of fields says this one is a copy of.
    #[serde(default)]
    pub original_fieldset: Option<String>,
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
