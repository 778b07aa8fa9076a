//! A query after it has been checked: what every store executes.
//!
//! The tree says what is asked in terms of the mapping alone. Names are fields, with their types; values have the type of
//! their field, and bounds of discrete types are rounded and included; a nested group is one node, inside of which every leaf is a
//! field of the group's elements, so that it is decided within one element. [`crate::dsl`] prints it for an engine; an embedded store
//! executes it. The two mean the same documents.

use std::net::IpAddr;
use std::ops::Bound;
use std::sync::Arc;

use jiff::Timestamp;

use crate::field::Field;
use crate::value::{Decimal, Pattern, Version};

/// A condition on a document, or within [`Condition::Nested`] on one element.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Holds for everything.
    All,
    /// Holds for nothing.
    None,
    /// All of two or more hold.
    And(Vec<Condition>),
    /// At least one of two or more holds.
    Or(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// At least one element of the nested field fulfils all that is inside.
    Nested {
        /// The full path of the nested field.
        path: Arc<str>,
        /// The condition on the element. Fields are named by full paths.
        inner: Box<Condition>,
    },
    /// At least one of the fields has an indexed value. What `ignore_above` drops is not there.
    Exists {
        /// The path that was asked for: of the field, or of an object.
        path: Arc<str>,
        /// The field, or all fields below the object.
        fields: Vec<Arc<Field>>,
    },
    /// A value of the field equals.
    Term {
        /// The field; a normalizer of it applies to the value too.
        field: Arc<Field>,
        /// The value.
        value: Value,
    },
    /// A value of the field equals one of several.
    Terms {
        /// The field; a normalizer of it applies to the values too.
        field: Arc<Field>,
        /// The values, at least one.
        values: Vec<Value>,
    },
    /// A value of the field is within bounds.
    Range {
        /// The field; a normalizer of it applies to the bounds too.
        field: Arc<Field>,
        /// The bounds.
        bounds: Interval,
    },
    /// The field is of a range type, and one of its ranges has something in common with the bounds.
    Intersects {
        /// The field.
        field: Arc<Field>,
        /// The bounds.
        bounds: Interval,
    },
    /// A term matches a pattern: a value of an exact field, after its normalizer; or a term of a text field, whose analyzer's
    /// filters for single characters, such as lower case, apply to the pattern too.
    Pattern {
        /// The field.
        field: Arc<Field>,
        /// The pattern.
        pattern: Pattern,
    },
    /// The text field has at least one of the terms that its analyzer makes of `text`; a text of no terms matches nothing.
    Words {
        /// The field.
        field: Arc<Field>,
        /// The text.
        text: String,
    },
    /// The text field has the terms that its analyzer makes of `text`, one after the other; a text of no terms matches nothing.
    Phrase {
        /// The field.
        field: Arc<Field>,
        /// The text.
        text: String,
    },
    /// A text without a field: asked of all fields outside nested groups that can read it.
    AnyField {
        /// The text, and how it is read.
        text: FreeText,
        /// The same, spelt out by field.
        meaning: Box<Condition>,
    },
    /// A place of the field is in a box.
    GeoBox {
        /// The field, a `geo_point`.
        field: Arc<Field>,
        /// The box.
        within: GeoBox,
    },
}

/// A text that is asked of all fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FreeText {
    /// Exact fields equal the text; text fields have at least one of its words.
    Words(String),
    /// Exact fields equal the text; text fields have its words in a row.
    Phrase(String),
    /// At least one of the pieces matches.
    Pieces(Vec<Piece>),
}

/// A piece of a text with wildcards, between spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Words without a wildcard.
    Words(String),
    /// A word with wildcards; a lone wildcard is existence.
    Pattern(Pattern),
}

