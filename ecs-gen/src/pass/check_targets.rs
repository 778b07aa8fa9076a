//! Checks that what points to other fields, `alias` and `copy_to`, points to selected ones.

use serde_json::Value as Json;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::{Draft, FieldTree, TreeField};
use crate::field_path::FieldPath;
use crate::field_type::FieldType;
use crate::parameter::Parameter;

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    let selected = &draft.selected;
    selected.walk(&mut |_, place| {
        let Some(field) = &place.field else { return };
        for parameter in [Parameter::Path, Parameter::CopyTo] {
            let Some(value) = field.declaration.parameters.get(&parameter) else { continue };
            for target in texts(value) {
                // What is wrong with the custom set that should have the target has been said.
                if draft.may_select(target) {
                    continue;
                }
                if let Some(problem) = problem_with(selected, field, target) {
                    diagnostics.push(problem.at(field.declaration.span));
                }
            }
        }
    });
}

fn texts(value: &Json) -> Vec<&str> {
    match value {
        Json::String(text) => vec![text],
        Json::Array(list) => list.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    }
}

fn problem_with(selected: &FieldTree, field: &TreeField, target: &str) -> Option<Diagnostic> {
    let path = &field.declaration.path;
    let place = FieldPath::parse(target).ok().and_then(|target| selected.get(&target));
    let found = place.and_then(|place| place.field.as_ref());
    match found.map(|field| field.declaration.field_type) {
        Some(FieldType::Object | FieldType::Nested) => Some(points_to(path, target, "is an object")),
        Some(FieldType::Alias) => Some(points_to(path, target, "is an alias itself")),
        Some(_) => None,
        None if place.is_some_and(|place| !place.children.is_empty()) => Some(points_to(path, target, "is an object")),
        None => {
            let mut known = Vec::new();
            selected.walk(&mut |path, place| {
                if place.children.is_empty() {
                    known.push(path.to_owned());
                }
            });
            let is_known = |path: &String| known.contains(path);
            let above = std::iter::successors(path.parent(), FieldPath::parent);
            let absolute = above.map(|above| format!("{above}.{target}")).find(is_known);
            let help = match absolute {
                Some(path) => Some(format!("write the path from the root of the document: `{path}`")),
                None => Diagnostics::did_you_mean(target, known.iter().map(String::as_str)),
            };
            Some(points_to(path, target, "is no selected field").maybe_help(help))
        }
    }
}

fn points_to(path: &FieldPath, target: &str, why: &str) -> Diagnostic {
    Diagnostic::error(Code::AliasTarget, format!("`{path}` points to `{target}`, which {why}"))
        .help("point it to a field that holds values and is selected")
}
