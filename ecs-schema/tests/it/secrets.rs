//! What an event says does not get into the texts of errors: an offending value may be a password that somebody has put into
//! the wrong field.

use std::collections::BTreeSet;

use ecs_schema::{FieldRule, JsonError, Kind, Log, ObjectRule, validate_json_str};
use serde_json::{Value, json};

use crate::document;
use crate::example::Example;

const SECRET: &str = "hunter2=hunter2";
const SECRET_NUMBER: u64 = 1_739_391_337_393_913_373;

/// Values with secrets in each of which most kinds of fields find something wrong.
fn values(rule: &FieldRule) -> Vec<Value> {
    let long = SECRET.repeat(3_000);
    let deep = (0..30).fold(json!(SECRET), |inner, _| json!({SECRET: inner}));
    let nul = format!("{SECRET}\0");
    let mut values = vec![
        json!(SECRET),
        json!(long),
        json!(SECRET_NUMBER),
        json!(1.739_391_337_393_913e200),
        json!([SECRET, null]),
        json!({SECRET: SECRET}),
        json!({"name": {SECRET: long, nul: 1}}),
        json!({"lat": SECRET, "lon": SECRET_NUMBER, "gte": SECRET, "lte": SECRET_NUMBER}),
        json!({"gte": SECRET_NUMBER, "lt": 5, SECRET: 5}),
        deep,
    ];
    values.extend(values.clone().into_iter().map(|value| json!([value])).collect::<Vec<_>>());
    if rule.name() == "type" {
        values.push(json!(["start"]));
    }
    values
}

fn each_field(rules: &'static ObjectRule, wrap: &dyn Fn(Value) -> Value, check: &mut dyn FnMut(Value)) {
    for rule in rules.fields() {
        let name = rule.name();
        for value in values(rule) {
            check(wrap(json!({name: value})));
        }
        if let Kind::Object(inner) = rule.kind() {
            let wrap_inner = |value: Value| if rule.is_array() { json!({name: [value]}) } else { json!({name: value}) };
            each_field(inner, &|value| wrap(wrap_inner(value)), check);
        }
    }
}

#[test]
fn errors_do_not_quote_the_document() {
    let mut codes = BTreeSet::new();
    let mut quoted = 0;
    let mut check = |event: Value| {
        let fields = event.to_string();
        let text = document(&fields[1..fields.len() - 1]);
        let mut texts = Vec::new();
        if let Err(error) = serde_json::from_str::<Example>(&text) {
            texts.push(error.to_string());
        }
        if let Err(error) = validate_json_str(Example::RULES, &text) {
            texts.extend([error.to_string(), format!("{error:?}"), format!("{error:#?}")]);
            if let JsonError::Invalid(violations) = error {
                codes.extend(violations.iter().map(|violation| violation.rule.code()));
                texts.extend(violations.iter().flat_map(|violation| [violation.to_string(), format!("{violation:?}")]));
                quoted += usize::from(violations.with_values().to_string().contains("hunter2"));
            }
        }
        for shown in texts {
            assert!(!shown.contains("hunter2") && !shown.contains("1739391"), "{shown}");
        }
    };
    each_field(Example::RULES.root(), &|value| value, &mut check);
    check(json!({SECRET: 1, "event": {SECRET: {SECRET: 1}}, "host": {"name.hunter2=": 1}}));
    check(json!({"event": {"category": ["file"], "type": ["end"], "hash": SECRET}}));
    assert!(quoted > 100, "the full text quotes, so that there is something to leave out: {quoted}");
    let expected = [
        "alias",
        "cardinality",
        "invalid-binary",
        "invalid-date",
        "invalid-ip",
        "invalid-range",
        "invalid-version",
        "not-allowed",
        "nul-in-name",
        "null-element",
        "out-of-range",
        "pattern-mismatch",
        "too-deep",
        "too-long",
        "unexpected-event-type",
        "unknown-field",
        "wrong-type",
    ];
    let missing: Vec<_> = expected.iter().filter(|code| !codes.contains(*code)).collect();
    assert!(missing.is_empty(), "no document breaks {missing:?}: {codes:?}");
}
