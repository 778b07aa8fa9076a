//! Takes what the log selects out of the catalog, by the subset grammar: `'*'`, nesting and options.

use std::collections::{BTreeMap, BTreeSet};

use crate::declaration::FieldDeclaration;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::{Draft, FieldTree, TreeField};
use crate::ecs::fieldset::BASE;
use crate::extension::disable_index;
use crate::field_path::FieldPath;
use crate::field_type::FieldType;
use crate::input::Entries;
use crate::input::selection::{SelectedFields, Selection};
use crate::model::{Level, Origin};
use crate::parameter::{Parameter, Parameters};
use crate::source::Spanned;

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    draft.selected = match &draft.log.fields {
        SelectedFields::All => draft.catalog.clone(),
        SelectedFields::Some(sets) => select_sets(sets, draft, diagnostics),
    };
    // What is wrong with an extension has been said; that it has no effect would only follow from that.
    if !draft.is_flawed {
        report_unused(draft, diagnostics);
    }
}

fn select_sets(sets: &Entries<Option<Selection>>, draft: &Draft, diagnostics: &mut Diagnostics) -> FieldTree {
    let mut selected = FieldTree::default();
    for (name, selection) in &sets.0 {
        let selection = selection.clone().unwrap_or_default();
        let mut selector = Selector { selected: &mut selected, draft, diagnostics };
        match rootless_set(name, draft) {
            Some(set) => selector.select_below(name, &selection, &set, ""),
            None => selector.select_set(name, &selection),
        }
    }
    selected
}

/// The fields of a set that stands at the root without its name, such as `base`, `tracing` and extensions with
/// `root: true`; none when the set has a name in documents.
fn rootless_set(name: &str, draft: &Draft) -> Option<FieldTree> {
    let of_ecs = draft.release.definition_of(name).into_iter().filter(|_| draft.release.is_rootless(name));
    let mut paths: Vec<FieldPath> = of_ecs.map(|field| field.path).collect();
    for set in draft.fieldsets.iter().filter(|set| set.root && set.name.value.as_str() == name) {
        paths.extend(set.fields.iter().map(|field| field.path.clone()));
        for reuse in &set.reuses {
            let fields = draft.release.definition_of(&reuse.fieldset);
            paths.extend(fields.iter().map(|field| reuse.path.join(&field.path)));
        }
    }
    if paths.is_empty() {
        return None;
    }
    let mut tree = FieldTree::default();
    for path in paths {
        if let Some(place) = draft.catalog.get(&path) {
            tree.entry(&path).field.clone_from(&place.field);
        }
    }
    Some(tree)
}

/// An included field set of which nothing is selected has no effect; the official generator would not say so.
fn report_unused(draft: &Draft, diagnostics: &mut Diagnostics) {
    let mut used = BTreeSet::new();
    draft.selected.walk(&mut |_, place| {
        if let Some(Origin::Extension { fieldset, .. }) = place.field.as_ref().map(|field| &field.origin) {
            used.insert(fieldset.as_str());
        }
    });
    for set in draft.fieldsets.iter().filter(|set| !used.contains(set.name.value.as_str())) {
        let name = &set.name.value;
        let message = format!("`{}` selects no field of the extension `{name}`", draft.log.name.value);
        let place = set.places.first().filter(|_| !set.top_level).map_or(name, |place| &place.path.value);
        let help =
            format!("select `{place}` under `fields`, with `fields: '*'` or field by field; or drop the extension");
        diagnostics.push(Diagnostic::warning(Code::UnusedExtension, message).at(set.name.span).help(help));
    }
}

struct Selector<'t, 'd> {
    selected: &'t mut FieldTree,
    draft: &'d Draft,
    diagnostics: &'d mut Diagnostics,
}

impl Selector<'_, '_> {
    fn select_set(&mut self, name: &Spanned<String>, selection: &Selection) {
        let draft = self.draft;
        match draft.catalog.children.get(&name.value) {
            Some(place) if !place.children.is_empty() => self.select_place(name, selection, place, &name.value),
            Some(place) => self.report_leaf(name, place),
            None => self.report_unknown_set(name),
        }
    }

