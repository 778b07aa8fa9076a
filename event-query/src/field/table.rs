//! The fields of one mapping by path.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::mapping;
use super::nearest::nearest;
use super::{Field, FieldKind};

/// How deep a mapping may be.
const MAX_DEPTH: usize = 50;

/// A mapping that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the mapping cannot be read: {0}")]
pub struct MappingError(String);

/// The fields of one mapping: what `ecs-gen` writes as `mappings.json`, or an engine answers.
///
/// # Examples
/// ```
/// use event_query::FieldTable;
///
/// let fields = FieldTable::from_json(r#"{"properties": {"user": {"properties": {"id": {"type": "keyword"}}}}}"#)?;
/// assert!(fields.field("user.id").is_some_and(|field| field.type_name() == "keyword"));
/// assert_eq!(fields.nearest("usr.id"), ["user.id"]);
/// # Ok::<(), event_query::MappingError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct FieldTable {
    entries: BTreeMap<Arc<str>, Entry>,
}

/// What is at a path.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    Field(Arc<Field>),
    /// An object of fields, or of nothing that can be searched.
    Object {
        nested: Option<Arc<str>>,
    },
    /// A nested field: the group's own path, and that of the group around it.
    Nested {
        within: Option<Arc<str>>,
    },
    Alias(Arc<str>),
}

/// Another way in which the values of the field at `path` are indexed.
fn multi_field(
    path: &Arc<str>,
    name: &str,
    property: &Value,
    nested: Option<&Arc<str>>,
) -> Result<Field, MappingError> {
    let own_path = format!("{path}.{name}");
    let type_name = property.get("type").and_then(Value::as_str);
    let (Some(property), Some(type_name)) = (property.as_object(), type_name) else {
        return Err(MappingError(format!("the multi-field `{own_path}` has no `type`")));
    };
    let field = mapping::field(&own_path, type_name, property, nested);
    Ok(Field { multi_field_of: Some(path.clone()), ..field })
}

impl FieldTable {
    /// Reads the text of a `mappings.json`.
    ///
    /// # Errors
    /// When the text is not JSON, or not a mapping.
    pub fn from_json(text: &str) -> Result<Self, MappingError> {
        let mapping = serde_json::from_str(text).map_err(|error| MappingError(error.to_string()))?;
        Self::from_mapping(&mapping)
    }

    /// Reads a mapping: an object with `properties`.
    ///
    /// # Errors
    /// When there are no `properties`, or something in them is not a property.
    pub fn from_mapping(mapping: &Value) -> Result<Self, MappingError> {
        let properties = mapping
            .get("properties")
            .and_then(Value::as_object)
            .ok_or_else(|| MappingError("it has no `properties`".to_owned()))?;
        let mut table = Self::default();
        let id = mapping::field("_id", "_id", &Map::new(), None);
        table
            .entries
            .insert("_id".into(), Entry::Field(Arc::new(Field { kind: FieldKind::Id, doc_values: false, ..id })));
        table.add_properties("", properties, None, 0)?;
        Ok(table)
    }

    fn add_properties(
        &mut self,
        prefix: &str,
        properties: &Map<String, Value>,
        nested: Option<&Arc<str>>,
        depth: usize,
    ) -> Result<(), MappingError> {
        if depth > MAX_DEPTH {
            return Err(MappingError(format!("objects are more than {MAX_DEPTH} deep")));
        }
        for (name, property) in properties {
            let path: Arc<str> = format!("{prefix}{name}").into();
            let property = property.as_object().ok_or_else(|| MappingError(format!("`{path}` is not an object")))?;
            let children = property.get("properties").and_then(Value::as_object);
            let type_name = property.get("type").and_then(Value::as_str).unwrap_or("object");
            let (entry, inside) = match type_name {
                "object" => (Entry::Object { nested: nested.cloned() }, nested.cloned()),
                "nested" => (Entry::Nested { within: nested.cloned() }, Some(path.clone())),
                "alias" => {
                    let target = property.get("path").and_then(Value::as_str);
                    let target = target.ok_or_else(|| MappingError(format!("the alias `{path}` has no `path`")))?;
                    (Entry::Alias(target.into()), None)
                }
                _ => (Entry::Field(Arc::new(mapping::field(&path, type_name, property, nested))), nested.cloned()),
            };
            self.entries.insert(path.clone(), entry);
            if let Some(children) = children {
                self.add_properties(&format!("{path}."), children, inside.as_ref(), depth + 1)?;
            }
            for (name, property) in property.get("fields").and_then(Value::as_object).into_iter().flatten() {
                let multi_field = multi_field(&path, name, property, nested)?;
                self.entries.insert(multi_field.path.clone(), Entry::Field(Arc::new(multi_field)));
            }
        }
        Ok(())
    }

