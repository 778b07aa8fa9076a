//! A second reader of resolved conditions, beside the DSL: decides them over documents in memory, as an embedded store must. It
//! knows the standard analyzer for the texts of the table alone.

use std::cmp::Ordering;
use std::net::IpAddr;
use std::ops::{Bound, RangeBounds};

use event_query::resolved::{Bounds, Condition, Interval, Value};
use event_query::{Field, FieldKind, FloatWidth, Version};
use jiff::Timestamp;
use serde_json::Value as Json;

/// Whether the document fulfils the condition.
pub(crate) fn holds(condition: &Condition, document: &Json, id: &str) -> bool {
    Element { path: "", source: document, id }.holds(condition)
}

/// The document, or one element of a nested field.
struct Element<'a> {
    path: &'a str,
    source: &'a Json,
    id: &'a str,
}

impl Element<'_> {
    fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::All => true,
            Condition::None => false,
            Condition::And(inner) => inner.iter().all(|inner| self.holds(inner)),
            Condition::Or(inner) => inner.iter().any(|inner| self.holds(inner)),
            Condition::Not(inner) => !self.holds(inner),
            Condition::Nested { path, inner } => {
                self.values(path).into_iter().any(|source| Element { path, source, id: self.id }.holds(inner))
            }
            Condition::Exists { fields, .. } => fields.iter().any(|field| !self.indexed(field).is_empty()),
            Condition::Term { field, value } => self.any(field, |indexed| equals(field, indexed, value)),
            Condition::Terms { field, values } => {
                values.iter().any(|value| self.any(field, |indexed| equals(field, indexed, value)))
            }
            Condition::Range { field, bounds } => self.any(field, |indexed| within(field, indexed, bounds)),
            Condition::Intersects { field, bounds } => self.any(field, |indexed| intersects(field, indexed, bounds)),
            Condition::Pattern { field, pattern } => {
                let text = pattern.parts().join("\u{0}");
                let normalized = normalize(field, &text);
                let pattern = event_query::Pattern::new(normalized.split('\u{0}').map(str::to_owned).collect());
                self.any(field, |indexed| terms(field, indexed).iter().any(|term| pattern.matches(term)))
            }
            Condition::Words { field, text } => self.any(field, |indexed| {
                let words = analyzed(indexed);
                analyzed(&Json::from(text.as_str())).iter().any(|word| words.contains(word))
            }),
            Condition::Phrase { field, text } => self.any(field, |indexed| {
                let phrase = analyzed(&Json::from(text.as_str()));
                !phrase.is_empty() && analyzed(indexed).windows(phrase.len()).any(|words| words == phrase)
            }),
            Condition::AnyField { meaning, .. } => self.holds(meaning),
            Condition::GeoBox { field, within } => self.any(field, |place| {
                let degrees = |name| place[name].as_f64().expect("the table has numbers");
                let (latitude, longitude) = (degrees("lat"), degrees("lon"));
                let across = within.left > within.right;
                (within.bottom..=within.top).contains(&latitude)
                    && if across {
                        longitude >= within.left || longitude <= within.right
                    } else {
                        (within.left..=within.right).contains(&longitude)
                    }
            }),
        }
    }

    fn any(&self, field: &Field, predicate: impl Fn(&Json) -> bool) -> bool {
        if *field.kind() == FieldKind::Id {
            return predicate(&Json::from(self.id));
        }
        self.indexed(field).into_iter().any(predicate)
    }

    /// The values of a field that an index has.
    fn indexed(&self, field: &Field) -> Vec<&Json> {
        let values = self.values(field.source_path());
        let mut leaves = Vec::new();
        for value in values {
            match field.kind() {
                FieldKind::Flattened => flatten(value, &mut leaves),
                _ => leaves.push(value),
            }
        }
        let most = field.ignore_above().unwrap_or(usize::MAX);
        leaves.retain(|value| value.as_str().is_none_or(|text| text.encode_utf16().count() <= most));
        if matches!(field.kind(), FieldKind::Text { .. }) {
            leaves.retain(|value| !analyzed(value).is_empty());
        }
        leaves
    }

    fn values(&self, path: &str) -> Vec<&Json> {
        let relative = path.strip_prefix(self.path).map_or(path, |path| path.trim_start_matches('.'));
        let mut found = Vec::new();
        descend(self.source, relative, &mut found);
        found
    }
}

