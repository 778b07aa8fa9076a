//! Unites the custom field sets with those of the ECS release and copies all of them to wherever they are reused.

use crate::diagnostic::Diagnostics;
use crate::draft::Draft;
use crate::fieldset::{Catalog, report_idle_attributes, unite};

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    // What two logs share is reported once, and is wrong in both.
    let mut found = Diagnostics::default();
    let release = draft.release.clone();
    let sets = unite(&release.inputs, &release.fieldsets, &draft.fieldsets, draft.dialect, &mut found);
    draft.catalog = Catalog::new(&sets, &mut found);
    report_idle_attributes(&draft.fieldsets, &mut found);
    draft.is_flawed |= found.has_errors();
    diagnostics.extend(found);
}
