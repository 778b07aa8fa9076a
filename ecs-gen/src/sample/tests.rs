//! That samples are what they claim: matching, plausible, valid by construction.

use regex_lite::Regex;
use serde_json::json;

use super::{full_document, known, literal, minimal_document};
use crate::field_type::{FieldType, TYPES, ValueKind};
use crate::testing::{ModelBuilder, small_model};

#[track_caller]
fn check_literal(pattern: &str, expected: &str) {
    assert_eq!(literal::matching(pattern), expected);
    assert!(Regex::new(pattern).unwrap().is_match(expected), "`{expected}` must match `{pattern}`");
}

#[test]
fn literals_match_their_pattern() {
    check_literal("^[A-F0-9]{2}(-[A-F0-9]{2}){5,}$", "AA-AA-AA-AA-AA-AA");
    check_literal(r"^(CAP_[A-Z_]+|\d+)$", "CAP_A");
    check_literal("^[a-f0-9]{64}$", &"a".repeat(64));
    check_literal(r"^\d{4}-\d\d$", "0000-00");
    check_literal("^(?:a|b)c?d*e+?$", "ae");
    check_literal(r"^[^a-z]\.[\]x][-x]$", "0.]-");
    check_literal(r"\bword\b", "word");
    check_literal("^(?P<year>[0-9]{1,3})[0-9-]$", "00");
    check_literal("x{0,3}|y", "");
    check_literal("^[\\w.]+@.$", "a@a");
}

#[test]
fn known_values_are_found() {
    assert!(known::is_sorted());
    assert_eq!(known::text("mac"), Some("00-00-5E-00-53-23"));
    assert_eq!(known::number("port"), Some(443));
    assert_eq!(known::text("diff_url"), known::text("url"));
    assert_eq!(known::text("nothing"), None);
}

#[test]
fn full_document_has_every_field() {
    let document = full_document(&small_model());
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap());
}

#[test]
fn minimal_document_has_what_is_required() {
    let expected = json!({"@timestamp": "2024-05-17T09:30:00Z", "ecs": {"version": "9.4.0"}});
    assert_eq!(minimal_document(&small_model()), expected);
}

#[test]
fn every_type_has_a_value() {
    for spec in TYPES.iter().filter(|spec| !matches!(spec.kind, ValueKind::Alias | ValueKind::Object)) {
        let model = ModelBuilder::new().plain("value", spec.field_type).finish();
        let document = full_document(&model);
        assert!(document.get("value").is_some_and(|value| !value.is_null()), "{}", spec.name);
    }
}

#[test]
fn known_values_give_way_to_the_pattern() {
    let model = ModelBuilder::new()
        .with("mac", FieldType::Keyword, |field| field.pattern = Some("^[a-f]{3}$".to_owned()))
        .with("color", FieldType::Keyword, |field| field.expected_values = vec!["red".to_owned()])
        .with("port", FieldType::Byte, |_| {})
        .finish();
    assert_eq!(full_document(&model), json!({"mac": "aaa", "color": "red", "port": 1}));
}
