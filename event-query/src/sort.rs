//! The order of hits: what is asked, checked against the mapping, and the values by which a page goes on.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::error::{ErrorKind, QueryError};
use crate::field::{Field, FieldKind, FieldTable, FloatWidth, Resolution};

/// The field that makes an order total: it is unique, and a UUID of version 7, so by time too.
pub const TIE_BREAKER: &str = "event.id";

/// A field to sort by. Events without the field come last in either direction. Of several values, the smallest counts
/// ascending and the largest descending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortKey {
    pub(crate) field: String,
    pub(crate) order: SortOrder,
    pub(crate) numeric_type: Option<NumericType>,
}

/// A direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortOrder {
    /// The smallest first.
    Ascending,
    /// The largest first.
    Descending,
}

/// What values are converted to before they are compared, where the type of a field differs between indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumericType {
    /// A 64-bit integer.
    Long,
    /// A 64-bit float.
    Double,
    /// Milliseconds.
    Date,
    /// Nanoseconds.
    DateNanos,
}

impl SortKey {
    /// The smallest value first.
    #[must_use]
    pub fn ascending(field: impl Into<String>) -> Self {
        Self { field: field.into(), order: SortOrder::Ascending, numeric_type: None }
    }

    /// The largest value first.
    #[must_use]
    pub fn descending(field: impl Into<String>) -> Self {
        Self { field: field.into(), order: SortOrder::Descending, numeric_type: None }
    }

    /// Compares values as this type, because indices of another version of the log have the field with another type.
    #[must_use]
    pub fn numeric_type(mut self, numeric_type: NumericType) -> Self {
        self.numeric_type = Some(numeric_type);
        self
    }
}

/// What makes an order total in a store where [`TIE_BREAKER`] is not mapped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FallbackTieBreaker {
    /// Nothing: the query is refused, naming the field to add.
    #[default]
    None,
    /// `_shard_doc` of a point in time, on an engine that has it.
    ShardDoc,
}

/// A key of an order that is total.
#[derive(Clone, Debug, PartialEq)]
pub enum ResolvedSortKey {
    /// A field of the mapping.
    Field {
        /// The field.
        field: Arc<Field>,
        /// The direction.
        order: SortOrder,
        /// What values are converted to.
        numeric_type: Option<NumericType>,
    },
    /// The place of a document in a point in time.
    ShardDoc,
}

/// Checks the keys, and adds the one that makes the order total.
pub(crate) fn resolve(
    keys: &[SortKey],
    fields: &FieldTable,
    fallback: FallbackTieBreaker,
) -> Result<Vec<ResolvedSortKey>, QueryError> {
    let mut resolved = keys.iter().map(|key| resolve_key(key, fields)).collect::<Result<Vec<_>, _>>()?;
    if keys.iter().any(|key| key.field == TIE_BREAKER) {
        return Ok(resolved);
    }
    let order = match resolved.last() {
        Some(ResolvedSortKey::Field { order, .. }) => *order,
        _ => SortOrder::Ascending,
    };
    match (fields.field(TIE_BREAKER).filter(|field| refusal(field).is_none()), fallback) {
        (Some(field), _) => resolved.push(ResolvedSortKey::Field { field, order, numeric_type: None }),
        (None, FallbackTieBreaker::ShardDoc) => resolved.push(ResolvedSortKey::ShardDoc),
        (None, FallbackTieBreaker::None) => {
            let message = format!("no order is total without `{TIE_BREAKER}`; add that field to the log, as a keyword");
            return Err(QueryError::new(ErrorKind::Unsupported, message));
        }
    }
    Ok(resolved)
}

fn resolve_key(key: &SortKey, fields: &FieldTable) -> Result<ResolvedSortKey, QueryError> {
    let field = fields.field(&key.field).ok_or_else(|| {
        QueryError::new(ErrorKind::UnknownField, format!("unknown field `{}`", key.field))
            .suggesting(fields.nearest(&key.field))
    })?;
    if let Some(reason) = refusal(&field) {
        let prefix = format!("{}.", field.path);
        let sortable = fields.fields().filter(|other| other.path.starts_with(&prefix) && refusal(other).is_none());
        return Err(QueryError::new(ErrorKind::Unsupported, format!("{field} cannot be sorted by: {reason}"))
            .suggesting(sortable.map(|other| other.path.to_string()).collect()));
    }
    if key.numeric_type.is_some() && !is_numeric(&field.kind) {
        let message = format!("{field} is neither a number nor a date, so it has no numeric type");
        return Err(QueryError::new(ErrorKind::Unsupported, message));
    }
    Ok(ResolvedSortKey::Field { field, order: key.order, numeric_type: key.numeric_type })
}

