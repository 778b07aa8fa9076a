//! Mapping files: those that are shipped, and what is said of broken ones.

use change_events::Source;
use serde_json::Value as Json;

fn schema() -> jsonschema::Validator {
    let schema: Json = serde_json::from_str(include_str!("../../mapping.schema.json")).expect("the schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is one")
}

#[test]
fn shipped_files_are_right() {
    for name in Source::shipped_names() {
        let text = Source::shipped_text(name).expect("it is shipped");
        let source = Source::parse(&format!("{name}.yaml"), text).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(source.name(), name);
    }
}

#[track_caller]
fn check(body: &str, message: &str) {
    let text = format!("source: x\nversion: 1\nprovider: cli\nadapters:\n{body}\n");
    let errors = Source::parse("x.yaml", &text).expect_err("the file is broken").to_string();
    assert!(errors.contains(message), "{errors}");
}

#[test]
fn problems_have_their_places() {
    check(
        "  - {name: a, set: {mesage: x}}",
        "x.yaml:5:21: `mesage` is not a field of the log; did you mean `message`?",
    );
    check("  - {name: a, set: {change.type: deploy}}", "x.yaml:5:34: `change.type` takes one of `deployment`");
    check("  - {name: a, set: {message: '{a'}}", "x.yaml:5:30: `{` without `}`");
    check("  - {name: a, set: {message: {frist: [a]}}}", "x.yaml:5:30: no operation");
    check("  - {name: a, set: {user.email: '{e}'}}", "x.yaml:5:21: `user.email` would store personal data");
    check("  - {name: a, when: {value: '{a}'}, set: {message: x}}", "a condition has exactly one of");
    check("  - {name: a, function: magic}", "x.yaml:5:25: `magic` is not a function");
    check("  - {name: a}", "an adapter has either `set` or `function`");
    check("  - {name: a, set: {message: x}, sett: 1}", "`sett` is not a key here");
    check("  - {name: [}", "not YAML");
}

#[test]
fn schema_agrees_with_the_reader() {
    let validator = schema();
    let file =
        |adapter: Json| serde_json::json!({"source": "x", "version": 1, "provider": "cli", "adapters": [adapter]});
    for (adapter, is_right) in [
        (serde_json::json!({"name": "a", "set": {"message": "x"}}), true),
        (serde_json::json!({"name": "a", "function": "flat"}), true),
        (serde_json::json!({"name": "a", "set": {"message": {"first": ["{a}", {"time": "{b}"}]}}}), true),
        (serde_json::json!({"name": "a", "when": {"value": "{a}", "is": "b"}, "set": {"message": "x"}}), true),
        (serde_json::json!({"name": "a", "set": {"message": {"map": {"a": "b"}, "of": "{c}", "else": "d"}}}), true),
        (serde_json::json!({"name": "a"}), false),
        (serde_json::json!({"name": "a", "set": {"message": "x"}, "function": "flat"}), false),
        (serde_json::json!({"name": "a", "set": {"message": {"frist": ["a"]}}}), false),
        (serde_json::json!({"name": "a", "set": {"message": {"map": {"a": "b"}}}}), false),
        (serde_json::json!({"name": "a", "set": {"message": {"first": []}}}), false),
        (serde_json::json!({"name": "a", "set": {"message": ["a"]}}), false),
        (serde_json::json!({"name": "a", "when": {"value": "{a}"}, "set": {"message": "x"}}), false),
        (serde_json::json!({"name": "a", "when": {"value": "{a}", "present": "x"}, "set": {"message": "x"}}), false),
        (serde_json::json!({"set": {"message": "x"}}), false),
        (serde_json::json!({"name": "a", "set": {"message": {"time": "a", "of": "b"}}}), false),
    ] {
        let file = file(adapter);
        // JSON is YAML.
        let read = Source::parse("x.yaml", &file.to_string()).is_ok();
        assert_eq!((read, validator.is_valid(&file)), (is_right, is_right), "{file}");
    }
}
