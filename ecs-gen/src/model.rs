//! One event log, finished: every field resolved, every problem reported. Emitters read it; nothing here can be wrong.

mod field;
mod log;
mod shape;

pub use field::{Allowed, AllowedId, AllowedValue, Field, FieldId, Level, MultiField, Origin};
pub use log::{Alias, DataStream, IndexTarget, Log, Overrides, Pipeline, Sample, Settings, Version};
pub use shape::{Shape, ShapeId, pascal_case, snake_case};

use std::borrow::Cow;

use crate::field_type::ValueKind;

/// A finished event log.
#[derive(Clone, Debug)]
pub struct Model {
    /// Names, indices, lifecycle and producers.
    pub log: Log,
    /// The ECS release that its fields come from, such as `9.4.0`.
    pub ecs_version: String,
    /// Every field and object, a parent before its children, siblings in byte order of their names.
    pub fields: Vec<Field>,
    /// The top-level fields.
    pub roots: Vec<FieldId>,
    /// Fields that are documented and in no artifact (`docs_only`), in byte order of their paths.
    pub docs_only: Vec<Field>,
    /// The distinct object shapes; the first is the whole document.
    pub shapes: Vec<Shape>,
    /// The distinct lists of allowed values.
    pub allowed: Vec<Allowed>,
}

impl Model {
    /// The log as it is on OpenSearch: with the names that it has there, where it has others. Indices under those are not
    /// hidden, since Index State Management passes hidden ones over.
    #[must_use]
    pub fn on_opensearch(&self) -> Cow<'_, Self> {
        let Some(target) = &self.log.opensearch_target else { return Cow::Borrowed(self) };
        let mut model = self.clone();
        model.log.target = target.clone();
        model.log.settings.hidden = false;
        Cow::Owned(model)
    }

    /// The field behind an id.
    #[must_use]
    pub fn field(&self, id: FieldId) -> &Field {
        &self.fields[id.index()]
    }

    /// The children of an object, or the top-level fields.
    pub fn children<'m>(&'m self, ids: &'m [FieldId]) -> impl Iterator<Item = &'m Field> {
        ids.iter().map(|id| self.field(*id))
    }

    /// The field at a dotted path.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.path.as_str() == path)
    }

    /// Fields that hold values: all but plain and nested objects. What "the number of fields" means everywhere.
    pub fn leaves(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !field.is_object())
    }

    /// What the engine counts against `index.mapping.total_fields.limit`: leaves, objects and multi-fields.
    #[must_use]
    pub fn mapped_count(&self) -> usize {
        self.fields.iter().map(|field| 1 + field.multi_fields.len()).sum()
    }

    /// The shape behind an id.
    #[must_use]
    pub fn shape(&self, id: ShapeId) -> &Shape {
        &self.shapes[id.index()]
    }

    /// The allowed values of a field.
    #[must_use]
    pub fn allowed_of(&self, field: &Field) -> Option<&Allowed> {
        field.allowed.map(|id| &self.allowed[id.index()])
    }
}

impl Field {
    /// Whether it is an object with fields of its own (plain or nested).
    #[must_use]
    pub fn is_object(&self) -> bool {
        matches!(self.kind(), ValueKind::Object | ValueKind::Nested)
    }
}
