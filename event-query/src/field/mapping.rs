//! One property of a mapping to what queries must know of it.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{DateKind, Epoch, Field, FieldKind, FloatWidth, RangeOf, Resolution};

/// The property as a field. Types that are not known can be asked for existence.
pub(super) fn field(path: &str, type_name: &str, property: &Map<String, Value>, nested: Option<&Arc<str>>) -> Field {
    let kind = kind(type_name, property);
    let flag = |name, default| property.get(name).and_then(Value::as_bool).unwrap_or(default);
    let without_columns = matches!(kind, FieldKind::Text { .. } | FieldKind::Binary);
    Field {
        path: path.into(),
        multi_field_of: None,
        indexed: flag("index", true),
        doc_values: flag("doc_values", !without_columns),
        type_name: type_name.into(),
        nested: nested.cloned(),
        key: None,
        ignore_above: property.get("ignore_above").and_then(Value::as_u64).and_then(|most| usize::try_from(most).ok()),
        null_value: property.get("null_value").filter(|value| !value.is_null()).cloned(),
        kind,
    }
}

fn kind(type_name: &str, property: &Map<String, Value>) -> FieldKind {
    let text = |name: &str| property.get(name).and_then(Value::as_str).map(str::to_owned);
    match type_name {
        "keyword" => FieldKind::Keyword { normalizer: text("normalizer") },
        "constant_keyword" => FieldKind::ConstantKeyword { value: text("value") },
        "wildcard" => FieldKind::Wildcard,
        "text" | "match_only_text" | "search_as_you_type" => FieldKind::Text {
            analyzer: text("search_analyzer").or_else(|| text("analyzer")).unwrap_or_else(|| "standard".to_owned()),
            positions: !matches!(text("index_options").as_deref(), Some("docs" | "freqs")),
        },
        "byte" => FieldKind::Integer { bits: 8 },
        "short" => FieldKind::Integer { bits: 16 },
        "integer" => FieldKind::Integer { bits: 32 },
        "long" => FieldKind::Integer { bits: 64 },
        "unsigned_long" => FieldKind::UnsignedLong,
        "half_float" => FieldKind::Float(FloatWidth::Half),
        "float" => FieldKind::Float(FloatWidth::Single),
        "double" => FieldKind::Float(FloatWidth::Double),
        "scaled_float" => property
            .get("scaling_factor")
            .and_then(Value::as_f64)
            .map_or(FieldKind::Other, |factor| FieldKind::ScaledFloat { factor }),
        "date" => FieldKind::Date(date(property, Resolution::Milliseconds)),
        "date_nanos" => FieldKind::Date(date(property, Resolution::Nanoseconds)),
        "boolean" => FieldKind::Boolean,
        "ip" => FieldKind::Ip,
        "version" => FieldKind::Version,
        "flattened" | "flat_object" => FieldKind::Flattened,
        "integer_range" => FieldKind::Range(RangeOf::Integer(32)),
        "long_range" => FieldKind::Range(RangeOf::Integer(64)),
        "float_range" => FieldKind::Range(RangeOf::Float(FloatWidth::Single)),
        "double_range" => FieldKind::Range(RangeOf::Float(FloatWidth::Double)),
        "date_range" => FieldKind::Range(RangeOf::Date(date(property, Resolution::Milliseconds))),
        "ip_range" => FieldKind::Range(RangeOf::Ip),
        "geo_point" => FieldKind::GeoPoint,
        "binary" => FieldKind::Binary,
        _ => FieldKind::Other,
    }
}

fn date(property: &Map<String, Value>, resolution: Resolution) -> DateKind {
    let formats = property.get("format").and_then(Value::as_str).unwrap_or("epoch_millis");
    let first = formats.split("||").find(|format| format.starts_with("epoch_"));
    let epoch = if first == Some("epoch_second") { Epoch::Seconds } else { Epoch::Milliseconds };
    DateKind { resolution, epoch }
}
