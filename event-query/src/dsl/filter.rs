//! Conditions.

use std::ops::Bound;

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use crate::field::{Field, FieldKind, RangeOf, Resolution};
use crate::resolved::{Bounds, Condition, FreeText, Interval, Piece, Scaled, Value};
use crate::value::{Pattern, date};

/// How many values one `terms` may have: the default of `index.max_terms_count`.
const MAX_TERMS: usize = 65_536;

/// The condition as a query of the DSL.
///
/// # Examples
/// ```
/// use event_query::{FieldTable, Query, ResolveContext, dsl};
///
/// let fields = FieldTable::from_json(r#"{"properties": {"event": {"properties": {"id": {"type": "keyword"}}}}}"#)?;
/// let query = Query::new().kql("event.id: a*")?.resolve(&fields, &ResolveContext::default())?;
/// assert_eq!(dsl::condition(query.condition()).to_string(), r#"{"wildcard":{"event.id":{"value":"a*"}}}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn condition(condition: &Condition) -> Json {
    match condition {
        Condition::All => json!({ "match_all": {} }),
        Condition::None => json!({ "match_none": {} }),
        Condition::And(inner) => and(inner),
        Condition::Or(inner) => or(&inner.iter().map(self::condition).collect::<Vec<_>>()),
        Condition::Not(inner) => json!({ "bool": { "must_not": [self::condition(inner)] } }),
        Condition::Nested { path, inner } => json!({ "nested": {
            "path": **path, "query": self::condition(inner), "score_mode": "none", "ignore_unmapped": true,
        } }),
        Condition::Exists { path, .. } => json!({ "exists": { "field": **path } }),
        Condition::Term { field, value: term } => json!({ "term": { &*field.path: { "value": value(term) } } }),
        Condition::Terms { field, values } => terms(field, values),
        Condition::Range { field, bounds } => range(field, bounds, None),
        Condition::Intersects { field, bounds } => range(field, bounds, Some("intersects")),
        Condition::Pattern { field, pattern } => self::pattern(field, pattern),
        Condition::Words { field, text } => json!({ "match": { &*field.path: { "query": text } } }),
        Condition::Phrase { field, text } => json!({ "match_phrase": { &*field.path: { "query": text } } }),
        Condition::AnyField { text, meaning } => any_field(text, meaning),
        Condition::GeoBox { field, within } => json!({ "geo_bounding_box": { &*field.path: {
            "top": within.top, "left": within.left, "bottom": within.bottom, "right": within.right,
        } } }),
    }
}

fn and(conditions: &[Condition]) -> Json {
    let mut clauses = Map::new();
    let mut push = |occurrence: &str, query| {
        let list = clauses.entry(occurrence).or_insert_with(|| json!([]));
        list.as_array_mut().expect("it was made as an array").push(query);
    };
    for inner in conditions {
        match inner {
            Condition::Not(inner) => push("must_not", condition(inner)),
            inner => push("filter", condition(inner)),
        }
    }
    json!({ "bool": clauses })
}

fn or(queries: &[Json]) -> Json {
    json!({ "bool": { "should": queries, "minimum_should_match": 1 } })
}

fn terms(field: &Field, values: &[Value]) -> Json {
    let terms = |values: &[Value]| json!({ "terms": { &*field.path: values.iter().map(value).collect::<Vec<_>>() } });
    if values.len() <= MAX_TERMS { terms(values) } else { or(&values.chunks(MAX_TERMS).map(terms).collect::<Vec<_>>()) }
}

fn value(value: &Value) -> Json {
    match value {
        Value::Text(text) => json!(text),
        Value::Integer(number) => json!(number),
        Value::Unsigned(number) => json!(number),
        Value::Float(number) => json!(number),
        Value::Scaled(number) => scaled(number),
        Value::Boolean(flag) => json!(flag),
        Value::Ip(address) => json!(address.to_string()),
        Value::Version(version) => json!(version.as_str()),
    }
}

/// As a text, which engines read as the number that was written.
fn scaled(number: &Scaled) -> Json {
    json!(number.number.to_string())
}

