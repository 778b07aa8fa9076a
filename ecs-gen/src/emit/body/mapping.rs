//! Mappings. The root says `dynamic`, every object inherits it, and only one that differs says so; an object is one by having `properties`, and
//! names its type only where it has none. That is how the engines give mappings back.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::meta::Meta;
use crate::field_type::FieldType;
use crate::model::{Field, FieldId, Model, ShapeId};
use crate::parameter::{Parameter, Parameters};

/// A whole mapping.
#[derive(Clone, Debug, Serialize)]
pub struct Mappings {
    /// `dynamic`, and what a settings file says besides.
    #[serde(flatten)]
    root: Map<String, Json>,
    #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
    meta: Option<Meta>,
    properties: Properties,
}

type Properties = BTreeMap<String, Property>;

#[derive(Clone, Debug, Serialize)]
struct Property {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    field_type: Option<&'static str>,
    #[serde(flatten)]
    parameters: BTreeMap<&'static str, Json>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    properties: Properties,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    fields: Properties,
}

/// What a target calls a field type, and which parameters it has there.
#[derive(Clone, Debug, PartialEq)]
pub struct Translated {
    /// The type's name.
    pub name: &'static str,
    /// The parameters by name.
    pub parameters: BTreeMap<&'static str, Json>,
}

/// How a target says a type with its parameters.
pub type Translate<'t> = &'t dyn Fn(FieldType, &Parameters) -> Translated;

impl Mappings {
    /// The mapping of a log, without `_meta`.
    pub fn new(model: &Model, translate: Translate<'_>) -> Self {
        let takes_unknown = model.shape(ShapeId::ROOT).takes_unknown;
        let mut root = Map::from_iter([("dynamic".to_owned(), dynamic(takes_unknown).into())]);
        root.extend(model.log.overrides.mappings.clone().into_iter().flatten());
        Self { root, meta: None, properties: properties(model, &model.roots, takes_unknown, translate) }
    }

    /// The same with `_meta`.
    pub fn with_meta(self, meta: Meta) -> Self {
        Self { meta: Some(meta), ..self }
    }
}

/// Whether a parameter says what is so without it. ECS declares `synthetic_source_keep: none` on most lists; it is the
/// default, and Elasticsearch before 8.16 refuses a template that has the parameter at all.
pub fn is_default(parameter: Parameter, value: &Json) -> bool {
    parameter == Parameter::SyntheticSourceKeep && value == "none"
}

/// What becomes of fields that are not in the mapping, as the engines say it back.
const fn dynamic(takes_unknown: bool) -> &'static str {
    if takes_unknown { "false" } else { "strict" }
}

/// `inherited`: whether the object around them takes fields that are not in the mapping.
fn properties(model: &Model, ids: &[FieldId], inherited: bool, translate: Translate<'_>) -> Properties {
    model.children(ids).map(|field| (field.name().to_owned(), property(model, field, inherited, translate))).collect()
}

fn property(model: &Model, field: &Field, inherited: bool, translate: Translate<'_>) -> Property {
    let properties = properties(model, &field.children, field.takes_unknown, translate);
    let fields = field.multi_fields.iter().map(|multi| {
        let translated = translate(multi.field_type, &multi.parameters);
        (multi.name.clone(), leaf(translated))
    });
    let is_plain_object = field.field_type == FieldType::Object && !properties.is_empty();
    let translated = translate(field.field_type, &field.parameters);
    let mut own = leaf(translated);
    if field.is_object() && field.takes_unknown != inherited {
        own.parameters.insert("dynamic", dynamic(field.takes_unknown).into());
    }
    Property {
        field_type: own.field_type.filter(|_| !is_plain_object),
        parameters: own.parameters,
        properties,
        fields: fields.collect(),
    }
}

fn leaf(translated: Translated) -> Property {
    Property {
        field_type: Some(translated.name),
        parameters: translated.parameters,
        properties: BTreeMap::new(),
        fields: BTreeMap::new(),
    }
}
