//! How `rules.json` names each kind of value: one row for each kind.

use serde::Serialize;

use crate::date_formats::{DateFormats, Epoch};
use crate::emit::rust::is_unlimited;
use crate::field_type::{RangeOf, ValueKind};
use crate::model::{Field, Model, ShapeId};
use crate::parameter::Parameter;

/// The kind, and what it is a kind of.
#[derive(Serialize)]
pub(super) struct Kind<'m> {
    #[serde(rename = "kind")]
    name: &'static str,
    /// Of dates, where it is not the engines' default.
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
    /// Of objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    shape: Option<&'m str>,
    /// Of constants.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'m str>,
    /// Of aliases.
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'m str>,
}

pub(super) fn of<'m>(model: &'m Model, field: &'m Field) -> Kind<'m> {
    let plain = |name| Kind { name, format: None, shape: None, value: None, target: None };
    let text = |parameter| field.parameters.get(&parameter).and_then(|value| value.as_str());
    let date = |name| Kind { format: date_format(field), ..plain(name) };
    let shape = |name| {
        let shape = model.shape(field.shape.unwrap_or(ShapeId::ROOT));
        Kind { shape: Some(&shape.type_name), ..plain(name) }
    };
    match field.kind() {
        ValueKind::Keyword if !is_unlimited(field) => plain("keyword"),
        ValueKind::Keyword | ValueKind::Text => plain("text"),
        ValueKind::Constant => Kind { value: text(Parameter::Value), ..plain("constant") },
        ValueKind::Version => plain("version"),
        ValueKind::Integer(8) => plain("byte"),
        ValueKind::Integer(16) => plain("short"),
        ValueKind::Integer(32) => plain("integer"),
        ValueKind::Integer(_) => plain("long"),
        ValueKind::UnsignedLong => plain("unsigned_long"),
        ValueKind::Double => plain("double"),
        ValueKind::Float => plain("float"),
        ValueKind::HalfFloat => plain("half_float"),
        ValueKind::Boolean => plain("boolean"),
        ValueKind::Date => date("date"),
        ValueKind::DateNanos => date("date_nanos"),
        ValueKind::Ip => plain("ip"),
        ValueKind::GeoPoint => plain("geo_point"),
        ValueKind::Range(RangeOf::Integer) => plain("integer_range"),
        ValueKind::Range(RangeOf::Long) => plain("long_range"),
        ValueKind::Range(RangeOf::Float) => plain("float_range"),
        ValueKind::Range(RangeOf::Double) => plain("double_range"),
        ValueKind::Range(RangeOf::Date) => date("date_range"),
        ValueKind::Range(RangeOf::Ip) => plain("ip_range"),
        ValueKind::Binary => plain("binary"),
        ValueKind::Flattened => plain("flattened"),
        ValueKind::Any => plain("any"),
        ValueKind::Object => shape("object"),
        ValueKind::Nested => shape("nested"),
        ValueKind::Alias => Kind { target: Some(text(Parameter::Path).unwrap_or_default()), ..plain("alias") },
    }
}

fn date_format(field: &Field) -> Option<&'static str> {
    let DateFormats { is_iso, epoch } = DateFormats::of(field);
    match (is_iso, epoch) {
        (true, Some(Epoch::Millis)) => None,
        (true, Some(Epoch::Seconds)) => Some("iso_or_seconds"),
        (false, Some(Epoch::Millis)) => Some("millis"),
        (false, Some(Epoch::Seconds)) => Some("seconds"),
        (_, None) => Some("iso"),
    }
}
