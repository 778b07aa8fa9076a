//! Field sets, of ECS and of custom files alike: merged by name, their fields declared, and then copied to wherever they
//! are reused. Knows nothing of logs.
//!
//! | module | what it owns |
//! | --- | --- |
//! | `merge` | what several files say of one set, laid over each other |
//! | `declare`, `parameters` | a merged field → a declaration: types, values and parameters checked |
//! | `node` | fields by path segment, with shared subtrees |
//! | `expand` | field sets → the catalog of every path that the schemas allow |
//! | `catalog` | what can be selected |
//! | `released`, `cursor` | what of that a release documents |
//! | `effect` | attributes that no output depends on |

mod catalog;
mod cursor;
mod declare;
mod effect;
mod expand;
mod measure;
mod merge;
mod node;
mod null_value;
mod parameters;
mod released;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::declaration::FieldDeclaration;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::field_path::FieldPath;
use crate::input::fieldset::{ExpectedInput, FieldsetInput};
use crate::input::{Dialect, Reader};
use crate::source::node::{Node as YamlNode, Value};
use crate::source::{Span, Spanned};

pub use catalog::{Catalog, CatalogSet};
pub use cursor::Cursor;
pub use effect::report_idle_attributes;
pub use node::{Node, Placed};
pub use released::{Released, Shown};

pub(crate) use measure::{METRIC_TYPES, UNITS};
pub(crate) use parameters::{disable_index, refused};

/// When a set is reused that does not say so.
const DEFAULT_ORDER: u32 = 2;

/// The set of fields at the root such as `@timestamp` and `message`.
pub const BASE: &str = "base";

/// The set of `span.id`, `trace.id` and `transaction.id`, at the root as well.
const TRACING: &str = "tracing";

/// Which custom field set of a run, by its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomId(pub usize);

/// A field set with everything that is said of it.
#[derive(Clone, Debug)]
pub struct Fieldset {
    /// Its name.
    pub name: Spanned<FieldPath>,
    /// One line for people.
    pub description: String,
    /// Whether its fields are at the root of the document.
    pub root: bool,
    /// Whether it is at the top level at all, or only where it is reused.
    pub top_level: bool,
    /// Whether ECS has it.
    pub in_ecs: bool,
    /// The custom sets of that name.
    pub customs: Vec<CustomId>,
    /// Where else it is used.
    pub places: Vec<Place>,
    /// Its fields, as a tree.
    pub tree: Arc<Node>,
    /// Field sets inside it (`reuse`).
    pub reuses: Vec<Reuse>,
}

/// A field of a set and who declares it.
#[derive(Clone, Debug)]
pub struct DeclaredField {
    /// The field; its path is below the set.
    pub declaration: FieldDeclaration,
    /// The set.
    pub fieldset: Arc<str>,
    /// Whether ECS declares it.
    pub in_ecs: bool,
    /// The custom sets that declare it or say more of it.
    pub customs: Vec<CustomId>,
}

/// A further place of a field set.
#[derive(Clone, Debug)]
pub struct Place {
    /// Path of the object that gets the set.
    pub at: FieldPath,
    /// Name of the set there.
    pub name: FieldPath,
    /// Where that is said.
    pub span: Span,
    /// When the set is copied there.
    pub order: u32,
    /// Whether it goes to wherever the object's set is reused, or nowhere else; by `order` when absent.
    pub transitive: Option<bool>,
    /// Whether documents hold a list of them there.
    pub is_array: bool,
    /// Whether the set may still change there.
    pub beta: bool,
    /// One line for people; the set's own when empty.
    pub description: String,
    /// The custom set that says so; ECS when absent.
    pub custom: Option<CustomId>,
}

/// A field set inside another.
#[derive(Clone, Debug)]
pub struct Reuse {
    /// Where it is, below the set.
    pub path: Spanned<FieldPath>,
    /// The set that is used there.
    pub fieldset: Spanned<String>,
    /// Whether documents hold a list of them.
    pub is_array: bool,
    /// Whether it goes to wherever the set is reused, or nowhere else.
    pub transitive: Option<bool>,
    /// One line for people.
    pub description: String,
    /// The custom set that says so.
    pub custom: Option<CustomId>,
}

/// Reads the field sets of a file: one mapping, or a list of them.
pub fn read_fieldsets(document: &YamlNode, dialect: Dialect, diagnostics: &mut Diagnostics) -> Vec<FieldsetInput> {
    let items = match &document.value {
        Value::List(items) => items.as_slice(),
        _ => std::slice::from_ref(document),
    };
    let reader = Reader::<FieldsetInput>::new(dialect);
    items.iter().filter_map(|item| reader.read(item, diagnostics)).collect()
}

/// The field sets of ECS, each on its own, in the order of their names.
#[must_use]
pub fn declare_ecs(inputs: &[FieldsetInput], diagnostics: &mut Diagnostics) -> Vec<Arc<Fieldset>> {
    let merged = merge::merge(inputs.iter(), &[], Dialect::Own, diagnostics);
    merged.into_iter().filter_map(|set| declare_fieldset(set, Dialect::Own, diagnostics)).map(Arc::new).collect()
}

