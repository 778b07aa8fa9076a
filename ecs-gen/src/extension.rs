//! Custom field sets, from their files to declarations: names, types and parameters checked, nothing merged yet.

mod declare;
mod parameters;

use crate::declaration::FieldDeclaration;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ecs::fieldset::{BASE, TRACING};
use crate::field_path::FieldPath;
use crate::input;
use crate::input::extension::{ExpectedInput, FieldsetInput, Normalize};
use crate::source::Spanned;
use crate::source::node::{Node, Value};

pub(crate) use parameters::disable_index;

/// A custom field set.
#[derive(Clone, Debug)]
pub struct Fieldset {
    /// Its name.
    pub name: Spanned<FieldPath>,
    /// One line for people.
    pub description: String,
    /// Whether its fields stand at the root of the document.
    pub root: bool,
    /// Whether it stands at the top level at all, or only where it is reused.
    pub top_level: bool,
    /// Where else it stands.
    pub places: Vec<Place>,
    /// Its fields; paths are relative to the set.
    pub fields: Vec<FieldDeclaration>,
    /// Field sets of ECS that stand inside it.
    pub reuses: Vec<Reuse>,
}

/// A further place of a field set.
#[derive(Clone, Debug)]
pub struct Place {
    /// The whole path of the set there.
    pub path: Spanned<FieldPath>,
    /// Whether documents hold a list of them there.
    pub many: bool,
}

/// An ECS field set inside an extension.
#[derive(Clone, Debug)]
pub struct Reuse {
    /// Where it stands, relative to the set.
    pub path: Spanned<FieldPath>,
    /// The ECS set.
    pub fieldset: Spanned<String>,
    /// Whether documents hold a list of them.
    pub many: bool,
    /// One line for people.
    pub description: String,
}

/// Reads the field sets of a file: one mapping, or a list of them.
pub fn parse_fieldsets(document: &Node, diagnostics: &mut Diagnostics) -> Vec<Fieldset> {
    let items = match &document.value {
        Value::List(items) => items.as_slice(),
        _ => std::slice::from_ref(document),
    };
    let inputs: Vec<FieldsetInput> = items.iter().filter_map(|item| input::read(item, diagnostics)).collect();
    inputs.into_iter().filter_map(|input| declare_fieldset(input, diagnostics)).collect()
}

fn declare_fieldset(input: FieldsetInput, diagnostics: &mut Diagnostics) -> Option<Fieldset> {
    let name = parse_path(&input.name, diagnostics)?;
    let top_level = input.reusable.as_ref().and_then(|reusable| reusable.top_level).unwrap_or(true);
    let expected = input.reusable.map(|reusable| reusable.expected).unwrap_or_default();
    let places = expected.iter().filter_map(|place| declare_place(&name.value, place, diagnostics)).collect();
    let mut fields = Vec::new();
    let mut reuses = Vec::new();
    for field in input.fields {
        match &field.reuse {
            Some(fieldset) => reuses.extend(declare::declare_reuse(&field, fieldset, diagnostics)),
            None => fields.extend(declare::declare_field(field, diagnostics)),
        }
    }
    // As in ECS itself, `base` and `tracing` have no object of their own.
    let root = input.root || matches!(name.as_str(), BASE | TRACING);
    let description = input.short.or(input.description).map(|text| one_line(&text)).unwrap_or_default();
    Some(Fieldset { name, description, root, top_level, places, fields, reuses })
}

fn declare_place(set: &FieldPath, place: &Spanned<ExpectedInput>, diagnostics: &mut Diagnostics) -> Option<Place> {
    let (at, name, many) = match &place.value {
        ExpectedInput::At(at) => (at, None, false),
        ExpectedInput::As(there) => (&there.at, there.name.as_deref(), there.normalize.contains(&Normalize::Array)),
    };
    let at = parse_path(&Spanned::new(place.span, at.clone()), diagnostics)?;
    let name = match name {
        Some(name) => parse_path(&Spanned::new(place.span, name.to_owned()), diagnostics)?.value,
        None => set.clone(),
    };
    Some(Place { path: Spanned::new(place.span, at.value.join(&name)), many })
}

/// Reads a path, or says what is wrong with it.
pub(crate) fn parse_path(text: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<Spanned<FieldPath>> {
    match FieldPath::parse(text) {
        Ok(path) => Some(Spanned::new(text.span, path)),
        Err(error) => {
            let message = format!("the name `{}` {error}", text.value);
            let help = "names are lower-case letters, digits, `_` and `-`, in segments parted by dots";
            diagnostics.push(Diagnostic::error(Code::InvalidName, message).at(text.span).help(help));
            None
        }
    }
}

/// The first paragraph of a description, on one line.
pub(crate) fn one_line(text: &str) -> String {
    let paragraph = text.trim().split("\n\n").next().unwrap_or_default();
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}
