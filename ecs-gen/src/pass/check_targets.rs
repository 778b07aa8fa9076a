//! Checks that what points to other fields, `alias` and `copy_to`, points to selected ones.

use serde_json::Value as Json;

use super::texts;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::{Draft, FieldTree, TreeField};
use crate::field_path::FieldPath;
use crate::field_type::{FieldType, ValueKind};
use crate::parameter::{Parameter, Parameters};

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
                let problem = problem_with(selected, field, target);
                if let Some(problem) = problem.or_else(|| problem_between(selected, field, target, parameter)) {
                    diagnostics.push(problem.at(field.declaration.span));
                }
            }
        }
    });
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

/// What is wrong with pointing from a field to that target, which holds values.
fn problem_between(selected: &FieldTree, field: &TreeField, target: &str, parameter: Parameter) -> Option<Diagnostic> {
    let path = &field.declaration.path;
    let target_path = FieldPath::parse(target).ok()?;
    let (from, to) = (nested_above(selected, path), nested_above(selected, &target_path));
    let is_alias = parameter == Parameter::Path;
    // The engines: an alias must have the nested scope of its target, and `copy_to` copies to the same nested document or
    // one around it.
    let is_in_scope = if is_alias { from == to } else { from.starts_with(&to) };
    if !is_in_scope {
        let help = if is_alias {
            "an alias stands in the same list of nested objects as its target"
        } else {
            "values are copied within a nested object, or out of it"
        };
        return Some(points_to(path, target, "is in another list of nested objects").help(help));
    }
    if is_alias {
        return None;
    }
    let target_field = &selected.get(&target_path)?.field.as_ref()?.declaration;
    let source = &field.declaration;
    if matches!(source.field_type.kind(), ValueKind::GeoPoint | ValueKind::Range(_)) {
        let message = format!("`{path}` is a `{}`, whose values are copied nowhere", source.field_type.name());
        let help = "drop `copy_to`: Elasticsearch copies single values only, and refuses the documents";
        return Some(Diagnostic::error(Code::AliasTarget, message).help(help));
    }
    let same = source.field_type == target_field.field_type
        || source.field_type.narrower(target_field.field_type) == Some(source.field_type);
    let is_same_form = same && format_of(&source.parameters) == format_of(&target_field.parameters);
    let takes_any = matches!(target_field.field_type.kind(), ValueKind::Keyword | ValueKind::Text);
    let is_constant = target_field.field_type.kind() == ValueKind::Constant;
    if takes_any || (is_same_form && !is_constant) {
        return None;
    }
    let why = format!("does not take every value of a `{}`", source.field_type.name());
    let help = "copy to a `keyword` or a `text`, or to a field of the same type and format";
    Some(points_to(path, target, &why).help(help))
}

/// The nested objects that `path` is in, from the root on.
fn nested_above(selected: &FieldTree, path: &FieldPath) -> Vec<FieldPath> {
    let above = std::iter::successors(path.parent(), FieldPath::parent);
    let is_nested =
        |above: &FieldPath| selected.get(above).is_some_and(|place| place.field_type() == FieldType::Nested);
    let mut nested: Vec<FieldPath> = above.filter(is_nested).collect();
    nested.reverse();
    nested
}

fn format_of(parameters: &Parameters) -> Option<&Json> {
    parameters.get(&Parameter::Format)
}

fn points_to(path: &FieldPath, target: &str, why: &str) -> Diagnostic {
    Diagnostic::error(Code::AliasTarget, format!("`{path}` points to `{target}`, which {why}"))
        .help("point it to a field that holds values and is selected")
}
