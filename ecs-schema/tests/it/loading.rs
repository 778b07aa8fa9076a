//! Rules that are loaded at run time: what they refuse of a document, and what is refused of them. That they say what the
//! compiled ones say is tested where both are made.

use ecs_schema::{LogRules, validate_json_str};
use serde_json::{Value as Json, json};

/// A file with everything that a file can have.
fn file() -> Json {
    json!({
        "format": 1,
        "comment": "who wrote it",
        "log": "orders",
        "ecs_version": "9.4.0",
        "root": "Orders",
        "lists": {"Category": ["web", "file"], "Type": ["access", "change"]},
        "shapes": {
            "Orders": {"fields": {
                "at": {"kind": "date", "format": "seconds"},
                "event": {"kind": "object", "shape": "Event", "required": true},
                "items": {"kind": "nested", "shape": "Item"},
                "mac": {"kind": "keyword", "pattern": "^[0-9A-F-]+$", "many": true},
                "old": {"kind": "alias", "target": "mac"},
                "site": {"kind": "constant", "value": "north"},
                "size": {"kind": "long", "uncoerced": true}
            }},
            "Event": {
                "fields": {
                    "category": {"kind": "text", "allowed": "Category"},
                    "type": {"kind": "text", "allowed": "Type", "required": true}
                },
                "expected_types": {"web": ["access"]}
            },
            "Item": {"fields": {"name": {"kind": "text"}}}
        }
    })
}

fn load(file: &Json) -> Result<&'static LogRules, String> {
    LogRules::from_json(&file.to_string()).map_err(|error| error.to_string())
}

#[track_caller]
fn check(document: &Json, expected: &[&str]) {
    let rules = load(&file()).unwrap();
    let found = validate_json_str(rules, &document.to_string()).err();
    let violations = found.iter().flat_map(|error| error.violations().unwrap());
    let shown: Vec<String> = violations.map(|found| format!("{} {}", found.rule.code(), found.path)).collect();
    assert_eq!(shown, expected, "{document}");
}

#[test]
fn loaded_rules_judge_documents() {
    let good = json!({"at": 1_700_000_000, "event": {"type": "access", "category": "web"}, "items": [{"name": "x"}],
        "mac": ["A0"], "site": "north", "size": 1});
    check(&good, &[]);
    check(&json!({}), &["missing event.type"]);
    check(&json!({"event": {"type": "change", "category": "web"}}), &["unexpected-event-type event.type"]);
    check(&json!({"event": {"type": "change", "category": "file"}}), &[]);
    check(&json!({"event": {"type": "gone"}}), &["not-allowed event.type"]);
    let many = json!({"event": {"type": "access"}, "at": "2024-05-17", "items": [{"nam": 1}], "mac": ["a"],
        "old": "A", "site": "south", "size": "1", "other": 1});
    let expected = [
        "invalid-date at",
        "unknown-field items[0].nam",
        "pattern-mismatch mac[0]",
        "alias old",
        "unknown-field other",
        "not-constant site",
        "wrong-type size",
    ];
    check(&many, &expected);
}

#[test]
fn unknown_fields_are_taken_where_rules_say_so() {
    let mut file = file();
    file["shapes"]["Item"]["takes_unknown"] = json!(true);
    let check = |file: &Json, text: &str, expected: &[&str]| {
        let found = validate_json_str(load(file).unwrap(), text).err();
        let violations = found.iter().flat_map(|error| error.violations().unwrap());
        let shown: Vec<String> = violations.map(|found| format!("{} {}", found.rule.code(), found.path)).collect();
        assert_eq!(shown, expected, "{text}");
    };
    let item = |members: &str| format!(r#"{{"event":{{"type":"access"}},"items":[{{{members}}}]}}"#);
    check(&file, &item(r#""name":"x","own":[[{"a.b":null}]],"_id":1"#), &[]);
    check(&file, &item(r#""name":1,"own":2"#), &["wrong-type items[0].name"]);
    check(&file, &item(r#""own":1,"own":2"#), &["duplicate-field items[0].own"]);
    check(&file, &item(r#""own":{"a":1,"a":2}"#), &["duplicate-field items[0].own.a"]);
    check(&file, &item(r#""a.b":1"#), &["unknown-field items[0].a.b"]);
    check(&file, &item(r#""":1," ":1"#), &["unknown-field items[0].", "unknown-field items[0]. "]);
    check(&file, r#"{"event":{"type":"access"},"own":1}"#, &["unknown-field own"]);
    file["shapes"]["Orders"]["takes_unknown"] = json!(true);
    check(&file, r#"{"event":{"type":"access"},"own":1}"#, &[]);
    check(&file, r#"{"event":{"type":"access"},"_source":1}"#, &["unknown-field _source"]);
    check(&file, r#"{"event":{"type":"access","own":1}}"#, &["unknown-field event.own"]);
}

#[test]
fn a_log_says_its_name_and_release() {
    let rules = load(&file()).unwrap();
    assert_eq!((rules.name(), rules.ecs_version()), ("orders", "9.4.0"));
}

/// Puts `value` at `pointer` of a right file, and looks for `why` in the error.
#[track_caller]
fn refused(pointer: &str, value: Json, why: &str) {
    let mut file = file();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    file.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(key.to_owned(), value);
    let error = load(&file).expect_err("the file is wrong");
    assert!(error.contains(why), "`{why}` is not in: {error}");
}

#[test]
fn files_that_contradict_themselves_are_refused() {
    refused("/format", json!(2), "the format is 2, and this program reads 1");
    refused("/more", json!(1), "unknown field `more`");
    refused("/root", json!("Nothing"), "there is no shape `Nothing`");
    refused("/shapes/Item/fields/name", json!({"kind": "texts"}), "`Item.name`: there is no kind `texts`");
    refused("/shapes/Item/fields/name", json!({"kind": "object"}), "an object needs a `shape`");
    refused("/shapes/Item/fields/name", json!({"kind": "object", "shape": "Item"}), "the shape `Item` is in itself");
    refused("/shapes/Item/fields/name", json!({"kind": "alias"}), "an alias needs a `target`");
    refused("/shapes/Item/fields/name", json!({"kind": "date", "format": "epoch"}), "there is no date format `epoch`");
    refused("/shapes/Item/fields/name", json!({"kind": "text", "allowed": "List"}), "there is no list `List`");
    refused("/shapes/Item/fields/name", json!({"kind": "text", "pattern": "("}), "no regular expression");
    refused("/shapes/Item/fields/a\"b", json!({"kind": "text"}), "characters that JSON escapes");
    refused("/shapes/Item/fields/", json!({"kind": "text"}), "a name");
    refused("/shapes/Item/expected_types", json!({}), "a field `category` with a list");
    refused("/shapes/Event/expected_types", json!({"web": ["gone"]}), "`gone`, which is in no list");
    refused("/shapes/Event/expected_types", json!({"gone": []}), "`gone`, which is in no list");
    let long: Vec<String> = (0..65).map(|number| format!("v{number}")).collect();
    refused("/lists/Type", json!(long), "`type` has more than 64 values");
}

#[test]
fn other_texts_are_refused() {
    for text in ["", "[]", "{}", r#"{"format": 1}"#, r#"{"format": "1"}"#] {
        let error = LogRules::from_json(text).unwrap_err();
        assert!(error.to_string().starts_with("these are no rules of a log"), "{error}");
    }
}
