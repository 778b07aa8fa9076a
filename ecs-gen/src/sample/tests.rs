//! That samples are what they claim: matching, plausible, valid by construction.

use regex_lite::Regex;
use serde_json::{Value, json};

use super::{DocumentMaker, Mutation, Verdict, full_document, known, literal, minimal_document};
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

/// A few documents and changes of them, as a maker with that seed makes them.
fn made(seed: u64) -> Vec<(Value, Mutation)> {
    let model = small_model();
    let mut maker = DocumentMaker::new(&model, seed);
    (0..50)
        .map(|_| {
            let document = maker.document();
            let mutation = maker.mutation(&document);
            (document, mutation)
        })
        .collect()
}

#[test]
fn documents_follow_from_the_seed() {
    assert_eq!(made(1), made(1));
    assert_ne!(made(1), made(2));
}

#[test]
fn an_invalid_change_changes_something() {
    for (document, mutation) in made(3) {
        assert!(mutation.expected == Verdict::Valid || mutation.document != document, "{}", mutation.label);
    }
}

#[test]
fn documents_have_what_is_required_and_no_alias() {
    for (document, _) in made(4) {
        assert!(document["@timestamp"].is_string() || document["@timestamp"].is_number());
        assert!(document["ecs"]["version"].is_string());
        assert!(document["kibana"].get("other").is_none());
    }
}

#[test]
fn text_in_random_dress_is_the_same_document() {
    let model = small_model();
    let mut maker = DocumentMaker::new(&model, 5);
    for _ in 0..50 {
        let document = maker.document();
        let text = maker.text(&document);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), document, "{text}");
    }
}

#[track_caller]
fn check_chosen(pattern: &str) {
    let mut state = 0;
    let regex = Regex::new(pattern).unwrap();
    for _ in 0..100 {
        let text = literal::chosen(pattern, |end| {
            state += 7;
            state % end
        });
        assert!(regex.is_match(&text), "`{text}` must match `{pattern}`");
    }
}

#[test]
fn any_choice_matches_the_pattern() {
    check_chosen("^[A-F0-9]{2}(-[A-F0-9]{2}){5,}$");
    check_chosen(r"^(CAP_[A-Z_]+|\d+)$");
    check_chosen("^(?:a|b)c?d*e+?$");
    check_chosen("^[^a-z]x{1,2}(?:y|zz)$");
}
