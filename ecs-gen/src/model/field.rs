//! A finished field.

use super::ShapeId;
use crate::field_path::FieldPath;
use crate::field_type::{FieldType, ValueKind};
use crate::parameter::{Parameter, Parameters};

/// Index of a field in [`super::Model::fields`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldId(pub(crate) u32);

/// Index of a list of allowed values in [`super::Model::allowed`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AllowedId(pub(crate) u32);

impl FieldId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

impl AllowedId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A field or object of the log.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and any combination is possible")]
pub struct Field {
    /// Where it stands in the document.
    pub path: FieldPath,
    /// Its type; `Object` for every intermediate object. An open object has been given its explicit type.
    pub field_type: FieldType,
    /// Whether documents hold a list of values (ECS `normalize: [array]`, and every nested object).
    pub is_array: bool,
    /// Whether every document (or every element of the list that it is in) has it.
    pub required: bool,
    /// Mapping parameters, all of them legal for the type. `ignore_above`, `index`, `doc_values`, `scaling_factor`,
    /// … as they go into an Elasticsearch mapping.
    pub parameters: Parameters,
    /// Further ways in which the value is indexed, by name.
    pub multi_fields: Vec<MultiField>,
    /// The values that it may have, when ECS or the extension lists them.
    pub allowed: Option<AllowedId>,
    /// Values that are usual and not enforced.
    pub expected_values: Vec<String>,
    /// A regular expression that each value matches.
    pub pattern: Option<String>,
    /// One line in our own words; empty when there is none.
    pub description: String,
    /// How widely the field is used.
    pub level: Level,
    /// Whether ECS may still change it.
    pub beta: bool,
    /// How Kibana displays the value (`bytes`, `duration`, `string`, `number`, …), when ECS says so.
    pub display_format: Option<String>,
    /// Where it was declared.
    pub origin: Origin,
    /// Whether an object may have fields that the log does not have, because it or an object above it says so.
    pub takes_unknown: bool,
    /// Fields of an object or nested object; empty otherwise.
    pub children: Vec<FieldId>,
    /// The shape of an object or nested object.
    pub shape: Option<ShapeId>,
}

impl Field {
    /// How its values look in a document. A disabled object holds any JSON.
    #[must_use]
    pub fn kind(&self) -> ValueKind {
        if self.parameters.get(&Parameter::Enabled) == Some(&serde_json::Value::Bool(false)) {
            return ValueKind::Any;
        }
        self.field_type.kind()
    }

    /// The last segment of the path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.name()
    }

    /// What a note of the mapping says, such as `unit`.
    #[must_use]
    pub fn note(&self, name: &str) -> Option<&str> {
        self.parameters.get(&Parameter::Meta)?.get(name)?.as_str()
    }

    /// Whether values are neither searchable nor sortable, so that the index puts no limit on their length.
    #[must_use]
    pub fn is_unindexed(&self) -> bool {
        let off = |parameter| self.parameters.get(&parameter) == Some(&serde_json::Value::Bool(false));
        off(Parameter::Index) && off(Parameter::DocValues)
    }
}

/// A further way in which a field's value is indexed, such as `message.text`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MultiField {
    /// The name behind the field's path.
    pub name: String,
    /// Its type.
    pub field_type: FieldType,
    /// Its mapping parameters.
    pub parameters: Parameters,
}

/// A list of allowed values; several fields may share one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Allowed {
    /// Name of the generated enum, such as `EventCategory`.
    pub type_name: String,
    /// The values in declared order.
    pub values: Vec<AllowedValue>,
}

/// One allowed value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AllowedValue {
    /// The value.
    pub name: String,
    /// For `event.category`: the `event.type` values that go with it; empty elsewhere.
    pub expected_event_types: Vec<String>,
}

/// How widely a field is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Of general use.
    Core,
    /// Of use in some places.
    Extended,
    /// Not of ECS.
    Custom,
}

impl Level {
    /// Its name in ECS.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Extended => "extended",
            Self::Custom => "custom",
        }
    }
}

/// Where a field was declared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// In ECS; with the field set that it is reused from, when it is.
    Ecs {
        /// Such as `geo` for `client.geo.name`.
        original_fieldset: Option<String>,
    },
    /// In an extension; with the name of its field set.
    Extension {
        /// Such as `kibana`.
        fieldset: String,
        /// The ECS field set that it is reused from, when it is.
        original_fieldset: Option<String>,
    },
    /// Nowhere: an object that is only a place for others.
    Implied,
}
