//! Checks that no provider lists an action twice: each becomes a name of its own.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::Draft;

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    for (provider, actions) in &draft.log.providers.0 {
        let mut listed = BTreeSet::new();
        for action in actions.iter().filter(|action| !listed.insert(&action.value)) {
            let message = format!("the action `{}` of `{}` is listed twice", action.value, provider.value);
            diagnostics.push(Diagnostic::error(Code::DuplicateValue, message).at(action.span).help("remove one"));
        }
    }
}
