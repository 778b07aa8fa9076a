//! The forms of values of settings, and how an engine stores them.

use serde_json::{Map, Value as Json, json};

use super::analysis;
use crate::lifecycle::Duration;

/// The form of a setting's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingForm {
    /// `true` or `false`.
    Boolean,
    /// A whole number from the first to the last of these.
    Count(i32, i32),
    /// A number and a unit of time, of at least this; `0s` lets 0 be given too.
    Duration(&'static str),
    /// Text.
    Text,
    /// Text or a list of texts.
    Texts,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// One of these texts, or a list of them.
    EachOf(&'static [&'static str]),
    /// What `analysis` holds.
    Analysis,
}

impl SettingForm {
    /// What is wrong with a value: what the form wants.
    ///
    /// # Errors
    /// When the engines would refuse the value.
    pub fn check(self, value: &Json) -> Result<(), String> {
        let text = value.as_str();
        let is_text = |value: &Json| value.as_str().is_some_and(|text| !text.is_empty());
        let each = |fits: &dyn Fn(&Json) -> bool| match value {
            Json::Array(list) => !list.is_empty() && list.iter().all(fits),
            single => fits(single),
        };
        let (fits, wanted) = match self {
            Self::Boolean => (value.is_boolean(), "true or false".to_owned()),
            Self::Count(least, most) => {
                let range = i64::from(least)..=i64::from(most);
                (
                    value.as_i64().is_some_and(|number| range.contains(&number)),
                    format!("a whole number from {least} to {most}"),
                )
            }
            Self::Duration(least) => {
                let is_zero = *value == 0 || matches!(text, Some("0" | "0s"));
                let given = text.and_then(|text| Duration::parse(text).ok());
                let fits = match Duration::parse(least) {
                    Ok(least) => given.is_some_and(|given| given >= least),
                    Err(_) => is_zero || given.is_some(),
                };
                (fits, format!("a duration such as `30s`, of at least {least}"))
            }
            Self::Text => (is_text(value), "text".to_owned()),
            Self::Texts => (each(&is_text), "text or a list of texts".to_owned()),
            Self::OneOf(list) => (text.is_some_and(|text| list.contains(&text)), format!("one of {}", list.join(", "))),
            Self::EachOf(list) => {
                let is_one = |value: &Json| value.as_str().is_some_and(|text| list.contains(&text));
                (each(&is_one), format!("{}, or a list of such", list.join(" or ")))
            }
            Self::Analysis => return analysis::check(value),
        };
        if fits { Ok(()) } else { Err(format!("takes {wanted}, not `{value}`")) }
    }

    /// The form as a JSON Schema, for editors.
    #[must_use]
    pub fn schema(self) -> Json {
        let each = |one: Json| json!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] });
        match self {
            Self::Boolean => json!({ "type": "boolean" }),
            Self::Count(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
            Self::Duration("0s") => json!({ "anyOf": [{ "type": "string", "minLength": 1 }, { "const": 0 }] }),
            Self::Duration(_) | Self::Text => json!({ "type": "string", "minLength": 1 }),
            Self::Texts => each(json!({ "type": "string", "minLength": 1 })),
            Self::OneOf(list) => json!({ "enum": list }),
            Self::EachOf(list) => each(json!({ "enum": list })),
            Self::Analysis => analysis::schema(),
        }
    }
}

/// The value as engines keep and give it back: every single value is text.
#[must_use]
pub fn stored(value: &Json) -> Json {
    match value {
        Json::Number(_) | Json::Bool(_) => value.to_string().into(),
        Json::Array(list) => list.iter().map(stored).collect(),
        Json::Object(map) => {
            map.iter().map(|(name, value)| (name.clone(), stored(value))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}
