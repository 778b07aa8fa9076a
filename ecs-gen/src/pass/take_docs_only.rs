//! Parts what stands in the docs only from what stands in mappings, structs and documents.

use crate::diagnostic::Diagnostics;
use crate::draft::{Draft, FieldTree, TreeField};

pub(super) fn run(draft: &mut Draft, _diagnostics: &mut Diagnostics) {
    take_docs_only(&mut draft.selected, &mut draft.docs_only);
    draft.docs_only.sort_by(|left, right| left.declaration.path.cmp(&right.declaration.path));
}

/// Moves what stands in the docs only out of the tree, and with it the objects that are left empty.
fn take_docs_only(tree: &mut FieldTree, docs_only: &mut Vec<TreeField>) {
    tree.children.retain(|_, place| {
        let had_children = !place.children.is_empty();
        let field = place.field.take_if(|field| field.docs_only);
        let taken = field.is_some();
        docs_only.extend(field);
        take_docs_only(place, docs_only);
        if taken { !place.children.is_empty() } else { !(had_children && place.children.is_empty()) }
    });
}
