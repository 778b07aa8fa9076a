//! What each type makes of a comparison: the values that it reads, and what they are then.
//!
//! The rules are those of the engines for the DSL that Kibana makes. A comparison that an engine answers with an error is an
//! error here, and one that can find nothing is [`Condition::None`].

use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use super::free_text::pieces;
use super::simplify;
use crate::error::ErrorKind;
use crate::field::{DateKind, Field, FieldKind, FloatWidth, RangeOf};
use crate::resolved::{Bounds, Condition, GeoBox, Interval, Piece, Scaled, Value};
use crate::value::date::{self, Clock};
use crate::value::number::{self, OutOfRange};
use crate::value::{Decimal, Pattern, Version, parse_network};

/// What is asked of a field.
pub(super) enum Predicate<'a> {
    Exists,
    Equals {
        text: &'a str,
        phrase: bool,
    },
    /// Texts with wildcards between them, read as KQL reads them.
    Wildcards(&'a [String]),
    /// One pattern for whole terms.
    Pattern(&'a Pattern),
    Range {
        lower: Bound<&'a str>,
        upper: Bound<&'a str>,
    },
    Within(GeoBox),
}

/// Why a field cannot be asked that; the message goes on after the field's name.
pub(super) struct Refusal {
    pub(super) kind: ErrorKind,
    pub(super) message: String,
}

const WITHIN_RANGE: &str = "it was checked to be within the range of the type";

type Result<T> = std::result::Result<T, Refusal>;

fn unreadable<T>(text: &str, what: &str) -> Result<T> {
    Err(Refusal { kind: ErrorKind::Value, message: format!("cannot be compared with `{text}`, which is not {what}") })
}

fn unsupported<T>(message: &str) -> Result<T> {
    Err(Refusal { kind: ErrorKind::Unsupported, message: message.to_owned() })
}

/// What `predicate` means of `field`.
pub(super) fn condition(field: &Arc<Field>, predicate: &Predicate<'_>, clock: &Clock) -> Result<Condition> {
    match predicate {
        Predicate::Exists => exists(field),
        Predicate::Within(within) if field.kind == FieldKind::GeoPoint && field.indexed => geo_box(field, *within),
        Predicate::Within(_) => unsupported("is not a place that can be searched"),
        _ if !field.is_searchable() => unsupported("cannot be searched, by its type or because it is not indexed"),
        Predicate::Equals { text, phrase } => equals(field, text, *phrase, clock),
        Predicate::Wildcards(parts) => wildcards(field, parts, clock),
        Predicate::Pattern(pattern) => self::pattern(field, pattern),
        Predicate::Range { lower, upper } => range(field, *lower, *upper, clock),
    }
}

fn exists(field: &Arc<Field>) -> Result<Condition> {
    // Bytes are searched in columns alone (measured on OpenSearch 3.8.0).
    let never_indexed = !field.doc_values && (!field.indexed || field.kind == FieldKind::Binary);
    match field.kind {
        FieldKind::Id => Ok(Condition::All),
        _ if never_indexed => unsupported("is in the source alone, so whether it exists cannot be searched"),
        _ => Ok(Condition::Exists { path: field.path.clone(), fields: vec![field.clone()] }),
    }
}

fn geo_box(field: &Arc<Field>, within: GeoBox) -> Result<Condition> {
    let latitude = -90.0..=90.0;
    let longitude = -180.0..=180.0;
    let valid = latitude.contains(&within.top)
        && latitude.contains(&within.bottom)
        && within.bottom <= within.top
        && longitude.contains(&within.left)
        && longitude.contains(&within.right);
    if !valid {
        return unsupported("needs a box with latitudes in order, and degrees within those of the Earth");
    }
    Ok(Condition::GeoBox { field: field.clone(), within })
}

fn equals(field: &Arc<Field>, text: &str, phrase: bool, clock: &Clock) -> Result<Condition> {
    let term = |value| Ok(Condition::Term { field: field.clone(), value });
    let interval = |bounds| Ok(Condition::Range { field: field.clone(), bounds });
    match &field.kind {
        FieldKind::Keyword { .. }
        | FieldKind::ConstantKeyword { .. }
        | FieldKind::Wildcard
        | FieldKind::Flattened
        | FieldKind::Id => term(Value::Text(text.to_owned())),
        FieldKind::Text { positions: false, .. } if phrase => {
            unsupported("has no order of words, so take the quotes away")
        }
        FieldKind::Text { .. } if phrase => Ok(Condition::Phrase { field: field.clone(), text: text.to_owned() }),
        FieldKind::Text { .. } => Ok(Condition::Words { field: field.clone(), text: text.to_owned() }),
        FieldKind::Integer { .. } | FieldKind::UnsignedLong => {
            let (least, most) = integer_range(&field.kind);
            let value = in_range(text, number::integer(decimal(text)?, least, most))?;
            value.map_or(Ok(Condition::None), |value| term(integer_value(&field.kind, value)))
        }
        FieldKind::Float(width) => term(Value::Float(in_range(text, number::float(decimal(text)?, *width))?)),
        FieldKind::ScaledFloat { factor } => term(Value::Scaled(scaled(text, *factor)?)),
        FieldKind::Date(kind) => match dates(Bound::Included(text), Bound::Included(text), *kind, clock)? {
            Some(bounds) => interval(bounds),
            None => Ok(Condition::None),
        },
        FieldKind::Boolean => term(Value::Boolean(boolean(text)?)),
        FieldKind::Ip => match parse_network(text) {
            None => unreadable(text, "an address or a network"),
            Some((first, last)) if first == last => term(Value::Ip(first)),
            Some((first, last)) => interval(Interval::Ip(Bounds::included(Some(first), Some(last)))),
        },
        FieldKind::Version => term(Value::Version(version(text)?)),
        FieldKind::Range(of) => intersects(field, *of, Bound::Included(text), Bound::Included(text), clock),
        FieldKind::GeoPoint | FieldKind::Binary | FieldKind::Other => unsupported("cannot be searched"),
    }
}

/// Keywords match the whole text. Every other type is asked piece by piece, as `query_string` reads it: one of the pieces
/// between spaces is enough.
fn wildcards(field: &Arc<Field>, parts: &[String], clock: &Clock) -> Result<Condition> {
    if matches!(field.kind, FieldKind::Keyword { .. }) {
        return pattern(field, &Pattern::of(parts));
    }
    let conditions = pieces(parts).into_iter().map(|piece| match piece {
        Piece::Words(text) => equals(field, &text, false, clock),
        Piece::Pattern(pattern) if is_lone_wildcard(&pattern) => exists(field),
        Piece::Pattern(pattern) => self::pattern(field, &pattern),
    });
    Ok(simplify::or(conditions.collect::<Result<_>>()?))
}

pub(super) fn is_lone_wildcard(pattern: &Pattern) -> bool {
    pattern.is_prefix() && pattern.prefix().is_empty()
}

fn pattern(field: &Arc<Field>, pattern: &Pattern) -> Result<Condition> {
    match field.kind {
        FieldKind::Keyword { .. }
        | FieldKind::ConstantKeyword { .. }
        | FieldKind::Wildcard
        | FieldKind::Version
        | FieldKind::Text { .. } => Ok(Condition::Pattern { field: field.clone(), pattern: pattern.clone() }),
        FieldKind::Flattened if pattern.is_prefix() => {
            Ok(Condition::Pattern { field: field.clone(), pattern: pattern.clone() })
        }
        FieldKind::Flattened => Err(Refusal {
            kind: ErrorKind::Value,
            message: "is flattened, and engines take a wildcard there at the end alone".to_owned(),
        }),
        _ => Err(Refusal {
            kind: ErrorKind::Value,
            message: format!("cannot be compared with `{}`, a text with wildcards", pattern.parts().join("*")),
        }),
    }
}

fn range(field: &Arc<Field>, lower: Bound<&str>, upper: Bound<&str>, clock: &Clock) -> Result<Condition> {
    let bounds = Bounds { lower, upper };
    let interval = match &field.kind {
        FieldKind::Keyword { .. } | FieldKind::Wildcard | FieldKind::Text { .. } | FieldKind::Flattened => {
            Some(Interval::Text(bounds.try_map(|text| Ok(text.to_owned()))?))
        }
        FieldKind::Boolean => return Ok(booleans(field, &bounds.try_map(boolean)?)),
        FieldKind::Integer { .. } | FieldKind::UnsignedLong => integers(&field.kind, bounds)?,
        FieldKind::Float(width) => Some(floats(bounds, *width)?),
        FieldKind::ScaledFloat { factor } => Some(Interval::Scaled(bounds.try_map(|text| scaled(text, *factor))?)),
        FieldKind::Date(kind) => dates(lower, upper, *kind, clock)?,
        FieldKind::Ip => Some(addresses(bounds)?),
        FieldKind::Version => Some(Interval::Version(bounds.try_map(version)?)),
        FieldKind::Range(of) => return intersects(field, *of, lower, upper, clock),
        FieldKind::ConstantKeyword { .. }
        | FieldKind::Id
        | FieldKind::GeoPoint
        | FieldKind::Binary
        | FieldKind::Other => return unsupported("has no order, so it cannot be compared with `<` and `>`"),
    };
    Ok(interval.map_or(Condition::None, |bounds| Condition::Range { field: field.clone(), bounds }))
}

fn intersects(
    field: &Arc<Field>,
    of: RangeOf,
    lower: Bound<&str>,
    upper: Bound<&str>,
    clock: &Clock,
) -> Result<Condition> {
    let bounds = Bounds { lower, upper };
    let interval = match of {
        RangeOf::Integer(bits) => integers(&FieldKind::Integer { bits }, bounds)?,
        RangeOf::Float(width) => Some(floats(bounds, width)?),
        RangeOf::Date(kind) => dates(lower, upper, kind, clock)?,
        RangeOf::Ip => Some(addresses(bounds)?),
    };
    Ok(interval.map_or(Condition::None, |bounds| Condition::Intersects { field: field.clone(), bounds }))
}

fn booleans(field: &Arc<Field>, bounds: &Bounds<bool>) -> Condition {
    let within = (bounds.lower, bounds.upper);
    let values = [false, true].into_iter().filter(|value| within.contains(value));
    let terms = values.map(|value| Condition::Term { field: field.clone(), value: Value::Boolean(value) });
    simplify::or(terms.collect())
}

fn integers(kind: &FieldKind, bounds: Bounds<&str>) -> Result<Option<Interval>> {
    let (least, most) = integer_range(kind);
    let bounds = bounds.try_map(|text| {
        let number = decimal(text)?;
        in_range(text, number::integer(number, least, most))?;
        Ok(number)
    })?;
    let Ok(Some(bounds)) = number::integers(bounds.lower, bounds.upper, least, most) else { return Ok(None) };
    Ok(Some(if *kind == FieldKind::UnsignedLong {
        Interval::Unsigned(bounds.map(|end| u64::try_from(end).expect(WITHIN_RANGE)))
    } else {
        Interval::Integer(bounds.map(|end| i64::try_from(end).expect(WITHIN_RANGE)))
    }))
}

fn floats(bounds: Bounds<&str>, width: FloatWidth) -> Result<Interval> {
    bounds.try_map(|text| in_range(text, number::float(decimal(text)?, width))).map(Interval::Float)
}

fn addresses(bounds: Bounds<&str>) -> Result<Interval> {
    bounds.try_map(|text| text.parse().or_else(|_| unreadable(text, "an address"))).map(Interval::Ip)
}

fn dates(lower: Bound<&str>, upper: Bound<&str>, kind: DateKind, clock: &Clock) -> Result<Option<Interval>> {
    match date::bounds(lower, upper, kind, clock) {
        Ok(bounds) => Ok(bounds.map(Interval::Date)),
        Err(text) => unreadable(&text, "a date, a number since the epoch or date math"),
    }
}

fn integer_range(kind: &FieldKind) -> (i128, i128) {
    match kind {
        FieldKind::Integer { bits } => {
            let half = 1_i128 << (bits - 1);
            (-half, half - 1)
        }
        _ => (0, i128::from(u64::MAX)),
    }
}

fn integer_value(kind: &FieldKind, value: i128) -> Value {
    if *kind == FieldKind::UnsignedLong {
        Value::Unsigned(u64::try_from(value).expect(WITHIN_RANGE))
    } else {
        Value::Integer(i64::try_from(value).expect(WITHIN_RANGE))
    }
}

fn decimal(text: &str) -> Result<Decimal> {
    text.parse().or_else(|_| unreadable(text, "a number"))
}

fn in_range<T>(text: &str, value: std::result::Result<T, OutOfRange>) -> Result<T> {
    value.or_else(|OutOfRange| unreadable(text, "within the range of the type"))
}

fn scaled(text: &str, factor: f64) -> Result<Scaled> {
    let number = decimal(text)?;
    match number::scale(number, factor) {
        Some(scaled) => Ok(Scaled { number, scaled }),
        None => unreadable(text, "within the range of the type"),
    }
}

fn boolean(text: &str) -> Result<bool> {
    text.parse().or_else(|_| unreadable(text, "`true` or `false`"))
}

fn version(text: &str) -> Result<Version> {
    text.parse().or_else(|_| unreadable(text, "a semantic version"))
}
