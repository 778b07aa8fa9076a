//! `Option`, `Vec`, `Box` and the bare type, as fields.

use serde::de::{Deserializer, MapAccess, SeqAccess};
use serde::ser::{Serialize, SerializeSeq, Serializer};

use super::{Element, FieldValue};
use crate::checker::Checker;
use crate::overlay::{Layer, Merge};
use crate::path::Path;
use crate::read;
use crate::rule::FieldRule;
use crate::scalar::Scalar;

impl<T: Element> FieldValue for T {
    fn is_absent(&self) -> bool {
        self.is_null()
    }

    fn is_unset(&self) -> bool {
        self.is_null() || self.is_blank()
    }

    #[inline]
    fn write_checked(&self, rule: &FieldRule, layer: Layer<'_>, at: &Path<'_>, merge: &mut Merge<'_>) {
        Element::write_checked(self, rule, layer, at, merge);
    }

    fn set(&mut self, rule: &FieldRule, rest: &[usize], scalar: Scalar<'_>) -> bool {
        if !rest.is_empty() {
            return self.set_inside(rest, scalar);
        }
        let Some(value) = Self::read_scalar(scalar, rule) else { return false };
        *self = value;
        true
    }

    fn check(&self, rule: &FieldRule, at: &Path<'_>, out: &mut Checker) {
        Element::check(self, rule, at, out);
    }

    fn write(&self, rule: &FieldRule, out: &mut Vec<u8>) {
        Element::write(self, rule, out);
    }

    fn serialize<S: Serializer>(&self, rule: &FieldRule, serializer: S) -> Result<S::Ok, S::Error> {
        Element::serialize(self, rule, serializer)
    }

    fn read<'de, D: Deserializer<'de>>(rule: &FieldRule, at: &Path<'_>, from: D) -> Result<Option<Self>, D::Error> {
        read::read_one(rule, at, from)
    }

    fn blank() -> Self {
        <T as Element>::blank()
    }
}

impl<T: Element> FieldValue for Option<T> {
    const IS_ALWAYS_OPTIONAL: bool = true;

    fn is_absent(&self) -> bool {
        self.as_ref().is_none_or(Element::is_null)
    }

    #[inline]
    fn write_checked(&self, rule: &FieldRule, layer: Layer<'_>, at: &Path<'_>, merge: &mut Merge<'_>) {
        if let Some(value) = self {
            value.write_checked(rule, layer, at, merge);
        }
    }

    fn set(&mut self, rule: &FieldRule, rest: &[usize], scalar: Scalar<'_>) -> bool {
        if rest.is_empty() {
            *self = T::read_scalar(scalar, rule);
            self.is_some()
        } else {
            self.get_or_insert_with(T::blank).set_inside(rest, scalar)
        }
    }

    fn check(&self, rule: &FieldRule, at: &Path<'_>, out: &mut Checker) {
        if let Some(value) = self {
            value.check(rule, at, out);
        }
    }

    fn write(&self, rule: &FieldRule, out: &mut Vec<u8>) {
        if let Some(value) = self {
            value.write(rule, out);
        }
    }

    fn serialize<S: Serializer>(&self, rule: &FieldRule, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(value) => value.serialize(rule, serializer),
            None => serializer.serialize_none(),
        }
    }

    fn read<'de, D: Deserializer<'de>>(rule: &FieldRule, at: &Path<'_>, from: D) -> Result<Option<Self>, D::Error> {
        Ok(read::read_one(rule, at, from)?.map(Some))
    }

    fn blank() -> Self {
        None
    }
}

impl<T: Element> FieldValue for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn write_checked(&self, rule: &FieldRule, _layer: Layer<'_>, at: &Path<'_>, merge: &mut Merge<'_>) {
        let start = merge.out.len();
        for (place, value) in self.iter().enumerate() {
            merge.out.push(b',');
            value.write_checked(rule, Layer::default(), &at.element(place), merge);
        }
        crate::write::open(merge.out, start, b'[');
        merge.out.push(b']');
    }

    fn set(&mut self, _rule: &FieldRule, _rest: &[usize], _scalar: Scalar<'_>) -> bool {
        false
    }

    fn check(&self, rule: &FieldRule, at: &Path<'_>, out: &mut Checker) {
        for (place, value) in self.iter().enumerate() {
            value.check(rule, &at.element(place), out);
        }
    }

    fn write(&self, rule: &FieldRule, out: &mut Vec<u8>) {
        let start = out.len();
        for value in self {
            out.push(b',');
            value.write(rule, out);
        }
        crate::write::open(out, start, b'[');
        out.push(b']');
    }

    fn serialize<S: Serializer>(&self, rule: &FieldRule, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.len()))?;
        for value in self {
            seq.serialize_element(&WithRule { value, rule })?;
        }
        seq.end()
    }

    fn read<'de, D: Deserializer<'de>>(rule: &FieldRule, at: &Path<'_>, from: D) -> Result<Option<Self>, D::Error> {
        read::read_many(rule, at, from)
    }

    fn blank() -> Self {
        Self::new()
    }
}

impl<T: Element> Element for Box<T> {
    #[inline]
    fn write_checked(&self, rule: &FieldRule, layer: Layer<'_>, at: &Path<'_>, merge: &mut Merge<'_>) {
        T::write_checked(self, rule, layer, at, merge);
    }

    fn set_inside(&mut self, rest: &[usize], scalar: Scalar<'_>) -> bool {
        T::set_inside(self, rest, scalar)
    }

    fn is_blank(&self) -> bool {
        T::is_blank(self)
    }

    fn check(&self, rule: &FieldRule, at: &Path<'_>, out: &mut Checker) {
        T::check(self, rule, at, out);
    }

    fn write(&self, rule: &FieldRule, out: &mut Vec<u8>) {
        T::write(self, rule, out);
    }

    fn serialize<S: Serializer>(&self, rule: &FieldRule, serializer: S) -> Result<S::Ok, S::Error> {
        T::serialize(self, rule, serializer)
    }

    fn read_scalar(scalar: Scalar<'_>, rule: &FieldRule) -> Option<Self> {
        T::read_scalar(scalar, rule).map(Self::new)
    }

    fn read_map<'de, A: MapAccess<'de>>(map: A, rule: &FieldRule, at: &Path<'_>) -> Result<Self, A::Error> {
        T::read_map(map, rule, at).map(Self::new)
    }

    fn read_seq<'de, A: SeqAccess<'de>>(seq: A, rule: &FieldRule, at: &Path<'_>) -> Result<Option<Self>, A::Error> {
        Ok(T::read_seq(seq, rule, at)?.map(Self::new))
    }

    fn blank() -> Self {
        Self::new(T::blank())
    }

    fn is_null(&self) -> bool {
        T::is_null(self)
    }
}

/// One element of an array on its way to `serde`.
struct WithRule<'a, T> {
    value: &'a T,
    rule: &'a FieldRule,
}

impl<T: Element> Serialize for WithRule<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(self.rule, serializer)
    }
}
