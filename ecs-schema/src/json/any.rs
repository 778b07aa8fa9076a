//! Free JSON: any value, in which only a name that one object has twice is wrong. Also reads one value as a scalar.

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::checker::Checker;
use crate::path::Path;
use crate::scalar::Scalar;
use crate::violation::{Found, Offending, ViolationRule};

/// How many names of one object are remembered: beyond any honest document, and at most half a megabyte.
const MAX_NAMES: usize = 10_000;

/// How many lists OpenSearch takes in each other where it parses nothing; it counts up to the first object.
const MAX_LISTS: usize = 20;

/// The most characters of a name that are kept; a path shows fewer, and no name that means something is longer.
const MAX_KEPT: usize = 72;

/// A name that is data: of a long one only the start is kept, so that it costs nothing.
pub(super) struct Name {
    /// The start of the name.
    pub(super) shown: String,
    /// The whole name's length in bytes.
    pub(super) bytes: usize,
    pub(super) has_nul: bool,
    /// Whether the object had the name before.
    pub(super) is_repeated: bool,
}

/// The names of an object whose names are data, as 128-bit keyed hashes.
#[derive(Default)]
pub(super) struct SeenNames {
    hashers: [RandomState; 2],
    hashes: HashSet<[u64; 2]>,
}

impl<'de> DeserializeSeed<'de> for &mut SeenNames {
    type Value = Name;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Name, D::Error> {
        from.deserialize_identifier(self)
    }
}

impl Visitor<'_> for &mut SeenNames {
    type Value = Name;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Name, E> {
        let hash = [self.hashers[0].hash_one(name), self.hashers[1].hash_one(name)];
        let is_new =
            if self.hashes.len() < MAX_NAMES { self.hashes.insert(hash) } else { !self.hashes.contains(&hash) };
        Ok(Name {
            shown: name.chars().take(MAX_KEPT).collect(),
            bytes: name.len(),
            has_nul: name.contains('\0'),
            is_repeated: !is_new,
        })
    }
}

/// Checks a value in memory that is any JSON.
pub(crate) fn check_any(value: &serde_json::Value, at: &Path<'_>, out: &mut Checker) {
    // A value in memory is always well-formed.
    let _ = AnySeed { at, lists: Some(0), out }.deserialize(value);
}

/// Checks the members of an object.
pub(super) fn check_entries<'de, A: MapAccess<'de>>(
    mut map: A,
    at: &Path<'_>,
    out: &mut Checker,
) -> Result<(), A::Error> {
    let mut names = SeenNames::default();
    while let Some(name) = map.next_key_seed(&mut names)? {
        let member = at.member(&name.shown);
        if name.is_repeated {
            out.report(&member, ViolationRule::DuplicateField, Found::Nothing);
        }
        map.next_value_seed(AnySeed { at: &member, lists: None, out })?;
    }
    Ok(())
}

/// Checks the elements of an array.
pub(super) fn check_elements<'de, A: SeqAccess<'de>>(
    mut seq: A,
    at: &Path<'_>,
    lists: Option<usize>,
    out: &mut Checker,
) -> Result<(), A::Error> {
    let lists = lists.map(|lists| lists + 1);
    if lists == Some(MAX_LISTS + 1) {
        out.report(at, ViolationRule::TooDeep { limit: MAX_LISTS }, Found::Nothing);
    }
    let mut place = 0;
    while seq.next_element_seed(AnySeed { at: &at.element(place), lists, out })?.is_some() {
        place += 1;
    }
    Ok(())
}

/// Checks one value.
pub(super) struct AnySeed<'a> {
    pub(super) at: &'a Path<'a>,
    /// How many lists are around it, each the value of a field or an element of the next; none in an object.
    pub(super) lists: Option<usize>,
    pub(super) out: &'a mut Checker,
}

impl<'de> DeserializeSeed<'de> for AnySeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnySeed<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        check_elements(seq, self.at, self.lists, self.out)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        check_entries(map, self.at, self.out)
    }
}

/// One value as a scalar, for the few places where a small one must be kept; long strings are cut, since nothing that
/// is kept in one is long.
#[derive(Debug)]
pub(super) enum OwnedScalar {
    Null,
    /// The start of a string, and the bytes of all of it.
    Text(String, usize),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    Boolean(bool),
    Array,
    Object,
}

impl OwnedScalar {
    pub(super) fn borrow(&self) -> Option<Scalar<'_>> {
        Some(match self {
            Self::Text(text, _) => Scalar::Text(text),
            Self::Signed(number) => Scalar::Signed(*number),
            Self::Unsigned(number) => Scalar::Unsigned(*number),
            Self::Float(number) => Scalar::Float(*number),
            Self::Boolean(value) => Scalar::Boolean(*value),
            Self::Null | Self::Array | Self::Object => return None,
        })
    }

    pub(super) const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl fmt::Display for OwnedScalar {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.borrow(), self) {
            (Some(scalar), _) => scalar.fmt(out),
            (None, Self::Array) => out.write_str("an array"),
            (None, Self::Object) => out.write_str("an object"),
            (None, _) => out.write_str("null"),
        }
    }
}

impl Offending for OwnedScalar {
    fn kind(&self) -> Found {
        match self {
            Self::Null => Found::Null,
            Self::Text(_, bytes) => Found::String { bytes: *bytes },
            Self::Signed(_) | Self::Unsigned(_) | Self::Float(_) => Found::Number,
            Self::Boolean(_) => Found::Boolean,
            Self::Array => Found::Array,
            Self::Object => Found::Object,
        }
    }
}

impl<'de> Deserialize<'de> for OwnedScalar {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(OwnedScalarVisitor)
    }
}

struct OwnedScalarVisitor;

impl<'de> Visitor<'de> for OwnedScalarVisitor {
    type Value = OwnedScalar;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<OwnedScalar, E> {
        Ok(OwnedScalar::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<OwnedScalar, E> {
        Ok(OwnedScalar::Boolean(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<OwnedScalar, E> {
        Ok(OwnedScalar::Signed(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<OwnedScalar, E> {
        Ok(OwnedScalar::Unsigned(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<OwnedScalar, E> {
        Ok(OwnedScalar::Float(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<OwnedScalar, E> {
        /// Longer than any number, date or address that an end of a range can be.
        const MAX_KEPT: usize = 256;
        Ok(OwnedScalar::Text(value.chars().take(MAX_KEPT).collect(), value.len()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OwnedScalar, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(OwnedScalar::Array)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OwnedScalar, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(OwnedScalar::Object)
    }
}