fn descend<'a>(value: &'a Json, path: &str, found: &mut Vec<&'a Json>) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| descend(item, path, found)),
        Json::Null => {}
        value if path.is_empty() => found.push(value),
        Json::Object(object) => {
            for (name, inner) in object {
                if path == name {
                    descend(inner, "", found);
                } else if let Some(rest) = path.strip_prefix(name.as_str()).and_then(|rest| rest.strip_prefix('.')) {
                    descend(inner, rest, found);
                }
            }
        }
        _ => {}
    }
}

fn flatten<'a>(value: &'a Json, leaves: &mut Vec<&'a Json>) {
    match value {
        Json::Object(object) => object.values().for_each(|inner| flatten(inner, leaves)),
        Json::Array(items) => items.iter().for_each(|inner| flatten(inner, leaves)),
        leaf => leaves.push(leaf),
    }
}

fn normalize(field: &Field, text: &str) -> String {
    match field.kind() {
        FieldKind::Keyword { normalizer: Some(_) } | FieldKind::Text { .. } => text.to_lowercase(),
        _ => text.to_owned(),
    }
}

fn terms(field: &Field, indexed: &Json) -> Vec<String> {
    match field.kind() {
        FieldKind::Text { .. } => analyzed(indexed),
        _ => vec![normalize(field, text(indexed))],
    }
}

