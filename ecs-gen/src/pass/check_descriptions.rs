//! Checks that what the log describes is selected.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::Draft;
use crate::fieldset::parse_path;

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    for (name, _) in &draft.log.descriptions.0 {
        let Some(path) = parse_path(name, diagnostics) else { continue };
        let is_in_docs = draft.docs_only.iter().any(|field| field.declaration.path == path.value);
        if is_in_docs || draft.selected.get(&path).is_some() || draft.may_select(path.value.as_str()) {
            continue;
        }
        let mut selected = Vec::new();
        draft.selected.walk(&mut |path, _| selected.push(path.to_owned()));
        let help = Diagnostics::did_you_mean(name, selected.iter().map(String::as_str))
            .unwrap_or_else(|| "select it under `fields`, or drop its description".to_owned());
        let message = format!("`{}` is described and is no selected field or object", path.value);
        diagnostics.push(Diagnostic::error(Code::UnknownField, message).at(name.span).help(help));
    }
}
