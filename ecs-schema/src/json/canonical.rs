//! The canonical JSON of a value that no struct stands for, by its table: the bytes that the struct would write. Each
//! kind is read as its Rust type and written by it, so that there is no second opinion on the form of a value.

use std::net::IpAddr;

use serde::de::Deserializer;
use serde_json::{Map, Value};

use crate::element::{Element, FieldValue};
use crate::path::Path;
use crate::read::read_one;
use crate::rule::{FieldRule, Kind, ObjectRule, RangeKind};
use crate::{Binary, Flattened, GeoPoint, Range, Timestamp, Version, write};

/// Appends the canonical JSON of the object `value`, which is valid by `rules`; `{}` for anything else.
pub(crate) fn write_canonical_object(rules: &ObjectRule, value: &Value, out: &mut Vec<u8>) {
    let empty = Map::new();
    let members = value.as_object().unwrap_or(&empty);
    let start = out.len();
    let mut unknown = unknown(rules, members).into_iter().peekable();
    for rule in rules.fields {
        while let Some((name, value)) = unknown.next_if(|(name, _)| *name < rule.name) {
            write_unknown(name, value, out);
        }
        if let Some(value) = members.get(rule.name)
            && is_present(rule, value)
        {
            rule.key.write(out);
            write_canonical(rule, value, out);
        }
    }
    for (name, value) in unknown {
        write_unknown(name, value, out);
    }
    write::open(out, start, b'{');
    out.push(b'}');
}

/// The members that are not in the table, sorted by name, where the object takes such.
fn unknown<'v>(rules: &ObjectRule, members: &'v Map<String, Value>) -> Vec<(&'v str, &'v Value)> {
    if !rules.takes_unknown {
        return Vec::new();
    }
    let others = members.iter().map(|(name, value)| (name.as_str(), value));
    let mut unknown: Vec<_> = others.filter(|(name, _)| rules.position(name).is_none()).collect();
    unknown.sort_unstable_by_key(|(name, _)| *name);
    unknown
}

fn write_unknown(name: &str, value: &Value, out: &mut Vec<u8>) {
    out.push(b',');
    write::string(name, out);
    out.push(b':');
    write::json(value, out);
}

/// Appends the canonical JSON of the value of a field, which is valid by `rule`.
pub(crate) fn write_canonical(rule: &FieldRule, value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Array(elements) if rule.is_array && !matches!(rule.kind, Kind::Any) => {
            let start = out.len();
            for element in elements {
                out.push(b',');
                write_one(rule, element, out);
            }
            write::open(out, start, b'[');
            out.push(b']');
        }
        _ => write_one(rule, value, out),
    }
}

/// Whether a document has the value; null and an array of no values are left out. Where any JSON may stand, an empty
/// array is a value.
fn is_present(rule: &FieldRule, value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(elements) => !elements.is_empty() || matches!(rule.kind, Kind::Any),
        _ => true,
    }
}

fn write_one(rule: &FieldRule, value: &Value, out: &mut Vec<u8>) {
    match rule.kind {
        Kind::Object(rules) | Kind::Nested(rules) => write_canonical_object(rules, value, out),
        Kind::Keyword | Kind::Text | Kind::Constant(_) => as_type::<String>(rule, value, out),
        Kind::Version => as_type::<Version>(rule, value, out),
        Kind::Long => as_type::<i64>(rule, value, out),
        Kind::Integer => as_type::<i32>(rule, value, out),
        Kind::Short => as_type::<i16>(rule, value, out),
        Kind::Byte => as_type::<i8>(rule, value, out),
        Kind::UnsignedLong => as_type::<u64>(rule, value, out),
        Kind::Double => as_type::<f64>(rule, value, out),
        Kind::Float | Kind::HalfFloat => as_type::<f32>(rule, value, out),
        Kind::Boolean => as_type::<bool>(rule, value, out),
        Kind::Date(_) | Kind::DateNanos(_) => as_type::<Timestamp>(rule, value, out),
        Kind::Ip => as_type::<IpAddr>(rule, value, out),
        Kind::GeoPoint => as_type::<GeoPoint>(rule, value, out),
        Kind::Range(RangeKind::Integer) => as_type::<Range<i32>>(rule, value, out),
        Kind::Range(RangeKind::Long) => as_type::<Range<i64>>(rule, value, out),
        Kind::Range(RangeKind::Float) => as_type::<Range<f32>>(rule, value, out),
        Kind::Range(RangeKind::Double) => as_type::<Range<f64>>(rule, value, out),
        Kind::Range(RangeKind::Date(_)) => as_type::<Range<Timestamp>>(rule, value, out),
        Kind::Range(RangeKind::Ip) => as_type::<Range<IpAddr>>(rule, value, out),
        Kind::Binary => as_type::<Binary>(rule, value, out),
        Kind::Flattened => as_type::<Flattened>(rule, value, out),
        Kind::Any | Kind::Alias(_) => write::json(value, out),
    }
}

/// Appends the value as the type `T` writes it; as it is when it is no such value, which the check would have found.
fn as_type<T: Element>(rule: &FieldRule, value: &Value, out: &mut Vec<u8>) {
    match read::<T, _>(rule, value) {
        Ok(Some(value)) => FieldValue::write(&value, rule, out),
        Ok(None) | Err(_) => write::json(value, out),
    }
}

fn read<'de, T: Element, D: Deserializer<'de>>(rule: &FieldRule, from: D) -> Result<Option<T>, D::Error> {
    read_one(rule, &Path::ROOT, from)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ObjectRule, write_canonical_object};
    use crate::field_rule;

    #[test]
    fn unknown_fields_that_are_taken_are_written() {
        static CLOSED: ObjectRule = ObjectRule::new(&[field_rule!("e", Long)]);
        static INNER: ObjectRule = ObjectRule::new(&[field_rule!("b", Long), field_rule!("d", Long)]).takes_unknown();
        static ROOT: ObjectRule =
            ObjectRule::new(&[field_rule!("closed", Object(&CLOSED)), field_rule!("open", Object(&INNER))]);
        let value =
            json!({"closed": {"e": "1"}, "open": {"e": {"z": 1, "y": null}, "d": "2", "c": null, "a": [], "b": 1.0}});
        let mut out = Vec::new();
        write_canonical_object(&ROOT, &value, &mut out);
        let expected = r#"{"closed":{"e":1},"open":{"a":[],"b":1,"c":null,"d":2,"e":{"y":null,"z":1}}}"#;
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
