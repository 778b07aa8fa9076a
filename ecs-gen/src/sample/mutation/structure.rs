//! Changes to how many values there are and to what is around them: lists, objects, null, nothing.

use serde_json::{Value, json};

use super::{Case, Change, Of, Verdict, refused, taken};
use crate::field_type::ValueKind;
use crate::model::Field;

const fn whole(label: &'static str, expected: Verdict, of: Of, change: fn(Value) -> Option<Value>) -> Case {
    Case { label, expected, change: Change::Whole(of, change) }
}

pub(super) const CASES: &[Case] = &[
    whole("required-missing", Verdict::Invalid, is_required, |_| None),
    whole("required-null", Verdict::Invalid, is_required, |_| Some(Value::Null)),
    whole("required-empty", Verdict::Invalid, is_required_list, |_| Some(json!([]))),
    whole("optional-missing", Verdict::Valid, is_optional, |_| None),
    whole("optional-null", Verdict::Valid, can_be_null, |_| Some(Value::Null)),
    whole("constant-null", Verdict::Invalid, is_optional_constant, |_| Some(Value::Null)),
    whole("alias-null", Verdict::Invalid, is_alias, |_| Some(Value::Null)),
    whole("optional-empty", Verdict::Valid, is_optional_list, |_| Some(json!([]))),
    whole("list-for-value", Verdict::Invalid, is_value, |value| Some(json!([value]))),
    whole("two-for-value", Verdict::Invalid, is_value, |value| Some(json!([value, value]))),
    whole("empty-list-for-value", Verdict::Invalid, is_optional_value, |_| Some(json!([]))),
    whole("list-for-object", Verdict::Invalid, is_single_object, |value| Some(json!([value]))),
    whole("two-for-object", Verdict::Invalid, is_single_object, |value| Some(json!([value, value]))),
    whole("value-for-list", Verdict::Invalid, is_value_list, |value| Some(first(value))),
    whole("object-for-list", Verdict::Invalid, is_object_list, |value| Some(first(value))),
    whole("null-in-list", Verdict::Invalid, is_list, |value| Some(with(value, Value::Null))),
    whole("only-null-in-list", Verdict::Invalid, is_optional_list, |_| Some(json!([null]))),
    whole("list-in-list", Verdict::Invalid, is_independent_list, |value| Some(json!([[first(value)]]))),
    whole("empty-list-in-list", Verdict::Invalid, is_list, |value| Some(with(value, json!([])))),
    refused("text-for-object", is_object, |random, _| random.pick(&["x", "", "{}"]).into()),
    refused("number-for-object", is_object, |_, _| json!(1)),
    refused("boolean-for-object", is_object, |_, _| json!(true)),
    refused("object-for-scalar", is_scalar, |_, _| json!({"value": 1})),
    refused("empty-object-for-scalar", is_scalar, |_, _| json!({})),
    refused("value-at-alias", is_alias, |random, _| {
        [json!("x"), json!(1), json!({}), json!([])][random.below(4)].clone()
    }),
    taken("lists-in-lists-for-any", is_any, |_, _| lists(19)),
    refused("too-many-lists-for-any", is_any, |_, _| lists(22)),
    taken("anything-for-any", is_any, |random, _| {
        [json!(0), json!([null, [1]]), json!({"a": null})][random.below(3)].clone()
    }),
];

/// So many lists in each other.
fn lists(depth: usize) -> Value {
    (1..depth).fold(json!([]), |inner, _| json!([inner]))
}

fn is_any(field: &Field) -> bool {
    field.kind() == ValueKind::Any
}

fn is_alias(field: &Field) -> bool {
    field.kind() == ValueKind::Alias
}

/// Whether the field has a form of its own.
fn is_formed(field: &Field) -> bool {
    !is_any(field) && !is_alias(field)
}

fn is_required(field: &Field) -> bool {
    field.required && !is_alias(field)
}

fn is_optional(field: &Field) -> bool {
    !field.required && !is_alias(field)
}

fn is_optional_constant(field: &Field) -> bool {
    is_optional(field) && !field.is_array && field.kind() == ValueKind::Constant
}

fn can_be_null(field: &Field) -> bool {
    is_optional(field) && field.kind() != ValueKind::Constant
}

fn is_list(field: &Field) -> bool {
    field.is_array && is_formed(field)
}

fn is_required_list(field: &Field) -> bool {
    is_list(field) && field.required
}

fn is_optional_list(field: &Field) -> bool {
    is_list(field) && !field.required
}

fn is_value_list(field: &Field) -> bool {
    is_independent_list(field) && !field.is_object()
}

/// Whether elements can be left out: without a category, an event type may be one that no category expects, and the
/// document would break a second rule.
fn is_independent_list(field: &Field) -> bool {
    is_list(field) && field.path.as_str() != "event.category"
}

fn is_object_list(field: &Field) -> bool {
    is_list(field) && field.is_object()
}

fn is_value(field: &Field) -> bool {
    !field.is_array && is_formed(field) && !field.is_object()
}

fn is_optional_value(field: &Field) -> bool {
    is_value(field) && is_optional(field)
}

fn is_object(field: &Field) -> bool {
    field.is_object()
}

fn is_single_object(field: &Field) -> bool {
    field.is_object() && !field.is_array
}

fn is_scalar(field: &Field) -> bool {
    let has_members = matches!(field.kind(), ValueKind::GeoPoint | ValueKind::Range(_) | ValueKind::Flattened);
    is_formed(field) && !has_members && !field.is_object()
}

fn first(value: Value) -> Value {
    match value {
        Value::Array(elements) => elements.into_iter().next().unwrap_or(Value::Null),
        other => other,
    }
}

fn with(value: Value, element: Value) -> Value {
    match value {
        Value::Array(mut elements) => {
            elements.push(element);
            Value::Array(elements)
        }
        other => Value::Array(vec![other, element]),
    }
}
