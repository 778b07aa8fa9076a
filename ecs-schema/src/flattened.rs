//! An object whose keys are data. Owns the container; its limits are checked in `json/flattened.rs`.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use serde_json::Value;

/// An object with any JSON inside, for a `flattened` (Elasticsearch) or `flat_object` (`OpenSearch`) field.
///
/// Objects nest at most 20 deep, this one included, and each leaf's path, a NUL byte and its text fit into 32,766
/// bytes, unless the mapping has `ignore_above`. (Elasticsearch, “Flattened field type”: `depth_limit`.)
///
/// # Examples
/// ```
/// use ecs_schema::Flattened;
///
/// let mut labels = Flattened::default();
/// labels.insert("team".to_owned(), "delivery".into());
/// assert_eq!(labels.len(), 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flattened(BTreeMap<String, Value>);

impl Flattened {
    /// The map itself.
    #[must_use]
    pub fn into_inner(self) -> BTreeMap<String, Value> {
        self.0
    }
}

impl Deref for Flattened {
    type Target = BTreeMap<String, Value>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Flattened {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl From<BTreeMap<String, Value>> for Flattened {
    fn from(map: BTreeMap<String, Value>) -> Self {
        Self(map)
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Flattened {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}
