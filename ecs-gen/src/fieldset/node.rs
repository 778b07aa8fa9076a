//! Fields by path segment. Copies of a set share its nodes; one that changes is copied first, and nothing below it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{CustomId, DeclaredField};
use crate::declaration::FieldDeclaration;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::field_path::FieldPath;
use crate::field_type::FieldType;
use crate::source::Span;

/// A place in a tree of fields: perhaps a declared field, perhaps a set that is reused here, perhaps others below it.
#[derive(Clone, Debug, Default)]
pub struct Node {
    /// The field that is declared here; an object that is only a place for others has none.
    pub field: Option<Arc<DeclaredField>>,
    /// The set whose fields are below.
    pub placed: Option<Arc<Placed>>,
    /// Whether it is here only because a custom file says so.
    pub added: bool,
    /// The custom sets that put a set here, also where ECS has it already.
    pub placed_by: Vec<CustomId>,
    /// What is below, in byte order of the names.
    pub children: BTreeMap<String, Arc<Node>>,
}

/// That a field set is used at a place.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The set.
    pub fieldset: String,
    /// Whether it is a copy, and not the set's own place.
    pub is_copy: bool,
    /// The custom set that puts it here, and the set's name; ECS when absent.
    pub custom: Option<(CustomId, Arc<str>)>,
    /// Where that is said.
    pub span: Span,
    /// Whether documents hold a list of them here.
    pub is_array: bool,
    /// Whether the set may still change here.
    pub beta: bool,
    /// One line for people.
    pub description: String,
}

impl Node {
    /// The place at `path`.
    #[must_use]
    pub fn get(&self, path: &FieldPath) -> Option<&Self> {
        path.segments().try_fold(self, |node, segment| node.children.get(segment).map(Arc::as_ref))
    }

    /// Whether fields may be below this one.
    #[must_use]
    pub fn may_have_children(&self) -> bool {
        self.field.as_ref().is_none_or(|field| field.declaration.may_have_children())
    }

    /// Whether nothing is here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.field.is_none() && self.placed.is_none() && self.children.is_empty()
    }

    /// Whether documents hold a list here.
    #[must_use]
    pub fn is_array(&self) -> bool {
        let field = self.field.as_ref().map(|field| &field.declaration);
        self.placed.as_ref().is_some_and(|placed| placed.is_array)
            || field.is_some_and(|field| field.is_array || field.field_type == FieldType::Nested)
    }

    /// Calls `visit` for every place below this one with its dotted path, a parent before its children.
    pub fn walk<'n>(&'n self, visit: &mut impl FnMut(&str, &'n Self)) {
        self.walk_from("", visit);
    }

    fn walk_from<'n>(&'n self, prefix: &str, visit: &mut impl FnMut(&str, &'n Self)) {
        for (name, child) in &self.children {
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            visit(&path, child);
            child.walk_from(&path, visit);
        }
    }

    /// Whether a field of ECS is here or below.
    fn holds_ecs(&self) -> bool {
        self.field.as_ref().is_some_and(|field| field.in_ecs)
            || (!self.added && self.placed.is_some())
            || self.children.values().any(|child| child.holds_ecs())
    }
}

/// The place at `path` below `node`, made when it is not there; `added` says for whom.
pub(super) fn entry<'n>(node: &'n mut Arc<Node>, path: &FieldPath, added: bool) -> &'n mut Arc<Node> {
    path.segments().fold(node, |node, segment| {
        let children = &mut Arc::make_mut(node).children;
        if !children.contains_key(segment) {
            children.insert(segment.to_owned(), Arc::new(Node { added, ..Node::default() }));
        }
        children.get_mut(segment).expect("it was inserted above")
    })
}

/// A set's own fields as a tree. Reports fields that are both a value and an object.
pub(super) fn grow(fields: &[Arc<DeclaredField>], diagnostics: &mut Diagnostics) -> Node {
    let mut root = Arc::new(Node::default());
    // What ECS has first, so that what is added can be told.
    for field in fields.iter().filter(|field| field.in_ecs).chain(fields.iter().filter(|field| !field.in_ecs)) {
        let path = &field.declaration.path;
        let above = std::iter::successors(path.parent(), FieldPath::parent);
        let scalar = above.filter_map(|path| root.get(&path)?.field.clone()).find(|above| !holds_fields(above));
        let here = root.get(path);
        let below = here.filter(|node| !node.children.is_empty());
        if let Some(scalar) = scalar {
            diagnostics.push(value_and_object(&full(&scalar), &scalar, field.declaration.span, &full(field)));
        } else if let Some(below) = below.filter(|_| !holds_fields(field)) {
            let span = first_span(below).unwrap_or(field.declaration.span);
            diagnostics.push(value_and_object(&full(field), field, span, &format!("{}.*", full(field))));
        } else if let Some(below) = below.filter(|node| changes_object(field) && node.holds_ecs()) {
            diagnostics.push(changed_object(&full(field), field, first_span(below)));
        } else {
            let place = Arc::make_mut(entry(&mut root, path, !field.in_ecs));
            place.field = Some(field.clone());
        }
    }
    Arc::unwrap_or_clone(root)
}

fn full(field: &DeclaredField) -> String {
    format!("{}.{}", field.fieldset, field.declaration.path)
}