fn range(field: &Field, interval: &Interval, relation: Option<&str>) -> Json {
    let resolution = match field.kind {
        FieldKind::Date(kind) | FieldKind::Range(RangeOf::Date(kind)) => kind.resolution,
        _ => Resolution::Milliseconds,
    };
    let date = |moment: &Timestamp| json!(date::to_text(*moment, resolution));
    let mut range = match interval {
        Interval::Text(bounds) => ends(bounds, |text| json!(text)),
        Interval::Integer(bounds) => ends(bounds, |number| json!(number)),
        Interval::Unsigned(bounds) => ends(bounds, |number| json!(number)),
        Interval::Float(bounds) => ends(bounds, |number| json!(number)),
        Interval::Scaled(bounds) => ends(bounds, scaled),
        Interval::Date(bounds) => ends(bounds, date),
        Interval::Ip(bounds) => ends(bounds, |address| json!(address.to_string())),
        Interval::Version(bounds) => ends(bounds, |version| json!(version.as_str())),
    };
    if field.key.is_some() {
        // A key of a flattened field is a range within all keys, so engines ask for both ends.
        let has = |range: &Map<String, Json>, names: [&str; 2]| names.iter().any(|name| range.contains_key(*name));
        if !has(&range, ["gt", "gte"]) {
            range.insert("gte".to_owned(), json!(""));
        }
        if !has(&range, ["lt", "lte"]) {
            range.insert("lte".to_owned(), json!(char::MAX.to_string()));
        }
    }
    if matches!(interval, Interval::Date(_)) {
        range.insert("format".to_owned(), json!("strict_date_optional_time"));
    }
    if let Some(relation) = relation {
        range.insert("relation".to_owned(), json!(relation));
    }
    json!({ "range": { &*field.path: range } })
}

fn ends<T>(bounds: &Bounds<T>, print: impl Fn(&T) -> Json) -> Map<String, Json> {
    let end = |bound: &Bound<T>, included: &str, excluded: &str| match bound {
        Bound::Unbounded => None,
        Bound::Included(value) => Some((included.to_owned(), print(value))),
        Bound::Excluded(value) => Some((excluded.to_owned(), print(value))),
    };
    [end(&bounds.lower, "gte", "gt"), end(&bounds.upper, "lte", "lt")].into_iter().flatten().collect()
}

fn pattern(field: &Field, pattern: &Pattern) -> Json {
    match field.kind {
        FieldKind::Text { .. } => json!({ "query_string": { "fields": [&*field.path], "query": escaped(pattern) } }),
        FieldKind::Flattened => json!({ "prefix": { &*field.path: { "value": pattern.prefix() } } }),
        _ => {
            let escape = |part: &String| part.replace('\\', "\\\\").replace('?', "\\?").replace('*', "\\*");
            let value = pattern.parts().iter().map(escape).collect::<Vec<_>>().join("*");
            json!({ "wildcard": { &*field.path: { "value": value } } })
        }
    }
}

fn any_field(text: &FreeText, meaning: &Condition) -> Json {
    let all_fields = |text: &str, how: &str| json!({ "multi_match": { "type": how, "query": text, "lenient": true } });
    match text {
        FreeText::Words(text) => all_fields(text, "best_fields"),
        FreeText::Phrase(text) => all_fields(text, "phrase"),
        FreeText::Pieces(pieces) => {
            let pieces: Vec<String> = pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Words(words) => words.split(' ').map(escaped_word).collect::<Vec<_>>().join(" "),
                    Piece::Pattern(pattern) => escaped(pattern),
                })
                .collect();
            let mut queries = vec![json!({ "query_string": { "query": pieces.join(" ") } })];
            missed_patterns(meaning, &mut queries);
            if queries.len() == 1 { queries.swap_remove(0) } else { or(&queries) }
        }
    }
}

/// The patterns that `OpenSearch` finds nothing by in `query_string`, as queries of their own: those of `wildcard` and
/// `constant_keyword` (measured on 3.8.0).
fn missed_patterns(meaning: &Condition, queries: &mut Vec<Json>) {
    match meaning {
        Condition::Or(inner) => inner.iter().for_each(|inner| missed_patterns(inner, queries)),
        Condition::Pattern { field, pattern: wanted }
            if matches!(field.kind, FieldKind::Wildcard | FieldKind::ConstantKeyword { .. }) =>
        {
            queries.push(pattern(field, wanted));
        }
        _ => {}
    }
}

fn escaped(pattern: &Pattern) -> String {
    pattern.parts().iter().map(|part| escaped_text(part)).collect::<Vec<_>>().join("*")
}

/// A word of `query_string`, which would read `AND`, `OR` and `NOT` as operators.
fn escaped_word(word: &str) -> String {
    let operator = matches!(word, "AND" | "OR" | "NOT");
    if operator { format!("\\{word}") } else { escaped_text(word) }
}

/// With a backslash before each character that `query_string` reserves ("Query string query: reserved characters"), and before
/// spaces.
fn escaped_text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if "+-=&|><!(){}[]^\"~*?:\\/ \t\r\n\u{3000}".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
