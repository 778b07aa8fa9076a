//! One scalar of JSON, and what each kind of field says to it. The single place for these rules: typed structs, JSON
//! text and JSON values are all checked here, and reading converts here.

use std::fmt;
use std::net::IpAddr;

use crate::rule::{DateFormat, FieldRule, Kind};
use crate::timestamp::ParseError;
use crate::violation::{Found, Offending, ViolationRule};
use crate::{Timestamp, binary, version};

/// Lucene's limit for one term (`IndexWriter.MAX_TERM_LENGTH`), in UTF-8 bytes.
pub(crate) const MAX_TERM: usize = 32_766;
/// −2⁶³ and 2⁶⁴: a float is an integer of 64 bits only between them, without both. −2⁶³ itself would be one, but a
/// parser hands over the integers just below it as the same float, and those no engine takes.
const INTEGERS: (f64, f64) = (-9_223_372_036_854_775_808.0, 18_446_744_073_709_551_616.0);
/// Where rounding to a half float reaches infinity.
const HALF_FLOAT_END: f32 = 65_520.0;

/// A scalar, as a JSON parser hands it over; null is not among them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar<'a> {
    /// A string.
    Text(&'a str),
    /// An integer that fits.
    Signed(i64),
    /// An integer that fits.
    Unsigned(u64),
    /// Any other number.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
}

impl fmt::Display for Scalar<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => text.fmt(out),
            Self::Signed(number) => number.fmt(out),
            Self::Unsigned(number) => number.fmt(out),
            Self::Float(number) => number.fmt(out),
            Self::Boolean(value) => value.fmt(out),
        }
    }
}

impl Offending for Scalar<'_> {
    fn kind(&self) -> Found {
        match self {
            Self::Text(text) => Found::String { bytes: text.len() },
            Self::Signed(_) | Self::Unsigned(_) | Self::Float(_) => Found::Number,
            Self::Boolean(_) => Found::Boolean,
        }
    }
}

impl Scalar<'_> {
    /// The integer that a number stands for: `3`, `3.0` and `3e0` are the same.
    #[expect(clippy::cast_possible_truncation, reason = "the float is whole and in range")]
    pub(crate) fn integer(self) -> Option<i128> {
        match self {
            Self::Signed(number) => Some(i128::from(number)),
            Self::Unsigned(number) => Some(i128::from(number)),
            Self::Float(number) if number.fract() == 0.0 && number > INTEGERS.0 && number < INTEGERS.1 => {
                Some(number as i128)
            }
            Self::Text(_) | Self::Float(_) | Self::Boolean(_) => None,
        }
    }

    /// Whether the scalar is a number without a fraction, of any size.
    fn is_whole(self) -> bool {
        match self {
            Self::Signed(_) | Self::Unsigned(_) => true,
            Self::Float(number) => number.fract() == 0.0,
            Self::Text(_) | Self::Boolean(_) => false,
        }
    }

    /// The number as a float.
    #[expect(clippy::cast_precision_loss, reason = "what a float field does with a large integer")]
    pub(crate) fn float(self) -> Option<f64> {
        match self {
            Self::Signed(number) => Some(number as f64),
            Self::Unsigned(number) => Some(number as f64),
            Self::Float(number) => Some(number),
            Self::Text(_) | Self::Boolean(_) => None,
        }
    }
}

/// A scalar that a field takes, in a form that the ends of a range can be compared in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Accepted {
    /// A kind whose values have no order here.
    Unordered,
    Integer(i128),
    Float(f64),
    Date(Timestamp),
    /// The address as 128 bits, IPv4 mapped into IPv6, which is how engines compare them.
    Ip(u128),
}

/// What `rule` says to one scalar.
pub(crate) fn check_scalar(rule: &FieldRule, scalar: Scalar<'_>) -> Result<Accepted, ViolationRule> {
    match (rule.kind, scalar) {
        (Kind::Keyword | Kind::Text | Kind::Constant(_) | Kind::Version | Kind::Binary, Scalar::Text(text)) => {
            check_text(rule, text).map(|()| Accepted::Unordered)
        }
        (Kind::Long | Kind::Integer | Kind::Short | Kind::Byte | Kind::UnsignedLong, _) => check_integer(rule, scalar),
        (Kind::Double | Kind::Float | Kind::HalfFloat, _) => check_float(rule.kind, scalar),
        (Kind::Boolean, Scalar::Boolean(_)) | (Kind::Any, _) => Ok(Accepted::Unordered),
        (Kind::Date(format), _) => parse_date(format, scalar).map(Accepted::Date),
        (Kind::DateNanos(format), _) => {
            let moment = parse_date(format, scalar)?;
            if let Scalar::Text(text) = scalar
                && has_time_without_seconds(text)
            {
                return Err(ViolationRule::InvalidDate);
            }
            check_date_nanos(moment).map(|()| Accepted::Date(moment))
        }
        (Kind::Ip, Scalar::Text(text)) => {
            text.parse().map(|ip| Accepted::Ip(ip_bits(ip))).map_err(|_| ViolationRule::InvalidIp)
        }
        (Kind::Alias(target), _) => Err(ViolationRule::Alias { target }),
        (kind, _) => Err(ViolationRule::WrongType { expected: kind.expected() }),
    }
}

