//! `event.d.ts`: one interface per object shape, one union per list of allowed values. What the type system cannot say
//! (ranges, patterns, lengths) is in the doc comments or in the JSON Schema.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt::Write;

use super::Emitter;
use crate::date_formats::DateFormats;
use crate::field_type::{RangeOf, ValueKind};
use crate::files::{Files, GENERATED_BY};
use crate::model::{Allowed, Field, Model, Shape, ShapeId};
use crate::parameter::Parameter;

/// More would hide the interface behind its comment: ECS reuses `hash` and others in dozens of places.
const MAX_PLACES: usize = 5;

/// Emits TypeScript declarations of the log's documents.
pub struct TypeScript;

impl Emitter for TypeScript {
    fn name(&self) -> &'static str {
        "typescript"
    }

    fn about(&self) -> &'static str {
        "event.d.ts: TypeScript declarations of a document"
    }

    fn emit(&self, model: &Model, out: &mut Files) {
        out.add_output(model, "event.d.ts", declarations(model));
    }
}

fn declarations(model: &Model) -> String {
    let mut text = String::new();
    push(&mut text, format_args!("// {GENERATED_BY} Source: {}.\n", model.log.source));
    let log = &model.log;
    let about = if log.description.is_empty() {
        log.title.clone()
    } else {
        format!("{}. {}", log.title, log.description.trim_end())
    };
    push_interface(&mut text, model, model.shape(ShapeId::ROOT), &about);
    for shape in &model.shapes[1..] {
        push_interface(&mut text, model, shape, &places(shape));
    }
    for allowed in &model.allowed {
        push_union(&mut text, allowed);
    }
    push_shared(&mut text, model);
    text
}

fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("a string takes everything");
}

