//! Index settings. Every value is text, and all stand under `index`, because that is how the engines give them back: a
//! tool that compares what it put with what it gets sees no difference.

use serde::Serialize;

use crate::field_type::{FieldType, ValueKind};
use crate::model::{Field, Model, Settings};

/// Step to which the number of fields is rounded up for `index.mapping.total_fields.limit`. Some room above the real
/// count lets fields be added to an existing index in place, while a mapping that grows without end is still stopped.
pub const FIELD_LIMIT_STEP: usize = 100;

/// The engines' own limit on nested objects in a mapping; only a mapping with more says so.
const NESTED_LIMIT: usize = 50;

/// The engines' own limit on the depth of a mapping; only a mapping that is deeper says so.
const DEPTH_LIMIT: usize = 20;

/// The settings of a component or template.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SettingsBody {
    /// All of them.
    pub index: IndexSettings,
}

/// What stands under `index`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct IndexSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_expand_replicas: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    codec: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_pipeline: Option<String>,
    /// Whether wildcard searches pass the index over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden: Option<String>,
    /// ILM on Elasticsearch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<LifecycleSettings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mapping: Option<MappingSettings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number_of_replicas: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number_of_shards: Option<String>,
    /// Index management on OpenSearch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plugins: Option<PluginSettings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_interval: Option<String>,
}

/// What ILM needs to know of an index.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LifecycleSettings {
    /// The policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The alias that moves on at rollover.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollover_alias: Option<String>,
}

/// Settings of OpenSearch's plugins.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PluginSettings {
    index_state_management: StateManagementSettings,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct StateManagementSettings {
    rollover_alias: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct MappingSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    depth: Option<Limit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nested_fields: Option<Limit>,
    total_fields: Limit,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Limit {
    limit: String,
}

impl SettingsBody {
    /// The settings that all indices of a log share and both engines know. `unseen`: how many fields the engine counts
    /// besides those of the mapping.
    pub fn new(model: &Model, unseen: usize) -> Self {
        let Settings { hidden, shards, replicas, auto_expand_replicas, refresh_interval, codec, priority: _ } =
            model.log.settings.clone();
        let index = IndexSettings {
            auto_expand_replicas,
            codec,
            default_pipeline: model.log.pipeline.as_ref().map(|pipeline| pipeline.name.clone()),
            hidden: hidden.then(|| "true".to_owned()),
            mapping: Some(mapping_settings(model, unseen)),
            number_of_replicas: replicas.map(|count| count.to_string()),
            number_of_shards: Some(shards.to_string()),
            refresh_interval,
            ..IndexSettings::default()
        };
        Self { index }
    }

    /// Parted into what the engine needs to judge the mapping by itself, and the rest. An engine checks a component
    /// template alone, so a mapping above the default limits is refused unless its own component raises them.
    pub fn part(mut self) -> (Self, Self) {
        let with_mapping = IndexSettings { mapping: self.index.mapping.take(), ..IndexSettings::default() };
        (Self { index: with_mapping }, self)
    }

    /// Only the alias that ILM moves on at rollover.
    pub fn ilm_rollover(alias: &str) -> Self {
        let lifecycle = LifecycleSettings { rollover_alias: Some(alias.to_owned()), ..LifecycleSettings::default() };
        Self { index: IndexSettings { lifecycle: Some(lifecycle), ..IndexSettings::default() } }
    }

    /// Only the alias that ISM moves on at rollover.
    pub fn ism_rollover(alias: &str) -> Self {
        Self { index: IndexSettings { plugins: Some(PluginSettings::rollover(alias)), ..IndexSettings::default() } }
    }
}

impl PluginSettings {
    /// The alias that ISM moves on at rollover.
    pub fn rollover(alias: &str) -> Self {
        Self { index_state_management: StateManagementSettings { rollover_alias: alias.to_owned() } }
    }
}

fn mapping_settings(model: &Model, unseen: usize) -> MappingSettings {
    let total = ((model.mapped_count() + unseen) / FIELD_LIMIT_STEP + 1) * FIELD_LIMIT_STEP;
    let nested = model.fields.iter().filter(|field| field.field_type == FieldType::Nested).count();
    let limit = |count: usize| Limit { limit: count.to_string() };
    // An object counts as if it had a field.
    let is_object = |field: &Field| field.is_object() || field.kind() == ValueKind::Any;
    let levels = |field: &Field| field.path.segments().count() + usize::from(is_object(field));
    let depth = model.fields.iter().map(levels).max().unwrap_or_default();
    MappingSettings {
        depth: (depth > DEPTH_LIMIT).then(|| limit(depth)),
        nested_fields: (nested > NESTED_LIMIT).then(|| limit(nested)),
        total_fields: limit(total),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::SettingsBody;
    use crate::field_type::FieldType;
    use crate::testing::ModelBuilder;

    #[track_caller]
    fn check(fields: usize, unseen: usize, expected: &str) {
        let names = (0..fields).map(|number| format!("f{number}"));
        let model = names.fold(ModelBuilder::new(), |builder, name| builder.plain(&name, FieldType::Keyword)).finish();
        let limit = SettingsBody::new(&model, unseen).index.mapping.unwrap().total_fields.limit;
        assert_eq!(limit, expected, "{fields} and {unseen}");
    }

    #[test]
    fn the_field_limit_leaves_room_above_the_count() {
        check(1, 0, "100");
        check(99, 0, "100");
        check(100, 0, "200");
        check(98, 2, "200");
        check(1234, 0, "1300");
    }

    #[test]
    fn the_depth_limit_is_raised_only_by_a_deeper_mapping() {
        let path = |levels: usize| vec!["a"; levels].join(".");
        for (levels, field_type, expected) in [
            (20, FieldType::Keyword, None),
            (21, FieldType::Keyword, Some("21")),
            (19, FieldType::Object, None),
            (20, FieldType::Object, Some("21")),
        ] {
            let model = ModelBuilder::new().plain(&path(levels), field_type).finish();
            let mapping = SettingsBody::new(&model, 0).index.mapping.unwrap();
            assert_eq!(mapping.depth.map(|limit| limit.limit).as_deref(), expected, "{levels}");
        }
    }

    #[test]
    fn limits_of_the_mapping_go_with_it() {
        let whole = SettingsBody::new(&ModelBuilder::new().plain("a", FieldType::Keyword).finish(), 0);
        let (with_mapping, rest) = whole.part();
        let json = |body: &SettingsBody| serde_json::to_value(body).unwrap();
        assert_eq!(json(&with_mapping), json!({"index": {"mapping": {"total_fields": {"limit": "100"}}}}));
        assert_eq!(json(&rest), json!({"index": {"number_of_shards": "1"}}));
    }

    #[test]
    fn the_nested_limit_is_raised_only_by_a_mapping_that_exceeds_it() {
        for (count, expected) in [(50, None), (51, Some("51"))] {
            let names = (0..count).map(|number| format!("n{number}"));
            let model =
                names.fold(ModelBuilder::new(), |builder, name| builder.plain(&name, FieldType::Nested)).finish();
            let mapping = SettingsBody::new(&model, 0).index.mapping.unwrap();
            assert_eq!(mapping.nested_fields.map(|limit| limit.limit).as_deref(), expected);
        }
    }
}
