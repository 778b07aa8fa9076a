//! From the file's values to tables, which check themselves only where they are compiled: here everything is looked at
//! before.

use std::collections::BTreeMap;

use super::RulesError;
use super::file::{FieldFile, RulesFile, ShapeFile};
use crate::rule::expected::MAX_VALUES;
use crate::rule::{Allowed, DateFormat, ExpectedTypes, FieldRule, Kind, LogRules, ObjectRule, Pattern, RangeKind};

/// No document nests deeper: `serde_json` reads no deeper one.
const MAX_DEPTH: usize = 127;

pub(super) fn build(file: &RulesFile) -> Result<&'static LogRules, RulesError> {
    let lists = file.lists.iter().map(|(name, values)| (name.as_str(), leak(Allowed::new(leak_texts(values)))));
    let mut builder = Builder { file, lists: lists.collect(), shapes: BTreeMap::new() };
    let root = builder.shape(&file.root, 0)?;
    Ok(leak(LogRules::new(leak_text(&file.log), leak_text(&file.ecs_version), root)))
}

struct Builder<'f> {
    file: &'f RulesFile,
    lists: BTreeMap<&'f str, &'static Allowed>,
    /// The shapes that are built.
    shapes: BTreeMap<&'f str, &'static ObjectRule>,
}

impl<'f> Builder<'f> {
    fn shape(&mut self, name: &'f str, depth: usize) -> Result<&'static ObjectRule, RulesError> {
        if let Some(built) = self.shapes.get(name) {
            return Ok(built);
        }
        if depth > MAX_DEPTH {
            return Err(RulesError::new(format!("the shape `{name}` is in itself, or {MAX_DEPTH} objects deep")));
        }
        let Some(shape) = self.file.shapes.get(name) else {
            return Err(RulesError::new(format!("there is no shape `{name}`")));
        };
        let expected = self.expected_types(shape).map_err(|why| RulesError::new(format!("shape `{name}`: {why}")))?;
        let mut rows = Vec::with_capacity(shape.fields.len());
        for (field_name, field) in &shape.fields {
            let row = self.field(field_name, field, expected.is_some(), depth);
            rows.push(row.map_err(|error| error.inside(&format!("`{name}.{field_name}`")))?);
        }
        let mut rule = ObjectRule::new(rows.leak());
        if shape.takes_unknown {
            rule = rule.takes_unknown();
        }
        let built = leak(match expected {
            Some(expected) => rule.expected_types(expected),
            None => rule,
        });
        self.shapes.insert(name, built);
        Ok(built)
    }

    fn field(
        &mut self,
        name: &str,
        field: &'f FieldFile,
        has_expected: bool,
        depth: usize,
    ) -> Result<FieldRule, FieldError> {
        if name.is_empty() || name.contains(|c: char| c < ' ' || c == '"' || c == '\\') {
            return Err("a name with characters that JSON escapes is not supported".into());
        }
        let mut rule = FieldRule::new(leak_text(&format!(",\"{name}\":")), self.kind(field, depth)?);
        if field.many {
            rule = rule.array();
        }
        if field.required {
            rule = rule.required();
        }
        if field.uncoerced {
            rule = rule.uncoerced();
        }
        if let Some(list) = &field.allowed {
            rule = rule.allowed(self.list(list)?);
        }
        if let Some(text) = &field.pattern {
            regex_lite::Regex::new(text).map_err(|error| format!("the pattern is no regular expression: {error}"))?;
            rule = rule.pattern(leak(Pattern::new(leak_text(text))));
        }
        Ok(match name {
            "category" if has_expected => rule.event_category(),
            "type" if has_expected => rule.event_type(),
            _ => rule,
        })
    }

    fn list(&self, name: &str) -> Result<&'static Allowed, String> {
        self.lists.get(name).copied().ok_or_else(|| format!("there is no list `{name}`"))
    }

