//! Objects that hold the same fields under the same rules share one shape, and so one struct, one interface, one
//! definition; and the names that those get.

use super::FieldId;

/// Index of a shape in [`super::Model::shapes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShapeId(pub(crate) u32);

impl ShapeId {
    /// The whole document.
    pub const ROOT: Self = Self(0);

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A distinct object shape.
#[derive(Clone, Debug)]
pub struct Shape {
    /// Unique name in `PascalCase`, such as `KibanaAlertRule` or `Geo`.
    pub type_name: String,
    /// The fields of the first object that has the shape, in byte order of their names; their rules hold for all.
    pub fields: Vec<FieldId>,
    /// Whether an object may have fields that the log does not have; they are kept and not indexed.
    pub takes_unknown: bool,
    /// The dotted paths of all objects that have the shape; empty for the whole document.
    pub used_at: Vec<String>,
}

/// `kibana.saved_objects` → `KibanaSavedObjects`; foreign characters part words.
#[must_use]
pub fn pascal_case(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.flat_map(|word| word[..1].to_ascii_uppercase().chars().chain(word[1..].chars()).collect::<Vec<_>>()).collect()
}

/// `kibana-event-log` → `kibana_event_log`.
#[must_use]
pub fn snake_case(text: &str) -> String {
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("_").to_ascii_lowercase()
}
