//! Laying over is the same as merging JSON values, checking the result and writing it, for structs and for JSON.

use ecs_schema::generated::infra_events::InfraEvents;
use ecs_schema::generated::kibana_event_log::KibanaEventLog;
use ecs_schema::{
    FieldRule, Kind, Log, ObjectRule, Overlay, Stamp, Stamps, Strength, Timestamp, Violations, validate_json,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::choices::{Choices, object};
use crate::example::Example;
use crate::sorted;

const ID: &[u8] = b"0190163d-8694-739b-aea5-966c26f8ad91";

fn stamps() -> Stamps<'static> {
    Stamps { now: "2024-05-17T09:30:00.000000001Z".parse().unwrap(), id: ID }
}

/// The text of the struct's placeholder for a moment.
fn unset() -> String {
    Timestamp::UNSET.to_string()
}

// The plain way, to compare with.

/// Merges `above` into `below`, as the module of overlays says.
fn merge(rules: &ObjectRule, below: &mut Map<String, Value>, above: &Map<String, Value>, is_fixed: bool) {
    for (name, value) in above {
        let kind = rules.field(name).filter(|rule| !rule.is_array()).map(FieldRule::kind);
        match (kind, below.get_mut(name), value) {
            (Some(Kind::Object(rules)), Some(Value::Object(inner)), Value::Object(value)) => {
                merge(rules, inner, value, is_fixed);
            }
            (Some(Kind::Flattened), Some(Value::Object(inner)), Value::Object(value)) => {
                inner.extend(value.clone());
            }
            (Some(Kind::Object(_) | Kind::Flattened), Some(other), Value::Object(_))
                if is_fixed && !other.is_null() => {}
            _ => drop(below.insert(name.clone(), value.clone())),
        }
    }
}

/// Without what says nothing in defaults and fixed values.
fn without_nothing(rules: &ObjectRule, value: &Value) -> Value {
    let members = value.as_object().unwrap().iter();
    let members = members.filter(|(_, value)| !value.is_null() && **value != json!([]));
    members
        .map(|(name, value)| {
            let inner = rules.field(name).filter(|rule| !rule.is_array()).map(FieldRule::kind);
            let value = match inner {
                Some(Kind::Object(rules)) if value.is_object() => without_nothing(rules, value),
                _ => value.clone(),
            };
            (name.clone(), value)
        })
        .collect()
}

fn merged<T: Log>(defaults: &Value, event: &Value, fixed: &Value) -> Value {
    let root = T::RULES.root();
    let mut document = without_nothing(root, defaults);
    let members = document.as_object_mut().unwrap();
    merge(root, members, event.as_object().unwrap(), false);
    merge(root, members, without_nothing(root, fixed).as_object().unwrap(), true);
    if members.get("@timestamp").is_none_or(Value::is_null) {
        members.insert("@timestamp".to_owned(), stamps().now.to_string().into());
    }
    document
}

/// The document without the placeholders that a struct has in required fields.
fn without_placeholders(rules: &ObjectRule, document: &mut Value) {
    let Value::Object(members) = document else { return };
    for rule in rules.fields() {
        let is_placeholder = |value: &Value| *value == json!("") || *value == json!(unset());
        match (rule.kind(), members.get_mut(rule.name())) {
            (Kind::Object(rules) | Kind::Nested(rules), Some(Value::Array(elements))) => {
                for element in elements {
                    without_placeholders(rules, element);
                }
            }
            (Kind::Object(rules), Some(inner)) => without_placeholders(rules, inner),
            (_, Some(value)) if rule.is_required() && is_placeholder(value) => drop(members.remove(rule.name())),
            _ => {}
        }
    }
}

/// The document with placeholders where a struct needs them.
fn with_placeholders(rules: &ObjectRule, document: &mut Value) {
    let Value::Object(members) = document else { return };
    for rule in rules.fields() {
        let value = members.get_mut(rule.name());
        match (rule.kind(), value) {
            (Kind::Object(rules) | Kind::Nested(rules), Some(Value::Array(elements))) => {
                for element in elements {
                    with_placeholders(rules, element);
                }
            }
            (Kind::Object(rules), Some(inner)) => with_placeholders(rules, inner),
            (kind, None) if rule.is_required() && !rule.is_array() => {
                let mut placeholder = match kind {
                    Kind::Object(_) => json!({}),
                    Kind::Date(_) => json!(unset()),
                    _ => json!(""),
                };
                if let Kind::Object(rules) = kind {
                    with_placeholders(rules, &mut placeholder);
                }
                members.insert(rule.name().to_owned(), placeholder);
            }
            _ => {}
        }
    }
}

