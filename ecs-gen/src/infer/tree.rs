//! What is known of each place of documents: what a mapping says, and what was seen.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

/// A place of documents.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    /// What the mapping says of it, without what is below; none when no mapping has it.
    pub(crate) mapped: Option<Map<String, Json>>,
    /// What documents have there.
    pub(crate) seen: Seen,
    /// What is below.
    pub(crate) children: BTreeMap<String, Place>,
    /// Whether it has more names than fields can have.
    pub(crate) is_open: bool,
    /// Whether no declaration fits, so that it is kept without being looked at.
    pub(crate) is_kept: bool,
}

/// Values that were seen at a place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// Values and lists with values; for an element of a list, its list counts.
    pub(crate) present: u64,
    pub(crate) lists: u64,
    pub(crate) empty_lists: u64,
    pub(crate) singles: u64,
    /// Lists in lists, and null in lists.
    pub(crate) odd_elements: u64,
    pub(crate) objects: u64,
    pub(crate) booleans: u64,
    pub(crate) integers: u64,
    /// Integers above those of 64 bits with a sign.
    pub(crate) large: u64,
    pub(crate) negative: u64,
    /// Integers that are likely to be times in seconds.
    pub(crate) seconds: u64,
    pub(crate) fractions: u64,
    pub(crate) texts: u64,
    pub(crate) dates: u64,
    pub(crate) addresses: u64,
    /// Characters of the longest text.
    pub(crate) longest: usize,
    pub(crate) has_lines: bool,
    /// Different texts, up to one more than were asked for.
    pub(crate) distinct: BTreeSet<String>,
    /// The first value.
    pub(crate) example: Option<String>,
}

impl Seen {
    /// Whether all values are numbers that a date would take for milliseconds, and that are seconds.
    pub(crate) fn are_seconds(&self) -> bool {
        self.seconds > 0 && self.seconds == self.integers && !self.is_mixed() && self.fractions == 0
    }

    /// Whether documents hold lists there.
    pub(crate) fn has_lists(&self) -> bool {
        self.lists + self.empty_lists > 0
    }

    /// Whether no type fits all values.
    pub(crate) fn is_mixed(&self) -> bool {
        let kinds = [self.objects, self.booleans, self.integers + self.fractions, self.texts];
        kinds.iter().filter(|count| **count > 0).count() > 1
            || self.odd_elements > 0
            || (self.has_lists() && self.singles > 0)
    }

    /// Whether single values that are no objects were seen.
    pub(crate) fn has_scalars(&self) -> bool {
        self.booleans + self.integers + self.fractions + self.texts > 0
    }
}

impl Place {
    /// Whether fields are below it, or may be.
    pub(crate) fn is_object(&self) -> bool {
        match &self.mapped {
            Some(body) => matches!(body.get("type").and_then(Json::as_str), None | Some("object" | "nested")),
            None => !self.children.is_empty() || self.is_open || (self.seen.objects > 0 && !self.seen.has_scalars()),
        }
    }

    /// How many fields, objects and multi-fields there are below.
    pub(crate) fn count(&self) -> usize {
        let multi = |body: &Map<String, Json>| body.get("fields").and_then(Json::as_object).map_or(0, Map::len);
        let below = self.children.values();
        below.map(|child| 1 + child.mapped.as_ref().map_or(0, multi) + child.count()).sum()
    }

    /// The place at a dotted path.
    pub(crate) fn find(&self, path: &str) -> Option<&Self> {
        path.split('.').try_fold(self, |place, name| place.children.get(name))
    }

    /// The path of the nearest known object above a path; empty is the root.
    pub(crate) fn nearest(&self, path: &str) -> String {
        let mut above = path.rmatch_indices('.').map(|(at, _)| &path[..at]);
        above.find(|above| self.find(above).is_some()).unwrap_or_default().to_owned()
    }

    /// Forgets the field at a path; whether there was one, without others below it.
    pub(crate) fn forget(&mut self, path: &str) -> bool {
        let (above, name) = path.rsplit_once('.').map_or(("", path), |(above, name)| (above, name));
        let mut names = above.split('.').filter(|name| !name.is_empty());
        let Some(place) = names.try_fold(self, |place, name| place.children.get_mut(name)) else { return false };
        let is_field = place.children.get(name).is_some_and(|child| child.children.is_empty());
        is_field && place.children.remove(name).is_some()
    }

    /// Keeps what is at a path, or nearest above it, without looking at it; whether that is new. What a mapping declares
    /// stays as it is.
    pub(crate) fn keep_as_is(&mut self, path: &str) -> bool {
        let path = if self.find(path).is_some() { path.to_owned() } else { self.nearest(path) };
        if path.is_empty() {
            return false;
        }
        let found = path.split('.').try_fold(self, |place, name| place.children.get_mut(name));
        match found {
            Some(place) if place.mapped.is_none() && !place.is_kept => {
                place.is_kept = true;
                true
            }
            _ => false,
        }
    }
}

/// The type of a field of a mapping.
pub(super) fn type_of(body: &Map<String, Json>) -> &str {
    match body.get("type").and_then(Json::as_str) {
        None => "object",
        Some("flat_object") => "flattened",
        Some(name) => name,
    }
}
