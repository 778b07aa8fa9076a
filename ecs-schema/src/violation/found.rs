//! What an offending value is, apart from what it says: its kind and its length, which may be told to anybody.

use std::fmt;

/// The kind of an offending value, and the length of a string. Shown as `a string of 6 bytes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// There is no value, or it is of no account.
    Nothing,
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A string, or a value that is written as one.
    String {
        /// Its length in UTF-8 bytes.
        bytes: usize,
    },
    /// An array.
    Array,
    /// An object.
    Object,
}

impl fmt::Display for Found {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => Ok(()),
            Self::Null => out.write_str("null"),
            Self::Boolean => out.write_str("a boolean"),
            Self::Number => out.write_str("a number"),
            Self::String { bytes: 1 } => out.write_str("a string of 1 byte"),
            Self::String { bytes } => write!(out, "a string of {bytes} bytes"),
            Self::Array => out.write_str("an array"),
            Self::Object => out.write_str("an object"),
        }
    }
}

/// A value that can break a rule. What it displays is the value.
pub(crate) trait Offending: fmt::Display {
    fn kind(&self) -> Found;
}

/// Of these, the kind says all.
impl Offending for Found {
    fn kind(&self) -> Found {
        *self
    }
}

impl Offending for &str {
    fn kind(&self) -> Found {
        Found::String { bytes: self.len() }
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {
        $(impl Offending for $number {
            fn kind(&self) -> Found {
                Found::Number
            }
        })*
    };
}

numbers!(&i8, &i16, &i32, &i64, &u64, &f32, &f64, f64);
