//! Index settings. Every value is text, and all stand under `index`, because that is how the engines give them back: a
//! tool that compares what it put with what it gets sees no difference.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::field_type::{FieldType, ValueKind};
use crate::index_setting::{SETTINGS, stored};
use crate::model::{Field, Model, Settings};

/// Step to which the number of fields is rounded up for `index.mapping.total_fields.limit`. Some room above the real
/// count lets fields be added to an existing index in place, while a mapping that grows without end is still stopped.
pub const FIELD_LIMIT_STEP: usize = 100;

/// The engines' own limit on nested objects in a mapping; only a mapping with more says so.
const NESTED_LIMIT: usize = 50;

/// The engines' own limit on the depth of a mapping; only a mapping that is deeper says so.
const DEPTH_LIMIT: usize = 20;

/// The settings of a component or template, one object for each segment of a name.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SettingsBody {
    index: Map<String, Json>,
}

impl SettingsBody {
    /// The settings that all indices of a log share, with `further` ones of the engine. `unseen`: how many fields the engine
    /// counts besides those of the mapping.
    pub fn new(model: &Model, further: &BTreeMap<&'static str, Json>, unseen: usize) -> Self {
        let Settings { hidden, shards, replicas, auto_expand_replicas, refresh_interval, codec, priority: _, .. } =
            &model.log.settings;
        let mut body = Self::default();
        body.set_some("auto_expand_replicas", auto_expand_replicas.as_ref());
        body.set_some("codec", codec.as_ref());
        body.set_some("default_pipeline", model.log.pipeline.as_ref().map(|pipeline| &pipeline.name));
        body.set_some("hidden", hidden.then_some(&"true"));
        body.set_some("number_of_replicas", replicas.as_ref());
        body.set("number_of_shards", shards);
        body.set_some("refresh_interval", refresh_interval.as_ref());
        body.set_limits(model, unseen);
        for (name, value) in further {
            body.nest(name, stored(value));
        }
        body
    }

    /// Parted into what the engine needs to judge the mapping by itself, and the rest. An engine checks a component
    /// template alone, so a mapping above the default limits is refused unless its own component raises them.
    pub fn part(mut self) -> (Self, Self) {
        let mut with_mapping = Self::default();
        let of_mapping = SETTINGS.iter().filter(|spec| spec.is_of_mapping).map(|spec| spec.name);
        for name in of_mapping.chain(["mapping"]) {
            let segment = name.split('.').next().unwrap_or(name);
            if let Some(value) = self.index.remove(segment) {
                with_mapping.index.insert(segment.to_owned(), value);
            }
        }
        (with_mapping, self)
    }

    /// The policy that ILM carries out.
    pub fn set_ilm_policy(&mut self, name: &str) {
        self.set("lifecycle.name", &name);
    }

    /// Only the alias that ILM moves on at rollover.
    pub fn ilm_rollover(alias: &str) -> Self {
        let mut body = Self::default();
        body.set("lifecycle.rollover_alias", &alias);
        body
    }

    /// Only the alias that ISM moves on at rollover.
    pub fn ism_rollover(alias: &str) -> Self {
        let mut body = Self::default();
        body.set("plugins.index_state_management.rollover_alias", &alias);
        body
    }

    fn set_limits(&mut self, model: &Model, unseen: usize) {
        let total = ((model.mapped_count() + unseen) / FIELD_LIMIT_STEP + 1) * FIELD_LIMIT_STEP;
        let nested = model.fields.iter().filter(|field| field.field_type == FieldType::Nested).count();
        // An object counts as if it had a field.
        let is_object = |field: &Field| field.is_object() || field.kind() == ValueKind::Any;
        let levels = |field: &Field| field.path.segments().count() + usize::from(is_object(field));
        let depth = model.fields.iter().map(levels).max().unwrap_or_default();
        self.set_some("mapping.depth.limit", (depth > DEPTH_LIMIT).then_some(&depth));
        self.set_some("mapping.nested_fields.limit", (nested > NESTED_LIMIT).then_some(&nested));
        self.set("mapping.total_fields.limit", &total);
    }

    fn set_some(&mut self, name: &str, value: Option<&impl ToString>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    fn set(&mut self, name: &str, value: &impl ToString) {
        self.nest(name, value.to_string().into());
    }

    fn nest(&mut self, name: &str, value: Json) {
        let mut segments: Vec<&str> = name.split('.').collect();
        let last = segments.pop().unwrap_or(name);
        let place = segments.into_iter().fold(&mut self.index, |place, segment| {
            let below = place.entry(segment).or_insert_with(|| Json::Object(Map::new()));
            below.as_object_mut().expect("no setting's name begins with the whole name of another")
        });
        place.insert(last.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value as Json, json};

    use super::SettingsBody;
    use crate::field_type::FieldType;
    use crate::testing::ModelBuilder;

    #[track_caller]
    fn check(fields: usize, unseen: usize, expected: &str) {
        let names = (0..fields).map(|number| format!("f{number}"));
        let model = names.fold(ModelBuilder::new(), |builder, name| builder.plain(&name, FieldType::Keyword)).finish();
        let body = SettingsBody::new(&model, &BTreeMap::new(), unseen);
        assert_eq!(body.index["mapping"]["total_fields"]["limit"], expected, "{fields} and {unseen}");
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
    fn depth_limit_is_raised_by_deeper_mappings_only() {
        let path = |levels: usize| vec!["a"; levels].join(".");
        for (levels, field_type, expected) in [
            (20, FieldType::Keyword, None),
            (21, FieldType::Keyword, Some("21")),
            (19, FieldType::Object, None),
            (20, FieldType::Object, Some("21")),
        ] {
            let model = ModelBuilder::new().plain(&path(levels), field_type).finish();
            let body = SettingsBody::new(&model, &BTreeMap::new(), 0);
            assert_eq!(body.index["mapping"].pointer("/depth/limit").and_then(Json::as_str), expected, "{levels}");
        }
    }

    #[test]
    fn what_the_mapping_needs_goes_with_it() {
        let further = BTreeMap::from([
            ("sort.field", json!(["a"])),
            ("mapping.ignore_malformed", json!(true)),
            ("codec", json!("zstd")),
            ("max_result_window", json!(20)),
        ]);
        let whole = SettingsBody::new(&ModelBuilder::new().plain("a", FieldType::Keyword).finish(), &further, 0);
        let (with_mapping, rest) = whole.part();
        let json = |body: &SettingsBody| serde_json::to_value(body).unwrap();
        assert_eq!(
            json(&with_mapping),
            json!({"index": {
                "mapping": {"ignore_malformed": "true", "total_fields": {"limit": "100"}},
                "sort": {"field": ["a"]},
            }})
        );
        assert_eq!(
            json(&rest),
            json!({"index": {
                "codec": "zstd", "max_result_window": "20", "number_of_shards": "1",
            }})
        );
    }

    #[test]
    fn nested_limit_is_raised_only_when_exceeded() {
        for (count, expected) in [(50, None), (51, Some("51"))] {
            let names = (0..count).map(|number| format!("n{number}"));
            let model =
                names.fold(ModelBuilder::new(), |builder, name| builder.plain(&name, FieldType::Nested)).finish();
            let body = SettingsBody::new(&model, &BTreeMap::new(), 0);
            assert_eq!(body.index["mapping"].pointer("/nested_fields/limit").and_then(Json::as_str), expected);
        }
    }
}
