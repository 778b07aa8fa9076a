//! The rules of a log as `ecs-schema` has them, made from the model at run time: a second opinion on what the Rust
//! emitter writes, and the only rules of logs that no Rust is generated for.

use ecs_gen::field_type::{RangeOf, ValueKind};
use ecs_gen::model::{Field, FieldId, Model};
use ecs_gen::parameter::Parameter;
use ecs_schema::{Allowed, DateFormat, ExpectedTypes, FieldRule, Kind, LogRules, ObjectRule, Pattern, RangeKind};

/// The rules of a log. They live as long as the test process: rules are made to be `static`.
pub fn of(model: &Model) -> &'static LogRules {
    let lists = model.allowed.iter().map(|allowed| {
        let values = allowed.values.iter().map(|value| leaked(&value.name)).collect();
        leak(Allowed::new(slice(values)))
    });
    let maker = RuleMaker { model, lists: lists.collect() };
    let root = maker.object(&model.roots);
    leak(LogRules::new(leaked(&model.log.name), leaked(&model.ecs_version), root))
}

struct RuleMaker<'m> {
    model: &'m Model,
    lists: Vec<&'static Allowed>,
}

impl RuleMaker<'_> {
    fn object(&self, ids: &[FieldId]) -> &'static ObjectRule {
        let mut fields: Vec<&Field> = self.model.children(ids).collect();
        fields.sort_by_key(|field| field.name());
        let expected = self.expected_types(&fields);
        let rows = fields.iter().map(|field| self.field(field, expected.is_some())).collect();
        let rule = ObjectRule::new(slice(rows));
        leak(match expected {
            Some(expected) => rule.expected_types(expected),
            None => rule,
        })
    }

    fn field(&self, field: &Field, is_event: bool) -> FieldRule {
        let mut rule = FieldRule::new(leaked(&format!(",\"{}\":", field.name())), self.kind(field));
        if field.many && field.kind() != ValueKind::Any {
            rule = rule.many();
        }
        if field.required {
            rule = rule.required();
        }
        if field.parameters.get(&Parameter::Coerce) == Some(&false.into()) {
            rule = rule.uncoerced();
        }
        if let Some(list) = self.list(field) {
            rule = rule.allowed(list);
        }
        if let Some(pattern) = &field.pattern {
            rule = rule.pattern(leak(Pattern::new(leaked(pattern))));
        }
        match field.name() {
            "category" if is_event => rule.event_category(),
            "type" if is_event => rule.event_type(),
            _ => rule,
        }
    }

    fn kind(&self, field: &Field) -> Kind {
        let is_uncut = !field.is_unindexed() && !field.parameters.contains_key(&Parameter::IgnoreAbove);
        let text = |parameter| field.parameters.get(&parameter).and_then(|value| value.as_str()).map(leaked);
        match field.kind() {
            ValueKind::Keyword if is_uncut => Kind::Keyword,
            ValueKind::Keyword | ValueKind::Text => Kind::Text,
            ValueKind::Constant => Kind::Constant(text(Parameter::Value)),
            ValueKind::Version => Kind::Version,
            ValueKind::Integer(8) => Kind::Byte,
            ValueKind::Integer(16) => Kind::Short,
            ValueKind::Integer(32) => Kind::Integer,
            ValueKind::Integer(_) => Kind::Long,
            ValueKind::UnsignedLong => Kind::UnsignedLong,
            ValueKind::Double => Kind::Double,
            ValueKind::Float => Kind::Float,
            ValueKind::HalfFloat => Kind::HalfFloat,
            ValueKind::Boolean => Kind::Boolean,
            ValueKind::Date => Kind::Date(date_format(field)),
            ValueKind::DateNanos => Kind::DateNanos(date_format(field)),
            ValueKind::Ip => Kind::Ip,
            ValueKind::GeoPoint => Kind::GeoPoint,
            ValueKind::Range(of) => Kind::Range(range(of, field)),
            ValueKind::Binary => Kind::Binary,
            ValueKind::Flattened => Kind::Flattened,
            ValueKind::Any => Kind::Any,
            ValueKind::Object => Kind::Object(self.object(&field.children)),
            ValueKind::Nested => Kind::Nested(self.object(&field.children)),
            ValueKind::Alias => Kind::Alias(text(Parameter::Path).expect("an alias has a path")),
        }
    }

    fn list(&self, field: &Field) -> Option<&'static Allowed> {
        let allowed = self.model.allowed_of(field)?;
        let at = self.model.allowed.iter().position(|known| known == allowed)?;
        Some(self.lists[at])
    }

    fn expected_types(&self, fields: &[&Field]) -> Option<&'static ExpectedTypes> {
        let at = |path: &str| fields.iter().find(|field| field.path.as_str() == path).copied();
        let (category, kind) = (at("event.category")?, at("event.type")?);
        let (categories, types) = (self.list(category)?, self.list(kind)?);
        let values = &self.model.allowed_of(category)?.values;
        let rows: Vec<(&str, &[&str])> = values
            .iter()
            .filter(|value| !value.expected_event_types.is_empty())
            .map(|value| {
                let listed = value.expected_event_types.iter().filter(|name| types.values().contains(&name.as_str()));
                (leaked(&value.name), slice(listed.map(|name| leaked(name)).collect()))
            })
            .collect();
        (!rows.is_empty()).then(|| leak(ExpectedTypes::new(categories, types, slice(rows))))
    }
}

/// The format of a date or of the ends of a range of dates.
fn date_format(field: &Field) -> DateFormat {
    let Some(format) = field.parameters.get(&Parameter::Format) else { return DateFormat::default() };
    let formats: Vec<&str> = format.as_str().expect("formats are text").split("||").collect();
    let is_iso = formats.iter().any(|format| format.starts_with("strict_date_optional_time"));
    match (is_iso, formats.iter().find(|format| format.starts_with("epoch"))) {
        (true, Some(&"epoch_millis")) => DateFormat::IsoOrMillis,
        (true, Some(_)) => DateFormat::IsoOrSeconds,
        (true, None) => DateFormat::Iso,
        (false, Some(&"epoch_millis")) => DateFormat::Millis,
        (false, _) => DateFormat::Seconds,
    }
}

fn range(of: RangeOf, field: &Field) -> RangeKind {
    match of {
        RangeOf::Integer => RangeKind::Integer,
        RangeOf::Long => RangeKind::Long,
        RangeOf::Float => RangeKind::Float,
        RangeOf::Double => RangeKind::Double,
        RangeOf::Date => RangeKind::Date(date_format(field)),
        RangeOf::Ip => RangeKind::Ip,
    }
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn leaked(text: &str) -> &'static str {
    text.to_owned().leak()
}

fn slice<T>(values: Vec<T>) -> &'static [T] {
    values.leak()
}