    /// A set that has no fields, or the name of a field where that of a set stands.
    fn report_leaf(&mut self, name: &Spanned<String>, place: &FieldTree) {
        let set = match place.field.as_ref().map(|field| &field.origin) {
            Some(Origin::Extension { fieldset, .. }) => fieldset,
            _ => BASE,
        };
        let problem = if *set == name.value {
            if self.draft.is_flawed {
                return;
            }
            let message = format!("the field set `{}` has no fields", name.value);
            Diagnostic::error(Code::UnknownFieldset, message).help("give it some, or select it no more")
        } else {
            let message = format!("`{}` is a field, not a field set", name.value);
            let help = format!("select it as `{set}: {{fields: {{\"{}\": {{}}}}}}`", name.value);
            Diagnostic::error(Code::UnknownFieldset, message).help(help)
        };
        self.diagnostics.push(problem.at(name.span));
    }

    fn report_unknown_set(&mut self, name: &Spanned<String>) {
        let known = self.draft.catalog.children.iter().filter(|(_, place)| !place.children.is_empty());
        let known = known.map(|(name, _)| name.as_str()).chain(self.draft.release.fieldset_names());
        let help = Diagnostics::did_you_mean(&name.value, known);
        if help.is_none() && self.draft.is_flawed {
            return;
        }
        let ecs = &self.draft.release.version;
        let message = format!("neither ECS {ecs} nor an extension has the field set `{}`", name.value);
        let problem = Diagnostic::error(Code::UnknownFieldset, message).at(name.span).maybe_help(help);
        self.diagnostics.push(problem);
    }

    /// Selects one field or object; `path` is its dotted path.
    fn select_place(&mut self, name: &Spanned<String>, selection: &Selection, place: &FieldTree, path: &str) {
        let target = FieldPath::parse(path).expect("a path of the catalog is a path");
        if is(selection.enabled.as_ref(), false) {
            self.select_disabled(name, selection, place, &target);
            return;
        }
        if let Some(field) = &place.field {
            self.selected.entry(&target).field.get_or_insert_with(|| field.clone());
        }
        if place.children.is_empty() {
            self.check_leaf(name, selection, &target);
        } else {
            self.select_below(name, selection, place, path);
        }
        self.apply_options(name, selection, &target);
    }

    fn check_leaf(&mut self, name: &Spanned<String>, selection: &Selection, target: &FieldPath) {
        if selection.fields.is_some() {
            let message = format!("`{target}` has no fields below it");
            let help = format!("drop `fields`: `{}: {{}}` selects the field itself", name.value);
            let problem = Diagnostic::error(Code::SelectionOnLeaf, message).at(name.span).help(help);
            self.diagnostics.push(problem);
        }
    }

    /// Selects among the children of `place`; `path` is its dotted path, empty for the root of the document.
    fn select_below(&mut self, name: &Spanned<String>, selection: &Selection, place: &FieldTree, path: &str) {
        match &selection.fields {
            None => {
                let names: Vec<&str> = place.children.keys().map(String::as_str).take(8).collect();
                let message = format!("`{}` has fields below it, and the selection does not say which", name.value);
                let help = format!("write `fields: '*'`, or name some of {}", names.join(", "));
                let problem = Diagnostic::error(Code::SelectionNeedsFields, message).at(name.span).help(help);
                self.diagnostics.push(problem);
            }
            Some(SelectedFields::All) => {
                for (child, tree) in &place.children {
                    let target = FieldPath::parse(&join(path, child)).expect("a path of the catalog is a path");
                    merge(self.selected.entry(&target), tree);
                }
            }
            Some(SelectedFields::Some(entries)) => self.select_entries(entries, place, path),
        }
    }

    fn select_entries(&mut self, entries: &Entries<Option<Selection>>, place: &FieldTree, path: &str) {
        for (child, selection) in &entries.0 {
            let selection = selection.clone().unwrap_or_default();
            if let Some(tree) = place.children.get(&child.value) {
                self.select_place(child, &selection, tree, &join(path, &child.value));
            } else {
                self.report_unknown(child, place, path);
            }
        }
    }

