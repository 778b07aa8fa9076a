//! Lays an overlay over a JSON value: the same combination as over a struct, for events that no struct stands for.

use serde_json::{Map, Value};

use super::{Flat, Leaf, Object, Stamp, Stamps, Strength, What};
use crate::rule::{FieldRule, Kind, ObjectRule};

/// Which parts of the overlay a value takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    All,
    /// The event has null where the defaults would be.
    FixedAndStamps,
}

/// Makes `event` what it and the overlay are together; an event that is no object stays as it is.
pub(super) fn lay_over(root: &Object, rules: &ObjectRule, event: &mut Value, stamps: &Stamps<'_>) {
    if let Value::Object(members) = event {
        object(root, rules, members, stamps, Taken::All);
    }
}

fn object(object: &Object, rules: &ObjectRule, members: &mut Map<String, Value>, stamps: &Stamps<'_>, taken: Taken) {
    for node in &object.nodes {
        let rule = &rules.fields[node.place];
        match &node.what {
            What::Nothing => {}
            What::Value(leaf) => value(leaf, rule, members, stamps, taken),
            What::Stamp(strength, stamp) => self::stamp(*strength, *stamp, rule, members, stamps),
            What::Object(inner) => self::inner(inner, rule, members, stamps, taken),
            What::Flattened(flat) => flattened(flat, rule, members, taken),
        }
    }
}

fn value(leaf: &Leaf, rule: &FieldRule, members: &mut Map<String, Value>, stamps: &Stamps<'_>, taken: Taken) {
    let is_open = taken == Taken::All && !members.contains_key(rule.name);
    if leaf.strength == Strength::Fixed || is_open {
        members.insert(rule.name.to_owned(), leaf.value.clone());
    } else if let Some(replaced) = leaf.stamp {
        stamp(Strength::Default, replaced, rule, members, stamps);
    }
}

fn stamp(strength: Strength, stamp: Stamp, rule: &FieldRule, members: &mut Map<String, Value>, stamps: &Stamps<'_>) {
    if strength == Strength::Fixed || members.get(rule.name).is_none_or(Value::is_null) {
        let text = match stamp {
            Stamp::Now => stamps.now.to_string(),
            Stamp::Id => String::from_utf8_lossy(stamps.id).into_owned(),
        };
        members.insert(rule.name.to_owned(), text.into());
    }
}

fn inner(inner: &Object, rule: &FieldRule, members: &mut Map<String, Value>, stamps: &Stamps<'_>, taken: Taken) {
    let Kind::Object(rules) = rule.kind else { return };
    match members.get_mut(rule.name) {
        Some(Value::Object(members)) => object(inner, rules, members, stamps, taken),
        Some(Value::Null) => fill(inner, rule, rules, members, stamps, Taken::FixedAndStamps),
        None if taken == Taken::FixedAndStamps => fill(inner, rule, rules, members, stamps, taken),
        None if inner.is_written => {
            let mut made = Map::new();
            object(inner, rules, &mut made, stamps, taken);
            members.insert(rule.name.to_owned(), made.into());
        }
        // The event's mistake, for the check to find.
        Some(_) | None => {}
    }
}

/// Puts in what no null can remove, when there is something.
fn fill(
    inner: &Object,
    rule: &FieldRule,
    rules: &ObjectRule,
    members: &mut Map<String, Value>,
    stamps: &Stamps<'_>,
    taken: Taken,
) {
    let mut made = Map::new();
    object(inner, rules, &mut made, stamps, taken);
    if inner.is_fixed || !made.is_empty() {
        members.insert(rule.name.to_owned(), made.into());
    }
}

fn flattened(flat: &Flat, rule: &FieldRule, members: &mut Map<String, Value>, taken: Taken) {
    let has_defaults = taken == Taken::All && !members.get(rule.name).is_some_and(Value::is_null);
    let defaults = flat.defaults.iter().filter(|_| has_defaults);
    match members.get_mut(rule.name) {
        Some(Value::Object(found)) => {
            for (name, value) in defaults {
                if !found.contains_key(name) {
                    found.insert(name.clone(), value.clone());
                }
            }
            found.extend(flat.fixed.clone());
        }
        None | Some(Value::Null) => {
            let mut made: Map<String, Value> = defaults.map(|(name, value)| (name.clone(), value.clone())).collect();
            made.extend(flat.fixed.clone());
            if has_defaults || !made.is_empty() {
                members.insert(rule.name.to_owned(), made.into());
            }
        }
        // The event's mistake, for the check to find.
        Some(_) => {}
    }
}
