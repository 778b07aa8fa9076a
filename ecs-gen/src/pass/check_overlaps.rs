//! Two logs must not share a name or match the same indices.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::Draft;
use crate::lifecycle::{LogNames, Storage, check_overlaps};
use crate::model::snake_case;

pub(super) fn run(drafts: &[Draft], diagnostics: &mut Diagnostics) {
    let logs: Vec<LogNames<'_>> = drafts.iter().filter_map(names).collect();
    check_overlaps(&logs, diagnostics);
    check_modules(drafts, diagnostics);
}

/// `a-b` and `a_b` are different names and would be one Rust module.
fn check_modules(drafts: &[Draft], diagnostics: &mut Diagnostics) {
    for (position, draft) in drafts.iter().enumerate() {
        let name = &draft.log.name;
        let same =
            |other: &&Draft| other.log.name.value != name.value && snake_case(&other.log.name) == snake_case(name);
        if let Some(other) = drafts[..position].iter().find(same) {
            let message = format!("`{}` and `{}` would be one Rust module", name.value, other.log.name.value);
            let help = "give one of the two another name: they would write the same files";
            diagnostics.push(Diagnostic::error(Code::DuplicateLog, message).at(name.span).help(help));
        }
    }
}

/// Without storage something was reported already.
fn names(draft: &Draft) -> Option<LogNames<'_>> {
    let Storage { target, opensearch_target, lifecycle, .. } = draft.storage.as_ref()?;
    let targets = [target, opensearch_target.as_ref().unwrap_or(target)];
    Some(LogNames { name: &draft.log.name, index: draft.log.index.span, targets, policy: &lifecycle.policy })
}
