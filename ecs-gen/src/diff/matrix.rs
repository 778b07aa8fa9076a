//! Every change of a mapping or setting that the generator can make, one small case each: what
//! [`super::predict_put_mapping`] and [`super::predict_put_setting`] say of it can be compared with a live engine. Knows no
//! verdict.
//!
//! Each case is two whole mapping bodies that differ in the field `f`. Beside it stand the keywords `target` and
//! `target2`, for aliases and copies. The old mapping is always one that the engine takes.

mod settings;
mod values;

pub use settings::{SettingCase, setting_cases};

use serde_json::{Map, Value as Json, json};

use super::engine::Engine;
use super::mapping::parameters::is_valid;
use super::mapping::tree::Field;
use crate::field_type::FieldType;
use crate::parameter::Parameter;

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Says what changes, such as `type/keyword/long` or `parameter/keyword/index/unset/false`; unique.
    pub id: String,
    /// The mapping of the index.
    pub old_mapping: Json,
    /// The mapping that is put.
    pub new_mapping: Json,
}

/// All cases of an engine: each pair of types, each parameter of each type with each pair of values, the same for
/// multi-fields, then objects, aliases, each type inside an object, and the root.
pub fn cases(engine: Engine) -> impl Iterator<Item = Case> {
    type_cases(engine)
        .chain(parameter_cases(engine))
        .chain(multi_field_cases(engine))
        .chain(object_cases())
        .chain(inside_cases(engine))
        .chain(root_cases())
}

fn case(id: String, old: &Json, new: &Json) -> Case {
    Case { id, old_mapping: around(old), new_mapping: around(new) }
}

/// A mapping with `field` as `f`; without it when it is null.
fn around(field: &Json) -> Json {
    let mut properties = json!({"target": {"type": "keyword"}, "target2": {"type": "keyword"}});
    if !field.is_null() {
        properties["f"] = field.clone();
    }
    json!({"dynamic": "strict", "properties": properties})
}

/// A field of that type with no more than the engine demands.
fn plain(engine: Engine, field_type: FieldType) -> Json {
    let mut field = json!({"type": engine.type_name(field_type)});
    match field_type {
        FieldType::ScaledFloat => field["scaling_factor"] = json!(100),
        FieldType::Alias => field["path"] = json!("target"),
        FieldType::ConstantKeyword if engine == Engine::OpenSearch => field["value"] = json!("a"),
        // As the generator writes it.
        FieldType::Object => field = json!({"properties": {"x": {"type": "keyword"}}}),
        FieldType::Nested => field["properties"] = json!({"x": {"type": "keyword"}}),
        _ => {}
    }
    field
}

/// Each type of the engine that holds a value, as a field with no more than it demands, by its name.
pub fn leaves(engine: Engine) -> impl Iterator<Item = (&'static str, Json)> {
    let is_leaf =
        |field_type: &FieldType| !matches!(field_type, FieldType::Object | FieldType::Nested | FieldType::Alias);
    engine.types().filter(is_leaf).map(move |field_type| (engine.type_name(field_type), plain(engine, field_type)))
}

fn type_cases(engine: Engine) -> impl Iterator<Item = Case> {
    let pairs = engine.types().flat_map(move |old| engine.types().map(move |new| (old, new)));
    pairs.map(move |(old, new)| {
        let id = format!("type/{}/{}", engine.type_name(old), engine.type_name(new));
        case(id, &plain(engine, old), &plain(engine, new))
    })
}

fn parameter_cases(engine: Engine) -> impl Iterator<Item = Case> {
    parameter_pairs(engine, engine.types(), |_| true).map(|(id, old, new)| case(format!("parameter/{id}"), &old, &new))
}

/// A name, and a field before and after.
type Pair = (String, Json, Json);

fn parameter_pairs(
    engine: Engine,
    types: impl Iterator<Item = FieldType>,
    fits: fn(Parameter) -> bool,
) -> impl Iterator<Item = Pair> {
    types.flat_map(move |field_type| {
        let parameters = engine.parameters(field_type).filter(move |parameter| fits(*parameter));
        parameters.flat_map(move |parameter| pairs(engine, field_type, parameter))
    })
}

/// Each pair of values of a parameter, its absence being one of them.
fn pairs(engine: Engine, field_type: FieldType, parameter: Parameter) -> Vec<Pair> {
    let values = values::interesting(engine, field_type, parameter);
    let with = |value: &Option<Json>| {
        let mut field = plain(engine, field_type);
        let fields = field.as_object_mut().expect("a field is an object");
        match value {
            Some(value) => fields.insert(parameter.name().to_owned(), value.clone()),
            None => fields.remove(parameter.name()),
        };
        values::add_needed(fields, parameter);
        field
    };
    // No index can have an old mapping that the engine refuses.
    let can_be_old = |value: &&Option<Json>| Field::of(&with(value)).is_some_and(|field| is_valid(engine, field));
    let mut pairs = Vec::new();
    for old in values.iter().filter(can_be_old) {
        for new in &values {
            let name = format!("{}/{}", engine.type_name(field_type), parameter.name());
            let id = format!("{name}/{}/{}", values::word(old.as_ref()), values::word(new.as_ref()));
            pairs.push((id, with(old), with(new)));
        }
    }
    pairs
}

