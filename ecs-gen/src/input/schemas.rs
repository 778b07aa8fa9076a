//! The JSON Schemas of the input files, which editors complete them by.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::Value as Json;

use super::editor::for_editors;
use super::exclude::ExcludeInput;
use super::fieldset::FieldsetInput;
use super::log::LogInput;
use super::selection::SubsetInput;
use crate::files::Files;

/// Makes the JSON Schema of an input grammar.
pub type MakeSchema = fn() -> Json;

/// The input grammars by name.
pub const GRAMMARS: &[(&str, MakeSchema)] = &[
    ("log", || for_editors(schema_of::<LogInput>())),
    ("extension", || for_editors(extension_schema())),
    ("subset", || for_editors(schema_of::<SubsetInput>())),
    ("exclude", || for_editors(schema_of::<Vec<ExcludeInput>>())),
];

/// Adds `generated/schemas/<grammar>.schema.json` for every grammar.
pub fn add_schemas(files: &mut Files) {
    for (name, schema) in GRAMMARS {
        let mut bytes = serde_json::to_vec_pretty(&schema()).expect("a schema is JSON");
        bytes.push(b'\n');
        files.add(&format!("generated/schemas/{name}.schema.json"), bytes);
    }
}

/// The JSON Schema of an input type, in the dialect that the structural check reads.
pub(super) fn schema_of<T: JsonSchema>() -> Json {
    SchemaGenerator::new(SchemaSettings::draft2020_12()).into_root_schema_for::<T>().to_value()
}

/// An extension file holds one field set or a list of them.
fn extension_schema() -> Json {
    let mut schema = schema_of::<OneOrMore>();
    // The union is only a way to write the schema down; each field set is read and checked on its own.
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".to_owned(), "Custom field sets".into());
    }
    schema
}

/// What an extension file holds.
#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its schema is used")]
enum OneOrMore {
    One(Box<FieldsetInput>),
    More(Vec<FieldsetInput>),
}
