//! Conditions without needless levels: what is flat stays within the engines' limits on depth and number, and reads better.

use std::sync::Arc;

use crate::resolved::Condition;

pub(crate) fn and(conditions: Vec<Condition>) -> Condition {
    let mut flat = Vec::new();
    for condition in conditions {
        match condition {
            Condition::All => {}
            Condition::None => return Condition::None,
            Condition::And(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    single_or(flat, Condition::All, Condition::And)
}

pub(crate) fn or(conditions: Vec<Condition>) -> Condition {
    let mut flat: Vec<Condition> = Vec::new();
    for condition in conditions {
        match condition {
            Condition::None => {}
            Condition::All => return Condition::All,
            Condition::Or(inner) => inner.into_iter().for_each(|condition| push_or_merge(&mut flat, condition)),
            other => push_or_merge(&mut flat, other),
        }
    }
    single_or(flat, Condition::None, Condition::Or)
}

/// Adds a condition; equalities of the field that the last one is about become one list.
fn push_or_merge(conditions: &mut Vec<Condition>, condition: Condition) {
    let (field, values) = match condition {
        Condition::Term { field, value } => (field, vec![value]),
        Condition::Terms { field, values } => (field, values),
        other => return conditions.push(other),
    };
    match conditions.last_mut() {
        Some(Condition::Terms { field: last, values: before }) if *last == field => before.extend(values),
        Some(last) => {
            if let Condition::Term { field: last_field, value } = last
                && *last_field == field
            {
                let values = std::iter::once(value.clone()).chain(values).collect();
                *last = Condition::Terms { field, values };
            } else {
                conditions.push(terms(field, values));
            }
        }
        None => conditions.push(terms(field, values)),
    }
}

fn terms(field: Arc<crate::field::Field>, mut values: Vec<crate::resolved::Value>) -> Condition {
    match (values.pop(), values.is_empty()) {
        (Some(value), true) => Condition::Term { field, value },
        (last, _) => {
            values.extend(last);
            Condition::Terms { field, values }
        }
    }
}

pub(crate) fn not(condition: Condition) -> Condition {
    match condition {
        Condition::All => Condition::None,
        Condition::None => Condition::All,
        Condition::Not(inner) => *inner,
        other => Condition::Not(Box::new(other)),
    }
}

pub(crate) fn nested(path: Arc<str>, inner: Condition) -> Condition {
    match inner {
        Condition::None => Condition::None,
        inner => Condition::Nested { path, inner: Box::new(inner) },
    }
}

fn single_or(mut conditions: Vec<Condition>, empty: Condition, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match conditions.len() {
        0 => empty,
        1 => conditions.swap_remove(0),
        _ => join(conditions),
    }
}

impl Condition {
    /// How many levels of conditions there are.
    pub(crate) fn depth(&self) -> usize {
        1 + match self {
            Self::And(inner) | Self::Or(inner) => inner.iter().map(Self::depth).max().unwrap_or(0),
            Self::Not(inner) | Self::Nested { inner, .. } => inner.depth(),
            _ => 0,
        }
    }

    /// How many comparisons there are. A text that is asked of all fields is one.
    pub(crate) fn count(&self) -> usize {
        match self {
            Self::And(inner) | Self::Or(inner) => inner.iter().map(Self::count).sum(),
            Self::Not(inner) | Self::Nested { inner, .. } => inner.count(),
            _ => 1,
        }
    }
}
