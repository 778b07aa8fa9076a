//! A set that several files declare, and ECS.

use ecs_gen::model::Origin;
use ecs_gen::parameter::Parameter;
use serde_json::json;

use super::{Run, check, check_refused};

const EXECUTABLE: &str = "  process: {fields: {executable: {}}}";

#[test]
fn multi_fields_are_united_by_name() {
    let raw = "- name: process\n  fields:\n    - name: executable\n      multi_fields: [{type: keyword, name: raw, normalizer: lowercase}]\n";
    check(EXECUTABLE, &[raw], &["process.executable:keyword/raw,text"]);
    let more = "- name: process\n  fields: [{name: executable, multi_fields: [{type: wildcard, name: any}]}]\n";
    check(EXECUTABLE, &[raw, more], &["process.executable:keyword/any,raw,text"]);
    check(EXECUTABLE, &[more, raw], &["process.executable:keyword/any,raw,text"]);
    // As ECS had it before 8.0; the engines report both as `text`.
    let older = "- name: process\n  fields: [{name: command_line, type: keyword}, {name: executable, multi_fields: [{type: text, name: text, norms: false}]}]\n";
    check(EXECUTABLE, &[older], &["process.executable:keyword/text"]);
    check("  process: {fields: {command_line: {}}}", &[older], &["process.command_line:keyword/text"]);
    let other = "- name: process\n  fields: [{name: executable, multi_fields: [{type: keyword, name: text}]}]\n";
    check_refused(
        EXECUTABLE,
        &[other],
        &["type-conflict"],
        "`process.executable.text` is `keyword` here and `match_only_text` in ECS",
    );
}

#[test]
fn a_field_given_again_is_the_same_field() {
    let again = "- name: process\n  fields: [{name: pid, type: long, level: core, description: Its number.}]\n";
    let outcome = Run::new("  process: {fields: {pid: {}}}", &[again]).outcome();
    assert_eq!(outcome.leaves()[1..], ["process.pid:long"]);
    assert!(outcome.findings.is_empty(), "{}", outcome.printed);
    let model = outcome.model.unwrap();
    let pid = model.find("process.pid").unwrap();
    assert_eq!(pid.description, "Its number.");
    assert!(matches!(pid.origin, Origin::Ecs { .. }));
}

#[test]
fn later_attributes_count_and_the_others_stay() {
    let first = "- name: shop\n  fields: [{name: till, type: keyword, ignore_above: 10, description: First., expected_values: [a]}]\n";
    let second = "- name: shop\n  fields: [{name: till, ignore_above: 20, normalize: array, description: Second.}]\n";
    let outcome = Run::new("  shop: {fields: '*'}", &[first, second]).outcome();
    let model = outcome.model.expect(&outcome.printed);
    let till = model.find("shop.till").unwrap();
    assert_eq!(till.parameters[&Parameter::IgnoreAbove], json!(20));
    assert_eq!(
        (till.description.as_str(), till.is_array, till.expected_values.as_slice()),
        ("Second.", true, ["a".to_owned()].as_slice())
    );
}

#[test]
fn a_type_becomes_narrower_within_its_family() {
    let retyped = |field: &str, name: &str| format!("- name: process\n  fields: [{{name: {field}, type: {name}}}]\n");
    let cases = [
        ("pid", "integer"),
        ("pid", "byte"),
        ("name", "constant_keyword"),
        ("name", "wildcard"),
        ("start", "date_nanos"),
    ];
    for (field, name) in cases {
        let fields = format!("  process: {{fields: {{{field}: {{}}}}}}");
        let leaves = Run::new(&fields, &[&retyped(field, name)]).outcome().leaves();
        assert!(leaves[1].starts_with(&format!("process.{field}:{name}")), "{leaves:?}");
    }
    for (field, name) in
        [("pid", "keyword"), ("pid", "double"), ("name", "text"), ("start", "long"), ("interactive", "keyword")]
    {
        let fields = format!("  process: {{fields: {{{field}: {{}}}}}}");
        let outcome = Run::new(&fields, &[&retyped(field, name)]).outcome();
        assert_eq!(outcome.codes(), ["type-conflict"], "{field} {name}\n{}", outcome.printed);
        assert!(
            outcome.printed.contains("custom0.yml:2:") && outcome.printed.contains("::: ecs/9.4.0.yaml:"),
            "{}",
            outcome.printed
        );
    }
    let (wide, narrow) = (
        "- name: shop\n  fields: [{name: till, type: long}]\n",
        "- name: shop\n  fields: [{name: till, type: short}]\n",
    );
    check("  shop: {fields: '*'}", &[wide, narrow], &["shop.till:short"]);
    check("  shop: {fields: '*'}", &[narrow, wide], &["shop.till:short"]);
}

#[test]
fn two_sets_of_one_name_in_a_file_are_one() {
    let twice =
        "- name: shop\n  fields: [{name: till, type: long}]\n- name: shop\n  fields: [{name: door, type: long}]\n";
    check("  shop: {fields: '*'}", &[twice], &["shop.door:long", "shop.till:long"]);
}

#[test]
fn a_field_below_a_list_of_ecs_leaves_it_a_list() {
    let set = "- name: dns\n  fields: [{name: answers.ours, type: keyword}]\n";
    let fields = "  dns: {fields: {answers: {fields: {ours: {}, ttl: {}}}}}";
    let outcome = Run::new(fields, &[set]).outcome();
    assert_eq!(outcome.leaves()[1..], ["dns.answers.ours:keyword", "dns.answers.ttl:long"]);
    let model = outcome.model.unwrap();
    let ecs = Run::new("  dns: {fields: {answers: {fields: {ttl: {}}}}}", &[]).outcome().model.unwrap();
    let kind = |model: &ecs_gen::model::Model| {
        let answers = model.find("dns.answers").unwrap();
        (answers.field_type, answers.is_array)
    };
    assert_eq!(kind(&model), kind(&ecs));
}

#[test]
fn value_and_object_at_one_path_are_refused() {
    let set = "- name: process\n  fields: [{name: pid.high, type: long}]\n";
    let outcome = Run::new("  process: {fields: {pid: {}}}", &[set]).outcome();
    assert_eq!(outcome.codes(), ["scalar-and-object"]);
    assert!(
        outcome.printed.contains("custom0.yml:2:") && outcome.printed.contains("::: ecs/9.4.0.yaml:"),
        "{}",
        outcome.printed
    );
}
