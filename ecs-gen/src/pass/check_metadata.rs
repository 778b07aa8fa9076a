//! Refuses fields under the names that engines keep for themselves.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::Draft;
use crate::field_path::METADATA;

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    let taken = METADATA.iter().filter_map(|name| Some((name, draft.selected.children.get(*name)?)));
    for (name, place) in taken {
        let span = place.span().unwrap_or(draft.log.name.span);
        let message = format!("`{name}` is the name of a metadata field: engines refuse it in mappings and documents");
        let help = "give the field another name";
        diagnostics.push(Diagnostic::error(Code::InvalidName, message).at(span).help(help));
    }
}
