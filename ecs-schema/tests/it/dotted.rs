//! Dotted names as objects in objects: what is expanded, and what is given twice.

use ecs_schema::{LogRules, ObjectRule, expand_dotted, field_rule};
use serde_json::{Value, json};

static DEEP: ObjectRule = ObjectRule::new(&[field_rule!("c", Long), field_rule!("d", Long)]);
static A: ObjectRule = ObjectRule::new(&[field_rule!("b", Object(&DEEP)), field_rule!("x", Long)]);
static ITEM: ObjectRule = ObjectRule::new(&[field_rule!("a", Object(&A))]);
static ROOT: ObjectRule = ObjectRule::new(&[
    field_rule!("a", Object(&A)),
    field_rule!("code", Keyword),
    field_rule!("kept", Any),
    field_rule!("labels", Flattened),
    field_rule!("list", Nested(&ITEM)),
]);
static LOG: LogRules = LogRules::new("dotted", "9.4.0", &ROOT);

#[track_caller]
fn check(from: &Value, to: &Value) {
    assert_eq!(expand_dotted(&LOG, from.clone()).unwrap(), *to, "{from}");
}

#[test]
fn dots_lead_through_the_objects_of_the_table() {
    check(&json!({"a.b.c": 1, "a.x": 2}), &json!({"a": {"b": {"c": 1}, "x": 2}}));
    check(&json!({"a": {"b.c": 1}, "a.b": {"d": 2}}), &json!({"a": {"b": {"c": 1, "d": 2}}}));
    check(&json!({"a": null, "a.x": 1}), &json!({"a": {"x": 1}}));
    check(&json!({"a": {"x": 1}, "a.x": null}), &json!({"a": {"x": 1}}));
    check(&json!({"list": [{"a.b.c": 1}, {"a.x": 2}]}), &json!({"list": [{"a": {"b": {"c": 1}}}, {"a": {"x": 2}}]}));
    // A name that the table lacks is for the check to refuse, at its place.
    check(&json!({"a.b.nothing": 1}), &json!({"a": {"b": {"nothing": 1}}}));
}

#[test]
fn free_names_keep_their_dots() {
    check(&json!({"labels.team.name": "x"}), &json!({"labels": {"team.name": "x"}}));
    check(&json!({"labels": {"a.b": 1}, "labels.c": 2}), &json!({"labels": {"a.b": 1, "c": 2}}));
    check(&json!({"kept": {"a.b": {"c.d": 1}}}), &json!({"kept": {"a.b": {"c.d": 1}}}));
}

#[test]
fn what_leads_nowhere_stays() {
    for document in
        [json!({"code.x": 1}), json!({"list.a": 1}), json!({"no.such": 1}), json!({".": 1, "": 2}), json!([1])]
    {
        check(&document, &document);
    }
}

#[test]
fn field_in_two_spellings_is_reported_with_both() {
    let check = |document: Value, path: &str, text: &str| {
        let violations = expand_dotted(&LOG, document).unwrap_err();
        let [violation] = violations.as_slice() else { panic!("{violations}") };
        assert_eq!((violation.rule.code(), violation.path.as_str()), ("two-spellings", path));
        assert!(violation.to_string().contains(text), "{violation}");
    };
    check(json!({"a": {"b": {"c": 1}}, "a.b.c": 2}), "a.b.c", "is given twice, at `/a/b/c` and at `/a.b.c`");
    check(json!({"a": {"b.c": 1}, "a.b": {"c": 1}}), "a.b.c", "is given twice, at `/a/b.c` and at `/a.b/c`");
    check(json!({"a": [1], "a.x": 2}), "a", "is given twice, at `/a` and at `/a.x`");
    check(json!({"list": [{"a": {"x": 1}, "a.x": 1}]}), "list[0].a.x", "at `/list/0/a/x` and at `/list/0/a.x`");
    // The name of a label is data.
    check(
        json!({"labels": {"secret": 1}, "labels.secret": 2}),
        "labels.secret",
        "`labels.*` is given with a dotted name",
    );
}
