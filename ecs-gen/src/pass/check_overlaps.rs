//! Two logs must not share a name or match the same indices.

use crate::diagnostic::Diagnostics;
use crate::draft::Draft;

pub(super) fn run(drafts: &[Draft], diagnostics: &mut Diagnostics) {
    let _ = (drafts, diagnostics);
}
