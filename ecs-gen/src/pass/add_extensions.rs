//! Puts the extensions' field sets into the catalog, at the root and wherever they say they are reused. Refuses what
//! would change ECS or contradict itself.

use std::collections::BTreeSet;

use crate::declaration::{EcsRelease, FieldDeclaration};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::{Draft, FieldTree, TreeField};
use crate::extension::Fieldset;
use crate::field_path::FieldPath;
use crate::field_type::FieldType;
use crate::model::{Level, Origin};
use crate::parameter::Parameters;
use crate::source::Span;

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    let before = diagnostics.count_errors();
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
        add_places(&mut draft.catalog, &draft.release, set, diagnostics);
    }
    draft.fieldsets = fieldsets;
    draft.is_flawed |= diagnostics.count_errors() > before;
}

fn add_places(catalog: &mut FieldTree, release: &EcsRelease, set: &Fieldset, diagnostics: &mut Diagnostics) {
    for place in &set.places {
        let parent = place.path.parent();
        let exists = parent.as_ref().is_some_and(|at| catalog.get(at).is_some_and(FieldTree::may_have_children));
        if !exists {
            report_place(catalog, release, set, parent.as_ref(), place.path.span, diagnostics);
            continue;
        }
        if place.many && catalog.get(&place.path).is_some() {
            let message = format!("`{}` cannot become a list: it already exists", place.path.value);
            let problem = Diagnostic::error(Code::ReuseTarget, message).at(place.path.span);
            diagnostics.push(problem.help("drop `normalize`, or give the set another name there with `as`"));
            continue;
        }
        declare_set(catalog, set, &place.path.value, place.path.span, place.many);
        // What contradicts itself inside the set has been reported where the set itself stands.
        let mut found = Diagnostics::default();
        add_fields(catalog, set, Some(&place.path.value), &mut found);
        for problem in found.into_list() {
            if !diagnostics.has(problem.code, &problem.place) {
                diagnostics.push(problem);
            }
        }
    }
}

fn report_place(
    catalog: &FieldTree,
    release: &EcsRelease,
    set: &Fieldset,
    parent: Option<&FieldPath>,
    span: Span,
    diagnostics: &mut Diagnostics,
) {
    let at = parent.map_or("", FieldPath::as_str);
    let message = format!("`{}` is to be reused at `{at}`, which is no object", set.name.value);
    let known = object_paths(catalog, release);
    let help = Diagnostics::did_you_mean(at, known.iter().map(String::as_str));
    let general = "name an object of ECS or of an extension that this log includes";
    diagnostics.push(Diagnostic::error(Code::ReuseTarget, message).at(span).help(general).maybe_help(help));
}

/// Every object that a set may be reused in; those of ECS also where the catalog leaves them out.
fn object_paths(catalog: &FieldTree, release: &EcsRelease) -> BTreeSet<String> {
    let above = release.fields.iter().filter_map(|field| field.path.parent());
    let mut paths: BTreeSet<String> = above.map(|path| path.as_str().to_owned()).collect();
    catalog.walk(&mut |path, tree| {
        if !tree.children.is_empty() {
            paths.insert(path.to_owned());
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
    if let Some(problem) = below_scalar(catalog, &new.path) {
        return Some(problem);
    }
    let place = catalog.get(&new.path)?;
    match &place.field {
        Some(old) if matches!(old.origin, Origin::Ecs { .. }) => Some(ecs_conflict(new, old.declaration.field_type)),
        Some(_) => Some(duplicate(new)),
        None if !matches!(new.field_type, FieldType::Object | FieldType::Nested) => {
            let message = format!("`{}` is declared as `{}` and has fields below it", new.path, new.field_type.name());
            let help = "declare it as `object`, or rename one of the two";
            Some(Diagnostic::error(Code::ScalarAndObject, message).help(help))
        }
        // An object that ECS only implies may be described, and not be made anything else.
        None if changes_object(new) && holds_ecs(place) => Some(changed_object(new)),
        None => None,
    }
}

/// Whether the declaration says more of an object than that it is one.
fn changes_object(new: &FieldDeclaration) -> bool {
    new.field_type != FieldType::Object || new.many || !new.parameters.is_empty()
}

/// Whether a field of ECS stands here or below.
pub(super) fn holds_ecs(place: &FieldTree) -> bool {
    place.field.as_ref().is_some_and(|field| matches!(field.origin, Origin::Ecs { .. }))
        || place.children.values().any(holds_ecs)
}

fn changed_object(new: &FieldDeclaration) -> Diagnostic {
    let message = format!("`{}` is a plain object in ECS, and an extension makes it something else", new.path);
    Diagnostic::error(Code::TypeConflict, message)
        .help("drop it here: its fields of ECS and yours stand in it as it is")
}

fn duplicate(new: &FieldDeclaration) -> Diagnostic {
    Diagnostic::error(Code::DuplicateField, format!("the field `{}` is declared twice", new.path)).help("remove one")
}

fn ecs_conflict(new: &FieldDeclaration, old: FieldType) -> Diagnostic {
    let (ecs, extension) = (old.name(), new.field_type.name());
    if ecs == extension {
        let message = format!("`{}` is already a field of ECS", new.path);
        return Diagnostic::error(Code::ShadowsEcs, message).help("drop it here, and select it in the log file");
    }
    let message = format!("`{}` is `{ecs}` in ECS and `{extension}` in an extension", new.path);
    Diagnostic::error(Code::TypeConflict, message).help("drop it here, or rename the field")
}

/// What is wrong with a field at `path` when a declared field above it cannot have fields below it.
pub(super) fn below_scalar(catalog: &FieldTree, path: &FieldPath) -> Option<Diagnostic> {
    let (scalar, field) = std::iter::successors(path.parent(), FieldPath::parent).find_map(|above| {
        let place = catalog.get(&above).filter(|place| !place.may_have_children())?;
        Some((above, place.field.as_ref()?))
    })?;
    let message = format!("`{path}` lies below `{scalar}`, which is no object");
    let help = if matches!(field.origin, Origin::Ecs { .. }) {
        format!("rename it: `{scalar}` is a `{}` of ECS", field.declaration.field_type.name())
    } else {
        format!("declare `{scalar}` as `object`, or rename one of the two")
    };
    Some(Diagnostic::error(Code::ScalarAndObject, message).help(help))
}
