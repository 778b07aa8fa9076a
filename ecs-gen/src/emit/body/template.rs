//! Component and index templates, and the first index of an alias.

use std::collections::BTreeMap;

use serde::Serialize;

use super::mapping::Mappings;
use super::meta::Meta;
use super::settings::SettingsBody;
use crate::lifecycle::Duration;
use crate::model::{Alias, IndexTarget, Model};

/// Body of `PUT _component_template/NAME`.
#[derive(Clone, Debug, Serialize)]
pub struct ComponentTemplate {
    template: Template,
    version: u32,
    #[serde(rename = "_meta")]
    meta: Meta,
}

/// Body of `PUT _index_template/NAME`.
#[derive(Clone, Debug, Serialize)]
pub struct IndexTemplate {
    index_patterns: Vec<String>,
    /// `false` where the engine can be told that no write makes an index: one whose alias and settings are gone would be made
    /// anew without them.
    #[serde(skip_serializing_if = "Option::is_none")]
    allow_auto_create: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_stream: Option<DataStreamOptions>,
    composed_of: Vec<String>,
    #[serde(skip_serializing_if = "Template::is_empty")]
    template: Template,
    priority: u32,
    version: u32,
    #[serde(rename = "_meta")]
    meta: Meta,
}

/// What a template sets.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Template {
    /// Index settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<SettingsBody>,
    /// The mapping.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mappings: Option<Mappings>,
    /// The data stream lifecycle of Elasticsearch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<StreamLifecycle>,
}

/// The data stream lifecycle: present is enabled.
#[derive(Clone, Debug, Serialize)]
pub struct StreamLifecycle {
    /// How long an index is kept after its rollover; for ever when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_retention: Option<Duration>,
}

/// What marks a template as that of a data stream.
#[derive(Clone, Debug, Serialize)]
pub struct DataStreamOptions {
    /// Whether wildcard searches pass the stream over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden: Option<bool>,
}

/// Body of `PUT FIRST_INDEX`.
#[derive(Clone, Debug, Serialize)]
pub struct FirstIndex {
    aliases: BTreeMap<String, AliasOptions>,
}

#[derive(Clone, Debug, Serialize)]
struct AliasOptions {
    is_write_index: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_hidden: Option<bool>,
}

/// One row of indices with the names of what belongs to it. Several aliases need a template each, because the rollover
/// alias is a setting of the index.
#[derive(Clone, Debug)]
pub struct Row<'m> {
    /// Its alias; none for a data stream.
    pub alias: Option<&'m Alias>,
    /// What the template matches.
    pub pattern: &'m str,
    /// Name of the index template in the engine.
    pub template: String,
    /// What stands between a file's name and its ending: nothing for the first row.
    pub suffix: String,
}

/// The rows of a log.
pub fn rows(model: &Model) -> Vec<Row<'_>> {
    let log = &model.log.name;
    match &model.log.target {
        IndexTarget::DataStream(stream) => {
            vec![Row { alias: None, pattern: &stream.name, template: log.clone(), suffix: String::new() }]
        }
        IndexTarget::Aliases(aliases) => {
            let row = |(position, alias): (usize, &'_ Alias)| match position {
                0 => (log.clone(), String::new()),
                _ => (format!("{log}-{}", alias.name), format!(".{}", alias.name)),
            };
            let named = aliases.iter().enumerate().map(row);
            let rows = aliases.iter().zip(named);
            rows.map(|(alias, (template, suffix))| Row {
                alias: Some(alias),
                pattern: &alias.pattern,
                template,
                suffix,
            })
            .collect()
        }
    }
}

/// Names of a log's component templates: mappings, settings.
pub fn component_names(model: &Model) -> [String; 2] {
    [format!("{}@mappings", model.log.name), format!("{}@settings", model.log.name)]
}

impl ComponentTemplate {
    /// A component of a log.
    pub fn new(model: &Model, template: Template, hash: &str) -> Self {
        Self { template, version: model.log.version, meta: Meta::new(model, hash) }
    }
}

impl IndexTemplate {
    /// The template of a row, composed of the log's two components.
    pub fn new(
        model: &Model,
        row: &Row<'_>,
        data_stream: Option<DataStreamOptions>,
        template: Template,
        hash: &str,
    ) -> Self {
        Self {
            index_patterns: vec![row.pattern.to_owned()],
            allow_auto_create: None,
            data_stream,
            composed_of: component_names(model).to_vec(),
            template,
            priority: model.log.settings.priority,
            version: model.log.version,
            meta: Meta::new(model, hash),
        }
    }
}

impl IndexTemplate {
    /// Lets no write make an index that it matches, as Elasticsearch can be told. A data stream is made by its first write.
    pub fn without_auto_create(mut self) -> Self {
        self.allow_auto_create = self.data_stream.is_none().then_some(false);
        self
    }
}

impl Template {
    fn is_empty(&self) -> bool {
        self.settings.is_none() && self.mappings.is_none() && self.lifecycle.is_none()
    }
}

impl FirstIndex {
    /// The first index of an alias, which makes the alias.
    pub fn new(model: &Model, alias: &Alias) -> Self {
        let options = AliasOptions { is_write_index: true, is_hidden: model.log.settings.hidden.then_some(true) };
        Self { aliases: BTreeMap::from([(alias.name.clone(), options)]) }
    }
}
