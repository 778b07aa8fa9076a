//! A flattened object: free names, but bounded depth and bounded leaves, since the engine makes one term of each leaf.
//!
//! The limits are those of Elasticsearch's `FlattenedFieldParser`: objects nest at most `depth_limit` deep, the field
//! itself being the first; a leaf's names, joined by dots, a NUL byte and its text are one term; a name has no NUL.
//! `OpenSearch`'s `FlatObjectFieldParser` has the field's own path before the names, in doc values twice, and no
//! `ignore_above`, so that its terms are the longer ones, and these are held to the limit (measured on 3.8.0:
//! `labels.labels.k=` and the text of `k` are one doc value of `labels`).

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

use super::any::SeenNames;
use crate::checker::Checker;
use crate::element::text_of;
use crate::path::Path;
use crate::scalar::{MAX_TERM, Scalar};
use crate::violation::{Found, ViolationRule};

/// The engine's default `depth_limit`.
const MAX_DEPTH: usize = 20;

/// Checks the members of a flattened object that is in memory, where no name is repeated: without the set of names, which costs an
/// allocation for each, because events are checked on their way to disk.
pub(crate) fn check_flattened<'v>(
    members: impl Iterator<Item = (&'v String, &'v Value)>,
    at: &Path<'_>,
    out: &mut Checker,
) {
    Walk::new(at, out).members(members);
}

/// Checks the members of a flattened object.
pub(super) fn check_entries<'de, A: MapAccess<'de>>(map: A, at: &Path<'_>, out: &mut Checker) -> Result<(), A::Error> {
    Walk::new(at, out).entries(map)
}

/// A place in a flattened object.
struct Walk<'a> {
    at: &'a Path<'a>,
    out: &'a mut Checker,
    /// How many objects are open, the field itself included.
    depth: usize,
    /// The bytes of the names so far, joined by dots, the field's own path before them twice.
    key_length: usize,
}

impl<'a> Walk<'a> {
    /// The field itself.
    fn new(at: &'a Path<'a>, out: &'a mut Checker) -> Self {
        let path = at.names_length();
        let key_length = if path == 0 { 0 } else { 2 * path + 1 };
        Self { at, out, depth: 1, key_length }
    }

    /// Checks the members of an object that a parser reads.
    fn entries<'de, A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut names = SeenNames::default();
        while let Some(name) = map.next_key_seed(&mut names)? {
            let at = self.at.member(&name.shown);
            if name.is_repeated {
                self.out.report(&at, ViolationRule::DuplicateField, Found::Nothing);
            }
            map.next_value_seed(self.member(&at, name.bytes, name.has_nul))?;
        }
        Ok(())
    }

    /// Checks the members of an object in memory.
    fn members<'v>(mut self, members: impl Iterator<Item = (&'v String, &'v Value)>) {
        for (name, value) in members {
            let at = self.at.member(name);
            self.member(&at, name.len(), name.contains('\0')).value(value);
        }
    }

    /// Checks a value in memory.
    fn value(mut self, value: &Value) {
        match value {
            Value::Null => {}
            Value::Bool(value) => self.leaf(Scalar::Boolean(*value)),
            Value::Number(number) => self.leaf(number_scalar(number)),
            Value::String(text) => self.leaf(Scalar::Text(text)),
            Value::Array(values) => {
                for (place, value) in values.iter().enumerate() {
                    let at = self.at.element(place);
                    self.element(&at).value(value);
                }
            }
            Value::Object(members) => {
                if let Some(inner) = self.deeper() {
                    inner.members(members.iter());
                }
            }
        }
    }

    /// The member at `at`, whose name has `bytes` bytes.
    fn member<'b>(&'b mut self, at: &'b Path<'b>, bytes: usize, has_nul: bool) -> Walk<'b> {
        if has_nul {
            self.out.report(at, ViolationRule::NulInName, Found::Nothing);
        }
        let dot = usize::from(self.key_length > 0);
        Walk { key_length: self.key_length + dot + bytes, ..self.element(at) }
    }

    /// The element at `at`, which has the name of its array.
    fn element<'b>(&'b mut self, at: &'b Path<'b>) -> Walk<'b> {
        Walk { at, out: &mut *self.out, ..*self }
    }

    /// The inside of an object, unless it is too deep.
    fn deeper(self) -> Option<Self> {
        if self.depth == MAX_DEPTH {
            self.out.report(self.at, ViolationRule::TooDeep { limit: MAX_DEPTH }, Found::Nothing);
            return None;
        }
        Some(Walk { depth: self.depth + 1, ..self })
    }

    fn leaf(self, scalar: Scalar<'_>) {
        /// No number has a longer text.
        const MAX_NUMBER: usize = 32;
        let length = match scalar {
            Scalar::Text(text) => text.len(),
            _ if self.key_length + 1 + MAX_NUMBER <= MAX_TERM => return,
            _ => text_of(scalar).len(),
        };
        let bytes = self.key_length + 1 + length;
        if bytes > MAX_TERM {
            self.out.report(self.at, ViolationRule::TooLong { bytes, limit: MAX_TERM }, scalar);
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
        self.leaf(Scalar::Boolean(value));
        Ok(())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
        self.leaf(Scalar::Signed(value));
        Ok(())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        self.leaf(Scalar::Unsigned(value));
        Ok(())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        self.leaf(Scalar::Float(value));
        Ok(())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<(), E> {
        self.leaf(Scalar::Text(value));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        let mut place = 0;
        loop {
            let at = self.at.element(place);
            if seq.next_element_seed(self.element(&at))?.is_none() {
                return Ok(());
            }
            place += 1;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if let Some(inner) = self.deeper() {
            inner.entries(map)
        } else {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(())
        }
    }
}

/// A number as the parser would hand it over.
fn number_scalar(number: &Number) -> Scalar<'_> {
    match (number.as_u64(), number.as_i64()) {
        (Some(number), _) => Scalar::Unsigned(number),
        (None, Some(number)) => Scalar::Signed(number),
        (None, None) => Scalar::Float(number.as_f64().unwrap_or_default()),
    }
}
