//! One value in the walk: a field's, or an element's of its array. Decides by the JSON type who looks at it.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{any, flattened, object, parts};
use crate::checker::Checker;
use crate::path::Path;
use crate::rule::{FieldRule, Kind};
use crate::scalar::{Scalar, check_scalar};
use crate::violation::{Cardinality, Found, Offending, ViolationRule};

/// Checks one value; gives back whether there is one, which null and an empty array are not.
pub(super) struct ValueSeed<'a> {
    rule: &'a FieldRule,
    at: &'a Path<'a>,
    out: &'a mut Checker,
    place: Place,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Field,
    Element,
}

impl<'a> ValueSeed<'a> {
    /// The whole value of a field.
    pub(super) fn field(rule: &'a FieldRule, at: &'a Path<'a>, out: &'a mut Checker) -> Self {
        Self { rule, at, out, place: Place::Field }
    }

    fn report(self, rule: ViolationRule, found: impl Offending) {
        self.out.report(self.at, rule, found);
    }

    /// Whether an array should stand where one value does.
    fn lacks_array(&self) -> bool {
        self.place == Place::Field && self.rule.is_array && !matches!(self.rule.kind, Kind::Any | Kind::Alias(_))
    }

    fn scalar(self, scalar: Scalar<'_>) {
        if self.lacks_array() {
            return self.report(ViolationRule::Cardinality { expected: Cardinality::Many }, scalar);
        }
        if let Scalar::Text(text) = scalar {
            self.out.capture(self.rule, text);
        }
        if let Err(broken) = check_scalar(self.rule, scalar) {
            self.report(broken, scalar);
        }
    }

    /// What is wrong with a value that is an object or an array, when its kind takes none.
    fn wrong_type(&self) -> ViolationRule {
        match self.rule.kind {
            Kind::Alias(target) => ViolationRule::Alias { target },
            kind => ViolationRule::WrongType { expected: kind.expected() },
        }
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<bool, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = bool;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<bool, E> {
        // Null is no value, but the engines look at the name first.
        if let Kind::Alias(target) = self.rule.kind {
            self.report(ViolationRule::Alias { target }, Found::Null);
            return Ok(true);
        }
        // The engines index the constant of a document that has the field, and null is another value.
        if let (Place::Field, Kind::Constant(value), false) = (self.place, self.rule.kind, self.rule.is_required) {
            let expected = self.rule.kind.expected();
            let broken =
                value.map_or(ViolationRule::WrongType { expected }, |value| ViolationRule::NotConstant { value });
            self.report(broken, Found::Null);
            return Ok(true);
        }
        if self.place == Place::Element && !matches!(self.rule.kind, Kind::Any) {
            self.report(ViolationRule::NullElement, Found::Null);
        }
        Ok(false)
    }

    fn visit_none<E: de::Error>(self) -> Result<bool, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<bool, D::Error> {
        from.deserialize_any(self)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<bool, E> {
        self.scalar(Scalar::Boolean(value));
        Ok(true)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<bool, E> {
        self.scalar(Scalar::Signed(value));
        Ok(true)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<bool, E> {
        self.scalar(Scalar::Unsigned(value));
        Ok(true)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<bool, E> {
        self.scalar(Scalar::Float(value));
        Ok(true)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<bool, E> {
        self.scalar(Scalar::Text(value));
        Ok(true)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
        if matches!(self.rule.kind, Kind::Any) {
            any::check_elements(seq, self.at, Some(0), self.out)?;
            return Ok(true);
        }
        if self.place == Place::Field && self.rule.is_array && !matches!(self.rule.kind, Kind::Alias(_)) {
            let Self { rule, at, out, .. } = self;
            // An array is whole also where its document is not.
            let is_partial = std::mem::replace(&mut out.is_partial, false);
            let mut count = 0;
            loop {
                let element = at.element(count);
                let seed = ValueSeed { rule, at: &element, out: &mut *out, place: Place::Element };
                if seq.next_element_seed(seed)?.is_none() {
                    out.is_partial = is_partial;
                    return Ok(count > 0);
                }
                count += 1;
            }
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        let broken = match (self.place, self.rule.kind) {
            (Place::Field, kind) if !matches!(kind, Kind::Alias(_)) => {
                ViolationRule::Cardinality { expected: Cardinality::One }
            }
            _ => self.wrong_type(),
        };
        self.report(broken, Found::Array);
        Ok(true)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        if self.lacks_array() {
            self.report(ViolationRule::Cardinality { expected: Cardinality::Many }, Found::Object);
            return skip_entries(&mut map);
        }
        let Self { rule, at, .. } = self;
        match rule.kind {
            Kind::Object(rules) | Kind::Nested(rules) => {
                object::check_object(map, rules, at, self.out)?;
            }
            Kind::GeoPoint => parts::check_geo_point(map, at, self.out)?,
            Kind::Range(range) => parts::check_range(map, rule, range, at, self.out)?,
            Kind::Flattened => flattened::check_entries(map, at, self.out)?,
            Kind::Any => any::check_entries(map, at, self.out)?,
            _ => {
                let broken = self.wrong_type();
                self.report(broken, Found::Object);
                return skip_entries(&mut map);
            }
        }
        Ok(true)
    }
}

fn skip_entries<'de, A: MapAccess<'de>>(map: &mut A) -> Result<bool, A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(true)
}
