//! Kibana's own parser as the norm: `tests/kibana/cases.ndjson` has its answers, written by `tests/kibana/oracle.mjs`.

use event_query::ErrorKind;
use event_query::kql::{Expression, MAX_DEPTH, MAX_LENGTH};
use serde_json::{Value, json};

use crate::tree::parsed;

#[test]
fn trees_and_offsets_are_those_of_kibana() {
    let cases = include_str!("../kibana/cases.ndjson");
    assert!(cases.lines().count() >= 300);
    for line in cases.lines() {
        let mut expected: Value = serde_json::from_str(line).expect("a line is JSON");
        let text = expected.as_object_mut().and_then(|case| case.remove("text")).expect("a case has a text");
        let text = text.as_str().expect("the text is a string");
        assert_eq!(parsed(text), expected, "{text:?}");
    }
}

#[track_caller]
fn check(text: &str, expected: Value) {
    assert_eq!(parsed(text), json!({ "ok": expected }), "{text:?}");
}

/// Kibana refuses these, or reads them against its documentation. `docs/kql.md` has a line for each.
#[test]
fn knowing_differences_from_kibana() {
    check("cannot reproduce", json!({ "is": [null, { "u": "cannot reproduce" }] }));
    check("a: knot tied", json!({ "is": [{ "u": "a" }, { "u": "knot tied" }] }));
    check(
        "a: knot and b: c",
        json!({ "and": [{ "is": [{ "u": "a" }, { "u": "knot" }] }, { "is": [{ "u": "b" }, { "u": "c" }] }] }),
    );
    check(r"\not a", json!({ "is": [null, { "u": "not a" }] }));
    check(r"\NOT", json!({ "is": [null, { "u": "NOT" }] }));
    check(r"\nothing", json!({ "is": [null, { "u": "othing" }] }));
    check("null: a", json!({ "is": [{ "u": "null" }, { "u": "a" }] }));
    assert_eq!(parsed(r"a: \ud83d"), json!({ "error": 3 }));
}

#[test]
fn canonical_text_is_plain() {
    #[track_caller]
    fn check(text: &str, canonical: &str) {
        assert_eq!(text.parse::<Expression>().expect("it is KQL").to_string(), canonical);
    }
    check("  ", "");
    check("a:(b OR c) AND NOT d", "(a: b or a: c) and not d");
    check("(a or b) or c", "(a or b) or c");
    check("not (not a)", "not (not a)");
    check("a: { b > 3 }", "a: { b > 3 }");
    check("a: b\\:c\\*d*", "a: b\\:c\\*d*");
    check("a: \"x\\\"y\\\\z\"", "a: \"x\\\"y\\\\z\"");
    check("a \\or b", "a \\or b");
    check("\\not a", "\\u006eot a");
    check("a:\\t", "a: \\t");
}

#[test]
fn depth_and_length_are_limited() {
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(nested(MAX_DEPTH).parse::<Expression>().is_ok());
    let error = nested(MAX_DEPTH + 1).parse::<Expression>().expect_err("it is too deep");
    assert_eq!(error.kind(), ErrorKind::Limit);
    for open in ["(", "a:{", "not ("] {
        let error = open.repeat(MAX_LENGTH / open.len()).parse::<Expression>().expect_err("it is too deep");
        assert_eq!(error.kind(), ErrorKind::Limit, "{open}");
    }
    let error = "a".repeat(MAX_LENGTH + 1).parse::<Expression>().expect_err("it is too long");
    assert_eq!((error.kind(), error.offset()), (ErrorKind::Limit, None));
    assert!("a".repeat(MAX_LENGTH).parse::<Expression>().is_ok());
}

#[test]
fn errors_say_what_was_expected_and_where() {
    #[track_caller]
    fn check(text: &str, message: &str, bytes: usize, utf16: usize) {
        let error = text.parse::<Expression>().expect_err("it is not KQL");
        let offset = error.offset().expect("it has a place");
        assert_eq!((error.kind(), error.message()), (ErrorKind::Syntax, message));
        assert_eq!((offset.bytes, offset.utf16), (bytes, utf16));
    }
    check("a:", "expected a value, `(` or `{`, but the text ends", 2, 2);
    check("a >", "expected a value, but the text ends", 3, 3);
    check("😀 )", "expected `and`, `or` or the end, but `)` was found", 5, 3);
    check("(é", "expected `and`, `or` or `)`, but the text ends", 3, 2);
    check("a: { b: c", "expected `and`, `or` or `}`, but the text ends", 9, 9);
    check("not ", "expected a field, a value, `not` or `(`, but the text ends", 4, 4);
    check("a: \"b", "expected a value, `(` or `{`, but a quote was found that is not closed or not expected", 3, 3);
}
