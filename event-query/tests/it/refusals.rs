//! Texts that are KQL and that the mapping does not permit: refused before anything is sent.

use event_query::ErrorKind::{self, Nesting, UnknownField, Unsupported, Value};

use crate::support::resolve;

#[track_caller]
fn check(text: &str, kind: ErrorKind, offset: usize, did_you_mean: &[&str]) {
    let error = resolve(text).expect_err("the mapping does not permit it");
    assert_eq!((error.kind(), error.offset().map(|offset| offset.utf16)), (kind, Some(offset)), "{text:?}: {error}");
    assert_eq!(error.did_you_mean(), did_you_mean, "{text:?}");
}

#[track_caller]
fn check_message(text: &str, message: &str) {
    assert_eq!(resolve(text).expect_err("the mapping does not permit it").message(), message, "{text:?}");
}

#[test]
fn unknown_fields_name_the_nearest() {
    check("event.acton: a", UnknownField, 0, &["event.action"]);
    check("flag: true and evnt.action: a", UnknownField, 15, &["event.action"]);
    check("action: a", UnknownField, 0, &["event.action"]);
    check("éclair: a", UnknownField, 0, &[]);
    check("event.action: 😀 or outcom: a", UnknownField, 20, &["event.outcome"]);
    check("refs: { idd: a }", UnknownField, 8, &["id"]);
    check("refs: { refs.id: a }", UnknownField, 8, &["id"]);
    check("nothing.*: a", UnknownField, 0, &[]);
    check("nothing: { a: b }", UnknownField, 0, &[]);
    check("plain: a", UnknownField, 0, &["plain.a", "plain.b"]);
    check("refs: { _id: a }", UnknownField, 8, &["id"]);
}

#[test]
fn values_of_another_type() {
    for (field, value) in [
        ("event.duration", "word"),
        ("event.duration", "9223372036854775808"),
        ("event.duration", "\" 5\""),
        ("event.duration", "\"\""),
        ("event.duration", "true"),
        ("event.duration", "0x10"),
        ("event.duration", "1e400"),
        ("event.duration", "1*"),
        ("event.duration", "1 2"),
        ("event.tiny", "128"),
        ("event.sequence", "-2147483649"),
        ("event.big", "-1"),
        ("event.big", "18446744073709551616"),
        ("event.risk", "1e39"),
        ("event.half", "65520"),
        ("event.score", "NaN"),
        ("event.score", "1e309"),
        ("event.price", "ten"),
        ("@timestamp", "yesterday"),
        ("@timestamp", "2026-07*"),
        ("@timestamp", "true"),
        ("flag", "yes"),
        ("flag", "True"),
        ("flag", "t*"),
        ("flag", "1"),
        ("source.ip", "10.0.0.256"),
        ("source.ip", "10.0.0.0/33"),
        ("source.ip", "10.0.*"),
        ("source.ip", "10.0.0.0/"),
        ("version", "8"),
        ("version", "8.0"),
        ("version", "word"),
        ("ports", "word"),
        ("window", "word"),
        ("networks", "10.0.0.0/8"),
        ("labels.team", "a*b"),
        ("event.action", "null"),
    ] {
        let text = format!("{field}: {value}");
        check(&text, Value, field.len() + 2, &[]);
    }
    for text in [
        "event.duration > word",
        "@timestamp >= word",
        "source.ip < 10.0.0.0/8",
        "version > 8",
        "event.tiny < 1000",
        "event.duration > null",
    ] {
        let offset = text.find([' ']).expect("there is one")
            + text[text.find(' ').expect("there is one") + 1..].find(' ').expect("there are two")
            + 2;
        check(text, Value, offset, &[]);
    }
    check("refs: { rank: word }", Value, 14, &[]);
    check("event.d*: word", Value, 10, &[]);
    check("null", Value, 0, &[]);
    check("refs: { word }", Value, 8, &[]);
}

#[test]
fn nested_fields_name_their_group() {
    check("refs.id: a", Nesting, 0, &["refs: { id: … }"]);
    check("flag: true and not refs.id: *", Nesting, 19, &["refs: { id: … }"]);
    check("refs: { parts.name: a }", Nesting, 8, &["refs.parts: { name: … }"]);
    check("refs: a", Nesting, 0, &[]);
    check("refs > a", Nesting, 0, &[]);
    check("plain: { a: b }", Nesting, 0, &[]);
    check("event.action: { a: b }", Nesting, 0, &[]);
    check_message("refs.id: a", "`refs.id` is nested; write `refs: { id: … }`");
    check_message("plain: { a: b }", "`plain` is not nested; write its fields without braces, as `plain.…: …`");
    check_message(
        "refs: { flag: true }",
        "`flag` is not a field of the nested `refs`; its fields are named relative to it, and others go outside of the braces",
    );
}

#[test]
fn fields_that_cannot_be_searched() {
    check("event.original: a", Unsupported, 0, &[]);
    check("event.original: *", Unsupported, 0, &[]);
    check("source.geo: a", Unsupported, 0, &[]);
    check("blob: a", Unsupported, 0, &[]);
    check("blob: *", Unsupported, 0, &[]);
    check("dataset > a", Unsupported, 0, &[]);
    check("_id > a", Unsupported, 0, &[]);
}

#[test]
fn messages_are_sentences() {
    check_message(
        "event.duration: word",
        "`event.duration` (long) cannot be compared with `word`, which is not a number",
    );
    check_message(
        "event.tiny: 128",
        "`event.tiny` (byte) cannot be compared with `128`, which is not within the range of the type",
    );
    check_message("flag: yes", "`flag` (boolean) cannot be compared with `yes`, which is not `true` or `false`");
    check_message("event.ac: a", "unknown field `event.ac`");
    let error = resolve("event.acton: a").expect_err("there is no such field");
    assert_eq!(error.to_string(), "unknown field `event.acton` (at offset 0); did you mean `event.action`?");
}