/// What was written, or what is wrong.
type Outcome = Result<String, Vec<String>>;

fn outcome<M>(found: Result<M, Violations>, written: Vec<u8>) -> Outcome {
    match found {
        Ok(_) => Ok(String::from_utf8(written).unwrap()),
        Err(violations) => Err(sorted(Err(violations))),
    }
}

/// Fails with what differs; the documents are shortened, since some of their strings are very long.
#[track_caller]
fn check_outcome(found: &Outcome, expected: &Outcome, documents: &[&Value]) {
    let short = |text: String| text.split('x').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("x");
    let documents: Vec<String> = documents.iter().map(|document| short(document.to_string())).collect();
    let [found, expected] = [found, expected].map(|outcome| short(format!("{outcome:?}")));
    assert_eq!(found, expected, "{documents:#?}");
}

/// What the plain way makes of a merged document.
fn plainly<T: Log>(document: &Value) -> Outcome {
    match validate_json(T::RULES, document) {
        Ok(()) => Ok(T::from_json_str_strict(&document.to_string()).unwrap().to_json()),
        Err(violations) => Err(sorted(Err(violations))),
    }
}

/// What happened in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Case {
    UntypedOnly,
    Invalid,
    Valid,
}

/// Where the fields are that break rules which no event can mend; what is missing outside of arrays it can, and which types
/// meet there is not known yet.
fn mistakes<T: Log>(value: &Value) -> Vec<String> {
    let is_open = |line: &String| {
        (line.starts_with("missing ") || line.starts_with("unexpected-event-type "))
            && !line.contains('[')
            && !line.ends_with("location.lat")
            && !line.ends_with("location.lon")
    };
    let lines = sorted(validate_json(T::RULES, value)).into_iter().filter(|line| !is_open(line));
    lines.map(|line| line.split_once(' ').unwrap().1.to_owned()).collect()
}

/// Takes out what has mistakes: the field itself where it is not in an array, and the array otherwise.
fn mend<T: Log>(value: &mut Value) {
    for path in mistakes::<T>(value) {
        let path = path.split('[').next().unwrap();
        let (above, name) = path.rsplit_once('.').unwrap_or(("", path));
        let pointer = if above.is_empty() { String::new() } else { format!("/{}", above.replace('.', "/")) };
        match value.pointer_mut(&pointer) {
            Some(Value::Object(members)) => drop(members.remove(name)),
            _ => drop(value.as_object_mut().unwrap().remove(path.split('.').next().unwrap())),
        }
    }
    if !mistakes::<T>(value).is_empty() {
        *value = json!({});
    }
}

