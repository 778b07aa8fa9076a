//! Objects that take unknown fields: what a logger's overlay, untyped events and structs make of them.

use ecs_schema::{LogRules, ObjectRule, Overlay, Shape, Stamps, Timestamp, field_rule};
use serde_json::{Value, json};

/// A log whose documents take unknown fields.
#[derive(Clone, Debug, Default, PartialEq)]
struct Open {
    message: Option<String>,
    part: Option<Box<Part>>,
}

/// `part`.
#[derive(Clone, Debug, Default, PartialEq)]
struct Part {
    size: Option<i64>,
}

static PART: ObjectRule = ObjectRule::new(&[field_rule!("size", Long)]).takes_unknown();
static OPEN: ObjectRule =
    ObjectRule::new(&[field_rule!("message", Text), field_rule!("part", Object(&PART))]).takes_unknown();
static RULES: LogRules = LogRules::new("open", "9.4.0", &OPEN);

ecs_schema::impl_shape!(Open, OPEN, { 0 message, 1 part });
ecs_schema::impl_shape!(Part, PART, { 0 size });

impl ecs_schema::Log for Open {
    const NAME: &'static str = "open";
    const RULES: &'static LogRules = &RULES;
}

const TEXT: &str = r#"{"z":{"b":1,"a":[null]},"part":{"own":true,"size":"7"},"message":"x"}"#;
const CANONICAL: &str = r#"{"message":"x","part":{"own":true,"size":7},"z":{"a":[null],"b":1}}"#;

fn stamps() -> Stamps<'static> {
    Stamps { now: Timestamp::UNSET, id: b"" }
}

#[test]
fn an_untyped_event_keeps_unknown_fields() {
    let overlay = Overlay::<Open>::builder().defaults_json(&json!({"part": {"size": 1}})).build().unwrap();
    let mut out = Vec::new();
    overlay.write_text(TEXT, &stamps(), &mut out).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), CANONICAL);
    let (mut value, mut out) = (serde_json::from_str::<Value>(TEXT).unwrap(), Vec::new());
    overlay.write_value(&mut value, &stamps(), &mut out).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), CANONICAL);
}

#[test]
fn an_unknown_field_that_stands_twice_is_found() {
    let overlay = Overlay::<Open>::builder().build().unwrap();
    for text in [r#"{"z":1,"z":2}"#, r#"{"part":{"own":1,"own":1}}"#, r#"{"z":{"a":1,"a":1}}"#] {
        let error = overlay.write_text(text, &stamps(), &mut Vec::new()).unwrap_err();
        assert_eq!(error.violations().unwrap().as_slice()[0].rule.code(), "duplicate-field", "{text}");
    }
}

#[test]
fn an_overlay_names_known_fields_only() {
    for value in [json!({"z": 1}), json!({"part": {"own": 1}})] {
        let violations = Overlay::<Open>::builder().fixed_json(&value).build().unwrap_err();
        assert_eq!(violations.as_slice()[0].rule.code(), "unknown-field", "{value}");
    }
}

#[test]
fn a_struct_reads_over_unknown_fields() {
    let read: Open = serde_json::from_str(TEXT).unwrap();
    assert_eq!(read.to_json(), r#"{"message":"x","part":{"size":7}}"#);
}
