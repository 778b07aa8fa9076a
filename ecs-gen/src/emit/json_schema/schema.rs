//! The keywords of JSON Schema 2020-12 that the log's schema uses, as a typed value that prints in a fixed order. Knows
//! nothing of fields.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Number;

/// A schema; keywords that are `None` or empty are left out.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Schema<'m> {
    #[serde(rename = "$schema", skip_serializing_if = "Option::is_none")]
    pub(super) dialect: Option<&'static str>,
    #[serde(rename = "$id", skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) title: Option<&'m str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<Cow<'m, str>>,
    #[serde(rename = "$comment", skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<String>,
    #[serde(rename = "$ref", skip_serializing_if = "Option::is_none")]
    pub(super) reference: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Types::is_any")]
    pub(super) types: Types,
    #[serde(rename = "const", skip_serializing_if = "Option::is_none")]
    pub(super) constant: Option<&'m str>,
    #[serde(rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub(super) values: Vec<&'m str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) min_length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pattern: Option<Cow<'m, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) minimum: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) maximum: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exclusive_minimum: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exclusive_maximum: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) min_items: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) items: Option<Box<Self>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) contains: Option<Box<Self>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) properties: BTreeMap<&'m str, Self>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) required: Vec<&'m str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) additional_properties: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) property_names: Option<Box<Self>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) not: Option<Box<Self>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) any_of: Vec<Self>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) all_of: Vec<Self>,
    #[serde(rename = "if", skip_serializing_if = "Option::is_none")]
    pub(super) condition: Option<Box<Self>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) then: Option<Box<Self>>,
    #[serde(rename = "$defs", skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) definitions: BTreeMap<Cow<'m, str>, Self>,
}

/// The keyword `type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum Types {
    /// Any type: the keyword is left out.
    #[default]
    Any,
    /// This type.
    One(&'static str),
    /// This type or another.
    Either([&'static str; 2]),
}

impl Types {
    // serde hands over a reference.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    fn is_any(&self) -> bool {
        *self == Self::Any
    }
}

impl<'m> Schema<'m> {
    /// Values of one JSON type.
    pub(super) fn of(name: &'static str) -> Self {
        Self { types: Types::One(name), ..Self::default() }
    }

    /// Null.
    pub(super) fn null() -> Self {
        Self::of("null")
    }

    /// No value at all.
    pub(super) fn never() -> Self {
        Self { not: Some(Box::default()), ..Self::default() }
    }

    /// What stands in `$defs` under that name.
    pub(super) fn reference(name: &str) -> Self {
        Self { reference: Some(format!("#/$defs/{name}")), ..Self::default() }
    }

    /// Strings that match.
    pub(super) fn matching(pattern: impl Into<Cow<'m, str>>) -> Self {
        Self { pattern: Some(pattern.into()), ..Self::of("string") }
    }

    /// Whole numbers between two bounds; `1.0` and `1e3` are whole.
    pub(super) fn integer(minimum: impl Into<Number>, maximum: impl Into<Number>) -> Self {
        Self { minimum: Some(minimum.into()), maximum: Some(maximum.into()), ..Self::of("integer") }
    }

    /// Numbers between two bounds.
    pub(super) fn number(minimum: f64, maximum: f64) -> Self {
        Self { minimum: Number::from_f64(minimum), maximum: Number::from_f64(maximum), ..Self::of("number") }
    }

    /// Numbers below a bound in magnitude.
    pub(super) fn below(bound: f64) -> Self {
        Self {
            exclusive_minimum: Number::from_f64(-bound),
            exclusive_maximum: Number::from_f64(bound),
            ..Self::of("number")
        }
    }

    /// What at least one of the schemas takes.
    pub(super) fn any_of(schemas: Vec<Self>) -> Self {
        Self { any_of: schemas, ..Self::default() }
    }

    /// An object with these properties and no other.
    pub(super) fn closed(properties: BTreeMap<&'m str, Self>) -> Self {
        Self { properties, additional_properties: Some(false), ..Self::of("object") }
    }

    /// The same, with a description.
    pub(super) fn described(self, description: impl Into<Cow<'m, str>>) -> Self {
        let description = description.into();
        if description.is_empty() { self } else { Self { description: Some(description), ..self } }
    }
}
