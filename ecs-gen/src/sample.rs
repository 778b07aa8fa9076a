//! Documents that are valid by construction: plausible ones for the sample files, random ones with changes for tests of
//! whatever judges documents. Pure: the same model (and seed) gives the same documents. Knows no judge.

mod events;
mod known;
mod literal;
mod maker;
mod mutation;
mod random;
mod shuffled;
mod value;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use crate::field_type::ValueKind;
use crate::model::{Field, FieldId, Model};
pub use maker::DocumentMaker;
pub use mutation::{Mutation, Verdict};
pub(crate) use value::Values;

/// A document with every field of the log, in canonical order: each value plausible, allowed, and of the form in which
/// it is written.
#[must_use]
pub fn full_document(model: &Model) -> Value {
    Value::Object(object(model, &Values::new(model), &model.roots, Extent::Full))
}

/// A document with only what every document has, and `@timestamp`.
#[must_use]
pub fn minimal_document(model: &Model) -> Value {
    Value::Object(object(model, &Values::new(model), &model.roots, Extent::Minimal))
}

/// Which fields a document has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Full,
    Minimal,
}

impl Extent {
    fn has(self, field: &Field) -> bool {
        self == Self::Full || field.required || field.path.as_str() == "@timestamp"
    }
}

fn object(model: &Model, values: &Values<'_>, ids: &[FieldId], extent: Extent) -> Map<String, Value> {
    let mut object = Map::new();
    for field in model.children(ids).filter(|field| extent.has(field) && field.kind() != ValueKind::Alias) {
        let value = if field.is_object() {
            let inner = Value::Object(self::object(model, values, &field.children, extent));
            if field.is_array { Value::Array(vec![inner]) } else { inner }
        } else {
            values.of(field)
        };
        object.insert(field.name().to_owned(), value);
    }
    object
}
