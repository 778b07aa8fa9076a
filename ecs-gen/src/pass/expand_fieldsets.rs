//! Unites the custom field sets with those of the ECS release and copies all of them to wherever they are reused.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::Draft;
use crate::fieldset::{Catalog, report_idle_attributes, unite};

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    // What two logs share is reported once, and is wrong in both.
    let mut found = Diagnostics::default();
    let release = draft.release.clone();
    let own = own_fieldsets(draft, &mut found);
    let sets = unite(&release.inputs, &release.fieldsets, &own, &draft.fieldsets, draft.dialect, &mut found);
    draft.catalog = Catalog::new(&sets, &mut found);
    report_idle_attributes(&draft.fieldsets, &mut found);
    draft.is_flawed |= found.has_errors();
    diagnostics.extend(found);
}

/// The field sets of ECS that the log has its own of.
fn own_fieldsets<'d>(draft: &'d Draft, diagnostics: &mut Diagnostics) -> BTreeSet<&'d str> {
    let mut own = BTreeSet::new();
    let known = || draft.release.inputs.iter().map(|set| set.name.value.as_str());
    for name in &draft.log.own_fieldsets {
        let (span, name) = (name.span, name.value.as_str());
        if !known().any(|set| set == name) {
            let message = format!("ECS {} has no field set `{name}` to be replaced", draft.release.version);
            let help = Diagnostics::did_you_mean(name, known())
                .unwrap_or_else(|| "drop it here; an extension may declare what ECS does not have".to_owned());
            diagnostics.push(Diagnostic::error(Code::UnknownFieldset, message).at(span).help(help));
        } else if !own.insert(name) {
            let message = format!("the field set `{name}` is listed twice");
            diagnostics.push(Diagnostic::error(Code::DuplicateValue, message).at(span).help("remove one"));
        } else if !draft.is_flawed && !draft.fieldsets.iter().any(|set| set.name.value == name) {
            let message = format!("no extension declares the field set `{name}` that replaces the one of ECS");
            let help = format!("declare `{name}` in a file under `extensions`, or drop it here to have that of ECS");
            diagnostics.push(Diagnostic::error(Code::UnknownFieldset, message).at(span).help(help));
        }
    }
    own
}
