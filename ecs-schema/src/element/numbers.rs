//! Integers, floats and booleans.

use serde::ser::Serializer;

use super::Element;
use crate::checker::Checker;
use crate::path::Path;
use crate::rule::FieldRule;
use crate::scalar::{Scalar, check_f32, check_scalar};
use crate::write;

macro_rules! integers {
    ($($type:ty => $serialize:ident),*) => {
        $(impl Element for $type {
            // The type holds nothing that its kind refuses.
            fn check(&self, _rule: &FieldRule, _at: &Path<'_>, _out: &mut Checker) {}

            fn write(&self, _rule: &FieldRule, out: &mut Vec<u8>) {
                out.extend_from_slice(itoa::Buffer::new().format(*self).as_bytes());
            }

            fn serialize<S: Serializer>(&self, _rule: &FieldRule, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.$serialize(*self)
            }

            fn read_scalar(scalar: Scalar<'_>, _rule: &FieldRule) -> Option<Self> {
                match scalar {
                    Scalar::Text(text) => text.parse().ok(),
                    _ => Self::try_from(scalar.integer()?).ok(),
                }
            }

            fn blank() -> Self {
                0
            }
        })*
    };
}

integers!(
    i8 => serialize_i8, i16 => serialize_i16, i32 => serialize_i32, i64 => serialize_i64, u64 => serialize_u64
);

impl Element for f64 {
    fn check(&self, rule: &FieldRule, at: &Path<'_>, out: &mut Checker) {
        if let Err(broken) = check_scalar(rule, Scalar::Float(*self)) {
            out.report(at, broken, self);
        }
    }

    fn write(&self, _rule: &FieldRule, out: &mut Vec<u8>) {
        write::json(self, out);
    }

    fn serialize<S: Serializer>(&self, _rule: &FieldRule, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(*self)
    }

    fn read_scalar(scalar: Scalar<'_>, _rule: &FieldRule) -> Option<Self> {
        match scalar {
            Scalar::Text(text) => text.parse().ok(),
            _ => scalar.float(),
        }
        .filter(|number: &Self| number.is_finite())
    }

    fn blank() -> Self {
        0.0
    }
}

impl Element for f32 {
    fn check(&self, rule: &FieldRule, at: &Path<'_>, out: &mut Checker) {
        if let Err(broken) = check_f32(rule.kind, *self) {
            out.report(at, broken, self);
        }
    }

    fn write(&self, _rule: &FieldRule, out: &mut Vec<u8>) {
        write::json(self, out);
    }

    fn serialize<S: Serializer>(&self, _rule: &FieldRule, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f32(*self)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the field holds 32 bits")]
    fn read_scalar(scalar: Scalar<'_>, rule: &FieldRule) -> Option<Self> {
        f64::read_scalar(scalar, rule).map(|number| number as Self).filter(|number| number.is_finite())
    }

    fn blank() -> Self {
        0.0
    }
}

impl Element for bool {
    fn check(&self, _rule: &FieldRule, _at: &Path<'_>, _out: &mut Checker) {}

    fn write(&self, _rule: &FieldRule, out: &mut Vec<u8>) {
        out.extend_from_slice(if *self { b"true" } else { b"false" });
    }

    fn serialize<S: Serializer>(&self, _rule: &FieldRule, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(*self)
    }

    fn read_scalar(scalar: Scalar<'_>, _rule: &FieldRule) -> Option<Self> {
        match scalar {
            Scalar::Boolean(value) => Some(value),
            // What the engines take besides, and so may have stored.
            Scalar::Text("true") => Some(true),
            Scalar::Text("false" | "") => Some(false),
            _ => None,
        }
    }

    fn blank() -> Self {
        false
    }
}
