//! Puts the fields of the ECS release into the catalog. Reuse is already resolved in a release.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostics;
use crate::draft::{Draft, TreeField};
use crate::field_path::FieldPath;
use crate::input::selection::SelectedFields;
use crate::model::Origin;

pub(super) fn run(draft: &mut Draft, _diagnostics: &mut Diagnostics) {
    let release = draft.release.clone();
    let wanted = wanted_roots(draft);
    for declaration in &release.fields {
        let path = declaration.path.as_str();
        let root = path.split_once('.').map(|(root, _)| root);
        if root.is_some_and(|root| wanted.as_ref().is_some_and(|wanted| !wanted.contains(root))) {
            continue;
        }
        let origin = Origin::Ecs { original_fieldset: declaration.original_fieldset.clone() };
        let place = draft.catalog.entry(&declaration.path);
        place.field = Some(TreeField { declaration: declaration.clone(), origin, docs_only: false });
    }
}

/// The top-level objects that the log selects from or an extension touches: the rest of ECS, which is most of it, is
/// left out of the catalog. `None` for all.
fn wanted_roots(draft: &Draft) -> Option<BTreeSet<String>> {
    let SelectedFields::Some(sets) = &draft.log.fields else { return None };
    let mut wanted: BTreeSet<String> = sets.0.iter().map(|(name, _)| name.value.clone()).collect();
    for (name, _) in sets.0.iter().filter(|(name, _)| draft.release.is_rootless(name)) {
        let roots = draft.release.definition_of(name).into_iter().filter_map(|field| root_of(&field.path));
        wanted.extend(roots);
    }
    for set in &draft.fieldsets {
        let own = std::iter::once(&set.name.value).filter(|_| !set.root);
        let places = set.places.iter().map(|place| &place.path.value);
        let at_root =
            set.fields.iter().map(|field| &field.path).chain(set.reuses.iter().map(|reuse| &reuse.path.value));
        for path in own.chain(places).chain(at_root.filter(|_| set.root)) {
            wanted.extend(root_of(path));
        }
    }
    Some(wanted)
}

fn root_of(path: &FieldPath) -> Option<String> {
    path.segments().next().map(str::to_owned)
}
