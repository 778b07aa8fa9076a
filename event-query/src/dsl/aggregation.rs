//! Aggregations and their results.
//!
//! A field of a nested group is aggregated inside of a `nested` aggregation, and what is inside of that and outside of the group in a
//! `reverse_nested`; both are called [`WRAPPED`]. Buckets of elements count their events by a `reverse_nested` [`EVENTS`].

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use crate::aggregation::{
    AggregationResult, Bucket, BucketKey, BucketOrder, CalendarUnit, HistogramInterval, ResolvedAggregation,
    ResolvedKind,
};

const WRAPPED: &str = "in_group";
const EVENTS: &str = "events";

/// The names that no aggregation of a caller may have.
pub(crate) const RESERVED_NAMES: [&str; 2] = [WRAPPED, EVENTS];

type Group<'a> = Option<&'a Arc<str>>;

/// The object of `aggs`.
pub(crate) fn aggregations(aggregations: &[ResolvedAggregation]) -> Json {
    within(aggregations, None)
}

fn within(aggregations: &[ResolvedAggregation], group: Group<'_>) -> Json {
    let named = aggregations.iter().map(|aggregation| {
        let own_group = aggregation.field.nested.as_ref();
        let body = wrappers(group, own_group)
            .into_iter()
            .rev()
            .fold(body(aggregation), |inner, wrapper| merged(wrapper, json!({ "aggs": { WRAPPED: inner } })));
        (aggregation.name.clone(), body)
    });
    Json::Object(named.collect())
}

/// The aggregations that lead from the documents of one group to those of another, the outermost first.
fn wrappers(from: Group<'_>, to: Group<'_>) -> Vec<Json> {
    let is_inside = |inner: &str, outer: &str| inner.starts_with(&format!("{outer}."));
    match (from, to) {
        (from, to) if from == to => Vec::new(),
        (None, Some(to)) => vec![json!({ "nested": { "path": **to } })],
        (Some(from), Some(to)) if is_inside(to, from) => vec![json!({ "nested": { "path": **to } })],
        (Some(from), Some(to)) if is_inside(from, to) => vec![json!({ "reverse_nested": { "path": **to } })],
        (_, None) => vec![json!({ "reverse_nested": {} })],
        (_, Some(to)) => vec![json!({ "reverse_nested": {} }), json!({ "nested": { "path": **to } })],
    }
}

fn body(aggregation: &ResolvedAggregation) -> Json {
    let field = &*aggregation.field.path;
    let group = aggregation.field.nested.as_ref();
    let own = match &aggregation.kind {
        ResolvedKind::Terms { buckets, order } => {
            let frequency = if group.is_some() { EVENTS } else { "_count" };
            let order = match order {
                BucketOrder::MostFrequent => json!([{ frequency: "desc" }, { "_key": "asc" }]),
                BucketOrder::Ascending => json!({ "_key": "asc" }),
                BucketOrder::Descending => json!({ "_key": "desc" }),
            };
            json!({ "terms": { "field": field, "size": buckets, "order": order } })
        }
        ResolvedKind::DateHistogram { interval, time_zone } => {
            let mut histogram = json!({ "field": field, "time_zone": zone(time_zone), "min_doc_count": 1 });
            match interval {
                HistogramInterval::Fixed { milliseconds } => {
                    histogram["fixed_interval"] = json!(format!("{milliseconds}ms"));
                }
                HistogramInterval::Calendar(unit) => histogram["calendar_interval"] = json!(unit_name(*unit)),
            }
            json!({ "date_histogram": histogram })
        }
        ResolvedKind::Cardinality => json!({ "cardinality": { "field": field } }),
        ResolvedKind::Min => json!({ "min": { "field": field } }),
        ResolvedKind::Max => json!({ "max": { "field": field } }),
        ResolvedKind::Average => json!({ "avg": { "field": field } }),
        ResolvedKind::Sum => json!({ "sum": { "field": field } }),
        ResolvedKind::ValueCount => json!({ "value_count": { "field": field } }),
    };
    let mut inner = within(&aggregation.inner, group);
    let has_buckets = matches!(aggregation.kind, ResolvedKind::Terms { .. } | ResolvedKind::DateHistogram { .. });
    if has_buckets && group.is_some() {
        inner[EVENTS] = json!({ "reverse_nested": {} });
    }
    if inner.as_object().is_none_or(Map::is_empty) { own } else { merged(own, json!({ "aggs": inner })) }
}

