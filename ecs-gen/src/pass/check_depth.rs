//! Refuses a mapping that is deeper than any reader of it bears.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::Draft;

/// The deepest field. The engines take more when they are told to; a mapping in JSON has two levels for each of these, and
/// many parsers stop at 128.
pub(crate) const MAX_DEPTH: usize = 50;

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    let mut deepest: Option<(usize, String, _)> = None;
    draft.selected.walk(&mut |path, place| {
        let levels = path.split('.').count();
        if levels > deepest.as_ref().map_or(MAX_DEPTH, |(most, ..)| *most) {
            deepest = Some((levels, path.to_owned(), place.span()));
        }
    });
    if let Some((levels, path, span)) = deepest {
        let message = format!("`{path}` is {levels} levels deep; a mapping has at most {MAX_DEPTH}");
        let span = span.unwrap_or(draft.log.name.span);
        let help = "select less of what is reused in itself, or give the field a shorter path";
        diagnostics.push(Diagnostic::error(Code::TooDeep, message).at(span).help(help));
    }
}
