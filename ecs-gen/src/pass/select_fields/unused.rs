//! Custom field sets that no selected field comes from: the official generator would not say so.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::{Draft, FieldTree};
use crate::fieldset::{CustomId, Node};
use crate::source::Spanned;

pub(super) fn report(draft: &Draft, diagnostics: &mut Diagnostics) {
    let mut used = BTreeSet::new();
    mark_used(&draft.selected, &draft.catalog.document, &mut used);
    // The object of a set without fields of its own may be what others are put in.
    let is_object = |name: &str| draft.selected.children.get(name).is_some_and(|place| !place.children.is_empty());
    let added = |name: &str| draft.catalog.set(name).is_some_and(|set| !set.in_ecs);
    for (position, set) in draft.fieldsets.iter().enumerate() {
        let id = CustomId(position);
        let name: &Spanned<String> = &set.name;
        if used.contains(&id) || (added(name) && set.reusable.is_none() && set.fields.is_empty() && is_object(name)) {
            continue;
        }
        let message = format!("`{}` selects nothing that the field set `{}` adds", draft.log.name.value, name.value);
        let help = match draft.catalog.place_of(id) {
            Some(place) => {
                format!("select `{place}` under `fields`, by its name or with `fields: '*'`; or drop the set")
            }
            None => "it adds nothing: drop it".to_owned(),
        };
        diagnostics.push(Diagnostic::warning(Code::UnusedExtension, message).at(name.span).help(help));
    }
}

/// The custom sets that declare, refine or place something that is selected.
fn mark_used(selected: &FieldTree, node: &Node, used: &mut BTreeSet<CustomId>) {
    if let Some(field) = node.field.as_ref().filter(|_| selected.field.is_some()) {
        used.extend(&field.customs);
    }
    if !selected.children.is_empty() {
        used.extend(&node.placed_by);
    }
    for (name, child) in &selected.children {
        if let Some(node) = node.children.get(name) {
            mark_used(child, node, used);
        }
    }
}
