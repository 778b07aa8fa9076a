//! What generated structs and enums are: the traits, and the macros that implement them. Owns the typed check; writing
//! and reading are in `write.rs` and `read.rs`.

mod enums;
mod structs;

use serde::de::MapAccess;
use serde::ser::{Serialize, SerializeMap, Serializer};

pub use enums::{AllowedEnum, deserialize_text};
pub use structs::{check_shape, deserialize_shape, merge_shape, read_shape_map, serialize_shape, write_shape};

use crate::checker::Checker;
use crate::element::FieldValue;
use crate::json::JsonError;
use crate::path::Path;
use crate::read::FieldReader;
use crate::rule::{FieldRule, Kind, LogRules, ObjectRule};
use crate::scalar::Scalar;
use crate::violation::{Found, ViolationRule, Violations};
use crate::write;

/// A generated struct: the fields of one object.
///
/// The generator writes the struct, its table and an [`impl_shape!`](crate::impl_shape) line, which see.
pub trait Shape: Sized {
    /// The object's table.
    fn rules() -> &'static ObjectRule;

    /// Shows each field with its place in the table, in the table's order.
    fn each<V: FieldVisitor>(&self, visitor: &mut V);

    /// Reads the field at place `index` in the table; whether it had a value.
    ///
    /// # Errors
    /// When the value cannot be read, or the input is broken.
    fn read_field<'de, A: MapAccess<'de>>(
        &mut self,
        index: usize,
        reader: FieldReader<'_, A>,
    ) -> Result<bool, A::Error>;

    /// Sets the field at place `index` in the table, or what is `rest` below it, to the value that `scalar` stands for;
    /// whether it could be set. Objects on the way are made when they are absent.
    fn set_field(&mut self, index: usize, rest: &[usize], scalar: Scalar<'_>) -> bool;

    /// A value without optional fields, and with placeholders in the required ones.
    fn blank() -> Self;

    /// Checks the object against its table.
    ///
    /// # Errors
    /// Every violation, with paths that start at this object.
    fn validate(&self) -> Result<(), Violations> {
        let mut checker = Checker::default();
        check_object(self, &Path::ROOT, &mut checker);
        checker.finish()
    }

    /// Appends the canonical JSON: fields sorted by the bytes of their names, absent ones left out, no white space.
    ///
    /// The same bytes as `serde_json::to_vec` makes, without its costs; allocates only when `out` must grow.
    fn write_json(&self, out: &mut Vec<u8>) {
        write::object(self, out);
    }

    /// The canonical JSON as a string.
    fn to_json(&self) -> String {
        let mut out = Vec::new();
        self.write_json(&mut out);
        String::from_utf8(out).expect("all that is written are strings and ASCII")
    }
}

/// Is shown the fields of a [`Shape`].
pub trait FieldVisitor {
    /// Looks at the field at place `index` in the table.
    fn field<T: FieldValue>(&mut self, index: usize, value: &T);
}

/// A generated struct that is the document of an event log.
pub trait Log: Shape + Serialize + serde::de::DeserializeOwned {
    /// The log's name, for instance `kibana-event-log`.
    const NAME: &'static str;

    /// The log's rules.
    const RULES: &'static LogRules;

    /// Sets the field at `path`, names joined by dots, to the value that `scalar` stands for; whether the log has such a
    /// field, outside of arrays, and it takes the value. Objects on the way are made when they are absent.
    ///
    /// # Examples
    /// ```
    /// use ecs_schema::generated::kibana_event_log::KibanaEventLog;
    /// use ecs_schema::{Log, Shape, Scalar};
    ///
    /// let mut event = KibanaEventLog::blank();
    /// assert!(event.set("kibana.alert.rule.revision", Scalar::Signed(2)));
    /// assert!(!event.set("kibana.alert.rule.revison", Scalar::Signed(2)));
    /// ```
    fn set(&mut self, path: &str, scalar: Scalar<'_>) -> bool {
        /// Deeper than any log.
        const MAX_DEPTH: usize = 16;
        let mut places = [0; MAX_DEPTH];
        let (mut depth, mut rules) = (0, Some(Self::RULES.root()));
        for name in path.split('.') {
            let found = rules.and_then(|rules| Some((rules.position(name)?, rules.field(name)?.kind())));
            let (Some((place, kind)), true) = (found, depth < MAX_DEPTH) else { return false };
            places[depth] = place;
            depth += 1;
            rules = match kind {
                Kind::Object(inner) => Some(inner),
                _ => None,
            };
        }
        match &places[..depth] {
            [place, rest @ ..] => self.set_field(*place, rest, scalar),
            [] => false,
        }
    }

    /// Reads a document as strictly as it is written: checks the text against the rules, then reads it.
    ///
    /// # Errors
    /// When `text` is no JSON or breaks a rule.
    fn from_json_str_strict(text: &str) -> Result<Self, JsonError> {
        crate::validate_json_str(Self::RULES, text)?;
        serde_json::from_str(text).map_err(JsonError::Syntax)
    }
}

/// Checks the fields of an object.
pub(crate) fn check_object<T: Shape>(shape: &T, at: &Path<'_>, out: &mut Checker) {
    let rules = T::rules();
    shape.each(&mut TypedCheck { fields: rules.fields, at, out });
    if let Some(expected) = rules.expected_types {
        out.check_expected_types(expected, at);
    }
}

struct TypedCheck<'a> {
    fields: &'static [FieldRule],
    at: &'a Path<'a>,
    out: &'a mut Checker,
}

impl FieldVisitor for TypedCheck<'_> {
    #[inline]
    fn field<T: FieldValue>(&mut self, index: usize, value: &T) {
        if value.is_absent() {
            if !T::IS_ALWAYS_OPTIONAL && self.fields[index].is_required {
                self.out.report(&self.at.field(self.fields[index].name), ViolationRule::Missing, Found::Nothing);
            }
            return;
        }
        let rule = &self.fields[index];
        value.check(rule, &self.at.field(rule.name), self.out);
    }
}

/// Hands the fields of an object to `serde`.
pub(crate) fn serialize_object<T: Shape, S: Serializer>(shape: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let mut walk = SerializeWalk { fields: T::rules().fields, map: serializer.serialize_map(None)?, error: None };
    shape.each(&mut walk);
    match walk.error {
        Some(error) => Err(error),
        None => walk.map.end(),
    }
}

struct SerializeWalk<M: SerializeMap> {
    fields: &'static [FieldRule],
    map: M,
    error: Option<M::Error>,
}

impl<M: SerializeMap> FieldVisitor for SerializeWalk<M> {
    fn field<T: FieldValue>(&mut self, index: usize, value: &T) {
        if self.error.is_none() && !value.is_absent() {
            let rule = &self.fields[index];
            self.error = self.map.serialize_entry(rule.name, &WithRule { value, rule }).err();
        }
    }
}

/// A field's value on its way to `serde`.
struct WithRule<'a, T> {
    value: &'a T,
    rule: &'a FieldRule,
}

impl<T: FieldValue> Serialize for WithRule<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(self.rule, serializer)
    }
}