    fn report_unknown(&mut self, child: &Spanned<String>, place: &FieldTree, path: &str) {
        let root = path.split('.').next().unwrap_or_default();
        if self.draft.is_flawed && self.draft.fieldsets.iter().any(|set| set.name.value.segments().next() == Some(root))
        {
            return;
        }
        let help = match child.value.split_once('.') {
            Some((first, _)) if place.children.contains_key(first) => {
                Some(format!("write it nested: `{}`", nested(&child.value)))
            }
            _ => Diagnostics::did_you_mean(&child.value, place.children.keys().map(String::as_str)),
        };
        let message = format!("unknown field `{}`", join(path, &child.value));
        let problem = Diagnostic::error(Code::UnknownField, message).at(child.span).maybe_help(help);
        self.diagnostics.push(problem);
    }

    /// Keeps an object as it is, with nothing in it parsed: one field, whatever ECS has below it.
    fn select_disabled(&mut self, name: &Spanned<String>, selection: &Selection, place: &FieldTree, path: &FieldPath) {
        if !place.may_have_children() && place.field_type() != FieldType::Flattened {
            let span = selection.enabled.as_ref().map_or(name.span, |enabled| enabled.span);
            let message = format!("`enabled` belongs to objects, and `{path}` is a `{}`", place.field_type().name());
            let problem = Diagnostic::error(Code::ParameterNotOfType, message).at(span);
            self.diagnostics.push(problem.help("use `index: false` to keep a value without indexing it"));
            return;
        }
        let mut field = place.field.clone().unwrap_or_else(|| implied(path, name));
        field.declaration.field_type = FieldType::Object;
        field.declaration.many = false;
        field.declaration.parameters = Parameters::from([(Parameter::Enabled, false.into())]);
        field.docs_only = is(selection.docs_only.as_ref(), true);
        *self.selected.entry(path) = FieldTree { field: Some(field), children: BTreeMap::new() };
    }

    fn apply_options(&mut self, name: &Spanned<String>, selection: &Selection, path: &FieldPath) {
        let place = self.selected.entry(path);
        if is(selection.docs_only.as_ref(), true) {
            place.change_each(&mut mark_docs_only);
            mark_docs_only(place);
        }
        if let Some(index) = selection.index.as_ref().filter(|index| !index.value) {
            let problem = match &mut place.field {
                Some(field) => disable_index(field.declaration.field_type, &mut field.declaration.parameters).err(),
                None => disable_index(FieldType::Object, &mut Parameters::new()).err(),
            };
            if let Some(problem) = problem {
                let help = if place.may_have_children() {
                    "use `enabled: false`: the object is kept as it is, and nothing in it is indexed".to_owned()
                } else {
                    format!("drop `index`: values of `{}` are always indexed", name.value)
                };
                self.diagnostics.push(problem.at(index.span).help(help));
            }
        }
    }
}

/// `a.b.c` as the grammar writes it.
fn nested(path: &str) -> String {
    match path.split_once('.') {
        Some((first, rest)) => format!("{first}: {{fields: {{{}}}}}", nested(rest)),
        None => format!("{path}: {{}}"),
    }
}

fn mark_docs_only(place: &mut FieldTree) {
    if let Some(field) = &mut place.field {
        field.docs_only = true;
    }
}

fn is(option: Option<&Spanned<bool>>, wanted: bool) -> bool {
    option.is_some_and(|option| option.value == wanted)
}

/// An object that ECS does not declare and an option makes a field of its own.
fn implied(path: &FieldPath, name: &Spanned<String>) -> TreeField {
    let declaration = FieldDeclaration {
        path: path.clone(),
        span: name.span,
        field_type: FieldType::Object,
        many: false,
        required: false,
        parameters: Parameters::new(),
        multi_fields: Vec::new(),
        allowed: Vec::new(),
        expected_values: Vec::new(),
        pattern: None,
        description: String::new(),
        level: Level::Custom,
        beta: false,
        display_format: None,
        object_type: None,
        original_fieldset: None,
    };
    TreeField { declaration, origin: Origin::Implied, docs_only: false }
}

/// Adds everything of `from` that `into` does not have yet.
fn merge(into: &mut FieldTree, from: &FieldTree) {
    if into.field.is_none() {
        into.field.clone_from(&from.field);
    }
    for (name, child) in &from.children {
        match into.children.get_mut(name) {
            Some(existing) => merge(existing, child),
            None => {
                into.children.insert(name.clone(), child.clone());
            }
        }
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