fn multi_field_cases(engine: Engine) -> impl Iterator<Item = Case> {
    let keyword = || json!({"type": "keyword", "ignore_above": 1024});
    let with = move |fields: &[(&str, Json)]| {
        let fields: Map<String, Json> =
            fields.iter().map(|(name, field)| ((*name).to_owned(), field.clone())).collect();
        let mut field = keyword();
        if !fields.is_empty() {
            field["fields"] = Json::Object(fields);
        }
        field
    };
    let text = || json!({"type": "text", "norms": false});
    let mut cases = vec![
        case("multi-field/added".to_owned(), &with(&[]), &with(&[("text", text())])),
        case("multi-field/removed".to_owned(), &with(&[("text", text())]), &with(&[])),
        case("multi-field/renamed".to_owned(), &with(&[("text", text())]), &with(&[("words", text())])),
        case("multi-field/second-added".to_owned(), &with(&[("a", text())]), &with(&[("a", text()), ("b", text())])),
    ];
    let leaves: Vec<FieldType> = engine.types().filter(|leaf| leaf.can_be_multi_field()).collect();
    for old in &leaves {
        for new in &leaves {
            let id = format!("multi-field-type/{}/{}", engine.type_name(*old), engine.type_name(*new));
            cases.push(case(id, &with(&[("a", plain(engine, *old))]), &with(&[("a", plain(engine, *new))])));
        }
    }
    for (id, old, new) in parameter_pairs(engine, leaves.into_iter(), Parameter::fits_multi_field) {
        cases.push(case(format!("multi-field-parameter/{id}"), &with(&[("a", old)]), &with(&[("a", new)])));
    }
    cases.into_iter()
}

/// Each type inside an object, put as it is: the name that the engine gives it is not its whole path there.
fn inside_cases(engine: Engine) -> impl Iterator<Item = Case> {
    engine.types().map(move |field_type| {
        let object = json!({"properties": {"x": plain(engine, field_type)}});
        case(format!("inside/{}", engine.type_name(field_type)), &object, &object)
    })
}

/// Values of `dynamic` that both engines know; absent means inherited.
const DYNAMIC: &[Option<&str>] = &[None, Some("strict"), Some("true"), Some("false")];

fn object_cases() -> impl Iterator<Item = Case> {
    let object = || json!({"properties": {"x": {"type": "keyword"}}});
    let mut cases = vec![
        case("object/added".to_owned(), &Json::Null, &object()),
        case("object/removed".to_owned(), &object(), &Json::Null),
        case(
            "object/field-added".to_owned(),
            &object(),
            &json!({"properties": {"x": {"type": "keyword"}, "y": {"type": "long"}}}),
        ),
        case("object/field-removed".to_owned(), &object(), &json!({"properties": {}})),
        case("object/field-type".to_owned(), &object(), &json!({"properties": {"x": {"type": "long"}}})),
        case(
            "object/deep-object".to_owned(),
            &object(),
            &json!({"properties": {"x": {"properties": {"y": {"type": "keyword"}}}}}),
        ),
        case("field/added".to_owned(), &Json::Null, &json!({"type": "keyword"})),
        case("field/removed".to_owned(), &json!({"type": "keyword"}), &Json::Null),
        case(
            "alias/path".to_owned(),
            &json!({"type": "alias", "path": "target"}),
            &json!({"type": "alias", "path": "target2"}),
        ),
        case(
            "alias/path-unknown".to_owned(),
            &json!({"type": "alias", "path": "target"}),
            &json!({"type": "alias", "path": "nowhere"}),
        ),
        case(
            "alias/path-object".to_owned(),
            &json!({"type": "alias", "path": "target"}),
            &json!({"type": "alias", "path": "f"}),
        ),
    ];
    for kind in ["object", "nested"] {
        for old in DYNAMIC {
            for new in DYNAMIC {
                let with = |dynamic: Option<&str>| {
                    let mut field = json!({"type": kind, "properties": {"x": {"type": "keyword"}}});
                    if let Some(dynamic) = dynamic {
                        field["dynamic"] = json!(dynamic);
                    }
                    field
                };
                let id = format!("{kind}/dynamic/{}/{}", old.unwrap_or("unset"), new.unwrap_or("unset"));
                cases.push(case(id, &with(*old), &with(*new)));
            }
        }
    }
    cases.into_iter()
}

fn root_cases() -> impl Iterator<Item = Case> {
    let root = |key: &str, value: Option<Json>| {
        let mut mapping = around(&json!({"type": "keyword"}));
        let fields = mapping.as_object_mut().expect("a mapping is an object");
        match value {
            Some(value) => fields.insert(key.to_owned(), value),
            None => fields.remove(key),
        };
        mapping
    };
    let mut cases = Vec::new();
    for old in DYNAMIC {
        for new in DYNAMIC {
            cases.push(Case {
                id: format!("root/dynamic/{}/{}", old.unwrap_or("unset"), new.unwrap_or("unset")),
                old_mapping: root("dynamic", old.map(Json::from)),
                new_mapping: root("dynamic", new.map(Json::from)),
            });
        }
    }
    let metas = [None, Some(json!({"version": 1})), Some(json!({"version": 2}))];
    for old in &metas {
        for new in &metas {
            cases.push(Case {
                id: format!("root/_meta/{}/{}", values::word(old.as_ref()), values::word(new.as_ref())),
                old_mapping: root("_meta", old.clone()),
                new_mapping: root("_meta", new.clone()),
            });
        }
    }
    cases.into_iter()
}