#[track_caller]
fn check<T: Log>(bytes: Vec<u8>) -> Case {
    let root = T::RULES.root();
    // Long strings take most of the time, and a few of them will do.
    let has_long_strings = bytes.first().is_some_and(|byte| byte % 16 == 0);
    let is_mended = bytes.last().is_some_and(|byte| byte % 4 != 0);
    let choices = &mut Choices::new(bytes);
    let [mut defaults, mut event, mut fixed] = [(); 3].map(|()| {
        // Through the text, so that all ways have the same numbers.
        let text = object(root, choices).to_string();
        let text = if has_long_strings { text } else { text.replace(&"x".repeat(600), "") };
        serde_json::from_str::<Value>(&text).unwrap()
    });
    let build = |defaults: &Value, fixed: &Value| {
        Overlay::<T>::builder()
            .stamp("@timestamp", Strength::Default, Stamp::Now)
            .stamp("nowhere.else", Strength::Default, Stamp::Id)
            .mark("event.provider", 1)
            .defaults_json(defaults)
            .fixed_json(fixed)
            .build()
    };
    // Values with mistakes are refused, and those without are not.
    let is_broken = !(mistakes::<T>(&defaults).is_empty() && mistakes::<T>(&fixed).is_empty());
    assert_eq!(build(&defaults, &fixed).is_err(), is_broken, "{defaults} {fixed}");
    mend::<T>(&mut defaults);
    mend::<T>(&mut fixed);
    if is_mended {
        mend::<T>(&mut event);
    }
    let overlay = build(&defaults, &fixed).unwrap();

    // JSON over which the overlay is laid.
    let expected = plainly::<T>(&merged::<T>(&defaults, &event, &fixed));
    let mut json = Vec::new();
    let found = overlay.write_value(&mut event.clone(), &stamps(), &mut json);
    check_outcome(&outcome(found, json), &expected, &[&defaults, &event, &fixed]);

    // A struct over which it is laid.
    let mut filled = event.clone();
    with_placeholders(root, &mut filled);
    let Ok(typed) = serde_json::from_value::<T>(filled) else { return Case::UntypedOnly };
    let mut event: Value = serde_json::from_str(&typed.to_json()).unwrap();
    without_placeholders(root, &mut event);
    let document = merged::<T>(&defaults, &event, &fixed);
    let expected = plainly::<T>(&document);
    let mut json = Vec::new();
    let found = overlay.write_event(&typed, &stamps(), &mut json);
    serde_json::from_slice::<Value>(&json).unwrap();
    if let Ok(marks) = &found {
        let provider = marks.find(1, &json).map(|json| serde_json::from_slice::<Value>(json).unwrap());
        assert_eq!(provider.as_ref(), document.pointer("/event/provider"));
    }
    check_outcome(&outcome(found, json), &expected, &[&defaults, &event, &fixed]);
    if expected.is_ok() { Case::Valid } else { Case::Invalid }
}

/// Bytes of which each decides something, from a number.
fn spread(mut state: u64, count: usize) -> Vec<u8> {
    let byte = || {
        // The generator of `xorshift64`: any spread of bytes will do.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[4]
    };
    std::iter::repeat_with(byte).take(count).collect()
}

/// Checks as many cases as `ECS_SCHEMA_CASES` says, by default 500.
#[track_caller]
fn check_many<T: Log>() {
    let count: u64 = std::env::var("ECS_SCHEMA_CASES").map_or(500, |count| count.parse().unwrap());
    let mut seen: Vec<Case> =
        (1..=count).map(|seed| check::<T>(spread(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15), 600))).collect();
    seen.sort_unstable();
    let counts: Vec<usize> = seen.chunk_by(|left, right| left == right).map(<[Case]>::len).collect();
    seen.dedup();
    assert_eq!(seen, [Case::UntypedOnly, Case::Invalid, Case::Valid], "{counts:?}");
    assert!(counts.iter().all(|cases| *cases >= 5), "{seen:?}: {counts:?}");
}

#[test]
fn empty_array_is_a_value_in_free_json() {
    let defaults = json!({"@timestamp": "2024-05-17T09:30:00Z", "dataset": "example", "ecs": {"version": "a"}});
    let overlay = Overlay::<Example>::builder().defaults_json(&defaults).build().unwrap();
    let mut json = Vec::new();
    overlay.write_value(&mut json!({"host": {"name": "a"}, "raw": [], "tags": []}), &stamps(), &mut json).unwrap();
    let json = String::from_utf8(json).unwrap();
    assert!(json.contains(r#""raw":[]"#) && !json.contains("tags"), "{json}");
}

#[test]
fn null_removes_a_default_and_leaves_the_stamp() {
    let defaults = json!({"@timestamp": "2024-05-17T09:30:00Z", "dataset": "example", "ecs": {"version": "a"}});
    let stamped = Overlay::<Example>::builder().stamp("@timestamp", Strength::Default, Stamp::Now);
    let overlay = stamped.defaults_json(&defaults).build().unwrap();
    let mut event = json!({"@timestamp": null, "host": {"name": "a"}});
    overlay.write_value(&mut event, &stamps(), &mut Vec::new()).unwrap();
    assert_eq!(event["@timestamp"], stamps().now.to_string());
}

#[test]
fn kibana_events_are_merged_as_json_is() {
    check_many::<KibanaEventLog>();
}

#[test]
fn infra_events_are_merged_as_json_is() {
    check_many::<InfraEvents>();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn events_of_every_kind_are_merged_as_json_is(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check::<Example>(bytes);
    }
}
