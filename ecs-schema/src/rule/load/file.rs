//! `rules.json` as values, not looked at beyond its form.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::RulesError;

/// The one format that is read.
const FORMAT: u32 = 1;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RulesFile {
    #[serde(rename = "format")]
    _format: u32,
    #[serde(default, rename = "comment")]
    _comment: IgnoredAny,
    pub(super) log: String,
    pub(super) ecs_version: String,
    pub(super) root: String,
    pub(super) lists: BTreeMap<String, Vec<String>>,
    pub(super) shapes: BTreeMap<String, ShapeFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShapeFile {
    pub(super) fields: BTreeMap<String, FieldFile>,
    pub(super) expected_types: Option<BTreeMap<String, Vec<String>>>,
    #[serde(default)]
    pub(super) takes_unknown: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldFile {
    pub(super) kind: String,
    pub(super) format: Option<String>,
    pub(super) shape: Option<String>,
    pub(super) value: Option<String>,
    pub(super) target: Option<String>,
    #[serde(default)]
    pub(super) many: bool,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) uncoerced: bool,
    pub(super) allowed: Option<String>,
    pub(super) pattern: Option<String>,
}

/// Reads the form; the format's number goes before everything else, because another one has other keys.
pub(super) fn parse(text: &str) -> Result<RulesFile, RulesError> {
    #[derive(Deserialize)]
    struct Head {
        format: u32,
    }
    let head: Head = serde_json::from_str(text).map_err(|error| RulesError::new(error.to_string()))?;
    if head.format != FORMAT {
        let message = format!(
            "the format is {}, and this program reads {FORMAT}; generate the file with an `ecs-gen` of the program's release",
            head.format
        );
        return Err(RulesError::new(message));
    }
    serde_json::from_str(text).map_err(|error| RulesError::new(error.to_string()))
}