/// A value of a field's type.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Of exact terms, before the normalizer.
    Text(String),
    /// Of signed integers.
    Integer(i64),
    /// Of unsigned integers.
    Unsigned(u64),
    /// Of floats, rounded to the type.
    Float(f64),
    /// Of scaled floats.
    Scaled(Scaled),
    /// Of booleans.
    Boolean(bool),
    /// Of addresses.
    Ip(IpAddr),
    /// Of versions.
    Version(Version),
}

/// A number as it was written, and as the field's index has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scaled {
    /// As it was written.
    pub number: Decimal,
    /// Multiplied by the factor of the field, not rounded.
    pub scaled: f64,
}

/// Bounds of a field's type. Those of discrete types are included.
#[derive(Clone, Debug, PartialEq)]
pub enum Interval {
    /// Of exact terms, by code points, before the normalizer; of texts, by their terms.
    Text(Bounds<String>),
    /// Of signed integers.
    Integer(Bounds<i64>),
    /// Of unsigned integers.
    Unsigned(Bounds<u64>),
    /// Of floats, rounded to the type.
    Float(Bounds<f64>),
    /// Of scaled floats. [`Bounds::scaled_integers`] has the integers that the index compares.
    Scaled(Bounds<Scaled>),
    /// Of dates, rounded to the field's resolution.
    Date(Bounds<Timestamp>),
    /// Of addresses; those of IPv4 are compared in their IPv6 form.
    Ip(Bounds<IpAddr>),
    /// Of versions.
    Version(Bounds<Version>),
}

/// A lower and an upper bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds<T> {
    /// The lower one.
    pub lower: Bound<T>,
    /// The upper one.
    pub upper: Bound<T>,
}

impl<T> Bounds<T> {
    /// Bounds that are included, or open.
    pub(crate) fn included(lower: Option<T>, upper: Option<T>) -> Self {
        let bound = |end: Option<T>| end.map_or(Bound::Unbounded, Bound::Included);
        Self { lower: bound(lower), upper: bound(upper) }
    }

    /// The same bounds of other values.
    pub(crate) fn map<U>(self, mut convert: impl FnMut(T) -> U) -> Bounds<U> {
        Bounds { lower: self.lower.map(&mut convert), upper: self.upper.map(&mut convert) }
    }

    /// The same bounds of other values, where each can be converted.
    pub(crate) fn try_map<U, E>(self, mut convert: impl FnMut(T) -> Result<U, E>) -> Result<Bounds<U>, E> {
        let mut bound = |bound: Bound<T>| {
            Ok(match bound {
                Bound::Unbounded => Bound::Unbounded,
                Bound::Included(value) => Bound::Included(convert(value)?),
                Bound::Excluded(value) => Bound::Excluded(convert(value)?),
            })
        };
        Ok(Bounds { lower: bound(self.lower)?, upper: bound(self.upper)? })
    }
}

impl Bounds<Scaled> {
    /// The scaled integers within the bounds, as the engines compute them: the next above or below, included.
    #[must_use]
    pub fn scaled_integers(&self) -> Bounds<i64> {
        #[allow(clippy::cast_possible_truncation, reason = "beyond 64 bits is the end of the type")]
        let integer = |value: f64| value as i64;
        let lower = match &self.lower {
            Bound::Unbounded => None,
            Bound::Included(bound) => Some(integer(bound.scaled.ceil())),
            Bound::Excluded(bound) => Some(integer(bound.scaled.next_up().ceil())),
        };
        let upper = match &self.upper {
            Bound::Unbounded => None,
            Bound::Included(bound) => Some(integer(bound.scaled.floor())),
            Bound::Excluded(bound) => Some(integer(bound.scaled.next_down().floor())),
        };
        Bounds::included(lower, upper)
    }
}

/// A box on Earth, in degrees. Where `left` is above `right`, it crosses the date line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GeoBox {
    /// The highest latitude.
    pub top: f64,
    /// The westernmost longitude.
    pub left: f64,
    /// The lowest latitude.
    pub bottom: f64,
    /// The easternmost longitude.
    pub right: f64,
}
