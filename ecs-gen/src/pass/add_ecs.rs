//! Puts the fields of the ECS release into the catalog. Reuse is already resolved in a release.

use crate::diagnostic::Diagnostics;
use crate::draft::{Draft, TreeField};
use crate::model::Origin;

pub(super) fn run(draft: &mut Draft, _diagnostics: &mut Diagnostics) {
    for declaration in &draft.release.clone().fields {
        let origin = Origin::Ecs { original_fieldset: declaration.original_fieldset.clone() };
        let place = draft.catalog.entry(&declaration.path);
        place.field = Some(TreeField { declaration: declaration.clone(), origin, docs_only: false });
    }
}
