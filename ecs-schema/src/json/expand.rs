//! Dotted names, `{"log.level": …}`, written as objects in objects. A dot is followed as far as it leads through objects that
//! the table has; into an object with free names the rest of the name is one name. What leads nowhere stays as it is, for the
//! check to refuse.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::checker::Checker;
use crate::path::Path;
use crate::rule::{FieldRule, Kind, LogRules, ObjectRule};
use crate::violation::{Found, ViolationRule, Violations};

/// Writes dotted names as objects in objects: `{"log.level": "info"}` becomes `{"log": {"level": "info"}}`, also in objects
/// and in the elements of lists. For writers that have such names; the check refuses them.
///
/// # Errors
/// A violation for each field that is given twice, in two spellings, with the JSON pointers of both: an engine would index
/// both values.
///
/// # Examples
/// ```
/// use ecs_schema::{LogRules, ObjectRule, expand_dotted, field_rule, validate_json};
/// use serde_json::json;
///
/// static SOURCE: ObjectRule = ObjectRule::new(&[field_rule!("level", Keyword)]);
/// static ROOT: ObjectRule = ObjectRule::new(&[field_rule!("log", Object(&SOURCE))]);
/// static LOG: LogRules = LogRules::new("example", "9.4.0", &ROOT);
/// let document = expand_dotted(&LOG, json!({"log.level": "info"}))?;
/// assert_eq!(document, json!({"log": {"level": "info"}}));
/// validate_json(&LOG, &document)?;
/// # Ok::<(), ecs_schema::Violations>(())
/// ```
pub fn expand_dotted(rules: &LogRules, document: Value) -> Result<Value, Violations> {
    let Value::Object(members) = document else { return Ok(document) };
    let mut checker = Checker::default();
    let mut expander = Expander { origins: HashMap::new(), out: &mut checker };
    let whole = expander.whole(rules.root(), members, &Path::ROOT, "");
    checker.finish().map(|()| Value::Object(whole))
}

struct Expander<'c> {
    /// The pointer at which each value of the result stood.
    origins: HashMap<String, String>,
    out: &'c mut Checker,
}

/// An object of the result that is being filled.
struct Slot<'s> {
    members: &'s mut Map<String, Value>,
    /// Its pointer in the result.
    pointer: &'s str,
    at: &'s Path<'s>,
    /// Whether its names are data.
    is_free: bool,
}

impl Expander<'_> {
    /// An object whose members stand at `origin`.
    fn whole(
        &mut self,
        rules: &'static ObjectRule,
        members: Map<String, Value>,
        at: &Path<'_>,
        origin: &str,
    ) -> Map<String, Value> {
        let mut made = Map::new();
        self.fill(rules, members, origin, &mut Slot { members: &mut made, pointer: origin, at, is_free: false });
        made
    }

    fn fill(&mut self, rules: &'static ObjectRule, members: Map<String, Value>, origin: &str, slot: &mut Slot<'_>) {
        for (name, value) in members {
            let place = pointer(origin, &name);
            self.insert(rules, &name, value, &place, slot);
        }
    }

    /// Puts in a value that stood at `place`.
    fn insert(&mut self, rules: &'static ObjectRule, name: &str, value: Value, place: &str, slot: &mut Slot<'_>) {
        let (first, rest) = match (rules.field(name), name.split_once('.')) {
            (None, Some((first, rest))) => (first, Some(rest)),
            _ => (name, None),
        };
        let Some(rule) = rules.field(first).filter(|rule| is_object(rule)) else {
            let value = self.elements(rules.field(name), value, place, slot.at, name);
            return self.put(name, value, place, slot);
        };
        let inner = pointer(slot.pointer, first);
        let members = match (rest, value) {
            (Some(rest), value) => Err((rest, value)),
            (None, Value::Object(members)) => Ok(members),
            (None, value) => return self.put(name, value, place, slot),
        };
        let field = slot.at.field(rule.name);
        let target = slot.members.entry(first).or_insert(Value::Null);
        if target.is_null() {
            *target = Value::Object(Map::new());
            self.origins.insert(inner.clone(), place.to_owned());
        }
        let Value::Object(target) = target else { return self.report(&field, &inner, place) };
        let is_free = !matches!(rule.kind, Kind::Object(_));
        let mut slot = Slot { members: target, pointer: &inner, at: &field, is_free };
        match (members, rule.kind) {
            (Ok(members), Kind::Object(rules)) => self.fill(rules, members, place, &mut slot),
            (Err((rest, value)), Kind::Object(rules)) => self.insert(rules, rest, value, place, &mut slot),
            (Ok(members), _) => {
                for (name, value) in members {
                    let place = pointer(place, &name);
                    self.put(&name, value, &place, &mut slot);
                }
            }
            (Err((rest, value)), _) => self.put(rest, value, place, &mut slot),
        }
    }

    /// A list of objects with each of them expanded.
    fn elements(&mut self, rule: Option<&FieldRule>, value: Value, place: &str, at: &Path<'_>, name: &str) -> Value {
        match (rule.map(|rule| rule.kind), value) {
            (Some(Kind::Object(rules) | Kind::Nested(rules)), Value::Array(elements)) => {
                let field = at.field(name);
                let expand = |(index, element)| match element {
                    Value::Object(members) => {
                        let element = field.element(index);
                        Value::Object(self.whole(rules, members, &element, &pointer(place, &index.to_string())))
                    }
                    other => other,
                };
                elements.into_iter().enumerate().map(expand).collect()
            }
            (_, value) => value,
        }
    }

    /// Null is no value, and gives way to one.
    fn put(&mut self, name: &str, value: Value, place: &str, slot: &mut Slot<'_>) {
        let target = pointer(slot.pointer, name);
        match slot.members.get(name) {
            Some(known) if !known.is_null() => {
                if !value.is_null() {
                    let at = if slot.is_free { slot.at.member(name) } else { slot.at.unknown(name) };
                    self.report(&at, &target, place);
                }
            }
            _ => {
                slot.members.insert(name.to_owned(), value);
                self.origins.insert(target, place.to_owned());
            }
        }
    }

    fn report(&mut self, at: &Path<'_>, target: &str, second: &str) {
        let first = self.origins.get(target).map_or(target, String::as_str).to_owned();
        let rule = ViolationRule::TwoSpellings { first, second: second.to_owned() };
        self.out.report(at, rule, Found::Nothing);
    }
}

/// Whether the field is one object, into which a dotted name can lead.
fn is_object(rule: &FieldRule) -> bool {
    !rule.is_array && matches!(rule.kind, Kind::Object(_) | Kind::Flattened | Kind::Any)
}

/// The JSON pointer of a member.
fn pointer(above: &str, name: &str) -> String {
    format!("{above}/{}", name.replace('~', "~0").replace('/', "~1"))
}
