//! Resolves indices, settings and lifecycle.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::{Draft, FieldTree};
use crate::field_type::FieldType;
use crate::lifecycle::{resolve, resolve_opensearch};

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    check_timestamp(draft, diagnostics);
    let log = &draft.log;
    draft.storage = resolve(&log.index, log.opensearch.as_ref(), log.lifecycle.as_ref(), &log.name, diagnostics);
    draft.opensearch_since = resolve_opensearch(log.opensearch.as_ref().map(|input| &input.value), diagnostics);
}

/// The engines refuse a data stream without a time in every document.
fn check_timestamp(draft: &Draft, diagnostics: &mut Diagnostics) {
    let there = draft.log.opensearch.as_ref().and_then(|there| there.data_stream.as_ref());
    let Some(stream) = draft.log.index.data_stream.as_ref().or(there) else { return };
    let timestamp = draft.selected.children.get("@timestamp").map(FieldTree::field_type);
    if !matches!(timestamp, Some(FieldType::Date | FieldType::DateNanos)) {
        let message = "a data stream needs the date `@timestamp`, which is not selected";
        let help = "add `base: {fields: {\"@timestamp\": {}}}` to `fields`";
        diagnostics.push(Diagnostic::error(Code::RequiredNotSelected, message).at(stream.span).help(help));
    }
}
