//! Random documents that are valid by construction, of every form that a valid document can have; the same seed makes the
//! same documents. Independent of whatever judges documents: what is valid is said here once more, on purpose.

mod addresses;
pub(super) mod dates;
pub(super) mod free;
pub(super) mod numbers;
mod ranges;
mod texts;

use serde_json::{Map, Value, json};

use super::mutation::{CASES, Mutation, Target, mutate, targets};
use super::random::Random;
use super::{Values, events, shuffled};
use crate::date_formats::DateFormats;
use crate::field_type::ValueKind;
use crate::model::{Field, FieldId, Model};
use crate::parameter::Parameter;

/// How many of a thousand optional fields a document has; each document draws one.
const DENSITIES: &[&usize] = &[&0, &20, &50, &100, &100, &200, &300, &900];
/// How many of a thousand absent fields are null instead.
const NULLS: usize = 20;

/// Makes documents of one log, and changes them.
///
/// # Examples
/// ```no_run
/// # fn of(model: &ecs_gen::model::Model) {
/// use ecs_gen::sample::DocumentMaker;
///
/// let mut maker = DocumentMaker::new(model, 7);
/// let document = maker.document();
/// let mutation = maker.mutation(&document);
/// println!("{} at {}: {:?}", mutation.label, mutation.path, mutation.expected);
/// println!("{}", maker.text(&mutation.document));
/// # }
/// ```
#[derive(Debug)]
pub struct DocumentMaker<'m> {
    pub(super) model: &'m Model,
    pub(super) random: Random,
    plausible: Values<'m>,
    /// For each case of [`CASES`] that the log has a place for: its number and its places.
    targets: Vec<(usize, Vec<Target>)>,
}

impl<'m> DocumentMaker<'m> {
    /// A maker whose documents follow from `seed`.
    #[must_use]
    pub fn new(model: &'m Model, seed: u64) -> Self {
        let plausible = Values::new(model);
        Self { model, random: Random::new(seed), plausible, targets: targets(model) }
    }

    /// A random valid document.
    pub fn document(&mut self) -> Value {
        let density = *self.random.pick(DENSITIES);
        let model = self.model;
        let mut root = self.object(&model.roots, density);
        events::settle(self, &mut root);
        Value::Object(root)
    }

    /// `document`, which is valid, with one change; whether it stays valid is said beside it.
    pub fn mutation(&mut self, document: &Value) -> Mutation {
        let at = self.random.below(self.targets.len());
        let (case, targets) = &self.targets[at];
        let (case, target) = (&CASES[*case], targets[self.random.below(targets.len())]);
        mutate(self, case, target, document)
    }

    /// The labels of the changes that this log has a place for.
    pub fn labels(&self) -> impl Iterator<Item = &'static str> {
        self.targets.iter().map(|(case, _)| CASES[*case].label)
    }

    /// `document` as JSON text: the fields of each object in random order, with random white space.
    pub fn text(&mut self, document: &Value) -> String {
        shuffled::text(&mut self.random, document)
    }

    /// An object with what is required and some of what is not.
    pub(super) fn object(&mut self, ids: &'m [FieldId], density: usize) -> Map<String, Value> {
        let mut object = Map::new();
        for field in self.model.children(ids).filter(|field| field.kind() != ValueKind::Alias) {
            if field.required || self.random.per_mille(density) {
                object.insert(field.name().to_owned(), self.value(field, density));
            } else if field.kind() != ValueKind::Constant && self.random.per_mille(NULLS.min(density)) {
                object.insert(field.name().to_owned(), Value::Null);
            }
        }
        object
    }

    /// What `field` holds in a document: one value, or a list where it takes a list.
    pub(super) fn value(&mut self, field: &'m Field, density: usize) -> Value {
        if !field.is_array || field.kind() == ValueKind::Any {
            return self.one(field, density);
        }
        let least = usize::from(field.required);
        let count = least + self.random.below(3);
        Value::Array((0..count).map(|_| self.one(field, density)).collect())
    }

    /// One value of `field`.
    pub(super) fn one(&mut self, field: &'m Field, density: usize) -> Value {
        if field.is_object() {
            return Value::Object(self.object(&field.children, density));
        }
        let random = &mut self.random;
        let coerces = field.parameters.get(&Parameter::Coerce) != Some(&Value::Bool(false));
        match field.kind() {
            ValueKind::Keyword | ValueKind::Text => texts::text(random, &self.plausible, self.model, field),
            // The engine holds the first document's value against all that come later.
            ValueKind::Constant => {
                field.parameters.get(&Parameter::Value).cloned().unwrap_or_else(|| "the same in all".into())
            }
            ValueKind::Version => texts::version(random).into(),
            ValueKind::Integer(64) => numbers::integer(random, i64::MIN.into()..=i64::MAX.into(), coerces),
            ValueKind::Integer(bits) => numbers::integer(random, numbers::bounds(bits), false),
            ValueKind::UnsignedLong => numbers::integer(random, 0..=u64::MAX.into(), coerces),
            ValueKind::Double => numbers::double(random),
            ValueKind::Float => numbers::float(random),
            ValueKind::HalfFloat => numbers::half_float(random),
            ValueKind::Boolean => json!(random.per_mille(500)),
            ValueKind::Date => dates::moment(random, DateFormats::of(field), &dates::ANY),
            ValueKind::DateNanos => dates::moment(random, DateFormats::of(field), &dates::NANOS),
            ValueKind::Ip => addresses::ip(random).into(),
            ValueKind::GeoPoint => addresses::point(random),
            ValueKind::Range(of) => ranges::range(random, of, DateFormats::of(field), coerces),
            ValueKind::Binary => texts::binary(random).into(),
            ValueKind::Flattened => free::flattened(random, field.path.as_str()).into(),
            ValueKind::Any => free::any(random),
            ValueKind::Object | ValueKind::Nested | ValueKind::Alias => Value::Null,
        }
    }
}
