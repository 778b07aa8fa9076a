//! Puts ECS field sets where an extension reuses them (`reuse: geo`).

use super::add_extensions::{add_field, below_scalar, holds_ecs};
use crate::declaration::FieldDeclaration;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::{Draft, TreeField};
use crate::extension::{Fieldset, Reuse};
use crate::field_path::FieldPath;
use crate::field_type::FieldType;
use crate::model::{Level, Origin};
use crate::parameter::Parameters;

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    let before = diagnostics.count_errors();
    let fieldsets = std::mem::take(&mut draft.fieldsets);
    for set in &fieldsets {
        let own = (!set.root && set.top_level).then_some(&set.name.value);
        let prefixes = own.into_iter().chain(set.places.iter().map(|place| &place.path.value)).map(Some);
        let prefixes = prefixes.chain(set.root.then_some(None));
        for prefix in prefixes {
            for reuse in &set.reuses {
                add(draft, set, reuse, prefix, diagnostics);
            }
        }
    }
    draft.fieldsets = fieldsets;
    draft.is_flawed |= diagnostics.count_errors() > before;
}

fn add(draft: &mut Draft, set: &Fieldset, reuse: &Reuse, prefix: Option<&FieldPath>, diagnostics: &mut Diagnostics) {
    let fields = draft.release.definition_of(&reuse.fieldset);
    if fields.is_empty() {
        let help = Diagnostics::did_you_mean(&reuse.fieldset, draft.release.definition_names());
        let message = format!("ECS {} has no field set `{}`", draft.release.version, reuse.fieldset.value);
        let problem = Diagnostic::error(Code::ReuseSource, message).at(reuse.fieldset.span).maybe_help(help);
        diagnostics.push(problem);
        return;
    }
    let at = prefix.map_or_else(|| reuse.path.value.clone(), |prefix| prefix.join(&reuse.path));
    let origin = |original: Option<String>| Origin::Extension {
        fieldset: set.name.value.as_str().to_owned(),
        original_fieldset: original.or_else(|| Some(reuse.fieldset.value.clone())),
    };
    let object = FieldDeclaration {
        path: at.clone(),
        span: reuse.path.span,
        field_type: FieldType::Object,
        many: reuse.many,
        required: false,
        parameters: Parameters::new(),
        multi_fields: Vec::new(),
        allowed: Vec::new(),
        expected_values: Vec::new(),
        pattern: None,
        description: reuse.description.clone(),
        level: Level::Custom,
        beta: false,
        display_format: None,
        object_type: None,
        original_fieldset: Some(reuse.fieldset.value.clone()),
    };
    if let Some(problem) = conflict(draft, reuse, &at) {
        diagnostics.push(problem.at(reuse.path.span));
        return;
    }
    if draft.catalog.get(&at).is_none_or(|place| place.field.is_none() && !holds_ecs(place)) {
        let field = TreeField { declaration: object, origin: origin(None), docs_only: false };
        draft.catalog.entry(&at).field = Some(field);
    }
    for field in fields {
        let origin = origin(field.original_fieldset.clone());
        let declaration = FieldDeclaration { path: at.join(&field.path), span: reuse.path.span, ..field };
        add_field(&mut draft.catalog, declaration, origin, diagnostics);
    }
}

/// What forbids a set at `at` as a whole; what forbids single fields of it is found with each.
fn conflict(draft: &Draft, reuse: &Reuse, at: &FieldPath) -> Option<Diagnostic> {
    if let Some(problem) = below_scalar(&draft.catalog, at) {
        return Some(problem);
    }
    let place = draft.catalog.get(at)?;
    let set = &reuse.fieldset.value;
    if !place.may_have_children() {
        let message = format!("`{at}` is a `{}` and is to hold the field set `{set}`", place.field_type().name());
        return Some(Diagnostic::error(Code::ScalarAndObject, message).help("rename one of the two"));
    }
    let original = place.field.as_ref().and_then(|field| field.declaration.original_fieldset.as_ref());
    if original == Some(set) {
        let message = format!("`{set}` is reused twice at `{at}`");
        return Some(Diagnostic::error(Code::DuplicateField, message).help("remove one"));
    }
    if reuse.many && !place.is_many() && (place.field.is_some() || holds_ecs(place)) {
        let message = format!("`{at}` cannot become a list: it already exists");
        return Some(Diagnostic::error(Code::ReuseTarget, message).help("drop `normalize`, or rename one of the two"));
    }
    None
}
