//! A field as ECS or an extension declares it, before selection; the common form of both.

use crate::field_path::FieldPath;
use crate::field_type::FieldType;
use crate::model::{AllowedValue, Level, MultiField};
use crate::parameter::Parameters;
use crate::source::Span;

/// A declared field. Intermediate objects are declared only when they carry facts of their own.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldDeclaration {
    /// Full dotted path.
    pub path: FieldPath,
    /// Where it is declared.
    pub span: Span,
    /// Its type; `Object` also for ECS's `group`.
    pub field_type: FieldType,
    /// ECS `normalize: [array]`.
    pub many: bool,
    /// ECS `required`.
    pub required: bool,
    /// Mapping parameters, legal for the type.
    pub parameters: Parameters,
    /// Further ways in which the value is indexed.
    pub multi_fields: Vec<MultiField>,
    /// Allowed values in declared order; empty when any value is.
    pub allowed: Vec<AllowedValue>,
    /// Usual values, not enforced.
    pub expected_values: Vec<String>,
    /// A regular expression that each value matches.
    pub pattern: Option<String>,
    /// One line for people; ECS's own sentences are not kept, so it is empty for most ECS fields.
    pub description: String,
    /// How widely it is used.
    pub level: Level,
    /// Whether it may still change.
    pub beta: bool,
    /// Kibana's display format (ECS `format`).
    pub display_format: Option<String>,
    /// The type of the values of an open object (ECS `object_type`), for the docs.
    pub object_type: Option<String>,
    /// The field set that ECS reuses it from, such as `geo` for `client.geo.name`.
    pub original_fieldset: Option<String>,
}

/// A release of ECS, as facts.
#[derive(Clone, Debug)]
pub struct EcsRelease {
    /// Such as `9.4.0`.
    pub version: String,
    /// Every field, in byte order of the paths.
    pub fields: Vec<FieldDeclaration>,
}
