//! What every Rust type of a field can do: be checked, be written, be read. Owns the trait and what is true of all
//! types; each type's own part is in a module below.

mod containers;
mod numbers;
mod texts;
mod values;

pub use texts::{check_string, text_of};

use serde::de::{self, MapAccess, SeqAccess};
use serde::ser::Serializer;

use crate::checker::Checker;
use crate::overlay::{Layer, Merge};
use crate::path::Path;
use crate::read;
use crate::rule::FieldRule;
use crate::scalar::Scalar;
use crate::violation::Found;

/// One value of a field, without the `Option` or `Vec` around it.
///
/// Implemented for the types of all kinds, for generated structs by [`impl_shape!`](crate::impl_shape), and for generated enums
/// by [`impl_allowed_enum!`](crate::impl_allowed_enum). Not meant to be implemented by hand.
pub trait Element: Sized {
    /// Reports what the value breaks; `rule` is its field's.
    fn check(&self, rule: &FieldRule, at: &Path<'_>, out: &mut Checker);

    /// Appends the canonical JSON.
    fn write(&self, rule: &FieldRule, out: &mut Vec<u8>);

    /// Checks the value and appends its canonical JSON, both with what an [`Overlay`](crate::Overlay) has for its inside.
    fn write_checked(&self, rule: &FieldRule, _layer: Layer<'_>, at: &Path<'_>, merge: &mut Merge<'_>) {
        self.check(rule, at, merge.checker);
        self.write(rule, merge.out);
    }

    /// Sets the field that is `rest` below this value, places in the tables; whether it could be set.
    fn set_inside(&mut self, _rest: &[usize], _scalar: Scalar<'_>) -> bool {
        false
    }

    /// Hands the same JSON to `serde`.
    ///
    /// # Errors
    /// When the serializer refuses it.
    fn serialize<S: Serializer>(&self, rule: &FieldRule, serializer: S) -> Result<S::Ok, S::Error>;

    /// The value that a scalar stands for, leniently.
    fn read_scalar(scalar: Scalar<'_>, rule: &FieldRule) -> Option<Self>;

    /// The value that an object stands for.
    ///
    /// # Errors
    /// When it stands for none, or the input is broken.
    fn read_map<'de, A: MapAccess<'de>>(_map: A, rule: &FieldRule, at: &Path<'_>) -> Result<Self, A::Error> {
        Err(unreadable(Found::Object, rule, at))
    }

    /// The value that an array stands for: by default that of its only element.
    ///
    /// # Errors
    /// When it stands for none, or the input is broken.
    fn read_seq<'de, A: SeqAccess<'de>>(seq: A, rule: &FieldRule, at: &Path<'_>) -> Result<Option<Self>, A::Error> {
        read::only_element(seq, rule, at)
    }

    /// A value that stands in a required field until it has been read.
    fn blank() -> Self;

    /// Whether the value is JSON's null, and so the same as no value.
    fn is_null(&self) -> bool {
        false
    }

    /// Whether the value can only be the placeholder of a required field; never for numbers, which have none to spare.
    fn is_blank(&self) -> bool {
        false
    }
}

/// What a struct's field can do: an [`Element`] when required, `Option` of one, or `Vec` of them.
pub trait FieldValue: Sized {
    /// Whether the type can be empty although its field is required.
    const IS_ALWAYS_OPTIONAL: bool = false;

    /// Whether the field is left out of the JSON.
    fn is_absent(&self) -> bool;

    /// Whether an [`Overlay`](crate::Overlay) may fill the field: it is absent, or has a placeholder.
    fn is_unset(&self) -> bool {
        self.is_absent()
    }

    /// As [`Element::write_checked`], of the present value.
    fn write_checked(&self, rule: &FieldRule, layer: Layer<'_>, at: &Path<'_>, merge: &mut Merge<'_>);

    /// Sets the field, or what is `rest` below it, places in the tables; whether it could be set.
    fn set(&mut self, rule: &FieldRule, rest: &[usize], scalar: Scalar<'_>) -> bool;

    /// Reports what the present value breaks.
    fn check(&self, rule: &FieldRule, at: &Path<'_>, out: &mut Checker);

    /// Appends the canonical JSON of the present value.
    fn write(&self, rule: &FieldRule, out: &mut Vec<u8>);

    /// Hands the same JSON to `serde`.
    ///
    /// # Errors
    /// When the serializer refuses it.
    fn serialize<S: Serializer>(&self, rule: &FieldRule, serializer: S) -> Result<S::Ok, S::Error>;

    /// Reads the field's value, leniently; nothing for null.
    ///
    /// # Errors
    /// When the value cannot be read, or the input is broken.
    fn read<'de, D: de::Deserializer<'de>>(
        rule: &FieldRule,
        at: &Path<'_>,
        deserializer: D,
    ) -> Result<Option<Self>, D::Error>;

    /// The value of a field that has not been read.
    fn blank() -> Self;
}

/// The error for a value that stands for none of the field's kind.
pub(crate) fn unreadable<E: de::Error>(found: impl std::fmt::Display, rule: &FieldRule, at: &Path<'_>) -> E {
    E::custom(format_args!("`{at}`: {found} cannot be read as {}", rule.kind.expected()))
}
