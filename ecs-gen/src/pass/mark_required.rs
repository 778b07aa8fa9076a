//! Marks the fields that every document must have, and the objects above them.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::{Draft, FieldTree};
use crate::field_path::FieldPath;
use crate::fieldset::parse_path;
use crate::model::Origin;
use crate::source::Span;

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    let mut required = ecs_required(&draft.selected);
    let mut listed = BTreeSet::new();
    for name in &draft.log.required {
        let Some(path) = parse_path(name, diagnostics) else { continue };
        if draft.selected.get(&path).is_none() {
            if draft.may_select(path.value.as_str()) {
                continue;
            }
            report_missing(draft, &path.value, name.span, diagnostics);
        } else if !listed.insert(path.value.clone()) {
            let message = format!("the required field `{}` is listed twice", path.value);
            diagnostics.push(Diagnostic::error(Code::DuplicateValue, message).at(name.span).help("remove one"));
        }
    }
    required.extend(listed);
    draft.required = with_objects_above(&draft.selected, required);
}

/// What ECS itself requires of every document, as far as it is selected.
fn ecs_required(selected: &FieldTree) -> Vec<FieldPath> {
    let mut required = Vec::new();
    selected.walk(&mut |_, place| {
        if let Some(field) = place.field.as_ref().filter(|field| field.declaration.required)
            && matches!(field.origin, Origin::Ecs { .. })
        {
            required.push(field.declaration.path.clone());
        }
    });
    required
}

/// A required field makes the objects above it required, up to the first list: its elements are judged one by one.
fn with_objects_above(selected: &FieldTree, paths: Vec<FieldPath>) -> BTreeSet<FieldPath> {
    let mut all = BTreeSet::new();
    for path in paths {
        for above in std::iter::successors(path.parent(), FieldPath::parent) {
            if selected.get(&above).is_some_and(FieldTree::is_array) {
                break;
            }
            all.insert(above);
        }
        all.insert(path);
    }
    all
}

fn report_missing(draft: &Draft, path: &FieldPath, span: Span, diagnostics: &mut Diagnostics) {
    let mut selected = Vec::new();
    draft.selected.walk(&mut |path, _| selected.push(path.to_owned()));
    let docs_only = draft.docs_only.iter().any(|field| field.declaration.path == *path);
    let help = if docs_only {
        Some("drop `docs_only` where it is selected: documents cannot have a field that only the docs know".to_owned())
    } else if draft.catalog.get(path).is_some() {
        Some("select it under `fields`, or drop it from `required`".to_owned())
    } else {
        Diagnostics::did_you_mean(path.as_str(), selected.iter().map(String::as_str))
    };
    let message = format!("the required field `{path}` is not selected");
    diagnostics.push(Diagnostic::error(Code::RequiredNotSelected, message).at(span).maybe_help(help));
}