/// Where a shape is used; of many places the first few.
fn places(shape: &Shape) -> String {
    let named: Vec<String> = shape.used_at.iter().take(MAX_PLACES).map(|path| format!("`{path}`")).collect();
    match shape.used_at.len().saturating_sub(MAX_PLACES) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

fn push_interface(text: &mut String, model: &Model, shape: &Shape, about: &str) {
    push(text, format_args!("\n/** {} */\nexport interface {} {{\n", comment(about), shape.type_name));
    for field in model.children(&shape.fields) {
        push_field(text, model, field);
    }
    if shape.takes_unknown {
        text.push_str("  /** Kept and not indexed. */\n  [name: string]: unknown;\n");
    }
    text.push_str("}\n");
}

fn push_field(text: &mut String, model: &Model, field: &Field) {
    let about = about(field);
    if !about.is_empty() {
        push(text, format_args!("  /** {} */\n", comment(&about)));
    }
    let (mark, null) = if field.required { ("", "") } else { ("?", " | null") };
    let key = key(field.name());
    match field.kind() {
        ValueKind::Alias => push(text, format_args!("  {key}?: never;\n")),
        // Null is one of the values of `unknown`; a required one is anything but null.
        ValueKind::Any if field.required => push(text, format_args!("  {key}: {{}};\n")),
        ValueKind::Any => push(text, format_args!("  {key}?: unknown;\n")),
        _ => {
            let value = value_type(model, field);
            let list = match field.is_array {
                true if value.contains(' ') => format!("({value})[]"),
                true => format!("{value}[]"),
                false => value.into_owned(),
            };
            push(text, format_args!("  {key}{mark}: {list}{null};\n"));
        }
    }
}

fn push_union(text: &mut String, allowed: &Allowed) {
    let values: Vec<String> = allowed.values.iter().map(|value| literal(&value.name)).collect();
    push(text, format_args!("\nexport type {} =\n  | {};\n", allowed.type_name, values.join("\n  | ")));
}

/// The types that several interfaces share, when one of them does.
fn push_shared(text: &mut String, model: &Model) {
    if model.fields.iter().any(|field| field.kind() == ValueKind::GeoPoint) {
        text.push_str("\n/** Degrees north and east (WGS 84). */\nexport interface GeoPoint {\n  lat: number;\n  lon: number;\n}\n");
    }
    if model.fields.iter().any(|field| matches!(field.kind(), ValueKind::Range(_))) {
        text.push_str(
            "\n/** At least one end; of `gte` and `gt`, and of `lte` and `lt`, no more than one. */\n\
             export type Range<T> =\n  \
             | { gte?: T; gt?: never; lte: T; lt?: never }\n  \
             | { gte?: T; gt?: never; lt: T; lte?: never }\n  \
             | { gt?: T; gte?: never; lte: T; lt?: never }\n  \
             | { gt?: T; gte?: never; lt: T; lte?: never }\n  \
             | { gte: T; gt?: never; lte?: never; lt?: never }\n  \
             | { gt: T; gte?: never; lte?: never; lt?: never };\n",
        );
    }
}

fn about(field: &Field) -> String {
    let mut about = field.description.clone();
    let mut add = |sentence: String| {
        if !about.is_empty() {
            about.push_str(if about.ends_with('.') { " " } else { ". " });
        }
        about.push_str(&sentence);
    };
    if let Some(path) = field.parameters.get(&Parameter::Path).and_then(|path| path.as_str()) {
        add(format!("Another name of `{path}`, never written."));
    }
    if let Some(pattern) = &field.pattern {
        add(format!("Matches `{pattern}`."));
    }
    if field.required && field.is_array {
        add("At least one.".to_owned());
    }
    about
}

/// The type of one value.
fn value_type<'m>(model: &'m Model, field: &'m Field) -> Cow<'m, str> {
    if let Some(allowed) = model.allowed_of(field) {
        return allowed.type_name.as_str().into();
    }
    let coerces = field.parameters.get(&Parameter::Coerce) != Some(&serde_json::Value::Bool(false));
    let long = if coerces { "number | string" } else { "number" };
    match field.kind() {
        ValueKind::Keyword | ValueKind::Text | ValueKind::Version | ValueKind::Ip | ValueKind::Binary => {
            "string".into()
        }
        ValueKind::Constant => {
            let value = field.parameters.get(&Parameter::Value).and_then(|value| value.as_str());
            value.map_or("string".into(), |value| literal(value).into())
        }
        ValueKind::Integer(64) | ValueKind::UnsignedLong => long.into(),
        ValueKind::Integer(_) | ValueKind::Double | ValueKind::Float | ValueKind::HalfFloat => "number".into(),
        ValueKind::Boolean => "boolean".into(),
        ValueKind::Date | ValueKind::DateNanos => date(field).into(),
        ValueKind::GeoPoint => "GeoPoint".into(),
        ValueKind::Range(of) => {
            let end = match of {
                RangeOf::Long => long,
                RangeOf::Integer | RangeOf::Float | RangeOf::Double => "number",
                RangeOf::Date => date(field),
                RangeOf::Ip => "string",
            };
            format!("Range<{end}>").into()
        }
        ValueKind::Flattened => "{ [key: string]: unknown }".into(),
        ValueKind::Object | ValueKind::Nested => {
            field.shape.map_or("{ [key: string]: never }".into(), |shape| model.shape(shape).type_name.as_str().into())
        }
        ValueKind::Any | ValueKind::Alias => "unknown".into(),
    }
}

/// A number also as its decimal text.
fn date(field: &Field) -> &'static str {
    match DateFormats::of(field).epoch {
        Some(_) => "string | number",
        None => "string",
    }
}

/// A property name, quoted where it is no identifier.
fn key(name: &str) -> Cow<'_, str> {
    let is_identifier = !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$');
    if is_identifier { name.into() } else { literal(name).into() }
}

/// A string literal; JSON's are JavaScript's.
fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Text that stays inside of its comment and on its line.
fn comment(text: &str) -> Cow<'_, str> {
    if text.contains("*/") || text.contains(['\n', '\r', '\u{2028}', '\u{2029}']) {
        text.replace("*/", "*\\/").replace(['\n', '\r', '\u{2028}', '\u{2029}'], " ").into()
    } else {
        text.into()
    }
}
