//! Resolves indices, settings and lifecycle.

use crate::diagnostic::Diagnostics;
use crate::draft::Draft;

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    let _ = (draft, diagnostics);
}
