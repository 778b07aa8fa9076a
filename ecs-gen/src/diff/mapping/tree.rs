//! One place of a mapping: what it is and what stands below it.

use serde_json::{Map, Value as Json};

/// A place of a mapping.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field<'j> {
    /// As it is written.
    pub(crate) body: &'j Map<String, Json>,
    /// What it is.
    pub(crate) kind: Kind<'j>,
}

/// What a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind<'j> {
    /// A plain object.
    Object,
    /// A nested object.
    Nested,
    /// Another name of a field.
    Alias,
    /// A field of that type.
    Leaf(&'j str),
}

impl<'j> Field<'j> {
    /// Reads a place; nothing when it is no object.
    pub(crate) fn of(value: &'j Json) -> Option<Self> {
        let body = value.as_object()?;
        let kind = match body.get("type").and_then(Json::as_str) {
            None | Some("object") => Kind::Object,
            Some("nested") => Kind::Nested,
            Some("alias") => Kind::Alias,
            Some(name) => Kind::Leaf(name),
        };
        Some(Self { body, kind })
    }

    /// The name of its type.
    pub(crate) const fn type_name(&self) -> &'j str {
        match self.kind {
            Kind::Object => "object",
            Kind::Nested => "nested",
            Kind::Alias => "alias",
            Kind::Leaf(name) => name,
        }
    }

    /// Whether fields may stand below it.
    pub(crate) const fn is_object(&self) -> bool {
        matches!(self.kind, Kind::Object | Kind::Nested)
    }

    /// What stands below it under `key`: `properties` or `fields`.
    pub(crate) fn below(&self, key: &str) -> impl Iterator<Item = (&'j str, Field<'j>)> + use<'j> {
        children(self.body, key)
    }
}

/// What stands under `key` of an object or mapping.
pub(crate) fn children<'j>(
    body: &'j Map<String, Json>,
    key: &str,
) -> impl Iterator<Item = (&'j str, Field<'j>)> + use<'j> {
    let entries = body.get(key).and_then(Json::as_object).into_iter().flatten();
    entries.filter_map(|(name, value)| Some((name.as_str(), Field::of(value)?)))
}

/// `parent.name`, or `name` at the root.
pub(crate) fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") }
}

/// The pointer of a name below `key`.
pub(crate) fn step(pointer: &str, key: &str, name: &str) -> String {
    format!("{pointer}/{key}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// Every field of a place with its path and pointer: itself, or what stands below it. An object without fields counts
/// as one.
pub(crate) fn leaves<'j>(path: &str, pointer: &str, field: Field<'j>) -> Vec<(String, String, Field<'j>)> {
    let mut found = Vec::new();
    if field.is_object() {
        for (name, child) in field.below("properties") {
            found.extend(leaves(&join(path, name), &step(pointer, "properties", name), child));
        }
    }
    if found.is_empty() {
        found.push((path.to_owned(), pointer.to_owned(), field));
    }
    found
}