/// The field sets of ECS and the custom ones, united by name: those of ECS first, then the others, each in the order of
/// their names. `declared` are those of ECS alone, from [`declare_ecs`]. Of the sets that are named in `own` nothing counts
/// that ECS says: neither their fields and places, nor the sets that it puts into them.
#[must_use]
pub fn unite(
    ecs: &[FieldsetInput],
    declared: &[Arc<Fieldset>],
    own: &BTreeSet<&str>,
    customs: &[FieldsetInput],
    dialect: Dialect,
    diagnostics: &mut Diagnostics,
) -> Vec<Arc<Fieldset>> {
    let touched = |name: &str| customs.iter().any(|custom| custom.name.value == name);
    let is_ecs = |name: &str| !own.contains(name);
    let of_ecs = ecs.iter().filter(|set| touched(&set.name) && is_ecs(&set.name));
    let merged = merge::merge(of_ecs, customs, dialect, diagnostics);
    let untouched = declared.iter().filter(|set| !touched(set.name.value.as_str()) && is_ecs(set.name.value.as_str()));
    let mut sets: Vec<Arc<Fieldset>> = untouched.cloned().collect();
    sets.extend(merged.into_iter().filter_map(|set| declare_fieldset(set, dialect, diagnostics)).map(Arc::new));
    let is_put_into_own =
        |place: &Place| place.custom.is_none() && place.at.segments().next().is_some_and(|top| own.contains(top));
    for set in sets.iter_mut().filter(|set| set.places.iter().any(is_put_into_own)) {
        Arc::make_mut(set).places.retain(|place| !is_put_into_own(place));
    }
    sets.sort_by(|left, right| (!left.in_ecs, &left.name.value).cmp(&(!right.in_ecs, &right.name.value)));
    sets
}

fn declare_fieldset(set: merge::MergedSet, dialect: Dialect, diagnostics: &mut Diagnostics) -> Option<Fieldset> {
    let name = parse_path(&set.name, diagnostics)?;
    let order = set.order.unwrap_or(DEFAULT_ORDER);
    let place = |expected: &merge::Expected, diagnostics: &mut Diagnostics| {
        declare_place(&name.value, expected, order, diagnostics)
    };
    let places = set.expected.iter().filter_map(|expected| place(expected, diagnostics)).collect();
    let fieldset: Arc<str> = name.value.as_str().into();
    let mut fields = Vec::new();
    let mut reuses = Vec::new();
    for field in set.fields.into_values() {
        if let Some(fieldset) = &field.input.reuse {
            reuses.extend(declare::declare_reuse(&field, fieldset, diagnostics));
            continue;
        }
        let (in_ecs, customs) = (field.in_ecs, field.customs.clone());
        let declared = declare::declare_field(field, dialect, diagnostics);
        let with_origin = |declaration| DeclaredField { declaration, fieldset: fieldset.clone(), in_ecs, customs };
        fields.extend(declared.map(with_origin).map(Arc::new));
    }
    // As in ECS itself, custom sets of these names have no object of their own.
    let root = set.root.unwrap_or_else(|| matches!(name.value.as_str(), BASE | TRACING));
    let description = set.short.or(set.description).or(set.title).map(|text| one_line(&text)).unwrap_or_default();
    let top_level = set.top_level.unwrap_or(true);
    Some(Fieldset {
        name,
        description,
        root,
        top_level,
        in_ecs: set.in_ecs,
        customs: set.customs,
        places,
        tree: Arc::new(node::grow(&fields, diagnostics)),
        reuses,
    })
}

fn declare_place(
    set: &FieldPath,
    expected: &merge::Expected,
    order: u32,
    diagnostics: &mut Diagnostics,
) -> Option<Place> {
    let span = expected.place.span;
    let mut parse = |text: &str| parse_path(&Spanned::new(span, text.to_owned()), diagnostics).map(|path| path.value);
    let place = |at: FieldPath, name: FieldPath| Place {
        at,
        name,
        span,
        order,
        transitive: None,
        is_array: false,
        beta: false,
        description: String::new(),
        custom: expected.custom,
    };
    match &expected.place.value {
        ExpectedInput::At(at) => Some(place(parse(at)?, set.clone())),
        ExpectedInput::As(there) => {
            let name = there.name.as_deref().map_or(Some(set.clone()), &mut parse);
            let place = place(parse(&there.at)?, name?);
            let description = there.short_override.as_deref().map(one_line).unwrap_or_default();
            let (is_array, beta) = (there.normalize.is_array(), says_so(there.beta.as_ref()));
            Some(Place { is_array, beta, description, transitive: there.transitive, ..place })
        }
    }
}

/// Whether `beta` or `alpha` says that something may change: ECS writes a sentence, or `true`.
fn says_so(marker: Option<&serde_json::Value>) -> bool {
    marker.is_some_and(|marker| !matches!(marker, serde_json::Value::Null | serde_json::Value::Bool(false)))
}

/// Reads a path, or says what is wrong with it.
pub(crate) fn parse_path(text: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<Spanned<FieldPath>> {
    match FieldPath::parse(text) {
        Ok(path) => Some(Spanned::new(text.span, path)),
        Err(error) => {
            let message = format!("the name `{}` {error}", text.value);
            let help = "names are letters, digits, `_` and `-`, in segments parted by dots";
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
