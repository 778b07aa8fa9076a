//! Aggregations against the mapping.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::{
    Aggregation, AggregationKind, BucketOrder, HistogramInterval, MAX_AGGREGATION_DEPTH, MAX_BUCKETS, unsupported,
};
use crate::dsl::RESERVED_NAMES;
use crate::error::{ErrorKind, QueryError};
use crate::field::{Field, FieldKind, FieldTable};

/// An aggregation that the mapping permits.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedAggregation {
    /// The name of its result.
    pub name: String,
    /// The field, which may be in a nested group.
    pub field: Arc<Field>,
    /// What is computed.
    pub kind: ResolvedKind,
    /// The same for each bucket.
    pub inner: Vec<ResolvedAggregation>,
}

/// What is computed, with everything that it depends on.
#[derive(Clone, Debug, PartialEq)]
pub enum ResolvedKind {
    /// A bucket for each value.
    Terms {
        /// How many buckets are returned.
        buckets: usize,
        /// Which come first.
        order: BucketOrder,
    },
    /// A bucket for each span of time.
    DateHistogram {
        /// The length of a span.
        interval: HistogramInterval,
        /// Where days begin.
        time_zone: TimeZone,
    },
    /// See [`AggregationKind::Cardinality`].
    Cardinality,
    /// See [`AggregationKind::Min`].
    Min,
    /// See [`AggregationKind::Max`].
    Max,
    /// See [`AggregationKind::Average`].
    Average,
    /// See [`AggregationKind::Sum`].
    Sum,
    /// See [`AggregationKind::ValueCount`].
    ValueCount,
}

pub(crate) fn resolve(
    aggregations: &[(String, Aggregation)],
    fields: &FieldTable,
    time_zone: &TimeZone,
    depth: usize,
) -> Result<Vec<ResolvedAggregation>, QueryError> {
    if depth > MAX_AGGREGATION_DEPTH {
        let message = format!("aggregations are more than {MAX_AGGREGATION_DEPTH} deep");
        return Err(QueryError::new(ErrorKind::Limit, message));
    }
    let mut resolved: Vec<ResolvedAggregation> = Vec::new();
    for (name, aggregation) in aggregations {
        check_name(name, &resolved)?;
        let field = fields.field(&aggregation.field).ok_or_else(|| {
            QueryError::new(ErrorKind::UnknownField, format!("unknown field `{}`", aggregation.field))
                .suggesting(fields.nearest(&aggregation.field))
        })?;
        let kind = kind(&field, &aggregation.kind, time_zone)?;
        let has_buckets = matches!(kind, ResolvedKind::Terms { .. } | ResolvedKind::DateHistogram { .. });
        if !has_buckets && !aggregation.inner.is_empty() {
            return Err(unsupported(format!("`{name}` has no buckets, so nothing can be computed for each of them")));
        }
        let inner = resolve(&aggregation.inner, fields, time_zone, depth + 1)?;
        resolved.push(ResolvedAggregation { name: name.clone(), field, kind, inner });
    }
    Ok(resolved)
}

fn check_name(name: &str, before: &[ResolvedAggregation]) -> Result<(), QueryError> {
    if name.is_empty() || name.contains(['[', ']', '>']) {
        return Err(unsupported(format!("`{name}` cannot name an aggregation: it is empty or has `[`, `]` or `>`")));
    }
    if RESERVED_NAMES.contains(&name) {
        return Err(unsupported(format!("`{name}` cannot name an aggregation: that name is taken for nested fields")));
    }
    if before.iter().any(|other| other.name == name) {
        return Err(unsupported(format!("there are two aggregations `{name}`")));
    }
    Ok(())
}

fn kind(field: &Field, kind: &AggregationKind, time_zone: &TimeZone) -> Result<ResolvedKind, QueryError> {
    if !field.doc_values || field.key.is_some() {
        return Err(unsupported(format!("{field} cannot be aggregated: it has no columns of values")));
    }
    let numeric = matches!(
        field.kind,
        FieldKind::Integer { .. } | FieldKind::UnsignedLong | FieldKind::Float(_) | FieldKind::ScaledFloat { .. }
    );
    let date = matches!(field.kind, FieldKind::Date(_));
    let exact = matches!(
        field.kind,
        FieldKind::Keyword { .. }
            | FieldKind::ConstantKeyword { .. }
            | FieldKind::Wildcard
            | FieldKind::Boolean
            | FieldKind::Ip
            | FieldKind::Version
    );
    let fits = match kind {
        AggregationKind::Terms { .. } | AggregationKind::Cardinality | AggregationKind::ValueCount => {
            numeric || date || exact
        }
        AggregationKind::DateHistogram { .. } => date,
        AggregationKind::Min | AggregationKind::Max => numeric || date,
        AggregationKind::Average | AggregationKind::Sum => numeric,
    };
    if !fits {
        return Err(unsupported(format!("{field} cannot be aggregated in this way")));
    }
    Ok(match kind {
        AggregationKind::Terms { buckets, order } if (1..=MAX_BUCKETS).contains(buckets) => {
            ResolvedKind::Terms { buckets: *buckets, order: *order }
        }
        AggregationKind::Terms { .. } => {
            return Err(QueryError::new(
                ErrorKind::Limit,
                format!("the number of buckets is not within 1 and {MAX_BUCKETS}"),
            ));
        }
        AggregationKind::DateHistogram { interval: HistogramInterval::Fixed { milliseconds } }
            if !(1..=i64::MAX.unsigned_abs()).contains(milliseconds) =>
        {
            return Err(unsupported("the interval of a date histogram has no length that an engine takes".to_owned()));
        }
        AggregationKind::DateHistogram { interval } => {
            ResolvedKind::DateHistogram { interval: *interval, time_zone: named_zone(time_zone)? }
        }
        AggregationKind::Cardinality => ResolvedKind::Cardinality,
        AggregationKind::Min => ResolvedKind::Min,
        AggregationKind::Max => ResolvedKind::Max,
        AggregationKind::Average => ResolvedKind::Average,
        AggregationKind::Sum => ResolvedKind::Sum,
        AggregationKind::ValueCount => ResolvedKind::ValueCount,
    })
}

/// Engines are told a zone by name or by offset.
fn named_zone(time_zone: &TimeZone) -> Result<TimeZone, QueryError> {
    let has_name = time_zone.iana_name().is_some() || time_zone.to_fixed_offset().is_ok();
    if has_name {
        Ok(time_zone.clone())
    } else {
        Err(unsupported("the time zone has neither a name nor an offset".to_owned()))
    }
}
