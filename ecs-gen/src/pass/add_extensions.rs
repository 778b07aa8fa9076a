//! Puts the extensions' field sets into the catalog, at the root and wherever they say they are reused. Refuses what
//! would change ECS or contradict itself.

use crate::declaration::FieldDeclaration;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::{Draft, FieldTree, TreeField};
use crate::extension::Fieldset;
use crate::field_path::FieldPath;
use crate::field_type::FieldType;
use crate::model::{Level, Origin};
use crate::parameter::Parameters;
use crate::source::Span;

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    let fieldsets = std::mem::take(&mut draft.fieldsets);
    for set in &fieldsets {
        if set.root {
            add_fields(&mut draft.catalog, set, None, diagnostics);
        } else if set.top_level {
            declare_set(&mut draft.catalog, set, &set.name.value, set.name.span, false);
            add_fields(&mut draft.catalog, set, Some(&set.name.value), diagnostics);
        }
    }
    // Places come second: a set may be reused inside another extension's set, whichever file is named first.
    for set in &fieldsets {
        add_places(&mut draft.catalog, set, diagnostics);
    }
    draft.fieldsets = fieldsets;
}

fn add_places(catalog: &mut FieldTree, set: &Fieldset, diagnostics: &mut Diagnostics) {
    for place in &set.places {
        let parent = place.path.parent();
        let exists = parent.as_ref().is_some_and(|at| catalog.get(at).is_some_and(FieldTree::may_have_children));
        if !exists {
            let at = parent.map_or_else(String::new, |at| at.as_str().to_owned());
            let known: Vec<String> = object_paths(catalog);
            let help = Diagnostics::did_you_mean(&at, known.iter().map(String::as_str));
            let message = format!("`{}` is to be reused at `{at}`, which is no object", set.name.value);
            let problem = Diagnostic::error(Code::ReuseTarget, message).at(place.path.span).maybe_help(help);
            diagnostics.push(problem);
            continue;
        }
        declare_set(catalog, set, &place.path.value, place.path.span, place.many);
        add_fields(catalog, set, Some(&place.path.value), diagnostics);
    }
}

fn object_paths(catalog: &FieldTree) -> Vec<String> {
    let mut paths = Vec::new();
    catalog.walk(&mut |path, tree| {
        if !tree.children.is_empty() {
            paths.push(path.to_owned());
        }
    });
    paths
}

/// Gives the object of a set its description, unless it exists already (a set of that name is then extended).
fn declare_set(catalog: &mut FieldTree, set: &Fieldset, path: &FieldPath, span: Span, many: bool) {
    let place = catalog.entry(path);
    if place.field.is_some() || !place.children.is_empty() {
        return;
    }
    let declaration = FieldDeclaration {
        path: path.clone(),
        span,
        field_type: FieldType::Object,
        many,
        required: false,
        parameters: Parameters::new(),
        multi_fields: Vec::new(),
        allowed: Vec::new(),
        expected_values: Vec::new(),
        pattern: None,
        description: set.description.clone(),
        level: Level::Custom,
        beta: false,
        display_format: None,
        object_type: None,
        original_fieldset: None,
    };
    place.field = Some(TreeField { declaration, origin: origin(set, None), docs_only: false });
}

fn add_fields(catalog: &mut FieldTree, set: &Fieldset, prefix: Option<&FieldPath>, diagnostics: &mut Diagnostics) {
    for field in &set.fields {
        let path = prefix.map_or_else(|| field.path.clone(), |prefix| prefix.join(&field.path));
        let declaration = FieldDeclaration { path, ..field.clone() };
        add_field(catalog, declaration, origin(set, None), diagnostics);
    }
}

fn origin(set: &Fieldset, original_fieldset: Option<String>) -> Origin {
    Origin::Extension { fieldset: set.name.value.as_str().to_owned(), original_fieldset }
}

/// Adds one field, or says why it cannot stand there.
pub(super) fn add_field(
    catalog: &mut FieldTree,
    declaration: FieldDeclaration,
    origin: Origin,
    diagnostics: &mut Diagnostics,
) {
    if let Some(problem) = conflict(catalog, &declaration) {
        diagnostics.push(problem.at(declaration.span));
        return;
    }
    let place = catalog.entry(&declaration.path);
    place.field = Some(TreeField { declaration, origin, docs_only: false });
}

fn conflict(catalog: &FieldTree, new: &FieldDeclaration) -> Option<Diagnostic> {
    if let Some(scalar) = scalar_above(catalog, &new.path) {
        let message = format!("`{}` lies below `{scalar}`, which is no object", new.path);
        let help = format!("declare `{scalar}` as `object`, or rename one of the two");
        return Some(Diagnostic::error(Code::ScalarAndObject, message).help(help));
    }
    let place = catalog.get(&new.path)?;
    let holds_fields = matches!(new.field_type, FieldType::Object | FieldType::Nested);
    match &place.field {
        Some(old) if matches!(old.origin, Origin::Ecs { .. }) => Some(ecs_conflict(new, &old.declaration)),
        // An object that its set or a field below it already made is not declared twice by being described.
        Some(old) if holds_fields && old.declaration.field_type == FieldType::Object && !place.children.is_empty() => {
            Some(duplicate(new))
        }
        Some(_) => Some(duplicate(new)),
        None if !holds_fields => {
            let message = format!("`{}` is declared as `{}` and has fields below it", new.path, new.field_type.name());
            Some(
                Diagnostic::error(Code::ScalarAndObject, message)
                    .help("declare it as `object`, or rename one of the two"),
            )
        }
        None => None,
    }
}

fn duplicate(new: &FieldDeclaration) -> Diagnostic {
    Diagnostic::error(Code::DuplicateField, format!("the field `{}` is declared twice", new.path)).help("remove one")
}

fn ecs_conflict(new: &FieldDeclaration, old: &FieldDeclaration) -> Diagnostic {
    let (ecs, extension) = (old.field_type.name(), new.field_type.name());
    if ecs == extension {
        let message = format!("`{}` is already a field of ECS", new.path);
        return Diagnostic::error(Code::ShadowsEcs, message).help("drop it here, and select it in the log file");
    }
    let message = format!("`{}` is `{ecs}` in ECS and `{extension}` in an extension", new.path);
    Diagnostic::error(Code::TypeConflict, message).help("drop it here, or rename the field")
}

/// The nearest declared field above `path` that cannot have fields below it.
fn scalar_above(catalog: &FieldTree, path: &FieldPath) -> Option<FieldPath> {
    std::iter::successors(path.parent(), FieldPath::parent)
        .find(|above| catalog.get(above).is_some_and(|place| place.field.is_some() && !place.may_have_children()))
}