fn holds_fields(field: &DeclaredField) -> bool {
    field.declaration.may_have_children()
}

/// Whether the declaration says more of an object than that it is one.
fn changes_object(field: &DeclaredField) -> bool {
    let declaration = &field.declaration;
    !field.in_ecs
        && (declaration.field_type != FieldType::Object || declaration.is_array || !declaration.parameters.is_empty())
}

fn first_span(node: &Node) -> Option<Span> {
    let here = node.field.as_ref().map(|field| field.declaration.span);
    here.or_else(|| node.placed.as_ref().map(|placed| placed.span))
        .or_else(|| node.children.values().find_map(|child| first_span(child)))
}

/// Lays the tree `incoming` over the place `slot`, whose document path is `path`. Nothing is lost: what cannot be
/// united is reported.
pub(super) fn graft(slot: &mut Arc<Node>, incoming: &Arc<Node>, path: &str, diagnostics: &mut Diagnostics) {
    if slot.is_empty() {
        let added = slot.added && incoming.added;
        *slot = incoming.clone();
        if slot.added != added {
            Arc::make_mut(slot).added = added;
        }
        return;
    }
    if Arc::ptr_eq(slot, incoming) {
        return;
    }
    if let Some(problem) = conflict(slot, incoming, path) {
        diagnostics.push(problem);
        return;
    }
    let node = Arc::make_mut(slot);
    node.added &= incoming.added;
    if node.field.is_none() {
        node.field.clone_from(&incoming.field);
    }
    if node.placed.is_none() {
        node.placed.clone_from(&incoming.placed);
    }
    node.placed_by.extend(&incoming.placed_by);
    for (name, child) in &incoming.children {
        match node.children.get_mut(name) {
            Some(known) => graft(known, child, &format!("{path}.{name}"), diagnostics),
            None => {
                node.children.insert(name.clone(), child.clone());
            }
        }
    }
}

fn conflict(slot: &Node, incoming: &Node, path: &str) -> Option<Diagnostic> {
    if let (Some(here), Some(there)) = (&slot.field, &incoming.field) {
        return (!Arc::ptr_eq(here, there) && !is_same(&here.declaration, &there.declaration))
            .then(|| declared_twice(path, here, there));
    }
    let (field, other) = match (&slot.field, &incoming.field) {
        (Some(field), None) => (field, incoming),
        (None, Some(field)) => (field, slot),
        _ => return None,
    };
    if other.children.is_empty() {
        return None;
    }
    let span = first_span(other);
    if !holds_fields(field) {
        return Some(value_and_object(path, field, span.unwrap_or(field.declaration.span), &format!("{path}.*")));
    }
    let is_custom = slot.added && incoming.added;
    (changes_object(field) && !is_custom && other.holds_ecs()).then(|| changed_object(path, field, span))
}

/// Whether two declarations are the same mapping.
fn is_same(left: &FieldDeclaration, right: &FieldDeclaration) -> bool {
    left.field_type == right.field_type
        && left.is_array == right.is_array
        && left.parameters == right.parameters
        && left.multi_fields == right.multi_fields
}

fn declared_twice(path: &str, here: &DeclaredField, there: &DeclaredField) -> Diagnostic {
    // A person can change the custom one.
    let (culprit, other) = if there.in_ecs { (here, there) } else { (there, here) };
    let (this, that) = (culprit.declaration.field_type.name(), other.declaration.field_type.name());
    let problem = if this == that {
        let message = format!("`{path}` is declared twice, in `{}` and in `{}`", culprit.fieldset, other.fieldset);
        Diagnostic::error(Code::DuplicateField, message)
    } else {
        let message = format!("`{path}` is `{this}` in `{}` and `{that}` in `{}`", culprit.fieldset, other.fieldset);
        Diagnostic::error(Code::TypeConflict, message)
    };
    problem.at(culprit.declaration.span).and_at(other.declaration.span).help("remove or rename one of the two")
}

fn changed_object(path: &str, field: &DeclaredField, other: Option<Span>) -> Diagnostic {
    let message = format!("`{path}` is a plain object in ECS, and a custom field set makes it something else");
    let problem = Diagnostic::error(Code::TypeConflict, message)
        .at(field.declaration.span)
        .help("drop it here: its fields of ECS and yours are in it as it is");
    match other {
        Some(span) => problem.and_at(span),
        None => problem,
    }
}

/// `scalar` cannot have the field `below` under it, which is declared at `span`.
fn value_and_object(path: &str, scalar: &DeclaredField, span: Span, below: &str) -> Diagnostic {
    let own = scalar.declaration.span;
    let kind = scalar.declaration.field_type.name();
    let message = format!("`{below}` lies below `{path}`, which is a `{kind}` and no object");
    // A person can change the custom one, or the one that was written later.
    let (at, also) = if scalar.in_ecs || span > own { (span, own) } else { (own, span) };
    let help = if scalar.in_ecs {
        format!("rename it: `{path}` is a `{kind}` of ECS")
    } else {
        format!("declare `{path}` as `object`, or rename one of the two")
    };
    Diagnostic::error(Code::ScalarAndObject, message).at(at).and_at(also).help(help)
}
