//! A flattened object: free names, but bounded depth and bounded leaves, since the engine makes one term of each leaf.
//!
//! The limits are those of Elasticsearch's `FlattenedFieldParser`: objects nest at most `depth_limit` deep, the field
//! itself being the first; a leaf's names, joined by dots, a NUL byte and its text are one term; a name has no NUL.

use std::fmt;

use serde::de::value::MapDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::any::SeenNames;
use crate::Flattened;
use crate::checker::Checker;
use crate::element::text_of;
use crate::path::Path;
use crate::rule::{FieldRule, Kind};
use crate::token::{MAX_TERM, Token};
use crate::violation::ViolationRule;

/// The engine's default `depth_limit`.
const MAX_DEPTH: usize = 20;

/// Checks a flattened object that is in memory.
pub(crate) fn check_flattened(value: &Flattened, rule: &FieldRule, at: &Path<'_>, out: &mut Checker) {
    let entries = value.iter().map(|(name, value)| (name.as_str(), value));
    // A value in memory is always well-formed.
    let _ = check_entries(MapDeserializer::<_, serde_json::Error>::new(entries), rule, at, out);
}

/// Checks the members of a flattened object.
pub(super) fn check_entries<'de, A: MapAccess<'de>>(
    map: A,
    rule: &FieldRule,
    at: &Path<'_>,
    out: &mut Checker,
) -> Result<(), A::Error> {
    let is_limited = matches!(rule.kind, Kind::Flattened);
    Walk { at, out, depth: 1, key_length: 0, is_limited }.entries(map)
}

/// A place in a flattened object.
struct Walk<'a> {
    at: &'a Path<'a>,
    out: &'a mut Checker,
    /// How many objects are open, the field itself included.
    depth: usize,
    /// The bytes of the names so far, joined by dots.
    key_length: usize,
    is_limited: bool,
}

impl Walk<'_> {
    fn entries<'de, A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut names = SeenNames::default();
        while let Some(name) = map.next_key_seed(&mut names)? {
            let at = self.at.field(&name.shown);
            if name.is_repeated {
                self.out.report(&at, ViolationRule::DuplicateField, "");
            }
            if name.has_nul {
                self.out.report(&at, ViolationRule::NulInName, "");
            }
            let dot = usize::from(self.depth > 1);
            map.next_value_seed(Walk {
                at: &at,
                out: &mut *self.out,
                key_length: self.key_length + dot + name.bytes,
                ..self
            })?;
        }
        Ok(())
    }

    fn leaf(self, token: Token<'_>) {
        let length = match token {
            Token::Text(text) => text.len(),
            _ => text_of(token).len(),
        };
        let bytes = self.key_length + 1 + length;
        if self.is_limited && bytes > MAX_TERM {
            self.out.report(self.at, ViolationRule::TooLong { bytes, limit: MAX_TERM }, token);
        }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        self.leaf(Token::Boolean(value));
        Ok(())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
        self.leaf(Token::Signed(value));
        Ok(())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        self.leaf(Token::Unsigned(value));
        Ok(())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        self.leaf(Token::Float(value));
        Ok(())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<(), E> {
        self.leaf(Token::Text(value));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut place = 0;
        loop {
            let at = self.at.element(place);
            let element = Walk { at: &at, out: &mut *self.out, ..self };
            if seq.next_element_seed(element)?.is_none() {
                return Ok(());
            }
            place += 1;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let depth = self.depth + 1;
        if depth > MAX_DEPTH {
            self.out.report(self.at, ViolationRule::TooDeep { limit: MAX_DEPTH }, "");
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(());
        }
        Walk { depth, ..self }.entries(map)
    }
}
