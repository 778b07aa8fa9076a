//! A field as ECS or a custom file declares it, before selection; the common form of both.

use crate::field_path::FieldPath;
use crate::field_type::FieldType;
use crate::model::{AllowedValue, Level, MultiField};
use crate::parameter::Parameters;
use crate::source::Span;

/// A declared field. Intermediate objects are declared only when they carry facts of their own.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldDeclaration {
    /// Dotted path: below the set in which it is declared, or from the root of the document once it is selected.
    pub path: FieldPath,
    /// Where it is declared.
    pub span: Span,
    /// Its type; `Object` also for ECS's `group`.
    pub field_type: FieldType,
    /// ECS `normalize: [array]`.
    pub is_array: bool,
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
    /// The field set that it is reused from, such as `geo` for `client.geo.name`.
    pub original_fieldset: Option<String>,
}

impl FieldDeclaration {
    /// An object that says nothing but that it is one.
    #[must_use]
    pub fn object(path: FieldPath, span: Span) -> Self {
        Self::of_type(path, span, FieldType::Object)
    }

    /// A field that says nothing but its type.
    #[must_use]
    pub fn of_type(path: FieldPath, span: Span, field_type: FieldType) -> Self {
        Self {
            path,
            span,
            field_type,
            is_array: false,
            required: false,
            parameters: Parameters::new(),
            multi_fields: Vec::new(),
            allowed: Vec::new(),
            expected_values: Vec::new(),
            pattern: None,
            description: String::new(),
            level: Level::Custom,
            beta: false,
            display_format: None,
            original_fieldset: None,
        }
    }

    /// Whether it is an object that may have fields below it.
    #[must_use]
    pub fn may_have_children(&self) -> bool {
        matches!(self.field_type, FieldType::Object | FieldType::Nested)
    }
}
