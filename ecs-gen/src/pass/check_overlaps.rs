//! Two logs must not share a name or match the same indices.

use crate::diagnostic::Diagnostics;
use crate::draft::Draft;
use crate::lifecycle::{LogNames, check_overlaps};

pub(super) fn run(drafts: &[Draft], diagnostics: &mut Diagnostics) {
    let logs: Vec<LogNames<'_>> = drafts.iter().filter_map(names).collect();
    check_overlaps(&logs, diagnostics);
}

/// Without storage something was reported already.
fn names(draft: &Draft) -> Option<LogNames<'_>> {
    let (target, _, lifecycle) = draft.storage.as_ref()?;
    Some(LogNames { name: &draft.log.name, index: draft.log.index.span, target, policy: &lifecycle.policy })
}
