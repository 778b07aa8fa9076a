//! Changes to numbers and booleans: out of range, fractions, text, and the forms that are valid besides.

use serde_json::{Value, json};

use super::{Case, refused, taken};
use crate::field_type::ValueKind;
use crate::model::Field;
use crate::parameter::Parameter;
use crate::sample::maker::numbers::{bounds, whole};
use crate::sample::random::Random;

pub(super) const CASES: &[Case] = &[
    refused("fraction-for-integer", is_integer, |random, _| json!([0.5, 1.000_000_1, -1.5, 1e-300][random.below(4)])),
    refused("integer-just-over", is_integer, |_, field| just_over(field)),
    refused("integer-just-under", is_integer, |_, field| just_under(field)),
    refused("integer-far-out", is_integer, |random, _| {
        json!([1e30, -1e30, f64::MAX, 1.9e19, -9.3e18][random.below(5)])
    }),
    refused("text-for-integer", is_integer, |random, _| random.pick(WORDS).into()),
    refused("boolean-for-integer", is_integer, |_, _| json!(true)),
    refused("decimal-text-for-narrow-integer", takes_no_text, |_, _| "12".into()),
    refused("decimal-text-not-canonical", takes_text, |random, _| random.pick(NOT_CANONICAL).into()),
    refused("decimal-text-malformed", takes_text, |random, _| random.pick(MALFORMED).into()),
    refused("decimal-text-just-over", takes_text, |_, field| text_just_over(field).into()),
    taken("decimal-text-for-long", takes_text, |random, _| random.pick(&["0", "7", "9223372036854775807"]).into()),
    taken("negative-decimal-text-for-long", takes_signed_text, |random, _| {
        random.pick(&["-1", "-9223372036854775808"]).into()
    }),
    taken("integer-with-point", is_integer, |random, _| json!([12.0, 1e2, 0.0, -0.0][random.below(4)])),
    refused("text-for-float", is_float, |random, _| random.pick(WORDS).into()),
    refused("decimal-text-for-float", is_float, |random, _| random.pick(&["0.5", "1"]).into()),
    refused("boolean-for-float", is_float, |_, _| json!(false)),
    refused("float-far-out", is_narrow_float, |random, _| json!([f64::MAX, f64::MIN, 1e39][random.below(3)])),
    refused("float-just-over", is_single_float, |random, _| signed(random, 3.402_823_567_797_336_6e38)),
    refused("half-float-just-over", is_half_float, |random, _| signed(random, 65_519.998_046_875)),
    refused("integer-over-half-float", is_half_float, |random, _| json!([65_520, -65_520, 70_000][random.below(3)])),
    taken("integer-for-float", is_float, |random, _| json!([0, 1, -2_048][random.below(3)])),
    taken("large-integer-for-float", is_wide_float, |random, _| json!([u64::MAX, 1 << 62][random.below(2)])),
    refused("text-for-boolean", is_boolean, |random, _| random.pick(&["yes", "TRUE", "1"]).into()),
    refused("true-or-false-as-text", is_boolean, |random, _| random.pick(&["true", "false", ""]).into()),
    refused("number-for-boolean", is_boolean, |random, _| json!([0, 1][random.below(2)])),
];

const WORDS: &[&str] = &["twelve", "", "0x10", "NaN", "1,5"];
const NOT_CANONICAL: &[&str] = &["01", "+1", "007", "00"];
const MALFORMED: &[&str] = &[" 1", "1 ", "1.0", "1e3", "--1", "", "٣", "1_000", "0b1"];

fn is_integer(field: &Field) -> bool {
    matches!(field.kind(), ValueKind::Integer(_) | ValueKind::UnsignedLong)
}

fn takes_text(field: &Field) -> bool {
    matches!(field.kind(), ValueKind::Integer(64) | ValueKind::UnsignedLong)
        && field.parameters.get(&Parameter::Coerce) != Some(&Value::Bool(false))
}

fn takes_signed_text(field: &Field) -> bool {
    takes_text(field) && field.kind() != ValueKind::UnsignedLong
}

fn takes_no_text(field: &Field) -> bool {
    is_integer(field) && !takes_text(field)
}

fn is_boolean(field: &Field) -> bool {
    field.kind() == ValueKind::Boolean
}

fn is_float(field: &Field) -> bool {
    matches!(field.kind(), ValueKind::Double | ValueKind::Float | ValueKind::HalfFloat)
}

fn is_narrow_float(field: &Field) -> bool {
    is_single_float(field) || is_half_float(field)
}

fn is_single_float(field: &Field) -> bool {
    field.kind() == ValueKind::Float
}

fn is_half_float(field: &Field) -> bool {
    field.kind() == ValueKind::HalfFloat
}

fn is_wide_float(field: &Field) -> bool {
    is_float(field) && !is_half_float(field)
}

/// One more than the field holds; beyond 64 bits only floats are numbers.
fn just_over(field: &Field) -> Value {
    match field.kind() {
        ValueKind::Integer(bits) => whole(bounds(bits).end() + 1),
        _ => json!(18_446_744_073_709_551_616.0),
    }
}

/// One less than the field holds; below −2⁶³ the next float.
fn just_under(field: &Field) -> Value {
    match field.kind() {
        ValueKind::Integer(64) => json!(-9_223_372_036_854_777_856.0),
        ValueKind::Integer(bits) => whole(bounds(bits).start() - 1),
        _ => json!(-1),
    }
}

fn text_just_over(field: &Field) -> &'static str {
    if field.kind() == ValueKind::UnsignedLong { "18446744073709551616" } else { "9223372036854775808" }
}

fn signed(random: &mut Random, number: f64) -> Value {
    json!(if random.per_mille(500) { number } else { -number })
}