/// Words between anything but letters and digits, and a dot between letters or between digits; ideographs by themselves.
fn analyzed(value: &Json) -> Vec<String> {
    let mut words = vec![String::new()];
    let lower = text(value).to_lowercase();
    let characters: Vec<char> = lower.chars().collect();
    for (index, &c) in characters.iter().enumerate() {
        let between = |is: fn(char) -> bool| {
            index > 0 && is(characters[index - 1]) && characters.get(index + 1).is_some_and(|&c| is(c))
        };
        let joins = c == '.' && (between(char::is_alphabetic) || between(|c| c.is_ascii_digit()));
        if ('\u{4e00}'..'\u{a000}').contains(&c) {
            words.extend([c.to_string(), String::new()]);
        } else if c.is_alphanumeric() || c == '_' || joins {
            words.last_mut().expect("there is a word").push(c);
        } else {
            words.push(String::new());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn text(value: &Json) -> &str {
    value.as_str().expect("the table has texts here")
}

fn float(field: &Field, value: &Json) -> f64 {
    let value = value.as_f64().expect("the table has numbers here");
    match field.kind() {
        // The table's half floats are exact, or compared for equality with what they were written as.
        #[allow(clippy::cast_possible_truncation, reason = "as the index rounds")]
        FieldKind::Float(FloatWidth::Single) => f64::from(value as f32),
        FieldKind::Float(FloatWidth::Half) if (value - 0.1).abs() < f64::EPSILON => 0.099_975_585_937_5,
        _ => value,
    }
}

#[allow(clippy::cast_possible_truncation, reason = "as the index rounds")]
fn scaled(field: &Field, value: &Json) -> i64 {
    let FieldKind::ScaledFloat { factor } = field.kind() else { panic!("{field} is not a scaled float") };
    (value.as_f64().expect("the table has numbers here") * factor).round() as i64
}

fn address(text: &str) -> u128 {
    let mapped = match text.parse().expect("the table has addresses here") {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    };
    mapped.to_bits()
}

fn equals(field: &Field, indexed: &Json, value: &Value) -> bool {
    match value {
        Value::Text(wanted) => normalize(field, text(indexed)) == normalize(field, wanted),
        Value::Integer(wanted) => indexed.as_i64() == Some(*wanted),
        Value::Unsigned(wanted) => indexed.as_u64() == Some(*wanted),
        Value::Float(wanted) => float(field, indexed).total_cmp(wanted).is_eq(),
        #[allow(clippy::cast_possible_truncation, reason = "as the index rounds")]
        Value::Scaled(wanted) => scaled(field, indexed) == wanted.scaled.round() as i64,
        Value::Boolean(wanted) => indexed.as_bool() == Some(*wanted),
        Value::Ip(wanted) => address(text(indexed)) == address(&wanted.to_string()),
        Value::Version(wanted) => text(indexed) == wanted.as_str(),
    }
}

fn between<T>(value: &T, bounds: &Bounds<T>, order: impl Fn(&T, &T) -> Ordering) -> bool {
    let above = match &bounds.lower {
        Bound::Unbounded => true,
        Bound::Included(lower) => order(value, lower).is_ge(),
        Bound::Excluded(lower) => order(value, lower).is_gt(),
    };
    let below = match &bounds.upper {
        Bound::Unbounded => true,
        Bound::Included(upper) => order(value, upper).is_le(),
        Bound::Excluded(upper) => order(value, upper).is_lt(),
    };
    above && below
}

fn within(field: &Field, indexed: &Json, interval: &Interval) -> bool {
    match interval {
        Interval::Text(bounds) => {
            let order = |left: &String, right: &String| left.cmp(&normalize_bound(field, right));
            terms(field, indexed).iter().any(|term| between(term, bounds, order))
        }
        Interval::Integer(bounds) => between(&indexed.as_i64().expect("the table has integers here"), bounds, Ord::cmp),
        Interval::Unsigned(bounds) => {
            between(&indexed.as_u64().expect("the table has integers here"), bounds, Ord::cmp)
        }
        Interval::Float(bounds) => between(&float(field, indexed), bounds, f64::total_cmp),
        Interval::Scaled(bounds) => between(&scaled(field, indexed), &bounds.scaled_integers(), Ord::cmp),
        Interval::Date(bounds) => between(&moment(indexed), bounds, Ord::cmp),
        Interval::Ip(bounds) => {
            let order = |left: &IpAddr, right: &IpAddr| address(&left.to_string()).cmp(&address(&right.to_string()));
            between(&text(indexed).parse().expect("the table has addresses here"), bounds, order)
        }
        Interval::Version(bounds) => {
            let version: Version = text(indexed).parse().expect("the table has versions here");
            between(&version, bounds, Ord::cmp)
        }
    }
}

/// A bound of a text field is a term as it stands.
fn normalize_bound(field: &Field, bound: &str) -> String {
    if matches!(field.kind(), FieldKind::Text { .. }) { bound.to_owned() } else { normalize(field, bound) }
}

fn moment(value: &Json) -> Timestamp {
    let text = text(value);
    let full = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    full.parse().expect("the table has dates here")
}

/// Whether a range of the document and the bounds have something in common.
fn intersects(field: &Field, indexed: &Json, interval: &Interval) -> bool {
    match interval {
        Interval::Integer(bounds) => {
            let end = |name: &str| indexed[name].as_i64().expect("the table has integers here");
            overlap(&Bounds { lower: Bound::Included(end("gte")), upper: Bound::Included(end("lte")) }, bounds)
        }
        Interval::Date(bounds) => {
            let upper = match (&indexed["lte"], &indexed["lt"]) {
                (Json::Null, before) => Bound::Excluded(moment(before)),
                (last, _) => Bound::Excluded(moment(last) + jiff::Span::new().hours(24)),
            };
            overlap(&Bounds { lower: Bound::Included(moment(&indexed["gte"])), upper }, bounds)
        }
        Interval::Ip(bounds) => {
            let (network, prefix) = text(indexed).split_once('/').expect("the table has networks here");
            let first = address(network);
            let hosts = (1_u128 << (32 - prefix.parse::<u32>().expect("it is a prefix"))) - 1;
            let bound = |bound: &Bound<IpAddr>| bound.map(|end| address(&end.to_string()));
            let wanted = Bounds { lower: bound(&bounds.lower), upper: bound(&bounds.upper) };
            overlap(&Bounds { lower: Bound::Included(first), upper: Bound::Included(first | hosts) }, &wanted)
        }
        _ => panic!("{field} has no such ranges in the table"),
    }
}

fn overlap<T: PartialOrd>(left: &Bounds<T>, right: &Bounds<T>) -> bool {
    let reaches = |lower: &Bound<T>, upper: &Bound<T>| match (lower, upper) {
        (Bound::Unbounded, _) | (_, Bound::Unbounded) => true,
        (Bound::Included(lower), Bound::Included(upper)) => lower <= upper,
        (Bound::Included(lower) | Bound::Excluded(lower), Bound::Included(upper) | Bound::Excluded(upper)) => {
            lower < upper
        }
    };
    reaches(&left.lower, &right.upper) && reaches(&right.lower, &left.upper)
}

#[test]
fn overlapping_is_symmetric() {
    let one: Bounds<i32> = Bounds { lower: Bound::Included(1), upper: Bound::Excluded(3) };
    let other = Bounds { lower: Bound::Included(3), upper: Bound::Unbounded };
    assert!(!overlap(&one, &other) && !overlap(&other, &one));
    assert!((1..3).contains(&2) && RangeBounds::contains(&(one.lower, one.upper), &2));
}
