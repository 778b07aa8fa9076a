//! Gives every object without fields an explicit rule: under `dynamic: strict` it would refuse every document.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::{Draft, FieldTree};
use crate::field_type::FieldType;
use crate::fieldset::parse_path;
use crate::input::log::OpenObject;
use crate::parameter::{Parameter, Parameters};
use crate::source::Span;

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    for (name, choice) in &draft.log.open_objects.0 {
        let Some(path) = parse_path(name, diagnostics) else { continue };
        match draft.selected.get_mut(&path).filter(|place| is_open(place)) {
            Some(place) => resolve(place, *choice),
            None => report_unknown(name.value.as_str(), path.span, &draft.selected, diagnostics),
        }
    }
    draft.selected.change_each(&mut |place| {
        if is_open(place) {
            resolve(place, OpenObject::Flattened);
        }
    });
}

fn is_open(place: &FieldTree) -> bool {
    let Some(field) = &place.field else { return false };
    place.children.is_empty()
        && place.may_have_children()
        && !field.declaration.parameters.contains_key(&Parameter::Enabled)
}

fn resolve(place: &mut FieldTree, choice: OpenObject) {
    let Some(field) = &mut place.field else { return };
    match choice {
        OpenObject::Flattened => {
            field.declaration.field_type = FieldType::Flattened;
            field.declaration.parameters = Parameters::new();
        }
        OpenObject::Stored => {
            field.declaration.field_type = FieldType::Object;
            field.declaration.parameters = Parameters::from([(Parameter::Enabled, false.into())]);
        }
    }
}

fn report_unknown(name: &str, span: Span, selected: &FieldTree, diagnostics: &mut Diagnostics) {
    let mut open = Vec::new();
    selected.walk(&mut |path, place| {
        if is_open(place) {
            open.push(path.to_owned());
        }
    });
    let help =
        Diagnostics::did_you_mean(name, open.iter().map(String::as_str)).unwrap_or_else(|| match open.as_slice() {
            [] => "this log selects no object with open keys: drop the entry".to_owned(),
            open => format!("the open objects of this log are {}", open.join(", ")),
        });
    let message = format!("`{name}` is no selected object with open keys");
    diagnostics.push(Diagnostic::error(Code::UnknownField, message).at(span).help(help));
}
