//! The kinds that are strings in JSON: strings, versions, base64, dates and addresses.

use std::net::{IpAddr, Ipv4Addr};

use serde::ser::Serializer;

use super::Element;
use crate::checker::Checker;
use crate::path::Path;
use crate::rule::{DateFormat, FieldRule, Kind};
use crate::scalar::{Scalar, check_date_nanos, check_text, parse_date};
use crate::violation::{Found, Offending};
use crate::{Binary, Timestamp, Version, write};

impl Element for String {
    #[inline]
    fn check(&self, rule: &FieldRule, at: &Path<'_>, out: &mut Checker) {
        if !rule.takes_any_text(self.len()) {
            check_string(self, rule, at, out);
        }
    }

    fn write(&self, _rule: &FieldRule, out: &mut Vec<u8>) {
        write::string(self, out);
    }

    fn serialize<S: Serializer>(&self, _rule: &FieldRule, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }

    fn read_scalar(scalar: Scalar<'_>, _rule: &FieldRule) -> Option<Self> {
        Some(text_of(scalar))
    }

    fn blank() -> Self {
        Self::new()
    }

    fn is_blank(&self) -> bool {
        self.is_empty()
    }
}

/// Checks a string, and remembers it when it is an event's category or type.
pub fn check_string(text: &str, rule: &FieldRule, at: &Path<'_>, out: &mut Checker) {
    out.capture(rule, text);
    if let Err(broken) = check_text(rule, text) {
        out.report(at, broken, text);
    }
}

/// The text of a string, and the JSON text of any other scalar.
#[must_use]
pub fn text_of(scalar: Scalar<'_>) -> String {
    match scalar {
        Scalar::Float(number) => serde_json::Value::from(number).to_string(),
        _ => scalar.to_string(),
    }
}

macro_rules! checked_texts {
    ($($type:ty, $parse:path, $blank:expr;)*) => {
        $(impl Element for $type {
            fn check(&self, rule: &FieldRule, at: &Path<'_>, out: &mut Checker) {
                check_string(self.as_str(), rule, at, out);
            }

            fn write(&self, _rule: &FieldRule, out: &mut Vec<u8>) {
                write::string(self.as_str(), out);
            }

            fn serialize<S: Serializer>(&self, _rule: &FieldRule, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }

            fn read_scalar(scalar: Scalar<'_>, _rule: &FieldRule) -> Option<Self> {
                $parse(text_of(scalar)).ok()
            }

            fn blank() -> Self {
                $blank
            }

            fn is_blank(&self) -> bool {
                self.as_str().is_empty()
            }
        })*
    };
}

checked_texts! {
    Version, Version::new, Version::blank();
    Binary, Binary::from_base64, Binary::default();
}

impl Element for IpAddr {
    fn check(&self, _rule: &FieldRule, _at: &Path<'_>, _out: &mut Checker) {}

    fn write(&self, _rule: &FieldRule, out: &mut Vec<u8>) {
        write::quoted(self, out);
    }

    fn serialize<S: Serializer>(&self, _rule: &FieldRule, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }

    fn read_scalar(scalar: Scalar<'_>, _rule: &FieldRule) -> Option<Self> {
        match scalar {
            Scalar::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    fn blank() -> Self {
        Self::V4(Ipv4Addr::UNSPECIFIED)
    }
}

impl Offending for &Timestamp {
    fn kind(&self) -> Found {
        Found::String { bytes: self.to_string().len() }
    }
}

impl Element for Timestamp {
    fn check(&self, rule: &FieldRule, at: &Path<'_>, out: &mut Checker) {
        if !matches!(rule.kind, Kind::DateNanos(_)) {
            return;
        }
        if let Err(broken) = check_date_nanos(*self) {
            out.report(at, broken, self);
        }
    }

    fn write(&self, rule: &FieldRule, out: &mut Vec<u8>) {
        match epoch_number(*self, rule) {
            Some(number) => number.write(rule, out),
            None => self.write_quoted(out),
        }
    }

    fn serialize<S: Serializer>(&self, rule: &FieldRule, serializer: S) -> Result<S::Ok, S::Error> {
        match epoch_number(*self, rule) {
            Some(number) => serializer.serialize_i64(number),
            None => serializer.collect_str(self),
        }
    }

    fn read_scalar(scalar: Scalar<'_>, rule: &FieldRule) -> Option<Self> {
        let format = date_format(rule.kind);
        // A stored document may be older than the field's format.
        [format, DateFormat::IsoOrMillis].into_iter().find_map(|format| parse_date(format, scalar).ok())
    }

    fn blank() -> Self {
        Self::UNSET
    }

    fn is_blank(&self) -> bool {
        *self == Self::UNSET
    }
}

/// The number that stands for a date in a field whose format has no text form.
fn epoch_number(moment: Timestamp, rule: &FieldRule) -> Option<i64> {
    match date_format(rule.kind) {
        DateFormat::Millis => Some(moment.unix_millis()),
        DateFormat::Seconds => Some(moment.unix_seconds()),
        _ => None,
    }
}

fn date_format(kind: Kind) -> DateFormat {
    match kind {
        Kind::Date(format) | Kind::DateNanos(format) => format,
        _ => DateFormat::IsoOrMillis,
    }
}
