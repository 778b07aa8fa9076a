//! What may stand for null in the index: a value of the field's own type. The engines refuse a mapping with another, or each
//! document with null in place of it.

use std::net::IpAddr;

use ecs_schema::Timestamp;
use serde_json::Value as Json;

use crate::date_formats::DateFormats;
use crate::field_type::{FieldType, ValueKind};
use crate::parameter::{Parameter, Parameters};

/// Lucene's limit for a term.
const MAX_TERM: usize = 32_766;

/// The first numbers that are rounded to no finite float of 32 and 16 bits.
const FLOAT_END: f64 = 3.402_823_567_797_366e38;
const HALF_FLOAT_END: f64 = 65_520.0;

/// What a field wants in place of its `null_value`; nothing when that is right.
pub(super) fn wanted(field_type: FieldType, parameters: &Parameters) -> Option<&'static str> {
    let value = parameters.get(&Parameter::NullValue)?;
    let (fits, wanted) = match field_type.kind() {
        ValueKind::Integer(bits) => (is_integer(value, bits), "a whole number in the range of the type"),
        ValueKind::UnsignedLong => (is_unsigned(value), "a whole number in the range of the type"),
        ValueKind::Double => (is_below(value, f64::INFINITY), "a finite number"),
        ValueKind::Float => (is_below(value, FLOAT_END), "a number that is finite in the type"),
        ValueKind::HalfFloat => (is_below(value, HALF_FLOAT_END), "a number that is finite in the type"),
        ValueKind::Boolean => (value.is_boolean() || value == "true" || value == "false", "true or false"),
        ValueKind::Date => (is_date(value, parameters), "a date in the field's format"),
        ValueKind::DateNanos => {
            (is_date(value, parameters) && !is_before_1970(value), "a date from 1970 on, in the field's format")
        }
        ValueKind::Ip => (value.as_str().is_some_and(|text| text.parse::<IpAddr>().is_ok()), "an address"),
        ValueKind::GeoPoint => (value.as_str().is_some_and(is_point), "a place as `lat,lon`, such as `52.5,13.25`"),
        ValueKind::Keyword if !parameters.contains_key(&Parameter::IgnoreAbove) => {
            (value.as_str().is_none_or(|text| text.len() <= MAX_TERM), "a text of at most 32,766 bytes")
        }
        _ => (true, ""),
    };
    (!fits).then_some(wanted)
}

fn is_integer(value: &Json, bits: u8) -> bool {
    let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
    number.is_some_and(|number| bits >= 64 || (-(1 << (bits - 1))..1 << (bits - 1)).contains(&number))
}

fn is_unsigned(value: &Json) -> bool {
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).is_some()
}

fn is_below(value: &Json, end: f64) -> bool {
    let number = value.as_f64().or_else(|| value.as_str()?.parse().ok());
    number.is_some_and(|number| number.abs() < end)
}

fn is_date(value: &Json, parameters: &Parameters) -> bool {
    let formats = DateFormats::of_parameters(parameters);
    match value.as_str() {
        Some(text) if text.parse::<i64>().is_ok_and(|_| text.len() > 4) => formats.epoch.is_some(),
        Some(text) => formats.is_iso && text.parse::<Timestamp>().is_ok(),
        None => formats.epoch.is_some() && value.as_i64().is_some(),
    }
}

fn is_before_1970(value: &Json) -> bool {
    value.as_i64().is_some_and(|number| number < 0) || value.as_str().is_some_and(|text| text < "1970")
}

fn is_point(text: &str) -> bool {
    let within = |text: &str, most: f64| text.trim().parse::<f64>().is_ok_and(|number| number.abs() <= most);
    text.split_once(',').is_some_and(|(lat, lon)| within(lat, 90.0) && within(lon, 180.0))
}
