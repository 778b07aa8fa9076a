//! Whether two documents say the same: the one that was made, in any form, and the canonical JSON of what was read from it.
//! Knows each kind's forms on its own, so that a mistake of reading and writing shows.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ecs_gen::field_type::{RangeOf, ValueKind};
use ecs_gen::model::{Field, FieldId, Model, ShapeId};
use ecs_gen::parameter::Parameter;
use jiff::civil::{DateTime, date};
use serde_json::{Map, Value};

/// What the canonical JSON of `document` gets wrong; nothing when it says the same.
pub fn difference(model: &Model, document: &Value, canonical: &[u8]) -> Option<String> {
    let Ok(written) = serde_json::from_slice::<Value>(canonical) else { return Some("it is no JSON".to_owned()) };
    if serde_json::to_vec(&written).ok().as_deref() != Some(canonical) {
        return Some("it is not sorted, or has white space, or numbers of another form".to_owned());
    }
    let whole = model.shape(ShapeId::ROOT).takes_unknown;
    object(model, &model.roots, whole, document.as_object()?, written.as_object()?, "")
}

fn object(
    model: &Model,
    ids: &[FieldId],
    takes_unknown: bool,
    made: &Map<String, Value>,
    written: &Map<String, Value>,
    at: &str,
) -> Option<String> {
    let fields: BTreeMap<&str, &Field> = model.children(ids).map(|field| (field.name(), field)).collect();
    if let Some(name) = written.keys().find(|name| !made.contains_key(*name)) {
        return Some(format!("`{at}.{name}` has come from nowhere"));
    }
    made.iter().find_map(|(name, value)| {
        let at = format!("{at}.{name}");
        let Some(field) = fields.get(name.as_str()) else {
            // A struct has no place for it.
            return (!takes_unknown).then(|| format!("`{at}` is no field"));
        };
        let is_absent = value.is_null() || (is_list(field) && value.as_array().is_some_and(Vec::is_empty));
        match written.get(name) {
            None if is_absent => None,
            None => Some(format!("`{at}` is lost")),
            Some(_) if is_absent => Some(format!("`{at}` has no value and is written")),
            Some(written) => field_value(model, field, value, written, &at),
        }
    })
}

fn is_list(field: &Field) -> bool {
    field.is_array && field.kind() != ValueKind::Any
}

fn field_value(model: &Model, field: &Field, made: &Value, written: &Value, at: &str) -> Option<String> {
    if !is_list(field) {
        return one(model, field, made, written, at);
    }
    let (Some(made), Some(written)) = (made.as_array(), written.as_array()) else {
        return Some(format!("`{at}` is no list"));
    };
    if made.len() != written.len() {
        return Some(format!("`{at}` has {} elements instead of {}", written.len(), made.len()));
    }
    made.iter().zip(written).find_map(|(made, written)| one(model, field, made, written, at))
}

fn one(model: &Model, field: &Field, made: &Value, written: &Value, at: &str) -> Option<String> {
    if field.is_object() {
        return object(model, &field.children, field.takes_unknown, made.as_object()?, written.as_object()?, at);
    }
    let is_same = match field.kind() {
        ValueKind::Range(of) => is_same_range(of, field, made, written),
        ValueKind::GeoPoint => ["lat", "lon"].iter().all(|end| made[end].as_f64() == written[end].as_f64()),
        kind => is_same_scalar(kind, field, made, written),
    };
    (!is_same).then(|| format!("`{at}` is {written} instead of {made}"))
}

#[expect(clippy::cast_possible_truncation, reason = "what a float field does")]
fn is_same_scalar(kind: ValueKind, field: &Field, made: &Value, written: &Value) -> bool {
    match kind {
        ValueKind::Integer(_) | ValueKind::UnsignedLong => written.is_number() && integer(made) == integer(written),
        ValueKind::Double => made.as_f64() == written.as_f64(),
        ValueKind::Float | ValueKind::HalfFloat => {
            made.as_f64().map(|number| number as f32) == written.as_f64().map(|number| number as f32)
        }
        ValueKind::Date | ValueKind::DateNanos => moment(field, made) == moment(field, written),
        ValueKind::Ip => ip(made).is_some() && ip(made) == ip(written),
        _ => made == written,
    }
}

fn is_same_range(of: RangeOf, field: &Field, made: &Value, written: &Value) -> bool {
    let kind = match of {
        RangeOf::Integer | RangeOf::Long => ValueKind::Integer(64),
        RangeOf::Float => ValueKind::Float,
        RangeOf::Double => ValueKind::Double,
        RangeOf::Date => ValueKind::Date,
        RangeOf::Ip => ValueKind::Ip,
    };
    ["gte", "gt", "lte", "lt"].iter().all(|end| match (&made[end], &written[end]) {
        (Value::Null, Value::Null) => written.get(end).is_none(),
        (made, written) => is_same_scalar(kind, field, made, written),
    })
}

fn integer(value: &Value) -> Option<i128> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) if number.is_f64() => {
            let shown = format!("{:.0}", number.as_f64()?);
            shown.parse().ok()
        }
        Value::Number(number) => number.to_string().parse().ok(),
        _ => None,
    }
}

fn ip(value: &Value) -> Option<IpAddr> {
    value.as_str()?.parse().ok()
}

/// Nanoseconds since 1970; the forms completed to one that a library for dates reads.
fn moment(field: &Field, value: &Value) -> Option<i128> {
    let formats = field.parameters.get(&Parameter::Format).and_then(|format| format.as_str()).unwrap_or("iso");
    let unit = if formats.contains("epoch_second") { 1_000_000_000 } else { 1_000_000 };
    let Value::String(text) = value else { return integer(value).map(|number| number * unit) };
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_iso = formats == "iso" || formats.contains("strict_date");
    if digits.bytes().all(|byte| byte.is_ascii_digit()) && (!is_iso || digits.len() > 4) {
        return text.parse::<i128>().ok().map(|number| number * unit);
    }
    let (day, time) = text.split_once('T').unwrap_or((text, ""));
    let day = format!("{day}{}", &"-01-01"[day.len().saturating_sub(4).min(6)..]);
    let sign = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (time, offset) = time.split_at(sign);
    let (time, fraction) = time.split_once(['.', ',']).unwrap_or((time, "0"));
    let time = format!("{time}{}", &"00:00:00"[time.len()..]);
    let offset: String = offset.chars().filter(|c| !matches!(c, ':' | 'Z')).collect();
    let offset = if offset.is_empty() { "+00".to_owned() } else { offset };
    let local: DateTime = format!("{day}T{time}.{fraction}").parse().ok()?;
    let (hours, minutes) = (offset[1..3].parse::<i128>().ok()?, offset.get(3..5).unwrap_or("00").parse::<i128>().ok()?);
    let east = if offset.starts_with('-') { -1 } else { 1 } * (hours * 60 + minutes) * 60_000_000_000;
    Some(local.duration_since(date(1970, 1, 1).at(0, 0, 0, 0)).as_nanos() - east)
}
