//! A log between its inputs and its [`Model`](crate::model::Model): what is declared, what is selected, what the
//! passes have found out so far. Half-finished by nature, so no emitter sees it.

mod build;
mod shapes;
mod tree;

pub use build::into_model;
pub use tree::{FieldTree, TreeField};

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::declaration::EcsRelease;
use crate::extension::Fieldset;
use crate::field_path::FieldPath;
use crate::input::log::LogInput;
use crate::lifecycle::Lifecycle;
use crate::model::{IndexTarget, Pipeline, Sample, Settings, Version};

/// A log under construction.
#[derive(Debug)]
pub struct Draft {
    /// The log file.
    pub log: LogInput,
    /// Path of the log file as generated files name it.
    pub source: String,
    /// The ECS release that it selects from.
    pub release: Arc<EcsRelease>,
    /// The extensions' field sets, in the order of the log file.
    pub fieldsets: Vec<Fieldset>,
    /// Whether something was wrong with an extension, so that what seems to be missing may stand in it.
    pub is_flawed: bool,
    /// The pipeline, read.
    pub pipeline: Option<Pipeline>,
    /// The samples, read.
    pub samples: Vec<Sample>,
    /// Everything that can be selected: ECS and the extensions.
    pub catalog: FieldTree,
    /// What is selected, without what stands in the docs only.
    pub selected: FieldTree,
    /// Selected fields that stand in the docs only, in byte order of their paths.
    pub docs_only: Vec<TreeField>,
    /// Paths of fields and objects that every document has, or every element of the list that they are in.
    pub required: BTreeSet<FieldPath>,
    /// Where documents go and when they leave, once the lifecycle pass has said so.
    pub storage: Option<(IndexTarget, Settings, Lifecycle)>,
    /// The least OpenSearch version that the OpenSearch files must work on.
    pub opensearch_since: Option<Version>,
}
