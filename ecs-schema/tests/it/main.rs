//! The tests of the runtime half: everything through the public interface, over one small log.

mod agreement;
mod choices;
mod dotted;
mod example;
mod generated;
mod kinds;
mod loading;
mod overlays;
mod reading;
mod rules;
mod secrets;
mod texts;
mod timestamps;
mod unknown;
mod writing;

use ecs_schema::{JsonError, Log, MAX_VIOLATIONS, Violations, validate_json, validate_json_str};

use example::Example;

/// The violations of `fields`, the inside of an example document whose required fields are there, as `code path`.
#[track_caller]
fn violations_of(fields: &str) -> Vec<String> {
    shown(check_text(&document(fields)))
}

/// The text of an example document with its required fields and `fields`.
fn document(fields: &str) -> String {
    let separator = if fields.is_empty() { "" } else { "," };
    format!(r#"{{"@timestamp":"2024-05-17T09:30:00Z","ecs":{{"version":"9.4.0"}}{separator}{fields}}}"#)
}

/// Checks a text, and that the value it stands for is judged the same.
#[track_caller]
fn check_text(text: &str) -> Result<(), Violations> {
    let found = match validate_json_str(Example::RULES, text) {
        Ok(()) => Ok(()),
        Err(JsonError::Invalid(violations)) => Err(violations),
        Err(other) => panic!("{text}: {other:?}"),
    };
    let by_text = sorted(found.clone());
    // A value in memory has no repeated names, and of very many violations others are kept.
    if by_text.len() < MAX_VIOLATIONS && !by_text.iter().any(|line| line.starts_with("duplicate")) {
        let value = serde_json::from_str(text).expect("the text was JSON a moment ago");
        let by_value = sorted(validate_json(Example::RULES, &value));
        assert_eq!(by_text, by_value, "text and value are judged differently: {text}");
    }
    found
}

/// `code path` of each violation.
fn shown(found: Result<(), Violations>) -> Vec<String> {
    let lines = |violations: Violations| {
        violations.iter().map(|violation| format!("{} {}", violation.rule.code(), violation.path)).collect()
    };
    found.err().map(lines).unwrap_or_default()
}

/// As `shown`, in an order that does not depend on the document's.
fn sorted(found: Result<(), Violations>) -> Vec<String> {
    let mut lines = shown(found);
    lines.sort();
    lines
}
