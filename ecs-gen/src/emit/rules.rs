//! `rules.json`: what a valid document of the log is, as a table that `ecs_schema::LogRules::from_json` loads at run time.
//! The format is specified there. It says what the generated Rust says; a test holds both equal.

mod kind;

use std::collections::BTreeMap;

use serde::Serialize;

use self::kind::Kind;
use super::Emitter;
use super::rust::ExpectedTypes;
use crate::field_type::ValueKind;
use crate::files::{Files, GENERATED_BY};
use crate::model::{Field, Model, Shape, ShapeId};
use crate::parameter::Parameter;

/// The format's number; `ecs-schema` refuses one that it does not know.
const FORMAT: u32 = 1;

/// Emits the rules of the log's documents.
pub struct Rules;

impl Emitter for Rules {
    fn name(&self) -> &'static str {
        "rules"
    }

    fn about(&self) -> &'static str {
        "rules.json: what a valid document is, for programs that load it"
    }

    fn emit(&self, model: &Model, out: &mut Files) {
        out.add_json(model, "rules.json", &document(model));
    }
}

#[derive(Serialize)]
struct Document<'m> {
    format: u32,
    comment: String,
    log: &'m str,
    ecs_version: &'m str,
    root: &'m str,
    lists: BTreeMap<&'m str, Vec<&'m str>>,
    shapes: BTreeMap<&'m str, ShapeRules<'m>>,
}

#[derive(Serialize)]
struct ShapeRules<'m> {
    fields: BTreeMap<&'m str, FieldRules<'m>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_types: Option<BTreeMap<&'m str, Vec<&'m str>>>,
    #[serde(skip_serializing_if = "is_false")]
    takes_unknown: bool,
}

#[derive(Serialize)]
struct FieldRules<'m> {
    #[serde(flatten)]
    kind: Kind<'m>,
    #[serde(skip_serializing_if = "is_false")]
    many: bool,
    #[serde(skip_serializing_if = "is_false")]
    required: bool,
    #[serde(skip_serializing_if = "is_false")]
    uncoerced: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed: Option<&'m str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<&'m str>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

fn document(model: &Model) -> Document<'_> {
    let lists = model.allowed.iter().map(|list| {
        let values = list.values.iter().map(|value| value.name.as_str()).collect();
        (list.type_name.as_str(), values)
    });
    Document {
        format: FORMAT,
        comment: format!("{GENERATED_BY} Source: {}.", model.log.source),
        log: &model.log.name,
        ecs_version: &model.ecs_version,
        root: &model.shape(ShapeId::ROOT).type_name,
        lists: lists.collect(),
        shapes: model.shapes.iter().map(|shape| (shape.type_name.as_str(), shape_rules(model, shape))).collect(),
    }
}

fn shape_rules<'m>(model: &'m Model, shape: &'m Shape) -> ShapeRules<'m> {
    let fields = model.children(&shape.fields).map(|field| (field.name(), field_rules(model, field)));
    let expected_types = ExpectedTypes::of(model, shape).map(|expected| expected.rows().collect());
    ShapeRules { fields: fields.collect(), expected_types, takes_unknown: shape.takes_unknown }
}

fn field_rules<'m>(model: &'m Model, field: &'m Field) -> FieldRules<'m> {
    FieldRules {
        kind: kind::of(model, field),
        many: field.is_array && !matches!(field.kind(), ValueKind::Nested | ValueKind::Any),
        required: field.required,
        uncoerced: field.parameters.get(&Parameter::Coerce) == Some(&serde_json::Value::Bool(false)),
        allowed: model.allowed_of(field).map(|list| list.type_name.as_str()),
        pattern: field.pattern.as_deref(),
    }
}
