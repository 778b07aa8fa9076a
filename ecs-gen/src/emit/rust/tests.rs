//! The module of a small log; names, types, rules and docs case by case.

use serde_json::json;

use super::doc::prose;
use super::names::{self, type_name, variants};
use super::{Rust, module_of, print};
use crate::emit::Emitter;
use crate::field_type::FieldType;
use crate::files::Files;
use crate::model::{Field, Model};
use crate::parameter::Parameter;
use crate::testing::{ModelBuilder, small_model};

fn module(model: &Model) -> String {
    print(&model.log.source, module_of(model))
}

/// Emits a log of one field and checks it in the struct and its row in the table, whatever the line breaks.
#[track_caller]
fn check(field_type: FieldType, change: impl FnOnce(&mut Field), member: &str, row: &str) {
    let model = ModelBuilder::new().with("value", field_type, change).finish();
    let text = squeezed(&module(&model));
    let ends = [",]", ",", "]"];
    assert!(ends.iter().any(|end| text.contains(&(squeezed(row) + end))), "{row} is not in {text}");
    if member.is_empty() {
        assert!(!text.contains("pubvalue:"), "{text}");
    } else {
        assert!(text.contains(&squeezed(&format!("{member},"))), "{member} is not in {text}");
    }
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

fn set(parameter: Parameter, value: serde_json::Value) -> impl FnOnce(&mut Field) {
    move |field| {
        field.parameters.insert(parameter, value);
    }
}

#[test]
fn module_of_a_small_log() {
    insta::assert_snapshot!(module(&small_model()));
}

#[test]
fn every_run_gives_the_same_bytes() {
    assert_eq!(module(&small_model()), module(&small_model()));
}

#[test]
fn index_lists_the_logs_by_name() {
    let mut other = small_model();
    other.log.name = "another-log".to_owned();
    other.log.source = "logs/another.yaml".to_owned();
    let mut files = Files::default();
    Rust.emit_all(&[small_model(), other], &mut files);
    let text = String::from_utf8(files.get("rust/mod.rs").unwrap().to_vec()).unwrap();
    insta::assert_snapshot!(text);
    let paths: Vec<&str> = files.iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["rust/another_log.rs", "rust/example.rs", "rust/mod.rs"]);
}

