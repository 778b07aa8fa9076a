//! What a release documents of what its schemas allow: its own selection.

use std::collections::BTreeMap;

use crate::input::selection::{SelectedFields, Selection};

/// What of an object a release documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Released {
    /// All of it.
    All,
    /// These fields and objects below it.
    Some(BTreeMap<String, Released>),
}

impl Released {
    /// What a selection of the official grammar documents. A field that is in the docs only is not part of the release.
    #[must_use]
    pub fn new(selected: &SelectedFields) -> Self {
        match selected {
            SelectedFields::All => Self::All,
            SelectedFields::Some(entries) => {
                let shown = entries.0.iter().filter(|(_, entry)| !is_docs_only(&entry.0));
                let below = |entry: &Selection| entry.fields.as_ref().map_or(Self::All, Self::new);
                Self::Some(shown.map(|(name, entry)| (name.value.clone(), below(&entry.0))).collect())
            }
        }
    }

    /// What it documents of the child `name`; `None` when it hides it.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        match self {
            Self::All => Some(self),
            Self::Some(children) => children.get(name),
        }
    }
}

/// What a release documents of each of its field sets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown(
    /// By set; without it the release says nothing, and documents all that it has.
    pub Option<BTreeMap<String, Released>>,
);

impl Shown {
    /// What a release documents of a set; `None` when it hides it, or does not know it.
    #[must_use]
    pub fn of(&self, fieldset: &str) -> Option<&Released> {
        match &self.0 {
            Some(sets) => sets.get(fieldset),
            None => Some(&Released::All),
        }
    }
}

fn is_docs_only(selection: &Selection) -> bool {
    selection.docs_only.as_ref().is_some_and(|docs_only| docs_only.value)
}