    /// The field of that path: a leaf, a multi-field, the target of an alias, or a key of a flattened field.
    #[must_use]
    pub fn field(&self, path: &str) -> Option<Arc<Field>> {
        match self.entry(path) {
            Some(Entry::Field(field)) => Some(field),
            _ => None,
        }
    }

    /// Every field that is a leaf of the mapping, multi-fields included, by path; no alias, no flattened key, no `_id`.
    pub fn fields(&self) -> impl Iterator<Item = &Arc<Field>> {
        self.entries.values().filter_map(|entry| match entry {
            Entry::Field(field) if field.kind != FieldKind::Id => Some(field),
            _ => None,
        })
    }

    /// The fields and objects whose paths are most like `name`, the nearest first.
    #[must_use]
    pub fn nearest(&self, name: &str) -> Vec<String> {
        nearest(name, self.entries.keys().map(|path| &**path))
    }

    /// The names of fields in the group `nested` that are most like `name`, relative to the group.
    pub(crate) fn nearest_in_group(&self, nested: &str, name: &str) -> Vec<String> {
        let prefix = format!("{nested}.");
        nearest(name, self.entries.keys().filter_map(|path| path.strip_prefix(&prefix)))
    }

    /// What is at `path`, aliases followed.
    pub(crate) fn entry(&self, path: &str) -> Option<Entry> {
        match self.entries.get(path) {
            Some(Entry::Alias(target)) => match self.entries.get(target) {
                Some(Entry::Alias(_)) => None,
                found => found.cloned(),
            },
            Some(entry) => Some(entry.clone()),
            None => self.flattened_key(path).map(|field| Entry::Field(Arc::new(field))),
        }
    }

    fn flattened_key(&self, path: &str) -> Option<Field> {
        path.match_indices('.').find_map(|(dot, _)| {
            let Entry::Field(field) = self.entry_without_keys(&path[..dot])? else { return None };
            let key = &path[dot + 1..];
            (field.kind == FieldKind::Flattened && !key.is_empty()).then(|| Field {
                path: format!("{}.{key}", field.path).into(),
                key: Some(key.to_owned()),
                ..(*field).clone()
            })
        })
    }

    fn entry_without_keys(&self, path: &str) -> Option<Entry> {
        match self.entries.get(path)? {
            Entry::Alias(target) => self.entries.get(target).cloned(),
            entry => Some(entry.clone()),
        }
    }

    /// The leaves below an object, those of nested groups in it left out.
    pub(crate) fn children(&self, object: &str, nested: Option<&Arc<str>>) -> Vec<Arc<Field>> {
        let prefix = format!("{object}.");
        self.fields()
            .filter(|field| field.path.starts_with(&prefix) && field.nested.as_ref() == nested)
            .cloned()
            .collect()
    }

    /// The nested groups around `path`, the outermost first, that are inside of `within`.
    pub(crate) fn groups_between(&self, within: Option<&str>, innermost: &Arc<str>) -> Vec<Arc<str>> {
        let mut groups = Vec::new();
        let mut group = Some(innermost.clone());
        while let Some(path) = group.filter(|path| Some(&**path) != within) {
            group = match self.entries.get(&path) {
                Some(Entry::Nested { within }) => within.clone(),
                _ => None,
            };
            groups.push(path);
        }
        groups.reverse();
        groups
    }

    /// Whether `path`, with wildcards or without, is or contains a field; for the selection of `_source`.
    pub(crate) fn selects(&self, path: &str) -> bool {
        let parts: Vec<String> = path.split('*').map(str::to_owned).collect();
        let pattern = crate::value::Pattern::new(parts);
        self.entry(path).is_some() || self.entries.keys().any(|known| pattern.matches(known))
    }
}
