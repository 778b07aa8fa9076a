//! Lenient reading: what was stored once loads, also when it was written by a newer release or by hand. Owns the
//! leniency that is the same for all kinds; what a scalar stands for is each type's business. Errors name the path.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::element::{Element, FieldValue, unreadable};
use crate::path::Path;
use crate::rule::{FieldRule, Kind, ObjectRule};
use crate::scalar::Scalar;
use crate::seen_fields::SeenFields;
use crate::shape::Shape;
use crate::violation::{Found, Offending};

/// Reads a struct that stands on its own.
pub(crate) fn read_shape<'de, T: Element, D: Deserializer<'de>>(
    rules: &'static ObjectRule,
    from: D,
) -> Result<T, D::Error> {
    let rule = FieldRule::nameless(Kind::Object(rules));
    read_one(&rule, &Path::ROOT, from)?.ok_or_else(|| de::Error::custom("null is no object"))
}

/// Reads a value of one kind that stands on its own.
pub(crate) fn read_alone<'de, T: Element, D: Deserializer<'de>>(kind: Kind, from: D) -> Result<T, D::Error> {
    let rule = FieldRule::nameless(kind);
    read_one(&rule, &Path::ROOT, from)?.ok_or_else(|| unreadable(Found::Null, &rule, &Path::ROOT))
}

/// Reads one value; nothing for null and for an empty array.
pub(crate) fn read_one<'de, T: Element, D: Deserializer<'de>>(
    rule: &FieldRule,
    at: &Path<'_>,
    from: D,
) -> Result<Option<T>, D::Error> {
    OneSeed::new(rule, at).deserialize(from)
}

/// Reads the values of an array, or one value as an array of one; nothing for null.
pub(crate) fn read_many<'de, T: Element, D: Deserializer<'de>>(
    rule: &FieldRule,
    at: &Path<'_>,
    from: D,
) -> Result<Option<Vec<T>>, D::Error> {
    let values = from.deserialize_any(ManyVisitor { rule, at, kind: PhantomData })?;
    Ok(Some(values).filter(|values| !values.is_empty()))
}

/// Reads an array of one as its element.
pub(crate) fn only_element<'de, T: Element, A: SeqAccess<'de>>(
    mut seq: A,
    rule: &FieldRule,
    at: &Path<'_>,
) -> Result<Option<T>, A::Error> {
    let first = seq.next_element_seed(OneSeed::new(rule, at))?;
    if seq.next_element::<IgnoredAny>()?.is_some() {
        return Err(unreadable("an array of several values", rule, at));
    }
    Ok(first.flatten())
}

/// Reads the fields of an object; unknown ones are skipped.
pub(crate) fn read_object<'de, T: Shape, A: MapAccess<'de>>(mut map: A, at: &Path<'_>) -> Result<T, A::Error> {
    let rules = T::rules();
    let mut shape = T::blank();
    let mut seen = SeenFields::default();
    while let Some(index) = map.next_key_seed(NameSeed { rules })? {
        let Some(index) = index else {
            map.next_value::<IgnoredAny>()?;
            continue;
        };
        let reader = FieldReader { map: &mut map, rule: &rules.fields[index], at };
        if shape.read_field(index, reader)? {
            seen.insert(index);
        }
    }
    for (index, rule) in rules.fields.iter().enumerate() {
        if rule.is_required && !seen.contains(index) {
            return Err(de::Error::custom(format_args!("`{}`: is missing", at.field(rule.name))));
        }
    }
    Ok(shape)
}

/// The value of one field, waiting to be read into its place; what [`Shape::read_field`] is given.
pub struct FieldReader<'a, A> {
    map: &'a mut A,
    rule: &'static FieldRule,
    at: &'a Path<'a>,
}

