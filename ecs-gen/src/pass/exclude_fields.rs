//! Takes out again what exclude files name.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::{Draft, FieldTree};
use crate::input::exclude::ExcludedField;

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    let excludes = std::mem::take(&mut draft.excludes);
    for set in &excludes {
        let is_root = draft.catalog.set(&set.name).is_some_and(|known| known.root);
        let prefix = if is_root { String::new() } else { set.name.value.clone() };
        for field in &set.fields {
            exclude(&mut draft.selected, &prefix, field, diagnostics);
        }
    }
    draft.excludes = excludes;
}

fn exclude(selected: &mut FieldTree, parent: &str, field: &ExcludedField, diagnostics: &mut Diagnostics) {
    let name = &field.name.value;
    let path = if parent.is_empty() { name.clone() } else { format!("{parent}.{name}") };
    match &field.fields {
        Some(below) => {
            for field in below {
                exclude(selected, &path, field, diagnostics);
            }
        }
        None if take_out(selected, &path) => {}
        None => {
            let mut known = Vec::new();
            selected.walk(&mut |path, _| known.push(path.to_owned()));
            let help = Diagnostics::did_you_mean(&path, known.iter().map(String::as_str));
            let message = format!("`{path}` is to be excluded and is not selected");
            let problem = Diagnostic::error(Code::UnknownField, message).at(field.name.span).maybe_help(help);
            diagnostics.push(problem);
        }
    }
}

/// Takes out the place at a dotted path, and the objects that are left empty; false when there is none.
fn take_out(tree: &mut FieldTree, path: &str) -> bool {
    let Some((first, rest)) = path.split_once('.') else { return tree.children.remove(path).is_some() };
    let Some(child) = tree.children.get_mut(first) else { return false };
    let found = take_out(child, rest);
    if found && child.children.is_empty() {
        tree.children.remove(first);
    }
    found
}
