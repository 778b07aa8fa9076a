//! Changes to ranges: ends of the wrong name, number, kind or order.

use serde_json::{Value, json};

use super::{Case, refused, taken};
use crate::date_formats::{DateFormats, Epoch};
use crate::field_type::{RangeOf, ValueKind};
use crate::model::Field;
use crate::parameter::Parameter;

pub(super) const CASES: &[Case] = &[
    refused("range-without-ends", is_range, |_, _| json!({})),
    refused("range-with-null-ends-only", is_range, |_, _| json!({"gte": null, "lt": null})),
    refused("range-with-unknown-name", is_range, |random, field| {
        let (lower, upper) = ends(field);
        json!({"gte": lower, random.pick(&["eq", "GTE", "value", ""]): upper})
    }),
    refused("range-with-old-names", is_range, |_, field| {
        let (lower, upper) = ends(field);
        json!({"from": lower, "to": upper})
    }),
    refused("range-with-two-lower-ends", is_range, |_, field| {
        let (lower, upper) = ends(field);
        json!({"gt": lower, "gte": lower, "lte": upper})
    }),
    refused("range-with-two-upper-ends", is_range, |_, field| {
        let (lower, upper) = ends(field);
        json!({"gte": lower, "lt": upper, "lte": upper})
    }),
    refused("range-upside-down", is_range, |random, field| {
        let (lower, upper) = ends(field);
        json!({random.pick(&["gte", "gt"]): upper, random.pick(&["lte", "lt"]): lower})
    }),
    refused("range-around-nothing", is_range, |random, field| {
        let (lower, _) = ends(field);
        let (low, high) = *random.pick(&[&("gte", "lt"), &("gt", "lte"), &("gt", "lt")]);
        json!({low: lower, high: lower})
    }),
    refused("range-between-neighbours", has_steps, |_, field| {
        let (lower, next) = neighbours(field);
        json!({"gt": lower, "lt": next})
    }),
    refused("decimal-text-for-strict-end", is_strict_long, |random, _| json!({random.pick(&["gte", "lte"]): "12"})),
    taken("decimal-text-for-end", is_lax_long, |random, _| json!({random.pick(&["gte", "lte"]): "12"})),
    refused("range-end-of-another-kind", is_range, |random, field| {
        let name = random.pick(&["gte", "gt", "lte", "lt"]);
        json!({name: wrong_end(field)})
    }),
    refused("range-end-is-a-list", is_range, |_, field| json!({"gte": [ends(field).0]})),
    refused("text-for-range", is_range, |_, _| "1..2".into()),
    refused("number-for-range", is_range, |_, _| json!(5)),
    taken("range-of-one-point", is_range, |_, field| {
        let (lower, _) = ends(field);
        json!({"gte": lower, "lte": lower})
    }),
    taken("range-with-one-null-end", is_range, |_, field| json!({"gte": ends(field).0, "gt": null, "lte": null})),
    taken(
        "range-with-one-end",
        is_range,
        |random, field| json!({random.pick(&["gte", "gt", "lte", "lt"]): ends(field).0}),
    ),
];

fn is_range(field: &Field) -> bool {
    matches!(field.kind(), ValueKind::Range(_))
}

fn is_long(field: &Field) -> bool {
    field.kind() == ValueKind::Range(RangeOf::Long)
}

fn is_strict_long(field: &Field) -> bool {
    is_long(field) && field.parameters.get(&Parameter::Coerce) == Some(&Value::Bool(false))
}

fn is_lax_long(field: &Field) -> bool {
    is_long(field) && !is_strict_long(field)
}

/// Whether there is a next value to each, with nothing between the two.
fn has_steps(field: &Field) -> bool {
    match field.kind() {
        ValueKind::Range(RangeOf::Date) => DateFormats::of(field).is_iso,
        ValueKind::Range(of) => of != RangeOf::Float,
        _ => false,
    }
}

/// A value and the next.
fn neighbours(field: &Field) -> (Value, Value) {
    match field.kind() {
        ValueKind::Range(RangeOf::Ip) => (json!("192.0.2.255"), json!("192.0.3.0")),
        ValueKind::Range(RangeOf::Date) => (json!("2024-05-17T23:59:59.999Z"), json!("2024-05-18")),
        ValueKind::Range(RangeOf::Double) => (json!(0.5), json!(0.5_f64.next_up())),
        _ => (json!(-1), json!(0)),
    }
}

/// A lower and an upper end.
fn ends(field: &Field) -> (Value, Value) {
    let ValueKind::Range(of) = field.kind() else { return (Value::Null, Value::Null) };
    match of {
        RangeOf::Integer | RangeOf::Long => (json!(-5), json!(1_000)),
        RangeOf::Float | RangeOf::Double => (json!(0.25), json!(0.75)),
        RangeOf::Ip => (json!("192.0.2.1"), json!("192.0.2.200")),
        RangeOf::Date => match DateFormats::of(field) {
            DateFormats { is_iso: false, epoch: Some(Epoch::Seconds) } => (json!(1_715_938_200), json!(1_715_938_900)),
            DateFormats { is_iso: false, .. } => (json!(1_715_938_200_000_i64), json!(1_715_938_900_000_i64)),
            _ => (json!("2024-05-17T09:30:00Z"), json!("2024-05-18")),
        },
    }
}

fn wrong_end(field: &Field) -> Value {
    match field.kind() {
        ValueKind::Range(RangeOf::Integer) => json!(2_147_483_648_i64),
        ValueKind::Range(RangeOf::Long) => json!(0.5),
        ValueKind::Range(RangeOf::Float) => json!(1e39),
        ValueKind::Range(RangeOf::Double) => json!("much"),
        ValueKind::Range(RangeOf::Date) => json!("2024-02-30"),
        _ => json!("256.0.0.1"),
    }
}
