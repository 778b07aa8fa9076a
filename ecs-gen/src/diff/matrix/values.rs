//! The values of each parameter that are worth trying: absent, the default written out, and others.

use serde_json::{Map, Value as Json, json};

use crate::diff::engine::Engine;
use crate::field_type::FieldType;
use crate::parameter::{Parameter, ParameterForm};

/// Values of a parameter; `None` is its absence, where the type can do without it.
pub(super) fn interesting(engine: Engine, field_type: FieldType, parameter: Parameter) -> Vec<Option<Json>> {
    let mut values: Vec<Option<Json>> = given(field_type, parameter).into_iter().map(Some).collect();
    if !is_needed(engine, field_type, parameter) {
        values.insert(0, None);
    }
    values
}

fn is_needed(engine: Engine, field_type: FieldType, parameter: Parameter) -> bool {
    match parameter {
        Parameter::ScalingFactor | Parameter::Path => true,
        Parameter::Value => engine == Engine::OpenSearch && field_type == FieldType::ConstantKeyword,
        _ => false,
    }
}

fn given(field_type: FieldType, parameter: Parameter) -> Vec<Json> {
    let texts = |texts: &[&str]| texts.iter().map(|text| json!(text)).collect();
    match parameter {
        Parameter::NullValue => null_values(field_type),
        Parameter::IgnoreAbove => vec![json!(256), json!(1024)],
        Parameter::DepthLimit => vec![json!(10), json!(20)],
        Parameter::ScalingFactor => vec![json!(100), json!(1000), json!(0.5)],
        Parameter::Value => texts(&["a", "b"]),
        Parameter::Path => texts(&["target", "target2"]),
        Parameter::CopyTo => vec![json!("target"), json!(["target"]), json!("target2"), json!(["target", "target2"])],
        Parameter::Meta => vec![json!({"unit": "ms"}), json!({"unit": "s"})],
        Parameter::Format => texts(&[
            "strict_date_optional_time||epoch_millis",
            "strict_date_optional_time_nanos||epoch_millis",
            "strict_date_optional_time",
            "epoch_second",
        ]),
        Parameter::IndexOptions if field_type == FieldType::Keyword || field_type == FieldType::Flattened => {
            texts(&["docs", "freqs"])
        }
        Parameter::Analyzer | Parameter::SearchAnalyzer => texts(&["standard", "simple", "whitespace"]),
        _ => of_form(parameter.form()),
    }
}

fn of_form(form: ParameterForm) -> Vec<Json> {
    match form {
        ParameterForm::Boolean => vec![json!(true), json!(false)],
        ParameterForm::OneOf(list) => list.iter().map(|text| json!(text)).collect(),
        // The rest is named one by one above.
        _ => Vec::new(),
    }
}

fn null_values(field_type: FieldType) -> Vec<Json> {
    match field_type {
        FieldType::Boolean => vec![json!(true), json!(false)],
        FieldType::Keyword | FieldType::Wildcard | FieldType::Flattened => vec![json!("none"), json!("nothing")],
        FieldType::Date | FieldType::DateNanos => vec![json!("1970-01-01"), json!("2000-01-01")],
        FieldType::Ip => vec![json!("::1"), json!("127.0.0.1")],
        FieldType::GeoPoint => vec![json!({"lat": 0.0, "lon": 0.0}), json!({"lat": 1.0, "lon": 1.0})],
        _ => vec![json!(0), json!(1)],
    }
}

/// Parameters without which the engine refuses the one that is tried.
pub(super) fn add_needed(field: &mut Map<String, Json>, parameter: Parameter) {
    if parameter == Parameter::SearchAnalyzer {
        field.insert(Parameter::Analyzer.name().to_owned(), json!("standard"));
    }
}

/// A value as part of a case's name.
pub(super) fn word(value: Option<&Json>) -> String {
    match value {
        None => "unset".to_owned(),
        Some(Json::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}
