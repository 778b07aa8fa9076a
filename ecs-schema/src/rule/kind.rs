//! What a field holds: the types of Elasticsearch and `OpenSearch`, grouped by what they accept. Knows no values.

use super::ObjectRule;
use crate::Timestamp;
use crate::timestamp::ParseError;

/// What a field holds, by what the engines accept for it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Kind {
    /// `keyword` that is indexed whole: a string of at most 32,766 UTF-8 bytes, Lucene's limit for one term, beyond
    /// which the engine refuses the document.
    Keyword,
    /// A string of any length: `text`, `match_only_text`, `wildcard`, `search_as_you_type`, `completion`, and a
    /// `keyword` that has `ignore_above` or is neither indexed nor has doc values.
    Text,
    /// `constant_keyword`: a string, and this one when the schema sets it.
    Constant(Option<&'static str>),
    /// `version`: a semantic version as [`Version`](crate::Version) reads it.
    Version,
    /// `long`: −2⁶³ to 2⁶³−1, also as a decimal string.
    Long,
    /// `integer`: −2³¹ to 2³¹−1.
    Integer,
    /// `short`: −32,768 to 32,767.
    Short,
    /// `byte`: −128 to 127.
    Byte,
    /// `unsigned_long`: 0 to 2⁶⁴−1, also as a decimal string.
    UnsignedLong,
    /// `double` and `scaled_float`: any finite number.
    Double,
    /// `float`: a number that rounds to a finite 32-bit float.
    Float,
    /// `half_float`: a number below 65,520 in magnitude, which is where rounding to 16 bits reaches infinity.
    HalfFloat,
    /// `boolean`: `true` or `false`; strings are refused.
    Boolean,
    /// `date`: see [`Timestamp`].
    Date(DateFormat),
    /// `date_nanos`: the same, from 1970 to 2262-04-11T23:47:16.854775807Z, what 63 bits of nanoseconds hold.
    DateNanos(DateFormat),
    /// `ip`: an IPv4 or IPv6 address, without zone and prefix length.
    Ip,
    /// `geo_point`: see [`GeoPoint`](crate::GeoPoint).
    GeoPoint,
    /// One of the range types: see [`Range`](crate::Range).
    Range(RangeKind),
    /// `binary`: see [`Binary`](crate::Binary).
    Binary,
    /// `flattened` or `flat_object`: see [`Flattened`](crate::Flattened); each leaf is one term and has its limit, with
    /// `ignore_above` too, which `OpenSearch` does not have for such fields.
    Flattened,
    /// An object with `enabled: false`: any JSON, also arrays, whether or not the field is `many`.
    Any,
    /// `object`: an object with these fields.
    Object(&'static ObjectRule),
    /// `nested`: an array of objects with these fields.
    Nested(&'static ObjectRule),
    /// `alias` of the field with this path; never written.
    Alias(&'static str),
}

impl Kind {
    /// `date` with the engines' default format.
    pub const DATE: Self = Self::Date(DateFormat::IsoOrMillis);
    /// `date_nanos` with the engines' default format.
    pub const DATE_NANOS: Self = Self::DateNanos(DateFormat::IsoOrMillis);
    /// `integer_range`.
    pub const INTEGER_RANGE: Self = Self::Range(RangeKind::Integer);
    /// `long_range`.
    pub const LONG_RANGE: Self = Self::Range(RangeKind::Long);
    /// `float_range`.
    pub const FLOAT_RANGE: Self = Self::Range(RangeKind::Float);
    /// `double_range`.
    pub const DOUBLE_RANGE: Self = Self::Range(RangeKind::Double);
    /// `date_range` with the engines' default format.
    pub const DATE_RANGE: Self = Self::Range(RangeKind::Date(DateFormat::IsoOrMillis));
    /// `ip_range`.
    pub const IP_RANGE: Self = Self::Range(RangeKind::Ip);

    /// What the field takes, as a violation names it: an article and a noun.
    #[must_use]
    pub const fn expected(self) -> &'static str {
        match self {
            Self::Keyword | Self::Text | Self::Constant(_) => "a string",
            Self::Version => "a version string",
            Self::Long | Self::Integer | Self::Short | Self::Byte | Self::UnsignedLong => "an integer",
            Self::Double | Self::Float | Self::HalfFloat => "a number",
            Self::Boolean => "a boolean",
            Self::Date(_) | Self::DateNanos(_) => "a date",
            Self::Ip => "an IP address string",
            Self::GeoPoint => "an object with `lat` and `lon`",
            Self::Range(_) => "an object with `gte`, `gt`, `lte` or `lt`",
            Self::Binary => "a base64 string",
            Self::Flattened | Self::Object(_) | Self::Nested(_) => "an object",
            Self::Any => "any value",
            Self::Alias(_) => "nothing",
        }
    }
}

/// What the two ends of a range are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RangeKind {
    /// `integer_range`, `Range<i32>`.
    Integer,
    /// `long_range`, `Range<i64>`.
    Long,
    /// `float_range`, `Range<f32>`.
    Float,
    /// `double_range`, `Range<f64>`.
    Double,
    /// `date_range`, `Range<Timestamp>`.
    Date(DateFormat),
    /// `ip_range`, `Range<IpAddr>`.
    Ip,
}

impl RangeKind {
    /// What one end of the range is.
    pub(crate) const fn end(self) -> Kind {
        match self {
            Self::Integer => Kind::Integer,
            Self::Long => Kind::Long,
            Self::Float => Kind::Float,
            Self::Double => Kind::Double,
            Self::Date(format) => Kind::Date(format),
            Self::Ip => Kind::Ip,
        }
    }
}

/// Which texts and numbers a date field takes: the mapping's `format`.
///
/// `strict_date_optional_time` and `strict_date_optional_time_nanos` differ only in how they print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum DateFormat {
    /// `strict_date_optional_time||epoch_millis`, the engines' default.
    #[default]
    IsoOrMillis,
    /// `strict_date_optional_time` alone.
    Iso,
    /// `strict_date_optional_time||epoch_second`.
    IsoOrSeconds,
    /// `epoch_millis` alone; written as an integer.
    Millis,
    /// `epoch_second` alone; written as an integer.
    Seconds,
}

