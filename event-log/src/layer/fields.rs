//! Puts the fields of `tracing` into a JSON event, by their paths.

use std::fmt;

use ecs_schema::{FieldRule, Kind, Log, ObjectRule};
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};

/// Records fields into an event.
pub(super) struct Fields<'a> {
    event: &'a mut Value,
    rules: &'static ObjectRule,
}

impl<'a> Fields<'a> {
    /// Into an event of the log `L`.
    pub(super) fn of<L: Log>(event: &'a mut Value) -> Self {
        Self { event, rules: L::RULES.root() }
    }

    fn put(&mut self, field: &Field, value: Value) {
        let value = match rule_at(self.rules, field.name()) {
            Some(rule) if rule.is_array() => as_array(value),
            _ => value,
        };
        put(self.event, field.name(), value);
    }
}

impl Visit for Fields<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value.into());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.put(field, value.to_string().into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}").into());
    }
}

/// The rule of the field at `path`.
fn rule_at(rules: &'static ObjectRule, path: &str) -> Option<&'static FieldRule> {
    match path.split_once('.') {
        None => rules.field(path),
        Some((name, below)) => match rules.field(name)?.kind() {
            Kind::Object(inner) => rule_at(inner, below),
            _ => None,
        },
    }
}

/// A value where an array is asked for: the array that a text is, or an array of the one value.
fn as_array(value: Value) -> Value {
    let parsed = value.as_str().filter(|text| text.starts_with('[')).and_then(|text| serde_json::from_str(text).ok());
    match parsed {
        Some(array @ Value::Array(_)) => array,
        _ => Value::Array(vec![value]),
    }
}

/// Puts `value` at `path`, names joined by dots, making the objects on the way.
pub(super) fn put(event: &mut Value, path: &str, value: Value) {
    let mut place = event;
    for name in path.split('.') {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        place = &mut place[name];
    }
    *place = value;
}

/// The same, unless something is there.
pub(super) fn put_absent(event: &mut Value, path: &str, value: Value) {
    if !contains(event, path) {
        put(event, path, value);
    }
}

/// Whether something is at `path`.
pub(super) fn contains(event: &Value, path: &str) -> bool {
    path.split('.').try_fold(event, |place, name| place.get(name)).is_some_and(|value| !value.is_null())
}