fn merged(mut left: Json, right: Json) -> Json {
    if let (Json::Object(left), Json::Object(right)) = (&mut left, right) {
        left.extend(right);
    }
    left
}

fn zone(time_zone: &jiff::tz::TimeZone) -> String {
    let offset =
        || time_zone.to_fixed_offset().map_or_else(|_| "UTC".to_owned(), |offset| offset_name(offset.seconds()));
    time_zone.iana_name().map_or_else(offset, str::to_owned)
}

fn offset_name(seconds: i32) -> String {
    let minutes = seconds.abs() / 60;
    format!("{}{:02}:{:02}", if seconds < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
}

fn unit_name(unit: CalendarUnit) -> &'static str {
    match unit {
        CalendarUnit::Minute => "minute",
        CalendarUnit::Hour => "hour",
        CalendarUnit::Day => "day",
        CalendarUnit::Week => "week",
        CalendarUnit::Month => "month",
        CalendarUnit::Quarter => "quarter",
        CalendarUnit::Year => "year",
    }
}

/// The results in an engine's `aggregations`; none where a result is missing or of another form.
pub(crate) fn read_results(
    aggregations: &[ResolvedAggregation],
    reply: &Json,
) -> Option<BTreeMap<String, AggregationResult>> {
    read_within(aggregations, reply, None)
}

fn read_within(
    aggregations: &[ResolvedAggregation],
    reply: &Json,
    group: Group<'_>,
) -> Option<BTreeMap<String, AggregationResult>> {
    aggregations
        .iter()
        .map(|aggregation| {
            let own_group = aggregation.field.nested.as_ref();
            let mut body = reply.get(&aggregation.name)?;
            for _ in wrappers(group, own_group) {
                body = body.get(WRAPPED)?;
            }
            Some((aggregation.name.clone(), read(aggregation, body)?))
        })
        .collect()
}

fn read(aggregation: &ResolvedAggregation, body: &Json) -> Option<AggregationResult> {
    match aggregation.kind {
        ResolvedKind::Terms { .. } | ResolvedKind::DateHistogram { .. } => {
            let buckets = body.get("buckets")?.as_array()?;
            let buckets = buckets.iter().map(|bucket| read_bucket(aggregation, bucket)).collect::<Option<_>>()?;
            let others = body.get("sum_other_doc_count").and_then(Json::as_u64).unwrap_or(0);
            Some(AggregationResult::Buckets { buckets, others })
        }
        ResolvedKind::Cardinality | ResolvedKind::ValueCount => {
            body.get("value")?.as_u64().map(AggregationResult::Count)
        }
        _ => Some(AggregationResult::Number(body.get("value")?.as_f64().filter(|number| number.is_finite()))),
    }
}

fn read_bucket(aggregation: &ResolvedAggregation, bucket: &Json) -> Option<Bucket> {
    let group = aggregation.field.nested.as_ref();
    let counted = if group.is_some() { bucket.get(EVENTS)? } else { bucket };
    Some(Bucket {
        key: read_key(aggregation, bucket)?,
        events: counted.get("doc_count")?.as_u64()?,
        inner: read_within(&aggregation.inner, bucket, group)?,
    })
}

fn read_key(aggregation: &ResolvedAggregation, bucket: &Json) -> Option<BucketKey> {
    let key = bucket.get("key")?;
    if aggregation.field.kind == crate::field::FieldKind::Boolean {
        return key
            .as_i64()
            .map(|number| BucketKey::Boolean(number != 0))
            .or_else(|| key.as_bool().map(BucketKey::Boolean));
    }
    match key {
        Json::String(text) => Some(BucketKey::Text(text.clone())),
        Json::Number(number) => number
            .as_i64()
            .map(BucketKey::Integer)
            .or_else(|| number.as_u64().map(BucketKey::Unsigned))
            .or_else(|| number.as_f64().map(BucketKey::Float)),
        _ => None,
    }
}