impl<'de, A: MapAccess<'de>> FieldReader<'_, A> {
    /// Reads the value into `slot`; whether there was one, which null and an empty array are not.
    ///
    /// # Errors
    /// When the value cannot be read, or the input is broken.
    pub fn read<T: FieldValue>(self, slot: &mut T) -> Result<bool, A::Error> {
        let at = self.at.field(self.rule.name);
        match self.map.next_value_seed(FieldSeed { rule: self.rule, at: &at, kind: PhantomData })? {
            Some(value) => {
                *slot = value;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Skips the value, of a field that the struct does not have.
    ///
    /// # Errors
    /// When the input is broken.
    pub fn skip(self) -> Result<bool, A::Error> {
        self.map.next_value::<IgnoredAny>().map(|_| false)
    }
}

impl<A> fmt::Debug for FieldReader<'_, A> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "FieldReader({})", self.at.field(self.rule.name))
    }
}

/// Reads a field's name as its place in the table, without keeping it.
pub(crate) struct NameSeed {
    pub(crate) rules: &'static ObjectRule,
}

impl<'de> DeserializeSeed<'de> for NameSeed {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_identifier(self)
    }
}

impl Visitor<'_> for NameSeed {
    type Value = Option<usize>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a field name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.rules.position(name))
    }
}

struct FieldSeed<'a, T> {
    rule: &'a FieldRule,
    at: &'a Path<'a>,
    kind: PhantomData<T>,
}

impl<'de, T: FieldValue> DeserializeSeed<'de> for FieldSeed<'_, T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        T::read(self.rule, self.at, from)
    }
}

/// Reads one value.
pub(crate) struct OneSeed<'a, T> {
    rule: &'a FieldRule,
    at: &'a Path<'a>,
    kind: PhantomData<T>,
}

impl<'a, T> OneSeed<'a, T> {
    pub(crate) const fn new(rule: &'a FieldRule, at: &'a Path<'a>) -> Self {
        Self { rule, at, kind: PhantomData }
    }

    fn scalar<E: de::Error>(&self, scalar: Scalar<'_>) -> Result<Option<T>, E>
    where
        T: Element,
    {
        T::read_scalar(scalar, self.rule).map(Some).ok_or_else(|| unreadable(scalar.kind(), self.rule, self.at))
    }
}

impl<'de, T: Element> DeserializeSeed<'de> for OneSeed<'_, T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de, T: Element> Visitor<'de> for OneSeed<'_, T> {
    type Value = Option<T>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.rule.kind.expected())
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        self.scalar(Scalar::Boolean(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        self.scalar(Scalar::Signed(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        self.scalar(Scalar::Unsigned(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
        self.scalar(Scalar::Float(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
        self.scalar(Scalar::Text(value))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::read_map(map, self.rule, self.at).map(Some)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        T::read_seq(seq, self.rule, self.at)
    }
}

struct ManyVisitor<'a, T> {
    rule: &'a FieldRule,
    at: &'a Path<'a>,
    kind: PhantomData<T>,
}

impl<'a, T: Element> ManyVisitor<'a, T> {
    fn one(&self) -> OneSeed<'a, T> {
        OneSeed::new(self.rule, self.at)
    }

    fn scalar<E: de::Error>(&self, scalar: Scalar<'_>) -> Result<Vec<T>, E> {
        self.one().scalar(scalar).map(|value| value.into_iter().collect())
    }
}

impl<'de, T: Element> Visitor<'de> for ManyVisitor<'_, T> {
    type Value = Vec<T>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "an array, each element {}", self.rule.kind.expected())
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        self.scalar(Scalar::Boolean(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        self.scalar(Scalar::Signed(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        self.scalar(Scalar::Unsigned(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
        self.scalar(Scalar::Float(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
        self.scalar(Scalar::Text(value))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::read_map(map, self.rule, self.at).map(|value| vec![value])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        let mut place = 0;
        while let Some(value) = seq.next_element_seed(OneSeed::new(self.rule, &self.at.element(place)))? {
            values.extend(value);
            place += 1;
        }
        Ok(values)
    }
}
