//! A log between its inputs and its [`Model`](crate::model::Model): what is declared, what is selected, what the
//! passes have found out so far. Half-finished by nature, so no emitter sees it.

mod build;
mod describe;
mod shapes;
mod tree;

pub use build::into_model;
pub use tree::{FieldTree, TreeField};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::ecs::EcsRelease;
use crate::field_path::FieldPath;
use crate::fieldset::Catalog;
use crate::input::Dialect;
use crate::input::exclude::ExcludeInput;
use crate::input::fieldset::FieldsetInput;
use crate::input::log::{LogInput, Places};
use crate::lifecycle::Storage;
use crate::model::{Overrides, Pipeline, Sample, Version};

/// A log under construction.
#[derive(Debug)]
pub struct Draft {
    /// The log file.
    pub log: LogInput,
    /// Path of the log file as generated files name it.
    pub source: String,
    /// The ECS release that it selects from.
    pub release: Arc<EcsRelease>,
    /// The custom field sets, in the order in which they are named.
    pub fieldsets: Vec<FieldsetInput>,
    /// Whose grammar the custom field sets were written for.
    pub dialect: Dialect,
    /// What is taken out of the selection again.
    pub excludes: Vec<ExcludeInput>,
    /// What goes before generated templates and mappings.
    pub overrides: Overrides,
    /// What `'*'` selects.
    pub places: Places,
    /// Whether something was wrong with a custom field set, so that what seems to be missing may stand in it.
    pub is_flawed: bool,
    /// Whether a part of the selection was wrong, so that what seems not to be selected may be.
    pub is_selection_flawed: bool,
    /// What the package of ECS that the user points to says of fields and objects, by path.
    pub descriptions: Arc<BTreeMap<String, String>>,
    /// The pipeline, read.
    pub pipeline: Option<Pipeline>,
    /// The samples, read.
    pub samples: Vec<Sample>,
    /// Everything that can be selected: ECS and the custom field sets, at all their places.
    pub catalog: Catalog,
    /// What is selected, without what stands in the docs only.
    pub selected: FieldTree,
    /// Selected fields that stand in the docs only, in byte order of their paths.
    pub docs_only: Vec<TreeField>,
    /// Paths of fields and objects that every document has, or every element of the list that they are in.
    pub required: BTreeSet<FieldPath>,
    /// Objects, or the whole document, that take fields which the log does not have, and those in them that do not.
    pub takes_unknown: BTreeMap<Option<FieldPath>, bool>,
    /// Where documents go and when they leave, once the lifecycle pass has said so.
    pub storage: Option<Storage>,
    /// The least OpenSearch version that the OpenSearch files must work on.
    pub opensearch_since: Option<Version>,
}

impl Draft {
    /// Whether the field may be missing from the catalog only because of a custom field set that was reported.
    #[must_use]
    pub fn may_declare(&self, path: &str) -> bool {
        let (root, is_below) = path.split_once('.').map_or((path, false), |(root, _)| (root, true));
        let is_of = |set: &FieldsetInput| set.name.split('.').next() == Some(root);
        let is_of_ecs = || self.catalog.set(root).is_some_and(|set| set.in_ecs);
        self.is_flawed && (self.fieldsets.iter().any(is_of) || (is_below && !is_of_ecs()))
    }

    /// Whether the field may not be selected only because of something that was reported.
    #[must_use]
    pub fn may_select(&self, path: &str) -> bool {
        self.is_selection_flawed || self.may_declare(path)
    }
}
