//! Takes what the log selects out of the catalog, by the subset grammar: `'*'`, nesting and options.

mod build;
mod unused;

use std::collections::BTreeMap;

use self::build::Build;
use crate::declaration::FieldDeclaration;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::{Draft, FieldTree, TreeField};
use crate::field_path::FieldPath;
use crate::field_type::FieldType;
use crate::fieldset::{BASE, CatalogSet, Cursor, disable_index};
use crate::input::Entries;
use crate::input::log::Places;
use crate::input::selection::{Selected, SelectedFields, Selection};
use crate::model::Origin;
use crate::parameter::{Parameter, Parameters};
use crate::source::Spanned;

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    let (selected, hidden) = {
        let mut selector = Selector::new(draft, diagnostics);
        match &draft.log.fields {
            SelectedFields::All => {
                for (name, place) in draft.catalog.tops(&draft.release.shown) {
                    selector.select_all(place, &FieldPath::below(None, name));
                }
            }
            SelectedFields::Some(sets) => selector.select_sets(sets),
        }
        (selector.selected, selector.build.hidden)
    };
    draft.selected = selected;
    if hidden > 0 {
        report_hidden(draft, hidden, diagnostics);
    }
    // What is wrong with a custom set has been said; that it has no effect would only follow from that.
    if !draft.is_flawed && !draft.is_selection_flawed {
        unused::report(draft, diagnostics);
    }
}

fn report_hidden(draft: &Draft, hidden: usize, diagnostics: &mut Diagnostics) {
    let ecs = &draft.release.version;
    let message =
        format!("`'*'` selects {hidden} fields at places that the schemas allow and ECS {ecs} does not document");
    let help = "`--places released` or `places: released` leaves them out; what is named is selected in any case";
    diagnostics.push(Diagnostic::note(Code::HiddenPlaces, message).at(draft.log.name.span).help(help));
}

struct Selector<'d> {
    selected: FieldTree,
    build: Build,
    draft: &'d Draft,
    diagnostics: &'d mut Diagnostics,
}

impl<'d> Selector<'d> {
    fn new(draft: &'d Draft, diagnostics: &'d mut Diagnostics) -> Self {
        let build = Build { with_hidden: draft.places == Places::All, hidden: 0 };
        Self { selected: FieldTree::default(), build, draft, diagnostics }
    }

    fn select_sets(&mut self, sets: &Entries<Selected>) {
        let draft = self.draft;
        for (name, Selected(selection)) in &sets.0 {
            match draft.catalog.set(name) {
                Some(set) if set.root => self.select_rootless(name, selection, set),
                Some(set) if !set.top_level => self.report_reused_only(name),
                _ => self.select_set(name, selection),
            }
        }
    }

