//! One change to a valid document, with a label, the place, and whether the document is valid still. The cases are data:
//! each names the fields that it is for; to add one, add a row in a module below. Knows what is valid by the written rules
//! alone, and none of the programs that judge.

mod dates;
mod numbers;
mod objects;
mod place;
mod ranges;
mod strings;
mod structure;

use serde_json::{Map, Value};

use super::events;
use super::maker::DocumentMaker;
use super::random::Random;
use crate::model::{Field, FieldId, Model};

/// A changed document.
#[derive(Clone, Debug, PartialEq)]
pub struct Mutation {
    /// What was done, in kebab case; the same words in every run, for counting.
    pub label: &'static str,
    /// The field that was changed or that the change is in, such as `kibana.saved_objects.rel`; empty for the root.
    pub path: String,
    /// The document after the change.
    pub document: Value,
    /// Whether it is valid.
    pub expected: Verdict,
}

/// What a judge says of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The log takes it.
    Valid,
    /// The log refuses it.
    Invalid,
}

/// A kind of change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    pub(super) label: &'static str,
    expected: Verdict,
    change: Change,
}

/// Which fields a change is for.
type Of = fn(&Field) -> bool;

/// What a change does to the field that it is for, which the document has.
#[derive(Clone, Copy, Debug)]
enum Change {
    /// Replaces one value.
    Value(Of, fn(&mut Random, &Field) -> Value),
    /// Replaces all that the field holds; nothing to remove the field.
    Whole(Of, fn(Value) -> Option<Value>),
    /// Changes an object, the field.
    Object(fn(&Model, &Field) -> bool, for<'m> fn(&mut DocumentMaker<'m>, &'m Field, &mut Map<String, Value>)),
    /// Changes the document.
    Root(fn(&Model) -> bool, fn(&mut DocumentMaker<'_>, &mut Map<String, Value>)),
}

/// Where a change can be made.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    Root,
    Field(FieldId),
}

const fn refused(label: &'static str, of: Of, value: fn(&mut Random, &Field) -> Value) -> Case {
    Case { label, expected: Verdict::Invalid, change: Change::Value(of, value) }
}

const fn taken(label: &'static str, of: Of, value: fn(&mut Random, &Field) -> Value) -> Case {
    Case { label, expected: Verdict::Valid, change: Change::Value(of, value) }
}

/// Every case.
pub(super) static CASES: std::sync::LazyLock<Vec<Case>> = std::sync::LazyLock::new(|| {
    [strings::CASES, numbers::CASES, dates::CASES, ranges::CASES, objects::CASES, structure::CASES].concat()
});

/// The cases that a log has a place for, and the places.
pub(super) fn targets(model: &Model) -> Vec<(usize, Vec<Target>)> {
    let places = CASES.iter().map(|case| places_for(case, model));
    places.enumerate().filter(|(_, places)| !places.is_empty()).collect()
}

fn places_for(case: &Case, model: &Model) -> Vec<Target> {
    let is_for: &dyn Fn(&Field) -> bool = match &case.change {
        Change::Root(of, _) => return if of(model) { vec![Target::Root] } else { Vec::new() },
        Change::Value(of, _) | Change::Whole(of, _) => of,
        Change::Object(of, _) => &|field| of(model, field),
    };
    let ids = (0..).map(FieldId).zip(&model.fields);
    ids.filter(|(_, field)| is_for(field)).map(|(id, _)| Target::Field(id)).collect()
}

/// Makes the change of `case` at `target` in a copy of `document`.
pub(super) fn mutate(maker: &mut DocumentMaker<'_>, case: &Case, target: Target, document: &Value) -> Mutation {
    let mut root = document.as_object().cloned().unwrap_or_default();
    let mut path = String::new();
    match (case.change, target) {
        (Change::Root(_, change), _) => change(maker, &mut root),
        (_, Target::Root) => {}
        (change, Target::Field(id)) => {
            let field = maker.model.field(id);
            field.path.as_str().clone_into(&mut path);
            place::plant(maker, &mut root, field);
            events::settle(maker, &mut root);
            change_field(maker, change, field, &mut root);
        }
    }
    Mutation { label: case.label, path, document: Value::Object(root), expected: case.expected }
}

fn change_field<'m>(maker: &mut DocumentMaker<'m>, change: Change, field: &'m Field, root: &mut Map<String, Value>) {
    let Some(holder) = place::holder(root, field) else { return };
    let found = holder.remove(field.name()).unwrap_or(Value::Null);
    let changed = match change {
        Change::Value(_, value) => Some(place::replace_one(field, found, value(&mut maker.random, field))),
        Change::Whole(_, change) => change(found),
        Change::Object(_, change) => {
            let mut found = found;
            if let Some(object) = place::first_object(&mut found) {
                change(maker, field, object);
            }
            Some(found)
        }
        Change::Root(..) => Some(found),
    };
    if let Some(changed) = changed {
        holder.insert(field.name().to_owned(), changed);
    }
}