fn is_numeric(kind: &FieldKind) -> bool {
    matches!(
        kind,
        FieldKind::Integer { .. }
            | FieldKind::UnsignedLong
            | FieldKind::Float(_)
            | FieldKind::ScaledFloat { .. }
            | FieldKind::Date(_)
    )
}

fn refusal(field: &Field) -> Option<&'static str> {
    let exact = matches!(
        field.kind,
        FieldKind::Keyword { .. }
            | FieldKind::ConstantKeyword { .. }
            | FieldKind::Wildcard
            | FieldKind::Boolean
            | FieldKind::Ip
            | FieldKind::Version
    );
    if field.nested.is_some() {
        Some("an event has several elements, and no one order of them")
    } else if !exact && !is_numeric(&field.kind) {
        Some("its type has no order of whole values")
    } else if !field.doc_values {
        Some("it has no columns of values")
    } else {
        None
    }
}

/// The keys as `sort` of a request.
pub(crate) fn to_dsl(keys: &[ResolvedSortKey]) -> Json {
    keys.iter().map(key_to_dsl).collect()
}

fn key_to_dsl(key: &ResolvedSortKey) -> Json {
    let ResolvedSortKey::Field { field, order, numeric_type } = key else { return json!({ "_shard_doc": "asc" }) };
    let nanoseconds = match (numeric_type, &field.kind) {
        (Some(numeric_type), _) => *numeric_type == NumericType::DateNanos,
        (None, FieldKind::Date(kind)) => kind.resolution == Resolution::Nanoseconds,
        _ => false,
    };
    let (order, missing) = match order {
        SortOrder::Ascending => ("asc", json!("_last")),
        // With `_last`, OpenSearch 3.8 never answers the second page. No such date is before 1970.
        SortOrder::Descending if nanoseconds => ("desc", json!(0)),
        SortOrder::Descending => ("desc", json!("_last")),
    };
    let mut options = json!({ "order": order, "missing": missing, "unmapped_type": unmapped_type(&field.kind) });
    if let Some(numeric_type) = numeric_type {
        options["numeric_type"] = json!(match numeric_type {
            NumericType::Long => "long",
            NumericType::Double => "double",
            NumericType::Date => "date",
            NumericType::DateNanos => "date_nanos",
        });
    }
    json!({ &*field.path: options })
}

/// What an index without the field is taken to have. Types whose module an engine may lack are replaced by one of their kind.
fn unmapped_type(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Integer { .. } | FieldKind::UnsignedLong => "long",
        FieldKind::Float(FloatWidth::Half | FloatWidth::Single) => "float",
        FieldKind::Float(FloatWidth::Double) | FieldKind::ScaledFloat { .. } => "double",
        FieldKind::Date(kind) if kind.resolution == Resolution::Nanoseconds => "date_nanos",
        FieldKind::Date(_) => "date",
        FieldKind::Boolean => "boolean",
        FieldKind::Ip => "ip",
        _ => "keyword",
    }
}

/// The value of one key for one hit, as a store gave it and takes it back.
#[derive(Clone, Debug, PartialEq)]
pub enum SortValue {
    /// The event has no such field.
    Missing,
    /// A text, an address, a version.
    Text(String),
    /// An integer, a date, a boolean.
    Integer(i64),
    /// An integer above the signed ones.
    Unsigned(u64),
    /// A float.
    Float(f64),
    /// A boolean, where a store tells it from a number.
    Boolean(bool),
}

impl SortValue {
    /// A value of the `sort` of an engine's hit; none for what cannot be one.
    #[must_use]
    pub fn from_json(value: &Json) -> Option<Self> {
        match value {
            Json::Null => Some(Self::Missing),
            Json::Bool(flag) => Some(Self::Boolean(*flag)),
            Json::String(text) => Some(Self::Text(text.clone())),
            Json::Number(number) => number
                .as_i64()
                .map(Self::Integer)
                .or_else(|| number.as_u64().map(Self::Unsigned))
                .or_else(|| number.as_f64().map(Self::Float)),
            _ => None,
        }
    }

    /// The value for `search_after`.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::Missing => Json::Null,
            Self::Text(text) => json!(text),
            Self::Integer(number) => json!(number),
            Self::Unsigned(number) => json!(number),
            Self::Float(number) => json!(number),
            Self::Boolean(flag) => json!(flag),
        }
    }
}
