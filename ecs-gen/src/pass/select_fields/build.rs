//! A place of the catalog and all below it as a tree of selected fields.

use crate::declaration::FieldDeclaration;
use crate::draft::{FieldTree, TreeField};
use crate::field_path::FieldPath;
use crate::fieldset::Cursor;
use crate::model::Origin;

/// What `'*'` takes, and how much of that a release hides.
pub(super) struct Build {
    /// Whether places are taken that the release hides.
    pub(super) with_hidden: bool,
    /// How many fields were taken there.
    pub(super) hidden: usize,
}

impl Build {
    /// The place and what is below it; `None` when nothing of it is to be selected.
    pub(super) fn tree(&mut self, place: Cursor<'_>, path: &FieldPath) -> Option<FieldTree> {
        if place.is_hidden() {
            if !self.with_hidden {
                return None;
            }
            self.hidden += usize::from(place.node.field.is_some());
        }
        let mut tree = FieldTree { field: field(place, path), ..FieldTree::default() };
        for (name, child) in place.children() {
            if let Some(child) = self.tree(child, &FieldPath::below(Some(path), name)) {
                tree.children.insert(name.to_owned(), child);
            }
        }
        // An object that nothing is selected of is nothing; an open one is declared.
        (!tree.children.is_empty() || place.node.field.is_some()).then_some(tree)
    }
}

/// The field at a place, or the object that a custom file or a list makes of it.
pub(super) fn field(place: Cursor<'_>, path: &FieldPath) -> Option<TreeField> {
    if let Some((declaration, origin)) = place.field(path) {
        return Some(TreeField { declaration, origin, docs_only: false });
    }
    let placed = place.node.placed.as_deref().filter(|placed| place.node.added || placed.is_array)?;
    let declaration = FieldDeclaration {
        is_array: placed.is_array,
        beta: placed.beta,
        description: placed.description.clone(),
        original_fieldset: placed.is_copy.then(|| placed.fieldset.clone()),
        ..FieldDeclaration::object(path.clone(), placed.span)
    };
    let origin = if place.node.added { place.object_origin() } else { Origin::Implied };
    Some(TreeField { declaration, origin, docs_only: false })
}