    fn kind(&mut self, field: &'f FieldFile, depth: usize) -> Result<Kind, FieldError> {
        let text = |value: &Option<String>| value.as_deref().map(leak_text);
        let format = || date_format(field.format.as_deref());
        Ok(match field.kind.as_str() {
            "keyword" => Kind::Keyword,
            "text" => Kind::Text,
            "constant" => Kind::Constant(text(&field.value)),
            "version" => Kind::Version,
            "long" => Kind::Long,
            "integer" => Kind::Integer,
            "short" => Kind::Short,
            "byte" => Kind::Byte,
            "unsigned_long" => Kind::UnsignedLong,
            "double" => Kind::Double,
            "float" => Kind::Float,
            "half_float" => Kind::HalfFloat,
            "boolean" => Kind::Boolean,
            "date" => Kind::Date(format()?),
            "date_nanos" => Kind::DateNanos(format()?),
            "ip" => Kind::Ip,
            "geo_point" => Kind::GeoPoint,
            "integer_range" => Kind::Range(RangeKind::Integer),
            "long_range" => Kind::Range(RangeKind::Long),
            "float_range" => Kind::Range(RangeKind::Float),
            "double_range" => Kind::Range(RangeKind::Double),
            "date_range" => Kind::Range(RangeKind::Date(format()?)),
            "ip_range" => Kind::Range(RangeKind::Ip),
            "binary" => Kind::Binary,
            "flattened" => Kind::Flattened,
            "any" => Kind::Any,
            "object" => Kind::Object(self.inner(field, depth)?),
            "nested" => Kind::Nested(self.inner(field, depth)?),
            "alias" => Kind::Alias(text(&field.target).ok_or("an alias needs a `target`")?),
            other => return Err(format!("there is no kind `{other}`").into()),
        })
    }

    fn inner(&mut self, field: &'f FieldFile, depth: usize) -> Result<&'static ObjectRule, FieldError> {
        let name = field.shape.as_deref().ok_or("an object needs a `shape`")?;
        self.shape(name, depth + 1).map_err(FieldError::Below)
    }

    fn expected_types(&self, shape: &ShapeFile) -> Result<Option<&'static ExpectedTypes>, String> {
        let Some(expected) = &shape.expected_types else { return Ok(None) };
        let list = |name: &str| {
            let list = shape.fields.get(name).and_then(|field| field.allowed.as_deref());
            let list = self.list(list.ok_or_else(|| format!("expected types need a field `{name}` with a list"))?)?;
            let most = MAX_VALUES;
            if list.values().len() > most { Err(format!("`{name}` has more than {most} values")) } else { Ok(list) }
        };
        let (categories, types) = (list("category")?, list("type")?);
        let names = || expected.values().flatten().map(|name| (types, name));
        let unknown = expected
            .keys()
            .map(|name| (categories, name))
            .chain(names())
            .find(|(list, name)| list.position(name).is_none());
        if let Some((_, name)) = unknown {
            return Err(format!("the expected types name `{name}`, which is in no list"));
        }
        let rows: Vec<(&'static str, &'static [&'static str])> =
            expected.iter().map(|(category, types)| (leak_text(category), leak_texts(types))).collect();
        Ok(Some(leak(ExpectedTypes::new(categories, types, rows.leak()))))
    }
}

/// What is wrong with a field, or with a shape below it, which says itself where it is.
enum FieldError {
    Own(String),
    Below(RulesError),
}

impl FieldError {
    fn inside(self, place: &str) -> RulesError {
        match self {
            Self::Own(why) => RulesError::new(format!("{place}: {why}")),
            Self::Below(error) => error,
        }
    }
}

impl From<String> for FieldError {
    fn from(why: String) -> Self {
        Self::Own(why)
    }
}

impl From<&str> for FieldError {
    fn from(why: &str) -> Self {
        Self::Own(why.to_owned())
    }
}

fn date_format(name: Option<&str>) -> Result<DateFormat, String> {
    match name {
        None => Ok(DateFormat::IsoOrMillis),
        Some("iso") => Ok(DateFormat::Iso),
        Some("iso_or_seconds") => Ok(DateFormat::IsoOrSeconds),
        Some("millis") => Ok(DateFormat::Millis),
        Some("seconds") => Ok(DateFormat::Seconds),
        Some(other) => Err(format!("there is no date format `{other}`")),
    }
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn leak_text(text: &str) -> &'static str {
    text.to_owned().leak()
}

fn leak_texts(texts: &[String]) -> &'static [&'static str] {
    texts.iter().map(|text| leak_text(text)).collect::<Vec<_>>().leak()
}
