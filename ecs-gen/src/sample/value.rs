//! One valid value for a field, out of what the model says of it; pure and deterministic. Knows nothing of documents but
//! the few fields that must agree: category and type, provider and action, start, end and duration.

use regex_lite::Regex;
use serde_json::{Value, json};

use super::{known, literal};
use crate::date_formats::{DateFormats, Epoch};
use crate::field_type::{RangeOf, ValueKind};
use crate::model::{AllowedValue, Field, Model};
use crate::parameter::Parameter;

const MOMENT: &str = "2024-05-17T09:30:00Z";
const MOMENT_SECONDS: i64 = 1_715_938_200;
/// As long before [`MOMENT`] as a duration says.
const START: &str = "2024-05-17T09:29:58.750Z";

/// The values of a model's fields.
#[derive(Debug)]
pub(crate) struct Values<'m> {
    model: &'m Model,
    category: Option<&'m str>,
    event_type: Option<&'m str>,
}

impl<'m> Values<'m> {
    pub(crate) fn new(model: &'m Model) -> Self {
        let allowed_at = |path: &str| {
            let field = model.fields.iter().find(|field| field.path.as_str() == path)?;
            model.allowed_of(field)
        };
        let types = allowed_at("event.type").map_or(&[][..], |allowed| &allowed.values);
        let categories = allowed_at("event.category").map_or(&[][..], |allowed| &allowed.values);
        let expected = |category: &AllowedValue| {
            types.iter().find(|value| {
                category.expected_event_types.is_empty() || category.expected_event_types.contains(&value.name)
            })
        };
        let pair = categories.iter().find_map(|category| Some((category, expected(category)?)));
        Self {
            model,
            category: pair.map_or(categories.first(), |(category, _)| Some(category)).map(|value| value.name.as_str()),
            event_type: pair.map_or(types.first(), |(_, value)| Some(value)).map(|value| value.name.as_str()),
        }
    }

    /// A value of `field` as a document holds it: a list of one where the field takes a list. An object with fields of
    /// its own is empty.
    pub(crate) fn of(&self, field: &Field) -> Value {
        let value = self.one(field);
        if field.is_array && field.kind() != ValueKind::Any { Value::Array(vec![value]) } else { value }
    }

    /// One value of `field`.
    pub(crate) fn one(&self, field: &Field) -> Value {
        match field.kind() {
            ValueKind::Keyword | ValueKind::Text => self.text(field).into(),
            ValueKind::Constant => {
                field.parameters.get(&Parameter::Value).cloned().unwrap_or_else(|| self.text(field).into())
            }
            ValueKind::Version => "1.2.3".into(),
            ValueKind::Integer(32 | 64) => known::number(field.name()).map_or_else(|| json!(1), fitting(field)),
            ValueKind::Integer(_) | ValueKind::UnsignedLong => json!(1),
            ValueKind::Double | ValueKind::Float | ValueKind::HalfFloat => json!(0.5),
            ValueKind::Boolean => json!(true),
            ValueKind::Date | ValueKind::DateNanos => date(field, DateFormats::of(field)),
            ValueKind::Ip => json!("192.0.2.10"),
            ValueKind::GeoPoint => json!({"lat": 52.5, "lon": 13.25}),
            ValueKind::Range(of) => range(of, DateFormats::of(field)),
            ValueKind::Binary => json!("aGVsbG8="),
            ValueKind::Flattened => json!({"key": "value"}),
            ValueKind::Any => json!({"note": "kept and not indexed"}),
            ValueKind::Object | ValueKind::Nested => json!({}),
            ValueKind::Alias => Value::Null,
        }
    }

    fn text(&self, field: &Field) -> String {
        if let Some(allowed) = self.model.allowed_of(field) {
            return self.allowed(field, &allowed.values).to_owned();
        }
        let pattern = field.pattern.as_deref().and_then(|pattern| Regex::new(pattern).ok());
        let fits = |text: &&str| pattern.as_ref().is_none_or(|pattern| pattern.is_match(text));
        let candidates = [
            self.by_path(field.path.as_str()),
            field.expected_values.first().map(String::as_str),
            known::text(field.name()),
        ];
        if let Some(text) = candidates.into_iter().flatten().find(fits) {
            return text.to_owned();
        }
        match &field.pattern {
            Some(pattern) => literal::matching(pattern),
            None => field.name().replace('_', " "),
        }
    }

    fn by_path(&self, path: &str) -> Option<&'m str> {
        let producer = || self.model.log.providers.iter().next();
        match path {
            "ecs.version" => Some(&self.model.ecs_version),
            "event.provider" => producer().map(|(provider, _)| provider.as_str()),
            "event.action" => producer().and_then(|(_, actions)| actions.first()).map(String::as_str),
            _ => None,
        }
    }

    fn allowed(&self, field: &Field, values: &'m [AllowedValue]) -> &'m str {
        let chosen = match field.path.as_str() {
            "event.category" => self.category,
            "event.type" => self.event_type,
            path => self.by_path(path).filter(|text| values.iter().any(|value| value.name == *text)),
        };
        let names = || values.iter().map(|value| value.name.as_str());
        chosen.or_else(|| names().find(|name| known::is_preferred(name))).or_else(|| names().next()).unwrap_or_default()
    }
}

/// Keeps a number that the field's bits can hold.
fn fitting(field: &Field) -> impl Fn(i64) -> Value {
    let narrow = field.kind() == ValueKind::Integer(32);
    move |number| if narrow && i32::try_from(number).is_err() { json!(1) } else { json!(number) }
}

fn date(field: &Field, formats: DateFormats) -> Value {
    if field.name() == "start" && formats.is_iso { START.into() } else { moment(formats) }
}

fn moment(formats: DateFormats) -> Value {
    match (formats.is_iso, formats.epoch) {
        (true, _) | (_, None) => MOMENT.into(),
        (false, Some(Epoch::Millis)) => (MOMENT_SECONDS * 1_000).into(),
        (false, Some(Epoch::Seconds)) => MOMENT_SECONDS.into(),
    }
}

fn range(of: RangeOf, formats: DateFormats) -> Value {
    match of {
        RangeOf::Integer | RangeOf::Long => json!({"gte": 1, "lt": 10}),
        RangeOf::Float | RangeOf::Double => json!({"gte": 0.25, "lt": 0.75}),
        RangeOf::Date if formats.is_iso => json!({"gte": START, "lte": MOMENT}),
        RangeOf::Date => json!({"gte": moment(formats)}),
        RangeOf::Ip => json!({"gte": "192.0.2.0", "lte": "192.0.2.255"}),
    }
}