    /// A set whose fields are at the root without its name, such as `base`: of them those that it has.
    fn select_rootless(&mut self, name: &Spanned<String>, selection: &Selection, set: &CatalogSet) {
        let draft = self.draft;
        let all = selection.fields.as_ref() == Some(&SelectedFields::All);
        let tops = draft.catalog.tops(&draft.release.shown).filter(|(top, _)| set.tree.children.contains_key(*top));
        let tops: Vec<(&str, Cursor<'d>)> = tops.collect();
        let Some(fields) = self.fields_of(name, selection, tops.iter().map(|(top, _)| *top)) else { return };
        for (top, place) in tops.iter().filter(|_| all) {
            self.select_all(*place, &FieldPath::below(None, top));
        }
        let SelectedFields::Some(entries) = fields else { return };
        for (child, Selected(selection)) in &entries.0 {
            match tops.iter().find(|(top, _)| *top == child.value) {
                Some((_, place)) => self.select_place(child, selection, place.named(), &FieldPath::below(None, child)),
                None => self.report_unknown(child, None, tops.iter().map(|(top, _)| *top)),
            }
        }
    }

    fn select_set(&mut self, name: &Spanned<String>, selection: &Selection) {
        let draft = self.draft;
        let top = name.split('.').next().unwrap_or_default();
        let found = draft.catalog.tops(&draft.release.shown).find(|(known, _)| *known == top);
        let found =
            found.and_then(|(top, place)| descend(place, FieldPath::below(None, top), &name.value[top.len()..]));
        match found {
            Some((place, path)) if !place.node.children.is_empty() => {
                self.select_place(name, selection, place.named(), &path);
            }
            Some((place, _)) => self.report_leaf(name, place),
            None => self.report_unknown_set(name),
        }
    }

    /// A set that is only reused selects nothing here; in official files it stands for the docs of the set.
    fn report_reused_only(&mut self, name: &Spanned<String>) {
        let message = format!("the field set `{}` is only reused: nothing is selected by its name", name.value);
        let help = "drop it, or select it where it is reused";
        self.diagnostics.push(Diagnostic::note(Code::ReusedOnly, message).at(name.span).help(help));
    }

    /// A set that has no fields, or the name of a field where that of a set should be.
    fn report_leaf(&mut self, name: &Spanned<String>, place: Cursor<'_>) {
        let set = match place.node.field.as_ref() {
            Some(field) => &*field.fieldset,
            None => BASE,
        };
        let problem = if self.draft.catalog.set(name).is_some() {
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
        let known = self.draft.catalog.sets().filter(|(_, set)| set.root || set.top_level).map(|(name, _)| name);
        let help = Diagnostics::did_you_mean(&name.value, known);
        if help.is_none() && self.draft.is_flawed {
            return;
        }
        let ecs = &self.draft.release.version;
        let message = format!("neither ECS {ecs} nor a custom file has the field set `{}`", name.value);
        let problem = Diagnostic::error(Code::UnknownFieldset, message).at(name.span).maybe_help(help);
        self.diagnostics.push(problem);
    }

    /// Selects one field or object, which is asked for by its name.
    fn select_place(&mut self, name: &Spanned<String>, selection: &Selection, place: Cursor<'_>, path: &FieldPath) {
        if is(selection.enabled.as_ref(), false) {
            self.select_disabled(name, selection, place, path);
            return;
        }
        if let Some(field) = build::field(place, path) {
            self.selected.entry(path).field.get_or_insert(field);
        }
        if place.node.children.is_empty() {
            self.check_leaf(name, selection, path);
        } else {
            self.select_below(name, selection, place, path);
        }
        self.apply_options(name, selection, path);
    }

    fn check_leaf(&mut self, name: &Spanned<String>, selection: &Selection, path: &FieldPath) {
        if selection.fields.is_some() {
            let message = format!("`{path}` has no fields below it");
            let help = format!("drop `fields`: `{}: {{}}` selects the field itself", name.value);
            let problem = Diagnostic::error(Code::SelectionOnLeaf, message).at(name.span).help(help);
            self.diagnostics.push(problem);
        }
    }

    /// The selected fields of an object, which must say them.
    fn fields_of<'s, 'n>(
        &mut self,
        name: &Spanned<String>,
        selection: &'s Selection,
        children: impl Iterator<Item = &'n str>,
    ) -> Option<&'s SelectedFields> {
        if selection.fields.is_none() {
            let names: Vec<&str> = children.take(8).collect();
            let message = format!("`{}` has fields below it, and the selection does not say which", name.value);
            let help = format!("write `fields: '*'`, or name some of {}", names.join(", "));
            let problem = Diagnostic::error(Code::SelectionNeedsFields, message).at(name.span).help(help);
            self.diagnostics.push(problem);
        }
        selection.fields.as_ref()
    }

    /// Selects among the children of `place`.
    fn select_below(&mut self, name: &Spanned<String>, selection: &Selection, place: Cursor<'_>, path: &FieldPath) {
        match self.fields_of(name, selection, place.node.children.keys().map(String::as_str)) {
            None => {}
            Some(SelectedFields::All) => self.select_all(place, path),
            Some(SelectedFields::Some(entries)) => {
                for (child, Selected(selection)) in &entries.0 {
                    match descend(place, path.clone(), &format!(".{}", child.value)) {
                        Some((found, path)) => self.select_place(child, selection, found.named(), &path),
                        None => {
                            self.report_unknown(child, Some(path), place.node.children.keys().map(String::as_str));
                        }
                    }
                }
            }
        }
    }

    /// Selects a place and everything below it.
    fn select_all(&mut self, place: Cursor<'_>, path: &FieldPath) {
        if let Some(tree) = self.build.tree(place, path) {
            merge(self.selected.entry(path), tree);
        }
    }

    fn report_unknown<'n>(
        &mut self,
        child: &Spanned<String>,
        parent: Option<&FieldPath>,
        known: impl Iterator<Item = &'n str>,
    ) {
        let path = parent.map_or_else(|| child.value.clone(), |parent| format!("{parent}.{}", child.value));
        if self.draft.may_declare(&path) {
            return;
        }
        let help = Diagnostics::did_you_mean(&child.value, known);
        let message = format!("unknown field `{path}`");
        let problem = Diagnostic::error(Code::UnknownField, message).at(child.span).maybe_help(help);
        self.diagnostics.push(problem);
    }

    /// Keeps an object as it is, with nothing in it parsed: one field, whatever ECS has below it.
    fn select_disabled(&mut self, name: &Spanned<String>, selection: &Selection, place: Cursor<'_>, path: &FieldPath) {
        let found = build::field(place, path);
        let field_type = found.as_ref().map_or(FieldType::Object, |field| field.declaration.field_type);
        if !place.node.may_have_children() && field_type != FieldType::Flattened {
            let span = selection.enabled.as_ref().map_or(name.span, |enabled| enabled.span);
            let message = format!("`enabled` belongs to objects, and `{path}` is a `{}`", field_type.name());
            let problem = Diagnostic::error(Code::ParameterNotOfType, message).at(span);
            self.diagnostics.push(problem.help("use `index: false` to keep a value without indexing it"));
            return;
        }
        // An object that ECS does not declare: the option makes it a field of its own.
        let implied = || TreeField {
            declaration: FieldDeclaration::object(path.clone(), name.span),
            origin: Origin::Implied,
            docs_only: false,
        };
        let mut field = found.unwrap_or_else(implied);
        field.declaration.field_type = FieldType::Object;
        field.declaration.is_array = false;
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

/// The place at the dotted `rest` below another; names between are asked for as well.
fn descend<'c>(place: Cursor<'c>, path: FieldPath, rest: &str) -> Option<(Cursor<'c>, FieldPath)> {
    let mut segments = rest.split('.').skip(1);
    segments.try_fold((place, path), |(place, path), segment| {
        let child = place.named().child(segment)?;
        Some((child, FieldPath::below(Some(&path), segment)))
    })
}

fn mark_docs_only(place: &mut FieldTree) {
    if let Some(field) = &mut place.field {
        field.docs_only = true;
    }
}

fn is(option: Option<&Spanned<bool>>, wanted: bool) -> bool {
    option.is_some_and(|option| option.value == wanted)
}

/// Adds everything of `from` that `into` does not have yet.
fn merge(into: &mut FieldTree, from: FieldTree) {
    if into.field.is_none() {
        into.field = from.field;
    }
    for (name, child) in from.children {
        match into.children.get_mut(&name) {
            Some(existing) => merge(existing, child),
            None => {
                into.children.insert(name, child);
            }
        }
    }
}
