//! `event.schema.json`: what a valid document is, as JSON Schema 2020-12; one definition per object shape and per kind of
//! value. It judges as the generated tables do; what JSON Schema cannot say stands in its first comment.

mod expected_types;
mod kind;
mod pattern;
mod schema;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;

use self::kind::{Definitions, value_of};
use self::schema::{Schema, Types};
use super::Emitter;
use crate::field_type::ValueKind;
use crate::files::{Files, GENERATED_BY};
use crate::model::{Field, Model, Shape, ShapeId};
use crate::pattern::to_ecma;

/// What the schema takes and the log does not.
const BEYOND: &str = "Not expressible here, and checked by the typed structs: bytes rather than characters of long \
                      keywords; the order of the two ends of a range; depth and term length in flattened objects; \
                      duplicate keys; lists in lists of any JSON; 64-bit integers in validators whose numbers are 64-bit floats; dates whose offset \
                      moves them over the first or last moment of their type.";

/// Names that a field may have which the log does not have: without dots, and not blank.
const NAMES: &str = r"^[^.]*[^.\s][^.]*$";

/// The same at the root of a document, where names that begin with `_` are the engines' own.
const ROOT_NAMES: &str = r"^(?!_)[^.]*[^.\s][^.]*$";

/// Emits the JSON Schema of the log's documents.
pub struct JsonSchema;

impl Emitter for JsonSchema {
    fn name(&self) -> &'static str {
        "json-schema"
    }

    fn about(&self) -> &'static str {
        "event.schema.json: JSON Schema 2020-12 of a document"
    }

    fn emit(&self, model: &Model, out: &mut Files) {
        out.add_json(model, "event.schema.json", &document(model));
    }
}

fn document(model: &Model) -> Schema<'_> {
    let mut definitions = Definitions::new();
    for shape in model.shapes.iter().skip(1) {
        let object = object(model, shape, &mut definitions);
        definitions.insert(Cow::Borrowed(&shape.type_name), object);
    }
    for allowed in &model.allowed {
        let values = allowed.values.iter().map(|value| value.name.as_str()).collect();
        definitions.insert(Cow::Borrowed(&allowed.type_name), Schema { values, ..Schema::of("string") });
    }
    let root = object(model, model.shape(ShapeId::ROOT), &mut definitions);
    let log = &model.log;
    Schema {
        dialect: Some("https://json-schema.org/draft/2020-12/schema"),
        id: Some(format!("{}/event.schema.json", log.name)),
        title: Some(&log.title),
        comment: Some(format!("{GENERATED_BY} Source: {}. {BEYOND}", log.source)),
        definitions,
        ..root
    }
    .described(log.description.trim_end())
}

fn object<'m>(model: &'m Model, shape: &'m Shape, definitions: &mut Definitions<'m>) -> Schema<'m> {
    let is_root = std::ptr::eq(shape, model.shape(ShapeId::ROOT));
    let fields: Vec<&Field> = model.children(&shape.fields).collect();
    let properties: BTreeMap<&str, Schema<'_>> =
        fields.iter().map(|field| (field.name(), property(model, field, definitions))).collect();
    let required = fields.iter().filter(|field| field.required).map(|field| field.name()).collect();
    let object = Schema { required, all_of: expected_types::conditions(model, &fields), ..Schema::closed(properties) };
    if !shape.takes_unknown {
        return object;
    }
    let names = if is_root && !fields.iter().any(|field| field.name().starts_with('_')) { ROOT_NAMES } else { NAMES };
    let names = Schema { pattern: Some(Cow::Borrowed(names)), ..Schema::default() };
    Schema { additional_properties: None, property_names: Some(Box::new(names)), ..object }
}

/// A field as it stands in its object: one value or a list, null where it may be absent.
fn property<'m>(model: &'m Model, field: &'m Field, definitions: &mut Definitions<'m>) -> Schema<'m> {
    let kind = field.kind();
    if kind == ValueKind::Alias {
        // Not even null: the engines look at the name first.
        let never = Schema { not: Some(Box::default()), ..Schema::default() };
        return never.described(about(field));
    }
    if kind == ValueKind::Any {
        let any = value(model, field, definitions);
        let not_null = field.required.then(|| Box::new(Schema::null()));
        return Schema { not: not_null, ..any }.described(about(field));
    }
    let value = value(model, field, definitions);
    let schema = match (field.is_array, field.required) {
        (true, true) => Schema { min_items: Some(1), items: Some(Box::new(value)), ..Schema::of("array") },
        (true, false) => {
            let types = Types::Either(["array", "null"]);
            Schema { types, items: Some(Box::new(value)), ..Schema::default() }
        }
        (false, true) => value,
        // Null is another value than the constant.
        (false, false) if kind == ValueKind::Constant => value,
        (false, false) => Schema::any_of(vec![value, Schema::null()]),
    };
    schema.described(about(field))
}

/// One value of a field.
fn value<'m>(model: &'m Model, field: &'m Field, definitions: &mut Definitions<'m>) -> Schema<'m> {
    if let Some(shape) = field.shape {
        return Schema::reference(&model.shape(shape).type_name);
    }
    // A pattern that cannot be translated was reported when it was declared.
    let pattern = field.pattern.as_deref().map(|pattern| to_ecma(pattern).map_or(Cow::Borrowed(pattern), Cow::Owned));
    // Strict validators want the type beside the pattern, also where a definition says it.
    let with_pattern = |value: Schema<'m>| match pattern {
        Some(pattern) => Schema { pattern: Some(pattern), types: Types::One("string"), ..value },
        None => value,
    };
    if let Some(allowed) = model.allowed_of(field) {
        return with_pattern(Schema::reference(&allowed.type_name));
    }
    match value_of(field, definitions) {
        Some(value) => with_pattern(value),
        None => Schema { additional_properties: Some(false), ..Schema::of("object") },
    }
}

fn about(field: &Field) -> Cow<'_, str> {
    Cow::Borrowed(&field.description)
}
