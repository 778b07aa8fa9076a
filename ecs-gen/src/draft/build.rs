//! The last step: a draft without errors becomes a [`Model`].

use std::collections::{BTreeMap, HashMap};

use super::describe::Descriptions;
use super::shapes::{Root, assign_shapes};
use super::{Draft, FieldTree, TreeField};
use crate::field_path::FieldPath;
use crate::field_type::{FieldType, ValueKind};
use crate::input::Entries;
use crate::lifecycle::Storage;
use crate::model::{Allowed, AllowedId, AllowedValue, Field, FieldId, Level, Log, Model, Origin, pascal_case};
use crate::parameter::Parameters;
use crate::source::Spanned;

/// Turns a draft on which no pass reported an error into a model; `None` when storage was not resolved.
#[must_use]
pub fn into_model(draft: Draft) -> Option<Model> {
    let descriptions = Descriptions::of(&draft);
    let mut builder = Builder { draft: &draft, descriptions, fields: Vec::new(), allowed: AllowedLists::default() };
    let takes_unknown = draft.takes_unknown.contains_key(&None);
    let roots = builder.add_children(&draft.selected, None, takes_unknown);
    let docs_only: Vec<Field> = draft.docs_only.iter().map(|field| builder.docs_only_field(field)).collect();
    let Builder { mut fields, allowed, .. } = builder;
    let mut allowed = allowed.into_named(fields.iter().chain(&docs_only));
    let root = Root { type_name: pascal_case(&draft.log.name), fields: &roots, takes_unknown };
    let shapes = assign_shapes(&mut fields, root, &mut allowed);
    let Storage { target, opensearch_target, settings, lifecycle } = draft.storage?;
    let log = Log {
        title: draft.log.title.unwrap_or_else(|| draft.log.name.value.clone()),
        name: draft.log.name.value,
        description: draft
            .log
            .description
            .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
            .unwrap_or_default(),
        version: draft.log.version.unwrap_or(1),
        source: draft.source,
        target,
        opensearch_target,
        settings,
        lifecycle,
        pipeline: draft.pipeline,
        opensearch_since: draft.opensearch_since?,
        providers: providers(&draft.log.providers),
        samples: draft.samples,
        overrides: draft.overrides,
    };
    Some(Model { log, ecs_version: draft.release.version.clone(), fields, roots, docs_only, shapes, allowed })
}

fn providers(entries: &Entries<Vec<Spanned<String>>>) -> BTreeMap<String, Vec<String>> {
    let actions = |list: &[Spanned<String>]| list.iter().map(|action| action.value.clone()).collect();
    entries.0.iter().map(|(provider, list)| (provider.value.clone(), actions(list))).collect()
}

struct Builder<'d> {
    draft: &'d Draft,
    descriptions: Descriptions<'d>,
    fields: Vec<Field>,
    allowed: AllowedLists,
}

impl Builder<'_> {
    /// `takes_unknown`: whether the object whose children they are does.
    fn add_children(&mut self, tree: &FieldTree, parent: Option<&FieldPath>, takes_unknown: bool) -> Vec<FieldId> {
        let mut ids = Vec::with_capacity(tree.children.len());
        for (name, child) in &tree.children {
            let path = FieldPath::parse(name).expect("names of the tree are segments of paths");
            let path = parent.map_or_else(|| path.clone(), |parent| parent.join(&path));
            ids.push(self.add_field(child, &path, takes_unknown));
        }
        ids
    }

    fn add_field(&mut self, place: &FieldTree, path: &FieldPath, is_lenient: bool) -> FieldId {
        let id = FieldId(u32::try_from(self.fields.len()).expect("a log has fewer than 2^32 fields"));
        let required = self.draft.required.contains(path);
        let field = if let Some(declared) = &place.field {
            self.field(declared, required)
        } else {
            let description = self.descriptions.find(path, &Origin::Implied, "");
            Field { description, ..implied(path.clone(), required) }
        };
        let takes_unknown = place.may_have_children()
            && self.draft.takes_unknown.get(&Some(path.clone())).copied().unwrap_or(is_lenient);
        self.fields.push(Field { takes_unknown, ..field });
        let children = self.add_children(place, Some(path), takes_unknown);
        self.fields[id.index()].children = children;
        id
    }

    fn field(&mut self, declared: &TreeField, required: bool) -> Field {
        let from = &declared.declaration;
        let custom = matches!(declared.origin, Origin::Extension { .. });
        Field {
            path: from.path.clone(),
            field_type: from.field_type,
            is_array: from.is_array || from.field_type.kind() == ValueKind::Nested,
            required: required || (custom && from.required),
            parameters: from.parameters.clone(),
            multi_fields: from.multi_fields.clone(),
            allowed: self.allowed.add(&from.allowed),
            expected_values: from.expected_values.clone(),
            pattern: from.pattern.clone(),
            description: self.descriptions.find(&from.path, &declared.origin, &from.description),
            level: from.level,
            beta: from.beta,
            display_format: from.display_format.clone(),
            origin: declared.origin.clone(),
            takes_unknown: false,
            children: Vec::new(),
            shape: None,
        }
    }

    fn docs_only_field(&mut self, declared: &TreeField) -> Field {
        self.field(declared, false)
    }
}

/// An object that is only a place for others.
fn implied(path: FieldPath, required: bool) -> Field {
    Field {
        field_type: FieldType::Object,
        is_array: false,
        required,
        parameters: Parameters::new(),
        multi_fields: Vec::new(),
        allowed: None,
        expected_values: Vec::new(),
        pattern: None,
        description: String::new(),
        level: Level::Custom,
        beta: false,
        display_format: None,
        origin: Origin::Implied,
        takes_unknown: false,
        children: Vec::new(),
        shape: None,
        path,
    }
}

/// The distinct lists of allowed values, in order of their first use.
#[derive(Default)]
struct AllowedLists {
    lists: Vec<Vec<AllowedValue>>,
    by_values: HashMap<Vec<AllowedValue>, AllowedId>,
}

impl AllowedLists {
    fn add(&mut self, values: &[AllowedValue]) -> Option<AllowedId> {
        if values.is_empty() {
            return None;
        }
        if let Some(id) = self.by_values.get(values) {
            return Some(*id);
        }
        let id = AllowedId(u32::try_from(self.lists.len()).expect("a log has fewer than 2^32 lists"));
        self.lists.push(values.to_vec());
        self.by_values.insert(values.to_vec(), id);
        Some(id)
    }

    /// Names each list after the shortest path that uses it, one in the mapping before one that only the docs have.
    fn into_named<'f>(self, fields: impl Iterator<Item = &'f Field>) -> Vec<Allowed> {
        let mut shortest: Vec<Option<&str>> = vec![None; self.lists.len()];
        for field in fields {
            let Some(id) = field.allowed else { continue };
            let path = field.path.as_str();
            let best = &mut shortest[id.index()];
            if best.is_none_or(|best| path.len() < best.len()) {
                *best = Some(path);
            }
        }
        let name = |path: Option<&str>| pascal_case(path.unwrap_or_default());
        let named = self.lists.into_iter().zip(shortest);
        named.map(|(values, path)| Allowed { type_name: name(path), values }).collect()
    }
}
