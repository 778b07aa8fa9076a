//! Resolves indices, settings, lifecycle and the engine versions that the files are for.

use crate::diagnostic::Diagnostics;
use crate::draft::Draft;
use crate::lifecycle;

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    let log = &draft.log;
    draft.storage = lifecycle::resolve(&log.index, log.lifecycle.as_ref(), &log.name, diagnostics);
    draft.opensearch_since = lifecycle::resolve_opensearch(log.opensearch.as_ref(), diagnostics);
}
