//! A release of ECS as facts: its field sets, and what of them it documents.

use std::sync::Arc;

use crate::declaration::FieldDeclaration;
use crate::diagnostic::Diagnostics;
use crate::field_path::FieldPath;
use crate::fieldset::{Catalog, Cursor, Fieldset, Shown, declare_ecs};
use crate::input::fieldset::FieldsetInput;

/// A release of ECS.
#[derive(Clone, Debug)]
pub struct EcsRelease {
    /// Such as `9.4.0`.
    pub version: String,
    /// What its field sets say, in byte order of their names.
    pub inputs: Vec<FieldsetInput>,
    /// The same, declared.
    pub fieldsets: Vec<Arc<Fieldset>>,
    /// What it documents of each set. Without that it documents what it has: as a flat list of fields does, which does
    /// not say what is reused where.
    pub shown: Shown,
}

impl EcsRelease {
    /// Declares the field sets of a release.
    #[must_use]
    pub fn new(version: String, mut inputs: Vec<FieldsetInput>, shown: Shown, diagnostics: &mut Diagnostics) -> Self {
        inputs.sort_by(|left, right| left.name.value.cmp(&right.name.value));
        let fieldsets = declare_ecs(&inputs, diagnostics);
        Self { version, inputs, fieldsets, shown }
    }

    /// All that its schemas allow.
    #[must_use]
    pub fn catalog(&self, diagnostics: &mut Diagnostics) -> Catalog {
        Catalog::new(&self.fieldsets, diagnostics)
    }

    /// The fields that the release documents, with their whole paths, in byte order.
    #[must_use]
    pub fn documented_fields(&self, diagnostics: &mut Diagnostics) -> Vec<FieldDeclaration> {
        self.fields(diagnostics, false)
    }

    /// The fields that its schemas allow, with their whole paths, in byte order.
    #[must_use]
    pub fn allowed_fields(&self, diagnostics: &mut Diagnostics) -> Vec<FieldDeclaration> {
        self.fields(diagnostics, true)
    }

    fn fields(&self, diagnostics: &mut Diagnostics, with_hidden: bool) -> Vec<FieldDeclaration> {
        let catalog = self.catalog(diagnostics);
        let mut fields = Vec::new();
        for (name, cursor) in catalog.tops(&self.shown) {
            collect(cursor, &FieldPath::below(None, name), with_hidden, &mut fields);
        }
        fields.sort_by(|left, right| left.path.cmp(&right.path));
        fields
    }
}

fn collect(cursor: Cursor<'_>, path: &FieldPath, with_hidden: bool, fields: &mut Vec<FieldDeclaration>) {
    if cursor.is_hidden() && !with_hidden {
        return;
    }
    fields.extend(cursor.field(path).map(|(declaration, _)| declaration));
    for (name, child) in cursor.children() {
        collect(child, &FieldPath::below(Some(path), name), with_hidden, fields);
    }
}
