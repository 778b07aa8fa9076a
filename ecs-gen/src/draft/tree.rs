//! Fields by path segment: the form in which field sets are merged and selected.

use std::collections::BTreeMap;

use crate::declaration::FieldDeclaration;
use crate::field_path::FieldPath;
use crate::field_type::{FieldType, ValueKind};
use crate::model::Origin;
use crate::source::Span;

/// A place in the tree: perhaps a declared field, perhaps with others below it.
#[derive(Clone, Debug, Default)]
pub struct FieldTree {
    /// The field that is declared here; an object that is only a place for others has none.
    pub field: Option<TreeField>,
    /// What stands below, in byte order of the names.
    pub children: BTreeMap<String, FieldTree>,
}

/// A declared field in the tree.
#[derive(Clone, Debug)]
pub struct TreeField {
    /// What is declared. Its path is the place in this tree.
    pub declaration: FieldDeclaration,
    /// Who declared it.
    pub origin: Origin,
    /// Whether the field stands in the docs only.
    pub docs_only: bool,
}

impl FieldTree {
    /// The place at `path`, made when it is not there.
    pub fn entry(&mut self, path: &FieldPath) -> &mut Self {
        path.segments().fold(self, |tree, segment| {
            if !tree.children.contains_key(segment) {
                tree.children.insert(segment.to_owned(), Self::default());
            }
            tree.children.get_mut(segment).expect("it was inserted above")
        })
    }

    /// The place at `path`.
    #[must_use]
    pub fn get(&self, path: &FieldPath) -> Option<&Self> {
        path.segments().try_fold(self, |tree, segment| tree.children.get(segment))
    }

    /// The place at `path`, to change it.
    pub fn get_mut(&mut self, path: &FieldPath) -> Option<&mut Self> {
        path.segments().try_fold(self, |tree, segment| tree.children.get_mut(segment))
    }

    /// The type here; an undeclared place with others below it is an object.
    #[must_use]
    pub fn field_type(&self) -> FieldType {
        self.field.as_ref().map_or(FieldType::Object, |field| field.declaration.field_type)
    }

    /// Whether fields may stand below this one.
    #[must_use]
    pub fn may_have_children(&self) -> bool {
        matches!(self.field_type(), FieldType::Object | FieldType::Nested)
    }

    /// Whether documents hold a list here.
    #[must_use]
    pub fn is_array(&self) -> bool {
        self.field
            .as_ref()
            .is_some_and(|field| field.declaration.is_array || field.declaration.field_type.kind() == ValueKind::Nested)
    }

    /// Where the field here, or the first one below it, is declared.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        match &self.field {
            Some(field) => Some(field.declaration.span),
            None => self.children.values().find_map(Self::span),
        }
    }

    /// Calls `visit` for every place below this one with its dotted path, a parent before its children.
    pub fn walk<'t>(&'t self, visit: &mut impl FnMut(&str, &'t Self)) {
        self.walk_from("", visit);
    }

    fn walk_from<'t>(&'t self, prefix: &str, visit: &mut impl FnMut(&str, &'t Self)) {
        for (name, child) in &self.children {
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            visit(&path, child);
            child.walk_from(&path, visit);
        }
    }

    /// Calls `change` for every place below this one, children before their parent.
    pub fn change_each(&mut self, change: &mut impl FnMut(&mut Self)) {
        for child in self.children.values_mut() {
            child.change_each(change);
            change(child);
        }
    }
}