/// What `rule` says to a string, when it takes strings.
pub(crate) fn check_text(rule: &FieldRule, text: &str) -> Result<(), ViolationRule> {
    match rule.kind {
        Kind::Keyword if text.len() > MAX_TERM => {
            return Err(ViolationRule::TooLong { bytes: text.len(), limit: MAX_TERM });
        }
        Kind::Constant(Some(value)) if text != value => {
            return Err(ViolationRule::NotConstant { value });
        }
        Kind::Version if !version::is_version(text) => return Err(ViolationRule::InvalidVersion),
        Kind::Binary if !binary::is_base64(text) => return Err(ViolationRule::InvalidBinary),
        _ => {}
    }
    match rule.allowed {
        Some(allowed) if allowed.position(text).is_none() => {
            return Err(ViolationRule::NotAllowed { allowed: allowed.values() });
        }
        _ => {}
    }
    match rule.pattern {
        Some(pattern) if !pattern.is_match(text) => Err(ViolationRule::PatternMismatch { pattern: pattern.text() }),
        _ => Ok(()),
    }
}

fn check_integer(rule: &FieldRule, scalar: Scalar<'_>) -> Result<Accepted, ViolationRule> {
    let (low, high, expected) = integer_range(rule.kind);
    let out_of_range = ViolationRule::OutOfRange { expected };
    let number = match scalar {
        Scalar::Text(text) if rule.takes_numeric_strings && matches!(rule.kind, Kind::Long | Kind::UnsignedLong) => {
            if !is_canonical_decimal(text) {
                return Err(ViolationRule::WrongType { expected: "an integer" });
            }
            // Only a number beyond 128 bits does not parse.
            text.parse().ok()
        }
        _ if scalar.is_whole() => scalar.integer(),
        _ => {
            return Err(ViolationRule::WrongType { expected: "an integer" });
        }
    };
    number.filter(|number| (low..=high).contains(number)).map(Accepted::Integer).ok_or(out_of_range)
}

/// The least and the greatest number of an integer kind, and both in words.
const fn integer_range(kind: Kind) -> (i128, i128, &'static str) {
    match kind {
        Kind::Byte => (i8::MIN as i128, i8::MAX as i128, "an integer from -128 to 127"),
        Kind::Short => (i16::MIN as i128, i16::MAX as i128, "an integer from -32768 to 32767"),
        Kind::Integer => (i32::MIN as i128, i32::MAX as i128, "an integer from -2147483648 to 2147483647"),
        Kind::UnsignedLong => (0, u64::MAX as i128, "an integer from 0 to 18446744073709551615"),
        _ => (i64::MIN as i128, i64::MAX as i128, "an integer from -9223372036854775808 to 9223372036854775807"),
    }
}

/// `-?(0|[1-9][0-9]*)`, and not `-0`.
fn is_canonical_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    match digits.as_bytes() {
        [b'0'] => digits.len() == text.len(),
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "whether rounding reaches infinity is the question")]
fn check_float(kind: Kind, scalar: Scalar<'_>) -> Result<Accepted, ViolationRule> {
    let number = scalar.float().ok_or(ViolationRule::WrongType { expected: "a number" })?;
    match kind {
        Kind::Double if !number.is_finite() => Err(ViolationRule::OutOfRange { expected: "a finite number" }),
        Kind::Double => Ok(Accepted::Float(number)),
        // As the engine does, a half float is first rounded to a float.
        _ => check_f32(kind, number as f32).map(|()| Accepted::Float(f64::from(number as f32))),
    }
}

/// What `float` and `half_float` say to a number.
pub(crate) fn check_f32(kind: Kind, number: f32) -> Result<(), ViolationRule> {
    match kind {
        Kind::HalfFloat if number.abs() >= HALF_FLOAT_END || number.is_nan() => {
            Err(ViolationRule::OutOfRange { expected: "a number between -65520 and 65520" })
        }
        _ if !number.is_finite() => {
            Err(ViolationRule::OutOfRange { expected: "a number that a 32-bit float can hold" })
        }
        _ => Ok(()),
    }
}

/// The date that a scalar stands for.
pub(crate) fn parse_date(format: DateFormat, scalar: Scalar<'_>) -> Result<Timestamp, ViolationRule> {
    let parsed = match scalar {
        Scalar::Text(text) => format.parse_text(text),
        Scalar::Boolean(_) => return Err(ViolationRule::WrongType { expected: "a date" }),
        _ if !scalar.is_whole() => return Err(ViolationRule::WrongType { expected: "a date" }),
        _ => match scalar.integer().and_then(|number| i64::try_from(number).ok()) {
            Some(number) => format.parse_number(number),
            None => Err(ParseError::OutOfRange),
        },
    };
    parsed.map_err(|error| match error {
        ParseError::Malformed => ViolationRule::InvalidDate,
        ParseError::OutOfRange => ViolationRule::OutOfRange { expected: "a date between the years 0000 and 9999" },
    })
}

/// Whether a text that is a date has a time that ends before the seconds: `strict_date_optional_time_nanos`, the default
/// format of `date_nanos` on Elasticsearch, takes a time whole or not at all.
fn has_time_without_seconds(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.contains(&b'T') && (bytes.get(13) != Some(&b':') || bytes.get(16) != Some(&b':'))
}

/// What `date_nanos` says to a date.
pub(crate) fn check_date_nanos(moment: Timestamp) -> Result<(), ViolationRule> {
    if moment.is_date_nanos() {
        Ok(())
    } else {
        Err(ViolationRule::OutOfRange { expected: "a date from 1970 to 2262-04-11T23:47:16.854775807Z" })
    }
}

/// An address as engines compare them.
pub(crate) fn ip_bits(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().to_bits(),
        IpAddr::V6(ip) => ip.to_bits(),
    }
}
