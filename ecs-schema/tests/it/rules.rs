//! The rules that are about whole objects, what violations say, and what they may cost.

use std::fmt::Write;

use ecs_schema::{JsonError, Log, MAX_VIOLATIONS, Shape, validate_json_str};

use crate::example::{Event, EventCategory, EventOutcome, EventType, Example, SavedObject};
use crate::{check_text, document, shown, violations_of};

#[test]
fn missing_fields_are_named_down_to_the_leaf() {
    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(shown(check_text(text)), expected, "{text}");
    }
    check("{}", &["missing @timestamp", "missing ecs.version"]);
    check("null", &["missing @timestamp", "missing ecs.version"]);
    check(r#"{"@timestamp":null,"ecs":{}}"#, &["missing ecs.version", "missing @timestamp"]);
    check(r#"{"@timestamp":0,"ecs":null}"#, &["missing ecs.version"]);
    check("[]", &["cardinality "]);
    check("1", &["wrong-type "]);
}

#[test]
fn event_types_must_be_expected_by_a_category() {
    #[track_caller]
    fn check(category: &str, types: &str, expected: &[&str]) {
        let event = format!(r#""event":{{"category":{category},"type":{types}}}"#);
        assert_eq!(violations_of(&event), expected, "{category} {types}");
        let reversed = format!(r#""event":{{"type":{types},"category":{category}}}"#);
        assert_eq!(violations_of(&reversed), expected, "{category} {types}");
    }
    check(r#"["file"]"#, r#"["access","change"]"#, &[]);
    check(r#"["file","process"]"#, r#"["change","start"]"#, &[]);
    check(r#"["file"]"#, r#"["start","end"]"#, &["unexpected-event-type event.type"; 2]);
    check(r#"["process"]"#, r#"["change","change"]"#, &["unexpected-event-type event.type"]);
    check(r#"["host"]"#, r#"["end"]"#, &[]);
    check("[]", r#"["end"]"#, &[]);
    check("null", r#"["end"]"#, &[]);
    check(r#"["file"]"#, "[]", &[]);

    let unknown = r#""event":{"category":["file","disk"],"type":["end"]}"#;
    assert_eq!(violations_of(unknown), ["not-allowed event.category[1]"]);
    let unknown = r#""event":{"category":["file"],"type":["ending"]}"#;
    assert_eq!(violations_of(unknown), ["not-allowed event.type[0]"]);
}

#[test]
fn duplicate_fields_are_found_in_text() {
    assert_eq!(violations_of(r#""type":"a","type":"a""#), ["duplicate-field type"]);
    assert_eq!(violations_of(r#""host":{"name":"a","name":1}"#), ["duplicate-field host.name", "wrong-type host.name"]);
    assert_eq!(
        violations_of(r#""host":{"location":{"lat":1,"lon":1,"lat":1}},"ranges":{"date":{"gt":1,"gt":1}}"#),
        ["duplicate-field host.location.lat", "duplicate-field ranges.date.gt"]
    );
}

#[test]
fn violations_say_where_what_and_why() {
    /// The second text has the values.
    #[track_caller]
    fn check(fields: &str, [expected, with_values]: [&str; 2]) {
        let violations = check_text(&document(fields)).unwrap_err();
        assert_eq!(violations.to_string(), expected);
        assert_eq!(format!("{violations:?}"), expected);
        assert_eq!(violations.with_values().to_string(), with_values);
    }
    let check_plain = |fields: &str, expected: &str| check(fields, [expected, expected]);
    check_plain(r#""mesage":1"#, "unknown-field: `mesage` is not a field; did you mean `message`?");
    check_plain(r#""timestamp":1"#, "unknown-field: `timestamp` is not a field; did you mean `@timestamp`?");
    check_plain(r#""savedObjects":1"#, "unknown-field: `savedObjects` is not a field; did you mean `saved_objects`?");
    check_plain(r#""wholly_other":1"#, "unknown-field: `wholly_other` is not a field");
    check_plain(r#""host.name":"a""#, "unknown-field: `host.name` is not a field; write it as objects in objects");
    check_plain(r#""hostname":"a""#, "alias: `hostname` is an alias; write `host.name` instead");
    check(
        r#""event":{"outcome":"sucess"}"#,
        [
            "not-allowed: `event.outcome` is a string of 6 bytes, but one of `failure`, `success` is expected",
            "not-allowed: `event.outcome` is `sucess`, but one of `failure`, `success` is expected",
        ],
    );
    check(
        r#""numbers":{"byte":300}"#,
        [
            "out-of-range: `numbers.byte` is a number, but an integer from -128 to 127 is expected",
            "out-of-range: `numbers.byte` is `300`, but an integer from -128 to 127 is expected",
        ],
    );
    check(
        r#""numbers":{"flag":"yes"},"tags":"a""#,
        [
            "wrong-type: `numbers.flag` is a string of 3 bytes, but a boolean is expected; cardinality: `tags` is a string of \
             1 byte, but an array is expected",
            "wrong-type: `numbers.flag` is `yes`, but a boolean is expected; cardinality: `tags` is `a`, but an array is \
             expected",
        ],
    );
    check(
        r#""event":{"hash":"\n"}"#,
        [
            "pattern-mismatch: `event.hash` is a string of 1 byte, which does not match `^[0-9a-f]{8}$`",
            r"pattern-mismatch: `event.hash` is `\n`, which does not match `^[0-9a-f]{8}$`",
        ],
    );
    check(
        r#""ranges":{"integer":{"gte":2,"lte":1}}"#,
        [
            "invalid-range: `ranges.integer` is an object, but a range has one or two ends, the lower not above the upper",
            "invalid-range: `ranges.integer` is `gte 2, lte 1`, but a range has one or two ends, the lower not above the upper",
        ],
    );
    let long = "x".repeat(100);
    check(
        &format!(r#""version":"{long}""#),
        [
            "invalid-version: `version` is a string of 100 bytes, which is no semantic version",
            &format!("invalid-version: `version` is `{}…`, which is no semantic version", "x".repeat(64)),
        ],
    );
    check(
        &format!(r#""{long}":1"#),
        ["unknown-field: `*` is not a field", &format!("unknown-field: `{}…` is not a field", "x".repeat(64))],
    );
}

#[test]
fn errors_say_the_reason_when_main_returns_them() {
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let error = validate_json_str(Example::RULES, text).unwrap_err();
        assert_eq!(error.to_string(), expected);
        let returned: Box<dyn std::error::Error> = error.into();
        assert_eq!(format!("{returned:?}"), expected);
        assert!(returned.source().is_none(), "what is said once is no cause besides");
    }
    check("{\n", "the text is not JSON: EOF while parsing an object at line 2 column 0");
    check(
        &document(r#""mesage":1"#),
        "the document breaks rules of its log: unknown-field: `mesage` is not a field; did you mean `message`?",
    );
    let error = "soon".parse::<ecs_schema::Timestamp>().unwrap_err();
    assert_eq!(format!("{error:?}"), "not a date of the form `2024-05-17T09:30:00.000Z`");
}

#[test]
fn syntax_errors_have_a_place() {
    #[track_caller]
    fn check(text: &str, line: usize, column: usize) {
        match validate_json_str(Example::RULES, text) {
            Err(JsonError::Syntax(error)) => {
                assert_eq!((error.line(), error.column()), (line, column), "{error}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
    check("", 1, 0);
    check("{\n  \"type\": tru }", 2, 14);
    check("{} {}", 1, 4);
    check(&format!("{{\"raw\":{}", "[".repeat(200)), 1, 134);
}

#[test]
fn a_hostile_document_costs_little() {
    let mut text = String::from("{");
    for at in 0..20_000 {
        write!(text, "\"{at}{}\":1,", "y".repeat(200)).unwrap();
    }
    text.push_str("\"@timestamp\":0}");
    let violations = check_text(&text).unwrap_err();
    assert_eq!(violations.total(), 20_001);
    assert_eq!(violations.as_slice().len(), MAX_VIOLATIONS);
    assert!(violations.iter().all(|violation| violation.path.len() < 80 && violation.found.len() < 80));
    assert!(violations.to_string().ends_with("; and 19937 more"));
}

#[test]
fn typed_values_are_checked_by_the_same_tables() {
    let mut example: Example = serde_json::from_str(&document("")).unwrap();
    assert_eq!(shown(example.validate()), [""; 0]);

    example.tags = vec!["ok".to_owned(), "x".repeat(40_000)];
    example.saved_objects = vec![SavedObject::new("a".to_owned(), Vec::new())];
    example.event_mut().outcome = Some(EventOutcome::Other("sucess".to_owned()));
    example.event_mut().category = vec![EventCategory::File];
    example.event_mut().r#type = vec![EventType::Change, EventType::End];
    assert_eq!(
        shown(example.validate()),
        [
            "not-allowed event.outcome",
            "unexpected-event-type event.type",
            "missing saved_objects[0].space_ids",
            "too-long tags[1]",
        ]
    );
    let mut deep = serde_json::json!(1);
    for _ in 0..21 {
        deep = serde_json::json!({ "a": [deep] });
    }
    example = serde_json::from_str(&document("")).unwrap();
    let members = [("deep", deep["a"][0].clone()), ("long", "x".repeat(32_755).into()), ("\0", 1.into())];
    example.labels = Some(members.into_iter().collect());
    assert_eq!(
        shown(example.validate()),
        [r"nul-in-name labels.\u{0}", &format!("too-deep labels.deep{}", ".a[0]".repeat(19)), "too-long labels.long"]
    );
    assert_eq!(shown(check_text(&example.to_json())), shown(example.validate()));
    // An object on its own is checked with paths that start at it.
    let event = Event { hash: Some("?".to_owned()), ..Event::default() };
    assert_eq!(shown(event.validate()), ["pattern-mismatch hash"]);
}

#[test]
fn strict_reading_refuses_what_lenient_takes() {
    let lenient = document(r#""tags":"a","later":1"#);
    assert_eq!(serde_json::from_str::<Example>(&lenient).unwrap().tags, ["a"]);
    let error = Example::from_json_str_strict(&lenient).unwrap_err();
    assert_eq!(shown(Err(error.violations().unwrap().clone())), ["cardinality tags", "unknown-field later"]);
    assert_eq!(Example::from_json_str_strict(&document(r#""tags":["a"]"#)).unwrap().tags, ["a"]);
}

#[test]
fn the_table_names_the_log() {
    assert_eq!((Example::NAME, Example::RULES.name(), Example::RULES.ecs_version()), ("example", "example", "9.4.0"));
    let rule = Example::RULES.root().field("event").unwrap();
    assert!(!rule.is_required() && !rule.is_array());
    let outcome = Event::rules().field("outcome").unwrap();
    assert_eq!(outcome.allowed_values(), Some(["failure", "success"].as_slice()));
    assert!(Event::rules().field("nothing").is_none());
}
