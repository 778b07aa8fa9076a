//! The option `lifecycle` of a log file: when an index rolls over, changes phase and goes.
//!
//! The JSON Schema of the phases is made from [`ACTIONS`], so that editors complete exactly the actions that a phase may
//! have. It lets other names pass: [`crate::lifecycle::resolve`] says better what is wrong with them.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value as Json, json};

use super::Entries;
use crate::lifecycle::{ACTIONS, ActionForm, ActionSpec, PhaseName};
use crate::source::Spanned;

/// When indices roll over, change phase and go.
#[derive(Clone, Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LifecycleInput {
    /// Name of the ILM policy, and of the ISM policy on OpenSearch. Default `LOG-policy`.
    #[serde(default)]
    pub policy: Option<Spanned<String>>,
    /// `true`: Elasticsearch's data stream lifecycle instead of a policy; only with `index.data_stream`.
    #[serde(default)]
    pub data_stream: Option<Spanned<bool>>,
    /// When the index that is written to gives way to the next: at the first condition that is met. Absent: never.
    #[serde(default)]
    pub rollover: Option<Spanned<RolloverInput>>,
    /// What else is done to an index, and when.
    #[serde(default)]
    pub phases: PhasesInput,
    /// The age since rollover at which an index goes, such as `90d`. Absent: it is kept for ever.
    #[serde(default)]
    pub keep: Option<Spanned<String>>,
}

/// Conditions of a rollover: at the first `max_` that an index reaches, and not before it has reached every `min_`.
#[derive(Clone, Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RolloverInput {
    /// Age of the index since its creation, such as `30d`.
    #[serde(default)]
    pub max_age: Option<Spanned<String>>,
    /// Size of all primary shards together, such as `50gb`.
    #[serde(default)]
    pub max_size: Option<Spanned<String>>,
    /// Size of the largest primary shard, such as `50gb`.
    #[serde(default)]
    pub max_primary_shard_size: Option<Spanned<String>>,
    /// Documents in all primary shards together.
    #[serde(default)]
    pub max_docs: Option<Spanned<u64>>,
    /// Documents in the largest primary shard.
    #[serde(default)]
    pub max_primary_shard_docs: Option<Spanned<u64>>,
    /// The age since its creation before which no index rolls over, such as `1d`.
    #[serde(default)]
    pub min_age: Option<Spanned<String>>,
    /// The size of all primary shards together below which no index rolls over, such as `1gb`.
    #[serde(default)]
    pub min_size: Option<Spanned<String>>,
    /// The size of the largest primary shard below which no index rolls over, such as `1gb`.
    #[serde(default)]
    pub min_primary_shard_size: Option<Spanned<String>>,
    /// The documents in all primary shards together without which no index rolls over.
    #[serde(default)]
    pub min_docs: Option<Spanned<u64>>,
    /// The documents in the largest primary shard without which no index rolls over.
    #[serde(default)]
    pub min_primary_shard_docs: Option<Spanned<u64>>,
}

/// The phases by name.
#[derive(Clone, Debug, Default)]
pub struct PhasesInput(pub Entries<Entries<Spanned<PhaseEntry>>>);

/// What stands under a key of a phase: text after `after`, parameters after the name of an action.
#[derive(Clone, Debug, PartialEq)]
pub enum PhaseEntry {
    /// A scalar.
    Text(String),
    /// An action's parameters.
    Parameters(Entries<Spanned<Json>>),
    /// Nothing, which is an action without parameters.
    Nothing,
}

impl<'de> Deserialize<'de> for PhasesInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Entries::deserialize(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for PhaseEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntryVisitor;
        impl<'de> Visitor<'de> for EntryVisitor {
            type Value = PhaseEntry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an age or the parameters of an action")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<PhaseEntry, E> {
                Ok(PhaseEntry::Text(text.to_owned()))
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<PhaseEntry, E> {
                Ok(PhaseEntry::Text(value.to_string()))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<PhaseEntry, E> {
                Ok(PhaseEntry::Text(value.to_string()))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<PhaseEntry, E> {
                Ok(PhaseEntry::Text(value.to_string()))
            }

            fn visit_f64<E: de::Error>(self, value: f64) -> Result<PhaseEntry, E> {
                Ok(PhaseEntry::Text(value.to_string()))
            }

            fn visit_unit<E: de::Error>(self) -> Result<PhaseEntry, E> {
                Ok(PhaseEntry::Nothing)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<PhaseEntry, A::Error> {
                Entries::deserialize(MapAccessDeserializer::new(map)).map(PhaseEntry::Parameters)
            }
        }
        deserializer.deserialize_any(EntryVisitor)
    }
}

impl JsonSchema for PhasesInput {
    fn schema_name() -> Cow<'static, str> {
        "Phases".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let phases: Map<String, Json> =
            PhaseName::ALL.iter().map(|phase| (phase.name().to_owned(), phase_schema(*phase))).collect();
        schemars::json_schema!({ "type": "object", "properties": phases, "additionalProperties": false })
    }
}

fn phase_schema(phase: PhaseName) -> Json {
    let mut properties = Map::new();
    let after = "Age since rollover at which the phase begins, such as `7d`. Absent: at once.";
    properties.insert("after".to_owned(), json!({ "type": "string", "description": after }));
    // The rollover is declared by an option of its own.
    for action in ACTIONS.iter().filter(|action| action.name != "rollover" && action.phases.contains(&phase)) {
        properties.insert(action.name.to_owned(), action_schema(action));
    }
    json!({ "type": "object", "properties": properties, "additionalProperties": true })
}

fn action_schema(action: &ActionSpec) -> Json {
    let parameters: Map<String, Json> =
        action.parameters.iter().map(|parameter| (parameter.name.to_owned(), form_schema(parameter.form))).collect();
    let required: Vec<&str> = action.parameters.iter().filter(|p| p.required).map(|p| p.name).collect();
    json!({ "type": ["object", "null"], "properties": parameters, "required": required, "additionalProperties": false })
}

fn form_schema(form: ActionForm) -> Json {
    match form {
        ActionForm::Flag => json!({ "type": "boolean" }),
        ActionForm::Count => json!({ "type": "integer", "minimum": 0 }),
        ActionForm::Positive => json!({ "type": "integer", "minimum": 1 }),
        ActionForm::Text | ActionForm::Size | ActionForm::OneOf(_) => json!({ "type": "string" }),
        ActionForm::Attributes => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
    }
}
