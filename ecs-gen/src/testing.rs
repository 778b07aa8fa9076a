//! Small models for the tests of emitters, built without files and passes: one shape per object, no checks.

use std::collections::BTreeMap;

use serde_json::json;

use crate::field_path::FieldPath;
use crate::field_type::{FieldType, ValueKind};
use crate::lifecycle::{Conditions, Duration, Lifecycle, Manager, Rollover};
use crate::model::{
    Alias, Allowed, AllowedId, AllowedValue, Field, FieldId, IndexTarget, Level, Log, Model, MultiField, Origin,
    Overrides, Sample, Settings, Shape, ShapeId, Version, pascal_case,
};
use crate::parameter::{Parameter, Parameters};

/// Collects fields; parents are added where they are missing.
pub(crate) struct ModelBuilder {
    fields: BTreeMap<String, Field>,
    docs_only: Vec<Field>,
    allowed: Vec<Allowed>,
}

impl ModelBuilder {
    pub(crate) fn new() -> Self {
        Self { fields: BTreeMap::new(), docs_only: vec![], allowed: vec![] }
    }

    /// Adds a field and changes it as said.
    pub(crate) fn with(mut self, path: &str, field_type: FieldType, change: impl FnOnce(&mut Field)) -> Self {
        let mut field = field(path, field_type);
        change(&mut field);
        self.fields.insert(path.to_owned(), field);
        self
    }

    /// Adds a field.
    pub(crate) fn plain(self, path: &str, field_type: FieldType) -> Self {
        self.with(path, field_type, |_| {})
    }

    /// Adds a field that only the docs name.
    pub(crate) fn docs_only(mut self, path: &str, field_type: FieldType) -> Self {
        self.docs_only.push(field(path, field_type));
        self
    }

    /// Adds a keyword with allowed values, each with the event types that it expects.
    pub(crate) fn allowed(mut self, path: &str, is_array: bool, values: &[(&str, &[&str])]) -> Self {
        let value = |(name, types): &(&str, &[&str])| AllowedValue {
            name: (*name).to_owned(),
            expected_event_types: types.iter().map(|name| (*name).to_owned()).collect(),
        };
        let id = AllowedId(u32::try_from(self.allowed.len()).unwrap());
        self.allowed.push(Allowed { type_name: pascal_case(path), values: values.iter().map(value).collect() });
        self.with(path, FieldType::Keyword, |field| {
            field.is_array = is_array;
            field.allowed = Some(id);
        })
    }

    /// The model, as the log `example`.
    pub(crate) fn finish(mut self) -> Model {
        self.add_parents();
        self.require_parents();
        let paths: Vec<String> = self.fields.keys().cloned().collect();
        let id_of = |path: &str| {
            FieldId(u32::try_from(paths.binary_search_by(|known| known.as_str().cmp(path)).unwrap()).unwrap())
        };
        let children_of = |parent: &str| -> Vec<FieldId> {
            let is_child = |path: &&String| path.rsplit_once('.').map_or("", |(parent, _)| parent) == parent;
            paths.iter().filter(is_child).map(|path| id_of(path)).collect()
        };
        let roots = children_of("");
        let root =
            Shape { type_name: "Example".to_owned(), fields: roots.clone(), takes_unknown: false, used_at: vec![] };
        let mut shapes = vec![root];
        for (path, field) in &mut self.fields {
            if field.is_object() {
                field.children = children_of(path);
                field.shape = Some(ShapeId(u32::try_from(shapes.len()).unwrap()));
                let fields = field.children.clone();
                let takes_unknown = field.takes_unknown;
                shapes.push(Shape { type_name: pascal_case(path), fields, takes_unknown, used_at: vec![path.clone()] });
            }
        }
        let fields = self.fields.into_values().collect();
        let docs_only = self.docs_only;
        Model { log: log(), ecs_version: "9.4.0".to_owned(), fields, roots, docs_only, shapes, allowed: self.allowed }
    }

    fn add_parents(&mut self) {
        let paths: Vec<String> = self.fields.keys().cloned().collect();
        for path in paths {
            let mut rest = path.as_str();
            while let Some((parent, _)) = rest.rsplit_once('.') {
                self.fields.entry(parent.to_owned()).or_insert_with(|| field(parent, FieldType::Object));
                rest = parent;
            }
        }
    }

    /// An object that holds a required field is required too, unless it is in a list.
    fn require_parents(&mut self) {
        let required: Vec<String> =
            self.fields.iter().filter(|(_, f)| f.required).map(|(path, _)| path.clone()).collect();
        for path in required {
            let mut rest = path.as_str();
            while let Some((parent, _)) = rest.rsplit_once('.') {
                let field = self.fields.get_mut(parent).unwrap();
                if field.is_array {
                    break;
                }
                field.required = true;
                rest = parent;
            }
        }
    }
}

