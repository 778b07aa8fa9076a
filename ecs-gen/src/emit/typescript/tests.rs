//! The declarations of a small log, and of each kind of value.

use serde_json::json;

use super::{comment, declarations, key};
use crate::field_type::FieldType;
use crate::model::Field;
use crate::parameter::Parameter;
use crate::testing::{ModelBuilder, small_model};

#[track_caller]
fn check(field_type: FieldType, change: impl FnOnce(&mut Field), expected: &str) {
    let model = ModelBuilder::new().with("value", field_type, change).finish();
    let text = declarations(&model);
    let line = text.lines().find(|line| line.trim_start().starts_with("value")).unwrap();
    assert_eq!(line.trim(), expected);
}

#[test]
fn declarations_of_a_small_log() {
    insta::assert_snapshot!(declarations(&small_model()));
}

#[test]
fn values_have_the_type_of_their_kind() {
    check(FieldType::Keyword, |_| {}, "value?: string | null;");
    check(FieldType::Keyword, |field| field.required = true, "value: string;");
    check(FieldType::Keyword, |field| field.is_array = true, "value?: string[] | null;");
    check(FieldType::Long, |field| field.is_array = true, "value?: (number | string)[] | null;");
    check(FieldType::DateRange, |_| {}, "value?: Range<string | number> | null;");
    let set = |parameter, value| {
        move |field: &mut Field| {
            field.parameters.insert(parameter, value);
        }
    };
    check(FieldType::Long, set(Parameter::Coerce, json!(false)), "value?: number | null;");
    check(FieldType::ConstantKeyword, set(Parameter::Value, json!("a\"b")), "value?: \"a\\\"b\" | null;");
    check(FieldType::Date, set(Parameter::Format, json!("strict_date_optional_time")), "value?: string | null;");
    check(FieldType::Object, set(Parameter::Enabled, json!(false)), "value?: unknown;");
    check(FieldType::Alias, set(Parameter::Path, json!("other")), "value?: never;");
}

#[test]
fn names_are_quoted_where_they_must_be() {
    assert_eq!(key("@timestamp"), "\"@timestamp\"");
    assert_eq!(key("dashed-name"), "\"dashed-name\"");
    assert_eq!(key("4xx"), "\"4xx\"");
    assert_eq!(key("type"), "type");
}

#[test]
fn comments_end_where_they_should() {
    assert_eq!(comment("a */ b\nc"), "a *\\/ b c");
}
