//! Numbers of each kind: the edges of its range, whole numbers with a point, decimal text. Knows ranges only.

use std::ops::RangeInclusive;

use serde_json::{Number, Value, json};

use crate::sample::random::Random;

/// The greatest magnitude below which every whole number is a 64-bit float of its own.
const EXACT: i128 = 1 << 53;
/// The greatest 64-bit float that rounds to a finite 32-bit float.
const FLOAT_MAX: f64 = 3.402_823_567_797_336_2e38;

/// What a signed integer of so many bits holds.
pub(in crate::sample) fn bounds(bits: u8) -> RangeInclusive<i128> {
    let end = 1_i128 << (bits - 1);
    -end..=end - 1
}

/// A whole number of `range`, sometimes with a point, and as text where that is taken.
pub(super) fn integer(random: &mut Random, range: RangeInclusive<i128>, takes_text: bool) -> Value {
    let (low, high) = (*range.start(), *range.end());
    let number = match random.below(8) {
        0 => low,
        1 => high,
        2 => 0,
        3 => low.max(-1),
        4 => 1,
        5 => random.within(low.max(-1_000)..=high.min(1_000)),
        _ => random.within(range),
    };
    shown(random, number, takes_text)
}

/// A whole number in one of its forms.
#[expect(clippy::cast_precision_loss, reason = "only numbers that are exact")]
pub(super) fn shown(random: &mut Random, number: i128, takes_text: bool) -> Value {
    match random.below(8) {
        0 | 1 if takes_text => number.to_string().into(),
        2 if number.abs() < EXACT => json!(number as f64),
        _ => whole(number),
    }
}

/// A JSON number of at most 64 bits.
pub(in crate::sample) fn whole(number: i128) -> Value {
    let signed = i64::try_from(number).map(Number::from);
    signed.or_else(|_| u64::try_from(number).map(Number::from)).map_or(Value::Null, Value::Number)
}

/// A finite number.
pub(super) fn double(random: &mut Random) -> Value {
    let edges = [0.0, -0.0, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 0.1, -1e-300, 1e21];
    float_of(random, &edges)
}

/// A number that is finite as a 32-bit float.
pub(super) fn float(random: &mut Random) -> Value {
    float_of(random, &[0.0, FLOAT_MAX, -FLOAT_MAX, f64::from(f32::MAX), f64::from(f32::MIN_POSITIVE), 1e-50, 0.1])
}

/// A number that is finite as a 16-bit float.
pub(super) fn half_float(random: &mut Random) -> Value {
    float_of(random, &[0.0, 65_504.0, -65_504.0, 65_519.99, -65_519.99, 0.1, 1e-10])
}

fn float_of(random: &mut Random, edges: &[f64]) -> Value {
    match random.below(6) {
        0 => json!(edges[random.below(edges.len())]),
        1 => whole(random.within(-60_000..=60_000)),
        2 => json!(random.fraction()),
        _ => json!((random.fraction() * 2_000_000.0).round() / 1_000.0 - 1_000.0),
    }
}