fn field(path: &str, field_type: FieldType) -> Field {
    Field {
        path: FieldPath::parse(path).unwrap(),
        field_type,
        is_array: field_type.kind() == ValueKind::Nested,
        required: false,
        parameters: Parameters::new(),
        multi_fields: vec![],
        allowed: None,
        expected_values: vec![],
        pattern: None,
        description: String::new(),
        level: Level::Extended,
        beta: false,
        display_format: None,
        origin: Origin::Ecs { original_fieldset: None },
        takes_unknown: false,
        children: vec![],
        shape: None,
    }
}

fn log() -> Log {
    Log {
        name: "example".to_owned(),
        title: "Example log".to_owned(),
        description: "What the tests write.".to_owned(),
        version: 3,
        source: "logs/example.yaml".to_owned(),
        target: IndexTarget::Aliases(vec![Alias {
            name: "example".to_owned(),
            first_index: "example-000001".to_owned(),
            pattern: "example-*".to_owned(),
        }]),
        opensearch_target: None,
        settings: Settings {
            hidden: false,
            shards: 1,
            replicas: None,
            auto_expand_replicas: None,
            refresh_interval: None,
            codec: None,
            elasticsearch: BTreeMap::new(),
            opensearch: BTreeMap::new(),
            priority: 100,
        },
        lifecycle: Lifecycle {
            manager: Manager::Policy,
            policy: "example-policy".to_owned(),
            rollover: Some(Rollover {
                max: Conditions { age: Duration::parse("30d").ok(), ..Conditions::default() },
                ..Rollover::default()
            }),
            phases: vec![],
            keep: Duration::parse("90d").ok(),
        },
        pipeline: None,
        opensearch_since: Version { major: 2, minor: 15 },
        providers: BTreeMap::from([("actions".to_owned(), vec!["execute".to_owned(), "execute-via-http".to_owned()])]),
        overrides: Overrides::default(),
        samples: vec![
            Sample {
                name: "first".to_owned(),
                document: json!({"message": "hello", "@timestamp": "2024-05-17T09:30:00Z"}),
                before_pipeline: false,
            },
            Sample {
                name: "old".to_owned(),
                document: json!({"message": "hello", "env": "gprd"}),
                before_pipeline: true,
            },
        ],
    }
}

/// A log with most that a log can have.
pub(crate) fn small_model() -> Model {
    ModelBuilder::new()
        .with("@timestamp", FieldType::Date, |field| {
            field.required = true;
            field.level = Level::Core;
            field.description = "When it happened.".to_owned();
        })
        .with("message", FieldType::Text, |field| {
            let parameters = Parameters::new();
            field.multi_fields =
                vec![MultiField { name: "exact".to_owned(), field_type: FieldType::Keyword, parameters }];
        })
        .with("tags", FieldType::Keyword, |field| {
            field.is_array = true;
            field.parameters.insert(Parameter::IgnoreAbove, json!(1024));
        })
        .plain("labels", FieldType::Flattened)
        .with("ecs.version", FieldType::Keyword, |field| field.required = true)
        .allowed("event.category", true, &[("process", &["start", "end"]), ("web", &["access"])])
        .allowed("event.type", true, &[("start", &[]), ("end", &[]), ("access", &[])])
        .with("event.duration", FieldType::Long, |field| field.display_format = Some("duration".to_owned()))
        .plain("event.start", FieldType::Date)
        .plain("event.provider", FieldType::Keyword)
        .with("event.original", FieldType::Keyword, |field| {
            field.parameters.insert(Parameter::Index, json!(false));
            field.parameters.insert(Parameter::DocValues, json!(false));
        })
        .with("host.mac", FieldType::Keyword, |field| {
            field.is_array = true;
            field.pattern = Some("^[A-F0-9]{2}(-[A-F0-9]{2}){5,}$".to_owned());
            field.description = "Addresses of the network cards, a|b.".to_owned();
        })
        .with("host.ip", FieldType::Ip, |field| field.is_array = true)
        .plain("host.geo.location", FieldType::GeoPoint)
        .plain("kibana.saved_objects", FieldType::Nested)
        .with("kibana.saved_objects.id", FieldType::Keyword, |field| {
            field.required = true;
            field.level = Level::Custom;
            field.origin = Origin::Extension { fieldset: "kibana".to_owned(), original_fieldset: None };
        })
        .plain("kibana.saved_objects.rel", FieldType::Keyword)
        .plain("kibana.version", FieldType::Version)
        .plain("kibana.gap.range", FieldType::DateRange)
        .with("kibana.raw", FieldType::Object, |field| {
            field.parameters.insert(Parameter::Enabled, json!(false));
        })
        .with("kibana.other", FieldType::Alias, |field| {
            field.parameters.insert(Parameter::Path, json!("event.provider"));
        })
        .with("kibana.share", FieldType::ScaledFloat, |field| {
            field.parameters.insert(Parameter::ScalingFactor, json!(1000));
            field.beta = true;
        })
        .docs_only("event.kind", FieldType::Keyword)
        .finish()
}
