//! Numbers as the numeric types compare them. Engines round a bound of an integer type to the next integer inside, and a
//! bound of a float type to the type.

use std::ops::Bound;

use super::Decimal;
use crate::field::FloatWidth;
use crate::resolved::Bounds;

/// Why a number cannot be compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutOfRange;

/// The integer that a number is; none for a number with a fraction, which no integer equals.
pub(crate) fn integer(number: Decimal, least: i128, most: i128) -> Result<Option<i128>, OutOfRange> {
    let (floor, has_fraction) = number.floor().ok_or(OutOfRange)?;
    if floor < least || floor > most {
        return Err(OutOfRange);
    }
    Ok((!has_fraction).then_some(floor))
}

/// The integers within bounds, both included; `Ok(None)` where there are none.
pub(crate) fn integers(
    lower: Bound<Decimal>,
    upper: Bound<Decimal>,
    least: i128,
    most: i128,
) -> Result<Option<Bounds<i128>>, OutOfRange> {
    let floor = |number: Decimal| {
        integer(number, least, most)?;
        number.floor().ok_or(OutOfRange)
    };
    let lower = match lower {
        Bound::Unbounded => None,
        Bound::Included(number) => Some(floor(number)?).map(|(floor, cut)| floor + i128::from(cut)),
        Bound::Excluded(number) => Some(floor(number)?.0 + 1),
    };
    let upper = match upper {
        Bound::Unbounded => None,
        Bound::Included(number) => Some(floor(number)?.0),
        Bound::Excluded(number) => Some(floor(number)?).map(|(floor, cut)| floor - i128::from(!cut)),
    };
    let lower_end = lower.unwrap_or(least);
    let upper_end = upper.unwrap_or(most);
    Ok((lower_end <= upper_end && lower_end <= most && upper_end >= least).then(|| Bounds::included(lower, upper)))
}

/// The float of that width nearest to `number`.
pub(crate) fn float(number: Decimal, width: FloatWidth) -> Result<f64, OutOfRange> {
    let value = number.to_f64();
    let rounded = match width {
        FloatWidth::Double => value,
        #[allow(clippy::cast_possible_truncation, reason = "rounding to the type is what is wanted")]
        FloatWidth::Single => f64::from(value as f32),
        FloatWidth::Half => half(value),
    };
    if rounded.is_finite() { Ok(rounded) } else { Err(OutOfRange) }
}

/// The nearest of the floats of 16 bits, ties to even; infinite from 65,520.
fn half(value: f64) -> f64 {
    let magnitude = value.abs();
    if magnitude >= 65_520.0 {
        return f64::INFINITY.copysign(value);
    }
    // Ten bits of fraction, and no finer than 2⁻²⁴.
    let exponent = if magnitude < 2f64.powi(-14) { -14 } else { exponent(magnitude) };
    let step = 2f64.powi(exponent - 10);
    (magnitude / step).round_ties_even() * step.copysign(value)
}

/// The exponent of a normal float.
fn exponent(magnitude: f64) -> i32 {
    let bits = (magnitude.to_bits() >> 52) & 0x7ff;
    i32::try_from(bits).expect("eleven bits are an i32") - 1023
}

/// A number as a scaled float is asked for it: as the nearest 64-bit float, multiplied exactly, and that as a float again.
pub(crate) fn scale(number: Decimal, factor: f64) -> Option<f64> {
    let scaled = Decimal::from_f64(number.to_f64())?.times(Decimal::from_f64(factor)?)?.to_f64();
    scaled.is_finite().then_some(scaled)
}
