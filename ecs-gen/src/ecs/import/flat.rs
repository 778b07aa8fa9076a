//! A flat list of all fields: each becomes a field of the set that its path begins with. Which of them are copies the
//! list says by `original_fieldset`; where a set begins follows from that and from the paths, so that extensions can
//! reuse it. Where else it could be reused the list does not say.

use std::collections::{BTreeMap, BTreeSet};

use super::Parts;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::fieldset::BASE;
use crate::input::fieldset::{FieldInput, FieldsetInput, IgnoreAboveInput, MultiFieldInput, NoLimit, ReusableInput};
use crate::input::{Dialect, Reader};
use crate::source::node::{Node, Scalar, Value};
use crate::source::{FileId, Spanned};

/// The set of `span.id`, `trace.id` and `transaction.id`; like [`BASE`] it is at the root without its own name.
const TRACING: &str = "tracing";

/// What the set [`TRACING`] has below the root.
const TRACING_ROOTS: &[&str] = &["span", "trace", "transaction"];

/// What a list says of a field that its path says already, or its place in the first official docs.
const COMPUTED: &[&str] = &["flat_name", "dashed_name", "name", "order"];

type Entry = (Spanned<String>, Node);

/// Reads the fields of a list.
pub(super) fn read_list(file: FileId, entries: &[Entry], diagnostics: &mut Diagnostics) -> Parts {
    if entries.is_empty() {
        let problem = Diagnostic::error(Code::NotEcsRelease, "the list of fields is empty");
        diagnostics.push(problem.at(file.start()));
    }
    let reader = Reader::<FieldInput>::new(Dialect::Own);
    let mut list = List::default();
    for (path, node) in entries {
        let node = field_node(path, path, node, diagnostics);
        let Some(field) = reader.read(&node, diagnostics) else { continue };
        for (needed, is_missing) in [("type", field.field_type.is_none()), ("level", field.level.is_none())] {
            if is_missing {
                let message = format!("`{}`: the attribute `{needed}` is missing", path.value);
                diagnostics.push(Diagnostic::error(Code::MissingOption, message).at(path.span));
            }
        }
        if list.0.insert(path.value.clone(), with_stated_limits(field)).is_some() {
            let message = format!("the field `{}` is listed twice", path.value);
            diagnostics.push(Diagnostic::error(Code::DuplicateField, message).at(path.span));
        }
    }
    Parts { fieldsets: list.fieldsets(), ..Parts::default() }
}

/// The field as its authors write it, called `name`.
pub(super) fn field_node(path: &Spanned<String>, name: &str, node: &Node, diagnostics: &mut Diagnostics) -> Node {
    let Some(attributes) = node.as_map() else { return node.clone() };
    check_flat_name(path, &path.value, node, diagnostics);
    let name = Scalar { text: name.to_owned(), plain: false };
    let name = Node { span: path.span, value: Value::Scalar(name) };
    let mut entries = vec![(Spanned::new(path.span, "name".to_owned()), name)];
    entries.extend(attributes.iter().filter(|(key, _)| !COMPUTED.contains(&key.as_str())).cloned());
    Node { span: path.span, value: Value::Map(entries) }
}

fn check_flat_name(path: &Spanned<String>, expected: &str, node: &Node, diagnostics: &mut Diagnostics) {
    if let Some(flat_name) = node.get("flat_name").and_then(Node::as_text).filter(|name| *name != expected) {
        let message = format!("the `flat_name` of `{expected}` is `{flat_name}`");
        diagnostics.push(Diagnostic::error(Code::InvalidValue, message).at(path.span));
    }
}

/// A list states the limits of all keywords: one that has none has none.
fn with_stated_limits(mut field: FieldInput) -> FieldInput {
    let none = || Some(Spanned::new(field.name.span, IgnoreAboveInput::None(NoLimit::None)));
    let is_keyword = |name: Option<&Spanned<String>>| name.is_some_and(|name| name.value == "keyword");
    let is_indexed = field.index.as_ref().is_none_or(|index| index.value);
    if is_keyword(field.field_type.as_ref()) && is_indexed && field.ignore_above.is_none() {
        field.ignore_above = none();
    }
    let unlimited = |multi: &&mut MultiFieldInput| is_keyword(Some(&multi.field_type)) && multi.ignore_above.is_none();
    for multi in field.multi_fields.iter_mut().filter(unlimited) {
        multi.ignore_above = none();
    }
    field
}

/// Fields by path.
#[derive(Default)]
struct List(BTreeMap<String, FieldInput>);

impl List {
    fn fieldsets(&self) -> Vec<FieldsetInput> {
        let mut sets: BTreeMap<String, Vec<FieldInput>> = BTreeMap::new();
        for (path, field) in &self.0 {
            let name = self.set_of(path);
            let is_root = matches!(name.as_str(), BASE | TRACING);
            let below = if is_root { path.as_str() } else { &path[name.len() + 1..] };
            sets.entry(name).or_default().push(renamed(field, below));
        }
        let mut all: Vec<FieldsetInput> = Vec::new();
        for set in self.sets_only_reused(&sets) {
            let fields = self.definition_of(&set);
            all.extend(fieldset(&set, fields, Some(false)));
        }
        all.extend(sets.into_iter().filter_map(|(name, fields)| fieldset(&name, fields, None)));
        all
    }

