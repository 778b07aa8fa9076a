//! Exact decimal numbers.

use std::fmt;
use std::str::FromStr;

/// Powers of ten beyond this are out of every type's range, or nothing.
const MAX_EXPONENT: i32 = 400;

/// A decimal number exactly as it was written: `mantissa × 10^exponent`, without trailing zeros in the mantissa.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    mantissa: i128,
    exponent: i32,
}

/// A text that is not a decimal number of at most 38 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number")]
pub struct DecimalError;

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        parse(text).ok_or(DecimalError)
    }
}

fn parse(text: &str) -> Option<Decimal> {
    let (number, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
        None => (text, 0),
    };
    let unsigned = number.strip_prefix(['+', '-']).unwrap_or(number);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let mut mantissa: i128 = 0;
    for digit in whole.bytes().chain(fraction.bytes()) {
        mantissa = mantissa.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
    }
    mantissa = if number.starts_with('-') { -mantissa } else { mantissa };
    let exponent = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    (exponent.abs() <= MAX_EXPONENT).then(|| Decimal { mantissa, exponent }.normalized())
}

impl Decimal {
    fn normalized(mut self) -> Self {
        if self.mantissa == 0 {
            return Self { mantissa: 0, exponent: 0 };
        }
        while self.mantissa % 10 == 0 {
            self.mantissa /= 10;
            self.exponent += 1;
        }
        self
    }

    /// The nearest 64-bit float, infinite beyond its range.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        format!("{}e{}", self.mantissa, self.exponent).parse().expect("digits, `e` and a number are a float")
    }

    /// The number as an integer, and whether a fraction was cut off towards negative infinity; none beyond 128 bits.
    pub(crate) fn floor(self) -> Option<(i128, bool)> {
        if self.exponent >= 0 {
            let power = 10_i128.checked_pow(self.exponent.unsigned_abs())?;
            return Some((self.mantissa.checked_mul(power)?, false));
        }
        let Some(power) = 10_i128.checked_pow(self.exponent.unsigned_abs()) else {
            return Some((if self.mantissa < 0 { -1 } else { 0 }, true));
        };
        let remainder = self.mantissa.rem_euclid(power);
        Some((self.mantissa.div_euclid(power), remainder != 0))
    }

    /// The product, where it has at most 38 digits.
    pub(crate) fn times(self, other: Self) -> Option<Self> {
        let mantissa = self.mantissa.checked_mul(other.mantissa)?;
        Some(Self { mantissa, exponent: self.exponent + other.exponent }.normalized())
    }

    /// The shortest decimal that reads back as `value`; none where that is not finite.
    pub(crate) fn from_f64(value: f64) -> Option<Self> {
        format!("{value:e}").parse().ok()
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.exponent == 0 {
            write!(out, "{}", self.mantissa)
        } else {
            write!(out, "{}e{}", self.mantissa, self.exponent)
        }
    }
}
