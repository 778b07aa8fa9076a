//! Which fields a log has: the subset grammar of the official ECS generator.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};

use super::Entries;
use crate::source::Spanned;

/// A subset file: what the official generator takes with `--subset`.
#[derive(Clone, Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubsetInput {
    /// Name of the subset, and of the log where no log file names it.
    pub name: Spanned<String>,
    /// The selected field sets.
    pub fields: SelectedFields,
}

/// A selected field or field set.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// Which fields below it: `'*'` for all, or one by one. An object needs it, a leaf must not have it.
    #[serde(default)]
    pub fields: Option<SelectedFields>,
    /// `false`: the value is kept and neither searchable nor sortable.
    #[serde(default)]
    pub index: Option<Spanned<bool>>,
    /// `false`: the object is kept as it is; nothing in it is parsed, checked or indexed.
    #[serde(default)]
    pub enabled: Option<Spanned<bool>>,
    /// `true`: the field stands in the docs and in no artifact.
    #[serde(default)]
    pub docs_only: Option<Spanned<bool>>,
}

/// An entry of a selection: its options. Nothing, `[]` and `""` are the same as `{}`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selected(pub Selection);

impl<'de> Deserialize<'de> for Selected {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SelectedVisitor;
        impl<'de> Visitor<'de> for SelectedVisitor {
            type Value = Selected;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping of options, or nothing")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Selected, E> {
                Ok(Selected::default())
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Selected, E> {
                if text.is_empty() {
                    Ok(Selected::default())
                } else {
                    Err(E::invalid_type(Unexpected::Str(text), &self))
                }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Selected, A::Error> {
                match items.next_element::<IgnoredAny>()? {
                    None => Ok(Selected::default()),
                    Some(_) => Err(de::Error::invalid_type(Unexpected::Seq, &self)),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Selected, A::Error> {
                Selection::deserialize(MapAccessDeserializer::new(map)).map(Selected)
            }
        }
        deserializer.deserialize_any(SelectedVisitor)
    }
}

impl JsonSchema for Selected {
    fn schema_name() -> Cow<'static, str> {
        "Selected".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let options = generator.subschema_for::<Selection>();
        schemars::json_schema!({
            "description": "The options of a field; nothing, `[]` and `\"\"` are the same as `{}`.",
            "anyOf": [options, { "type": "null" }, { "type": "array", "maxItems": 0 }, { "type": "string", "const": "" }]
        })
    }
}

/// All fields of a place, or some.
#[derive(Clone, Debug, PartialEq)]
pub enum SelectedFields {
    /// `'*'`: all of them.
    All,
    /// These.
    Some(Entries<Selected>),
}

impl<'de> Deserialize<'de> for SelectedFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = SelectedFields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`'*'` or a mapping of fields")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<SelectedFields, E> {
                if text == "*" { Ok(SelectedFields::All) } else { Err(E::custom("`fields` is `'*'` or a mapping")) }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SelectedFields, A::Error> {
                Entries::deserialize(MapAccessDeserializer::new(map)).map(SelectedFields::Some)
            }
        }
        deserializer.deserialize_any(FieldsVisitor)
    }
}

impl JsonSchema for SelectedFields {
    fn schema_name() -> Cow<'static, str> {
        "SelectedFields".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let some = generator.subschema_for::<Entries<Selected>>();
        schemars::json_schema!({
            "description": "`'*'` for all fields, or a mapping that names them.",
            "anyOf": [{ "type": "string", "const": "*" }, some]
        })
    }
}
