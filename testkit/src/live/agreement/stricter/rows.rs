//! The rules where ours is knowingly stricter than an engine. To add one, add a row; without an example that the engine
//! takes, it does not pass.

use ecs_gen::field_type::ValueKind;
use ecs_schema::ViolationRule;
use serde_json::Value;

use super::Leniency::{Always, Sometimes};
use super::{Leniency, Row, Seen};
use crate::engines::Engine;

/// Numbers that an engine may take for years.
const MAY_BE_YEARS: std::ops::RangeInclusive<i64> = -9_999_999_999..=-1_000;

type When = fn(&Seen<'_>) -> bool;

const BOTH: &[Engine] = &[Engine::OpenSearch, Engine::Elasticsearch];
const OPENSEARCH: &[Engine] = &[Engine::OpenSearch];
const ELASTICSEARCH: &[Engine] = &[Engine::Elasticsearch];
/// Engines with keywords in place of constants.
const WITHOUT_CONSTANTS: &[Engine] = &[Engine::Elasticsearch, Engine::OpenSearch2];

const fn row(code: &'static str, when: When, leniency: Leniency, example: &'static str, reason: &'static str) -> Row {
    Row { code, engines: BOTH, when, leniency, reason, example }
}

const fn on(engines: &'static [Engine], row: Row) -> Row {
    Row { engines, ..row }
}

pub const ROWS: &[Row] = &[
    // What the Elastic Common Schema and the log ask for, and no mapping can
    row(
        "missing",
        |seen| !is(seen, &[ValueKind::GeoPoint]),
        Always,
        r#"{"every": {"needed": {"number": null}}}"#,
        "an engine knows no required fields; without them an event is neither found nor understood",
    ),
    row(
        "not-allowed",
        |_| true,
        Always,
        r#"{"event": {"kind": "no such kind"}}"#,
        "the Elastic Common Schema lists the values, and an engine takes any",
    ),
    row(
        "pattern-mismatch",
        |_| true,
        Always,
        r#"{"every": {"keyword": {"coded": "no code"}}}"#,
        "a mapping has no patterns",
    ),
    row(
        "unexpected-event-type",
        |_| true,
        Always,
        r#"{"event": {"category": ["process"], "type": ["allowed"]}}"#,
        "the Elastic Common Schema says which types go with which categories, and an engine does not look",
    ),
    // One form for each value, so that readers need not expect several
    row(
        "cardinality",
        |_| true,
        Always,
        r#"{"every": {"keyword": {"cut": ["a", "b"]}}}"#,
        "to an engine one value and a list are the same; readers would have to expect both",
    ),
    row(
        "null-element",
        |seen| !is(seen, &[ValueKind::GeoPoint]),
        Always,
        r#"{"every": {"keyword": {"wholes": ["a", null]}}}"#,
        "an engine skips null in a list; readers would have to expect it",
    ),
    on(
        ELASTICSEARCH,
        row(
            "null-element",
            |seen| is(seen, &[ValueKind::GeoPoint]),
            Always,
            r#"{"every": {"point": {"many": [{"lat": 1, "lon": 2}, null]}}}"#,
            "Elasticsearch skips null in a list of points; OpenSearch does not",
        ),
    ),
    row(
        "alias",
        |seen| seen.value.is_some_and(|value| value.as_array().is_some_and(Vec::is_empty)),
        Always,
        r#"{"every": {"other_name": []}}"#,
        "an engine passes over an empty list at an alias",
    ),
    row(
        "wrong-type",
        |seen| seen.value.is_some_and(Value::is_array),
        Sometimes,
        r#"{"every": {"keyword": {"wholes": [["a"]]}}}"#,
        "an engine takes lists in lists as one list; readers would have to expect them",
    ),
    row(
        "wrong-type",
        |seen| is(seen, &[ValueKind::Keyword, ValueKind::Text]) && seen.value.is_some_and(is_scalar),
        Always,
        r#"{"every": {"keyword": {"cut": 17}}}"#,
        "an engine indexes the text of numbers and booleans; readers would have to expect them",
    ),
    row(
        "wrong-type",
        |seen| is(seen, &[ValueKind::Binary]),
        Sometimes,
        r#"{"every": {"binary": {"one": 17}}}"#,
        "an engine does not look at a value that it only keeps",
    ),
    row(
        "wrong-type",
        |seen| is(seen, &[ValueKind::Boolean]) && is_text(seen, |text| matches!(text, "true" | "false" | "")),
        Always,
        r#"{"every": {"boolean": {"one": "true"}}}"#,
        "an engine reads booleans out of text, the empty one as false; readers would have to expect it",
    ),
    row(
        "wrong-type",
        |seen| is_number(seen) && seen.value.is_some_and(|value| value.is_string() || value.is_f64()),
        Sometimes,
        r#"{"every": {"number": {"integer": "12"}}}"#,
        "an engine reads numbers out of text and cuts off fractions, so that what it indexes is not what is stored",
    ),
    row(
        "out-of-range",
        |seen| is(seen, &[ValueKind::Float]) && is_between_floats(seen),
        Sometimes,
        r#"{"every": {"number": {"float": 3.4028235677973366e38}}}"#,
        "the engine rounds the number that is halfway between the largest float and infinity down",
    ),
    // Dates that RFC 3339 does not have
    row(
        "out-of-range",
        is_date,
        Sometimes,
        r#"{"every": {"date": {"millis": 253402300800000}}}"#,
        "an engine has years before 0000 and after 9999, which RFC 3339 cannot write",
    ),
    row(
        "invalid-date",
        |seen| is_date(seen) && is_text(seen, is_odd_date),
        Sometimes,
        r#"{"@timestamp": "-0001-01-01"}"#,
        "an engine has negative years, names of zones, few digits as milliseconds, and `T` with nothing behind",
    ),
    row(
        "wrong-type",
        |seen| is_date(seen) && seen.value.is_some_and(Value::is_f64),
        Sometimes,
        r#"{"every": {"date": {"millis": 1715938200000.5}}}"#,
        "an engine takes fractions of milliseconds, which floats cannot carry exactly",
    ),
    row(
        "invalid-date",
        |seen| is_date(seen) && seen.value.and_then(Value::as_i64).is_some_and(|number| MAY_BE_YEARS.contains(&number)),
        Sometimes,
        r#"{"@timestamp": -123456}"#,
        "to OpenSearch a sign and up to ten digits are a year, to Elasticsearch milliseconds: the event would have two dates",
    ),
    // Addresses, places, bytes
    row(
        "invalid-ip",
        |seen| is_text(seen, |text| text.contains('%') || text.ends_with('.')),
        Sometimes,
        r#"{"every": {"ip": {"one": "fe80::1%eth0"}}}"#,
        "an engine drops the zone of an address and takes a dot too many; what it finds is not what is stored",
    ),
    row(
        "wrong-type",
        |seen| is(seen, &[ValueKind::GeoPoint]),
        Sometimes,
        r#"{"every": {"point": {"one": "52.5,13.25"}}}"#,
        "an engine takes points in six forms; readers would have to expect each",
    ),
    row(
        "unknown-field",
        |seen| is(seen, &[ValueKind::GeoPoint]),
        Sometimes,
        r#"{"every": {"point": {"one": {"type": "Point", "coordinates": [13.25, 52.5]}}}}"#,
        "an engine takes points as GeoJSON too; readers would have to expect it",
    ),
    row(
        "missing",
        |seen| is(seen, &[ValueKind::GeoPoint]),
        Sometimes,
        r#"{"every": {"point": {"one": {"coordinates": [13.25, 52.5], "type": "point"}}}}"#,
        "an engine takes points in six forms; readers would have to expect each",
    ),
    row(
        "invalid-binary",
        |_| true,
        Sometimes,
        r#"{"every": {"binary": {"one": "AA="}}}"#,
        "an engine does not look closely at a value that it only keeps",
    ),
    // Names
    row(
        "unknown-field",
        |seen| matches!(seen.rule, ViolationRule::DottedField),
        Sometimes,
        r#"{"host.mac": "00-00-5E-00-53-23"}"#,
        "an engine takes dots in names as objects; the stored document has the dots still, and readers would miss the field",
    ),
    on(
        OPENSEARCH,
        row(
            "unknown-field",
            |seen| seen.path.rsplit('.').next().is_some_and(|name| !name.is_empty() && name.trim().is_empty()),
            Always,
            r#"{"every": {"loose": {" ": 1}}}"#,
            "Elasticsearch refuses a blank name also where unknown fields are kept, and one declaration is for both",
        ),
    ),
    // What one of the engines lacks
    row(
        "invalid-version",
        |_| true,
        Always,
        r#"{"every": {"version": {"one": "1.2"}}}"#,
        "Elasticsearch takes any text as a version, and OpenSearch has a keyword for it; neither sorts what is none",
    ),
    row(
        "wrong-type",
        |seen| is(seen, &[ValueKind::Version]) && seen.is_replaced && seen.value.is_some_and(is_scalar),
        Always,
        r#"{"kibana": {"version": 1.2}}"#,
        "where a keyword stands in for a version, the text of numbers is indexed",
    ),
    row(
        "wrong-type",
        |seen| is(seen, &[ValueKind::Constant]) && seen.is_replaced && seen.value.is_none_or(Value::is_null),
        Always,
        r#"{"every": {"constant": {"open": null}}}"#,
        "where a keyword stands in for a constant, null is no value",
    ),
    on(
        WITHOUT_CONSTANTS,
        row(
            "not-constant",
            |seen| seen.is_replaced && seen.value.is_none_or(Value::is_null),
            Always,
            r#"{"every": {"constant": {"set": null}}}"#,
            "where a keyword stands in for a constant, null is no value",
        ),
    ),
    on(
        OPENSEARCH,
        row(
            "nul-in-name",
            |_| true,
            Always,
            "{\"labels\": {\"a\\u0000b\": \"c\"}}",
            "OpenSearch has no separator that a name must not have; Elasticsearch has",
        ),
    ),
    on(
        OPENSEARCH,
        row(
            "too-deep",
            |seen| !is_in_lists(seen),
            Sometimes,
            r#"{"labels": {"1":{"2":{"3":{"4":{"5":{"6":{"7":{"8":{"9":{"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{"i":{"j":{"k":{}}}}}}}}}}}}}}}}}}}}}}"#,
            "OpenSearch has no limit of its own for the depth of a flattened object; Elasticsearch has",
        ),
    ),
    on(
        ELASTICSEARCH,
        row(
            "too-deep",
            is_in_lists,
            Always,
            r#"{"every": {"free": {"stored": [[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]}}}"#,
            "OpenSearch counts lists in lists also where it parses nothing; Elasticsearch does not",
        ),
    ),
    on(
        ELASTICSEARCH,
        row(
            "too-long",
            |seen| is(seen, &[ValueKind::Flattened]),
            Sometimes,
            r#"{"every": {"free": {"flattened": {"k": "LONG"}}}}"#,
            "OpenSearch has the field's path in each term of a flattened object, twice; Elasticsearch has not",
        ),
    ),
    on(
        OPENSEARCH,
        row(
            "invalid-date",
            |seen| is(seen, &[ValueKind::DateNanos]) && is_text(seen, |text| text.contains('T')),
            Sometimes,
            r#"{"every": {"date": {"nanos": "2024-05-17T09:30"}}}"#,
            "OpenSearch takes a time without seconds for nanoseconds; Elasticsearch does not",
        ),
    ),
    on(
        WITHOUT_CONSTANTS,
        row(
            "not-constant",
            |seen| seen.is_replaced,
            Always,
            r#"{"every": {"constant": {"set": "another"}}}"#,
            "where a keyword stands in for a constant, it takes any value",
        ),
    ),
    row(
        "wrong-type",
        |seen| is(seen, &[ValueKind::Constant]) && seen.is_replaced && seen.value.is_some_and(is_scalar),
        Always,
        r#"{"every": {"constant": {"open": 17}}}"#,
        "where a keyword stands in for a constant, the text of numbers is indexed",
    ),
    on(
        ELASTICSEARCH,
        row(
            "out-of-range",
            |seen| is(seen, &[ValueKind::UnsignedLong]) && seen.is_replaced,
            Sometimes,
            r#"{"every": {"number": {"unsigned_long": -1}}}"#,
            "the bare distribution has floats in place of unsigned integers",
        ),
    ),
    // Ranges
    row(
        "invalid-range",
        |seen| seen.value.is_some_and(has_no_or_doubled_ends),
        Sometimes,
        r#"{"every": {"range": {"long": {}}}}"#,
        "an engine takes a range without ends for everything, and of two lower ends the last",
    ),
];

/// Whether the place is in a list that is in a list.
fn is_in_lists(seen: &Seen<'_>) -> bool {
    seen.path.contains("][")
}

fn is(seen: &Seen<'_>, kinds: &[ValueKind]) -> bool {
    seen.kind.is_some_and(|kind| kinds.contains(&kind))
}

fn is_number(seen: &Seen<'_>) -> bool {
    use ValueKind::{Double, Float, HalfFloat, Integer, Range, UnsignedLong};
    matches!(seen.kind, Some(Integer(_) | UnsignedLong | Double | Float | HalfFloat | Range(_)))
}

fn is_date(seen: &Seen<'_>) -> bool {
    use ecs_gen::field_type::RangeOf;
    is(seen, &[ValueKind::Date, ValueKind::DateNanos, ValueKind::Range(RangeOf::Date)])
}

fn is_scalar(value: &Value) -> bool {
    value.is_number() || value.is_boolean()
}

fn is_text(seen: &Seen<'_>, holds: fn(&str) -> bool) -> bool {
    seen.value.and_then(Value::as_str).is_some_and(holds)
}

fn is_odd_date(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    text.starts_with('-')
        || text.ends_with('T')
        || text.ends_with("UTC")
        || digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_between_floats(seen: &Seen<'_>) -> bool {
    /// Halfway between the largest 32-bit float and the next power of two.
    const HALFWAY: f64 = 3.402_823_567_797_336_6e38;
    seen.value.and_then(Value::as_f64).is_some_and(|number| number.abs() <= HALFWAY)
}

fn has_no_or_doubled_ends(range: &Value) -> bool {
    let Some(ends) = range.as_object() else { return false };
    let has = |name: &str| ends.get(name).is_some_and(|end: &Value| !end.is_null());
    let is_doubled =
        (ends.contains_key("gte") && ends.contains_key("gt")) || (ends.contains_key("lte") && ends.contains_key("lt"));
    is_doubled || !["gte", "gt", "lte", "lt"].into_iter().any(has)
}
