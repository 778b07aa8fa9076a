//! An object with known fields: finds unknown, repeated and missing ones.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::any::{AnySeed, SeenNames};
use super::field::ValueSeed;
use crate::checker::Checker;
use crate::nearest::nearest_field;
use crate::path::Path;
use crate::rule::{FieldRule, Kind, ObjectRule};
use crate::seen_fields::SeenFields;
use crate::violation::{Found, ViolationRule};

/// Checks the fields of an object by its table.
pub(super) fn check_object<'de, A: MapAccess<'de>>(
    mut map: A,
    rules: &'static ObjectRule,
    at: &Path<'_>,
    out: &mut Checker,
) -> Result<(), A::Error> {
    let mut named = SeenFields::default();
    let mut present = SeenFields::default();
    let mut unknown = None;
    while let Some(key) = map.next_key_seed(KeySeed { rules, at, out, unknown: &mut unknown })? {
        let index = match key {
            Key::Known(index) => index,
            Key::Kept(name) => {
                map.next_value_seed(AnySeed { at: &at.member(&name), lists: Some(0), out })?;
                continue;
            }
            Key::Refused => {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
        };
        let rule = &rules.fields[index];
        let field = at.field(rule.name);
        if !named.insert(index) {
            out.report(&field, ViolationRule::DuplicateField, Found::Nothing);
        }
        if map.next_value_seed(ValueSeed::field(rule, &field, out))? {
            present.insert(index);
        }
    }
    for (index, rule) in rules.fields.iter().enumerate() {
        if rule.is_required && !out.is_partial && !present.contains(index) {
            report_missing(rule, &at.field(rule.name), out);
        }
    }
    if let Some(expected) = rules.expected_types {
        out.check_expected_types(expected, at);
    }
    Ok(())
}

/// Reports a required field that is absent; of an object the required fields in it, when there are any.
pub(crate) fn report_missing(rule: &FieldRule, at: &Path<'_>, out: &mut Checker) {
    let mut has_required = false;
    if let Kind::Object(rules) = rule.kind
        && !rule.is_array
    {
        for inner in rules.fields.iter().filter(|inner| inner.is_required) {
            has_required = true;
            report_missing(inner, &at.field(inner.name), out);
        }
    }
    if !has_required {
        out.report(at, ViolationRule::Missing, Found::Nothing);
    }
}

/// What a name of an object is.
enum Key {
    /// The field at that place in the table.
    Known(usize),
    /// Not in the table, of an object that takes such; so much of it as is shown.
    Kept(String),
    /// Not in the table, and reported.
    Refused,
}

/// Reads a field's name as its place in the table, and reports it when it has none.
struct KeySeed<'a> {
    rules: &'static ObjectRule,
    at: &'a Path<'a>,
    out: &'a mut Checker,
    unknown: &'a mut Option<SeenNames>,
}

impl KeySeed<'_> {
    /// Whether a field that is not in the table may stand here. The engines expand dots before they look, have no field
    /// without a name, and keep names that begin with `_` at the root for themselves.
    fn takes(&self, name: &str) -> bool {
        let is_own = name.starts_with('_') && self.at.is_root();
        let is_blank = name.chars().all(|c| c.is_whitespace() || c.is_control());
        self.rules.takes_unknown && !is_blank && !name.contains('.') && !is_own
    }
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_identifier(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = Key;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a field name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        if let Some(index) = self.rules.position(name) {
            return Ok(Key::Known(index));
        }
        if self.takes(name) {
            let name = self.unknown.get_or_insert_default().visit_str::<E>(name)?;
            if name.is_repeated {
                self.out.report(&self.at.member(&name.shown), ViolationRule::DuplicateField, Found::Nothing);
            }
            return Ok(Key::Kept(name.shown));
        }
        let broken = if name.contains('.') {
            ViolationRule::DottedField
        } else {
            let nearest = if self.out.is_full() { None } else { nearest_field(self.rules, name).map(str::to_owned) };
            ViolationRule::UnknownField { nearest }
        };
        self.out.report(&self.at.unknown(name), broken, Found::Nothing);
        Ok(Key::Refused)
    }
}