    /// The set that a field belongs to: a nesting of a set in itself is one of its own, so that the set can be reused
    /// without it.
    fn set_of(&self, path: &str) -> String {
        let Some((root, _)) = path.split_once('.') else { return BASE.to_owned() };
        if TRACING_ROOTS.contains(&root) {
            return TRACING.to_owned();
        }
        let nesting = splits(path).skip(1).map(|(object, _)| object).find(|object| self.is_nesting(root, object));
        nesting.unwrap_or(root).to_owned()
    }

    /// Whether an object below the set `root` holds the set once more: one of its fields is a copy of a field of the set.
    fn is_nesting(&self, root: &str, object: &str) -> bool {
        let is_copy = |(path, field): (&String, &FieldInput)| {
            field.original_fieldset.as_deref() == Some(root)
                && self
                    .0
                    .get(&format!("{root}{}", &path[object.len()..]))
                    .is_some_and(|own| own.original_fieldset.is_none())
        };
        self.below(object).any(is_copy)
    }

    fn below<'l>(&'l self, object: &str) -> impl Iterator<Item = (&'l String, &'l FieldInput)> {
        let prefix = format!("{object}.");
        let range = self.0.range(prefix.clone()..);
        range.take_while(move |(path, _)| path.starts_with(&prefix))
    }

    fn sets_only_reused(&self, sets: &BTreeMap<String, Vec<FieldInput>>) -> BTreeSet<String> {
        let reused = self.0.values().filter_map(|field| field.original_fieldset.clone());
        reused.filter(|name| !sets.contains_key(name)).collect()
    }

    /// The fields of a set that is only reused: from the place with most of them, the first in byte order among equals.
    fn definition_of(&self, fieldset: &str) -> Vec<FieldInput> {
        let is_copy = |(path, field): (&'_ String, &FieldInput)| {
            (field.original_fieldset.as_deref() == Some(fieldset)).then(|| path.clone())
        };
        let reused: Vec<String> = self.0.iter().filter_map(is_copy).collect();
        let reused: Vec<&str> = reused.iter().map(String::as_str).collect();
        let Some(place) = named_place(&reused, fieldset).or_else(|| tiling_place(&reused)) else { return Vec::new() };
        let own = |(path, field): (&String, &FieldInput)| {
            let mut field = renamed(field, &path[place.len() + 1..]);
            field.original_fieldset = field.original_fieldset.filter(|original| original != fieldset);
            field
        };
        self.below(&place).map(own).collect()
    }
}

fn renamed(field: &FieldInput, name: &str) -> FieldInput {
    FieldInput { name: Spanned::new(field.name.span, name.to_owned()), ..field.clone() }
}

fn fieldset(name: &str, fields: Vec<FieldInput>, top_level: Option<bool>) -> Option<FieldsetInput> {
    let span = fields.first()?.name.span;
    Some(FieldsetInput {
        name: Spanned::new(span, name.to_owned()),
        title: None,
        description: None,
        short: None,
        footnote: None,
        group: None,
        set_type: None,
        root: matches!(name, BASE | TRACING).then_some(true),
        beta: None,
        alpha: None,
        reusable: top_level.map(|top_level| ReusableInput { top_level: Some(top_level), ..ReusableInput::default() }),
        fields,
    })
}
/// The fullest place whose last segment is the set's name, as nearly every reuse has it.
fn named_place(reused: &[&str], fieldset: &str) -> Option<String> {
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for path in reused {
        let place = splits(path).map(|(object, _)| object).find(|object| last_segment(object) == fieldset)?;
        *sizes.entry(place).or_default() += 1;
    }
    let fullest = sizes.values().copied().max()?;
    sizes.iter().find(|(_, size)| **size == fullest).map(|(place, _)| (*place).to_owned())
}

/// The place of a set that is reused under other names only (`entity_reference`, as `administers`, `owns`, …): the
/// deepest object over the first field of which all that is reused is made of copies.
fn tiling_place(reused: &[&str]) -> Option<String> {
    let first = reused.first()?;
    let places: Vec<_> = splits(first).collect();
    places
        .into_iter()
        .rev()
        .find(|(place, rest)| {
            let tile = rests(reused, place);
            let ending = format!(".{rest}");
            let copies = reused.iter().filter_map(|path| path.strip_suffix(ending.as_str()));
            let covered: usize =
                copies.map(|copy| rests(reused, copy)).filter(|rests| *rests == tile).map(|r| r.len()).sum();
            covered == reused.len()
        })
        .map(|(place, _)| place.to_owned())
}

/// What is left of the paths below `place`.
fn rests<'p>(paths: &[&'p str], place: &str) -> Vec<&'p str> {
    paths.iter().filter_map(|path| path.strip_prefix(place)?.strip_prefix('.')).collect()
}

/// Every way to part a path at a dot, the shortest object first.
fn splits(path: &str) -> impl DoubleEndedIterator<Item = (&str, &str)> {
    path.match_indices('.').map(|(at, _)| (&path[..at], &path[at + 1..]))
}

fn last_segment(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}
