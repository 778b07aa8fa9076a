//! Finding and making the place of a field in a document, through objects and lists of objects.

use serde_json::{Map, Value};

use crate::field_type::ValueKind;
use crate::model::{Field, Model};
use crate::sample::maker::DocumentMaker;

/// Makes sure that the document has a value for `field`, in the first element of each list on the way to it.
pub(super) fn plant<'m>(maker: &mut DocumentMaker<'m>, root: &mut Map<String, Value>, field: &'m Field) {
    let mut object = root;
    for ancestor in ancestors(maker.model, field) {
        let found = object.entry(ancestor.name()).or_insert(Value::Null);
        if first_object(found).is_none() {
            let inner = Value::Object(maker.object(&ancestor.children, 0));
            *found = if ancestor.is_array { Value::Array(vec![inner]) } else { inner };
        }
        let Some(inner) = first_object(found) else { return };
        object = inner;
    }
    let is_absent = object.get(field.name()).is_none_or(is_absent);
    if is_absent && field.kind() != ValueKind::Alias {
        let value = if field.is_array && field.kind() != ValueKind::Any {
            Value::Array(vec![maker.one(field, 0)])
        } else {
            maker.value(field, 0)
        };
        object.insert(field.name().to_owned(), value);
    }
}

/// The object that holds the planted field.
pub(super) fn holder<'d>(root: &'d mut Map<String, Value>, field: &Field) -> Option<&'d mut Map<String, Value>> {
    let mut object = root;
    if let Some(parent) = field.path.parent() {
        for name in parent.segments() {
            object = first_object(object.get_mut(name)?)?;
        }
    }
    Some(object)
}

/// The object, or the first of a list.
pub(super) fn first_object(value: &mut Value) -> Option<&mut Map<String, Value>> {
    match value {
        Value::Object(object) => Some(object),
        Value::Array(elements) => elements.first_mut()?.as_object_mut(),
        _ => None,
    }
}

/// Puts `value` in place of the first of those that the field holds.
pub(super) fn replace_one(field: &Field, found: Value, value: Value) -> Value {
    match found {
        Value::Array(mut elements) if field.is_array => {
            match elements.first_mut() {
                Some(first) => *first = value,
                None => elements.push(value),
            }
            Value::Array(elements)
        }
        _ if field.is_array && field.kind() != ValueKind::Any => Value::Array(vec![value]),
        _ => value,
    }
}

fn is_absent(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// The objects around `field`, from the root on.
fn ancestors<'m>(model: &'m Model, field: &Field) -> Vec<&'m Field> {
    let mut ancestors = vec![];
    let mut ids = &model.roots;
    for name in field.path.segments() {
        match model.children(ids).find(|child| child.name() == name) {
            Some(child) if child.path != field.path => {
                ancestors.push(child);
                ids = &child.children;
            }
            _ => break,
        }
    }
    ancestors
}