/// Numbers that an engine may take for years where years are readable as well: a sign and four to ten digits. `OpenSearch`
/// takes all of them for years, and refuses those that are no moments (which, depends on the field's type); Elasticsearch
/// takes those with more than four digits for an epoch (measured on 3.8.0 and 8.19.21). The same event would have two dates.
const MAY_BE_YEARS: std::ops::RangeInclusive<i64> = -9_999_999_999..=-1_000;

impl DateFormat {
    /// The date that `text` stands for.
    pub(crate) fn parse_text(self, text: &str) -> Result<Timestamp, ParseError> {
        let (is_negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let is_iso = matches!(self, Self::Iso | Self::IsoOrMillis | Self::IsoOrSeconds);
        // Where years are readable as well, four digits are a year, fewer are neither, and with a sign up to ten are.
        let shortest = match (is_iso, is_negative) {
            (false, _) => 1,
            (true, false) => 5,
            (true, true) => 11,
        };
        if is_number && digits.len() >= shortest {
            return self.of_epoch(text.parse().map_err(|_| ParseError::OutOfRange)?);
        }
        if is_iso { crate::timestamp::parse_iso(text) } else { Err(ParseError::Malformed) }
    }

    /// The date that the integer `number` stands for.
    pub(crate) fn parse_number(self, number: i64) -> Result<Timestamp, ParseError> {
        let may_be_year = matches!(self, Self::IsoOrMillis | Self::IsoOrSeconds);
        if may_be_year && MAY_BE_YEARS.contains(&number) {
            return Err(ParseError::Malformed);
        }
        self.of_epoch(number)
    }

    fn of_epoch(self, number: i64) -> Result<Timestamp, ParseError> {
        let found = match self {
            Self::Iso => return Err(ParseError::Malformed),
            Self::IsoOrMillis | Self::Millis => Timestamp::from_unix_millis(number),
            Self::IsoOrSeconds | Self::Seconds => Timestamp::from_unix_nanos(i128::from(number) * 1_000_000_000),
        };
        found.map_err(|_| ParseError::OutOfRange)
    }
}