#[test]
fn strings_know_whether_the_index_limits_them() {
    check(FieldType::Keyword, |_| {}, "pub value: Option<String>", r#"field_rule!("value", Keyword)"#);
    check(
        FieldType::Keyword,
        set(Parameter::IgnoreAbove, json!(1024)),
        "pub value: Option<String>",
        r#"field_rule!("value", Text)"#,
    );
    check(
        FieldType::Keyword,
        |field| {
            field.parameters.insert(Parameter::Index, json!(false));
            field.parameters.insert(Parameter::DocValues, json!(false));
        },
        "pub value: Option<String>",
        r#"field_rule!("value", Text)"#,
    );
    check(
        FieldType::ConstantKeyword,
        set(Parameter::Value, json!("a\"b")),
        "pub value: Option<String>",
        r#"field_rule!("value", Constant(Some("a\"b")))"#,
    );
    check(FieldType::Wildcard, |_| {}, "pub value: Option<String>", r#"field_rule!("value", Text)"#);
}

#[test]
fn numbers_have_the_width_of_their_type() {
    for (field_type, rust, kind) in [
        (FieldType::Long, "i64", "Long"),
        (FieldType::Integer, "i32", "Integer"),
        (FieldType::Short, "i16", "Short"),
        (FieldType::Byte, "i8", "Byte"),
        (FieldType::UnsignedLong, "u64", "UnsignedLong"),
        (FieldType::Double, "f64", "Double"),
        (FieldType::ScaledFloat, "f64", "Double"),
        (FieldType::Float, "f32", "Float"),
        (FieldType::HalfFloat, "f32", "HalfFloat"),
        (FieldType::Boolean, "bool", "Boolean"),
    ] {
        let (member, row) = (format!("pub value: Option<{rust}>"), format!("field_rule!(\"value\", {kind})"));
        check(field_type, |_| {}, &member, &row);
    }
    let row = r#"field_rule!("value", Long).uncoerced()"#;
    check(FieldType::Long, set(Parameter::Coerce, json!(false)), "pub value: Option<i64>", row);
}

#[test]
fn dates_follow_their_format() {
    for (format, kind) in [
        ("strict_date_optional_time||epoch_millis", "DATE"),
        ("strict_date_optional_time_nanos", "Date(ecs_schema::DateFormat::Iso)"),
        ("strict_date_optional_time||epoch_second", "Date(ecs_schema::DateFormat::IsoOrSeconds)"),
        ("epoch_millis", "Date(ecs_schema::DateFormat::Millis)"),
        ("epoch_second", "Date(ecs_schema::DateFormat::Seconds)"),
    ] {
        let row = format!("field_rule!(\"value\", {kind})");
        let change = set(Parameter::Format, json!(format));
        check(FieldType::Date, change, "pub value: Option<ecs_schema::Timestamp>", &row);
    }
    let member = "pub value: Option<ecs_schema::Range<ecs_schema::Timestamp>>";
    let row = r#"field_rule!("value", Range(ecs_schema::RangeKind::Date(ecs_schema::DateFormat::Iso)))"#;
    check(FieldType::DateRange, set(Parameter::Format, json!("strict_date_optional_time")), member, row);
    check(FieldType::DateRange, |_| {}, member, r#"field_rule!("value", DATE_RANGE)"#);
}

#[test]
fn number_of_values_decides_what_is_around_them() {
    let as_list = |field: &mut Field| field.is_array = true;
    let required = |field: &mut Field| field.required = true;
    let ip = "std::net::IpAddr";
    check(FieldType::Ip, as_list, &format!("pub value: Vec<{ip}>"), r#"field_rule!("value", Ip).array()"#);
    check(FieldType::Ip, required, &format!("pub value: {ip}"), r#"field_rule!("value", Ip).required()"#);
    check(
        FieldType::Ip,
        |field| (field.is_array, field.required) = (true, true),
        &format!("pub value: Vec<{ip}>"),
        r#"field_rule!("value", Ip).array().required()"#,
    );
    check(
        FieldType::Object,
        |field| {
            field.parameters.insert(Parameter::Enabled, json!(false));
            field.is_array = true;
        },
        "pub value: Option<ecs_schema::Json>",
        r#"field_rule!("value", Any)"#,
    );
    // The table must know an alias to refuse it; a struct has no place for one.
    check(FieldType::Alias, set(Parameter::Path, json!("other")), "", r#"field_rule!("value", Alias("other"))"#);
}

#[test]
fn field_names_are_identifiers_and_never_collide() {
    let mut model = ModelBuilder::new();
    for path in ["@timestamp", "timestamp", "type", "self", "5g", "dashed-name", "dashed_name", "a__b", "_id"] {
        model = model.plain(path, FieldType::Keyword);
    }
    let model = model.finish();
    let names = names::fields(&model, &model.shapes[0]);
    let found: Vec<(&str, &str)> =
        model.children(&model.roots).map(Field::name).zip(names.iter().map(String::as_str)).collect();
    assert_eq!(
        found,
        [
            ("5g", "n5g"),
            ("@timestamp", "timestamp2"),
            ("_id", "id"),
            ("a__b", "a_b"),
            ("dashed-name", "dashed_name2"),
            ("dashed_name", "dashed_name"),
            ("self", "self_"),
            ("timestamp", "timestamp"),
            ("type", "type"),
        ]
    );
    assert_eq!(names::ident("type").to_string(), "r#type");
}

#[test]
fn types_and_variants_never_collide() {
    assert_eq!(type_name("kibana.saved_objects"), "KibanaSavedObjects");
    assert_eq!(type_name("802.11"), "N802_11");
    assert_eq!(type_name("+"), "Value");
    let found = variants(["other", "a-b", "a_b", "1.1", "11", "self"], Some("Other"));
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found, ["Other2", "AB", "AB2", "N1_1", "N11", "Self2"]);
}

#[test]
fn item_names_do_not_shadow_the_standard_library() {
    let model = ModelBuilder::new().plain("option.value", FieldType::Keyword).finish();
    let text = module(&model);
    assert!(text.contains("pub struct Option2 {"), "{text}");
    assert!(text.contains("pub option: Option<Box<Option2>>,"), "{text}");
}

#[test]
fn accessors_are_not_taken_for_methods_of_traits() {
    let text = module(&ModelBuilder::new().plain("as.number", FieldType::Long).finish());
    assert!(text.contains("pub r#as: Option<Box<As>>,"), "{text}");
    assert!(text.contains("pub fn as_object_mut(&mut self) -> &mut As {"), "{text}");
}

#[test]
fn descriptions_mean_nothing_to_rustdoc() {
    assert_eq!(prose("a [b] <c> d_e *f*"), r"a \[b\] \<c\> d\_e \*f\*");
    assert_eq!(prose("`a[0]` and\n  b[0]"), r"`a[0]` and b\[0\]");
    assert_eq!(prose("a ` alone"), r"a \` alone");
    assert_eq!(prose("see https://example.org/a_b."), "see <https://example.org/a_b>.");
}
